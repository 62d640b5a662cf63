"""Where mandates live in Odoo: what the three homes (Enterprise, OCA, custom fields) have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from adapters.accounting.odoo.changes import Watch
from adapters.accounting.odoo.client import Domain, Row
from bankfiles.identifiers import normalise_iban
from connector.model.mandate import Mandate, MandateEvent, MandateEventKind, MandateState
from connector.ports import Document

ENDED = frozenset({MandateState.CANCELLED, MandateState.EXPIRED, MandateState.LAPSED})
"""States from which no mandate comes back."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A mandate as Odoo shows it.

    Attributes:
        record: what shows it: a record of its own, or the contact.
        partner: the contact whose it is.
        iban: "" if the home no longer tells.
        is_ended: it was cancelled, or has expired there.
        is_of_a_user: the last word on it is a user's, not ours.
    """

    record: int
    partner: int
    iban: str
    is_ended: bool
    is_of_a_user: bool
    row: Row


@dataclass(frozen=True, slots=True)
class Job:
    """A mandate to be shown.

    Attributes:
        bank: id of its bank account.
        shown: how it stands there now; None if it does not.
    """

    mandate: Mandate
    document: Document | None
    partner: int
    bank: int
    shown: Shown | None


class Home(Protocol):
    """One way of showing mandates.

    Attributes:
        name: for a person.
        model: of the records that show mandates; documents are attached to them.
        paths: what is read of them for `events`.
    """

    @property
    def name(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def paths(self) -> tuple[str, ...]: ...

    def find(self, mandates: Sequence[Mandate]) -> Mapping[str, Shown]:
        """Those that are there, by reference."""

    def differs(self, job: Job) -> bool:
        """Whether what is shown is not yet what the mandate says."""

    def make(self, jobs: Sequence[Job]) -> Sequence[int]:
        """Make what is not there, complete but for its final state. Returns the records; all or none."""

    def complete(self, jobs: Sequence[tuple[int, Job]]) -> None:
        """Bring records to what their mandates say; all or none."""

    def id_of(self, record: int, reference: str) -> str:
        """What the engine calls a mandate here."""

    def domain(self) -> Domain:
        """The records that show mandates."""

    def watches(self) -> tuple[Watch, ...]:
        """Where a change of a mandate by a user shows."""

    def ours(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Those of some records that show mandates of ours, and may have been changed by users."""

    def events(self, row: Row) -> Sequence[MandateEvent]:
        """What a user did to the mandate of ours that a record shows; nothing if the last word on it is ours.

        Raises:
            InvalidIban: they wrote something that is no IBAN.
        """


def told(record: str, reference: str, written_at: str, kind: MandateEventKind, iban: str = "") -> list[MandateEvent]:
    """Events of a record whose state is `kind`; with another account that is told as well.

    Their ids say all that they tell: the same each time they are read, others once the record is written again.

    Raises:
        InvalidIban: it is none.
    """
    stamp = f"{record}/{reference}/{written_at}"
    events = [MandateEvent(f"{stamp}/{kind.value}", kind, reference, reason="Odoo")]
    if kind is not MandateEventKind.CANCELLED and iban:
        account = normalise_iban(iban)
        amended = MandateEventKind.AMENDED
        events.append(
            MandateEvent(f"{stamp}/{amended.value}/{digest(account)}", amended, reference, iban=account, reason="Odoo")
        )
    return events


def digest(iban: str) -> str:
    """An IBAN as a short text that tells it apart and does not show it."""
    return sha256(iban.encode()).hexdigest()[:10]
