"""What every accounting package must hold to: rules that an adapter joins with one class and one fixture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from hashlib import sha256
from typing import Any

import pytest

from bankfiles.pain008.model import Scheme
from connector.errors import Skippable, Unsupported
from connector.model.customer import Customer, Language, RecordKey
from connector.model.effect import EffectKind
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.mandate import Mandate, MandateEvent, MandateEventKind, MandateState, MandateType
from connector.ports import (
    AccountingPackage,
    Batch,
    Document,
    Feed,
    Payment,
    PaymentReturn,
    Remark,
    RemarkKind,
    SignedMandate,
)
from tests.contract.any_adapter import AdapterContract, closing_all
from tests.contract.worlds import AccountingWorld

IBAN = "BE71096123456769"
OTHER_IBAN = "BE43068999999501"
PDF = b"%PDF-1.7 a signed mandate"


def customer_batches(package: AccountingPackage, cursor: str = "") -> list[Batch[Customer]]:
    """Everything of the customers feed since a cursor."""
    return list(package.read_customers(cursor))


def invoice_batches(package: AccountingPackage, cursor: str = "") -> list[Batch[Invoice]]:
    """Everything of the invoices feed since a cursor."""
    return list(package.read_invoices(cursor))


def mandate_batches(package: AccountingPackage, cursor: str = "") -> list[Batch[MandateEvent]]:
    """Everything of the mandates feed since a cursor."""
    return list(package.read_mandates(cursor))


def customers(package: AccountingPackage, cursor: str = "") -> dict[RecordKey, Customer]:
    """Customers since a cursor, by key; the latest of each."""
    return {record.key: record for batch in customer_batches(package, cursor) for record in batch.records}


def invoices(package: AccountingPackage, cursor: str = "") -> dict[RecordKey, Invoice]:
    """Invoices since a cursor, by key; the latest of each."""
    return {record.key: record for batch in invoice_batches(package, cursor) for record in batch.records}


def pull(package: AccountingPackage) -> tuple[str, str]:
    """Read both feeds as the engine does, and say that they are stored. Returns the two cursors."""
    customers_at = invoices_at = ""
    for of_customers in package.read_customers(""):
        customers_at = of_customers.cursor
        package.handled(Feed.CUSTOMERS, customers_at)
    for of_invoices in package.read_invoices(""):
        invoices_at = of_invoices.cursor
        package.handled(Feed.INVOICES, invoices_at)
    return customers_at, invoices_at


Reopen = Callable[[], AccountingPackage]
"""Opens a new adapter on the same package, as after a restart."""


class OpeningContract:
    """How the rules below come to an adapter."""

    @pytest.fixture
    def reopen(self, world: AccountingWorld) -> Iterator[Reopen]:
        with closing_all(world.open) as reopen:
            yield reopen

    @pytest.fixture
    def package(self, reopen: Reopen) -> AccountingPackage:
        return reopen()


class ReadingContract(OpeningContract):
    """Feeds: whole, resumable, honest about what they could not read."""

    def test_the_required_methods_are_there(self, package: AccountingPackage) -> None:
        assert isinstance(package, AccountingPackage)
        assert type(package).read_customers is not AccountingPackage.read_customers
        assert type(package).read_invoices is not AccountingPackage.read_invoices

    def test_keys_name_the_source_and_an_id(self, package: AccountingPackage) -> None:
        keys = [*customers(package), *invoices(package)]
        assert keys
        assert all(key.source == package.name and key.id == key.id.strip() and key.id for key in keys)

    def test_keys_are_the_same_after_a_restart(self, package: AccountingPackage, reopen: Reopen) -> None:
        again = reopen()
        assert list(customers(package)) == list(customers(again))
        assert list(invoices(package)) == list(invoices(again))

    def test_the_world_has_what_the_rules_need(self, package: AccountingPackage) -> None:
        found = invoices(package).values()
        assert len(customers(package)) >= 2
        assert sum(invoice.kind is InvoiceKind.INVOICE and invoice.currency == "EUR" for invoice in found) >= 2
        assert any(invoice.kind is InvoiceKind.CREDIT_NOTE for invoice in found)

    def test_every_invoice_names_a_customer_of_its_source(self, package: AccountingPackage) -> None:
        assert {invoice.customer for invoice in invoices(package).values()} <= set(customers(package))

    def test_amounts_are_exact_and_not_negative(self, package: AccountingPackage) -> None:
        for invoice in invoices(package).values():
            assert isinstance(invoice.total, Decimal)
            assert isinstance(invoice.open_amount, Decimal)
            assert 0 <= invoice.open_amount <= invoice.total
            assert invoice.total == invoice.total.quantize(Decimal("0.01"))

    def test_dates_are_dates_and_currencies_are_codes(self, package: AccountingPackage) -> None:
        for invoice in invoices(package).values():
            assert type(invoice.issued_on) is date
            assert type(invoice.due_on) is date
            assert len(invoice.currency) == 3
            assert invoice.currency.isupper()

    def test_texts_are_texts(self, package: AccountingPackage) -> None:
        for customer in customers(package).values():
            assert customer.name == customer.name.strip() != ""
            for text in (customer.number, customer.email, customer.enterprise_number, *_address(customer)):
                assert isinstance(text, str)
            assert customer.iban is None or " " not in customer.iban

    def test_every_batch_carries_a_cursor(self, package: AccountingPackage) -> None:
        for batch in (*customer_batches(package), *invoice_batches(package)):
            assert isinstance(batch.cursor, str)
            assert isinstance(batch.records, tuple)
            assert isinstance(batch.faults, tuple)

    def test_from_any_cursor_on_nothing_is_missed(self, package: AccountingPackage) -> None:
        def misses_nothing(read: Callable[[str], Sequence[Batch[Customer | Invoice]]]) -> None:
            batches = read("")
            every = {record.key for batch in batches for record in batch.records}
            seen: set[RecordKey] = set()
            for batch in batches:
                seen |= {record.key for record in batch.records}
                assert seen | {record.key for rest in read(batch.cursor) for record in rest.records} == every

        misses_nothing(lambda cursor: customer_batches(package, cursor))
        misses_nothing(lambda cursor: invoice_batches(package, cursor))

    def test_a_resumed_feed_comes_to_rest(self, reopen: Reopen) -> None:
        """Records of the last moment may come again, but the cursor does not run away."""
        package = reopen()
        every = invoices(package).keys()
        _, cursor = pull(package)
        rest = invoice_batches(package, cursor)
        assert {record.key for batch in rest for record in batch.records} <= every
        at = rest[-1].cursor if rest else cursor
        again = invoice_batches(package, at)
        assert (again[-1].cursor if again else at) == at

    def test_a_change_comes_through_a_resumed_feed(self, world: AccountingWorld, reopen: Reopen) -> None:
        package = reopen()
        _, cursor = pull(package)
        changed = world.change()
        assert RecordKey(package.name, changed) in invoices(package, cursor)

    def test_a_change_comes_after_a_restart_too(self, world: AccountingWorld, reopen: Reopen) -> None:
        package = reopen()
        _, cursor = pull(package)
        package.close()
        changed = world.change()
        again = reopen()
        assert RecordKey(again.name, changed) in invoices(again, cursor)

    def test_a_fault_does_not_stop_the_feed(self, world: AccountingWorld, package: AccountingPackage) -> None:
        before = {**customers(package), **invoices(package)}
        if not world.spoil():
            pytest.skip("this package can't hold an unreadable record")
        batches: list[Batch[Customer | Invoice]] = [*customer_batches(package), *invoice_batches(package)]
        faults = [fault for batch in batches for fault in batch.faults]
        assert faults
        for fault in faults:
            assert fault.record
            assert fault.where
            assert fault.why
            assert fault.remedy
        good = {record.key for batch in batches for record in batch.records}
        assert len(before.keys() - good) <= 1
        assert good

    def test_a_fault_has_the_same_name_when_it_comes_again(self, world: AccountingWorld, reopen: Reopen) -> None:
        if not world.spoil():
            pytest.skip("this package can't hold an unreadable record")

        def names() -> list[str]:
            package = reopen()
            batches = [*customer_batches(package), *invoice_batches(package)]
            return [fault.record for batch in batches for fault in batch.faults]

        assert names() == names()

    def test_reading_changes_nothing(self, world: AccountingWorld, package: AccountingPackage) -> None:
        before = world.picture()
        customer_batches(package)
        invoice_batches(package)
        list(package.check())
        assert world.picture() == before

    def test_handled_may_be_said_twice_and_after_a_restart(self, world: AccountingWorld, reopen: Reopen) -> None:
        package = reopen()
        of_customers = customer_batches(package)[-1].cursor
        of_invoices = invoice_batches(package)[-1].cursor
        for one in (package, package, reopen()):
            one.handled(Feed.CUSTOMERS, of_customers)
            one.handled(Feed.INVOICES, of_invoices)
        changed = world.change()
        assert RecordKey(package.name, changed) in invoices(reopen(), of_invoices)


class WritingContract(OpeningContract):
    """Writing back: a key makes a change once; what can't be done is said."""

    @pytest.fixture
    def invoice(self, package: AccountingPackage) -> Invoice:
        return next(
            invoice
            for invoice in invoices(package).values()
            if invoice.kind is InvoiceKind.INVOICE and invoice.currency == "EUR" and invoice.open_amount > 0
        )

    def test_a_mandate_is_stored_once(self, world: AccountingWorld, invoice: Invoice) -> None:
        _once(
            world,
            "store_mandates",
            EffectKind.STORE_MANDATE,
            "KIT-1",
            lambda package: stored(package, mandate_of(invoice.customer), document()),
        )

    def test_one_bad_mandate_is_answered_in_its_place_and_the_rest_is_stored(
        self, package: AccountingPackage, invoice: Invoice, reopen: Reopen
    ) -> None:
        if not type(package).features()["store_mandates"]:
            pytest.skip("this package does not take mandates")
        first = mandate_of(invoice.customer)
        bad, second = replace(first, reference="KIT-2", iban=None, signed_on=None), replace(first, reference="KIT-3")
        answers = list(package.store_mandates([SignedMandate(one, None) for one in (first, bad, second)]))
        assert [isinstance(answer, Skippable) for answer in answers] == [False, True, False]
        assert answers[0] != answers[2]
        if type(package).features()["look_up"]:
            again = reopen()
            found = [again.look_up(EffectKind.STORE_MANDATE, key) for key in ("KIT-1", "KIT-2", "KIT-3")]
            assert found == [answers[0], None, answers[2]]

    @pytest.mark.parametrize(
        "changes",
        [{"state": MandateState.CANCELLED}, {"state": MandateState.SUSPENDED}, {"iban": OTHER_IBAN}],
        ids=["cancelled", "suspended", "other account"],
    )
    def test_a_mandate_is_brought_up_to_date_in_its_place(
        self, world: AccountingWorld, package: AccountingPackage, invoice: Invoice, changes: dict[str, Any]
    ) -> None:
        """A package that can't follow a change says so for that mandate alone."""
        if not type(package).features()["store_mandates"]:
            pytest.skip("this package does not take mandates")
        mandate = mandate_of(invoice.customer)
        first = stored(package, mandate, document())
        changed = SignedMandate(replace(mandate, **changes), document())
        (answer,) = package.store_mandates([changed])
        assert isinstance(answer, Skippable) or answer == first
        after = world.picture()
        assert list(package.store_mandates([changed])) == [answer] or isinstance(answer, Skippable)
        assert world.picture() == after

    def test_a_remark_is_shown_once_and_taken_away_once(self, world: AccountingWorld, invoice: Invoice) -> None:
        for remark in (attention(invoice), planned(invoice)):
            for one, word in ((remark, "open"), (replace(remark, open=False), "closed")):
                _once(world, "show", EffectKind.SHOW, f"{one.key}/{word}", partial(_show, one))

    def test_what_a_user_does_to_a_mandate_is_told(
        self, world: AccountingWorld, invoice: Invoice, reopen: Reopen
    ) -> None:
        package = reopen()
        features = type(package).features()
        if not features["read_mandates"] or not features["store_mandates"]:
            pytest.skip("this package does not tell of mandates")
        stored(package, mandate_of(invoice.customer), document())
        before = mandate_batches(package)
        cursor = before[-1].cursor if before else ""
        if not world.cancel_mandate("KIT-1"):
            pytest.skip("users can't cancel a mandate here")
        told = [event for batch in mandate_batches(reopen(), cursor) for event in batch.records]
        cancelled = [event for event in told if event.kind is MandateEventKind.CANCELLED]
        assert [event.reference for event in cancelled] == ["KIT-1"]
        every = [event for batch in mandate_batches(reopen()) for event in batch.records]
        assert cancelled[0].id in {event.id for event in every}

    def test_a_payment_is_registered_once(self, world: AccountingWorld, invoice: Invoice) -> None:
        with_mandate(world, invoice.customer)
        _once(
            world,
            "register_payment",
            EffectKind.REGISTER_PAYMENT,
            "KIT-E1/1",
            lambda package: package.register_payment(payment_of(invoice)),
        )

    def test_a_return_is_registered_once(self, world: AccountingWorld, invoice: Invoice, reopen: Reopen) -> None:
        package = reopen()
        if not type(package).features()["register_return"]:
            pytest.skip("this package does not take returns")
        with_mandate(world, invoice.customer)
        payment_id = package.register_payment(payment_of(invoice))
        package.close()
        _once(
            world,
            "register_return",
            EffectKind.REGISTER_RETURN,
            "KIT-E1/1/R",
            lambda package: package.register_return(return_of(invoice, payment_id)),
        )

    def test_a_payment_and_its_return_have_keys_of_their_own(
        self, world: AccountingWorld, invoice: Invoice, reopen: Reopen
    ) -> None:
        package = reopen()
        if not type(package).features()["register_return"] or not type(package).features()["look_up"]:
            pytest.skip("this package does not take returns, or can't be asked")
        with_mandate(world, invoice.customer)
        package.register_payment(payment_of(invoice))
        assert package.look_up(EffectKind.REGISTER_RETURN, "KIT-E1/1") is None

    def test_what_is_not_supported_says_so(self, package: AccountingPackage, invoice: Invoice) -> None:
        calls: dict[str, Callable[[], object]] = {
            "read_mandates": lambda: list(package.read_mandates("")),
            "store_mandates": lambda: stored(package, mandate_of(invoice.customer), None),
            "register_payment": lambda: package.register_payment(payment_of(invoice)),
            "register_return": lambda: package.register_return(return_of(invoice, "1")),
            "show": lambda: package.show(attention(invoice)),
            "look_up": lambda: package.look_up(EffectKind.STORE_MANDATE, "KIT-1"),
        }
        features = type(package).features()
        assert features.keys() == calls.keys()
        for name, supported in features.items():
            if not supported:
                with pytest.raises(Unsupported) as caught:
                    calls[name]()
                assert (caught.value.adapter, caught.value.feature) == (package.name, name)


