"""Bank files at size: pain.008 written and checked, camt.053 and CODA read, each beside its peer.

Writing means: every scheme check, validated against the ISO schema, on disk. sepaxml cannot validate more than about
55,000 collections, so that beyond 50,000 its unvalidated figure is the peer; a million is set against ten files of a
hundred thousand of our own, to show that growth is linear. Beside the time by the clock stands that of all processors
(cpu): on a busy machine it says more, and it counts both of our threads.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path

from bankfiles.identifiers import belgian_iban
from bankfiles.pain008 import Collection, Creditor, Header, Scheme, SequenceType, check, write
from bankfiles.read import read_answers
from bench.figure import Figure, Measured, measured

CREDITOR = Creditor("Brouwerij De Kroon", "BE65ZZZ0403199702", "BE68539007547034", "TRIOBEBB")
HEADER = Header("BENCH-1", datetime(2026, 11, 27, 9, tzinfo=UTC), "Brouwerij De Kroon")
DAY, SIGNED = date(2026, 12, 1), date(2025, 3, 1)
IBANS = [belgian_iban(f"{n:010d}{n % 97 or 97:02d}") for n in range(5390000000, 5390001000)]
AMOUNTS = [Decimal(n) / 100 for n in range(1, 1001)]  # made beforehand: the writer is measured, not its caller
SEPAXML_VALIDATES = 50_000
PEER_COLLECTIONS = 100_000  # in each of the files that a larger one is set against


def collections(count: int) -> Iterator[Collection]:
    """As many right collections, each under a mandate of its own."""
    for n in range(count):
        yield Collection(
            f"E2E-{n}", AMOUNTS[n % 1000], DAY, SequenceType.RECURRENT, Scheme.CORE, CREDITOR, f"M-{n}",
            SIGNED, f"Debtor {n}", IBANS[n % 1000], "KREDBEBB", remittance=f"Invoice {n}",
        )  # fmt: skip


def _write(count: int, path: Path) -> None:
    write(HEADER, collections(count), path)


def _sepaxml(count: int, validate: bool) -> None:
    from sepaxml import SepaDD

    config = {
        "name": CREDITOR.name, "IBAN": CREDITOR.iban, "BIC": CREDITOR.bic, "batch": True,
        "creditor_id": CREDITOR.identifier, "currency": "EUR",
    }  # fmt: skip
    sepa = SepaDD(config, schema="pain.008.001.08", clean=True)
    for n in range(count):
        sepa.add_payment({
            "name": f"Debtor {n}", "IBAN": IBANS[n % 1000], "BIC": "KREDBEBB", "type": "RCUR",
            "amount": n % 1000 + 1, "collection_date": DAY, "mandate_id": f"M-{n}", "mandate_date": SIGNED,
            "description": f"Invoice {n}", "endtoend_id": f"E2E-{n}",
        })  # fmt: skip
    sepa.export(validate=validate)


def _check(path: Path) -> None:
    faults = sum(1 for _ in check(path))
    assert faults == 0


def _schema_alone(path: Path) -> None:
    from bankfiles.schema import installed_schema, schema_faults

    with path.open("rb") as file:
        assert schema_faults(iter(partial(file.read, 64 * 1024), b""), installed_schema("pain.008.001.08")) == []


def _read(path: Path, count: int) -> None:
    assert sum(1 for _ in read_answers(path)) == count


def _iterparse_alone(path: Path) -> None:
    from lxml import etree

    for _, element in etree.iterparse(str(path)):
        element.clear()


def _lines_alone(path: Path) -> None:
    with path.open("rb") as file:
        assert sum(1 for _ in file)


def _noting_cpu(note: Path, work: Callable[..., object], *args: object) -> None:
    started = time.process_time()
    work(*args)
    note.write_text(str(time.process_time() - started))


def _with_cpu(work: Callable[..., object], *args: object) -> tuple[Measured, float]:
    """Measure the time of all processors as well, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "cpu"
        return measured(_noting_cpu, note, work, *args), float(note.read_text())


def _write_with_pauses(count: int, folder: Path) -> None:
    """Write one file, and in pauses between its collections the files that it is set against, in other processes.

    A machine that is faster in one minute than in the next would otherwise decide which of the two looks better.
    """
    paused, peers = 0.0, []

    def with_pauses() -> Iterator[Collection]:
        nonlocal paused
        for number, collection in enumerate(collections(count), 1):
            yield collection
            if number % PEER_COLLECTIONS == 0:
                started = time.perf_counter()
                peers.append(_with_cpu(_write, PEER_COLLECTIONS, folder / "peer.xml"))
                paused += time.perf_counter() - started

    cpu_before = time.process_time()
    write(HEADER, with_pauses(), folder / "large.xml")
    (folder / "note").write_text(
        json.dumps(
            {
                "cpu": time.process_time() - cpu_before,
                "paused": paused,
                "peer": sum(one.seconds for one, _ in peers),
                "peer_cpu": sum(cpu for _, cpu in peers),
            }
        )
    )


def _growth_pair(count: int) -> _Pair:
    with tempfile.TemporaryDirectory() as folder:
        ours = measured(_write_with_pauses, count, Path(folder))
        note = json.loads((Path(folder) / "note").read_text())
    peer = f"{count // PEER_COLLECTIONS} files of 100k in its pauses"
    return _Pair(
        peer,
        (replace(ours, seconds=ours.seconds - note["paused"]), note["cpu"]),
        (Measured(note["peer"], 0, note["peer_cpu"]), note["peer_cpu"]),
    )


