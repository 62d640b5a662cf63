"""Jobs do what a pass does, step by step and part by part, and keep out of each other's way."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select

from adapters.dropfolder import put_whole
from connector.engine import witness
from connector.engine.lease import Scope, lease
from connector.engine.workers.jobs import Came, Job, first, following
from connector.engine.workers.perform import perform
from connector.errors import Retriable
from connector.installation import Bank, Installation, Source
from connector.model.customer import RecordKey
from connector.model.deed import Deed, Step
from connector.model.effect import Effect, EffectKind, EffectState
from connector.store import effects
from connector.store.history import Act
from connector.store.tables import collections, exceptions
from connector.testing.accounting import MemoryPackage
from connector.testing.bank import MemoryBank
from tests.flows.world import CREDITOR, World, new_world

ROAD = 1


class Road:
    """Walks the road job by job, as one worker does."""

    def __init__(self, world: World, installation: Installation | None = None) -> None:
        self.world = world
        self.installation = installation or world.installation
        self.told: Counter[str] = Counter()

    def do(self, step: Step, of: str, stop: Event | None = None) -> Came:
        return self._do(Job(step, of, ROAD), stop or Event())

    def walk(self) -> None:
        waiting = first(self.installation, ROAD, recovering=False)
        while waiting:
            job = waiting.pop(0)
            assert self._do(job, Event()) is Came.DONE
            after = following(self.installation, job, recovering=False)
            waiting += [after] if after else []

    def _do(self, job: Job, stop: Event) -> Came:
        def tell(deed: Deed) -> None:
            self.told[f"{deed.step}.{deed.code}"] += 1

        return perform(self.installation, self.world.store, job, tell, stop)


@pytest.fixture
def road(world: World) -> Road:
    return Road(world)


@pytest.fixture
def road_of_two(world: World) -> Road:
    """With a second creditor, and a source of its own."""
    around = replace(world.package.surroundings, name="shop")
    return Road(
        world,
        replace(
            world.installation,
            creditors={"main": CREDITOR, "other": CREDITOR.model_copy(update={"id": "other", "mandate_prefix": "B"})},
            sources={
                **world.installation.sources,
                "shop": Source("shop", MemoryPackage(world.package.settings, around), "other"),
            },
            banks={
                **world.installation.banks,
                "other": Bank(MemoryBank(world.bank.settings, replace(around, name="bank-other")), "neutral"),
            },
        ),
    )


def _nights(world: World, walk: Callable[[], object]) -> None:
    """Two debtors sign, are told, are asked, and pay."""
    for name in ("ada", "bob"):
        world.customer(name)
        world.invoice(f"F-{name}", name)
    for night in range(14):
        walk()
        if night == 0:
            world.sign("ada")
            world.sign("bob")
        world.bank_day()
        world.clock.forward(days=1)


def _ledger(world: World) -> dict[str, list[tuple[object, ...]]]:
    with world.store.reading() as connection:
        asked = {
            "collections": select(collections.c.end_to_end_id, collections.c.state, collections.c.settled_on),
            "exceptions": select(exceptions.c.code, exceptions.c.record),
        }
        return {name: sorted(tuple(row) for row in connection.execute(query)) for name, query in asked.items()}


def test_nights_of_jobs_end_as_nights_of_passes_do(road: Road, sqlite_template: Path, tmp_path: Path) -> None:
    alone = new_world(f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'alone.db')}", tmp_path / "alone")
    _nights(road.world, road.walk)
    _nights(alone, alone.walk)
    assert _ledger(road.world) == _ledger(alone)
    assert [row[1] for row in _ledger(alone)["collections"]] == ["settled", "settled"]
    assert list(road.world.bank.received.items()) == list(alone.bank.received.items())
    assert road.told["reconcile.register_payment"] == 2
    alone.store.close()


def test_a_job_whose_work_somebody_does_is_tried_again_later(road: Road) -> None:
    world = road.world
    held = (Scope(Step.PULL, "source books"), Scope(), Scope(None, "source books"))
    for scope in held:
        with lease(world.store, world.folder, scope, world.clock):
            assert road.do(Step.PULL, "books") is Came.TAKEN
    assert road.do(Step.PULL, "books") is Came.DONE


def test_nothing_is_sent_while_somebody_reads_the_invoices(road: Road) -> None:
    world = road.world
    with lease(world.store, world.folder, Scope(Step.PULL, "source books"), world.clock):
        assert road.do(Step.SUBMIT, "main") is Came.TAKEN
        assert road.do(Step.COLLECT, "main") is Came.DONE
    assert road.do(Step.SUBMIT, "main") is Came.DONE


def test_a_job_that_is_asked_to_stop_lets_another_go_on(road: Road) -> None:
    stop = Event()
    stop.set()
    road.world.customer("ada")
    assert road.do(Step.PULL, "books", stop) is Came.STOPPED
    assert road.do(Step.PULL, "books") is Came.DONE


def test_a_job_about_a_source_that_is_gone_is_given_up(road: Road) -> None:
    assert road.do(Step.PULL, "gone") is Came.FAILED


def test_a_source_that_is_away_holds_up_nobody(road: Road) -> None:
    road.world.package.trouble.before("read_customers", *[Retriable("away")] * 3)
    assert road.do(Step.PULL, "books") is Came.DONE
    assert road.told["pull.exception"] == 1


def test_a_job_makes_what_is_owed_to_all_whatever_creditor_it_is_for(road_of_two: Road) -> None:
    """Mandate service and mailer are one for all: the job of one source meets invitations of another's creditor."""
    road, world = road_of_two, road_of_two.world
    shop = road.installation.sources["shop"].package
    assert isinstance(shop, MemoryPackage)
    ada = world.customer("ada")
    shop.put_customer(replace(ada, key=RecordKey("shop", "ada")))
    for source in ("books", "shop"):
        assert road.do(Step.PULL, source) is Came.DONE
    world.service.trouble.before("invite", *[Retriable("away")] * 3)
    assert road.do(Step.INVITE, "shop") is Came.DONE
    assert not world.service.invited
    assert road.do(Step.INVITE, "books") is Came.DONE
    assert {request.creditor.name for request in world.service.invited.values()} == {CREDITOR.name}
    assert len(world.service.invited) == len(world.mailer.sent) == 2


