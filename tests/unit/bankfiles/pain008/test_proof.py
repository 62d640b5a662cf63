"""What the schema checks on its own thread is what lies on disk in the end; else nothing is handed over."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bankfiles.pain008 import BrokenFile, Collection, Creditor, Header, check, proof, write, writer
from bankfiles.pain008.spool import Spool, SpooledBatch
from bankfiles.pain008.v001_08 import Pain008V08

Make = Callable[..., Collection]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many blocks on the other thread, though the files are small."""
    monkeypatch.setattr(proof, "_BLOCK_BYTES", 2000)


def layout(monkeypatch: pytest.MonkeyPatch, change: Callable[[str], str]) -> None:
    """Lay transactions out with a fault."""

    class Wrong(Pain008V08):
        def transaction(self, collection: Collection) -> str:
            return change(super().transaction(collection))

    monkeypatch.setitem(writer.LAYOUTS, "pain.008.001.08", Wrong)


@pytest.mark.parametrize("number", [1, 2, 500, 1000])
def test_one_transaction_that_the_schema_refuses_is_found_wherever_it_stands(
    number: int, header: Header, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout(monkeypatch, lambda built: built.replace("RmtInf", "Rmt") if f"2026-{number}<" in built else built)
    with pytest.raises(BrokenFile, match="Rmt"):
        write(header, (make(n) for n in range(1, 1001)), tmp_path / "x.xml")
    assert list(tmp_path.iterdir()) == []


def test_a_head_that_the_schema_refuses_is_found(header: Header, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong(Pain008V08):
        def batch_head(self, batch_id: str, *args: object) -> str:
            return super().batch_head(batch_id, *args).replace("CORE", "C" * 40)  # type: ignore[arg-type]

    monkeypatch.setitem(writer.LAYOUTS, "pain.008.001.08", Wrong)
    with pytest.raises(BrokenFile, match="Cd"):
        write(header, [make()], io.BytesIO())


def test_a_layout_that_makes_two_transactions_of_one_is_found(
    header: Header, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout(monkeypatch, lambda built: built * 2)
    with pytest.raises(BrokenFile, match="2 stand in the file"):
        write(header, [make()], io.BytesIO())


@pytest.mark.parametrize("change", [lambda piece: piece.replace(b"120.50", b"920.50"), lambda piece: piece[:-90]])
def test_a_disk_that_gives_back_something_else_is_noticed(
    change: Callable[[bytes], bytes], header: Header, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Spool.read

    def read(self: Spool, batch: SpooledBatch) -> Iterator[bytes]:
        return map(change, right(self, batch))

    monkeypatch.setattr(Spool, "read", read)
    with pytest.raises(BrokenFile, match="not what was checked"):
        write(header, map(make, range(5)), tmp_path / "x.xml")
    assert list(tmp_path.iterdir()) == []


def test_many_batches_whose_transactions_come_mixed_are_checked_and_written(header: Header, make: Make) -> None:
    creditors = [Creditor(f"Creditor {n}", "BE65ZZZ0403199702", "BE68539007547034") for n in range(30)]
    out = io.BytesIO()
    written = write(header, (make(n, creditor=creditors[n % 30]) for n in range(900)), out)
    assert written.count == 900
    assert [batch.count for batch in written.batches] == [30] * 30
    assert list(check(out.getvalue())) == []


def test_an_error_of_the_caller_ends_the_thread(header: Header, make: Make) -> None:
    def broken() -> Iterator[Collection]:
        yield from (make(n) for n in range(400))
        raise RuntimeError("the database went away")

    before = threading.active_count()
    with pytest.raises(RuntimeError):
        write(header, broken(), io.BytesIO())
    assert threading.active_count() == before
