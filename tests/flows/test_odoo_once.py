"""With Odoo behind it, the engine makes each change once: answers are lost, processes die, servers rest, users act.

One night in which there is everything to do is prepared: a mandate to store, payments to book, a payment that came
back, remarks to show. It is then walked again and again in processes of its own, each with its own trouble.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from connector.engine.one_pass import PassResult, run_pass
from connector.installation import Installation, Source
from connector.model.deed import Step
from connector.model.effect import EffectState
from connector.model.mandate import MandateState
from connector.model.reason import ReasonCode
from connector.model.rules import InviteRules, NotifyRules, Rules, WhomToInvite
from connector.store import effects, exceptions, mandates
from connector.store.database import open_store
from connector.testing.bank_house import Fate, Told
from tests.counterparts.odoo import CHANGES, Home, Kind
from tests.counterparts.odoo.exposed import changes
from tests.counterparts.odoo.instance import Saved
from tests.counterparts.odoo.shown import Shown, shown
from tests.counterparts.odoo.world import OdooWorld, Wire, worlds
from tests.flows.world import IBANS, World

STEPS = (Step.PULL, Step.FOLLOW, Step.WRITE_BACK, Step.RECONCILE, Step.SHOW)
PASSES_MAX = 25
NIGHTS = [(17, Home.VANILLA), (19, Home.VANILLA), (19, Home.OCA), (17, Home.ENTERPRISE)]
DEATHS = [(17, Home.VANILLA, "after"), (19, Home.OCA, "before")]

pytestmark = [pytest.mark.uncounted, pytest.mark.xdist_group("odoo-once")]  # one process prepares the nights


class Road(World):
    """A house whose package is Odoo."""

    office: OdooWorld
    wire: Wire

    @property
    def installation(self) -> Installation:
        """With a new connection, as after a restart."""
        package = self.office.package(self.wire, self.folder)
        return replace(super().installation, sources={"books": Source("books", package, "main")})

    def walk(self, steps: Collection[Step] = tuple(Step)) -> PassResult:
        """One pass."""
        installation = self.installation
        try:
            return run_pass(installation, self.store, steps=steps)
        finally:
            installation.sources["books"].package.close()

    def states(self) -> dict[str, int]:
        """How many effects are in which state."""
        with self.store.reading() as connection:
            return effects.count_by_state(connection)


def road(office: OdooWorld, folder: Path) -> Road:
    """A house on an office; its database is the one in the folder."""
    rules = Rules(invite=InviteRules(whom=WhomToInvite.ALL), notify=NotifyRules(days=2))
    store = open_store(f"sqlite:///{folder / 'connector.db'}")
    made = Road(store, folder, rules=rules, clock=office.clock)
    made.office, made.wire = office, Wire()
    return made


@dataclass
class Night:
    """The night in which there is everything to do, as it was before, and what a pass without trouble makes of it."""

    office: OdooWorld
    before: Road
    saved: Saved
    folder: Path
    expected: Shown
    changes: list[str]
    at: datetime

    def walk(self, name: str, wire: Wire | None = None, *, passes: int = 1) -> int:
        """Passes in a process of its own, which sees the database of that name. Returns how it ended; 0 is well."""
        folder = self.folder / name
        if not folder.exists():
            shutil.copytree(self.before.folder, folder)
        return in_a_process(lambda: self._walk(folder, wire or Wire(), passes))

    def _walk(self, folder: Path, wire: Wire, passes: int) -> None:
        world = self.before
        world.folder, world.wire = folder, wire
        world.store = open_store(f"sqlite:///{folder / 'connector.db'}")
        for _ in range(passes):
            result = world.walk(STEPS)
            if not result.counts and set(world.states()) == {EffectState.DONE}:
                break

    def put_back(self) -> None:
        """Odoo is as it was before."""
        self.office.town.server.calm()
        self.office.town.instance.restore(self.saved)
        self.office.clock.now = self.at

    def shown(self) -> Shown:
        """What finance users see."""
        return shown(self.office.town.instance)

    def reference_of(self, debtor: str) -> str:
        """The mandate of a debtor."""
        (contact,) = (row["id"] for row in self.office.town.instance.rows("res.partner") if row["name"] == debtor)
        return self.before.reference_of(str(contact))

    def state_of(self, name: str, reference: str) -> MandateState:
        """How a mandate stands in the database of that name."""
        with _reading(self.folder / name) as connection:
            mandate = mandates.find(connection, reference)
        assert mandate is not None
        return mandate.state

    def exceptions(self, name: str) -> list[ReasonCode]:
        """What is shown to a person in the database of that name, beside what was shown in the evening."""
        shown = []
        for folder in (self.folder / name, self.before.folder):
            with _reading(folder) as connection:
                shown.append(Counter(one.reason.code for one in exceptions.all_open(connection)))
        return sorted((shown[0] - shown[1]).elements())


@contextmanager
def _reading(folder: Path) -> Iterator[Connection]:
    store = open_store(f"sqlite:///{folder / 'connector.db'}")
    with store.reading() as connection:
        yield connection
    store.close()


def in_a_process(work: Callable[[], object]) -> int:
    """Do something in a copy of this process; what it leaves in memory is gone with it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            if code:
                traceback.print_exc()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _prepared(office: OdooWorld, folder: Path) -> Night:
    (folder / "before").mkdir(parents=True)
    world = road(office, folder / "before")
    world.store.upgrade()
    contacts = {name: office.town.customer(name.title(), email=f"{name}@example.org", lang="nl_BE") for name in IBANS}
    today = office.clock.now.date()
    for name, days in (("cleo", 4), ("ada", 7), ("bob", 7)):
        office.town.invoice(contacts[name], "121.00", due_on=today + timedelta(days=days))
    office.clock.forward(minutes=1)
    world.walk()
    for name in ("cleo", "ada", "bob"):
        _sign(world, contacts[name], name)
    for _ in range(20):
        world.walk()
        world.bank_day()
        if _is_collected_today(world, "Ada"):
            break
        world.clock.forward(days=1)
    world.fates["Cleo"] = Told(Fate.RETURNED, "AM04")
    world.take_back()
    _sign(world, contacts["dirk"], "dirk")
    world.store.close()
    night = Night(office, world, office.town.instance.saved(), folder, Counter(), [], office.clock.now)
    night.put_back()
    calls: list[str] = []
    office.town.server.meanwhile = calls.append
    assert night.walk("whole", passes=PASSES_MAX) == 0
    night.expected, night.changes = night.shown(), [call for call in calls if changes(call)]
    return night