def test_a_job_leaves_alone_what_is_uncertain_at_a_side_that_it_does_not_know(road_of_two: Road) -> None:
    world = road_of_two.world
    act = Act(world.clock.now, "test")
    with world.store.transaction() as connection:
        effects.owe(connection, Effect("k", EffectKind.STORE_MANDATE, "shop", "x", {"reference": "M-1"}), act.at)
        effect = effects.find(connection, "k")
        assert effect is not None
        effects.mark(connection, effect, EffectState.UNKNOWN, act)
    assert road_of_two.do(Step.WRITE_BACK, "books") is Came.DONE
    assert _ledger(world)["exceptions"] == []
    with world.store.reading() as connection:
        found = effects.find(connection, "k")
    assert found is not None
    assert found.state is EffectState.UNKNOWN


def test_jobs_side_by_side_leave_one_witness_of_the_newest(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as side_by_side:
        list(side_by_side.map(lambda number: witness.note_begun(tmp_path, number), range(1, 201)))
    assert witness.read(tmp_path) == witness.Seen(began=200, ended=0)


def test_jobs_side_by_side_may_write_the_same_file(tmp_path: Path) -> None:
    def write(number: int) -> None:
        put_whole(tmp_path / "report.html", [f"{number}".encode()] * 100)

    with ThreadPoolExecutor(8) as side_by_side:
        list(side_by_side.map(write, range(10, 90)))
    content = (tmp_path / "report.html").read_text()
    assert content == content[:2] * 100
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
