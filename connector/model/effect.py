"""Effect: one change that we owe the outside world, written down before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class EffectKind(StrEnum):
    """What an effect does, and to whom."""

    INVITE = "invite"  # mandate service
    CANCEL_MANDATE = "cancel_mandate"  # mandate service
    STORE_MANDATE = "store_mandate"  # accounting package
    REGISTER_PAYMENT = "register_payment"  # accounting package
    REGISTER_RETURN = "register_return"  # accounting package
    SHOW = "show"  # accounting package
    SEND_FILE = "send_file"  # bank
    MAIL_INVITATION = "mail_invitation"  # debtor
    MAIL_NOTICE = "mail_notice"  # debtor


class EffectState(StrEnum):
    """`sending` is written before the call. Found in a later pass, it means that the outcome is unknown.

    `failed` waits for a person; what is `left` is not made by us: a person said so, or the other side has no way of it.
    """

    PENDING = "pending"
    SENDING = "sending"
    UNKNOWN = "unknown"
    DONE = "done"
    FAILED = "failed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect as it stands in the outbox.

    Attributes:
        key: its identity at our side and, where the other side can be asked, at theirs; unique for ever.
        target: name of the source, service, bank or mailer that it goes to.
        about: what it is about, e.g. "mandate M-1": for people and for the history.
        facts: what is needed to make it again from the database; never a secret, never a token.
        lane: effects of one lane and target are made one after the other, in the order in which they were owed: mostly
            the customer, as str(RecordKey). Empty if it may pass all others.
        seq: its place in that order; 0 until it is written down.
        sender: whose call it is or was; empty if it was never called.
    """

    key: str
    kind: EffectKind
    target: str
    about: str
    facts: Mapping[str, str]
    state: EffectState = EffectState.PENDING
    attempts: int = 0
    lane: str = ""
    seq: int = 0
    sender: str = ""
