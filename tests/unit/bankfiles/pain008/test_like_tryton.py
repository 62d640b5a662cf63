"""Our pain.008 says the same as the one that Tryton's SEPA module writes for the same collections."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from bankfiles.pain008 import Collection, Header, check, write
from tests.counterparts.tryton import environment
from tests.support.live import missing

PROGRAM = Path(__file__).with_name("render_with_tryton.py")

# Where the two differ, and why that is right on our side.
EXPLAINED = {
    "GrpHdr/CreDtTm": "Tryton takes the wall clock; ours is passed in.",
    "PmtInf/CdtrSchmeId/Nm": "The EPC guidelines give the scheme identification no name; the creditor has it already.",
}


def facts(document: bytes) -> list[tuple[str, str]]:
    """Path and text of every leaf, in order; amounts with their currency."""
    root = etree.fromstring(document)
    told = []
    for leaf in root.iter(etree.Element):
        if len(leaf):
            continue
        tags = [etree.QName(one).localname for one in (leaf, *leaf.iterancestors())][:-2]
        text = (leaf.text or "").strip()
        told.append(("/".join(reversed(tags)), f"{text} {leaf.get('Ccy', '')}".strip()))
    return told


def tryton_writes(collections: list[Collection], message_id: str) -> bytes:
    first = collections[0]
    asked = {
        "message_id": message_id,
        "batch_id": f"{message_id}-1",
        "scheme": first.scheme,
        "sequence_type": first.sequence_type,
        "collection_date": first.collection_date.isoformat(),
        "creditor_name": first.creditor.name,
        "creditor_identifier": first.creditor.identifier,
        "creditor_iban": first.creditor.iban,
        "creditor_bic": first.creditor.bic,
        "collections": [
            {
                "amount": str(one.amount),
                "instruction_id": one.instruction_id,
                "end_to_end_id": one.end_to_end_id,
                "mandate_reference": one.mandate_reference,
                "mandate_signed_on": one.mandate_signed_on.isoformat(),
                "debtor_iban": one.debtor_iban,
                "debtor_bic": one.debtor_bic,
                "debtor_name": one.debtor_name,
                "remittance": one.remittance,
            }
            for one in collections
        ],
    }
    program = [str(environment.program("python")), str(PROGRAM)]
    done = subprocess.run(program, input=json.dumps(asked).encode(), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout


@pytest.mark.live
def test_tryton_and_we_say_the_same_of_the_same_collections(header: Header, make: Callable[..., Collection]) -> None:
    if not environment.is_ready():
        missing("Tryton", "Run script/bootstrap tryton.")
    collections = [
        make(1, instruction_id="INSTR-1", debtor_bic="DEUTDEFF"),
        make(2, instruction_id="INSTR-2", amount=Decimal("9.90"), mandate_signed_on=date(2024, 7, 1)),
        make(3, instruction_id="INSTR-3", debtor_name="De Vries, A.", remittance=None),
    ]
    theirs = tryton_writes(collections, header.message_id)
    out = io.BytesIO()
    write(header, collections, out)

    def compared(document: bytes) -> list[tuple[str, str]]:
        return [fact for fact in facts(document) if fact[0] not in EXPLAINED]

    assert compared(out.getvalue()) == compared(theirs)
    assert list(check(theirs, handed_in_on=header.created_at.date())) == []
