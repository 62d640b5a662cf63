"""How benchmarks are measured, chosen and printed."""

from __future__ import annotations

import json

import pytest

from bench.__main__ import benchmarks, chosen, line
from bench.figure import Figure, measured

MIB = 1024 * 1024


def hold(mebibytes: int) -> None:
    """Work of a known size."""
    assert len(b"x" * (mebibytes * MIB)) == mebibytes * MIB


def fail() -> None:
    """Work that breaks off."""
    raise ValueError


def test_memory_is_measured_for_the_work_alone() -> None:
    of_the_parent = b"x" * (300 * MIB)
    little, much = measured(hold, 1), measured(hold, 200)
    assert 190 < much.peak_mib - little.peak_mib < 250
    assert little.peak_mib < len(of_the_parent) / MIB
    assert much.seconds > 0


def test_work_that_fails_gives_no_figure(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="fail failed"):
        measured(fail)
    assert "ValueError" in capfd.readouterr().err


def test_the_ratio_tells_how_many_times_as_much_the_peer_needs() -> None:
    assert Figure("write", 2.0, "s", "peer", 50.0).ratio == 25.0
    assert Figure("write", 2.0, "s").ratio is None


def test_a_figure_has_its_columns_in_order_and_prints_what_is_absent_as_a_dash() -> None:
    row = Figure("bankfiles.write", 2.0, "s", "sepaxml", 50.0).row()
    assert list(row) == ["name", "value", "unit", "peer", "peer_value", "ratio", "peak_mib"]
    assert json.loads(json.dumps(row))["ratio"] == 25.0
    assert line(row).split() == ["bankfiles.write", "2.000", "s", "sepaxml", "50.000", "25.000", "-"]


def test_a_name_chooses_one_benchmark_or_all_of_a_module() -> None:
    def run() -> Figure:
        return Figure("x", 1.0, "s")

    names = {"bankfiles.write": run, "bankfiles.read": run, "road.pull": run}
    assert list(chosen(names, "")) == list(names)
    assert list(chosen(names, "bankfiles")) == ["bankfiles.write", "bankfiles.read"]
    assert list(chosen(names, "road.pull")) == ["road.pull"]
    assert not chosen(names, "bank")


def test_every_benchmark_is_named_after_its_module() -> None:
    assert all(
        name.split(".")[0] == getattr(run, "func", run).__module__.removeprefix("bench.")
        for name, run in benchmarks().items()
    )
