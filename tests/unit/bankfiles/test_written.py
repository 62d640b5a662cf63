"""What is written stays what it is, byte by byte: golden files of every message that we write.

To accept a change, delete the file and run with GOLDEN=write; a file that exists is never overwritten.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

import pytest

from bankfiles.mandates import (
    Acceptance,
    Change,
    ElectronicMandate,
    Withdrawal,
    write_acceptance,
    write_amendment,
    write_cancellation,
    write_initiation,
)
from bankfiles.pain008 import (
    Address,
    Amendment,
    Collection,
    Header,
    ReferenceIssuer,
    Scheme,
    SequenceType,
    StructuredReference,
    write,
)
from bankfiles.profile import NEUTRAL
from bankfiles.recalls import CancellationReason, ReversalReason, SentCollection, write_reversal
from bankfiles.recalls import write_cancellation as write_cancellation_request

GOLDEN = Path(__file__).parents[2] / "golden" / "bankfiles" / "written"

Make = Callable[..., Collection]


def _pain008(version: str) -> Callable[[Header, Make, BinaryIO], object]:
    def written(header: Header, make: Make, out: BinaryIO) -> object:
        collections = [
            make(1, debtor_bic="DEUTDEFF", purpose="OTHR", debtor_name="Zoë & Söhne"),
            make(2, amendment=Amendment("OLD-2", "Old Name", "FR72ZZZ123456", "BE15539000000030")),
            make(3, amendment=Amendment(same_mandate_new_account=True), sequence_type=SequenceType.FINAL),
            make(4, remittance=StructuredReference("RF18539007547034", ReferenceIssuer.ISO)),
            make(5, remittance=StructuredReference("090933755493", ReferenceIssuer.BBA)),
            make(6, collection_date=date(2026, 12, 2), debtor_address=Address("DE", "Berlin", lines=("Hof 1",))),
        ]
        return write(header, collections, out, profile=replace(NEUTRAL, version=version))

    return written


def _sent(make: Make) -> list[SentCollection]:
    return [SentCollection(make(1), "MSG-1", "MSG-1-1"), SentCollection(make(2), "MSG-1", "MSG-1-2")]


def _mandate(make: Make) -> ElectronicMandate:
    return ElectronicMandate("MANDATE-7", "REQ-7", Scheme.CORE, True, make().creditor, "Jan", "BE15539000000030")


MESSAGES: dict[str, Callable[[Header, Make, BinaryIO], object]] = {
    "pain.008.001.08": _pain008("pain.008.001.08"),
    "pain.008.001.02": _pain008("pain.008.001.02"),
    "pain.007.001.08": lambda header, make, out: write_reversal(header, _sent(make), ReversalReason.DUPLICATE, out),
    "camt.055.001.08": lambda header, make, out: write_cancellation_request(
        header, _sent(make), CancellationReason.TECHNICAL, out
    ),
    "pain.009.001.08": lambda header, make, out: write_initiation(header, [_mandate(make)], out),
    "pain.010.001.08": lambda header, make, out: write_amendment(header, [Change(_mandate(make), "OLD", "MD17")], out),
    "pain.011.001.08": lambda header, make, out: write_cancellation(header, [Withdrawal("MANDATE-7", "MD16")], out),
    "pain.012.001.08": lambda header, make, out: write_acceptance(header, [Acceptance("M", False, "AC04", "no")], out),
}


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_is_written_as_before(message: str, header: Header, make: Make) -> None:
    out = io.BytesIO()
    MESSAGES[message](header, make, out)
    path = GOLDEN / f"{message}.xml"
    if not path.exists() and os.environ.get("GOLDEN") == "write":
        path.write_bytes(out.getvalue())
    assert out.getvalue() == path.read_bytes()
