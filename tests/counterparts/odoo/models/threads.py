"""Records with a chatter: messages and activities."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

from tests.counterparts.odoo import external_ids
from tests.counterparts.odoo.errors import UserError, ValidationError
from tests.counterparts.odoo.exposed import on_records
from tests.counterparts.odoo.fields import Compute, Field, Row, choice, link, of
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.models.base import Ids, Model, id_list
from tests.counterparts.odoo.rights import SETTINGS, USER, Access

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env


class Thread:
    """What a model with a chatter has beside its own fields; stands before `Model` among the bases."""

    name: ClassVar[str]

    def of_threads(self) -> Iterable[Field]:
        """Messages and activities of a record."""
        yield Field("message_ids", "one2many", "Messages", "mail.message", compute=_of_record("model", self.name))
        yield Field(
            "activity_ids", "one2many", "Activities", "mail.activity", compute=_of_record("res_model", self.name)
        )

    @on_records
    def message_post(
        self,
        env: Env,
        ids: Ids,
        *,
        body: str = "",
        subject: Any = None,
        message_type: str = "notification",
        subtype_xmlid: Any = None,
        attachment_ids: Any = None,
        body_is_html: bool = False,
        partner_ids: Any = None,
    ) -> Any:
        """A message in the chatter of one record: its id until 18, a list with it on 19."""
        (id_,) = id_list(ids)
        env[self.name].check_access(env, "read")
        env[self.name].required(env, [id_])
        author = env["res.partner"].row(env, env.user["partner_id"])
        if env.version == 17 and not author.get("email"):
            raise UserError("Unable to send message, please configure the sender's email address.")
        messages = env["mail.message"]
        made = messages.create_one(
            env.sudo(),
            {
                "model": self.name,
                "res_id": id_,
                "body": body if body_is_html else _as_html(body),
                "subject": subject or False,
                "message_type": message_type,
                "author_id": author["id"],
                "subtype_id": _subtype(env, subtype_xmlid),
                "attachment_ids": [(6, 0, list(attachment_ids or []))],
            },
        )
        for attachment in attachment_ids or []:
            env["ir.attachment"].write_all(env, [attachment], {"res_model": self.name, "res_id": id_})
        return made if env.version < 19 else [made]

    @on_records
    def activity_schedule(
        self,
        env: Env,
        ids: Ids,
        act_type_xmlid: str = "",
        date_deadline: Any = None,
        summary: str = "",
        note: str = "",
        **act_values: Any,
    ) -> Any:
        """Activities for records; until 18 the answer is the text of a recordset."""
        type_ = external_ids.record(env, act_type_xmlid or "mail.mail_activity_data_todo")
        if type_ is None:
            raise UserError(f"No activity type {act_type_xmlid}")
        values = {"summary": summary, "note": note, "date_deadline": date_deadline or env.now.date().isoformat()}
        about = {"res_model_id": env.database.model_id(self.name), "activity_type_id": type_[1]}
        made = [
            env["mail.activity"].create(env, {**about, **values, **act_values, "res_id": id_}) for id_ in id_list(ids)
        ]
        return made if env.version >= 19 else f"mail.activity({', '.join(map(str, made))}{',' * (len(made) == 1)})"


def _subtype(env: Env, external_id: Any) -> Any:
    found = external_ids.record(env, external_id or "mail.mt_note")
    return found and found[1]


def _as_html(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def _of_record(column: str, model: str) -> Compute:
    target = "mail.message" if column == "model" else "mail.activity"

    def read(env: Env, row: Row) -> tuple[int, ...]:
        table = env.database.tables.of[target]
        return tuple(id_ for id_ in table.where("res_id", [row["id"]]) if table.rows[id_][column] == model)

    return read


class Messages(Model):
    """mail.message."""

    name = "mail.message"
    description = "Message"
    order = "id desc"
    access: ClassVar[Access] = {USER: "rwcd"}
    indexed = ("res_id", "message_id")

    def defaults(self, env: Env) -> Row:
        """From the user, with a Message-ID that nobody else has."""
        number = env.database.next_number("message")
        unique = f"<{number:015d}-openerp-private@odoo.example>"
        return {"author_id": env.user["partner_id"], "message_id": unique, **super().defaults(env)}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a message."""
        yield from of("char", "model", "subject", "email_from", "message_id")
        yield Field("res_id", "many2one_reference", "Related Document ID")
        yield from of("html", "body")
        yield choice("message_type", "email", "comment", "notification", "auto_comment", default="notification")
        yield link("author_id", "res.partner")
        yield link("subtype_id", "mail.message.subtype")
        yield Field("date", "datetime", "Date", compute=lambda _env, row: row["create_date"])
        yield Field("attachment_ids", "many2many", "Attachments", "ir.attachment")


