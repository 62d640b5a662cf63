"""Rules of `audit`: every difference in words that a finance user reads, as JSON for programs, with its exit code."""

from __future__ import annotations

import io
import json
import sqlite3
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console, RenderableType

from connector.cli.app import Replayed
from connector.cli.auditing import Nightly, told
from connector.cli.opening import opened
from connector.cli.terminal import Words
from connector.engine.differences import Difference, DifferenceKind
from connector.engine.lock import pass_lock
from connector.engine.reread import STEP_OF
from connector.model.customer import Language
from tests.unit.connector.cli.typed import Command

_K = DifferenceKind
_VALUES = {
    _K.PUT_BACK: ("17", "2026-11-28"),
    _K.MANDATE_UNKNOWN: ("", "bank_confirmed"),
    _K.MANDATE_STATE: ("active", "cancelled"),
    _K.INVOICE_UNKNOWN: ("", "1234.50"),
    _K.OPEN_AMOUNT: ("1234.50", "0.00"),
    _K.PAYMENT_GONE: ("1234.50", ""),
    _K.EFFECT_UNKNOWN: ("register_payment", ""),
    _K.NO_ANSWER: ("submitted", "2026-11-28"),
    _K.FILE_UNANSWERED: ("submitted", "2026-11-28"),
    _K.ANSWERS_UNREAD: ("", "c0ffee"),
}
EVERY = [Difference(kind, f"mandate M-{kind}", *_VALUES.get(kind, ("", "")), "books", "a/key") for kind in _K]


def _screen(language: Language, found: list[Difference]) -> str:
    out = io.StringIO()
    console = Console(file=out, width=100, highlight=False)
    parts: list[RenderableType] = [*told(Words(language, ZoneInfo("Europe/Brussels")), found)]
    console.print(*parts, sep="\n")
    return out.getvalue()


@pytest.mark.parametrize("language", Language)
def test_every_difference_is_told_in_every_language_with_the_command_that_mends_it(language: Language) -> None:
    shown = _screen(language, EVERY)
    assert "{" not in shown
    assert "c0ffee" not in shown
    for one in EVERY:
        assert one.record.removeprefix("mandate ") in shown
        assert one.mended_by in shown


def test_amounts_states_and_days_are_written_as_the_language_does() -> None:
    shown = _screen(Language.DUTCH, EVERY)
    for part in ("1.234,50", "actief", "geannuleerd", "bij de bank", "geen woord sinds 28 november 2026"):
        assert part in shown


def test_many_of_a_kind_are_counted_not_listed() -> None:
    many = [Difference(_K.INVOICE_UNKNOWN, f"invoice books/{n}", "", "1.00", "books") for n in range(35)]
    shown = _screen(Language.ENGLISH, many)
    assert "35 differences" in shown
    assert "invoice books/19" in shown
    assert "invoice books/20" not in shown
    assert "... and 15 more like this" in shown


def test_the_command_knows_the_feeds_that_can_be_read_again() -> None:
    assert {feed.value for feed in Replayed} == set(STEP_OF)


def test_no_difference_ends_with_0_and_a_difference_with_3_until_it_is_mended(installed: Command) -> None:
    installed("sync")
    said = installed("audit")
    assert (said.code, said.err) == (0, "")
    assert "No difference" in said.out
    with sqlite3.connect("data/sepa-connector.db") as database:
        database.execute("UPDATE effects SET state = 'unknown' WHERE kind = 'invite'")
    said = installed("audit")
    assert said.code == 3
    assert "sepa-connector sync" in said.out
    *differences, result = installed("audit", "--json").objects
    assert result == {"kind": "result", "differences": len(differences), "complete": "yes"}
    assert {one["difference"] for one in differences} == {"effect_unknown"}
    assert "audit" in installed("exceptions", "list").out
    installed("sync")
    assert installed("audit").code == 0
    assert "sepa-connector audit" not in installed("exceptions", "list").out


def test_feeds_are_read_again(installed: Command) -> None:
    installed("sync")
    said = installed("audit", "--replay", "customers", "--replay", "bank", "--json")
    assert said.code == 0
    assert [one["kind"] for one in said.objects] == ["result", "result"]
    assert installed("audit", "--replay", "nothing").code == 2


def test_after_a_restore_a_person_may_say_that_all_is_well(installed: Command) -> None:
    installed("sync")
    installed("db", "backup", "copy.db")
    assert installed("audit", "--accept").code == 1
    assert installed("db", "restore", "copy.db").code == 0
    assert "database was put back" in installed("audit").out
    assert "run sepa-connector sync" in installed("audit", "--accept").err
    for path in Path("data/outgoing").iterdir():
        path.unlink()
    assert installed("db", "restore", "copy.db").code == 0
    installed("sync")
    assert installed("audit").code == 3
    assert installed("audit", "--accept").code == 0
    assert installed("audit").code == 0


def test_after_a_restore_a_pass_finds_that_all_is_well(installed: Command) -> None:
    installed("sync")
    installed("db", "backup", "copy.db")
    installed("db", "restore", "copy.db")
    installed("sync")
    assert installed("audit").code == 0


def test_a_person_may_have_the_database_compared_from_the_start(installed: Command) -> None:
    installed("sync")
    assert "sepa-connector sync" in installed("db", "recover").out
    assert "already" in installed("db", "recover").out
    installed("sync")
    assert installed("audit").code == 0


def test_what_was_not_made_can_not_be_made_again(installed: Command) -> None:
    installed("sync")
    assert "sepa-connector audit" in installed("audit", "--again", "nothing").err
    with sqlite3.connect("data/sepa-connector.db") as database:
        (key,) = database.execute("SELECT key FROM effects WHERE kind = 'invite'").fetchone()
    assert installed("audit", "--again", key).code == 0


def test_only_one_thing_at_a_time(installed: Command) -> None:
    assert installed("audit", "--accept", "--again", "x").code == 2


def test_the_daemon_compares_once_a_day_and_logs_each_difference(
    installed: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    installed("sync")
    with sqlite3.connect("data/sepa-connector.db") as database:
        database.execute("UPDATE effects SET state = 'unknown' WHERE kind = 'invite'")
    with opened(Path("config.yaml")) as it:
        nightly = Nightly(it)
        with pass_lock(it.store, it.config.data_folder):
            nightly()
        nightly()
        nightly()
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in logged] == ["audit.failed", "audit.difference", "audit.ended"]
    assert logged[1]["difference"] == "effect_unknown"
    assert logged[2]["differences"] == 1
