"""The checks bite: each bug that is planted here, one at a time, is found within 200 seeds.

Some rules are held by several layers, each of which would be enough; there the bug takes them away together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import Connection, and_, select, text, true, update

from bankfiles.answers import Answer, AnswerKind
from connector.engine import aftermath, lease, outbox
from connector.engine.lock import Locks
from connector.installation import Source
from connector.model.collection import CollectionState
from connector.model.effect import Effect, EffectState
from connector.model.mandate import MandateEvent, MandateEventKind
from connector.ports import Feed
from connector.steps import (
    apply_answer,
    attention,
    book,
    follow,
    mandate_changes,
    matching,
    pull,
    reconcile,
    submit,
    users_changes,
)
from connector.steps.apply_answer import Applied
from connector.steps.handler import Handler
from connector.steps.matching import Match
from connector.steps.work import Work
from connector.store import amendments, bank_files, collections, cursors, effects, invoices, remarks, runs
from connector.store.collection_rows import StoredCollection
from connector.store.database import Store
from connector.store.history import Act
from connector.store.tables import claims
from connector.store.tables import collections as collections_table
from connector.testing.simulation.database import SqliteDatabase
from connector.testing.simulation.play import DAYS
from connector.testing.simulation.seeds import play_some

pytestmark = pytest.mark.uncounted

SEEDS = 200
Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Bug:
    """A bug, and the rules of which at least one must be found broken."""

    plant: Plant
    rules: frozenset[str]


BUGS: dict[str, Bug] = {}


def bug(*rules: str) -> Callable[[Plant], Plant]:
    """Add a bug to the list."""

    def add(plant: Plant) -> Plant:
        BUGS[plant.__name__] = Bug(plant, frozenset(rules))
        return plant

    return add


ASKED_TWICE = "No invoice euro is asked twice."
NO_MANDATE = "No collection without a usable mandate."
NOT_STORED = "Every signed mandate is in the package."
NOT_CANCELLED = "Every cancellation is in the package."
FILE_TWICE = "No file is handed to the bank twice, nor one that it can't take."
INVITED_TWICE = "No invitation is sent twice."
BOOKED_TWICE = "Every collection is booked once."
NO_MONEY = "Only money that moved is booked."
NOT_BOOKED = "Every settled collection is booked."
RETURN_NOT_BOOKED = "Every returned collection is booked."
ACCOUNT_WRONG = "What is open is what was not paid."
NOT_TOLD = "A debtor's bank hears of another account."
OLD_ACCOUNT = "Every debtor's account is in the package."
NOT_APPROVED = "Nothing leaves without approval."
NOT_ENDED = "What a user ends is over."
STALE = "Nothing is shown that is over."
NOT_SHOWN = "Customers who need a person are shown."
BROKEN = "A pass comes to its end, and no two work at once."
NO_REASON = "Every skip has its reason."
LEFT_OUT = "Nothing due and collectable is left out."


@bug(ASKED_TWICE, BROKEN)
def the_guards_of_live_claims_are_gone(patch: pytest.MonkeyPatch) -> None:
    """No unique index, no trigger, and the code that looks for live claims sees none."""
    renew = SqliteDatabase.renew

    def without_guards(self: SqliteDatabase) -> None:
        renew(self)
        with self.store.transaction() as connection:
            connection.execute(text("DROP INDEX uq_claims_live"))
            for event in ("insert", "update"):
                connection.execute(text(f"DROP TRIGGER claims_within_invoice_{event}"))

    claims_on, collectable = collections.claims_on, invoices._collectable

    def dead(connection: Connection, keys: Any) -> Any:
        found = claims_on(connection, keys)
        return {key: [replace(one, live=False, counts=False) for one in past] for key, past in found.items()}

    def without_claims(source: str, due_until: Any, attempts: int) -> Any:
        parts = list(collectable(source, due_until, attempts).clauses)
        return and_(*(part for part in parts if "claims" not in str(part)))

    patch.setattr(SqliteDatabase, "renew", without_guards)
    patch.setattr(collections, "claims_on", dead)
    patch.setattr(invoices, "_collectable", without_claims)


@bug(NOT_STORED, NOT_CANCELLED, NO_MANDATE, LEFT_OUT, NO_REASON)
def the_cursor_moves_before_what_was_read_is_stored(patch: pytest.MonkeyPatch) -> None:
    """In a transaction of its own: a pass that dies in between has lost what it read."""
    apply_events, pull_source = follow._apply_events, pull._pull_source

    def ahead(work: Work, owner: Any, name: str, method: str, feed: Feed) -> Callable[[str], Iterator[Any]]:
        read = getattr(owner, method)

        def moved_on(cursor: str) -> Iterator[Any]:
            for batch in read(cursor):
                with work.store.transaction() as connection:
                    cursors.move(connection, name, feed, batch.cursor, work.act().at)
                yield batch

        return moved_on

    def follow_early(work: Work) -> None:
        service = work.installation.mandates
        with pytest.MonkeyPatch.context() as inner:
            events = ahead(work, service, service.name, "read_events", Feed.MANDATE_EVENTS)
            inner.setattr(service, "read_events", events)
            apply_events(work)

    def pull_early(work: Work, source: Source) -> None:
        with pytest.MonkeyPatch.context() as inner:
            for method, feed in (("read_customers", Feed.CUSTOMERS), ("read_invoices", Feed.INVOICES)):
                inner.setattr(source.package, method, ahead(work, source.package, source.name, method, feed))
            pull_source(work, source)

    patch.setattr(follow, "_apply_events", follow_early)
    patch.setattr(pull, "_pull_source", pull_early)


@bug(INVITED_TWICE)
def an_effect_of_unknown_outcome_is_repeated(patch: pytest.MonkeyPatch) -> None:
    """Nobody is asked whether it was made."""

    def again(work: Work, step: object, handler: Handler, effect: Effect) -> None:
        with work.store.transaction() as connection:
            effects.mark(connection, effect, EffectState.PENDING, work.act(), error="tried again")

    patch.setattr(aftermath, "look_up", again)
    patch.setattr(outbox, "look_up", again)


@bug(NO_MONEY)
def a_collection_that_the_bank_took_counts_as_paid(patch: pytest.MonkeyPatch) -> None:
    """The payment is booked on the bank's receipt, not on its statement."""
    patch.setitem(apply_answer._STATE_AFTER, AnswerKind.ACCEPTED, CollectionState.SETTLED)


