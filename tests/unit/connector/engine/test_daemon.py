"""The daemon: it acts on schedule, catches up what was missed, and a stop lets it finish what is in hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from apscheduler.triggers.cron import CronTrigger

from connector.engine.daemon import Daemon, missed_pass
from connector.engine.lock import EVERYTHING
from connector.errors import PassRunning
from connector.store import passes
from connector.store.database import Store, open_store

NIGHTLY = CronTrigger.from_crontab("30 2 * * *", timezone="Europe/Brussels")
MISSED = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    made = open_store(sqlite_url)
    yield made
    made.close()


def _began(store: Store, at: datetime) -> None:
    with store.transaction() as connection:
        passes.begin(connection, EVERYTHING, at, at.date())


def test_a_new_installation_waits_for_its_first_night(store: Store) -> None:
    assert not missed_pass(store, NIGHTLY, datetime(2026, 11, 24, 12, tzinfo=UTC))


def test_a_night_that_passed_without_a_pass_was_missed(store: Store) -> None:
    _began(store, datetime(2026, 11, 22, 1, 30, 5, tzinfo=UTC))
    assert not missed_pass(store, NIGHTLY, datetime(2026, 11, 23, 1, 29, tzinfo=UTC))
    assert missed_pass(store, NIGHTLY, datetime(2026, 11, 23, 1, 31, tzinfo=UTC)) == MISSED


def test_a_missed_pass_starts_at_once_and_only_once(store: Store) -> None:
    _began(store, datetime.now(UTC) - timedelta(days=9))
    ran = Event()
    runs: list[datetime] = []

    def run(due: datetime, _stop: Event) -> None:
        runs.append(due)
        ran.set()

    daemon = Daemon(run, NIGHTLY, store, lambda: datetime.now(UTC))
    daemon.start()
    assert ran.wait(10)
    following = daemon.next_pass()
    daemon.stop()
    assert following is not None
    assert following > datetime.now(UTC)
    assert len(runs) == 1


def test_every_daemon_acts_for_the_same_instants(store: Store) -> None:
    """Those of the schedule, not those at which it happens to wake up."""
    _began(store, datetime.now(UTC) - timedelta(days=9))
    told: list[list[datetime]] = []
    for _ in range(2):
        acted = Event()
        told.append([])

        def act(due: datetime, _stop: Event, mine: list[datetime] = told[-1], acted: Event = acted) -> None:
            mine.append(due)
            acted.set()

        daemon = Daemon(act, NIGHTLY, store, lambda: datetime.now(UTC))
        daemon.start()
        assert acted.wait(10)
        daemon.stop()
    assert told[0] == told[1]
    assert (told[0][0].hour, told[0][0].minute, told[0][0].second) == (2, 30, 0)


def test_a_stop_waits_for_the_record_in_hand(store: Store) -> None:
    _began(store, datetime.now(UTC) - timedelta(days=9))
    began, ended = Event(), Event()

    def run(_due: datetime, stop: Event) -> None:
        began.set()
        assert stop.wait(10)
        ended.set()

    daemon = Daemon(run, NIGHTLY, store, lambda: datetime.now(UTC))
    daemon.start()
    assert began.wait(10)
    daemon.stop()
    assert ended.is_set()


@pytest.mark.parametrize("error", [PassRunning("busy"), RuntimeError("a fault of ours")])
def test_a_pass_that_fails_does_not_end_the_schedule(
    store: Store, error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    _began(store, datetime.now(UTC) - timedelta(days=9))
    tried = Event()

    def run(_due: datetime, _stop: Event) -> None:
        tried.set()
        raise error

    daemon = Daemon(run, NIGHTLY, store, lambda: datetime.now(UTC))
    daemon.start()
    assert tried.wait(10)
    assert daemon.next_pass() is not None
    daemon.stop()
    told = capsys.readouterr()
    assert "pass.skipped" in told.out + told.err or "pass.broken" in told.out + told.err
