"""The debtor's account: is this an IBAN that can be collected from, and if not, what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from schwifty.registry import get_iban_spec

from bankfiles.identifiers import is_iban, is_sepa_country


class AccountProblem(StrEnum):
    """Why an IBAN can't be used; each has its sentence in the texts."""

    EMPTY = "empty"
    NO_COUNTRY = "no_country"
    OUTSIDE_SEPA = "outside_sepa"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    MISTYPED = "mistyped"


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of an account from its IBAN alone.

    Attributes:
        iban: in electronic form, as typed if there is a problem.
        bic, bank: where the list of banks knows them.
        facts: for the sentence of the problem: `country` (a code), `length` (of a right IBAN), `seen`.
    """

    iban: str
    bic: str | None = None
    bank: str = ""
    problem: AccountProblem | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)


def account_of(text: str) -> Account:
    """Judge an IBAN as a person typed it: spaces, dots, hyphens and small letters do no harm."""
    iban = "".join(sign for sign in text if sign not in " .-\u00a0\u202f\t").upper()
    country = iban[:2]
    if not iban:
        return Account(iban, problem=AccountProblem.EMPTY)
    try:
        length = int(get_iban_spec(country).iban_length)
    except SchwiftyException:
        return Account(iban, problem=AccountProblem.NO_COUNTRY)
    facts: dict[str, str | int] = {"country": country, "length": length, "seen": len(iban)}
    if not is_sepa_country(country):
        return Account(iban, problem=AccountProblem.OUTSIDE_SEPA, facts=facts)
    if len(iban) != length:
        problem = AccountProblem.TOO_SHORT if len(iban) < length else AccountProblem.TOO_LONG
        return Account(iban, problem=problem, facts=facts)
    if not is_iban(iban):
        return Account(iban, problem=AccountProblem.MISTYPED, facts=facts)
    known = IBAN(iban)
    return Account(iban, bic=str(known.bic) if known.bic else None, bank=known.bank_name or "")


def grouped(iban: str) -> str:
    """The IBAN in groups of four, as it is printed on cards."""
    return " ".join(iban[start : start + 4] for start in range(0, len(iban), 4))
