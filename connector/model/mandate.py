"""Mandate: the debtor's permission to collect, and when it may be used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

from bankfiles.frozen import maker_of
from bankfiles.pain008.model import Scheme
from connector.errors import IllegalTransition
from connector.model.customer import Language, RecordKey
from connector.model.reason import Reason, ReasonCode

UNUSED_MONTHS_MAX = 36  # EPC SDD rulebook: a mandate without a collection for 36 months is dead


class MandateType(StrEnum):
    """AT-21: recurrent, or for one collection."""

    RECURRENT = "RCUR"
    ONE_OFF = "OOFF"


class MandateState(StrEnum):
    """Life of a mandate. `lapsed` is an invitation that was refused or ran out without a signature."""

    INVITED = "invited"
    SIGNED = "signed"
    AWAITING_BANK = "awaiting_bank"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    SPENT = "spent"
    LAPSED = "lapsed"


_NEXT: dict[MandateState, frozenset[MandateState]] = {
    MandateState.INVITED: frozenset({MandateState.SIGNED, MandateState.LAPSED, MandateState.CANCELLED}),
    MandateState.SIGNED: frozenset({MandateState.AWAITING_BANK, MandateState.ACTIVE, MandateState.CANCELLED}),
    MandateState.AWAITING_BANK: frozenset({MandateState.ACTIVE, MandateState.CANCELLED}),
    MandateState.ACTIVE: frozenset(
        {MandateState.SUSPENDED, MandateState.CANCELLED, MandateState.EXPIRED, MandateState.SPENT}
    ),
    MandateState.SUSPENDED: frozenset(
        {MandateState.ACTIVE, MandateState.CANCELLED, MandateState.EXPIRED, MandateState.SPENT}
    ),
    # Active again if its one collection came to nothing; until that left, it can be suspended or cancelled as well.
    MandateState.SPENT: frozenset({MandateState.ACTIVE, MandateState.SUSPENDED, MandateState.CANCELLED}),
    MandateState.CANCELLED: frozenset(),
    MandateState.EXPIRED: frozenset(),
    MandateState.LAPSED: frozenset(),
}

OPEN_STATES = frozenset(state for state, nexts in _NEXT.items() if nexts) - {MandateState.SPENT}
"""States in which a mandate lives or may still come to life: no second invitation goes out."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate, from the invitation on.

    Attributes:
        reference: unique mandate reference (AT-01, UMR), 1..35 characters, unique per creditor.
        creditor: our short name of the creditor (config), not the creditor identifier.
        debtor_name, iban, bic: of the account that is debited (AT-14, AT-07, AT-13); known once signed.
        signed_on: date of signature (AT-25).
        method: how it was signed, in the service's word, e.g. "mail-code".
        last_used_on: latest collection date that was presented under it.
        amended: the debtor named another account since they signed; collections tell their bank until it knows.
        document: SHA-256 of the signed document, if there is one.
    """

    reference: str
    creditor: str
    customer: RecordKey
    scheme: Scheme
    type: MandateType
    state: MandateState
    language: Language
    debtor_name: str = ""
    iban: str | None = None
    bic: str | None = None
    signed_on: date | None = None
    method: str = ""
    last_used_on: date | None = None
    amended: bool = False
    document: str | None = None

    def moved(self, state: MandateState) -> Mandate:
        """The same mandate in its next state.

        Raises:
            IllegalTransition: the state can't be reached from this one.
        """
        if state not in _NEXT[self.state]:
            raise IllegalTransition(
                f"A mandate that is {self.state} can't become {state}.",
                where=f"mandate {self.reference}",
                remedy="Look at its history; a newer event may have arrived before an older one.",
            )
        return replace(self, state=state)

    def why_unusable(self, creditor: str, on: date) -> Reason | None:
        """Why this mandate may not carry a collection of that creditor on that date; None if it may."""
        facts = {"mandate": self.reference}
        if self.creditor != creditor:
            return Reason(ReasonCode.MANDATE_OTHER_CREDITOR, facts)
        if self.state is not MandateState.ACTIVE:
            return Reason(_WHY_NOT_ACTIVE[self.state], facts | {"state": self.state.value})
        if self.signed_on is None or not self.iban:
            return Reason(ReasonCode.MANDATE_INCOMPLETE, facts)
        if self.signed_on > on:
            return Reason(ReasonCode.MANDATE_SIGNED_AFTER, facts | {"signed_on": self.signed_on.isoformat()})
        used_on = self.last_used_on or self.signed_on
        if on > add_months(used_on, UNUSED_MONTHS_MAX):
            return Reason(ReasonCode.MANDATE_UNUSED_TOO_LONG, facts | {"used_on": used_on.isoformat()})
        return None


new_mandate = maker_of(Mandate)  # as `Mandate(...)`, where very many are made


def why_not_active(state: MandateState) -> ReasonCode:
    """Why a mandate in this state carries no collection."""
    return _WHY_NOT_ACTIVE[state]


_WHY_NOT_ACTIVE = {
    MandateState.INVITED: ReasonCode.MANDATE_NOT_SIGNED,
    MandateState.SIGNED: ReasonCode.MANDATE_NOT_SIGNED,
    MandateState.AWAITING_BANK: ReasonCode.MANDATE_AWAITS_BANK,
    MandateState.SUSPENDED: ReasonCode.MANDATE_SUSPENDED,
    MandateState.CANCELLED: ReasonCode.MANDATE_ENDED,
    MandateState.EXPIRED: ReasonCode.MANDATE_ENDED,
    MandateState.SPENT: ReasonCode.MANDATE_ENDED,
    MandateState.LAPSED: ReasonCode.MANDATE_ENDED,
}


@lru_cache(maxsize=1024)  # of very many mandates, signed on few days
def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last day of that month where it has no such day."""
    years, month_index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month_index + 1
    for day_of_month in range(day.day, 27, -1):
        try:
            return date(year, month, day_of_month)
        except ValueError:
            continue
    return date(year, month, min(day.day, 28))


class MandateEventKind(StrEnum):
    """What a mandate service or a package tells, normalised. A word that we do not know becomes UNKNOWN."""

    VIEWED = "viewed"
    SIGNED = "signed"
    BANK_CONFIRMED = "bank_confirmed"
    REFUSED = "refused"
    INVITATION_EXPIRED = "invitation_expired"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    AMENDED = "amended"  # another account of the debtor
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MandateEvent:
    """One event about one mandate, told by a mandate service or by a package.

    Attributes:
        id: the teller's id of the event; applied once.
        raw: the event as it was told, kept for a person.
    """

    id: str
    kind: MandateEventKind
    reference: str
    debtor_name: str = ""
    iban: str | None = None
    bic: str | None = None
    signed_on: date | None = None
    method: str = ""
    reason: str = ""
    raw: str = ""
