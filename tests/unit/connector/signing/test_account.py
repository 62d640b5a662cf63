"""What is said of an IBAN as a debtor types it."""

from __future__ import annotations

import pytest

from connector.signing.account import AccountProblem, account_of, grouped


@pytest.mark.parametrize(
    "typed", ["BE71096123456769", "be71 0961 2345 6769", "BE71-0961.2345 6769", " BE71\u00a00961 23456769 "]
)
def test_spaces_points_and_small_letters_do_no_harm(typed: str) -> None:
    account = account_of(typed)
    assert (account.iban, account.problem, account.bic) == ("BE71096123456769", None, "GKCCBEBB")
    assert account.bank


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", AccountProblem.EMPTY),
        ("   ", AccountProblem.EMPTY),
        ("0961234567", AccountProblem.NO_COUNTRY),
        ("XX71096123456769", AccountProblem.NO_COUNTRY),
        ("TR330006100519786457841326", AccountProblem.OUTSIDE_SEPA),
        ("TR33", AccountProblem.OUTSIDE_SEPA),
        ("BE7109612345676", AccountProblem.TOO_SHORT),
        ("BE710961234567690", AccountProblem.TOO_LONG),
        ("BE71096123456796", AccountProblem.MISTYPED),
        ("BE7109612345676A", AccountProblem.MISTYPED),
    ],
)
def test_each_mistake_has_its_word(typed: str, problem: AccountProblem) -> None:
    assert account_of(typed).problem is problem


def test_an_account_in_sepa_outside_the_eea_can_be_used() -> None:
    assert account_of("CH9300762011623852957").problem is None


def test_a_bank_that_the_list_does_not_know_is_no_mistake() -> None:
    account = account_of("BE68539007547034")
    assert (account.problem, account.bic, account.bank) == (None, None, "")


def test_an_iban_is_printed_in_groups_of_four() -> None:
    assert grouped("FR1420041010050500013M02606") == "FR14 2004 1010 0505 0001 3M02 606"
