"""What an answer of Tryton, or its absence, means for the engine: which error of ours it becomes.

A call that changes something is `UnknownOutcome` whenever it may have reached the server and no clear answer came
back: then it is looked up, never repeated blindly. A refusal (400) of Tryton rolls its transaction back.
"""

from __future__ import annotations

import re

import httpx2

from adapters.accounting.tryton import wire
from bankfiles.identifiers import mask_iban
from connector.errors import ConnectorError, NoAccess, Retriable, Skippable, UnknownOutcome

_NEVER_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}\b")
_ONE_RECORD = re.compile(r"/rest/model/[\w.]+/\d+(/|$)")
_SHOWN_LENGTH = 300

_KEY_REFUSED = "Add a key on the user's form in Tryton, tab Applications, validate it, and put it into the config."
_LOGIN_REFUSED = "Correct login and password in the config; they belong to the user of the key."
_GROUPS = "Give the user of the key the groups that docs/packages/tryton.md names."
_LOOK_AT_SERVER = "Look into the log of the Tryton server."


def of_silence(error: httpx2.TransportError, *, changes: bool, where: str) -> ConnectorError:
    """No answer arrived."""
    what = f"No answer from Tryton ({type(error).__name__})."
    if changes and not isinstance(error, _NEVER_LEFT):
        return UnknownOutcome(what, where=where)
    return Retriable(what, where=where, remedy="Check that the server runs and that its address is right.")


def of_answer(answer: httpx2.Response, *, changes: bool, where: str) -> ConnectorError:
    """An answer that is no success."""
    status = answer.status_code
    if status == 401:
        by_key = answer.request.headers.get("Authorization", "").startswith("Bearer")
        refused, remedy = ("key", _KEY_REFUSED) if by_key else ("login", _LOGIN_REFUSED)
        return NoAccess(f"Tryton does not accept the {refused} (401).", where=where, remedy=remedy)
    if status == 429:
        return Retriable("Tryton is busy (429).", where=where, retry_after_seconds=_retry_after(answer))
    if status == 400:
        return _refused(_message(answer), changes=changes, where=where)
    if status >= 500:
        return _broken(answer, changes=changes, where=where)
    if status == 403:
        return _forbidden(answer, where)
    if status == 404 and _ONE_RECORD.search(answer.request.url.path):
        return Skippable(
            "Tryton does not know this record (404).",
            where=where,
            remedy="See whether it was deleted or merged in Tryton.",
        )
    return NoAccess(
        f"The address does not lead to a Tryton database ({status}).",
        where=where,
        remedy="Check url and database in the config.",
    )


def of_rpc_error(error: object, *, changes: bool, where: str) -> ConnectorError:
    """An RPC call that Tryton answered with an error: a refusal by name, or a failure of the server."""
    match error:
        case ["UserError", [message, description, *_]] | ["UserWarning", [_, message, description, *_]]:
            return _refused(_shown(f"{message} {description or ''}"), changes=changes, where=where)
    what = "Tryton failed."
    if changes:
        return UnknownOutcome(what, where=where, remedy=_LOOK_AT_SERVER)
    return NoAccess(what, where=where, remedy=_LOOK_AT_SERVER)


def of_other_content(where: str, *, changes: bool) -> ConnectorError:
    """An answer of success that is not Tryton's JSON: a proxy or a login page stands in between."""
    what = "This is not an answer of Tryton's REST interface."
    if changes:
        return UnknownOutcome(what, where=where)
    return NoAccess(what, where=where, remedy="Check the url in the config and what stands in front of Tryton.")


def _refused(message: str, *, changes: bool, where: str) -> ConnectorError:
    what = f"Tryton refuses: {message}"
    if changes:
        return Skippable(what, where=where, remedy="Correct it in Tryton, then retry.")
    return NoAccess(what, where=where, remedy=_GROUPS)


def _forbidden(answer: httpx2.Response, where: str) -> ConnectorError:
    """Tryton gives no reason here: the rights of the user, or the state of the one record."""
    what = "Tryton does not allow this (403)."
    if _ONE_RECORD.search(answer.request.url.path):
        return Skippable(what, where=where, remedy=f"See whether its accounting period is closed. {_GROUPS}")
    return NoAccess(what, where=where, remedy=_GROUPS)


def _broken(answer: httpx2.Response, *, changes: bool, where: str) -> ConnectorError:
    what = f"Tryton failed ({answer.status_code})."
    if changes:
        return UnknownOutcome(what, where=where, remedy=_LOOK_AT_SERVER)
    if answer.status_code == 500:
        advice = "Are all modules that docs/packages/tryton.md names activated, and all fields of the mapping there?"
        return NoAccess(what, where=where, remedy=f"{_LOOK_AT_SERVER} {advice}")
    return Retriable(what, where=where, retry_after_seconds=_retry_after(answer))


def _message(answer: httpx2.Response) -> str:
    """The server's words."""
    try:
        found = wire.loads(answer.content)
    except ValueError:
        found = None
    texts = [str(found.get(name) or "") for name in ("message", "description")] if isinstance(found, dict) else []
    return _shown(" ".join(texts)) or "no reason given."


def _shown(text: str) -> str:
    """A text of the server as an error may show it: shortened, with every IBAN in it masked."""
    return _IBAN.sub(lambda iban: mask_iban(iban.group()), text).strip()[:_SHOWN_LENGTH]


def _retry_after(answer: httpx2.Response) -> int | None:
    value = answer.headers.get("Retry-After", "")
    return int(value) if value.isdecimal() else None
