"""Homes where a mandate is a record of its own: what OCA's module and Odoo Enterprise have in common."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from adapters.accounting.odoo import notes
from adapters.accounting.odoo.changes import Watch
from adapters.accounting.odoo.client import Domain, OdooClient, Row, integer
from adapters.accounting.odoo.custom import note_key
from adapters.accounting.odoo.fields import Reader
from adapters.accounting.odoo.home import Job, Shown, told
from connector.model.mandate import Mandate, MandateEvent, MandateEventKind, MandateState

_BANK = "partner_bank_id"


class MandateRecords(ABC):
    """Mandates as records of a module.

    Attributes:
        reference: the field of the reference.
        draft, valid, validate: the states before and after validation, and the button for it.
        takes_partner: whether the contact is written to the record.
        states, ended: the module's word for each state; those from which nothing comes back.
        once: the field, and its value, of a mandate for one collection.
        kinds: what a state tells if a user gave it.
    """

    name: str
    model: str
    reference: ClassVar[str]
    draft: ClassVar[str] = "draft"
    valid: ClassVar[str]
    validate: ClassVar[str]
    takes_partner: ClassVar[bool] = True
    states: ClassVar[Mapping[MandateState, str]]
    ended: ClassVar[frozenset[str]]
    once: ClassVar[tuple[str, object]]
    kinds: ClassVar[Mapping[str, MandateEventKind]]

    def __init__(self, client: OdooClient) -> None:
        self._client = client
        account = tuple(f"{_BANK}.{name}" for name in ("sanitized_acc_number", "write_uid", "write_date"))
        self.paths = (
            self.reference,
            self.once[0],
            "state",
            "partner_id",
            "create_uid",
            "write_uid",
            "write_date",
            *account,
        )

    @abstractmethod
    def values(self, mandate: Mandate) -> dict[str, object]:
        """What the module keeps of a mandate, beside reference, account and state; fields that it has."""

    def find(self, mandates: Sequence[Mandate]) -> Mapping[str, Shown]:
        names = {name for mandate in mandates for name in self.values(mandate)}
        domain = [*self.domain(), [self.reference, "in", [mandate.reference for mandate in mandates]]]
        rows = Reader(self._client, self.model, {*self.paths, *names})(domain)
        amended = {mandate.reference for mandate in mandates if mandate.amended}
        return {str(row[self.reference]): self._shown(row, amended) for row in rows}

    def differs(self, job: Job) -> bool:
        return job.shown is None or bool(self._differences(job))

    def make(self, jobs: Sequence[Job]) -> Sequence[int]:
        rows = [
            {
                **self.values(job.mandate),
                self.reference: job.mandate.reference,
                _BANK: job.bank,
                "state": self.draft,
                **({"partner_id": job.partner} if self.takes_partner else {}),
            }
            for job in jobs
        ]
        return self._client.create(self.model, rows) if rows else []

    def complete(self, jobs: Sequence[tuple[int, Job]]) -> None:
        """Equal changes go in one call."""
        alike: dict[str, list[int]] = {}
        for record, job in jobs:
            changes = self._differences(job) if job.shown else {"state": self.states[job.mandate.state]}
            if changes and (job.shown or changes["state"] != self.draft):
                alike.setdefault(json.dumps(changes, sort_keys=True), []).append(record)
        drafts = {record for record, job in jobs if not job.shown or job.shown.row["state"] == self.draft}
        for text, records in alike.items():
            self._write(records, json.loads(text), drafts)

    def id_of(self, record: int, reference: str) -> str:  # noqa: ARG002 - one of the homes needs it
        return str(record)

    def domain(self) -> Domain:
        return [["company_id", "=", self._client.company]]

    def watches(self) -> tuple[Watch, ...]:
        own = Watch(self.model, self.domain(), "id")
        if "mandate_ids" not in self._client.fields("res.partner.bank"):
            return (own,)
        return own, Watch("res.partner.bank", [], "mandate_ids")

    def ours(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Those made by our user; or by an earlier user of ours, who left a note."""
        told = (row for row in rows if str(row["state"]) in self.kinds and not self._is_spent(row))
        of_users = [row for row in told if self._is_of_a_user(row)]
        user = self._client.server.user
        others = [note_key(str(row[self.reference])) for row in of_users if row["create_uid"] != user]
        noted = notes.existing(self._client, others)
        return [row for row in of_users if row["create_uid"] == user or note_key(str(row[self.reference])) in noted]

    def events(self, row: Row) -> Sequence[MandateEvent]:
        kind, reference = self.kinds[str(row["state"])], str(row[self.reference])
        account = row[_BANK]
        iban = str(account["sanitized_acc_number"] or "") if isinstance(account, Mapping) else ""
        return told(f"{self.model}/{row['id']}", reference, str(row["write_date"]), kind, iban)

    def _differences(self, job: Job) -> dict[str, object]:
        assert job.shown is not None
        row = job.shown.row
        wanted = {**self.values(job.mandate), _BANK: job.bank, "state": self.states[job.mandate.state]}
        account = row[_BANK]
        there = {**row, _BANK: account["id"] if isinstance(account, Mapping) else account}
        return {name: value for name, value in wanted.items() if there.get(name, False) != value}

    def _write(self, records: list[int], changes: dict[str, object], drafts: set[int]) -> None:
        """The button validates a draft; any other step is written, since the buttons refuse most of them."""
        to_validate = [record for record in records if record in drafts] if changes.get("state") == self.valid else []
        others = {name: value for name, value in changes.items() if name != "state"}
        if to_validate:
            if others:
                self._client.write(self.model, to_validate, others)
            self._client.change(self.model, self.validate, to_validate)
        if rest := [record for record in records if record not in to_validate]:
            self._client.write(self.model, rest, changes)

    def _shown(self, row: Row, amended: Collection[str]) -> Shown:
        """Whoever wrote last may have written something else than the account: an amended mandate is not held up."""
        account = row[_BANK]
        iban = str(account["sanitized_acc_number"] or "") if isinstance(account, Mapping) else ""
        partner = integer(row["partner_id"]) if row["partner_id"] else 0
        is_ended = row["state"] in self.ended
        is_of_a_user = self._is_of_a_user(row) and row[self.reference] not in amended
        return Shown(integer(row["id"]), partner, iban, is_ended, is_of_a_user, row)

    def _is_spent(self, row: Row) -> bool:
        """It has carried its one collection. The module has one word for that and for having expired."""
        field, value = self.once
        return row.get(field) == value and row["state"] == self.states[MandateState.SPENT]

    def _is_of_a_user(self, row: Row) -> bool:
        """The record was last written by somebody else; or its account was, not before the record.

        Odoo tells whole seconds: within one second the user is believed, and an unchanged IBAN changes nothing.
        """
        ours = self._client.server.user
        if row["write_uid"] != ours:
            return True
        account = row[_BANK]
        if not isinstance(account, Mapping) or account["write_uid"] == ours:
            return False
        return str(account["write_date"]) >= str(row["write_date"])
