"""The database is put back to before a file left: its run can't be let go of until the journal was taken up."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.engine import approval
from connector.model.collection import CollectionState
from connector.model.deed import Step
from connector.store import collections, runs
from tests.flows.copies import copy_of, put_back
from tests.flows.world import World


def _before_the_file(world: World) -> str:
    """Ada's invoice is proposed and approved, and in no file yet. Returns the name of its run."""
    world.with_mandate("ada")
    world.invoice("1", "ada", announces_debit=True)
    steps = tuple(Step)
    world.walk(steps[: steps.index(Step.SUBMIT)])
    with world.store.reading() as connection:
        (run,) = runs.not_in_file(connection)
    return run.id


def test_a_run_whose_file_left_before_the_restore_is_not_let_go(
    world: World, database_url: str, tmp_path: Path
) -> None:
    run = _before_the_file(world)
    copy_of(database_url, tmp_path / "copy")
    world.walk()
    assert len(world.bank.received) == 1
    world.store.close()
    world.store = put_back(database_url, tmp_path / "copy")
    with pytest.raises(approval.MayHaveLeft, match=run):
        approval.let_go(world.installation, world.store, run, world.clock.now, "Ann")
    world.walk()
    with pytest.raises(approval.NoSuchRun):
        approval.let_go(world.installation, world.store, run, world.clock.now, "Ann")
    world.nights(14)
    assert len(world.bank.received) == 1
    assert world.package.invoice("1").open_amount == 0


def test_one_that_did_not_leave_is_let_go_once_that_is_known(world: World, database_url: str, tmp_path: Path) -> None:
    run = _before_the_file(world)
    copy_of(database_url, tmp_path / "copy")
    world.walk([Step.PULL])
    world.store.close()
    world.store = put_back(database_url, tmp_path / "copy")
    steps = tuple(Step)
    world.walk(steps[: steps.index(Step.SUBMIT)])
    approval.let_go(world.installation, world.store, run, world.clock.now, "Ann")
    with world.store.reading() as connection:
        states = collections.totals_by_state(connection)
    assert set(states) == {CollectionState.CANCELLED.value}