class AccountingContract(ReadingContract, WritingContract, AdapterContract):
    """All rules for an accounting package."""

    @pytest.fixture
    def world(self) -> AccountingWorld:
        """The other side; the joining class gives it."""
        raise NotImplementedError


def _once(
    world: AccountingWorld, feature: str, kind: EffectKind, key: str, change: Callable[[AccountingPackage], str]
) -> None:
    """The change is not there, is made, is found, and is not made again - also not after a restart."""
    with closing_all(world.open) as reopen:
        package = reopen()
        if not type(package).features()[feature]:
            pytest.skip(f"this package does not support {feature}")
        can_ask = type(package).features()["look_up"]
        if can_ask:
            assert package.look_up(kind, key) is None
        made = change(package)
        assert made
        after = world.picture()
        for again in (package, reopen()):
            assert change(again) == made
            assert world.picture() == after
        if can_ask:
            last = reopen()
            assert last.look_up(kind, key) == made
            assert last.look_up(kind, f"{key}0") is None


def with_mandate(world: AccountingWorld, customer: RecordKey) -> None:
    """Some packages register payments only under a mandate that they know."""
    package = world.open()
    if type(package).features()["store_mandates"]:
        stored(package, mandate_of(customer), document())
    package.close()


def stored(package: AccountingPackage, mandate: Mandate, signed: Document | None) -> str:
    """Store one mandate. Returns the package's id of it.

    Raises:
        Skippable: the package refuses it.
    """
    (answer,) = package.store_mandates([SignedMandate(mandate, signed)])
    if isinstance(answer, Skippable):
        raise answer
    return answer