def _is_collected_today(world: Road, debtor: str) -> bool:
    today = world.clock.now.date()
    return any(order.debtor_name == debtor and order.collection_date == today for order in world.house.orders)


def _sign(world: Road, contact: int, name: str) -> None:
    reference = world.reference_of(str(contact))
    world.service.sign(reference, IBANS[name], world.clock.now.date(), name.title())


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[int, Home], Night]]:
    """The night of each version and home, prepared once and put back when asked for."""
    made: dict[tuple[int, Home], Night] = {}
    with worlds() as offices:

        def night(version: int, home: Home) -> Night:
            if (version, home) not in made:
                folder = tmp_path_factory.mktemp(f"{home}{version}")
                made[version, home] = _prepared(offices(version, home), folder)
            made[version, home].put_back()
            return made[version, home]

        yield night


Nights = Callable[[int, Home], Night]


def _of(night: Night, kind: str) -> list[tuple[Any, ...]]:
    return [one for one in night.shown().elements() if one[0] == kind]


@pytest.mark.parametrize(("version", "home"), NIGHTS)
def test_the_night_stores_books_and_takes_back(nights: Nights, version: int, home: Home) -> None:
    """What the tests below rest on: each kind of change happens."""
    night = nights(version, home)
    assert {"account.payment.register.action_create_payments", "account.payment.action_cancel"} <= set(night.changes)
    assert {"mail.message.create", "ir.attachment.create", "res.partner.bank.create"} <= set(night.changes)
    assert {"account.move.activity_schedule", "account.move.write"} <= set(night.changes)
    assert len([one for one in night.expected if one[0] == "payment"]) == 3


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("version", "home"), NIGHTS)
def test_every_answer_to_a_change_is_lost(nights: Nights, version: int, home: Home) -> None:
    """The work is done each time and nobody hears of it: all is found again by its key."""
    night = nights(version, home)
    night.office.town.server.troubles.stage(Kind.LOST_ANSWER, CHANGES, times=10_000)
    assert night.walk("lost", passes=PASSES_MAX) == 0
    night.office.town.server.troubles.clear()
    assert night.walk("lost") == 0
    assert night.shown() == night.expected


def _first_of_each(night: Night) -> list[int]:
    """Where in the night each kind of change happens first."""
    return sorted(night.changes.index(call) for call in set(night.changes))


@pytest.mark.timeout(300)
def test_one_answer_is_lost(nights: Nights) -> None:
    for number in _first_of_each(nights(17, Home.ENTERPRISE)):
        night = nights(17, Home.ENTERPRISE)
        night.office.town.server.troubles.stage(Kind.LOST_ANSWER, CHANGES, after=number)
        assert night.walk(f"lost {number}", passes=PASSES_MAX) == 0
        assert night.shown() == night.expected, f"answer {number}: {night.changes[number]}"


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("version", "home", "when"), DEATHS)
def test_the_process_is_killed_at_a_change(nights: Nights, version: int, home: Home, when: str) -> None:
    """Before the call is sent, or once it is done and the answer not yet looked at."""
    for number in _first_of_each(nights(version, home)):
        night = nights(version, home)
        name = f"killed {when} {number}"
        assert night.walk(name, _deadly(number, when), passes=PASSES_MAX) == -signal.SIGKILL
        assert night.walk(name, passes=PASSES_MAX) == 0
        assert night.shown() == night.expected, f"{when} change {number}"