@bug(NO_MONEY, ACCOUNT_WRONG, BOOKED_TWICE)
def money_is_matched_by_its_amount_alone(patch: pytest.MonkeyPatch) -> None:
    """Any collection of the same amount will do."""

    def by_amount(connection: Connection, creditor: str, answer: Answer) -> Match | None:
        if answer.amount is None:
            return match(connection, creditor, answer)
        ids = collections.ids_where(connection, amount=answer.amount, states=matching._SENT)
        return Match(list(collections.find_many(connection, ids[:1]).values())) if ids else None

    match = matching.match
    patch.setattr(reconcile, "match", by_amount)


@bug(RETURN_NOT_BOOKED, ACCOUNT_WRONG)
def a_late_return_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """What is settled stays settled."""
    apply = apply_answer.apply

    def deaf(work: Work, connection: Connection, answer: Answer, found: Match) -> Applied:
        late = any(stored.settled_on is not None for stored in found.collections)
        if late and answer.kind in (AnswerKind.RETURNED, AnswerKind.REFUNDED):
            return Applied(changed=False, contradicted=())
        return apply(work, connection, answer, found)

    patch.setattr(apply_answer, "apply", deaf)


@bug(ASKED_TWICE, BROKEN)
def a_claim_is_released_when_its_file_leaves(patch: pytest.MonkeyPatch) -> None:
    """As if a collection that was handed in were over."""
    submit_file = collections.submit_file

    def released(connection: Connection, message_id: str, act: Act) -> None:
        submit_file(connection, message_id, act)
        in_file = select(collections_table.c.end_to_end_id).where(collections_table.c.bank_file == message_id)
        connection.execute(
            update(claims).where(claims.c.end_to_end_id.in_(in_file), claims.c.live.is_(true())).values(live=False)
        )

    patch.setattr(collections, "submit_file", released)


@bug(BOOKED_TWICE)
def a_bank_file_is_applied_each_time_it_comes(patch: pytest.MonkeyPatch) -> None:
    """No digest, no identity of answers, no state, and a key that is new each time: what was booked is booked again."""
    apply_to, owe_payment = apply_answer._apply_to_collection, book._owe_payment
    times = iter(range(1, 1_000_000))

    def anyhow(work: Work, connection: Connection, answer: Answer, stored: StoredCollection, state: Any) -> bool:
        if state is CollectionState.SETTLED and stored.collection.state is CollectionState.SETTLED:
            owe_payment(work, connection, stored, work.installation.today(), answer.bank_reference or "")
            return True
        return apply_to(work, connection, answer, stored, state)

    def key(kind: object, stored: StoredCollection, number: int) -> str:
        return f"{kind}:{stored.collection.end_to_end_id}/{number}-{next(times)}"

    begin_received = bank_files.begin_received

    def always(connection: Connection, *facts: Any) -> bool:
        begin_received(connection, *facts)
        return True

    patch.setattr(bank_files, "begin_received", always)
    patch.setattr(bank_files, "known_answers", lambda *_: set())
    patch.setattr(bank_files, "note_answer", lambda *_, **__: None)
    patch.setattr(apply_answer, "_apply_to_collection", anyhow)
    patch.setattr(book, "_key", key)


