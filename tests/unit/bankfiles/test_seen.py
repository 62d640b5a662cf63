"""What was seen before is remembered exactly, whatever its number, in few bytes."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bankfiles.repeats import Repeats
from bankfiles.seen import SeenTable


@given(st.lists(st.tuples(st.integers(), st.integers(0, 1000))))
def test_it_answers_as_a_dict_does(pairs: list[tuple[int, int]]) -> None:
    table, known = SeenTable(size=4), dict[int, int]()
    for key, value in pairs:
        assert table.put_if_absent(str(key), value) == known.get(key)
        known.setdefault(key, value)
        table.replace(str(key), value + 1)
        known[key] = value + 1


def test_it_grows_without_forgetting() -> None:
    table = SeenTable("q", size=16)
    assert all(table.put_if_absent(f"id {n}", n) is None for n in range(50_000))
    assert all(table.put_if_absent(f"id {n}", 0) == n for n in range(50_000))
    size = sys.getsizeof(table._keys) + sys.getsizeof(table._values)
    assert size < 50_000 * 107


def test_equal_keys_are_told_apart_by_their_number() -> None:
    repeats = Repeats()
    keys = [repeats.apart("a"), repeats.apart("b"), repeats.apart("a"), repeats.apart("a")]
    assert keys[:2] == ["a", "b"]
    assert len(set(keys)) == 4
    again = Repeats()
    assert [again.apart("a"), again.apart("b"), again.apart("a"), again.apart("a")] == keys


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 1000)), max_size=400))
def test_what_lies_on_disk_answers_as_a_dict_does(pairs: list[tuple[int, int]]) -> None:
    table, known = SeenTable("q", size=16, most=32), dict[int, int]()
    for key, value in pairs:
        assert table.put_if_absent(str(key), value) == known.get(key)
        known.setdefault(key, value)
        table.replace(str(key), value + 1)
        known[key] = value + 1


def test_memory_stops_growing() -> None:
    table = SeenTable(size=16, most=1 << 10)
    sizes = set()
    for n in range(20_000):
        assert table.put_if_absent(f"id {n}", n) is None
        sizes.add(sys.getsizeof(table._keys))
    assert max(sizes) < 9_000
    assert all(table.put_if_absent(f"id {n}", 0) == n for n in range(0, 20_000, 7))


def test_what_is_not_there_cannot_be_replaced() -> None:
    table = SeenTable(size=16, most=32)
    for n in range(100):
        table.put_if_absent(n)
    with pytest.raises(KeyError):
        table.replace("other", 1)