def _written(folder: Path, count: int) -> Path:
    path = folder / "pain008.xml"
    _write(count, path)
    return path


def _camt(folder: Path, count: int) -> Path:
    """A camt.053 of returned debits."""
    path = folder / "camt053.xml"
    with path.open("w", encoding="ascii") as file:
        file.write(
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id>'
            f"<Acct><Id><IBAN>{CREDITOR.iban}</IBAN></Id></Acct>\n"
        )
        for n in range(count):
            file.write(
                '<Ntry><Amt Ccy="EUR">53.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd><Sts><Cd>BOOK</Cd>'
                f"</Sts><BookgDt><Dt>2026-12-01</Dt></BookgDt><AcctSvcrRef>REF{n}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT"
                "</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>"
                f'<EndToEndId>E2E-{n}</EndToEndId><MndtId>M-{n}</MndtId></Refs><Amt Ccy="EUR">50.00</Amt><CdtDbtInd>'
                'DBIT</CdtDbtInd><Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">3.00</TtlChrgsAndTaxAmt></Chrgs><RltdPties><Dbtr>'
                "<Pty><Nm>Jan</Nm></Pty></Dbtr></RltdPties><RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf></TxDtls>"
                "</NtryDtls></Ntry>\n"
            )
        file.write("</Stmt></BkToCstmrStmt></Document>")
    return path


def _coda(folder: Path, count: int) -> Path:
    """A CODA of returned direct debits, three lines each."""
    path = folder / "bench.cod"
    detail = f"127011226114{CREDITOR.identifier:35}{'MANDATE':35}{'Invoice':62}2AM04"
    with path.open("w", encoding="ascii") as file:
        file.write(f"{'0000001122653905':127}2\n{'12231' + CREDITOR.iban:39}{'EUR0' + '0' * 15 + '011226':89}\n")
        for n in range(count):
            number = f"{n % 9999 + 1:04d}0000"
            reference, end_to_end_id = f"BANKREF{n:010d}", f"E2E-{n}"
            file.write(
                f"21{number}{reference:21}1{50_000:015d}011226005050001{detail[:53]}01122623101 0\n"
                f"22{number}{detail[53:106]}{end_to_end_id:35}{'':27}1 0\n"
                f"23{number}{'':37}{'JAN':35}{detail[106:]:43}0 0\n"
            )
        file.write(f"{'8231' + CREDITOR.iban:41}1{50_000 * count:015d}{'011226':71}\n{'9':127}2\n")
    return path


@dataclass(frozen=True)
class _Pair:
    """Our work beside the peer's: what each took by the clock and of the processors."""

    peer: str
    ours: tuple[Measured, float]
    theirs: tuple[Measured, float]


@cache
def _write_pair(count: int) -> _Pair:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.xml"
        ours = _with_cpu(_write, count, path)
        if count > SEPAXML_VALIDATES:
            return _Pair("sepaxml 2.7, not validated", ours, _with_cpu(_sepaxml, count, False))
        return _Pair("sepaxml 2.7, validated", ours, _with_cpu(_sepaxml, count, True))


@cache
def _check_pair(count: int) -> _Pair:
    with tempfile.TemporaryDirectory() as folder:
        path = _written(Path(folder), count)
        return _Pair("lxml, schema alone", _with_cpu(_check, path), _with_cpu(_schema_alone, path))


@cache
def _camt_pair(count: int) -> _Pair:
    with tempfile.TemporaryDirectory() as folder:
        path = _camt(Path(folder), count)
        return _Pair("lxml, iterparse alone", _with_cpu(_read, path, count), _with_cpu(_iterparse_alone, path))


@cache
def _coda_pair(count: int) -> _Pair:
    with tempfile.TemporaryDirectory() as folder:
        path = _coda(Path(folder), count)
        return _Pair("reading the lines alone", _with_cpu(_read, path, count), _with_cpu(_lines_alone, path))


def _clock(name: str, pair: Callable[[int], _Pair], count: int) -> Figure:
    both = pair(count)
    (ours, _), (theirs, _) = both.ours, both.theirs
    return Figure(name, ours.seconds, "s", both.peer, theirs.seconds, ours.peak_mib)


def _cpu(name: str, pair: Callable[[int], _Pair], count: int) -> Figure:
    both = pair(count)
    (ours, cpu), (_, peer_cpu) = both.ours, both.theirs
    return Figure(name, cpu, "cpu s", both.peer, peer_cpu, ours.peak_mib)


WORK: dict[str, tuple[Callable[[int], _Pair], int]] = {
    "write_1k": (_write_pair, 1000),
    "write_10k": (_write_pair, 10_000),
    "write_50k": (_write_pair, 50_000),
    "write_100k": (_write_pair, 100_000),
    "write_1m": (cache(_growth_pair), 1_000_000),
    "check_100k": (_check_pair, 100_000),
    "read_camt053_100k": (_camt_pair, 100_000),
    "read_coda_100k": (_coda_pair, 100_000),
}
FIGURES: dict[str, Callable[[], Figure]] = {
    f"bankfiles.{label}{ending}": partial(figure, f"bankfiles.{label}{ending}", pair, count)
    for label, (pair, count) in WORK.items()
    for ending, figure in (("", _clock), ("_cpu", _cpu))
}
