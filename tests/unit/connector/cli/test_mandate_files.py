"""Rules of `mandates import` and `mandates export`, as a person types them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from connector.engine.mandate_sheet import RowFault
from connector.engine.mandate_statement import FindingCode
from connector.model.customer import Language
from connector.texts import keys
from tests.unit.connector.cli.typed import Command

IBAN = "DE89370400440532013000"
HEADINGS = "reference;customer;iban;signed_on\n"
GOOD = f"OLD-1;1;{IBAN};2026-01-02\n"
BAD = "OLD-2;9;DE89370400440532013001;2026-01-02\n"


@pytest.fixture
def pulled(installed: Command, tmp_path: Path) -> Command:
    """An installation that knows its customers, beside a file of mandates of which one is wrong."""
    assert installed("sync", "--step", "pull").code == 3  # an invoice in dollars needs a look
    (tmp_path / "old.csv").write_text(HEADINGS + GOOD + BAD, "utf-8")
    return installed


def test_what_is_good_is_taken_and_what_is_wrong_is_told(pulled: Command) -> None:
    said = pulled("mandates", "import", "old.csv")
    assert said.code == 3
    assert "Line 2: mandate OLD-1 of Café Müller, account DE89***************000: active." in said.out
    assert "Line 3 (OLD-2) is refused: DE89***************001 is no IBAN" in said.out
    assert "Rows: 2. Taken: 1, there already: 0, refused: 1." in said.out
    assert "Correct what was refused" in said.out
    assert "37040044" not in said.out + said.err
    assert "imported from old.csv" in pulled("explain", "mandate", "OLD-1").out
    again = pulled("mandates", "import", "old.csv")
    assert (again.code, "there already: 1" in again.out) == (3, True)


def test_a_rehearsal_says_so_and_changes_nothing(pulled: Command) -> None:
    said = pulled("mandates", "import", "old.csv", "--dry-run")
    assert said.code == 3
    assert "Nothing was changed." in said.out
    assert pulled("mandates", "list", "--json").out == ""


def test_programs_are_told_of_each_row(pulled: Command, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text(HEADINGS + GOOD + BAD + "OLD-3;1\n", "utf-8")
    said = pulled("mandates", "import", "old.csv", "--json")
    taken, refused, cut, result = said.objects
    assert (taken["outcome"], taken["state"], taken["findings"]) == ("taken", "active", [])
    assert (refused["line"], refused["findings"][0]["code"]) == (3, "iban")
    assert (cut["line"], cut["findings"][0]["facts"]) == (4, {"expected": "4"})
    assert result == {
        "kind": "result",
        "dry_run": False,
        "rows": 3,
        "taken": 1,
        "there_already": 0,
        "refused": 2,
    }
    assert "37040044" not in said.out + said.err


def test_many_are_counted_and_all_is_well_ends_with_0(pulled: Command, tmp_path: Path) -> None:
    rows = [f"OLD-{number};1;{IBAN};2026-01-02\n" for number in range(25)]
    (tmp_path / "old.csv").write_text(HEADINGS + "".join(rows), "utf-8")
    said = pulled("mandates", "import", "old.csv")
    assert said.code == 0
    assert "... and 5 more like this" in said.out
    assert "The accounting package hears of it with the next pass." in said.out


def test_a_file_that_is_no_sheet_is_refused_whole(pulled: Command, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("name;iban\n", "utf-8")
    said = pulled("mandates", "import", "old.csv")
    assert said.code == 1
    assert "columns that are not known: name" in said.err
    assert "The columns are: reference, customer" in said.err


def test_an_account_in_any_column_is_not_shown_whole(pulled: Command, tmp_path: Path) -> None:
    rows = [
        f"{IBAN};1;{IBAN};2026-01-02;{IBAN};\n",
        f"OLD-2;{IBAN};{IBAN};2026-01-02;;\n",
        f"OLD-3;1;{IBAN};;;{IBAN}\n",
    ]
    (tmp_path / "old.csv").write_text("reference;customer;iban;signed_on;debtor_name;source\n" + "".join(rows), "utf-8")
    for words in ([], ["--json"]):
        said = pulled("mandates", "import", "old.csv", *words)
        assert said.code == 3
        assert "37040044" not in said.out + said.err


def test_what_was_given_out_is_for_one_pair_of_eyes_and_comes_in_again(pulled: Command, tmp_path: Path) -> None:
    pulled("mandates", "import", "old.csv")
    said = pulled("mandates", "export", "all.csv")
    file = tmp_path / "all.csv"
    assert (said.code, stat.S_IMODE(file.stat().st_mode)) == (0, 0o600)
    assert "1 mandate is written to all.csv. The whole account number is in it; only you may read the file." in said.out
    assert IBAN in file.read_text("utf-8-sig")
    assert IBAN not in said.out + said.err
    assert pulled("mandates", "import", "all.csv", "--json").objects[-1]["there_already"] == 1
    again = pulled("mandates", "export", "all.csv")
    assert (again.code, "exists already" in again.err) == (1, True)


def test_without_a_file_the_list_goes_to_standard_output(pulled: Command) -> None:
    pulled("mandates", "import", "old.csv")
    said = pulled("mandates", "export")
    heading, row = said.out.splitlines()
    assert heading.startswith("reference;customer;")
    assert row.startswith("OLD-1;1;;books;")
    assert "Whole account numbers" in said.err
    assert pulled("mandates", "export", "--json").code == 1
    (result,) = pulled("mandates", "export", "some.csv", "--json").objects
    assert result == {"kind": "result", "file": "some.csv", "count": 1, "left_out": 0, "untold": 0}


def test_a_file_that_can_not_be_made_is_told(pulled: Command) -> None:
    said = pulled("mandates", "export", "none/all.csv")
    assert (said.code, "can't be written" in said.err) == (1, True)


@pytest.mark.parametrize("language", Language)
def test_every_finding_has_its_sentence(language: Language) -> None:
    sentences = {key.rpartition(".")[2] for key in keys(language) if key.startswith("import.finding.")}
    assert sentences == {code.value for code in FindingCode}
    assert {fault.value for fault in RowFault} <= sentences
