"""One pass on real adapters: what a plan says is what the pass then does, and an idle one does nothing."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

from connector.config import load
from connector.engine.one_pass import Outcome
from connector.model.customer import Language
from connector.store import exceptions
from connector.store.database import open_store
from connector.texts import reason_text
from tests.flows.house import FIRST_NIGHT, PREPARED_NIGHT, SIZE, config_file, one_pass, plan


def _files(folder: Path) -> dict[str, str]:
    """All files but the database and the lock, by their content."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "sepa-connector.db" not in path.name and path.name != "pass.lock"
    }


def test_plan_pass_and_idle_pass_of_a_house_with_everything_to_do(house: Path) -> None:
    before = _files(house.parent)
    planned = plan(house, PREPARED_NIGHT)
    assert _files(house.parent) == before
    assert planned.outcome is Outcome.DONE
    done = one_pass(house, PREPARED_NIGHT)
    assert done.counts == planned.counts
    assert done.counts["invite.invite"] == SIZE
    assert done.counts["follow.signed"] == SIZE
    assert done.counts["reconcile.register_payment"] == SIZE
    assert one_pass(house, PREPARED_NIGHT).counts == {}


def test_invitations_that_ran_out_lapse_in_a_plan_and_in_the_pass(house: Path) -> None:
    one_pass(house, PREPARED_NIGHT)
    later = PREPARED_NIGHT + timedelta(days=40)
    planned = plan(house, later)
    assert planned.counts["follow.mandate_changed"] == SIZE
    assert one_pass(house, later).counts["follow.mandate_changed"] == SIZE
    assert "follow.mandate_changed" not in one_pass(house, later).counts


def test_bad_files_become_exceptions_and_the_rest_goes_on(tmp_path: Path) -> None:
    config = config_file(tmp_path / "house")
    folder = config.parent
    heading = "customer number;name;email;language;iban;direct debit"
    rows = (
        "1;Ann;ann@example.org;nl;BE71096123456769;yes",
        "2;Bob;bob@example.org;nl;BE00096123456769;yes",  # an IBAN that can't exist
        ";Nobody;x@example.org;nl;;yes",  # no number
    )
    (folder / "exchange" / "customers.csv").write_text("\n".join([heading, *rows, ""]))
    heading = "number;customer;issued on;due on;total;currency"
    rows = (
        "F1;1;2026-11-01;2026-11-20;10,00;EUR",
        "F2;1;2026-11-01;2026-11-20;ten;EUR",
        "F3;1;2026-11-01;2026-11-20;9;USD",
    )
    (folder / "exchange" / "invoices.csv").write_text("\n".join([heading, *rows, ""]))
    (folder / "inbox" / "garbage.xml").write_bytes(b"\x89PNG not a bank file")
    store = open_store(load(config).database_url)
    store.upgrade()
    result = one_pass(config, FIRST_NIGHT)
    assert result.outcome is Outcome.EXCEPTIONS
    with store.reading() as connection:
        shown = {one.record: reason_text(Language.ENGLISH, one.reason) for one in exceptions.all_open(connection)}
    store.close()
    assert result.counts["pull.read_invoices"] == 1
    assert result.counts["invite.invite"] == 2
    told = "\n".join(shown.values())
    assert len(shown) == 5
    assert "customers.csv, line 3" in told
    assert "customers.csv, line 4" in told
    assert "invoices.csv, line 3, column total" in told
    assert "The invoice is in USD" in told
    assert "garbage.xml could not be read" in told
    assert "BE00096123456769" not in told
