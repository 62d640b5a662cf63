"""Play one seed: weeks of hostility, then peace until all has come to its end, with checks after every day."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from connector.testing.simulation.checks import AT_REST, DAILY, books, breaches
from connector.testing.simulation.checks.breach import Breach
from connector.testing.simulation.database import Database
from connector.testing.simulation.world import World

DAYS = 12
_REST_DAYS_MAX = 150
_NIGHTS_APART = 5
_SPARE_DAYS = 13
_QUIET_NIGHTS = 2


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a seed.

    Attributes:
        days: of hostility that it was to have.
        plain: people were without habits.
        day: on which a rule did not hold, or of the end.
    """

    seed: int
    days: int
    day: date
    breaches: tuple[Breach, ...]
    trace: tuple[str, ...]
    passes: int
    collections: int
    plain: bool = False

    @property
    def replay(self) -> str:
        """What to type to see it again."""
        days = f" --days {self.days}" if self.days != DAYS else ""
        return f"script/simulate --start {self.seed} --seeds 1{days}{' --plain' if self.plain else ''}"

    @property
    def holds(self) -> bool:
        """Whether every rule held."""
        return not self.breaches


def play(seed: int, database: Database, folder: Path, days: int = DAYS, *, plain: bool = False) -> Outcome:
    """Play a seed to its end, or to the first breach."""
    data = folder / "data"
    shutil.rmtree(data, ignore_errors=True)
    database.renew()
    world = World(seed, days, database, data, plain=plain)
    world.life.begin(world.today)
    found = _hostilities(world, days) or _peace(world)
    database.reopen()
    trace, asked = tuple(world.trace.lines), len(world.desk.asked)
    return Outcome(seed, days, world.today, tuple(found), trace, world.passes, asked, plain)


def _hostilities(world: World, days: int) -> list[Breach]:
    for _ in range(days):
        world.hostile_day()
        if found := breaches(world, DAILY):
            return found
        world.today += timedelta(days=1)
    return []


def _peace(world: World) -> list[Breach]:
    """Pass now and then until the bank has told all, and long enough for all that is due to be asked for."""
    world.make_peace()
    rules = world.scenario.rules
    enough = rules.notify.days + rules.collect.lead_days + _SPARE_DAYS
    approved, waited, quiet, before, up_to_date = False, False, 0, 0, 0
    for number in range(_REST_DAYS_MAX):
        over = up_to_date > enough and world.desk.is_done
        approved = world.calm_day(night=over or approved or number < 2 or number % _NIGHTS_APART == 0)
        if found := breaches(world, DAILY):
            return found
        up_to_date = 0 if world.clerk.recovering else up_to_date + 1
        quiet = quiet + 1 if over and world.desk.activity == before else 0
        before = world.desk.activity
        if quiet == _QUIET_NIGHTS:
            if waited or world.today >= (end := books.refundable_until(world)):
                break
            world.today, waited, quiet = end, True, 0
        world.today += timedelta(days=1)
    return breaches(world, AT_REST)
