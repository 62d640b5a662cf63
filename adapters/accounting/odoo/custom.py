"""Home without a mandate module: fields on the contact, which `odoo install` makes once.

A contact shows one mandate: the one that was signed last; one that has ended gives way. What we wrote last stands in a
field of its own, with the bank account that it is about, so that a change by a user is told from ours: of the fields,
or of the number of that account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.accounting.odoo import notes
from adapters.accounting.odoo.changes import Watch
from adapters.accounting.odoo.client import ACTIVE_OR_NOT, Domain, OdooClient, Row, integer
from adapters.accounting.odoo.customers import BANK, linked
from adapters.accounting.odoo.fields import Reader
from adapters.accounting.odoo.home import ENDED, Job, Shown, digest, told
from connector.errors import Skippable
from connector.model.mandate import Mandate, MandateEvent, MandateEventKind, MandateState

MODEL = "res.partner"
REFERENCE = "x_sepa_mandate"
STATE = "x_sepa_state"
SIGNED_ON = "x_sepa_signed_on"
SCHEME = "x_sepa_scheme"
IBAN = "x_sepa_iban"
LAST_USED_ON = "x_sepa_last_used_on"
WRITTEN = "x_sepa_written"
FIELDS = (REFERENCE, STATE, SIGNED_ON, SCHEME, IBAN, LAST_USED_ON, WRITTEN)

STATES: Mapping[MandateState, str] = {
    MandateState.SIGNED: "signed",
    MandateState.AWAITING_BANK: "awaiting_bank",
    MandateState.ACTIVE: "active",
    MandateState.SUSPENDED: "suspended",
    MandateState.CANCELLED: "cancelled",
    MandateState.EXPIRED: "expired",
    MandateState.SPENT: "spent",
}
_ENDED = frozenset(STATES[state] for state in ENDED if state in STATES)
_KINDS = {
    "active": MandateEventKind.RESUMED,
    "suspended": MandateEventKind.SUSPENDED,
    "cancelled": MandateEventKind.CANCELLED,
    "expired": MandateEventKind.CANCELLED,
}


def note_key(reference: str) -> str:
    """Key of the first note of a mandate: it is written last, so a mandate with its note is a complete one."""
    return f"mandate/{reference}"


class CustomFields:
    """Mandates in fields of the contact."""

    name = "fields of the contact"
    model = MODEL
    paths = (*FIELDS, "write_date", "bank_ids.sanitized_acc_number")

    def __init__(self, client: OdooClient) -> None:
        self._client = client
        self._contacts: dict[int, Row] = {}  # as `find` last saw them

    def find(self, mandates: Sequence[Mandate]) -> Mapping[str, Shown]:
        """By reference, what the contacts show of these mandates; one that a later mandate replaced by its note."""
        partners = sorted({int(mandate.customer.id) for mandate in mandates})
        references = [mandate.reference for mandate in mandates]
        domain = [*ACTIVE_OR_NOT, "|", ["id", "in", partners], [REFERENCE, "in", references]]
        rows = Reader(self._client, MODEL, self.paths)(domain)
        on_contact = {str(row[REFERENCE]): row for row in rows if row[REFERENCE]}
        self._contacts = {integer(row["id"]): row for row in rows}
        noted = notes.existing(self._client, [note_key(mandate.reference) for mandate in mandates])
        found: dict[str, Shown] = {}
        for mandate in mandates:
            reference, note = mandate.reference, noted.get(note_key(mandate.reference))
            row = on_contact.get(reference) or (note and self._contacts.get(integer(note["res_id"])))
            if row:
                found[reference] = _shown(row, reference)
        return found

    def differs(self, job: Job) -> bool:
        return self._is_to_show(job) and any(
            self._contacts[job.partner][name] != value for name, value in _values(job).items()
        )

    def make(self, jobs: Sequence[Job]) -> Sequence[int]:
        return [job.partner for job in jobs]

    def complete(self, jobs: Sequence[tuple[int, Job]]) -> None:
        """Write the mandates on their contacts, the latest signed of each contact, in one call."""
        latest_last = sorted(jobs, key=lambda one: str(one[1].mandate.signed_on))
        rows = {partner: _values(job) for partner, job in latest_last if self._is_to_show(job)}
        if not rows:
            return
        if len(rows) == 1:
            ((partner, values),) = rows.items()
            self._client.write(MODEL, [partner], values)
        elif not self._client.load(MODEL, FIELDS, {key: list(values.values()) for key, values in rows.items()}):
            raise Skippable("Odoo refuses one of several contacts.", where=self._client.where(MODEL))

    def id_of(self, record: int, reference: str) -> str:
        return f"{record}/{reference}"

    def domain(self) -> Domain:
        return [*ACTIVE_OR_NOT, [REFERENCE, "!=", False]]

    def watches(self) -> tuple[Watch, ...]:
        return Watch(MODEL, self.domain(), "id"), Watch(BANK, ACTIVE_OR_NOT, "partner_id")

    def ours(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Those that do not say what we wrote."""
        return [row for row in rows if str(row[STATE]) in _KINDS and _is_of_a_user(row)]

    def events(self, row: Row) -> Sequence[MandateEvent]:
        """What a user changed of the mandate on a contact."""
        kind = _KINDS[str(row[STATE])]
        return told(f"{MODEL}/{row['id']}", str(row[REFERENCE]), str(row["write_date"]), kind, _iban(row))

    def _is_to_show(self, job: Job) -> bool:
        """Whether the contact shows this mandate: always its own; another one if it is signed later or has ended."""
        row = self._contacts[job.partner]
        shown, ours = str(row[REFERENCE] or ""), job.mandate
        if shown in ("", ours.reference):
            return True
        if ours.state in ENDED:
            return False
        return str(row[STATE]) in _ENDED or str(row[SIGNED_ON] or "") < str(ours.signed_on)


