"""Mandates as Odoo shows them: found a home, then stored many at a time.

For some hundreds of mandates it takes about a dozen calls: what is there, contacts, bank accounts, new records,
documents, what has changed, notes. The first note of a mandate is written last: a mandate with its note is complete,
and one that a call was cut short on is completed by the next.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date

from adapters.accounting.odoo import accounts, notes
from adapters.accounting.odoo.accounts import Owned
from adapters.accounting.odoo.client import ACTIVE_OR_NOT, OdooClient, Row, integer
from adapters.accounting.odoo.custom import REFERENCE, CustomFields, note_key
from adapters.accounting.odoo.enterprise import DirectDebitMandates, EnterpriseMandates
from adapters.accounting.odoo.home import ENDED, Home, Job, Shown
from adapters.accounting.odoo.notes import Note
from adapters.accounting.odoo.oca import OcaMandates
from adapters.accounting.odoo.texts import as_html, text
from bankfiles.identifiers import InvalidIban, is_iban, mask_iban
from connector.errors import NoAccess, Skippable
from connector.model.customer import Language
from connector.model.mandate import Mandate, MandateEvent, MandateState
from connector.ports import Fault, SignedMandate

OF_MODULES = (DirectDebitMandates, EnterpriseMandates, OcaMandates)
AT_A_TIME = 500
_PARTNER = "res.partner"


def home_of(client: OdooClient) -> Home:
    """The home that this database has for mandates: that of Enterprise, else of OCA, else our fields.

    Raises:
        NoAccess: it has none yet.
    """
    for kind in OF_MODULES:
        if client.fields(kind.model):
            return kind(client)
    if REFERENCE not in client.fields(CustomFields.model):
        raise NoAccess(
            "This Odoo has no place for mandates yet.",
            where=client.where("mandates"),
            remedy="Let an administrator run `sepa-connector odoo install` once: it adds fields to the contact.",
        )
    return CustomFields(client)


def look_up(client: OdooClient, reference: str) -> str | None:
    """What a mandate that was stored to its end is called; None if it was not."""
    home = home_of(client)
    noted = notes.existing(client, [note_key(reference)]).get(note_key(reference))
    if noted is None:
        return None
    if isinstance(home, CustomFields):
        return home.id_of(integer(noted["res_id"]), reference)
    reference_field = home.paths[0]
    found = client.ids(home.model, [*home.domain(), [reference_field, "=", reference]], limit=1)
    return home.id_of(found[0], reference) if found else None


def store(
    client: OdooClient, language: Language, today: date, signed: Sequence[SignedMandate]
) -> Iterator[str | Skippable]:
    """Bring mandates into Odoo, or up to date. Answers one by one."""
    home = home_of(client)
    for start in range(0, len(signed), AT_A_TIME):
        yield from _Storing(client, home, language, today).store(signed[start : start + AT_A_TIME])


def events(home: Home, rows: Sequence[Row]) -> tuple[list[MandateEvent], list[Fault]]:
    """What users did to mandates, as some records show it; what they wrote and nobody can read is a fault."""
    found: list[MandateEvent] = []
    faults = []
    for row in home.ours(rows):
        try:
            found += home.events(row)
        except InvalidIban as error:
            remedy = "Correct the account of the mandate in Odoo."
            faults.append(Fault(f"mandate of {home.model} {row['id']}", "IBAN", "", str(error), remedy))
    return found, faults


class _Storing:
    """Stores some mandates in as few calls as it takes; one that is refused does not hold up the others."""

    def __init__(self, client: OdooClient, home: Home, language: Language, today: date) -> None:
        self._client = client
        self._home = home
        self._language = language
        self._today = today
        self._refused: dict[str, Skippable] = {}

    def store(self, signed: Sequence[SignedMandate]) -> list[str | Skippable]:
        for one in signed:
            if (error := self._incomplete(one.mandate)) is not None:
                self._refused[one.mandate.reference] = error
        good = [one for one in signed if one.mandate.reference not in self._refused]
        shown = self._home.find([one.mandate for one in good]) if good else {}
        noted = notes.existing(self._client, [note_key(one.mandate.reference) for one in good])
        jobs = self._jobs(good, shown)
        to_do = [job for job in jobs if self._home.differs(job) or note_key(job.mandate.reference) not in noted]
        records = {job.mandate.reference: job.shown.record for job in jobs if job.shown}
        records |= self._make([job for job in to_do if job.shown is None])
        self._attach(to_do, records)
        self._each(self._left(to_do), lambda some: self._complete(some, records))
        self._each(self._left(to_do), lambda some: notes.post(self._client, self._notes(some, noted.keys())))
        return [self._answer(one.mandate.reference, records) for one in signed]

    def _answer(self, reference: str, records: Mapping[str, int]) -> str | Skippable:
        return self._refused.get(reference) or self._home.id_of(records[reference], reference)

    def _incomplete(self, mandate: Mandate) -> Skippable | None:
        where = self._where(mandate)
        if mandate.state in (MandateState.INVITED, MandateState.LAPSED):
            return Skippable("This mandate is not signed.", where=where, remedy="Wait for the signature.")
        if not mandate.iban or not mandate.signed_on:
            return Skippable(
                "This mandate has no IBAN or no date of signature.", where=where, remedy="Complete it first."
            )
        if not is_iban(mandate.iban):
            return Skippable(
                f"{mask_iban(mandate.iban)} is not an IBAN.", where=where, remedy="Let the customer sign a new mandate."
            )
        return None

    def _jobs(self, signed: Sequence[SignedMandate], shown: Mapping[str, Shown]) -> list[Job]:
        """What is to be done, less what a person has to look at."""
        partners = sorted({int(one.mandate.customer.id) for one in signed})
        there = self._client.read(_PARTNER, ("id",), [*ACTIVE_OR_NOT, ["id", "in", partners]]) if partners else []
        known = {row["id"] for row in there}
        for one in signed:
            mandate = one.mandate
            if (error := self._conflict(mandate, shown.get(mandate.reference), known)) is not None:
                self._refused[mandate.reference] = error
        left = [one for one in signed if one.mandate.reference not in self._refused]
        banks = accounts.ensure(self._client, {_owned(one.mandate) for one in left})
        jobs = []
        for one in left:
            bank = banks[_owned(one.mandate)]
            if isinstance(bank, Skippable):
                self._refused[one.mandate.reference] = bank
            else:
                partner = int(one.mandate.customer.id)
                jobs.append(Job(one.mandate, one.document, partner, bank, shown.get(one.mandate.reference)))
        return jobs

    def _conflict(self, mandate: Mandate, shown: Shown | None, known: set[object]) -> Skippable | None:
        where, partner = self._where(mandate), int(mandate.customer.id)
        if partner not in known:
            return Skippable(f"Odoo has no contact {partner}.", where=where, remedy="See whether it was merged.")
        if shown is None:
            return None
        if shown.partner != partner:
            return Skippable(
                "Another contact has a mandate with this reference in Odoo.",
                where=where,
                remedy="Find out whose it is; cancel the wrong one.",
            )
        if shown.is_ended and mandate.state not in ENDED:
            return Skippable(
                "This mandate was cancelled in Odoo.", where=where, remedy="Ask the customer to sign a new one."
            )
        if shown.is_of_a_user and shown.iban and shown.iban != mandate.iban and mandate.state not in ENDED:
            return Skippable(
                f"A user changed its account in Odoo, to {mask_iban(shown.iban)}.",
                where=where,
                remedy="The next pass takes the change over; if it is wrong, correct it in Odoo.",
            )
        return None

    def _make(self, jobs: Sequence[Job]) -> Mapping[str, int]:
        made: dict[str, int] = {}

        def make(some: Sequence[Job]) -> None:
            records = self._home.make(some)
            made.update({job.mandate.reference: record for job, record in zip(some, records, strict=True)})

        self._each(jobs, make)
        return made

    def _attach(self, jobs: Sequence[Job], records: Mapping[str, int]) -> None:
        def attach(some: Sequence[Job]) -> None:
            documents = [(records[job.mandate.reference], job.document) for job in some if job.document]
            notes.attach(self._client, self._home.model, documents)

        self._each(self._left(jobs), attach)

    def _complete(self, jobs: Sequence[Job], records: Mapping[str, int]) -> None:
        self._home.complete([(records[job.mandate.reference], job) for job in jobs])

    def _notes(self, jobs: Sequence[Job], noted: Collection[str]) -> list[Note]:
        return [self._note(job, is_first=note_key(job.mandate.reference) not in noted) for job in jobs]

    def _left(self, jobs: Sequence[Job]) -> list[Job]:
        return [job for job in jobs if job.mandate.reference not in self._refused]

    def _each(self, jobs: Sequence[Job], act: Callable[[Sequence[Job]], None]) -> None:
        """All together; if that is refused, one by one to find those that it is about."""
        if not jobs:
            return
        try:
            act(jobs)
        except Skippable as refused:
            if len(jobs) == 1:
                self._refused[jobs[0].mandate.reference] = refused
                return
            for job in jobs:
                self._each([job], act)

    def _note(self, job: Job, *, is_first: bool) -> Note:
        mandate = job.mandate
        said = text(
            self._language,
            "mandate",
            reference=mandate.reference,
            scheme=mandate.scheme.value,
            iban=mask_iban(mandate.iban or ""),
            state=text(self._language, f"state.{mandate.state.value}"),
            signed_on=mandate.signed_on,
        )
        later = f"{note_key(mandate.reference)}/{mandate.state.value}/{job.bank}/{self._today.isoformat()}"
        return Note(note_key(mandate.reference) if is_first else later, _PARTNER, job.partner, as_html(said))

    def _where(self, mandate: Mandate) -> str:
        return self._client.where(f"mandate {mandate.reference}")


def _owned(mandate: Mandate) -> Owned:
    return Owned(int(mandate.customer.id), str(mandate.iban))
