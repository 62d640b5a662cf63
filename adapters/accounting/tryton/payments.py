"""Payments on invoices, through processing to succeeded, and their return.

Our key is the `reference` of a payment. An invoice that is due in parts is paid by one payment for each of its
lines, all with the same key. All of them exist before the first goes on, so a payment that has succeeded (or
failed again since) tells that the whole is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from adapters.accounting.tryton import mandates
from adapters.accounting.tryton.changes import integer
from adapters.accounting.tryton.client import Order, Row, TrytonClient
from connector.errors import NoAccess, Skippable
from connector.ports import Payment
from mappings.engine import Mapping as FieldMapping

MODEL = "account.payment"
JOURNAL = "account.payment.journal"
FINAL_STATES = ("succeeded", "failed")
_FIELDS = ("state", "amount", "line", "reference", "party")


def find(client: TrytonClient, key: str) -> list[Row]:
    """All payments with our key, oldest first."""
    return client.read(
        MODEL, _FIELDS, [["company", "=", client.company], ["kind", "=", "receivable"], ["reference", "=", key]]
    )


def id_of(payments: Sequence[Row]) -> str:
    """What a registered payment is called by the engine: the ids of its payments in Tryton."""
    return ",".join(str(row["id"]) for row in payments)


def amount_of(payments: Sequence[Row]) -> Decimal:
    """What payments come to, in EUR."""
    amounts = (row["amount"] for row in payments)
    return sum((amount for amount in amounts if isinstance(amount, Decimal)), Decimal(0))


def journal_of(client: TrytonClient, name: str) -> int:
    """Id of the payment journal.

    Raises:
        NoAccess: it is missing, or not made for this.
    """
    found = client.read(
        JOURNAL,
        ("process_method", "clearing_account", "currency.code"),
        [["company", "=", client.company], ["name", "=", name]],
        limit=2,
    )
    if (fault := _journal_fault(found)) is not None:
        raise NoAccess(
            f"The payment journal {name!r} {fault}.",
            where=f"{client.name}: {JOURNAL}",
            remedy="Set it up as docs/packages/tryton.md says, or name another journal in the config.",
        )
    return integer(found[0]["id"])


def _journal_fault(found: Sequence[Row]) -> str | None:
    if len(found) != 1:
        return "is not there" if not found else "is there twice"
    journal = found[0]
    currency = journal.get("currency")
    if not isinstance(currency, Mapping) or currency.get("code") != "EUR":
        return "is not in EUR"
    if not journal.get("clearing_account"):
        return "has no clearing account, so that no invoice would be paid"
    if journal.get("process_method") != "manual":
        return "is not manual: Tryton would make bank files of its own"
    return None


def register(client: TrytonClient, mapping: FieldMapping, journal: str, payment: Payment) -> str:
    """Book a payment on its invoice, or complete what is there. Returns the ids of the payments."""
    where = f"{client.name}: payment {payment.key}"
    if not client.has_login:
        raise Skippable(
            "Payments can't be registered: Tryton processes them for a login only, not for a key.",
            where=where,
            remedy="Write login and password of the key's user into the config.",
        )
    booked = find(client, payment.key)
    if not booked or not all(row["state"] in FINAL_STATES for row in booked):
        booked = _create_missing(client, mapping, journal, payment, booked, where)
        _complete(client, booked, payment.paid_on)
    _check_amount(booked, payment, where)
    return id_of(booked)


def _create_missing(
    client: TrytonClient, mapping: FieldMapping, journal: str, payment: Payment, booked: list[Row], where: str
) -> list[Row]:
    missing = payment.amount - amount_of(booked)
    if missing <= 0:
        return booked
    taken = {integer(row["line"]) for row in booked if row.get("line")}
    party, lines = _lines(client, int(payment.invoice.id), where)
    shares = list(_shares(missing, [line for line in lines if line["id"] not in taken]))
    if sum(amount for _, amount in shares) != missing:
        raise Skippable(
            f"{missing} EUR arrived for invoice {payment.invoice_number}, but less is open on it in Tryton.",
            where=where,
            remedy="See which payment is booked there already; then book the rest by hand, or pay it back.",
        )
    ours = {
        "invoice_number": payment.invoice_number,
        "paid_on": payment.paid_on,
        "mandate_reference": payment.mandate_reference,
        "end_to_end_id": payment.end_to_end_id,
        "bank_reference": payment.bank_reference,
    }
    common = {
        **mapping.write("payment", ours),
        "reference": payment.key,
        "company": client.company,
        "journal": journal_of(client, journal),
        "kind": "receivable",
        "party": party,
    }
    if mandate := _mandate(client, payment.mandate_reference, party):
        common["sepa_mandate"] = mandate
    for line, amount in shares:
        client.create(MODEL, {**common, "line": line, "amount": amount})
    return find(client, payment.key)


def _lines(client: TrytonClient, invoice: int, where: str) -> tuple[int, list[Row]]:
    """The party and the open lines of an invoice, the first due first."""
    found = client.read("account.invoice", ("party",), [["id", "=", invoice], ["company", "=", client.company]])
    if not found:
        raise Skippable(f"Tryton has no invoice {invoice}.", where=where, remedy="See whether it was deleted.")
    lines = client.read(
        "account.move.line",
        ("payment_amount", "maturity_date"),
        [
            ["move.origin.id", "=", invoice, "account.invoice"],
            ["account.type.receivable", "=", True],
            ["reconciliation", "=", None],
            ["debit", ">", 0],
        ],
        order=(Order("maturity_date"), Order("id")),
    )
    return integer(found[0]["party"]), lines


def _shares(amount: Decimal, lines: Sequence[Row]) -> Iterator[tuple[int, Decimal]]:
    """The amount over lines: on the one that it pays exactly, else on the first due ones."""
    exact = [line for line in lines if line["payment_amount"] == amount]
    for line in exact[:1] or lines:
        open_amount = line["payment_amount"]
        assert isinstance(open_amount, Decimal)
        share = min(amount, open_amount)
        if share > 0:
            amount -= share
            yield integer(line["id"]), share


def _mandate(client: TrytonClient, reference: str, party: int) -> int | None:
    """The mandate to name on the payment. Tryton takes only a validated one of the same party."""
    found = mandates.find(client, reference)
    if found and found["state"] == mandates.VALIDATED and found["party"] == party:
        return integer(found["id"])
    return None


def _complete(client: TrytonClient, booked: Sequence[Row], paid_on: date) -> None:
    """Submit, process, succeed: each payment from where it stands."""
    drafts = [integer(row["id"]) for row in booked if row["state"] == "draft"]
    for record in drafts:
        client.press(MODEL, record, "submit")
    if submitted := [integer(row["id"]) for row in booked if row["state"] in ("draft", "submitted")]:
        client.run_wizard("account.payment.process", "process", MODEL, submitted)
    for row in booked:
        if row["state"] not in FINAL_STATES:
            client.press(MODEL, integer(row["id"]), "succeed", clearing_date=paid_on)


def _check_amount(booked: Sequence[Row], payment: Payment, where: str) -> None:
    if (total := amount_of(booked)) != payment.amount:
        raise Skippable(
            f"Tryton has {total} EUR under this key, not {payment.amount} EUR.",
            where=where,
            remedy=f"Look at the payments with the reference {payment.key}.",
        )
