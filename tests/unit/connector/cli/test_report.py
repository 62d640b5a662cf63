"""Rules of what `status` and `explain` put on a screen: all of it in the language, as people read it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console, RenderableType

from connector.cli.explaining import told as explained
from connector.cli.status import told as standing
from connector.cli.terminal import Words, plain
from connector.engine.explain import Explanation
from connector.engine.lease import Scope
from connector.engine.status import Status
from connector.model.customer import Language, RecordKey
from connector.model.deed import Step
from connector.model.effect import Effect, EffectKind
from connector.model.reason import Reason, ReasonCode
from connector.store.bank_files import BankFile, FileState
from connector.store.exceptions import OpenException
from connector.store.history import PastChange
from connector.store.passes import PastPass

NIGHT = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
LATE = OpenException(
    7, "collection E-1", Reason(ReasonCode.COLLECTION_RETURNED, {"end_to_end_id": "E-1"}), 1, NIGHT, NIGHT, True
)
STATUS = Status(
    passes=[
        PastPass(3, Scope(Step.PULL, "books").name, NIGHT, None, None, {}),
        PastPass(2, Scope().name, NIGHT, NIGHT, "done", {}),
    ],
    mandates={"active": 2},
    collections={"settled": (3, Decimal("1234.50"))},
    effects={"done": 9, "unknown": 1},
    exceptions=12,
    latest_exceptions=[LATE],
    files=[BankFile("MSG-1", "main", "MAIN-1", "MSG-1.xml", FileState.WRITTEN, NIGHT, 3, Decimal("1234.50"), "0" * 64)],
)
EXPLANATION = Explanation(
    record="collection E-1",
    facts={"customer": "Peeters", "amount": Decimal("120.50"), "collection_date": date(2026, 12, 1), "file": ""},
    reasons=[Reason(ReasonCode.NOT_DUE_YET, {"due_on": "2026-12-01", "collection_date": "2026-12-08"})],
    history=[PastChange(NIGHT, "pass 3", "accepted", "settled", "booked")],
    effects=[Effect("k", EffectKind.REGISTER_PAYMENT, "books", "collection E-1", {})],
    exceptions=[LATE],
    related=["invoice books/11"],
)


def screen(*parts: RenderableType) -> str:
    out = io.StringIO()
    console = Console(file=out, width=160, highlight=False)
    for part in parts:
        console.print(part)
    return out.getvalue()


def words(language: Language) -> Words:
    return Words(language, ZoneInfo("Europe/Brussels"))


def test_status_shows_money_in_flight_what_is_owed_files_and_where_the_rest_is_listed() -> None:
    shown = screen(*standing(words(Language.GERMAN), STATUS, NIGHT))
    assert "läuft, oder abgebrochen" in shown
    assert "Buchhaltungsprogramm lesen, books" in shown
    assert "Der ganze Weg" in shown
    assert "1.234,50" in shown
    assert "ungewiss" in shown
    assert "MSG-1.xml" in shown
    assert "24.11.26, 02:30" in shown
    assert "12 Punkte für Sie" in shown
    assert "Einzug E-1" in shown
    assert "Alle: sepa-connector exceptions list" in shown


def test_times_in_english_are_those_of_europe_and_of_the_creditors_clock() -> None:
    assert words(Language.ENGLISH).when(NIGHT) == "24/11/2026, 02:30"


def test_an_explanation_shows_facts_reasons_exceptions_effects_history_and_where_to_look_on() -> None:
    shown = screen(*explained(words(Language.DUTCH), EXPLANATION))
    for part in (
        "inning E-1",
        "1 december 2026",
        "De factuur vervalt op 1 december 2026 en wordt op 8 december 2026 geïnd",
        "7. Het geld van inning E-1 is teruggenomen",
        "betaling boeken, books: nog te doen",
        "aanvaard door de bank",
        "factuur books/11",
    ):
        assert part in shown
    assert "Bankbestand" not in shown


@pytest.mark.parametrize("language", Language)
def test_every_part_can_be_said_in_every_language(language: Language) -> None:
    shown = screen(*standing(words(language), STATUS, None), *explained(words(language), EXPLANATION))
    assert "{" not in shown


def test_json_holds_amounts_as_text_dates_as_iso_and_keys_as_people_write_them() -> None:
    held = plain({"amount": Decimal("1.10"), "on": date(2026, 12, 1), "at": NIGHT, "key": RecordKey("books", "11")})
    assert held == {"amount": "1.10", "on": "2026-12-01", "at": "2026-11-24T01:30:00+00:00", "key": "books/11"}


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        plain(1.5)
