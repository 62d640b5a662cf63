"""Seeds that failed once, each with what was wrong then."""

from __future__ import annotations

import pytest

from connector.testing.simulation.play import DAYS
from connector.testing.simulation.seeds import play_some
from tests.simulation.failures import told

# Drawn before people had habits (scenario.py): played without them, so that each still is what it was.
pytestmark = pytest.mark.uncounted

KEPT = {
    1: "a cancellation at the mandate service never came to the package",
    6: "a mandate that was signed and cancelled between two passes never came to the package",
    8: "a file that waited for its bank left although its invoice had been paid meanwhile",
    24: "a file that was approved left although the debtor's bank had said that there is no mandate",
    29: "a one-off mandate was collected twice: a resumption brought it back to life",
    34: "the same, while its first collection was under way",
    43: "a one-off mandate was cancelled while its run waited for approval, and collected after that",
    170: "the rest of a file that was taken up again after a restore waited for ever: its run counted as tampered with",
    176: "answers of the bank were read after a restore before the files that they were about were known again",
    418: "a file that was withdrawn held its collections again after a restore; its rest counted as unknown for ever",
    483: "the same, and the rest was at the bank",
    672: "a mandate whose invitation a restore had forgotten was not heard of, as its customer had paid meanwhile",
    128: "a file that was at the bank was not taken up again, as an invoice in it was lower by then",
    1112: "the same",
    58: "a file left that was written before its invoice was credited",
}


KEPT_WITH_HABITS = {
    3338: "a person let go of a run after a restore, while its file was at the bank: its invoices were free again",
    5122: "an amount above the rules stayed with the exceptions when it was lower, as the mandate had been used up",
    1420: "a cancellation after a restore counted as told, as the package had the mandate from before",
    1456: "a signature was heard of while its invitation was forgotten, and never again once it was invited anew",
    1112: "a new account that a user entered was lost, as a restore had forgotten the signature; the old was collected",
    3496: "invitations went out twice: a copy made while the database was recovering was put back",
    4225: "a mandate was collected on that a user had stopped, as a restore had forgotten that the bank confirmed it",
    5502: "a remark stayed for ever: a frozen process showed it after it had been looked up, and then it was over",
    1386: "the bank rejected what was booked when it was submitted, before it said that it was paid after all",
}


@pytest.mark.parametrize("seed", KEPT)
def test_a_seed_that_failed_once_holds(seed: int) -> None:
    (outcome,) = play_some([seed], DAYS, plain=True)
    assert outcome.holds, f"{KEPT[seed]}\n{told(outcome)}"


@pytest.mark.parametrize("seed", KEPT_WITH_HABITS)
def test_a_seed_with_habits_that_failed_once_holds(seed: int) -> None:
    (outcome,) = play_some([seed], DAYS)
    assert outcome.holds, f"{KEPT_WITH_HABITS[seed]}\n{told(outcome)}"
