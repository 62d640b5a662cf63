"""The folder of files: what is read when, what moves to done/, what is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest

from adapters.accounting.files.adapter import BATCH_SIZE, FilesPackage
from adapters.accounting.files.settings import FilesSettings
from connector.errors import ConfigError, NoAccess, Skippable
from connector.model.customer import Language, RecordKey
from connector.model.effect import EffectKind
from connector.ports import Document, Fault, Feed, Surroundings
from tests.contract.accounting import (
    customers,
    document,
    invoice_batches,
    invoices,
    mandate_of,
    payment_of,
    pull,
    return_of,
    stored,
)
from tests.unit.adapters.accounting.files.ubl_documents import ubl

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
CUSTOMERS = "Customer ID;Name;Email\n17;Bakkerij Peeters;p@example.org\n"
INVOICES = "Invoice no;Customer ID;Date;Total\n1;17;2026-11-01;50,00\n"
PAYMENT_HEADINGS = (
    "entry;key;customer id;invoice id;invoice number;amount;date;mandate reference;end-to-end id;"
    "bank reference;undoes payment;reason code;reason;charges"
)

Open = Callable[..., FilesPackage]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


@pytest.fixture
def books(tmp_path: Path) -> Open:
    def open_(now: datetime = NOW, **settings: object) -> FilesPackage:
        told = FilesSettings.model_validate({"folder": "in", "settle_seconds": 0, **settings})
        return FilesPackage(told, Surroundings("books", lambda: now, tmp_path))

    return open_


def put(path: Path, text: str, before: timedelta = timedelta(hours=1)) -> None:
    path.write_text(text)
    at = (NOW - before).timestamp()
    os.utime(path, (at, at))


def ids(found: Iterable[RecordKey]) -> list[str]:
    return [key.id for key in found]


def faults(package: FilesPackage) -> list[Fault]:
    return [fault for batch in (*package.read_customers(""), *package.read_invoices("")) for fault in batch.faults]


def test_a_file_that_was_read_whole_moves_to_done(folder: Path, books: Open) -> None:
    put(folder / "customers.csv", CUSTOMERS)
    put(folder / "invoices.csv", INVOICES)
    pull(books())
    assert sorted(path.name for path in (folder / "done").iterdir()) == ["customers.csv", "invoices.csv"]
    assert list(folder.glob("*.csv")) == []


def test_done_never_loses_a_file_to_another_of_its_name(folder: Path, books: Open) -> None:
    for number in range(4):
        put(folder / "invoices.csv", INVOICES.replace("50,00", f"5{number},00"))
        package = books()
        for batch in package.read_invoices(""):
            package.handled(Feed.INVOICES, batch.cursor)
    assert sorted(path.name for path in (folder / "done").iterdir()) == [
        "invoices 2026-11-24 200000-2.csv",
        "invoices 2026-11-24 200000-3.csv",
        "invoices 2026-11-24 200000.csv",
        "invoices.csv",
    ]


def test_a_file_that_a_crash_left_is_moved_and_not_read_again(folder: Path, books: Open) -> None:
    put(folder / "invoices.csv", INVOICES)
    cursor = invoice_batches(books())[-1].cursor
    after_crash = books()
    (batch,) = after_crash.read_invoices(cursor)
    assert (batch.records, batch.cursor) == ((), cursor)
    after_crash.handled(Feed.INVOICES, batch.cursor)
    assert not (folder / "invoices.csv").exists()
    assert list(books().read_invoices(cursor)) == []


def test_the_same_file_put_there_again_is_read_again(folder: Path, books: Open) -> None:
    put(folder / "invoices.csv", INVOICES)
    _, cursor = pull(books())
    put(folder / "invoices.csv", INVOICES, before=timedelta(minutes=5))
    assert ids(invoices(books(), cursor)) == ["1"]


def test_a_file_that_changes_while_it_is_read_stays_and_is_read_again(folder: Path, books: Open) -> None:
    path = folder / "invoices.csv"
    put(path, INVOICES)
    package = books()
    feed = package.read_invoices("")
    rows = "".join(f"{number};17;2026-11-01;50,00\n" for number in range(2, 2 * BATCH_SIZE))
    put(path, INVOICES + rows, before=timedelta(minutes=30))
    first = next(feed)
    put(path, INVOICES + rows + "x;17;2026-11-01;50,00\n", before=timedelta(minutes=20))
    last = [first, *feed][-1]
    package.handled(Feed.INVOICES, last.cursor)
    assert path.exists()
    assert "x" in ids(invoices(books(), last.cursor))


@pytest.mark.parametrize("name", ["invoices.csv.part", ".invoices.csv", "~invoices.csv", "invoices.csv.tmp"])
def test_a_file_that_is_being_written_under_another_name_is_not_read(folder: Path, books: Open, name: str) -> None:
    put(folder / name, INVOICES)
    assert invoices(books()) == {}


def test_a_file_is_read_once_it_has_settled(folder: Path, books: Open) -> None:
    put(folder / "invoices.csv", INVOICES, before=timedelta(seconds=5))
    assert invoices(books(settle_seconds=10)) == {}
    assert ids(invoices(books(NOW + timedelta(seconds=5), settle_seconds=10))) == ["1"]


def test_a_file_with_a_fault_of_its_own_stays_for_a_person(folder: Path, books: Open) -> None:
    put(folder / "invoices.csv", INVOICES + "2;17;2026-1")
    package = books()
    for batch in package.read_invoices(""):
        package.handled(Feed.INVOICES, batch.cursor)
    assert [fault.record for fault in faults(package)] == ["file invoices.csv"]
    assert (folder / "invoices.csv").exists()


def test_a_file_with_a_broken_row_moves_all_the_same(folder: Path, books: Open) -> None:
    put(folder / "invoices.csv", INVOICES + "2;17;whenever;1,00\n3;17;2026-11-02;2,00\n")
    package = books()
    assert ids(invoices(package)) == ["1", "3"]
    assert [fault.record for fault in faults(package)] == ["invoice 2"]
    pull(package)
    assert not (folder / "invoices.csv").exists()


def test_later_files_come_after_earlier_ones(folder: Path, books: Open) -> None:
    put(folder / "invoices-b.csv", INVOICES, before=timedelta(hours=3))
    put(folder / "Invoices-a.CSV", INVOICES.replace("50,00", "0,00"), before=timedelta(hours=1))
    put(folder / "2.xml", ubl(number="1", payable="70.00"), before=timedelta(hours=2))
    amounts = [record.open_amount for batch in books().read_invoices("") for record in batch.records]
    assert amounts == [Decimal("50.00"), Decimal("70.00"), Decimal("0.00")]


def test_a_ubl_file_moves_once_both_feeds_have_it(folder: Path, books: Open) -> None:
    put(folder / "1.xml", ubl(number="1"))
    package = books()
    for of_customers in package.read_customers(""):
        package.handled(Feed.CUSTOMERS, of_customers.cursor)
    assert (folder / "1.xml").exists()
    for of_invoices in package.read_invoices(""):
        package.handled(Feed.INVOICES, of_invoices.cursor)
    assert (folder / "done" / "1.xml").exists()


def test_a_ubl_file_that_came_between_the_feeds_is_missed_by_neither(folder: Path, books: Open) -> None:
    package = books()
    assert customers(package) == {}
    put(folder / "1.xml", ubl(number="1"))
    cursor = ""
    for batch in package.read_invoices(""):
        cursor = batch.cursor
        package.handled(Feed.INVOICES, cursor)
    assert (folder / "1.xml").exists()
    again = books()
    for of_customers in again.read_customers(""):
        assert [record.key.id for record in of_customers.records] == ["17"]
        again.handled(Feed.CUSTOMERS, of_customers.cursor)
    for batch in again.read_invoices(cursor):
        assert batch.records == ()
        again.handled(Feed.INVOICES, batch.cursor)
    assert (folder / "done" / "1.xml").exists()


def test_buyers_become_customers_only_where_no_file_brings_customers(folder: Path, books: Open) -> None:
    put(folder / "1.xml", ubl(number="1"))
    assert ids(customers(books())) == ["17"]
    assert customers(books(buyers="never")) == {}
    put(folder / "customers.csv", CUSTOMERS)
    pull(books())
    put(folder / "2.xml", ubl(number="2", buyer="18"))
    assert customers(books()) == {}
    assert ids(customers(books(buyers="always"))) == ["18"]


def test_a_buyer_of_many_invoices_comes_once(folder: Path, books: Open) -> None:
    for number in range(5):
        put(folder / f"{number}.xml", ubl(number=str(number)))
    (batch,) = books().read_customers("")
    assert len(batch.records) == 1


def test_batches_are_small_and_know_how_many_there_are(folder: Path, books: Open) -> None:
    rows = "".join(f"{number};17;2026-11-01;50,00\n" for number in range(2 * BATCH_SIZE + 1))
    put(folder / "invoices.csv", INVOICES.partition("\n")[0] + "\n" + rows)
    batches = invoice_batches(books())
    assert [len(batch.records) for batch in batches] == [BATCH_SIZE, BATCH_SIZE, 1]
    assert {batch.total for batch in batches} == {2 * BATCH_SIZE + 1}
    assert batches[0].cursor == "" != batches[-1].cursor


def test_a_folder_that_is_not_there_is_told(books: Open, folder: Path) -> None:
    folder.rmdir()
    package = books()
    with pytest.raises(NoAccess, match="can't be opened"):
        list(package.read_customers(""))
    assert [probe.ok for probe in package.check()] == [False]


def test_an_own_mapping_names_the_columns(folder: Path, books: Open, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("extends: files\nrecords:\n  invoice:\n    total: Te betalen (EUR)\n")
    put(folder / "invoices.csv", INVOICES.replace("Total", "Te betalen (EUR)"))
    assert ids(invoices(books(mapping="own.yaml"))) == ["1"]


def test_a_wrong_mapping_is_a_config_error_with_its_line(books: Open, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("records:\n  invoice:\n    totl: Te betalen\n")
    with pytest.raises(ConfigError, match=r"own.yaml:3:5 .*Did you mean total\?"):
        books(mapping="own.yaml")


def test_settings_decide_what_the_file_does_not_tell(folder: Path, books: Open) -> None:
    put(folder / "invoices.csv", "Invoice no;Customer ID;Date;Total\n1;17;03/04/2026;1.234\n")
    (invoice,) = invoices(books(dates="day-first", decimal_mark="comma")).values()
    assert (str(invoice.issued_on), invoice.total) == ("2026-04-03", Decimal(1234))


def test_check_tells_columns_and_what_is_left_alone(folder: Path, books: Open) -> None:
    put(folder / "customers.csv", CUSTOMERS.replace("Email", "Shoe size"))
    put(folder / "invoices.csv", "Number;Shoe size\n1;2\n")
    put(folder / "1.xml", ubl(number="1"))
    put(folder / "facturen.csv", INVOICES)
    put(folder / "invoices-new.csv.part", INVOICES)
    put(folder / "invoices-late.csv", INVOICES, before=timedelta(seconds=1))
    probes = {probe.what: probe for probe in books(settle_seconds=10).check()}
    assert "id from Customer ID" in probes["customers.csv"].detail
    assert "Not used: Shoe size" in probes["customers.csv"].detail
    assert not probes["invoices.csv heading"].ok
    assert "invoice 1 of 121.00 EUR" in probes["1.xml"].detail
    assert "only files named" in probes["facturen.csv"].detail
    assert "being written" in probes["invoices-new.csv.part"].detail
    assert "Not read yet" in probes["invoices-late.csv"].detail


def test_results_are_written_where_a_person_finds_them(folder: Path, books: Open) -> None:
    put(folder / "invoices.csv", INVOICES)
    package = books()
    (invoice,) = invoices(package).values()
    stored(package, mandate_of(invoice.customer), document())
    package.register_payment(payment_of(invoice))
    package.register_return(return_of(invoice, "KIT-E1/1"))
    package.close()
    assert (folder / "mandates.csv").read_text("utf-8-sig").splitlines() == [
        "mandate reference;customer id;name;iban;bic;signed on;scheme;type;state;document",
        "KIT-1;17;Zoë Peeters;BE71096123456769;;2026-11-02;CORE;RCUR;active;mandates/KIT-1.pdf",
    ]
    assert (folder / "payments.csv").read_text("utf-8-sig").splitlines() == [
        PAYMENT_HEADINGS,
        "payment;KIT-E1/1;17;1;1;50,00;2026-11-20;KIT-1;KIT-E1;KIT-B1;;;;",
        "return;KIT-E1/1/R;17;1;1;-50,00;2026-11-23;;KIT-E1;;KIT-E1/1;AM04;Insufficient funds;1,50",
    ]
    assert (folder / "mandates" / "KIT-1.pdf").read_bytes() == document().content


def test_a_mandate_that_moved_on_keeps_its_row_and_document(folder: Path, books: Open) -> None:
    package = books()
    mandate = mandate_of(RecordKey("books", "17"))
    stored(package, mandate, document())
    stored(package, replace(mandate, bic="GKCCBEBB"), None)
    rows = (folder / "mandates.csv").read_text("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert ";GKCCBEBB;" in rows[1]
    assert rows[1].endswith("mandates/KIT-1.pdf")


def test_references_with_slashes_keep_documents_of_their_own(folder: Path, books: Open) -> None:
    package = books()
    for reference in ("M/1", "M-1", "M?1"):
        content = reference.encode()
        signed = Document("../../m.pdf", "application/pdf", content, sha256(content).hexdigest())
        stored(package, replace(mandate_of(RecordKey("books", "17")), reference=reference), signed)
    kept = {path.read_bytes() for path in (folder / "mandates").iterdir()}
    assert kept == {b"M/1", b"M-1", b"M?1"}


def test_a_mandate_without_a_date_or_with_another_document_is_not_stored(folder: Path, books: Open) -> None:
    package = books()
    mandate = mandate_of(RecordKey("books", "17"))
    with pytest.raises(Skippable, match="no signed_on"):
        stored(package, replace(mandate, signed_on=None), None)
    with pytest.raises(Skippable, match="digest differs"):
        stored(package, mandate, replace(document(), content=b"other"))
    assert package.look_up(EffectKind.STORE_MANDATE, mandate.reference) is None


@pytest.mark.parametrize("language", list(Language))
def test_the_report_shows_totals_and_masks_accounts(folder: Path, books: Open, language: Language) -> None:
    put(folder / "invoices.csv", INVOICES)
    package = books(language=language.value)
    (invoice,) = invoices(package).values()
    stored(package, replace(mandate_of(invoice.customer), debtor_name="<b>Zoë</b>"), document())
    package.register_payment(payment_of(invoice))
    package.close()
    page = (folder / "report.html").read_text()
    assert f'<html lang="{language}">' in page
    assert ("50.00" if language is Language.ENGLISH else "50,00") in page
    assert "&lt;b&gt;Zoë&lt;/b&gt;" in page
    assert "BE71096123456769" not in page
    assert "http" not in page


def test_the_report_is_brought_up_to_date_after_a_crash(folder: Path, books: Open) -> None:
    put(folder / "invoices.csv", INVOICES)
    (invoice,) = invoices(books()).values()
    books().register_payment(payment_of(invoice))
    assert not (folder / "report.html").exists()
    pull(books())
    assert "KIT-B1" in (folder / "report.html").read_text()


def test_no_report_is_written_where_there_is_nothing_to_tell(folder: Path, books: Open) -> None:
    books().close()
    assert list(folder.iterdir()) == []


def test_results_may_go_elsewhere(folder: Path, books: Open, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    stored(books(results="out"), mandate_of(RecordKey("books", "17")), document())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["mandates", "mandates.csv"]
    assert list(folder.iterdir()) == []


TWO = INVOICES + "2;17;2026-11-02;60,00\n"


def present(package: FilesPackage) -> list[frozenset[str] | None]:
    """What each batch of invoices says is there, and that it is stored."""
    batches = invoice_batches(package)
    package.handled(Feed.INVOICES, batches[-1].cursor)
    return [batch.present for batch in batches]


def test_a_list_tells_what_is_there_only_where_the_config_says_that_it_is_complete(folder: Path, books: Open) -> None:
    put(folder / "invoices.csv", TWO)
    assert present(books()) == [None]
    put(folder / "invoices.csv", TWO)
    assert present(books(complete=True)) == [frozenset({"1", "2"})]


def test_of_two_lists_the_newer_one_tells_what_is_there(folder: Path, books: Open) -> None:
    put(folder / "invoices-1.csv", TWO, timedelta(hours=2))
    put(folder / "invoices-2.csv", INVOICES, timedelta(hours=1))
    assert present(books(complete=True)) == [frozenset({"1"})]


@pytest.mark.parametrize(
    "text", [TWO.replace("2026-11-02", "whenever"), INVOICES.splitlines()[0] + "\n"], ids=["broken row", "no row"]
)
def test_a_list_that_is_not_whole_tells_nothing_of_what_is_missing(folder: Path, books: Open, text: str) -> None:
    put(folder / "invoices.csv", text)
    assert set(present(books(complete=True))) <= {None}


def test_beside_ubl_invoices_no_list_is_complete(folder: Path, books: Open) -> None:
    put(folder / "invoices.csv", TWO)
    put(folder / "7.xml", ubl(number="7", buyer="17"))
    assert present(books(complete=True)) == [None]
