"""Customers and invoices as they stand in a real Tryton, at first and after changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.accounting.tryton.adapter import TrytonPackage
from adapters.accounting.tryton.changes import integer
from adapters.accounting.tryton.client import TrytonClient
from connector.errors import ConfigError, NoAccess, Retriable
from connector.model.customer import Customer, Language, PartyKind, PostalAddress
from connector.model.invoice import Invoice, InvoiceKind
from connector.ports import Batch
from connector.testing.clock import SettableClock
from tests.counterparts.tryton.server import TrytonServer, free_port
from tests.live.tryton.given import DUE, IBAN, ISSUED, Open, books

pytestmark = [pytest.mark.live, pytest.mark.uncounted, pytest.mark.xdist_group("tryton")]


def by_number(batches: Iterator[Batch[Customer]] | list[Batch[Customer]]) -> dict[str, Customer]:
    return {record.number: record for batch in batches for record in batch.records}


def by_invoice(batches: Iterator[Batch[Invoice]] | list[Batch[Invoice]]) -> dict[str, Invoice]:
    return {record.number: record for batch in batches for record in batch.records}


def test_a_customer_comes_whole(package: TrytonPackage, server: TrytonServer) -> None:
    anna = by_number(package.read_customers(""))["ANNA"]
    assert anna.key == ("books", str(server.customers["ANNA"]))
    assert (anna.name, anna.email, anna.language) == ("Anna Peeters", "anna@example.org", Language.DUTCH)
    assert anna.address == PostalAddress("BE", "Antwerpen", "2000", "Kerkstraat 1")
    assert (anna.iban, anna.direct_debit, anna.kind, anna.active) == (IBAN, True, PartyKind.PERSON, True)


def test_what_a_customer_lacks_stays_empty(package: TrytonPackage) -> None:
    read = by_number(package.read_customers(""))
    bernard, carla = read["BERNARD"], read["CARLA"]
    assert (bernard.email, bernard.iban, bernard.direct_debit) == ("", None, None)
    assert (carla.kind, carla.enterprise_number) == (PartyKind.COMPANY, "BE0403019261")


def test_the_company_itself_is_no_customer(package: TrytonPackage) -> None:
    names = {record.name for batch in package.read_customers("") for record in batch.records}
    assert books().company not in names


def test_only_parties_of_the_category_are_read(open_package: Open) -> None:
    assert set(by_number(open_package(category="Subscribers").read_customers(""))) == {"BERNARD"}


def test_an_invoice_comes_whole(package: TrytonPackage, server: TrytonServer) -> None:
    found = by_invoice(package.read_invoices(""))[server.invoices[4].number]
    assert found.customer == ("books", str(server.customers["C-1"]))
    assert (found.kind, found.total, found.currency) == (InvoiceKind.INVOICE, Decimal("121.00"), "EUR")
    assert (found.issued_on, found.due_on) == (ISSUED, DUE)
    assert found.reference.startswith("RF")
    assert " " not in found.reference


def test_a_credit_note_another_currency_and_parts_come_as_such(package: TrytonPackage, server: TrytonServer) -> None:
    read = by_invoice(package.read_invoices(""))
    credit, dollars, in_parts = (read[server.invoices[place].number] for place in (1, 2, 3))
    assert (credit.kind, credit.total, credit.open_amount) == (
        InvoiceKind.CREDIT_NOTE,
        Decimal("21.00"),
        Decimal("21.00"),
    )
    assert (dollars.currency, dollars.total) == ("USD", Decimal("50.00"))
    assert in_parts.due_on == date(2026, 12, 31)  # the second part, 30 days after the first


def test_small_pages_bring_the_same(open_package: Open, package: TrytonPackage) -> None:
    pages = list(open_package(page_size=2).read_customers(""))
    assert all(len(page.records) <= 2 for page in pages)
    assert by_number(pages) == by_number(package.read_customers(""))
    assert pages[0].total == len(by_number(pages))


def test_a_first_reading_that_was_cut_short_goes_on_where_it_was(open_package: Open) -> None:
    package = open_package(page_size=4)
    whole = list(package.read_customers(""))
    rest = list(package.read_customers(whole[0].cursor))
    assert [page.records for page in rest] == [page.records for page in whole[1:]]


def settled(package: TrytonPackage, clock: SettableClock) -> tuple[str, str]:
    """Cursors of both feeds, with no transaction left that could still end."""
    cursors = []
    for read in (package.read_customers, package.read_invoices):
        cursor = list(read(""))[-1].cursor
        clock.forward(minutes=10)
        cursors.append(list(read(cursor))[-1].cursor)
    return cursors[0], cursors[1]


def test_an_idle_pass_reads_nothing(package: TrytonPackage, clock: SettableClock) -> None:
    customers, invoices = settled(package, clock)
    assert list(package.read_customers(customers)) == []
    assert list(package.read_invoices(invoices)) == []


def test_what_just_changed_is_read_again_for_a_while(package: TrytonPackage, clock: SettableClock) -> None:
    cursor = list(package.read_customers(""))[-1].cursor
    assert by_number(package.read_customers(cursor))
    clock.forward(minutes=9)
    assert by_number(package.read_customers(cursor))


@pytest.mark.parametrize("below", ["email", "address", "account", "name"])
def test_a_change_of_a_customer_or_below_it_is_seen(
    below: str, package: TrytonPackage, clock: SettableClock, person: TrytonClient, server: TrytonServer
) -> None:
    cursor, _ = settled(package, clock)
    party = server.customers["C-8"]
    match below:
        case "email":
            person.create("party.contact_mechanism", {"party": party, "type": "email", "value": "new@example.org"})
        case "address":
            (address,) = person.read("party.address", (), [["party", "=", party]])
            person.update("party.address", integer(address["id"]), {"city": "Gent"})
        case "account":
            number = {"type": "iban", "number": "NL91ABNA0417164300"}
            person.create("bank.account", {"owners": [["add", [party]]], "numbers": [["create", [number]]]})
        case "name":
            person.update("party.party", party, {"name": "Customer Eight", "active": False})
    changed = by_number(package.read_customers(cursor))
    assert set(changed) == {"C-8"}
    found = changed["C-8"]
    seen = {
        "email": found.email == "new@example.org",
        "address": found.address.town == "Gent",
        "account": found.iban == "NL91ABNA0417164300",
        "name": found.name == "Customer Eight" and not found.active,
    }
    assert seen[below]


def test_what_somebody_pays_or_blocks_in_tryton_is_not_open(
    package: TrytonPackage, clock: SettableClock, person: TrytonClient, server: TrytonServer
) -> None:
    _, cursor = settled(package, clock)
    posted = server.invoices[11]
    (line,) = person.read(
        "account.move.line",
        ("party",),
        [["move.origin.id", "=", posted.id, "account.invoice"], ["account.type.receivable", "=", True]],
    )
    (journal,) = person.read("account.payment.journal", (), [["name", "=", server.journal]])
    values = {"kind": "receivable", "company": server.company, "party": line["party"], "journal": journal["id"]}

    def open_amount() -> Decimal:
        nonlocal cursor
        batches = list(package.read_invoices(cursor))
        cursor = batches[-1].cursor
        return by_invoice(batches)[posted.number].open_amount

    person.create("account.payment", {**values, "line": line["id"], "amount": Decimal("20.00"), "date": DUE})
    assert open_amount() == Decimal("101.00")
    person.press("account.move.line", integer(line["id"]), "payment_block")  # Tryton deletes the draft with it
    assert open_amount() == 0
    person.press("account.move.line", integer(line["id"]), "payment_unblock")
    assert open_amount() == Decimal("121.00")


def test_an_own_mapping_asks_for_other_fields(open_package: Open, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("extends: tryton\nrecords:\n  customer:\n    number: full_name\n")
    found = by_number(open_package(mapping="own.yaml").read_customers(""))
    assert "Anna Peeters" in found


def test_a_mapping_that_is_wrong_is_told_with_its_line(open_package: Open, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("records:\n  customer:\n    nmae: full_name\n")
    with pytest.raises(ConfigError, match=r"own\.yaml:3:5"):
        open_package(mapping="own.yaml")


def test_a_record_that_does_not_fit_becomes_a_fault_and_the_rest_goes_on(open_package: Open, tmp_path: Path) -> None:
    own = "records:\n  customer:\n    email: {path: chosen.email, required: true}\n"
    (tmp_path / "own.yaml").write_text(own)
    (batch,) = open_package(mapping="own.yaml").read_customers("")
    assert "ANNA" in by_number([batch])
    assert {fault.where for fault in batch.faults} == {"chosen.email"}
    assert any(fault.record.startswith("party ") for fault in batch.faults)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"key": "k" * 128}, "key"),
        ({"company": 99}, "company 99"),
        ({"database": "elsewhere"}, "does not lead to a Tryton database"),
    ],
)
def test_wrong_settings_stop_the_pass(open_package: Open, settings: dict[str, object], words: str) -> None:
    package = open_package(**settings)
    with pytest.raises(NoAccess, match=words):
        list(package.read_customers(""))
    with pytest.raises(NoAccess, match=words):
        list(package.read_invoices(""))


def test_a_server_that_is_away_is_worth_another_try(open_package: Open) -> None:
    with pytest.raises(Retriable):
        list(open_package(url=f"http://127.0.0.1:{free_port()}").read_customers(""))
