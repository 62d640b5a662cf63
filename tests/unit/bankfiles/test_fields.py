"""Fields read off the source of a record are those that a walk through a tree finds, whatever the XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bankfiles import fields as fields_of_records
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


@pytest.mark.parametrize("size", [1, 20, 61, 1000])
def test_lines_are_those_of_the_file_however_it_is_cut(size: int) -> None:
    data = b"<R>\n<Rec>\n<A>\n1\n2</A>\n\n</Rec>\n<!-- -->\n<Rec>\n<A>\n</A>\n" + b"</Rec>\n<Rec>\n" * 20
    data += b"</Rec>" + b"</R>"
    lines = [data[: found.start()].count(b"\n") + 1 for found in re.finditer(b"<Rec>", data)]
    found = list(records_of(cut(data, size), ("Rec",)))
    assert [record.line for record in found] == lines
    if size > 1:  # space that comes for itself in a chunk is none of a text
        assert Fields(PATHS).of(found[0].source()) == {"a": "1\n2"}


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


# ------------------------------------------------------------- the usual markups, which are taken apart by a pattern


def by_pattern_and_by_split(sources: list[str], paths: dict[str, str] = PATHS) -> tuple[list[Texts], int]:
    """Read records with patterns from their first repetition on, and without any; return what both find, and how many
    patterns there were."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fields_of_records, "_USUAL_FROM", 1)
        usual = Fields(paths)
        found = [usual.of(source) for source in sources]
        patch.setattr(fields_of_records, "_MOST_USUAL", 0)
        split = Fields(paths)
        assert found == [split.of(source) for source in sources]
    return found, len(usual._usual)


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("<A> 1 </A><B>2</B>", {"a": "1", "b": "2"}),
        ("<A>1</A><B>\n</B>", {"a": "1", "b": ""}),
        ("<A>1</A>\n<B>2</B>", {"a": "1", "b": "2"}),
        ("\u00a0<A>1\u2003</A><B>2</B>", {"a": "1", "b": "2"}),
        ("<A>&lt;</A><B>2 &amp; 3</B>", {"a": "<", "b": "2 & 3"}),
        ("<A>1</A><B>2</B><A>3</A>", {"a": "1", "b": "2", "a" + ALL: f"1{SEPARATOR}3"}),
        ("<A>1</A><B/>", {"a": "1", "b": ""}),
        ("<A>1</A>", {"a": "1"}),
        ("<A>1</A><C>2</C>", {"a": "1"}),
        ("<A>1</A><B>2</B><C>3</C>", {"a": "1", "b": "2"}),
        ("", {}),
    ],
)
def test_a_record_unlike_the_usual_one_is_read_for_itself(source: str, texts: Texts) -> None:
    found, _ = by_pattern_and_by_split(["<A>1</A><B>2</B>", "<A>x</A><B>y</B>", source, "<A>x y</A><B>z</B>"])
    assert found == [{"a": "1", "b": "2"}, {"a": "x", "b": "y"}, texts, {"a": "x y", "b": "z"}]


def test_another_currency_is_another_markup() -> None:
    amounts = ['<Amt Ccy="EUR">1</Amt>', '<Amt Ccy="USD">1</Amt>', "<Amt>1</Amt>", '<Amt Ccy="EUR">2</Amt>']
    found, patterns = by_pattern_and_by_split(amounts)
    assert [(texts["amount"], texts["amount@"]) for texts in found] == [
        ("1", "EUR"),
        ("1", "USD"),
        ("1", ""),
        ("2", "EUR"),
    ]
    assert patterns == 3


def test_a_markup_whose_fields_repeat_has_no_pattern() -> None:
    _, patterns = by_pattern_and_by_split(["<A>1</A><A>2</A>"] * 3)
    assert patterns == 0


def test_what_means_something_to_a_pattern_is_text() -> None:
    source = '<A>(.*)[a]{2}\\1$^|?+</A><B.b>x</B.b><Amt Ccy="E.R">1</Amt>'
    found, patterns = by_pattern_and_by_split([source, source.replace("B.b", "Bxb").replace("E.R", "EUR"), source])
    assert [texts["amount@"] for texts in found] == ["E.R", "EUR", "E.R"]
    assert patterns == 2


def test_a_pattern_is_made_only_of_what_comes_often() -> None:
    fields = Fields(PATHS)
    for n in range(40):
        assert fields.of(f"<A>{n}</A>") == {"a": str(n)}
        assert bool(fields._usual) is (n >= 31)


TEXTS_OF_RECORDS = st.sampled_from(
    ["1", " 2", "3\n", " ", "a b", "é", "&amp;", "\u00a0x", "\x85", "", "x\ty", "\ufeff"]
)
MARKUPS = st.sampled_from([
    "<A>{}</A><B>{}</B>", "<A>{}</A>{}<B/>", '<Amt Ccy="EUR">{}</Amt><A>{}</A>', '<Amt Ccy="USD">{}</Amt><A>{}</A>',
    "<B><A>{}</A></B><C>{}</C>", "<A>{}</A><A>{}</A>", "{}<Rec><A>{}</A></Rec>", "<B>{}<A>{}</A></B>",
])  # fmt: skip


@given(st.lists(st.tuples(MARKUPS, TEXTS_OF_RECORDS, TEXTS_OF_RECORDS), max_size=30))
@settings(max_examples=500)
def test_a_pattern_finds_exactly_what_splitting_finds(records: list[tuple[str, str, str]]) -> None:
    by_pattern_and_by_split([markup.format(one, two) for markup, one, two in records])


@pytest.mark.parametrize("path", sorted((GOLDEN / "answers").glob("camt.*.xml")), ids=lambda path: path.name)
def test_real_entries_are_read_alike_with_patterns(path: Path) -> None:
    for tag, paths in (("TxDtls", DETAIL_FIELDS), ("Ntry", ENTRY_FIELDS)):
        sources = [record.source() for record in records_of([path.read_bytes()], (tag,))]
        by_pattern_and_by_split(sources * 2, paths)
