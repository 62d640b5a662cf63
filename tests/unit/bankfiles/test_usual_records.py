"""Records that are taken whole, by their shape, are those that the general way finds, whatever stands between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bankfiles import shapes, usual_records, xml_stream
from bankfiles.answers import Answer, Unreadable
from bankfiles.camt_fields import DETAIL_FIELDS, ENTRY_FIELDS, STATEMENT_FIELDS
from bankfiles.camt_reader import _Reader, read_camt
from bankfiles.fields import Fields
from bankfiles.plain_xml import AnotherDocument, BrokenXml
from bankfiles.read import read_answers
from bankfiles.shapes import Shape, shape_of
from bankfiles.usual_records import UsualStream
from bankfiles.xml_stream import Record, RecordStream, read_records, records

GOLDEN = Path(__file__).parents[2] / "golden" / "bankfiles" / "answers"
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
HEAD = f'<Document xmlns="{NAMESPACE}"><BkToCstmrStmt><Stmt><Acct><Id><IBAN>BE68539007547034</IBAN></Id></Acct>'
TAIL = "</Stmt></BkToCstmrStmt></Document>"
ENTRY = (
    '<Ntry><Amt Ccy="EUR">{0}</Amt><CdtDbtInd>DBIT</CdtDbtInd><NtryDtls><TxDtls><Refs><EndToEndId>{1}</EndToEndId>'
    "</Refs><RmtInf><Ustrd>{2}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
)


def fields_by_name() -> dict[str, Fields]:
    return {"TxDtls": Fields(DETAIL_FIELDS), "Ntry": Fields(ENTRY_FIELDS), "Stmt": Fields(STATEMENT_FIELDS)}


def told_of(record: Record, fields: dict[str, Fields]) -> tuple[object, ...]:
    """All that a record tells, and of those around it as well what does not grow."""
    around, outer = [], record.outer
    while outer is not None:
        around.append((outer.name, outer.line))
        outer = outer.outer
    return record.name, record.line, in_one_form(record.source()), record.texts(fields[record.name]), around


def in_one_form(source: str) -> str:
    """A source without space, references and short tags: how these are kept depends on the rest of a chunk."""
    source = re.sub(r"<([\w:]+)/>", r"<\1></\1>", re.sub(r"<(/?)\w+:", r"<\1other:", source))
    return "".join(unescape(source).split())


def followed(stream: Any, chunks: list[bytes]) -> list[object]:
    """What a stream tells, the fault at its end included."""
    told: list[object] = []
    fields = fields_by_name()
    fed = 0
    try:
        for chunk in chunks:
            fed += len(chunk)
            told.extend(told_of(record, fields) for record in stream.feed(chunk))
        told.extend(told_of(record, fields) for record in stream.close() or ())
    except AnotherDocument as fault:
        rest_of_file = fault.rest + b"".join(chunks)[fed:]
        told.append((str(fault), fault.line, rest_of_file))
    except BrokenXml as fault:
        told.append((str(fault), fault.line))
    return told


def both_ways(data: bytes, size: int) -> int:
    """Follow a document in chunks of this size both ways; return how many records were taken by their shape."""
    taken = 0
    by_shape = Shape.records

    def counted(shape: Shape, *args: Any) -> list[Record]:
        nonlocal taken
        taken += 1
        return by_shape(shape, *args)

    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    with patch.object(shapes, "_USUAL_FROM", 1), patch.object(Shape, "records", counted):
        found = followed(UsualStream("Ntry", fields_by_name()), chunks)
    assert found == followed(RecordStream(("TxDtls", "Ntry", "Stmt")), chunks)
    return taken


def answers_of(data: bytes, size: int, read: Callable[[BytesIO], Iterator[Answer | Unreadable]]) -> list[object]:
    with (
        patch.object(shapes, "_USUAL_FROM", 1),
        patch.object(usual_records, "CHUNK_BYTES", size),
        patch.object(xml_stream, "CHUNK_BYTES", size),
    ):
        return [replace(item, seen="") if isinstance(item, Unreadable) else item for item in read(BytesIO(data))]


def read_generally(source: BytesIO) -> Iterator[Answer | Unreadable]:
    reader = _Reader()
    return read_records(source, records(source, tuple(reader.fields)), reader)


def entries(count: int, between: str = "\n", entry: str = ENTRY) -> str:
    return between.join(entry.format(f"{n}.00", f"E{n}", f"Invoice {n}") for n in range(count))


def test_all_but_the_first_two_entries_are_taken_whole() -> None:
    data = (HEAD + entries(200) + TAIL).encode()
    assert both_ways(data, 1 << 20) == 198
    assert both_ways(data, 3000) == 198
    stream = UsualStream("Ntry", fields_by_name())
    assert sum(1 for _ in stream.feed(data)) == 401
    assert [shape.lines for shape in stream._shapes.known] == [0]


@pytest.mark.parametrize("size", [10, 1000, 1 << 16])
@pytest.mark.parametrize("path", sorted(GOLDEN.glob("camt.*.xml")), ids=lambda path: path.name)
def test_real_statements_are_read_alike(path: Path, size: int) -> None:
    data = path.read_bytes()
    start, end = data.index(b"<Ntry>"), data.rindex(b"</Ntry>") + len(b"</Ntry>")
    data = data[:start] + b"\n".join([data[start:end]] * 12) + data[end:]
    assert both_ways(data, size) > 3
    assert answers_of(data, size, read_camt) == answers_of(data, size, read_generally)


@pytest.mark.parametrize(
    "entry",
    [
        ENTRY.replace("{0}", "&#49;"),
        ENTRY.replace("Ustrd", "p:Ustrd"),
        ENTRY.replace("<Ntry>", '<Ntry a="1">'),
        ENTRY.replace("{1}", "{1}]]>"),
        ENTRY.replace("{1}", "{1}<!-- -->"),
        ENTRY.replace("{1}", "<![CDATA[{1}]]>"),
        ENTRY.replace("{1}", "{1}\x01"),
        ENTRY.replace("{1}", "{1}\uffff"),
        ENTRY.replace("</Refs>", ""),
        ENTRY.replace("<Refs>", "x<Refs>"),
        ENTRY.replace("<TxDtls>", "<TxDtls xmlns='other'>"),
        ENTRY.replace("</Amt>", "</Amt><Ntry>1</Ntry>"),
        ENTRY.replace("</Amt>", "</Amt\n>"),
        ENTRY.replace("</Amt>", "</Amt><a/><Ntry/>"),
        ENTRY.replace("</Amt>", "</Amt>\r"),
        "<Ntry><Amt/></Ntry>",
        "<Ntry>1</Ntry>",
        "<Ntry/>",
    ],
)
@pytest.mark.parametrize("size", [500, 1 << 16])
def test_what_no_shape_can_have_is_read_alike(entry: str, size: int) -> None:
    usual = entries(3)
    both_ways((HEAD + usual + entries(3, "", entry) + usual + TAIL).encode(), size)
    both_ways((HEAD + entries(3, "\r", entry) + TAIL).encode(), size)


@pytest.mark.parametrize(
    "text",
    [
        "1", " 1", "1\n", "\t", " ", "a&amp;b", "a&b", "a<b", "a>b", "\x00", "\xa0x", "é", "€\U0001f600", "\ufffe",
        "]]>", "\r", "\x7f", "\x85", '"', "'", "1\r\n2", "", "{\\1}(.*)",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "us-ascii", "utf-16"])
def test_a_text_is_what_the_parser_makes_of_it(text: str, encoding: str) -> None:
    declaration = f"<?xml version='1.0' encoding='{encoding}'?>"
    strange = ENTRY.replace("{1}", text.replace("{", "{{").replace("}", "}}"))
    data = declaration + HEAD + entries(3) + entries(1, "", strange) + entries(3) + TAIL
    both_ways(data.encode(encoding, "ignore"), 1 << 16)
    both_ways(data.encode("latin-1", "replace"), 700)


def test_where_a_fault_stands_is_told_alike_after_whole_records() -> None:
    for between in ("", "\n", "\r\n", " \n\n  "):
        for fault in ("<Stmt></Ntry>", "<Ntry><Amt>é</Amy></Ntry>", " &x;", "</Stmt>"):
            for size in (300, 1 << 16):
                assert both_ways((HEAD + entries(9, between) + between + fault + TAIL).encode(), size) > 2


def test_a_prefix_of_another_statement_does_not_reach_into_the_next() -> None:
    entry = ENTRY.replace("<Refs>", "<p:a/><Refs>")
    both_ways(
        (HEAD + "</Stmt><Stmt xmlns:p='u'>" + entries(5, "", entry) + "</Stmt><Stmt>" + entries(3, "", entry)).encode(),
        1 << 16,
    )


def test_several_documents_of_usual_entries_are_read_with_their_lines() -> None:
    first, second = HEAD + entries(40) + TAIL, HEAD + entries(40, "\n\n") + TAIL
    for between in ("", "\n\n", "<!-- -->"):
        items = list(read_answers((first + between + second).encode()))
        assert len(items) == 80
        start = (first + between).count("\n")
        assert [item.line for item in items] == [n + 1 for n in range(40)] + [start + 2 * n + 1 for n in range(40)]
        both_ways((first + between + second).encode(), 1000)


def test_a_shape_is_one_of_what_is_simple() -> None:
    tags, fields = ("TxDtls", "Ntry"), fields_by_name()
    assert shape_of(entries(1), tags, fields) is not None
    for source in (
        "<Ntry>1", "1<Ntry>2</Ntry>", "<Ntry>1</Ntry><Ntry>1</Ntry>", "<Ntry>\r<A>1</A></Ntry>", "<Ntry>1<A/></Ntry>",
        "<Ntry><A>1</A>2</Ntry>", "<Ntry><A x='1'>1</A></Ntry>", "<Ntry><A></A></Ntry>", "<Ntry><A>&x;</A></Ntry><B>",
        f"<Ntry>{'<A>' * 200}1{'</A>' * 200}</Ntry>",
    ):  # fmt: skip
        assert shape_of(source, tags, fields) is None, source
    assert shape_of("<Ntry><Bal>1</Bal></Ntry>", ("Ntry", "Bal"), fields) is None


def test_a_file_of_ever_other_entries_gives_shapes_up() -> None:
    data = HEAD + "".join(f"<Ntry><Amt>{n}</Amt>{'<a/>' * n}</Ntry>" for n in range(300)) + TAIL
    stream = UsualStream("Ntry", fields_by_name())
    found = [record for start in range(0, len(data), 900) for record in stream.feed(data[start : start + 900].encode())]
    assert len(found) == 301
    assert not stream._is_on


# -------------------------------------------------------------------------------------- damaged and mixed statements

MARKUPS = [
    ENTRY, ENTRY.replace("EUR", "USD"), ENTRY.replace("><", ">\n  <"), ENTRY.replace("><", ">\r\n<"),
    ENTRY.replace("</TxDtls>", "</TxDtls>\n<TxDtls><Amt>{1}</Amt><RmtInf><Ustrd>{2}</Ustrd></RmtInf></TxDtls>"),
    ENTRY.replace("</Ustrd>", "</Ustrd><Ustrd>{1}</Ustrd>"), "<Ntry><Amt>{0}</Amt><Sts><Cd>{1}</Cd></Sts><a/></Ntry>",
    ENTRY.replace("<TxDtls>", "<Btch><MsgId>{2}</MsgId></Btch><TxDtls>"), "<Ntry><Sts>{0}</Sts></Ntry>",
    "<Ntry><Sts>\n<Cd>{0}</Cd>\n</Sts></Ntry>", "<Ntry><Amt> </Amt><Nm>{0}</Nm></Ntry>",
]  # fmt: skip
TEXTS = ["1.00", "E 1", "NOTPROVIDED", " x ", "é€", "&lt;", "\xa0", "]]", ">", "2026-12-01", "x\ny", "1\u2028", "\x1f"]
SPACES = [
    "", "\n", "\r\n", " \t", "\r", "\n\r", "\xa0", "<!-- c -->", "x", "</Stmt><Stmt>", "<?p?>",
    "<Bal><Amt>1</Amt></Bal>",
]  # fmt: skip
ACCIDENTS = [
    "<", ">", "&", "/", '"', "\r", "\n", "]]>", "<!--", "-->", "<![CDATA[", "<Ntry>", "</Ntry>", "<Ntry/>", "\x00", "é",
    "<TxDtls>", "</TxDtls>", " xmlns='u'", " a='</Ntry>'", "&#10;", "<p:a/>", "=", TAIL, TAIL + HEAD, "\uffff", "<?p",
]  # fmt: skip
HEADS = [HEAD, HEAD.replace("xmlns=", "xmlns:p='u' xmlns="), HEAD.replace("xmlns=", f"xmlns:p='{NAMESPACE}' xmlns="),
         "<?xml version='1.0' encoding='iso-8859-1'?>" + HEAD, "\ufeff" + HEAD]  # fmt: skip


@st.composite
def statements(draw: st.DrawFn) -> bytes:
    """A statement of entries of a few shapes, with accidents."""
    markups = draw(st.lists(st.sampled_from(MARKUPS), min_size=1, max_size=3))
    text = st.sampled_from(TEXTS) if draw(st.booleans()) else st.just("1")
    space = st.sampled_from(SPACES) if draw(st.booleans()) else st.sampled_from(SPACES[:4])
    made = draw(st.lists(st.tuples(st.sampled_from(markups), text, text, text, space), min_size=3, max_size=25))
    body = "".join(markup.format(*texts[:3]) + texts[3] for markup, *texts in made)
    for _ in range(draw(st.sampled_from([0, 0, 1, 3]))):
        at = draw(st.integers(0, len(body)))
        after = at + draw(st.sampled_from([0, 0, 1, 20]))
        body = body[:at] + draw(st.sampled_from(["", *ACCIDENTS])) + body[after:]
    head = draw(st.sampled_from(HEADS))
    tail = draw(st.sampled_from([TAIL, TAIL, "", TAIL + HEAD + ENTRY + TAIL]))
    data = (head + body + tail).encode("latin-1" if "8859" in head else "utf-8", "replace")
    return data[: draw(st.integers(0, len(data)))] if draw(st.integers(0, 5)) == 0 else data


@given(statements(), st.sampled_from([1, 40, 333, 1000, 1 << 16]))
@settings(max_examples=600, deadline=None)
def test_damaged_statements_are_read_alike(data: bytes, size: int) -> None:
    both_ways(data, size)
    assert answers_of(data, size, read_camt) == answers_of(data, size, read_generally)
