"""Returns: the payment undone, so that the invoice is open again; the bank's fee as an entry of its own.

Cancelling the payment re-opens the invoice on every version. Where that must not be (the payment is matched with a bank
statement) or can't be (its period is closed), the payment's entry is reversed on the day of the return instead. A note
on the invoice says why; it bears the key and is written last, so a return with its note is a complete one.
"""

from __future__ import annotations

from adapters.accounting.odoo import notes, payments
from adapters.accounting.odoo.client import OdooClient, Row, integer
from adapters.accounting.odoo.notes import Note
from adapters.accounting.odoo.settings import OdooSettings
from adapters.accounting.odoo.texts import as_html, text
from connector.errors import ConnectorError, NoAccess, Skippable
from connector.model.customer import Language
from connector.ports import PaymentReturn

ENTRY = "account.move"
ACCOUNT = "account.account"
REVERSAL = "account.move.reversal"
_UNDONE = ("cancel", "canceled")


def note_key(key: str) -> str:
    """Key of the note of a return."""
    return f"return/{key}"


def register(client: OdooClient, settings: OdooSettings, language: Language, returned: PaymentReturn) -> str:
    """Undo a payment, or complete its undoing. Returns the id of the note."""
    if (note := notes.find(client, note_key(returned.key))) is not None:
        return str(note)
    booked = _payment(client, returned)
    if booked["state"] not in _UNDONE and not _is_reversed(client, booked):
        _undo(client, settings, booked, returned)
    _book_fee(client, settings, language, returned)
    paragraphs = [
        text(
            language,
            "returned",
            amount=returned.amount,
            day=returned.returned_on,
            code=returned.reason_code,
            reason=returned.reason_text.rstrip("."),
        )
    ]
    if returned.charges:
        paragraphs.append(text(language, "charges", amount=returned.charges))
    note_on = Note(
        note_key(returned.key), ENTRY, int(returned.invoice.id), as_html(*paragraphs, returned.end_to_end_id)
    )
    return str(notes.post_one(client, note_on))


def _payment(client: OdooClient, returned: PaymentReturn) -> Row:
    where = client.where(f"return {returned.key}")
    booked = payments.find(client, returned.payment)
    if booked is None:
        raise Skippable(
            f"Odoo has no payment {returned.payment} that could be undone.",
            where=where,
            remedy="Book the return by hand on the invoice.",
        )
    if payments.amount_of(booked) != returned.amount:
        raise Skippable(
            f"{returned.amount} EUR came back of a payment of {payments.amount_of(booked)} EUR; Odoo undoes it whole.",
            where=where,
            remedy="Book the return by hand on the invoice.",
        )
    return booked


def _undo(client: OdooClient, settings: OdooSettings, booked: Row, returned: PaymentReturn) -> None:
    if booked.get("is_matched"):
        _reverse(client, settings, booked, returned)
        return
    try:
        client.change(payments.MODEL, "action_cancel", [integer(booked["id"])])
    except Skippable:  # its period is closed
        _reverse(client, settings, booked, returned)


def _reverse(client: OdooClient, settings: OdooSettings, booked: Row, returned: PaymentReturn) -> None:
    wizard = client.create(
        REVERSAL,
        [
            {
                "move_ids": [[6, 0, [integer(booked["move_id"])]]],
                "date": returned.returned_on,
                "journal_id": payments.journal_of(client, settings.journal),
                "reason": f"{returned.reason_code} {returned.key}",
            }
        ],
    )
    method = "refund_moves" if client.server.version >= (17, 0) else "reverse_moves"
    client.change(REVERSAL, method, wizard)


def _is_reversed(client: OdooClient, booked: Row) -> bool:
    """The payment's entry was reversed before, and the call's answer lost."""
    if not booked["move_id"]:
        return False
    return client.count(ENTRY, [["reversed_entry_id", "=", booked["move_id"]], ["state", "=", "posted"]]) > 0


def _book_fee(client: OdooClient, settings: OdooSettings, language: Language, returned: PaymentReturn) -> None:
    """The bank's fee, where the settings name its accounts: debit the one, credit the other."""
    if not returned.charges or not settings.fee_account:
        return
    reference = f"{returned.key}/fee"
    domain = [["company_id", "=", client.company], ["move_type", "=", "entry"], ["ref", "=", reference]]
    found = client.read(ENTRY, ("state",), domain, limit=1)
    if not found:
        name = text(language, "charges", amount=returned.charges)
        sides = ((settings.fee_account, "debit"), (settings.fee_counter_account, "credit"))
        lines = [
            [0, 0, {"name": name, "account_id": account_of(client, code), side: returned.charges}]
            for code, side in sides
        ]
        entry = client.create(
            ENTRY,
            [
                {
                    "move_type": "entry",
                    "journal_id": payments.journal_of(client, settings.fee_journal, ("bank", "general")),
                    "date": returned.returned_on,
                    "ref": reference,
                    "line_ids": lines,
                }
            ],
        )
        found = [{"id": entry[0], "state": "draft"}]
    if found[0]["state"] == "draft":
        client.change(ENTRY, "action_post", [integer(found[0]["id"])])


def account_of(client: OdooClient, code: str) -> int:
    """Id of an account by its code.

    Raises:
        NoAccess: it is not there.
    """
    found = client.ids(ACCOUNT, [["code", "=", code]], limit=1) if code else []
    if not found:
        raise NoAccess(
            f"There is no account {code!r}.",
            where=client.where(ACCOUNT),
            remedy="Correct fee_account and fee_counter_account in the config.",
        )
    return found[0]


def fee_fault(client: OdooClient, settings: OdooSettings) -> ConnectorError | None:
    """What is wrong with the settings for fees; None if nothing is, or none are booked."""
    if not settings.fee_account:
        return None
    try:
        account_of(client, settings.fee_account)
        account_of(client, settings.fee_counter_account)
        payments.journal_of(client, settings.fee_journal, ("bank", "general"))
    except ConnectorError as error:
        return error
    return None
