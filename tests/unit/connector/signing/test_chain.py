"""The chain of evidence shows what was done to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from connector.signing.chain import GENESIS, Entry, entry_after, faults
from tests.support.signing import NOW


def chain_of(length: int) -> list[Entry]:
    entries: list[Entry] = []
    head = GENESIS
    for number in range(length):
        entry = entry_after(number, head, "invitation", NOW + timedelta(minutes=number), "viewed", {"page": number})
        entries.append(entry)
        head = entry.digest
    return entries


def found(entries: list[Entry], whole: list[Entry]) -> list[str]:
    return list(faults("invitation", entries, len(whole), whole[-1].digest))


def test_a_chain_that_nobody_touched_has_no_faults() -> None:
    whole = chain_of(6)
    assert found(whole, whole) == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda whole: whole[:2] + whole[3:], "entry 3 is missing"),
        (lambda whole: whole[:-1], "ends after entry 5"),
        (lambda whole: [], "ends after entry 0"),
        (lambda whole: [whole[1], whole[0], *whole[2:]], "entry 1 is missing"),
        (lambda whole: [replace(whole[0], facts="{}"), *whole[1:]], "entry 1 was changed"),
        (lambda whole: [*whole[:3], replace(whole[3], at=NOW), *whole[4:]], "entry 4 was changed"),
        (lambda whole: [*whole[:3], replace(whole[3], kind="signed"), *whole[4:]], "entry 4 was changed"),
    ],
    ids=["taken out", "cut off", "emptied", "swapped", "facts changed", "time changed", "kind changed"],
)
def test_what_was_done_to_a_chain_shows(damage: Callable[[list[Entry]], list[Entry]], said: str) -> None:
    whole = chain_of(6)
    assert said in " ".join(found(damage(whole), whole))


def test_entries_renumbered_after_a_deletion_no_longer_fit_each_other() -> None:
    whole = chain_of(4)
    renumbered = [whole[0], *(replace(entry, number=entry.number - 1) for entry in whole[2:])]
    assert "entry 2 does not follow the entry before it" in found(renumbered, whole)


def test_a_chain_rewritten_from_the_start_no_longer_fits_the_head_that_was_kept() -> None:
    whole = chain_of(3)
    head = GENESIS
    forged = []
    for number in range(3):
        forged.append(entry_after(number, head, "invitation", NOW, "viewed", {"page": 9}))
        head = forged[-1].digest
    assert found(forged, whole) == ["the chain ends after entry 3, but had 3"]


def test_the_chain_of_another_invitation_does_not_fit() -> None:
    whole = chain_of(2)
    assert "entry 1 was changed" in list(faults("other", whole, 2, whole[-1].digest))
