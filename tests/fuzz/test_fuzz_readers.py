"""Readers take 10,000 damaged files each without a crash: only answers and words for a person come out.

Each input is a golden file with a few bytes changed, cut, doubled or exchanged, from a seed that is printed; set
FUZZ_INPUTS and FUZZ_SEED for a longer or another run.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest

from bankfiles.answers import Answer, Unreadable
from bankfiles.camt_reader import read_camt
from bankfiles.coda_reader import read_coda
from bankfiles.mandates import MandateEvent, read_mandates
from bankfiles.mt940_reader import read_mt940
from bankfiles.pain002_reader import read_pain002
from bankfiles.pain008 import Collection, Finding, check, read_collections
from bankfiles.read import read_answers

INPUTS = int(os.environ.get("FUZZ_INPUTS", "10000"))
SEED = int(os.environ.get("FUZZ_SEED", "20261124"))
GOLDEN = Path(__file__).parents[1] / "golden" / "bankfiles" / "answers"

PAIN_008 = b"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"><CstmrDrctDbtInitn><GrpHdr>
<MsgId>M</MsgId><CreDtTm>2026-11-27T09:00:00</CreDtTm><NbOfTxs>1</NbOfTxs><CtrlSum>1.00</CtrlSum><InitgPty><Nm>X</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>P</PmtInfId><PmtMtd>DD</PmtMtd><PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>CORE</Cd>
</LclInstrm><SeqTp>RCUR</SeqTp></PmtTpInf><ReqdColltnDt>2026-12-01</ReqdColltnDt><Cdtr><Nm>X</Nm></Cdtr><CdtrAcct><Id>
<IBAN>BE68539007547034</IBAN></Id></CdtrAcct><CdtrAgt><FinInstnId><BICFI>KREDBEBB</BICFI></FinInstnId></CdtrAgt><CdtrSchmeId>
<Id><PrvtId><Othr><Id>BE65ZZZ0403199702</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id></CdtrSchmeId>
<DrctDbtTxInf><PmtId><EndToEndId>E</EndToEndId></PmtId><InstdAmt Ccy="EUR">1.00</InstdAmt><DrctDbtTx><MndtRltdInf>
<MndtId>M</MndtId><DtOfSgntr>2025-01-01</DtOfSgntr></MndtRltdInf></DrctDbtTx><DbtrAgt><FinInstnId><BICFI>KREDBEBB</BICFI>
</FinInstnId></DbtrAgt><Dbtr><Nm>J</Nm></Dbtr><DbtrAcct><Id><IBAN>BE15539000000030</IBAN></Id></DbtrAcct></DrctDbtTxInf>
</PmtInf></CstmrDrctDbtInitn></Document>"""

ALPHABET = b"<>/&;\"'=: \n\r\x00\xff\x80-+.,?09AZaz{}[]!"


def small(name: str) -> bytes:
    """A golden file with few entries, so that ten thousand of them are read in seconds."""
    data = (GOLDEN / name).read_bytes()
    if b"<Ntry>" in data:
        first, second = data.index(b"<Ntry>"), data.rindex(b"<Ntry>")
        data = data[: data.index(b"<Ntry>", first + 1)] + data[second:]
    return data


def written(name: str) -> bytes:
    """A golden file of what we write."""
    return (GOLDEN.with_name("written") / name).read_bytes()


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The same bytes with one to four accidents."""
    for _ in range(chance.randint(1, 4)):
        at, end = sorted((chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)))
        end = min(end, at + 40)
        accident = chance.randrange(6)
        if accident == 0:
            data = data[:at] + bytes([chance.choice(ALPHABET)]) + data[at + 1 :]
        elif accident == 1:
            data = data[:at] + data[end:]
        elif accident == 2:
            data = data[:at] + data[at:end] * 2 + data[end:]
        elif accident == 3:
            data = data[:at] if chance.random() < 0.3 else data
        elif accident == 4:
            data = data[:at] + bytes(chance.choice(ALPHABET) for _ in range(5)) + data[at:]
        else:
            to = chance.randrange(len(data) + 1)
            data = data[:to] + data[at:end] + data[to:]
        data = data or b" "
    return data


def answers_of(reader: Callable[[BytesIO], Iterable[object]]) -> Callable[[bytes], Iterable[object]]:
    return lambda data: reader(BytesIO(data))


@contextmanager
def told_with(note: str) -> Iterator[None]:
    """Add the input to whatever goes wrong."""
    try:
        yield
    except BaseException as error:
        error.add_note(note)
        raise


TARGETS: dict[str, tuple[list[bytes], Callable[[bytes], Iterable[object]]]] = {
    "camt": ([small("camt.053.001.08.xml"), small("camt.054.001.02.xml")], answers_of(read_camt)),
    "pain.002": ([small("pain.002.001.10.xml"), small("pain.002.001.03.xml")], answers_of(read_pain002)),
    "coda": ([small("coda_v2.cod"), small("coda_v1.cod")], answers_of(read_coda)),
    "mt940": ([small("mt940_german.sta"), small("mt940_dutch.sta")], answers_of(read_mt940)),
    "pain.008": ([PAIN_008], check),
    "collections": ([PAIN_008], answers_of(read_collections)),
    "mandates": ([written("pain.009.001.08.xml"), written("pain.012.001.08.xml")], answers_of(read_mandates)),
    "any": ([small("camt.053.001.08.xml"), small("coda_v2.cod"), small("mt940_dutch.sta")], read_answers),
    "documents": ([small("camt.054.001.02.xml") + small("camt.053.001.08.xml")], read_answers),
}


@pytest.mark.uncounted
@pytest.mark.parametrize("target", TARGETS)
def test_no_damaged_file_crashes_a_reader(target: str) -> None:
    seeds, read = TARGETS[target]
    chance = random.Random(f"{SEED} {target}")
    for number in range(INPUTS):
        data = damaged(chance.choice(seeds), chance)
        with told_with(f"input {number} of seed {SEED} for {target}: {data!r}"):
            items = list(read(data))
        assert all(isinstance(item, Answer | Unreadable | Finding | Collection | MandateEvent) for item in items)
        for item in items:
            if isinstance(item, Answer):
                assert item.amount is None or item.amount >= 0
