"""A seed replays exactly, whatever ran before it and in whichever process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from connector.testing.simulation.play import DAYS
from connector.testing.simulation.seeds import play_some

pytestmark = pytest.mark.uncounted

_SEED = 6


def _in_a_process_of_its_own(hash_seed: str) -> bytes:
    words = ["-m", "connector.testing.simulation", "--start", str(_SEED), "--seeds", "1", "--trace"]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run([sys.executable, *words], check=False, capture_output=True, env=environment).stdout


def test_two_processes_have_the_same_trace_byte_for_byte() -> None:
    first, second = _in_a_process_of_its_own("1"), _in_a_process_of_its_own("2")
    assert len(first.splitlines()) > 100
    assert first == second


def test_other_seeds_before_it_change_nothing() -> None:
    (alone,) = play_some([_SEED], DAYS)
    *_, after_others = play_some([_SEED - 1, _SEED + 1, _SEED], DAYS)
    assert after_others == alone


def test_two_seeds_differ() -> None:
    one, other = play_some([_SEED, _SEED + 1], DAYS)
    assert one.trace != other.trace
