"""The CSV room of mandates: what is written is read back the same; what can't be read is refused line by line."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bankfiles.identifiers import ID_PATTERN
from bankfiles.pain008.model import Scheme
from connector.engine.mandate_export import row_of
from connector.engine.mandate_sheet import COLUMNS, Row, RowFault, Sheet, open_sheet, write_sheet
from connector.engine.mandate_statement import BROUGHT_IN, FindingCode, Statement, read_statement
from connector.errors import Fatal
from connector.model.customer import Language, RecordKey
from connector.model.mandate import Mandate, MandateState, MandateType

TODAY, USED_UNTIL = date(2026, 11, 24), date(2026, 12, 5)
CELLS = {"reference": "OLD-1", "customer": "7", "iban": "BE68 5390 0754 7034", "signed_on": "2025-03-01"}
FREE_TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40).map(str.strip)


def _sheet(folder: Path, content: str | bytes) -> Sheet:
    file = folder / "old.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_sheet(file)


def _rows(folder: Path, content: str | bytes) -> list[Row]:
    return list(_sheet(folder, content).rows())


def _read(**cells: str) -> Statement | list[FindingCode]:
    said = read_statement(dict.fromkeys(COLUMNS, "") | CELLS | cells, TODAY, USED_UNTIL)
    return said if isinstance(said, Statement) else [finding.code for finding in said]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, FREE_TEXT)).filter(lambda row: any(row.values()))))
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, written: list[dict[str, str]]) -> None:
    file = tmp_path_factory.mktemp("sheet") / "all.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        write_sheet(stream, written)
    assert [row.cells for row in open_sheet(file).rows()] == written


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300) | st.lists(st.sampled_from([b'"', b";", b"\n", b"\r", b"\0", b"A"])).map(b"".join))
def test_whatever_stands_in_a_file_each_line_is_a_row_or_a_fault(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    rows = _rows(tmp_path_factory.mktemp("sheet"), b"reference;customer;iban;signed_on\n" + content)
    assert all((row.fault is None) == (set(row.cells) == set(COLUMNS)) for row in rows)
    lines = [row.line for row in rows]
    assert lines == sorted(set(lines))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_marks_separators_and_line_ends_are_found(tmp_path: Path, mark: bytes, separator: str, end: str) -> None:
    lines = [
        "Reference,Customer Number,IBAN,signed-on,debtor name",
        '"A-1",K1,BE68539007547034,2025-03-01,"Café, Gent"',
    ]
    content = end.join(lines).replace(",", separator)
    (row,) = _rows(tmp_path, mark + content.encode())
    assert (row.line, row.cells["reference"], row.cells["customer_number"]) == (2, "A-1", "K1")
    assert row.cells["debtor_name"] == f"Café{separator} Gent"
    assert row.cells["bic"] == ""


def test_empty_lines_and_rows_are_passed_over(tmp_path: Path) -> None:
    rows = _rows(tmp_path, "sep=;\n\nreference;customer;iban;signed_on\n;;;\n\nA;1;B;2025-03-01\n")
    assert [(row.line, row.cells["reference"]) for row in rows] == [(6, "A")]


def test_a_line_that_is_no_row_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    head = b"reference,customer,iban,signed_on\n"
    bad = [b"A,1,x", b'"A,1,x,y', b"A,M\xfcller,x,y", b"A," + b"9" * 70_000 + b",x,y", b'"A"B,1,x,y']
    rows = _rows(tmp_path, head + b"\n".join(bad) + b"\nGOOD,1,x,y")
    assert [(row.line, row.fault) for row in rows] == [
        (2, RowFault.CELLS),
        (3, RowFault.QUOTES),
        (4, RowFault.NOT_UTF8),
        (5, RowFault.TOO_LONG),
        (6, RowFault.QUOTES),
        (7, None),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        ("reference;customer;iban;signed_on".encode("utf-16"), "UTF-16"),
        (b"reference,customer,iban,signed_on,colour", "colour"),
        (b"reference,customer,iban,iban,signed_on", "twice: iban"),
        (b"reference,customer,iban", "signed_on"),
        (b"reference,iban,signed_on", "whose"),
        (b"OLD-1,7,BE68539007547034,2025-03-01", "not known"),
        (b'"reference,customer', "quotation"),
    ],
)
def test_a_heading_that_is_not_understood_refuses_the_file(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(Fatal, match=told) as caught:
        _sheet(tmp_path, content)
    assert caught.value.remedy
    assert "539007547034" not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match="read"):
        open_sheet(tmp_path / "none.csv")


def test_a_name_that_a_spreadsheet_would_run_is_marked_as_text(tmp_path: Path) -> None:
    file = tmp_path / "all.csv"
    row = dict.fromkeys(COLUMNS, "x") | {"debtor_name": "=HYPERLINK(1)", "method": "'+1\nx"}
    with file.open("w", encoding="utf-8", newline="") as stream:
        write_sheet(stream, [row])
    assert "'=HYPERLINK" in file.read_text("utf-8")
    (again,) = open_sheet(file).rows()
    assert again.cells == row | {"method": "'+1 x"}


def test_what_is_left_out_has_its_usual_meaning() -> None:
    said = _read()
    assert isinstance(said, Statement)
    assert (said.scheme, said.type, said.state) == (Scheme.CORE, MandateType.RECURRENT, MandateState.ACTIVE)
    assert (said.iban, said.bic, said.last_used_on, said.language) == ("BE68539007547034", None, None, None)


@pytest.mark.parametrize(
    ("cells", "state"),
    [
        ({"scheme": "b2b"}, MandateState.AWAITING_BANK),
        ({"scheme": "B2B", "state": "Confirmed"}, MandateState.ACTIVE),
        ({"scheme": "B2B", "state": "active"}, MandateState.ACTIVE),
        ({"state": "suspended"}, MandateState.SUSPENDED),
        ({"type": "OOFF", "last_used_on": "2026-01-01", "state": "active"}, MandateState.ACTIVE),
    ],
)
def test_a_company_mandate_waits_unless_it_is_said_to_be_confirmed(cells: dict[str, str], state: MandateState) -> None:
    said = _read(**cells)
    assert isinstance(said, Statement)
    assert said.state is state


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ({"reference": ""}, [FindingCode.EMPTY]),
        ({"reference": "R" * 36}, [FindingCode.REFERENCE_LENGTH]),
        ({"reference": "A&B"}, [FindingCode.REFERENCE_CHARACTER]),
        ({"reference": "/A"}, [FindingCode.REFERENCE_SLASHES]),
        ({"reference": "A//B"}, [FindingCode.REFERENCE_SLASHES]),
        ({"iban": ""}, [FindingCode.EMPTY]),
        ({"iban": "BE68 5390 0754 7035"}, [FindingCode.IBAN]),
        ({"iban": "BR1800360305000010009795493C1"}, [FindingCode.IBAN_OUTSIDE_SEPA]),
        ({"bic": "KREDBE"}, [FindingCode.BIC]),
        ({"signed_on": ""}, [FindingCode.EMPTY]),
        ({"signed_on": "01/03/2025"}, [FindingCode.DATE]),
        ({"signed_on": "20250301"}, [FindingCode.DATE]),
        ({"signed_on": "2026-11-25"}, [FindingCode.SIGNED_LATER]),
        ({"signed_on": "2023-11-23"}, [FindingCode.UNUSED]),
        ({"last_used_on": "2025-02-28"}, [FindingCode.USED_BEFORE]),
        ({"last_used_on": "2026-12-06"}, [FindingCode.USED_LATER]),
        ({"type": "OOFF", "last_used_on": "2026-01-01"}, [FindingCode.ONE_OFF_USED]),
        ({"state": "awaiting_bank"}, [FindingCode.CORE_WAITS_FOR_NO_BANK]),
        ({"state": "cancelled"}, [FindingCode.WORD]),
        ({"scheme": "COR1", "type": "FRST", "language": "it"}, [FindingCode.WORD] * 3),
        ({"customer": ""}, [FindingCode.WHOSE]),
        ({"debtor_name": "A" * 141}, [FindingCode.TEXT]),
        ({"method": "a\x07"}, [FindingCode.TEXT]),
    ],
)
def test_a_row_is_refused_with_all_that_is_wrong(cells: dict[str, str], codes: list[FindingCode]) -> None:
    assert _read(**cells) == codes


@pytest.mark.parametrize(
    "cells", [{"signed_on": "2023-11-24"}, {"signed_on": "2010-01-01", "last_used_on": "2026-12-05"}]
)
def test_the_last_day_still_counts(cells: dict[str, str]) -> None:
    assert isinstance(_read(**cells), Statement)


@settings(max_examples=60, deadline=None)
@given(
    reference=st.from_regex(ID_PATTERN, fullmatch=True),
    of=st.sampled_from(
        [
            (Scheme.CORE, MandateState.ACTIVE),
            (Scheme.CORE, MandateState.SUSPENDED),
            *((Scheme.B2B, state) for state in BROUGHT_IN),
        ]
    ),
    type_=st.sampled_from(MandateType),
    texts=st.tuples(FREE_TEXT, FREE_TEXT),
    bic=st.sampled_from([None, "KREDBEBB", "ABNANL2AXXX"]),
    signed_on=st.dates(date(2024, 1, 1), TODAY),
    used=st.none() | st.integers(0, 10),
    language=st.sampled_from(Language),
)
def test_a_mandate_that_is_given_out_comes_in_as_it_was(
    reference: str,
    of: tuple[Scheme, MandateState],
    type_: MandateType,
    texts: tuple[str, str],
    bic: str | None,
    signed_on: date,
    used: int | None,
    language: Language,
) -> None:
    given_out = Mandate(
        reference, "main", RecordKey("books", "7"), of[0], type_, of[1], language, texts[0], "BE68539007547034", bic,
        signed_on, texts[1], None if used is None else signed_on + timedelta(days=used),
    )  # fmt: skip
    stream = io.StringIO()
    write_sheet(stream, [row_of(given_out, "K7")])
    with TemporaryDirectory() as folder:
        (row,) = _rows(Path(folder), stream.getvalue())
    said = read_statement(row.cells, TODAY, USED_UNTIL)
    assert isinstance(said, Statement)
    assert (said.source, said.customer, said.customer_number, said.creditor) == ("books", "7", "K7", "main")
    for name in ("reference", "scheme", "type", "state", "language", "debtor_name", "iban", "bic", "signed_on"):
        assert getattr(said, name) == getattr(given_out, name)
    assert (said.method, said.last_used_on) == (given_out.method, given_out.last_used_on)


def test_an_account_in_the_wrong_column_is_not_shown_whole() -> None:
    iban = "BE68 5390 0754 7034"
    wrong = {"reference": iban * 2, "scheme": iban, "type": iban, "language": iban, "state": iban, "bic": iban}
    cells = dict.fromkeys(COLUMNS, "") | CELLS | wrong | {"signed_on": iban, "iban": f"{iban}9"}
    found = read_statement(cells, TODAY, USED_UNTIL)
    assert isinstance(found, list)
    assert len(found) == 8
    assert "5390" not in str(found)


def test_a_statement_keeps_what_it_was_told() -> None:
    said = _read(language="FR", bic="kredbebb", method="paper", customer_number="K7", source="books", creditor="main")
    assert isinstance(said, Statement)
    assert (said.language, said.bic, said.method) == (Language.FRENCH, "KREDBEBB", "paper")
    assert (said.customer_number, said.source, said.creditor) == ("K7", "books", "main")
