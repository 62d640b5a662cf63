"""Rules of `status`, `explain` and `exceptions`: how it stands and why, in the finance user's language."""

from __future__ import annotations

from pathlib import Path

from tests.unit.connector.cli.typed import Command


def _in_dutch(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("language: en", "language: nl", 1), "utf-8")


def test_before_the_first_pass_status_says_what_to_do(installed: Command) -> None:
    said = installed("status")
    assert said.code == 0
    assert "No pass has run yet: sepa-connector sync" in said.out
    assert "Nothing needs your attention." in said.out


def test_status_tells_passes_mandates_and_what_needs_attention_in_the_language(
    installed: Command, tmp_path: Path
) -> None:
    installed("sync")
    _in_dutch(tmp_path)
    said = installed("status").out
    assert "klaar, met uitzonderingen" in said
    assert "in afwachting van een handtekening" in said
    assert "2 punten voor u om te bekijken" in said
    assert "factuur books/12" in said


def test_status_can_be_read_by_a_program(installed: Command) -> None:
    installed("sync")
    (told,) = installed("status", "--json").objects
    assert told["passes"][0]["outcome"] == "exceptions"
    assert told["mandates"] == {"invited": 1}
    assert told["exceptions"] == 2
    assert {one["reason"]["code"] for one in told["latest_exceptions"]} == {"currency_not_eur", "no_email"}
    assert told["next_pass"].endswith("+01:00")


def test_without_a_schedule_status_says_so(installed: Command, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text("utf-8") + "  enabled: false\n", "utf-8")
    assert "No schedule" in installed("status").out


def test_an_invoice_is_explained_by_its_number(installed: Command) -> None:
    installed("sync")
    said = installed("explain", "invoice", "2026-11")
    assert said.code == 0
    assert "has not been signed yet" in said.out
    assert "€120.50" in said.out
    assert "1 December 2026" in said.out


def test_a_customer_and_a_mandate_are_explained_with_what_happened(installed: Command) -> None:
    installed("sync")
    customer = installed("explain", "customer", "Café Müller")
    assert "waits for the customer" in customer.out
    reference = customer.out.rpartition("mandate ")[2].split()[0]
    assert "waiting for a signature" in installed("explain", "mandate", reference).out


def test_an_explanation_can_be_read_by_a_program(installed: Command) -> None:
    installed("sync")
    (told,) = installed("explain", "invoice", "2026-12", "--json").objects
    assert told["facts"]["open_amount"] == "50.00"
    assert told["reasons"][0]["code"] == "currency_not_eur"
    assert "USD" in told["reasons"][0]["text"]


def test_what_is_not_known_is_told_with_what_to_give(installed: Command) -> None:
    said = installed("explain", "invoice", "nope")
    assert said.code == 1
    assert "No invoice is known as nope" in said.err


def test_exceptions_are_listed_closed_and_retried_by_number(installed: Command) -> None:
    installed("sync")
    assert [one["id"] for one in installed("exceptions", "list", "--json").objects] == [1, 2]
    assert installed("exceptions", "ignore", "1").code == 0
    assert "looks at the record again" in installed("exceptions", "retry", "2").out
    assert installed("exceptions", "list").out.strip() == "Nothing needs your attention."


def test_an_exception_that_is_not_open_is_told(installed: Command) -> None:
    for what in ("retry", "ignore"):
        said = installed("exceptions", what, "7")
        assert said.code == 1
        assert "There is no open exception number 7." in said.err
