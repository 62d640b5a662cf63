"""What stands in Tryton's books, read back over its own interface: for tests, and for the end of the demo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from adapters.accounting.tryton.client import Row, TrytonClient
from adapters.accounting.tryton.settings import TrytonSettings
from tests.counterparts.tryton.server import TrytonServer

ASKED_AT_ONCE = 100  # an address can't be of any length


@dataclass(frozen=True)
class MandateInTryton:
    """A mandate; `documents` are the names of the files attached to it."""

    reference: str
    party: int
    iban: str
    scheme: str
    type: str
    state: str
    documents: tuple[str, ...]


@dataclass(frozen=True)
class InvoiceInTryton:
    """An invoice: posted (open) or paid."""

    number: str
    state: str
    total: Decimal
    to_pay: Decimal


@dataclass(frozen=True)
class PaymentInTryton:
    """A payment; `notes` say why it failed."""

    reference: str
    amount: Decimal
    state: str
    mandate: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class BooksInTryton:
    """Everything that the connector may have changed, each oldest first."""

    mandates: tuple[MandateInTryton, ...]
    invoices: tuple[InvoiceInTryton, ...]
    payments: tuple[PaymentInTryton, ...]
    ibans: tuple[str, ...]


def client_of(server: TrytonServer) -> TrytonClient:
    """A client of the server; the caller closes it."""
    return TrytonClient(TrytonSettings.model_validate(server.settings()), "read back")


def read_back(server: TrytonServer) -> BooksInTryton:
    """All of it as it stands now."""
    client = client_of(server)
    try:
        return BooksInTryton(_mandates(client), _invoices(client), _payments(client), _ibans(client))
    finally:
        client.close()


def _mandates(client: TrytonClient) -> tuple[MandateInTryton, ...]:
    model = "account.payment.sepa.mandate"
    fields = ("identification", "party", "account_number.number_compact", "scheme", "type", "state")
    rows = client.read(model, fields)
    documents = _texts(client, "ir.attachment", "name", model, rows)
    return tuple(
        MandateInTryton(
            reference=str(row["identification"]),
            party=int(str(row["party"])),
            iban=_below(row, "account_number", "number_compact"),
            scheme=str(row["scheme"]),
            type=str(row["type"]),
            state=str(row["state"]),
            documents=tuple(documents[row["id"]]),
        )
        for row in rows
    )


def _invoices(client: TrytonClient) -> tuple[InvoiceInTryton, ...]:
    found = client.read("account.invoice", ("number", "state", "total_amount", "amount_to_pay"))
    return tuple(
        InvoiceInTryton(
            str(row["number"]), str(row["state"]), _amount(row["total_amount"]), _amount(row["amount_to_pay"])
        )
        for row in found
    )


def _payments(client: TrytonClient) -> tuple[PaymentInTryton, ...]:
    model = "account.payment"
    rows = client.read(model, ("reference", "amount", "state", "sepa_mandate.identification"))
    notes = _texts(client, "ir.note", "message", model, rows)
    return tuple(
        PaymentInTryton(
            reference=str(row["reference"]),
            amount=_amount(row["amount"]),
            state=str(row["state"]),
            mandate=_below(row, "sepa_mandate", "identification"),
            notes=tuple(notes[row["id"]]),
        )
        for row in rows
    )


def _ibans(client: TrytonClient) -> tuple[str, ...]:
    found = client.read("bank.account.number", ("number_compact",), [["type", "=", "iban"]])
    return tuple(str(row["number_compact"]) for row in found)


def _texts(
    client: TrytonClient, model: str, field: str, owner: str, rows: Sequence[Row]
) -> Mapping[object, Sequence[str]]:
    """Texts of files or notes, by the id of the record that they hang on."""
    found: dict[object, list[str]] = {row["id"]: [] for row in rows}
    resources = [f"{owner},{record}" for record in found]
    for start in range(0, len(resources), ASKED_AT_ONCE):
        some = resources[start : start + ASKED_AT_ONCE]
        for text in client.read(model, ("resource", field), [["resource", "in", some]]):
            found[int(str(text["resource"]).partition(",")[2])].append(str(text[field]))
    return found


def _below(row: Row, above: str, field: str) -> str:
    found = row.get(above)
    return str(found[field]) if isinstance(found, Mapping) else ""


def _amount(value: object) -> Decimal:
    assert isinstance(value, Decimal)
    return value
