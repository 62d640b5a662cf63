"""Signed mandates as Tryton's own SEPA mandates, validated, with the signed document attached; cancelled ones.

Every step looks first at what is there, so that a call which was cut short is completed by the next one. The
document is attached before the mandate is validated: a validated mandate is a complete one.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters.accounting.tryton.changes import integer
from adapters.accounting.tryton.client import Domain, Row, TrytonClient
from bankfiles.identifiers import mask_iban
from connector.errors import Skippable
from connector.model.mandate import Mandate, MandateEvent, MandateEventKind, MandateState
from connector.ports import Document, SignedMandate
from mappings.engine import Mapping as FieldMapping

MODEL = "account.payment.sepa.mandate"
VALIDATED = "validated"
CANCELLED = "cancelled"
_OPEN_STATES = ("draft", "requested")
_ENDED = frozenset({MandateState.CANCELLED, MandateState.EXPIRED})
"""Cancelled in Tryton too. A suspended one stays validated there; a spent one is spent by its payment."""


def find(client: TrytonClient, reference: str) -> Row | None:
    """The mandate with this reference, if there is one."""
    found = client.read(
        MODEL,
        ("state", "party", "account_number.number_compact"),
        [["company", "=", client.company], ["identification", "=", reference]],
        limit=1,
    )
    return found[0] if found else None


def cancelled_domain(company: int) -> Domain:
    """Mandates of a company that were cancelled; a cancelled one never changes again."""
    return [["company", "=", company], ["state", "=", CANCELLED], ["identification", "!=", None]]


def cancelled(row: Row) -> MandateEvent:
    """The event that a mandate was cancelled in Tryton, by a person or by us."""
    return MandateEvent(
        id=f"{row['id']}/{CANCELLED}",
        kind=MandateEventKind.CANCELLED,
        reference=str(row["identification"]),
        reason="cancelled in Tryton",
        raw=f"{MODEL} {row['id']} {row['state']}",
    )


def store(client: TrytonClient, mapping: FieldMapping, signed: SignedMandate) -> str:
    """Bring a mandate into Tryton as it stands, or complete it. Returns its id."""
    mandate, document = signed.mandate, signed.document
    where = f"{client.name}: mandate {mandate.reference}"
    party = int(mandate.customer.id)
    found = find(client, mandate.reference)
    if found:
        if found["state"] == CANCELLED and found["party"] == party and mandate.state in _ENDED:
            return str(found["id"])
        _check_same(found, mandate, party, where)
    if found is None or found["state"] in _OPEN_STATES:
        values = _values(client, mapping, mandate, party, where)
        if found is None:
            found = {"id": client.create(MODEL, values), "state": "draft"}
        else:
            client.update(MODEL, integer(found["id"]), {k: v for k, v in values.items() if k not in _FIXED})
    record, state = integer(found["id"]), found["state"]
    if document:
        _attach(client, record, document)
    if state == "draft":
        client.press(MODEL, record, "request")
        state = "requested"
    if mandate.state in _ENDED:
        client.press(MODEL, record, "cancel")
    elif state == "requested" and mandate.state is not MandateState.AWAITING_BANK:
        client.press(MODEL, record, "validate_mandate")
    return str(record)


_FIXED = frozenset({"identification", "party", "company"})
"""Fields that Tryton does not take any more once the mandate has been requested."""


def _check_same(found: Row, mandate: Mandate, party: int, where: str) -> None:
    """A reference that stands for something else in Tryton is a matter for a person."""
    if found["party"] != party:
        raise Skippable(
            "Another party has a mandate with this reference in Tryton.",
            where=where,
            remedy="Find out whose it is; cancel the wrong one.",
        )
    if found["state"] == CANCELLED:
        raise Skippable(
            "This mandate was cancelled in Tryton.", where=where, remedy="Ask the customer to sign a new one."
        )
    account = found.get("account_number")
    iban = str(account["number_compact"]) if isinstance(account, Mapping) else None
    if found["state"] == VALIDATED and mandate.state not in _ENDED and iban != mandate.iban:
        raise Skippable(
            f"This mandate is validated in Tryton for {mask_iban(iban or '')}, but was signed for "
            f"{mask_iban(mandate.iban or '')}.",
            where=where,
            remedy="Cancel it in Tryton if the account there is wrong, and have a new one signed.",
        )


def _values(client: TrytonClient, mapping: FieldMapping, mandate: Mandate, party: int, where: str) -> Row:
    if not mandate.iban or not mandate.signed_on:
        raise Skippable("This mandate has no IBAN or no date of signature.", where=where, remedy="Complete it first.")
    ours = {
        "signed_on": mandate.signed_on,
        "scheme": mandate.scheme.value,
        "type": mandate.type.value,
        "debtor_name": mandate.debtor_name,
        "method": mandate.method,
        "language": mandate.language.value,
    }
    return {
        **mapping.write("mandate", ours),
        "identification": mandate.reference,
        "company": client.company,
        "party": party,
        "address": _address(client, party, where),
        "account_number": _account_number(client, party, mandate.iban),
    }


def _address(client: TrytonClient, party: int, where: str) -> int:
    """The party's address for invoices, else its first; Tryton validates no mandate without one."""
    found = client.read("party.address", ("invoice",), [["party", "=", party]])
    if not found:
        raise Skippable(
            "This party has no address in Tryton, which its mandates need.",
            where=where,
            remedy=f"Add an address to party {party}, then retry.",
        )
    chosen = next((row for row in found if row.get("invoice")), found[0])
    return integer(chosen["id"])


def _account_number(client: TrytonClient, party: int, iban: str) -> int:
    """The IBAN as a bank account number that the party owns. An IBAN exists once in a database of Tryton."""
    model, fields = "bank.account.number", ("account.owners",)
    domain = [["type", "=", "iban"], ["number_compact", "=", iban]]
    found = client.read(model, fields, domain, limit=1)
    if not found:
        values = {"owners": [["add", [party]]], "numbers": [["create", [{"type": "iban", "number": iban}]]]}
        client.create("bank.account", values)
        found = client.read(model, fields, domain, limit=1)
    account = found[0]["account"]
    assert isinstance(account, Mapping)
    owners = account.get("owners")
    if not isinstance(owners, list) or party not in owners:
        client.update("bank.account", integer(account["id"]), {"owners": [["add", [party]]]})
    return integer(found[0]["id"])


def _attach(client: TrytonClient, mandate: int, document: Document) -> None:
    """The signed document on the mandate, once."""
    resource, mark = f"{MODEL},{mandate}", f"SHA-256 {document.sha256}"
    if client.read("ir.attachment", ("name",), [["resource", "=", resource], ["description", "=", mark]], limit=1):
        return
    client.create(
        "ir.attachment",
        {
            "resource": resource,
            "type": "data",
            "name": document.name,
            "description": mark,
            "data": document.content,
        },
    )