class ActivityTypes(Model):
    """mail.activity.type."""

    name = "mail.activity.type"
    description = "Activity Type"
    access: ClassVar[Access] = {USER: "r", SETTINGS: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a type."""
        return of("char", "name", required=True)


class Activities(Model):
    """mail.activity: a task for a user on a record. Done ones are deleted until 18 and archived on 19."""

    name = "mail.activity"
    description = "Activity"
    order = "date_deadline, id"
    access: ClassVar[Access] = {USER: "rwcd"}
    indexed = ("res_id",)

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of an activity."""
        yield link("res_model_id", "ir.model", required=True)
        yield from of("char", "res_model", readonly=True)
        yield Field("res_id", "many2one_reference", "Related Document ID")
        yield from of("char", "summary", "res_name")
        yield from of("html", "note")
        yield Field("date_deadline", "date", "Due Date", required=True)
        yield link("user_id", "res.users", required=True, string="Assigned to")
        yield link("activity_type_id", "mail.activity.type")
        yield from of("boolean", "automated")
        yield Field("active", "boolean", "Active", since=19, default=True)
        yield Field("date_done", "date", "Done Date", since=19)
        yield from of("text", "feedback", since=19)

    def defaults(self, env: Env) -> Row:
        """Due today, for oneself."""
        today = env.now.date().isoformat()
        return {"user_id": env.user_id, "date_deadline": today, **super().defaults(env)}

    def computed(self, env: Env, row: Row) -> Row:
        """The name of the model; the record must be there."""
        model = env["ir.model"].row(env, row["res_model_id"])["model"] if row.get("res_model_id") else None
        if model is None or not row.get("res_id"):
            raise ValidationError("Activities have to be linked to records with a not null res_id.")
        env[model].required(env, [row["res_id"]])
        return {**row, "res_model": model}

    @on_records
    def action_feedback(self, env: Env, ids: Ids, feedback: Any = False, attachment_ids: Any = None) -> Any:
        """Mark as done, with a message in the chatter."""
        message: Any = False
        for id_ in self.required(env, ids):
            row = self.row(env, id_)
            values = {"model": row["res_model"], "res_id": row["res_id"], "author_id": env.user["partner_id"]}
            original = f"<div>Original note:</div><div>{row['note']}</div>" if row.get("note") else ""
            body = f"<p>{escape(row.get('summary') or 'To-Do')} done</p>{_as_html(feedback or '')}{original}"
            message = env["mail.message"].create_one(env.sudo(), {**values, "body": body})
            if env.version < 19:
                self.delete_all(env, [id_])
            else:
                done = {"active": False, "date_done": env.now.date().isoformat(), "feedback": feedback or None}
                self.touch(env, id_, **done)
        return message


class MessageSubtypes(Model):
    """mail.message.subtype: whether a message is a note or goes to the followers."""

    name = "mail.message.subtype"
    description = "Message subtypes"
    access: ClassVar[Access] = {USER: "r", SETTINGS: "rwcd"}

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a subtype."""
        return [*of("char", "name", required=True), *of("boolean", "internal")]
