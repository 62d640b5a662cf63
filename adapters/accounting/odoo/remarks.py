"""Remarks on invoices and contacts: a planned collection as fields and a note, a matter for a person as an activity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import quote

from adapters.accounting.odoo import notes
from adapters.accounting.odoo.client import ACTIVE_OR_NOT, Domain, OdooClient, Row, integer, integers
from adapters.accounting.odoo.notes import Note
from adapters.accounting.odoo.texts import as_html
from connector.errors import Skippable
from connector.ports import Feed, Remark, RemarkKind

INVOICE, CONTACT = "account.move", "res.partner"
ACTIVITY = "mail.activity"
MANDATE, COLLECTION_DATE = "x_sepa_mandate", "x_sepa_collection_date"
_TO_DO = "mail.mail_activity_data_todo"
_RESPONSIBLE = {INVOICE: "invoice_user_id", CONTACT: "user_id"}


def show(client: OdooClient, remark: Remark, responsible: str, today: date) -> str:
    """Show a remark, or take it away. Returns the id of its note or activity.

    Args:
        responsible: login of who gets an activity where the record names nobody.
    """
    key = f"{remark.key}/{'open' if remark.open else 'closed'}"
    if (found := look_up(client, key)) is not None:
        return found
    model = INVOICE if remark.feed is Feed.INVOICES else CONTACT
    record = int(remark.on.id)
    row = _record(client, model, record, remark)
    if remark.kind is RemarkKind.ATTENTION:
        if remark.open:
            return _schedule(client, remark, model, row, responsible, today)
        return _close(client, remark, key, model, record)
    _write_fields(client, model, row, remark)
    note = Note(note_key(key), model, record, as_html(remark.title, remark.text))
    return str(notes.post_one(client, note))


def look_up(client: OdooClient, key: str) -> str | None:
    """Id of what was shown or taken away under a key ("..." + /open or /closed); None if it was not."""
    if (note := notes.find(client, note_key(key))) is not None:
        return str(note)
    remark_key, _, word = key.rpartition("/")
    if word != "open":
        return None
    activity = _activities(client, remark_key, ACTIVE_OR_NOT if "active" in client.fields(ACTIVITY) else ())
    if activity:
        return str(activity[0])
    # A user has marked it as done: its note stands in the chatter.
    done = client.ids(notes.MODEL, [["body", "like", _mark(remark_key)]], limit=1)
    return f"message {done[0]}" if done else None


def note_key(key: str) -> str:
    """Key of the note of a remark."""
    return f"remark/{key}"


def _record(client: OdooClient, model: str, record: int, remark: Remark) -> Row:
    names = [name for name in (_RESPONSIBLE[model], MANDATE, COLLECTION_DATE) if name in client.fields(model)]
    domain: list[object] = [["id", "=", record]]
    found = client.read(model, names, [*domain, *ACTIVE_OR_NOT] if model == CONTACT else domain)
    if not found:
        raise Skippable(
            f"Odoo has no {model} {record}.",
            where=client.where(f"remark {remark.key}"),
            remedy="See whether it was deleted.",
        )
    return found[0]


def _write_fields(client: OdooClient, model: str, row: Row, remark: Remark) -> None:
    """The planned collection in the fields that `odoo install` makes; a later one is left alone when this one ends."""
    if model != INVOICE or COLLECTION_DATE not in row or MANDATE not in row or remark.collection_date is None:
        return
    ours = {MANDATE: remark.mandate_reference, COLLECTION_DATE: remark.collection_date.isoformat()}
    is_ours = all(row[name] == value for name, value in ours.items())
    if remark.open and not is_ours:
        client.write(model, [integer(row["id"])], ours)
    elif not remark.open and is_ours:
        client.write(model, [integer(row["id"])], dict.fromkeys(ours, False))


def _schedule(client: OdooClient, remark: Remark, model: str, row: Row, responsible: str, today: date) -> str:
    client.change(
        model,
        "activity_schedule",
        [integer(row["id"])],
        context={"mail_activity_quick_update": True},  # no mail to the user: the activity is enough
        act_type_xmlid=_TO_DO,
        date_deadline=today,
        summary=remark.title,
        note=f"{as_html(remark.text)}<!--{_mark(remark.key)}-->",
        user_id=_user(client, integers(row.get(_RESPONSIBLE[model])), responsible),
    )
    return str(_activities(client, remark.key)[0])


def _user(client: OdooClient, salesperson: Sequence[int], responsible: str) -> int:
    if salesperson:
        return salesperson[0]
    return (responsible and user_of(client, responsible)) or client.server.user


def user_of(client: OdooClient, login: str) -> int:
    """Id of the user with a login; 0 if nobody has it."""
    found = client.ids("res.users", [["login", "=", login]], limit=1)
    return found[0] if found else 0


def _close(client: OdooClient, remark: Remark, key: str, model: str, record: int) -> str:
    """Mark the activity as done; what Odoo then writes into the chatter becomes our note."""
    open_ones = _activities(client, remark.key)
    message = client.change(ACTIVITY, "action_feedback", open_ones, feedback=remark.text) if open_ones else None
    if isinstance(message, int) and message:
        client.write(notes.MODEL, [message], {"message_id": notes.message_id(client, note_key(key))})
        return str(message)
    note = Note(note_key(key), model, record, as_html(remark.title, remark.text))
    return str(notes.post_one(client, note))


def _activities(client: OdooClient, key: str, more: Domain = ()) -> list[int]:
    """The activities of a remark that are still to be done."""
    return client.ids(ACTIVITY, [["note", "like", _mark(key)], *more], limit=10)


def _mark(key: str) -> str:
    """What finds an activity again: a comment in its note, which nobody sees. Nothing in it is a wildcard."""
    escaped = quote(key, safe="").replace("-", "%2D").replace("_", "%5F").replace("%", "=")
    return f"sepa:{escaped};"
