"""Reversals and cancellation requests name what was sent, exactly, and are valid by the schema."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal

import pytest
from lxml import etree

from bankfiles.pain008 import Collection, Header
from bankfiles.read import Format, recognise
from bankfiles.recalls import (
    CancellationReason,
    ReversalReason,
    SentCollection,
    write_cancellation,
    write_reversal,
)

Make = Callable[..., Collection]
SchemaOf = Callable[[str], etree.XMLSchema]


def sent(make: Make) -> list[SentCollection]:
    return [
        SentCollection(make(1), "MSG-1", "MSG-1-1"),
        SentCollection(make(2, amount=Decimal("9.99"), instruction_id="I-2"), "MSG-1", "MSG-1-2"),
        SentCollection(make(3, debtor_bic="DEUTDEFF"), "MSG-1", "MSG-1-1"),
    ]


def ids(document: bytes) -> list[str]:
    return [element.text or "" for element in etree.fromstring(document).iter("{*}OrgnlEndToEndId")]


def test_a_reversal_gives_the_whole_amounts_back(header: Header, make: Make, schema: SchemaOf) -> None:
    out = io.BytesIO()
    told = write_reversal(header, sent(make), ReversalReason.DUPLICATE, out)
    assert (told.count, told.total) == (3, Decimal("250.99"))
    assert recognise(out.getvalue()) is Format.PAIN_007
    assert ids(out.getvalue()) == ["INV-2026-1", "INV-2026-3", "INV-2026-2"]
    assert out.getvalue().count(b"<OrgnlPmtInfId>") == 2
    schema("pain.007.001.08").assertValid(etree.fromstring(out.getvalue()))


def test_a_cancellation_request_may_reach_over_messages(header: Header, make: Make, schema: SchemaOf) -> None:
    out = io.BytesIO()
    both = [*sent(make), SentCollection(make(4), "MSG-2", "MSG-2-1")]
    told = write_cancellation(header, both, CancellationReason.TECHNICAL, out)
    assert (told.count, told.total) == (4, Decimal("371.49"))
    assert recognise(out.getvalue()) is Format.CAMT_055
    assert out.getvalue().count(b"<OrgnlMsgId>") == 3
    schema("camt.055.001.08").assertValid(etree.fromstring(out.getvalue()))


def test_a_reversal_of_two_messages_is_refused(header: Header, make: Make) -> None:
    both = [SentCollection(make(1), "MSG-1", "MSG-1-1"), SentCollection(make(2), "MSG-2", "MSG-2-1")]
    with pytest.raises(ValueError, match="one file for each"):
        write_reversal(header, both, ReversalReason.NOT_DUE, io.BytesIO())


def test_nothing_to_take_back_is_refused(header: Header) -> None:
    with pytest.raises(ValueError, match="one message"):
        write_reversal(header, [], ReversalReason.NOT_DUE, io.BytesIO())
    with pytest.raises(ValueError, match="nothing to cancel"):
        write_cancellation(header, [], CancellationReason.DUPLICATE, io.BytesIO())


def test_the_same_input_gives_the_same_bytes(header: Header, make: Make) -> None:
    first, second = io.BytesIO(), io.BytesIO()
    write_reversal(header, sent(make), ReversalReason.NOT_SAID, first)
    write_reversal(header, reversed(sent(make)), ReversalReason.NOT_SAID, second)
    assert sorted(ids(first.getvalue())) == sorted(ids(second.getvalue()))
    again = io.BytesIO()
    write_reversal(header, sent(make), ReversalReason.NOT_SAID, again)
    assert again.getvalue() == first.getvalue()
