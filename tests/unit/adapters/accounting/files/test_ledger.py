"""A ledger has each key once, each row whole, and mends what a crash or a person left."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.accounting.files.ledger import Ledger
from connector.errors import NoAccess, UnknownOutcome

HEADINGS = ("key", "name", "amount")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.csv"


def ledger(path: Path) -> Ledger:
    return Ledger(path, HEADINGS, ["key"])


def lines(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8-sig").split("\r\n")


def row(key: str, amount: str = "1234.50") -> dict[str, object]:
    return {"key": key, "name": "Zoë; Peeters", "amount": Decimal(amount)}


def test_a_spreadsheet_can_open_it(path: Path) -> None:
    ledger(path).put(row("1"))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert lines(path) == ["key;name;amount", '1;"Zoë; Peeters";1234,50', ""]


def test_a_key_is_written_once_also_after_a_restart(path: Path) -> None:
    first = ledger(path)
    first.put(row("1"))
    first.put(row("1"))
    ledger(path).put(row("1"))
    assert len(lines(path)) == 3
    assert ledger(path).has("1")
    assert not ledger(path).has("2")


def test_a_row_that_changed_takes_the_place_of_the_old_one(path: Path) -> None:
    one = ledger(path)
    for key in ("1", "2", "3"):
        one.put(row(key))
    one.put(row("2", "7.00"))
    one.put(row("4"))
    assert [line[:1] for line in lines(path)[1:-1]] == ["1", "2", "3", "4"]
    assert lines(path)[2].endswith(";7,00")


def test_looking_changes_nothing(path: Path) -> None:
    assert not ledger(path).has("1")
    assert list(ledger(path).rows()) == []
    assert not path.exists()


@pytest.mark.parametrize("kept", range(1, 60))
def test_a_row_that_a_crash_tore_is_written_again(path: Path, kept: int) -> None:
    ledger(path).put(row("1"))
    ledger(path).put(row("2"))
    whole = path.read_bytes()
    torn = whole[:kept]
    path.write_bytes(torn)
    after_crash = ledger(path)
    had = [key for key in ("1", "2") if after_crash.has(key)]
    assert had == ["1", "2"][: max(0, torn.count(b"\n") - 1)]
    assert path.read_bytes() == torn
    for key in ("1", "2"):
        after_crash.put(row(key))
    assert path.read_bytes() == whole


def test_rows_that_a_person_took_out_or_moved_are_seen(path: Path) -> None:
    one = ledger(path)
    for key in ("1", "2", "3"):
        one.put(row(key))
    heading, first, second, third, end = lines(path)
    path.write_bytes("\r\n".join(["\ufeff" + heading, third, first, end]).encode())
    assert one.has("3")
    assert not one.has("2")
    assert second.startswith("2")


def test_a_file_with_other_columns_is_not_written_into(path: Path) -> None:
    path.write_text("key;other\r\n1;2\r\n")
    with pytest.raises(NoAccess, match="other"):
        ledger(path).put(row("1"))
    assert path.read_text() == "key;other\n1;2\n"


def test_a_file_that_was_saved_in_another_encoding_is_not_written_into(path: Path) -> None:
    path.write_bytes("key;name;amount\r\n1;Zoë;1\r\n".encode("cp1252"))
    with pytest.raises(NoAccess, match="encoding"):
        ledger(path).has("1")


def test_a_cell_is_never_a_formula_nor_more_than_one_line(path: Path) -> None:
    one = ledger(path)
    one.put({"key": "=1+1", "name": '=HYPERLINK("https://evil.example")\r\nnext', "amount": Decimal("-5.00")})
    assert lines(path)[1] == '\'=1+1;"\'=HYPERLINK(""https://evil.example"") next";-5,00'
    assert one.has("=1+1")
    assert ledger(path).has("=1+1")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoAccess, match="can't be opened"):
        ledger(tmp_path / "none" / "ledger.csv").put(row("1"))


def test_writing_that_breaks_off_is_an_unknown_outcome(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = ledger(path)
    one.put(row("1"))

    def full(handle: int, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.write", full)
        with pytest.raises(UnknownOutcome, match="No space left"):
            one.put(row("2"))
    assert not one.has("2")
    one.put(row("2"))
    assert one.has("2")


def test_many_rows_take_time_in_proportion(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.fsync", lambda handle: None)
    one = ledger(path)

    def seconds(keys: Iterator[int]) -> float:
        start = time.perf_counter()
        for key in keys:
            one.put(row(str(key)))
        return time.perf_counter() - start

    few = seconds(iter(range(500)))
    seconds(iter(range(500, 4500)))
    assert seconds(iter(range(4500, 5000))) < 5 * few


@settings(max_examples=30)
@given(st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=12)), max_size=12))
def test_whatever_is_put_is_found_again(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger.csv"
    one = ledger(path)
    for key, name in rows:
        one.put({"key": key, "name": name, "amount": Decimal("1.00")})
    again = ledger(path)
    assert all(again.has(key) for key, _ in rows)
    assert len(list(again.rows())) == len({one._cell(key) for key, _ in rows})