def attention(invoice: Invoice) -> Remark:
    """A matter for a person, on a customer."""
    return Remark(
        key="KIT-A",
        kind=RemarkKind.ATTENTION,
        feed=Feed.CUSTOMERS,
        on=invoice.customer,
        title="Direct debit: the customer has no e-mail address",
        text="Add the e-mail address.",
        open=True,
    )


def planned(invoice: Invoice) -> Remark:
    """A collection to come, on an invoice."""
    return Remark(
        key="KIT-C",
        kind=RemarkKind.COLLECTION,
        feed=Feed.INVOICES,
        on=invoice.key,
        title="Direct debit on 2026-12-03",
        text="50.00 EUR under mandate KIT-1.",
        open=True,
        mandate_reference="KIT-1",
        collection_date=date(2026, 12, 3),
        amount=invoice.open_amount,
    )


def _show(remark: Remark, package: AccountingPackage) -> str:
    return package.show(remark)


def mandate_of(customer: RecordKey) -> Mandate:
    """A signed mandate."""
    return Mandate(
        reference="KIT-1",
        creditor="main",
        customer=customer,
        scheme=Scheme.CORE,
        type=MandateType.RECURRENT,
        state=MandateState.ACTIVE,
        language=Language.DUTCH,
        debtor_name="Zoë Peeters",
        iban=IBAN,
        signed_on=date(2026, 11, 2),
        method="mail-code",
        document=sha256(PDF).hexdigest(),
    )


