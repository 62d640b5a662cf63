"""One pass on real adapters: what a plan says is what the pass then does, and an idle one does nothing."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

from connector.engine.one_pass import Outcome
from tests.flows.house import PREPARED_NIGHT, SIZE, one_pass, plan, prepared


def _files(folder: Path) -> dict[str, str]:
    """All files but the database and the lock, by their content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "sepa-connector.db" not in path.name and path.name != "pass.lock"
    }


def test_plan_pass_and_idle_pass_of_a_house_with_everything_to_do(tmp_path: Path) -> None:
    config = prepared(tmp_path / "house")
    before = _files(config.parent)
    planned = plan(config, PREPARED_NIGHT)
    assert _files(config.parent) == before
    assert planned.outcome is Outcome.DONE
    done = one_pass(config, PREPARED_NIGHT)
    assert done.counts == planned.counts
    assert done.counts["invite.invite"] == SIZE
    assert done.counts["follow.signed"] == SIZE
    assert done.counts["reconcile.register_payment"] == SIZE
    assert one_pass(config, PREPARED_NIGHT).counts == {}


def test_invitations_that_ran_out_lapse_in_a_plan_and_in_the_pass(tmp_path: Path) -> None:
    config = prepared(tmp_path / "house")
    one_pass(config, PREPARED_NIGHT)
    later = PREPARED_NIGHT + timedelta(days=40)
    planned = plan(config, later)
    assert planned.counts["follow.mandate_changed"] == SIZE
    assert one_pass(config, later).counts["follow.mandate_changed"] == SIZE
    assert "follow.mandate_changed" not in one_pass(config, later).counts
