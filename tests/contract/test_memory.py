"""The doubles in memory hold to the contracts: what is tested on them holds for real parts."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bankfiles.pain008.model import Scheme
from connector.model.customer import Customer, Language, PostalAddress, RecordKey
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.mandate import MandateEventKind, MandateType
from connector.ports import (
    AccountingPackage,
    AdapterSettings,
    BankChannel,
    CreditorCard,
    Fault,
    InvitationRequest,
    MandateService,
    Surroundings,
)
from connector.testing.accounting import MemoryPackage
from connector.testing.bank import MemoryBank
from connector.testing.mandates import MemoryMandateService
from tests.contract.kits import (
    AccountingContract,
    AccountingWorld,
    BankContract,
    BankWorld,
    MandateServiceContract,
    MandateWorld,
)

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


def surroundings(name: str) -> Surroundings:
    return Surroundings(name, lambda: NOW, Path("unused"))


def customer(id_: str) -> Customer:
    return Customer(RecordKey("memory", id_), f"Customer {id_}")


def invoice(number: str, open_amount: str = "50.00", kind: InvoiceKind = InvoiceKind.INVOICE) -> Invoice:
    return Invoice(
        RecordKey("memory", number),
        RecordKey("memory", "17"),
        number,
        kind,
        date(2026, 11, 1),
        date(2026, 12, 1),
        Decimal("50.00"),
        Decimal(open_amount),
    )


class MemoryAccountingWorld(AccountingWorld):
    """The double is its own other side."""

    def __init__(self) -> None:
        self.package = MemoryPackage(AdapterSettings(), surroundings("memory"))
        for id_ in ("17", "18"):
            self.package.put_customer(customer(id_))
        self.package.put_invoice(invoice("1"))
        self.package.put_invoice(invoice("2"))
        self.package.put_invoice(invoice("3", kind=InvoiceKind.CREDIT_NOTE))

    def open(self) -> AccountingPackage:
        return self.package

    def change(self) -> str:
        self.package.put_invoice(invoice("2", "0.00"))
        return "2"

    def spoil(self) -> bool:
        self.package.put_fault(Fault("customer 19", "field iban", "x", "It is no IBAN.", "Correct it."))
        return True

    def cancel_mandate(self, reference: str) -> bool:
        self.package.change_mandate(reference, MandateEventKind.CANCELLED)
        return True

    def picture(self) -> object:
        package = self.package
        kept = (package.mandates, package.payments, package.returns, package.remarks)
        return deepcopy(kept), self.package.invoice("1"), self.package.invoice("2")


class MemoryMandateWorld(MandateWorld):
    """Debtors sign by a call."""

    def __init__(self) -> None:
        self.service = MemoryMandateService(AdapterSettings(), surroundings("memory"))

    def open(self) -> MandateService:
        return self.service

    def request(self, reference: str) -> InvitationRequest:
        return InvitationRequest(
            reference,
            CreditorCard("Creditor", "BE69ZZZ0123456749", PostalAddress("BE")),
            customer("17"),
            Language.DUTCH,
            Scheme.CORE,
            MandateType.RECURRENT,
            datetime(2026, 12, 24, tzinfo=UTC),
        )

    def sign(self, reference: str) -> None:
        self.service.sign(reference, "BE71096123456769", date(2026, 11, 24))


class MemoryBankWorld(BankWorld):
    """The bank is the double itself."""

    def __init__(self) -> None:
        self.bank = MemoryBank(AdapterSettings(), surroundings("memory"))

    def open(self) -> BankChannel:
        return self.bank

    def received(self) -> Mapping[str, bytes]:
        return self.bank.received

    def leave(self, name: str, content: bytes) -> None:
        self.bank.put(name, content)


class TestMemoryPackage(AccountingContract):
    @pytest.fixture
    def world(self) -> AccountingWorld:
        return MemoryAccountingWorld()


class TestMemoryMandateService(MandateServiceContract):
    @pytest.fixture
    def world(self) -> MandateWorld:
        return MemoryMandateWorld()


class TestMemoryBank(BankContract):
    @pytest.fixture
    def world(self) -> BankWorld:
        return MemoryBankWorld()