def _shown(row: Row, reference: str) -> Shown:
    record = integer(row["id"])
    if row[REFERENCE] != reference:  # the contact shows another one; ours left a note
        return Shown(record, record, "", is_ended=False, is_of_a_user=False, row=row)
    state = str(row[STATE])
    return Shown(record, record, _iban(row), state in _ENDED, _is_of_a_user(row), row)


def _is_of_a_user(row: Row) -> bool:
    """What stands there is not what we wrote. Without a word of ours, nothing is told."""
    written = str(row[WRITTEN] or "")
    if not written:
        return False
    _, _, bank = written.rpartition(" ")
    return written != _written(str(row[REFERENCE]), str(row[STATE]), _iban(row), bank)


def _iban(row: Row) -> str:
    """The account of the mandate: what the field says; if that is ours still, what the bank account says now."""
    in_field = "".join(str(row[IBAN] or "").split()).upper()
    words = str(row[WRITTEN] or "").split(" ")
    if len(words) < 3 or words[-2] != digest(in_field):
        return in_field
    numbers = (bank["sanitized_acc_number"] for bank in linked(row, "bank_ids") if str(bank["id"]) == words[-1])
    return str(next(numbers, in_field) or in_field)


def _values(job: Job) -> dict[str, object]:
    """All fields, in the order of FIELDS."""
    mandate = job.mandate
    state, iban = STATES[mandate.state], mandate.iban or ""
    return {
        REFERENCE: mandate.reference,
        STATE: state,
        SIGNED_ON: mandate.signed_on.isoformat() if mandate.signed_on else False,
        SCHEME: mandate.scheme.value,
        IBAN: iban,
        LAST_USED_ON: mandate.last_used_on.isoformat() if mandate.last_used_on else False,
        WRITTEN: _written(mandate.reference, state, iban, job.bank),
    }


def _written(reference: str, state: str, iban: str, bank: int | str) -> str:
    return f"{reference} {state} {digest(iban)} {bank}"
