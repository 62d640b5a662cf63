"""The adapter in docs/adding-an-adapter.md is run as it stands there."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from connector.errors import Retriable, Unsupported
from connector.model.customer import RecordKey
from connector.model.effect import EffectKind
from connector.ports import AccountingPackage, Payment, Surroundings

GUIDE = Path(__file__).parents[3] / "docs" / "adding-an-adapter.md"
EXPORT = {
    "customers": [{"id": "c1", "name": "Peeters", "email": "peeters@example.org"}, {"id": "c2"}],
    "invoices": [
        {"id": "i1", "customer": "c1", "number": "F-1", "kind": "invoice"}
        | {"date": "2026-11-01", "due": "2026-12-01", "total": 121.10, "open": 21.10},
        {"id": "i2", "customer": "c1", "number": "F-2", "kind": "letter"},
    ],
}
PAYMENT = Payment(
    key="E2E-1/1",
    customer=RecordKey("books", "c1"),
    invoice=RecordKey("books", "i1"),
    invoice_number="F-1",
    amount=Decimal("21.10"),
    paid_on=date(2026, 12, 1),
    mandate_reference="M-1",
    end_to_end_id="E2E-1",
    bank_reference="B-1",
)


@pytest.fixture
def package(tmp_path: Path) -> Iterator[AccountingPackage]:
    """Ledgerbook, with an export that holds a customer, an invoice, and one of each that can't be read."""
    code = re.search(r"^```python\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert code
    room = tmp_path / "ledgerbook.py"
    room.write_text(code[1], encoding="utf-8")
    spec = importlib.util.spec_from_file_location("ledgerbook", room)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "export.json").write_text(json.dumps(EXPORT))
    settings = module.LedgerbookSettings(folder=folder)
    surroundings = Surroundings("books", lambda: datetime(2026, 11, 24, tzinfo=UTC), tmp_path)
    adapter = module.LedgerbookPackage(settings, surroundings)
    assert isinstance(adapter, AccountingPackage)
    yield adapter
    del sys.modules[spec.name]


def test_what_can_be_read_is_read_exactly(package: AccountingPackage) -> None:
    (customers,) = package.read_customers("")
    (invoices,) = package.read_invoices("")
    assert [customer.key for customer in customers.records] == [RecordKey("books", "c1")]
    assert [invoice.open_amount for invoice in invoices.records] == [Decimal("21.10")]


def test_what_cannot_be_read_is_told_and_does_not_stop_the_rest(package: AccountingPackage) -> None:
    (customers,) = package.read_customers("")
    (invoices,) = package.read_invoices("")
    assert [fault.record for fault in customers.faults + invoices.faults] == ["customers c2", "invoices i2"]


def test_an_export_that_did_not_change_is_not_read_again(package: AccountingPackage) -> None:
    (first,) = package.read_customers("")
    assert list(package.read_customers(first.cursor)) == []


def test_an_export_that_is_not_there_can_be_tried_again_later(package: AccountingPackage, tmp_path: Path) -> None:
    assert [probe.ok for probe in package.check()] == [True]
    (tmp_path / "export" / "export.json").unlink()
    assert [probe.ok for probe in package.check()] == [False]
    with pytest.raises(Retriable):
        list(package.read_invoices(""))


def test_a_payment_is_registered_once_and_found_again(package: AccountingPackage, tmp_path: Path) -> None:
    assert package.look_up(EffectKind.REGISTER_PAYMENT, PAYMENT.key) is None
    first = package.register_payment(PAYMENT)
    assert package.register_payment(PAYMENT) == first
    assert package.look_up(EffectKind.REGISTER_PAYMENT, PAYMENT.key) == first
    with pytest.raises(Unsupported):
        package.look_up(EffectKind.STORE_MANDATE, "M-1")
    assert len(list((tmp_path / "export" / "payments").iterdir())) == 1


def test_what_it_leaves_out_is_known_beforehand(package: AccountingPackage) -> None:
    assert package.features() == {
        "store_mandate": False,
        "register_payment": True,
        "register_return": False,
        "look_up": True,
    }
