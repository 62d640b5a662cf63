"""Fields read off the source of a record are those that a walk through the record finds, whatever the XML."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bankfiles.camt_fields import DETAIL_FIELDS, ENTRY_FIELDS
from bankfiles.fields import ALL, SEPARATOR, Fields
from bankfiles.pain008.reader import TRANSACTION_FIELDS
from bankfiles.xml_stream import BrokenXml, namespace_of, records

GOLDEN = Path(__file__).parents[2] / "golden" / "bankfiles"
PATHS = {"A": "a", "B/A": "inner", "B": "b", "Amt": "amount", "Rec/A": "nested"}


def compared(data: bytes, tags: tuple[str, ...], paths: dict[str, str]) -> int:
    """Read each record both ways; return for how many the source was known."""
    known = 0
    fields: Fields | None = None
    try:
        for record in records(io.BytesIO(data), tags):
            fields = fields or Fields(paths, namespace_of(str(record.element.tag)))
            known += bool(record.source())
            assert fields.of(record.element, record.source()) == fields.of(record.element)
    except BrokenXml:
        pass
    return known


@pytest.mark.parametrize("path", sorted((GOLDEN / "answers").glob("camt.*.xml")), ids=lambda path: path.name)
def test_real_statements_are_read_alike(path: Path) -> None:
    data = path.read_bytes()
    compared(data, ("TxDtls",), DETAIL_FIELDS)
    assert compared(data, ("Ntry",), ENTRY_FIELDS)


def test_what_we_write_is_read_alike() -> None:
    for path in (GOLDEN / "written").glob("pain.008*.xml"):
        assert compared(path.read_bytes(), ("DrctDbtTxInf",), TRANSACTION_FIELDS)


def test_a_repeated_field_has_all_its_texts() -> None:
    source = '<Rec><A> x </A><A/><A>y</A><Amt Ccy="EUR">1</Amt></Rec>'
    texts = {"a": "x", "a" + ALL: f"x{SEPARATOR}{SEPARATOR}y", "amount": "1", "amount@": "EUR"}
    assert Fields(PATHS, "").of(etree.fromstring(source), source) == texts
    assert Fields(PATHS, "").of(etree.fromstring(source)) == texts


def test_the_head_of_an_open_element_is_its_source_so_far() -> None:
    data = b"<R><Ntry><A>1</A><D><Rec><A>x</A></Rec><Rec><A>y</A></Rec></D></Ntry></R>"
    heads = [record.source_around("Ntry", "D") for record in records(io.BytesIO(data), ("Rec",))]
    assert heads == ["<Ntry><A>1</A><D></D></Ntry>", ""]


PARTS = [
    "<Rec>", "</Rec>", "<Rec/>", "<A>", "</A>", "<A/>", "<B>", "</B>", "x", " y ", ">", "&amp;", "\r\n", "<!--", "-->",
    "<![CDATA[", "]]>", "<?p ", "?>", '<Amt Ccy="EUR">', "</Amt>", "<Rec a='1'>", "<p:Rec>", "</p:Rec>", "é",
    "<A xmlns='other'>", "<A></A>", "<Rec><A>1</A></Rec>", "<Rec><A>2</A><B><A>3</A></B></Rec>", '<Amt Ccy=">1<">',
    "</Rec >",
]  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=12), st.sampled_from(["utf-8", "iso-8859-1"]))
@settings(max_examples=1000)
def test_strange_xml_is_read_alike(parts: list[str], encoding: str) -> None:
    body = "".join(parts)
    text = f"<?xml version='1.0' encoding='{encoding}'?><R xmlns:p='other'><Rec><A>0</A></Rec>{body}</R>"
    compared(text.encode(encoding), ("Rec",), PATHS)


CHILDREN = [
    "<A>1</A>", "<A></A>", "<A/>", "<A> 2\n</A>", "<B>3</B>", "<B>\n<A>4</A></B>", '<Amt Ccy="EUR">5</Amt>', "<C/>",
    "\n", " z ",
]  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(CHILDREN), max_size=6), min_size=1, max_size=40))
@settings(max_examples=500)
def test_records_of_like_markup_are_told_apart(bodies: list[list[str]]) -> None:
    text = "".join(f"<Rec>{''.join(children)}</Rec>" for children in bodies)
    assert compared(f"<R>{text}</R>".encode(), ("Rec",), PATHS) == len(bodies)


def test_a_record_of_another_namespace_is_not_taken_for_one_of_this() -> None:
    data = b"<R><Rec><A>1</A></Rec><N xmlns='other'><Rec><A>1</A></Rec></N></R>"
    fields = Fields(PATHS, "")
    assert [fields.of(one.element, one.source()) for one in records(io.BytesIO(data), ("Rec",))] == [{"a": "1"}, {}]


def test_a_text_between_elements_is_not_taken_for_one_within() -> None:
    data = b"<R><Rec><A>x</A><B>1</B></Rec><Rec><A></A>y<B>1</B></Rec><Rec><A></A><B>1</B>\n</Rec></R>"
    fields = Fields(PATHS, "")
    found = [fields.of(one.element, one.source()) for one in records(io.BytesIO(data), ("Rec",))]
    assert found == [{"a": "x", "b": "1"}, {"a": "", "b": "1"}, {"a": "", "b": "1"}]


def test_a_file_of_endless_forms_is_read_all_the_same() -> None:
    body = "".join(f"<Rec>{'<C/>' * n}<A>{n}</A></Rec>" for n in range(600))
    fields = Fields(PATHS, "")
    found = [fields.of(one.element, one.source()) for one in records(io.BytesIO(f"<R>{body}</R>".encode()), ("Rec",))]
    assert found == [{"a": str(n)} for n in range(600)]


def test_a_cdata_text_is_read_by_a_walk() -> None:
    data = b"<R><Rec><A>1</A></Rec><Rec><A><![CDATA[</Rec>2]]></A></Rec></R>"
    texts = [Fields(PATHS, "").of(one.element, one.source()) for one in records(io.BytesIO(data), ("Rec",))]
    assert texts == [{"a": "1"}, {"a": "</Rec>2"}]
    assert etree.fromstring(data).findtext("Rec/A") == "1"
