"""Every rule holds in every seed, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from connector.testing.simulation.play import DAYS
from connector.testing.simulation.seeds import play_some
from tests.simulation.failures import told

pytestmark = pytest.mark.uncounted

_GROUP = 25
_ON_SQLITE, _ON_POSTGRESQL = 300, 200
_DAYS_ON_POSTGRESQL = 4  # each statement is a way to another process and back


def _groups(seeds: int) -> list[range]:
    return [range(start, start + _GROUP) for start in range(1, seeds + 1, _GROUP)]


def _name(seeds: range) -> str:
    return f"{seeds.start}-{seeds.stop - 1}"


@pytest.mark.parametrize("seeds", _groups(_ON_SQLITE), ids=_name)
def test_every_rule_holds_on_sqlite(seeds: range) -> None:
    for outcome in play_some(seeds, DAYS):
        assert outcome.holds, told(outcome)


@pytest.mark.live
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seeds", _groups(_ON_POSTGRESQL), ids=_name)
def test_every_rule_holds_on_postgresql(seeds: range, postgresql_url: str) -> None:
    for outcome in play_some(seeds, _DAYS_ON_POSTGRESQL, postgresql_url):
        assert outcome.holds, told(outcome)
