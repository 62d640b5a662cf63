"""What is forgotten, so that it is read or made again: events and answers that came to nothing, changes now gone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, delete, exists, select

from connector.model.effect import Effect, EffectState
from connector.model.mandate import MandateEventKind
from connector.model.reason import ReasonCode
from connector.store import effects, exceptions
from connector.store.bank_files import AnswerOutcome
from connector.store.chunks import chunks
from connector.store.history import Act
from connector.store.tables import bank_answers, mandate_events, received_files


class ReceivedFile(NamedTuple):
    """A file of the bank that was read."""

    sha256: str
    creditor: str
    name: str


def forget_events(connection: Connection, service: str, ids: Iterable[str]) -> None:
    """These events count as not applied."""
    for some in chunks(ids):
        connection.execute(
            delete(mandate_events).where(mandate_events.c.service == service, mandate_events.c.id.in_(some))
        )


def events_of(
    connection: Connection, teller: str, reference: str, kinds: Iterable[MandateEventKind] = tuple(MandateEventKind)
) -> list[str]:
    """Ids of the events of these kinds that one side told of a mandate."""
    of_kinds = mandate_events.c.kind.in_([kind.value for kind in kinds])
    of_mandate = (mandate_events.c.service == teller, mandate_events.c.reference == reference, of_kinds)
    return list(connection.execute(select(mandate_events.c.id).where(*of_mandate)).scalars())


def files_with_unmatched(connection: Connection) -> list[ReceivedFile]:
    """Files of the bank with answers that found nothing of ours, in the order in which they came."""
    unmatched = exists().where(
        bank_answers.c.file == received_files.c.sha256, bank_answers.c.outcome == AnswerOutcome.UNMATCHED.value
    )
    rows = connection.execute(
        select(received_files.c.sha256, received_files.c.creditor, received_files.c.name)
        .where(unmatched)
        .order_by(received_files.c.received_at, received_files.c.sha256)
    )
    return [ReceivedFile(*row) for row in rows]


def forget_unmatched(connection: Connection, sha256: str, act: Act) -> None:
    """Answers of a file that found nothing of ours count as not read, and are shown to nobody until they are again."""
    keys = connection.execute(
        delete(bank_answers)
        .where(bank_answers.c.file == sha256, bank_answers.c.outcome == AnswerOutcome.UNMATCHED.value)
        .returning(bank_answers.c.key)
    ).scalars()
    records = [f"bank answer {key}" for key in keys]
    exceptions.close(connection, records, ReasonCode.BANK_ANSWER_UNMATCHED, act.at, act.by)


def doubt(connection: Connection, effect: Effect, act: Act) -> bool:
    """A change that was made counts as uncertain. Returns False if it was not made."""
    if effect.state is not EffectState.DONE:
        return False
    why = "it is gone at the other side; a person asked to make it again"
    return effects.mark(connection, effect, EffectState.UNKNOWN, act, error=why) is not None
