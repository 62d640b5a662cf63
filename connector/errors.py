"""Every error of the product, grouped by what is to be done about it.

An error says where it happened, what was seen and what to change. Adapters raise these and nothing else; the
engine acts on the group, never on the place. `RECOVERY` is the one table of groups; a test holds it against the
classes.
"""

from __future__ import annotations

from typing import NamedTuple


class ConnectorError(Exception):
    """Something went wrong that we understand.

    Args:
        what: what was seen, in one sentence without secrets and without a whole IBAN.
        where: source, record, field, file and line - whatever finds the place again.
        remedy: what a person should do or change.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{advice}"


class Retriable(ConnectorError):
    """The other side is away or busy; the same call may work later.

    Raised only when the call surely had no effect.
    """

    _a_wait_may_help = True

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        remedy: str = "",
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.retry_after_seconds = retry_after_seconds

    def may_pass_within(self, seconds: int) -> bool:
        """Whether the same call may work after so short a wait."""
        return self._a_wait_may_help and (self.retry_after_seconds or 0) <= seconds


class NoAccess(Retriable):
    """The other side does not let us in, or is not what it must be: a wrong key, a missing right, a vanished folder.

    Only a person can change that: it is asked no more in this pass, and the other sides go on.
    """

    _a_wait_may_help = False


class Skippable(ConnectorError):
    """This one record can't be handled; it becomes an Exception for a person and the rest goes on."""


class Unsupported(Skippable):
    """The adapter does not have this feature. The engine plans around it; nothing is dropped in silence."""

    def __init__(self, adapter: str, feature: str) -> None:
        super().__init__(
            f"{adapter} does not support {feature}.",
            where=adapter,
            remedy="Do this step by hand, or choose an adapter that supports it.",
        )
        self.adapter = adapter
        self.feature = feature


class IllegalTransition(Skippable):
    """A mandate, collection or file was asked to go to a state that it can't reach from where it is."""


class UnknownOutcome(ConnectorError):
    """The call was sent and its answer was lost: look it up by its key, never repeat it blindly."""


class NotYet(ConnectorError):
    """This change must wait for another one; it is left for later without a word."""


class Fatal(ConnectorError):
    """This pass can't go on."""


class Stopped(Fatal):
    """The pass was asked to stop; the record in hand was finished, the rest waits for the next pass."""


class LostLease(Fatal):
    """This pass was thought dead and another took over; it writes nothing any more."""


class PassRunning(ConnectorError):
    """Another pass of this installation holds the lock."""


class ConfigError(ConnectorError):
    """The configuration is wrong; nothing was started."""


class Recovery(NamedTuple):
    """What the engine does with one group of errors, and the exit code of `sync` if it met one."""

    error: type[ConnectorError]
    action: str
    exit_code: int


RECOVERY: tuple[Recovery, ...] = (
    Recovery(Retriable, "wait and try again; the other sources go on", 1),
    Recovery(NoAccess, "show it and ask no more in this pass; the other sides go on", 1),
    Recovery(Skippable, "make an Exception of this record; the rest goes on", 3),
    Recovery(Unsupported, "make an Exception that says what to do by hand; the rest goes on", 3),
    Recovery(IllegalTransition, "make an Exception of this record; the rest goes on", 3),
    Recovery(UnknownOutcome, "look it up by its key at the other side; never repeat it", 3),
    Recovery(NotYet, "leave it for a later pass", 0),
    Recovery(Fatal, "stop this pass; nothing is left half done", 1),
    Recovery(Stopped, "finish the record in hand and stop; the next pass goes on", 1),
    Recovery(LostLease, "write nothing any more; the pass that took over does the rest", 1),
    Recovery(PassRunning, "do nothing; the pass that runs will do it", 4),
    Recovery(ConfigError, "start nothing; name the line to change", 2),
)


def exit_code(error: ConnectorError) -> int:
    """Exit code that `sync` ends with when this error reached the top."""
    return next(row.exit_code for row in RECOVERY if row.error is type(error))
