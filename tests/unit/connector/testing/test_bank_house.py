"""The bank that answers: strict about what it takes, and what it writes is what the schemas say."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from lxml import etree

from bankfiles.pain008 import Collection, Creditor, Header, Scheme, SequenceType, write
from connector.testing.bank_house import BankHouse, Fate, Order, Refused, Told

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = date(2026, 12, 1)
ONE = Collection(
    end_to_end_id="E-1",
    amount=Decimal("10.50"),
    collection_date=DAY,
    sequence_type=SequenceType.RECURRENT,
    scheme=Scheme.CORE,
    creditor=Creditor("De Kroon", "BE65ZZZ0403199702", "BE71096123456769"),
    mandate_reference="M-1",
    mandate_signed_on=date(2026, 11, 1),
    debtor_name="Ada",
    debtor_iban="NL91ABNA0417164300",
    remittance="2026-1",
)
FATES = {"E-1": Told(Fate.PAID), "E-2": Told(Fate.REJECTED, "AC04"), "E-3": Told(Fate.RETURNED, "AM04")}


def _file(*collections: Collection, message_id: str = "MSG-1") -> bytes:
    out = io.BytesIO()
    write(Header(message_id, NOW, "De Kroon"), collections, out)
    return out.getvalue()


def _fate(order: Order) -> Told:
    return FATES[order.end_to_end_id]


@pytest.fixture
def house() -> BankHouse:
    return BankHouse(_fate)


def test_what_it_answers_is_valid_by_the_schemas(house: BankHouse, schema: Callable[[str], etree.XMLSchema]) -> None:
    report = house.take(_file(ONE, replace(ONE, end_to_end_id="E-2"), replace(ONE, end_to_end_id="E-3")), NOW)
    statement, returns = house.statement(DAY, NOW), house.returns(DAY, NOW)
    assert statement is not None
    assert returns is not None
    schema("pain.002.001.10").assertValid(etree.fromstring(report))
    for answer in (statement, returns):
        schema("camt.053.001.08").assertValid(etree.fromstring(answer))
    assert [order.end_to_end_id for order in house.orders] == ["E-1", "E-2", "E-3"]


def test_a_day_without_collections_has_no_statement(house: BankHouse) -> None:
    house.take(_file(ONE), NOW)
    assert house.statement(date(2026, 12, 2), NOW) is None
    assert house.returns(DAY, NOW) is None


def test_a_message_is_taken_once(house: BankHouse) -> None:
    house.take(_file(ONE), NOW)
    with pytest.raises(Refused, match="MSG-1 was handed in before"):
        house.take(_file(ONE), NOW)


def test_a_collection_is_taken_once_whatever_the_message(house: BankHouse) -> None:
    house.take(_file(ONE), NOW)
    with pytest.raises(Refused, match="E-1 was handed in before"):
        house.take(_file(ONE, message_id="MSG-2"), NOW)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        (b"<CtrlSum>10.50</CtrlSum>", b"<CtrlSum>10.51</CtrlSum>", "Number or sum"),
        (b"<NbOfTxs>1</NbOfTxs>", b"<NbOfTxs>2</NbOfTxs>", "Number or sum"),
        (b"NL91ABNA0417164300", b"NL00ABNA0417164300", "can't exist"),
        (b"DrctDbtTxInf>", b"Other>", "no collection"),
        (b"</Document>", b"", "Not a readable file"),
    ],
)
def test_a_wrong_file_is_refused(house: BankHouse, old: bytes, new: bytes, match: str) -> None:
    with pytest.raises(Refused, match=match):
        house.take(_file(ONE).replace(old, new), NOW)