def document() -> Document:
    """Its document."""
    return Document("KIT-1.pdf", "application/pdf", PDF, sha256(PDF).hexdigest())


def payment_of(invoice: Invoice) -> Payment:
    """The whole open amount of an invoice, paid."""
    return Payment(
        key="KIT-E1/1",
        customer=invoice.customer,
        invoice=invoice.key,
        invoice_number=invoice.number,
        amount=invoice.open_amount,
        paid_on=date(2026, 11, 20),
        mandate_reference="KIT-1",
        end_to_end_id="KIT-E1",
        bank_reference="KIT-B1",
    )


def return_of(invoice: Invoice, payment_id: str) -> PaymentReturn:
    """The same payment, taken back."""
    return PaymentReturn(
        key="KIT-E1/1/R",
        payment="KIT-E1/1",
        payment_id=payment_id,
        customer=invoice.customer,
        invoice=invoice.key,
        invoice_number=invoice.number,
        amount=invoice.open_amount,
        returned_on=date(2026, 11, 23),
        reason_code="AM04",
        reason_text="Insufficient funds",
        end_to_end_id="KIT-E1",
        charges=Decimal("1.50"),
    )


def _address(customer: Customer) -> tuple[str, ...]:
    address = customer.address
    return (address.country, address.town, address.postcode, address.street)
