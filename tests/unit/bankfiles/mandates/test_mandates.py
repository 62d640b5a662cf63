"""Mandate messages are valid by the schema and read back as they were written."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from bankfiles.answers import Unreadable
from bankfiles.mandates import (
    Acceptance,
    Change,
    ElectronicMandate,
    MandateMessage,
    Withdrawal,
    read_mandates,
    write_acceptance,
    write_amendment,
    write_cancellation,
    write_initiation,
)
from bankfiles.pain008 import Creditor, Header, Scheme
from bankfiles.read import recognise

CREDITOR = Creditor("Café <De Kroon> & Co", "BE65ZZZ0403199702", "BE68539007547034", "TRIOBEBB")
FULL = ElectronicMandate(
    reference="MANDATE-7",
    request_id="REQ-7",
    scheme=Scheme.B2B,
    is_recurrent=True,
    creditor=CREDITOR,
    debtor_name="Jan & Zonen",
    debtor_iban="NL91ABNA0417164300",
    debtor_bic="ABNANL2A",
    signed_on=date(2026, 11, 20),
    max_amount=Decimal("500.00"),
    reason="Energy contract",
)
BARE = ElectronicMandate(
    reference="M-8",
    request_id="REQ-8",
    scheme=Scheme.CORE,
    is_recurrent=False,
    creditor=replace(CREDITOR, bic=None),
    debtor_name="Eva",
)

CASES: list[tuple[MandateMessage, Callable[..., int], list[Any]]] = [
    (MandateMessage.INITIATION, write_initiation, [FULL, BARE]),
    (MandateMessage.AMENDMENT, write_amendment, [Change(FULL, "OLD-7", "MD17"), Change(BARE, "M-8", "NewAccount")]),
    (MandateMessage.CANCELLATION, write_cancellation, [Withdrawal("MANDATE-7", "MD16"), Withdrawal("M-8", "Moved")]),
    (
        MandateMessage.ACCEPTANCE,
        write_acceptance,
        [
            Acceptance("MANDATE-7", True, None, "", "MSG-9", "pain.009.001.08"),
            Acceptance("M-8", False, "AC04", "closed & gone"),
        ],
    ),
]


@pytest.mark.parametrize(("message", "write", "events"), CASES, ids=lambda value: str(value)[:15])
def test_what_is_written_is_valid_and_reads_back_the_same(
    message: MandateMessage,
    write: Callable[..., int],
    events: list[Any],
    header: Header,
    schema: Callable[[str], etree.XMLSchema],
) -> None:
    out = io.BytesIO()
    assert write(replace(header, initiating_party_id="0403199702"), events, out) == len(events)
    assert recognise(out.getvalue()) == message.rpartition(".001")[0]
    out.seek(0)
    assert list(read_mandates(out)) == events
    schema(message).assertValid(etree.fromstring(out.getvalue()))


@pytest.mark.parametrize(("message", "write", "events"), CASES, ids=lambda value: str(value)[:15])
def test_an_empty_message_is_refused(
    message: MandateMessage, write: Callable[..., int], events: list[Any], header: Header
) -> None:
    with pytest.raises(ValueError, match="at least one"):
        write(header, [], io.BytesIO())


@pytest.mark.parametrize(
    "changes", [{"reference": "a//b"}, {"debtor_iban": "NL92ABNA0417164300"}, {"request_id": "x" * 36}]
)
def test_a_wrong_identifier_is_refused_before_anything_is_written(changes: dict[str, Any], header: Header) -> None:
    out = io.BytesIO()
    with pytest.raises(ValueError, match=r"slash|mistyped|36 characters"):
        write_initiation(header, [replace(FULL, **changes)], out)
    assert out.getvalue() == b""


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(header: Header) -> None:
    out = io.BytesIO()
    write_acceptance(header, [Acceptance("A", True), Acceptance("B", False)], out)
    text = out.getvalue().replace(b"true", b"perhaps")
    first, second = read_mandates(io.BytesIO(text))
    assert isinstance(first, Unreadable)
    assert second == Acceptance("B", False)
    assert isinstance(list(read_mandates(io.BytesIO(text[:-30])))[-1], Unreadable)
    out = io.BytesIO()
    write_initiation(header, [FULL], out)
    (only,) = read_mandates(io.BytesIO(out.getvalue().replace(b">B2B<", b">COR1<")))
    assert isinstance(only, Unreadable)
