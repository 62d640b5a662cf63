"""What an answer of Odoo, or its absence, means for the engine: which error of ours it becomes.

An error that Odoo itself tells (by the name of its class) has rolled its transaction back: the call had no effect. A
call that changes something is `UnknownOutcome` where it may have reached the server and no such answer came back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx2

from bankfiles.identifiers import mask_ibans
from connector.errors import ConnectorError, NoAccess, Retriable, Skippable, UnknownOutcome

_NEVER_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
_PATH = re.compile(r"(?:[A-Za-z]:)?(?:[/\\][\w.+-]+){2,}")
_SHOWN_LENGTH = 300
_BUSY_STATUS = (429, 502, 503, 504)

_KEY_REFUSED = (
    "The key was revoked, has ended (on newer versions after 90 days), or is of another user: make one in Odoo under "
    "Preferences, Account Security, and put it into the config. For json2 it must be an API key, not a password."
)
_GROUPS = "Give the key's user the groups that `sepa-connector check` names."
_DATABASE = "Check url and database in the config."
_LOOK_AT_SERVER = "Look into the log of the Odoo server."

_ROLLED_BACK_BUSY = ("SerializationFailure", "LockNotAvailable", "DeadlockDetected", "TransactionRollbackError")
_ABOUT_THIS_RECORD = ("UserError", "ValidationError", "MissingError", "RedirectWarning", "CacheMiss")


@dataclass
class Refused(Exception):
    """Odoo answered a call with an error.

    Attributes:
        name: class of the error on the server, e.g. "odoo.exceptions.UserError"; "" where a proxy or a web page
            answered.
        message: its text, never the traceback.
        status: of HTTP.
    """

    name: str
    message: str
    status: int
    retry_after_seconds: int | None = None

    @property
    def is_about_a_missing_model(self) -> bool:
        """The model is not there: its module is not installed."""
        in_jsonrpc = self.short_name in ("UserError", "KeyError") and self.message.startswith("Object ")
        return in_jsonrpc or (self.status == 404 and self.message.startswith("the model "))

    @property
    def is_about_a_missing_method(self) -> bool:
        """The method is not there: this version does not have it."""
        return "does not exist" in self.message and "method" in self.message

    @property
    def short_name(self) -> str:
        """The class without its module."""
        return self.name.rpartition(".")[2]


def of_silence(error: httpx2.TransportError, *, changes: bool, where: str) -> ConnectorError:
    """No answer arrived."""
    what = f"No answer from Odoo ({type(error).__name__})."
    if changes and not isinstance(error, _NEVER_LEFT):
        return UnknownOutcome(what, where=where)
    return Retriable(what, where=where, remedy="Check that the server runs and that its address is right.")


def of_refusal(refused: Refused, *, changes: bool, where: str) -> ConnectorError:
    """Odoo, or what stands in front of it, answered with an error."""
    if refused.name:
        return _by_class(refused, changes=changes, where=where)
    return _by_status(refused, changes=changes, where=where)


def of_other_content(*, changes: bool, where: str) -> ConnectorError:
    """An answer of success that is not Odoo's JSON: a proxy or a login page stands in between."""
    what = "This is not an answer of Odoo's external API."
    if changes:
        return UnknownOutcome(what, where=where)
    return NoAccess(what, where=where, remedy="Check the url in the config and what stands in front of Odoo.")


def key_refused(where: str) -> NoAccess:
    """The server does not know the key."""
    return NoAccess("Odoo does not accept the key.", where=where, remedy=_KEY_REFUSED)


def _by_class(refused: Refused, *, changes: bool, where: str) -> ConnectorError:
    name, said = refused.short_name, shown(refused.message)
    if refused.status == 401 or name in ("AccessDenied", "Unauthorized"):
        return key_refused(where)
    if name == "AccessError":
        return NoAccess(f"Odoo does not allow this: {said}", where=where, remedy=_GROUPS)
    if name in _ROLLED_BACK_BUSY or name == "PoolError":
        return Retriable(f"Odoo is busy ({name}).", where=where)
    if name in ("OperationalError", "InterfaceError"):
        return _of_database(refused, changes=changes, where=where)
    if refused.status == 429:
        return Retriable("Odoo is busy (429).", where=where, retry_after_seconds=refused.retry_after_seconds)
    if name in _ABOUT_THIS_RECORD:
        return Skippable(f"Odoo refuses: {said}", where=where, remedy="Correct it in Odoo, then retry.")
    what = f"Odoo failed ({name}): {said}"
    if changes:
        return Skippable(what, where=where, remedy=_LOOK_AT_SERVER)
    return NoAccess(what, where=where, remedy=_LOOK_AT_SERVER)


def _of_database(refused: Refused, *, changes: bool, where: str) -> ConnectorError:
    """PostgreSQL behind Odoo: not the right database, or not there at the moment."""
    if "does not exist" in refused.message:
        return NoAccess("There is no such database on this server.", where=where, remedy=_DATABASE)
    what = f"Odoo's database does not answer ({refused.short_name})."
    return UnknownOutcome(what, where=where) if changes else Retriable(what, where=where)


def _by_status(refused: Refused, *, changes: bool, where: str) -> ConnectorError:
    """No word of Odoo's: a proxy, a restarting server, a wrong address."""
    status, wait = refused.status, refused.retry_after_seconds
    if status == 401:
        return key_refused(where)
    if status == 403:
        return NoAccess("The server does not allow this (403).", where=where, remedy=_GROUPS)
    if status == 504 and changes:  # the proxy lost patience; Odoo may still be at it
        return UnknownOutcome("Odoo did not answer in time (504).", where=where)
    if status in _BUSY_STATUS:
        return Retriable(f"Odoo is not reachable or busy ({status}).", where=where, retry_after_seconds=wait)
    if status >= 500:
        what = f"Odoo failed ({status})."
        return UnknownOutcome(what, where=where) if changes else Retriable(what, where=where, remedy=_LOOK_AT_SERVER)
    return NoAccess(f"The address does not lead to this Odoo database ({status}).", where=where, remedy=_DATABASE)


def shown(text: str) -> str:
    """A text of the server as an error may show it: one line, shortened, without paths, every IBAN in it masked."""
    one_line = " ".join(text.partition("Traceback (most recent call last)")[0].split())
    masked = mask_ibans(_PATH.sub("…", one_line))
    return masked if len(masked) <= _SHOWN_LENGTH else f"{masked[:_SHOWN_LENGTH]}…"