@bug(NO_MANDATE, NOT_CANCELLED)
def a_cancellation_at_the_service_is_not_heard(patch: pytest.MonkeyPatch) -> None:
    """Its event is noted as read, and nothing follows."""
    apply = follow._apply

    def deaf(work: Work, connection: Connection, event: MandateEvent, *rest: Any) -> None:
        if event.kind is not MandateEventKind.CANCELLED:
            apply(work, connection, event, *rest)

    patch.setattr(follow, "_apply", deaf)


@bug(NO_MANDATE, OLD_ACCOUNT)
def another_account_of_a_debtor_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """Its event is noted as read, and nothing follows."""
    patch.setattr(mandate_changes, "_amend", lambda *_: False)


@bug(NOT_TOLD)
def the_bank_is_not_told_of_another_account(patch: pytest.MonkeyPatch) -> None:
    """The collection is from the new account, as if the mandate had always been for it."""
    patch.setattr(amendments, "known_accounts", lambda *_: {})


@bug(NOT_APPROVED)
def what_nobody_approved_is_sent(patch: pytest.MonkeyPatch) -> None:
    """A run is handed over whether somebody agreed to it or not."""
    finish = runs.finish

    def at_once(connection: Connection, run: runs.Run, act: Act) -> None:
        finish(connection, run, act)
        runs.approve(connection, run, act, "nobody was asked")

    patch.setattr(runs, "finish", at_once)


@bug(NOT_APPROVED)
def what_was_changed_after_approval_is_sent(patch: pytest.MonkeyPatch) -> None:
    """Nobody compares a run with what was proposed."""
    patch.setattr(runs, "is_as_proposed", lambda *_: True)


@bug(NO_MONEY)
def a_payment_is_booked_while_it_may_be_taken_back(patch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the end of the time for refunds, though the rules say so."""
    patch.setattr(book, "_waits_for_refunds", lambda *_: False)


@bug(NOT_BOOKED)
def what_waits_for_the_end_of_refunds_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """It is noted, and never booked."""
    patch.setattr(book, "book_waiting", lambda *_: None)


@bug(RETURN_NOT_BOOKED, ACCOUNT_WRONG)
def what_was_booked_beforehand_is_never_undone(patch: pytest.MonkeyPatch) -> None:
    """As if a payment had always come after the money."""
    taken_back = book.taken_back

    def only_money(work: Work, connection: Connection, stored: StoredCollection, *rest: Any, **said: Any) -> None:
        if stored.settled_on is not None:
            taken_back(work, connection, stored, *rest, **said)

    patch.setattr(book, "taken_back", only_money)


@bug(NO_MANDATE, NOT_ENDED)
def what_users_do_to_mandates_is_not_heard(patch: pytest.MonkeyPatch) -> None:
    """The package's own word of a mandate is noted as read, and nothing follows."""
    patch.setattr(users_changes, "_apply", lambda *_: False)


@bug(ASKED_TWICE)
def nobody_looks_again_before_a_file_is_made(patch: pytest.MonkeyPatch) -> None:
    """What was open when a run was proposed counts as open when its file leaves."""
    patch.setattr(submit, "reread", lambda *_: True)


@bug(STALE)
def what_is_over_goes_on_being_shown(patch: pytest.MonkeyPatch) -> None:
    """The remark on a collection is never taken away."""
    patch.setattr(remarks, "collections_over", lambda *_: [])


@bug(NOT_SHOWN)
def nobody_is_told_what_needs_a_person(patch: pytest.MonkeyPatch) -> None:
    """No remark asks anybody for anything."""
    patch.setattr(attention, "due", lambda *_: iter(()))


@bug(BROKEN)
def the_lock_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """Every other pass is taken for dead."""
    patch.setattr(lease, "_is_dead", lambda *_, **__: True)
    patch.setattr(Locks, "take", lambda *_: True)


@bug(BROKEN, INVITED_TWICE, BOOKED_TWICE)
def a_pass_that_lost_its_lease_goes_on_writing(patch: pytest.MonkeyPatch) -> None:
    """No transaction looks whether it still may."""
    patch.setattr(Store, "fenced", lambda self, _fence: self)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", BUGS)
def test_a_planted_bug_is_found_within_200_seeds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BUGS[name].plant(monkeypatch)
    for outcome in play_some(range(1, SEEDS + 1), DAYS):
        if {breach.rule for breach in outcome.breaches} & BUGS[name].rules:
            return
    pytest.fail(f"{SEEDS} seeds did not show it.")
