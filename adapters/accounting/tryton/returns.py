"""Returns: payments made to fail, so that the invoice is open again, with the bank's reason as a note on them.

Tryton keeps its own fields for a return's reason to itself (only its reader of bank files may write them). A note
holds ours, and its key; it is written last, so a return with its note is a complete one.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters.accounting.tryton import payments
from adapters.accounting.tryton.changes import integer
from adapters.accounting.tryton.client import Domain, Order, Row, TrytonClient
from connector.errors import Skippable
from connector.ports import PaymentReturn

NOTE = "ir.note"
_PAGE = 100  # payments whose notes are looked at in one question


def register(client: TrytonClient, returned: PaymentReturn) -> str:
    """Undo a payment, or complete its undoing. Returns the id of the note."""
    where = f"{client.name}: return {returned.key}"
    booked = payments.find(client, returned.payment)
    if not booked:
        raise Skippable(
            f"Tryton has no payment {returned.payment} that could be undone.",
            where=where,
            remedy="Book the return by hand on the invoice.",
        )
    _check(booked, returned, where)
    for row in booked:
        if row["state"] != "failed":
            client.press(payments.MODEL, integer(row["id"]), "fail")
    note = _note(client, [integer(row["id"]) for row in booked], returned.key)
    if note is None:
        resource = f"{payments.MODEL},{booked[0]['id']}"
        note = client.create(NOTE, {"resource": resource, "message": _message(returned)})
    return str(note)


def look_up(client: TrytonClient, key: str) -> str | None:
    """Id of the note of a return, if it was completed.

    Tryton searches notes only on named records, so the failed payments are gone through, the latest first.
    """
    rest: Domain = ()
    while True:
        failed = client.read(
            payments.MODEL,
            ("state",),
            [["company", "=", client.company], ["kind", "=", "receivable"], ["state", "=", "failed"], *rest],
            order=(Order("id", "DESC"),),
            limit=_PAGE,
        )
        ids = [integer(row["id"]) for row in failed]
        if ids and (note := _note(client, ids, key)) is not None:
            return str(note)
        if len(ids) < _PAGE:
            return None
        rest = [["id", "<", ids[-1]]]


def _check(booked: Sequence[Row], returned: PaymentReturn, where: str) -> None:
    if (total := payments.amount_of(booked)) != returned.amount:
        raise Skippable(
            f"{returned.amount} EUR came back of a payment of {total} EUR; Tryton undoes a payment as a whole.",
            where=where,
            remedy="Book the return by hand on the invoice.",
        )
    if any(row["state"] not in ("processing", *payments.FINAL_STATES) for row in booked):
        raise Skippable(
            "The payment to undo is not registered to its end in Tryton.",
            where=where,
            remedy="Let the payment be registered first, then retry.",
        )


def _note(client: TrytonClient, booked: Sequence[int], key: str) -> int | None:
    resources = [f"{payments.MODEL},{record}" for record in booked]
    found = client.read(NOTE, ("message",), [["resource", "in", resources]])
    return next((integer(row["id"]) for row in found if str(row["message"]).endswith(_mark(key))), None)


def _message(returned: PaymentReturn) -> str:
    charges = f"\nBank charges: {returned.charges} EUR" if returned.charges is not None else ""
    return (
        f"Returned on {returned.returned_on.isoformat()}: {returned.reason_code} {returned.reason_text}"
        f"\nEnd-to-end id: {returned.end_to_end_id}{charges}\n{_mark(returned.key)}"
    )


def _mark(key: str) -> str:
    return f"[{key}]"
