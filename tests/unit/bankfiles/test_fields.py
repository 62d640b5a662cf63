"""Fields read off the source of a record are those that a walk through a tree finds, whatever the XML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bankfiles.camt_fields import DETAIL_FIELDS, ENTRY_FIELDS
from bankfiles.fields import ALL, SEPARATOR, Fields, Texts
from bankfiles.pain008.reader import TRANSACTION_FIELDS
from bankfiles.plain_xml import BrokenXml
from bankfiles.xml_stream import records_of

GOLDEN = Path(__file__).parents[2] / "golden" / "bankfiles"
PATHS = {"A": "a", "B/A": "inner", "B": "b", "Amt": "amount", "Rec/A": "nested"}
WITH_CURRENCY = {"amount", "collected_amount", "transaction_amount"}


def walked(element: etree._Element, paths: dict[str, str], left_out: str, texts: Texts, above: str = "") -> Texts:
    """The texts of a record by a walk through its tree, as slow and as plain as can be."""
    namespace = etree.QName(element.getroottree().getroot()).namespace
    for child in element.iterchildren(tag=etree.Element):
        name = etree.QName(child)
        path = above + name.localname
        below = any(other.startswith(path + "/") for other in paths)
        if name.namespace != namespace or name.localname == left_out:
            continue
        if path in paths and not (below and any(True for _ in child.iterchildren(tag=etree.Element))):
            field, text = paths[path], first_text(child)
            if field in texts:
                texts[field + ALL] = texts.get(field + ALL, texts[field]) + SEPARATOR + text
            else:
                texts[field] = text
                if field in WITH_CURRENCY:
                    texts[field + "@"] = child.get("Ccy", "")
        elif below:
            walked(child, paths, left_out, texts, path + "/")
    return texts


def first_text(element: etree._Element) -> str:
    """What stands before the first child; a comment is none."""
    text = element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            break
        text += child.tail or ""
    return text.strip()


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def compared(data: bytes, tag: str, paths: dict[str, str], size: int) -> int:
    """Read each record both ways; return how many there are."""
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError:
        with pytest.raises(BrokenXml):
            list(records_of(cut(data, size), (tag,)))
        return 0
    name = f"{{{etree.QName(root).namespace}}}{tag}" if etree.QName(root).namespace else tag
    elements = sorted(root.iter(name), key=lambda element: end_of(element, root))
    fields = Fields(paths)
    found = [fields.of(record.source()) for record in records_of(cut(data, size), (tag,))]
    assert found == [walked(element, paths, tag, {}) for element in elements]
    return len(found)


def end_of(element: etree._Element, root: etree._Element) -> int:
    """The place of an element among all, by the order in which they end."""
    return [one for event, one in etree.iterwalk(root, events=("end",))].index(element)


@pytest.mark.parametrize("size", [100, 1 << 20])
@pytest.mark.parametrize("path", sorted((GOLDEN / "answers").glob("camt.*.xml")), ids=lambda path: path.name)
def test_real_statements_are_read_alike(path: Path, size: int) -> None:
    data = path.read_bytes()
    compared(data, "TxDtls", DETAIL_FIELDS, size)
    assert compared(data, "Ntry", ENTRY_FIELDS, size)


@pytest.mark.parametrize("size", [100, 1 << 20])
def test_what_we_write_is_read_alike(size: int) -> None:
    for path in (GOLDEN / "written").glob("pain.008*.xml"):
        assert compared(path.read_bytes(), "DrctDbtTxInf", TRANSACTION_FIELDS, size)


def test_a_repeated_field_has_all_its_texts() -> None:
    source = '<A> x </A><A/><A>y</A><Amt Ccy="EUR">1</Amt>'
    texts = {"a": "x", "a" + ALL: f"x{SEPARATOR}{SEPARATOR}y", "amount": "1", "amount@": "EUR"}
    assert Fields(PATHS).of(source) == texts


def test_an_open_record_has_the_fields_that_are_there_so_far() -> None:
    assert Fields({"A": "a", "D/E": "e"}).of("<A>1</A><D><E>2</E><F>3</F>") == {"a": "1", "e": "2"}


def test_references_to_characters_are_resolved_once() -> None:
    source = f'<A>&lt;&amp;lt;&gt;</A><B>&quot;&apos;&#65;&#x20AC;&#{"0" * 5000}66;</B><Amt Ccy="&lt;">1</Amt>'
    assert Fields(PATHS).of(source) == {"a": "<&lt;>", "b": "\"'A€B", "amount": "1", "amount@": "<"}


PARTS = [
    "<Rec>", "</Rec>", "<Rec/>", "<A>", "</A>", "<A/>", "<B>", "</B>", "x", " y ", ">", "&amp;", "\r\n", "<!--", "-->",
    "<![CDATA[", "]]>", "<?p ", "?>", '<Amt Ccy="EUR">', "</Amt>", "<Rec a='1'>", "<p:Rec>", "</p:Rec>", "é",
    "<A xmlns='other'>", "<A></A>", "<Rec><A>1</A></Rec>", "<Rec><A>2</A><B><A>3</A></B></Rec>", '<Amt Ccy=">1<">',
    "</Rec >", '<Amt Ccy="a>b">1</Amt>', "<Rec >", "<Rec\n/>", "<q:A>5</q:A>", "<Rec xmlns=''><A>6</A></Rec>", "=",
    "\r", "&#10;", "&#x2f;", "<A>a>b</A>", "<A>/></A>", "<Recs/>", "<Rec-a/>", '<B xmlns:n="u"><n:A>7</n:A></B>',
]  # fmt: skip
ROOTS = [("<R xmlns:p='other'>", "</R>"), ("<R xmlns='u' xmlns:p='other'>", "</R>"), ("<q:R xmlns:q='u'>", "</q:R>"),
         ("<R xmlns='u' xmlns:q='u'>", "</R>")]  # fmt: skip


@given(
    st.lists(st.sampled_from(PARTS), max_size=12),
    st.sampled_from(["utf-8", "iso-8859-1", "utf-16", "windows-1252"]),
    st.sampled_from(ROOTS),
    st.sampled_from([1, 7, 60, 90, 5000]),
)
@settings(max_examples=2000)
def test_strange_xml_is_read_alike(parts: list[str], encoding: str, root: tuple[str, str], size: int) -> None:
    body = "".join(parts)
    text = f"<?xml version='1.0' encoding='{encoding}'?>{root[0]}<Rec><A>0</A></Rec>{body}{root[1]}"
    compared(text.encode(encoding), "Rec", PATHS, size)


CHILDREN = [
    "<A>1</A>", "<A></A>", "<A/>", "<A> 2\n</A>", "<B>3</B>", "<B>\n<A>4</A></B>", '<Amt Ccy="EUR">5</Amt>', "<C/>",
    "\n", " z ", "<A>&amp;</A>", "<A>7>6</A>", "<!-- -->",
]  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(CHILDREN), max_size=6), min_size=1, max_size=40), st.sampled_from([50, 5000]))
@settings(max_examples=500)
def test_records_of_like_markup_are_told_apart(bodies: list[list[str]], size: int) -> None:
    text = "".join(f"<Rec>{''.join(children)}</Rec>" for children in bodies)
    assert compared(f"<R>{text}</R>".encode(), "Rec", PATHS, size) == len(bodies)


def test_a_text_between_elements_is_not_taken_for_one_within() -> None:
    fields = Fields(PATHS)
    found = [fields.of(source) for source in ("<A>x</A><B>1</B>", "<A></A>y<B>1</B>", "<A></A><B>1</B>\n")]
    assert found == [{"a": "x", "b": "1"}, {"a": "", "b": "1"}, {"a": "", "b": "1"}]


def test_a_file_of_endless_forms_is_read_all_the_same() -> None:
    fields = Fields(PATHS)
    assert all(fields.of(f"{'<C/>' * n}<A>{n}</A>") == {"a": str(n)} for n in range(600))