def _deadly(number: int, when: str) -> Wire:
    """A wire on which the process dies at one of its changes."""
    wire = Wire()

    def die(call: str) -> None:
        if changes(call) and len(wire.changes) == number + 1:
            os.kill(os.getpid(), signal.SIGKILL)

    if when == "before":
        wire.before = die
    else:
        wire.after = die
    return wire


TROUBLES: list[dict[str, Any]] = [
    {"kind": Kind.DROPPED},
    {"kind": Kind.LOST_ANSWER},
    {"kind": Kind.STATUS, "status": 502},
    {"kind": Kind.STATUS, "status": 503},
    {"kind": Kind.THROTTLED, "seconds": 3},
    {"kind": Kind.SERIALIZATION},
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
def test_a_server_in_trouble_is_called_again(nights: Nights, trouble: dict[str, Any]) -> None:
    """Every second change meets the same trouble."""
    night = nights(19, Home.OCA)
    for number in range(12):
        night.office.town.server.troubles.stage(call=CHANGES, after=number, **trouble)
    name = f"trouble {trouble['kind']} {trouble.get('status', '')}"
    assert night.walk(name, passes=PASSES_MAX) == 0
    assert night.shown() == night.expected


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("version", "home"), [(17, Home.VANILLA), (19, Home.OCA)])
def test_anything_goes_wrong_at_any_time(nights: Nights, version: int, home: Home, seed: int) -> None:
    """Every fourth call or so, reads as well; the seed names the test."""
    night, chance = nights(version, home), random.Random(seed)
    for _ in range(60):
        trouble = chance.choice(TROUBLES)
        night.office.town.server.troubles.stage(call="", after=chance.randrange(240), **trouble)
    assert night.walk(f"seed {seed}", passes=PASSES_MAX) == 0
    night.office.town.server.calm()
    assert night.walk(f"seed {seed}", passes=PASSES_MAX) == 0
    assert night.shown() == night.expected


def test_a_server_that_restarts_is_waited_for(nights: Nights) -> None:
    night = nights(17, Home.VANILLA)
    before = night.shown()
    with night.office.town.server.stopped():
        assert night.walk("restart") == 0
    assert night.shown() == before
    assert night.walk("restart", passes=PASSES_MAX) == 0
    assert night.shown() == night.expected


def test_an_invoice_that_a_user_paid_meanwhile_is_not_paid_twice(nights: Nights) -> None:
    """The user books Ada's money by hand after we read the invoice, before we book it."""
    night = nights(19, Home.VANILLA)
    town = night.office.town
    (ada,) = (row["id"] for row in town.instance.rows("res.partner") if row["name"] == "Ada")
    (invoice,) = (row["id"] for row in town.instance.rows("account.move") if row["partner_id"] == ada)

    def pay(call: str) -> None:
        if call == "account.payment.register.create" and town.row("account.move", invoice)["amount_residual"]:
            about = {"active_model": "account.move", "active_ids": [invoice]}
            values = {"payment_date": "2026-12-02", "communication": "by hand"}
            wizard = town.do("finance", "account.payment.register", "create", [values], context=about)
            town.do("finance", "account.payment.register", "action_create_payments", wizard)

    town.server.meanwhile = pay
    assert night.walk("paid", passes=2) == 0
    assert [memo for _, memo, *_, name in _of(night, "payment") if name == "Ada"] == ["by hand"]
    assert ReasonCode.EFFECT_FAILED in night.exceptions("paid")


@pytest.mark.parametrize(("version", "home"), NIGHTS)
def test_a_mandate_that_a_user_cancels_meanwhile_stays_cancelled(nights: Nights, version: int, home: Home) -> None:
    """The user cancels Dirk's mandate as soon as it stands there, before its note is written."""
    night = nights(version, home)

    office, reference = night.office, night.reference_of("Dirk")

    def cancel(call: str) -> None:
        if call == "mail.message.create":
            assert office.cancel_mandate(reference)

    night.office.town.server.meanwhile = cancel
    assert night.walk("cancelled") == 0
    office.town.server.calm()
    office.clock.forward(minutes=1)
    assert night.walk("cancelled") == 0
    assert night.state_of("cancelled", reference) is MandateState.CANCELLED
    before = _of(night, "mandate"), _of(night, "contact")
    assert night.walk("cancelled", passes=2) == 0
    assert (_of(night, "mandate"), _of(night, "contact")) == before
