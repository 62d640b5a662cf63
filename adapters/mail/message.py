"""A mail as the bytes that leave: headers, text and HTML, attachments, in UTF-8."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from connector.errors import ConfigError, Skippable
from connector.ports import Mail

_POLICY = SMTP.clone(raise_on_defect=False)
_ODD = re.compile(r"[^A-Za-z0-9]+")
_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_SENDER = re.compile(r'(?:"?(?P<name>[^"<>@\r\n]*?)"?\s*<(?P<address>[^<>\s]+)>|(?P<bare>[^<>\s]+))')
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9-]{1,63}")


def sender_of(text: str) -> Address:
    """The sender of the config: an address, or a name with its address in angle brackets.

    Raises:
        ConfigError: it is neither.
    """
    found = _SENDER.fullmatch(text.strip())
    try:
        return _address(found["address"] or found["bare"], found["name"] or "") if found else _address(text)
    except ValueError as error:
        raise ConfigError(
            f"{text!r} is no sender: {error}", where="sender", remedy="Write Name <name@example.org>."
        ) from error


def message_id(key: str, sender: Address) -> str:
    """The Message-ID that belongs to a key: the same for ever, and readable in a mail log."""
    slug = _ODD.sub("-", key).strip("-")[:40]
    return f"{slug}.{hashlib.sha256(key.encode()).hexdigest()[:20]}@{sender.domain}"


def build(mail: Mail, sender: Address, now: datetime) -> EmailMessage:
    """The message of a mail.

    Raises:
        Skippable: an address can't be used, or a header carries a line break.
    """
    message = EmailMessage(_POLICY)
    try:
        message["From"] = sender
        message["To"] = _address(mail.to)
        message["Subject"] = _one_line("subject", mail.subject)
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{message_id(mail.key, sender)}>"
        if mail.reply_to:
            message["Reply-To"] = _address(mail.reply_to)
        if mail.language:
            message["Content-Language"] = mail.language.value
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(mail.text)
        if mail.html:
            message.add_alternative(mail.html, subtype="html")
        for attachment in mail.attachments:
            maintype, _, subtype = attachment.media_type.partition("/")
            message.add_attachment(
                attachment.content,
                maintype=maintype,
                subtype=subtype or "octet-stream",
                filename=_one_line("attachment", attachment.name),
            )
    except ValueError as error:
        raise Skippable(str(error), where=f"mail {mail.key}", remedy="Correct it in the package.") from error
    return message


def _address(text: str, name: str = "") -> Address:
    """One bare address; a domain with letters beyond ASCII is brought into the form that travels."""
    local, _, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("ascii" if domain.isascii() else "idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not (_LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain)) or ".." in f".{local}.":
        raise ValueError(f"{text[:80]!r} is not an e-mail address.")
    return Address(_one_line("name", name), local, domain)


def _one_line(what: str, text: str) -> str:
    if any(character in text for character in "\r\n\0"):
        raise ValueError(f"The {what} carries a line break.")
    return text
