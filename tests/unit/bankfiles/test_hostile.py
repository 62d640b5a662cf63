"""Hostile and broken files are refused or read within limits, with a clear word; never a hang, never much memory."""

from __future__ import annotations

import gzip
import io
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bankfiles import archives, xml_stream
from bankfiles.answers import Answer, Unreadable
from bankfiles.pain008 import check
from bankfiles.read import read_answers

GOLDEN = Path(__file__).parents[2] / "golden" / "bankfiles" / "answers"
STATEMENT = (GOLDEN / "camt.053.001.08.xml").read_text("utf-8")
HEAD = STATEMENT[: STATEMENT.index("<Ntry>")]
MIB = 1024 * 1024


def the_unreadables(data: bytes) -> list[Unreadable]:
    return [item for item in read_answers(data) if isinstance(item, Unreadable)]


BOMB = """<!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>"""
EXTERNAL = '<!DOCTYPE x [<!ENTITY d SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [BOMB, EXTERNAL, '<!DOCTYPE x SYSTEM "http://localhost:1/x.dtd">'])
def test_entities_are_neither_expanded_nor_fetched(doctype: str) -> None:
    data = STATEMENT.replace("<Document", doctype + "<Document", 1).replace(
        "Jan Peeters", "&d;" if "[" in doctype else "x"
    )
    items = list(read_answers(data.encode()))
    assert len(items) == 1
    assert isinstance(items[0], Unreadable)
    assert "DTD" in items[0].why
    pain008 = data.replace("camt.053.001.08", "pain.008.001.08")
    assert "XML" in {finding.code for finding in check(pain008.encode())}


def test_a_truncated_file_delivers_what_came_before_and_says_where_it_ended() -> None:
    whole = list(read_answers(STATEMENT.encode()))
    for cut in range(len(HEAD), len(STATEMENT) - 20, 211):
        items = list(read_answers(STATEMENT[:cut].encode()))
        assert isinstance(items[-1], Unreadable)
        assert items[:-1] == whole[: len(items) - 1]


@pytest.mark.parametrize(
    "data",
    [
        STATEMENT.encode("utf-16"),  # says UTF-8
        STATEMENT.replace("Müller", "Mller").encode().replace(b"Mller", b"M\xfcller"),  # says UTF-8, is Latin-1
        STATEMENT.replace("UTF-8", "no-such-encoding").encode(),
        STATEMENT.encode().replace(b"Jan", b"J\x00n"),
    ],
    ids=["utf-16", "latin-1", "unknown", "nul"],
)
def test_a_wrong_encoding_is_told_or_read(data: bytes) -> None:
    items = list(read_answers(data))
    assert items
    assert isinstance(items[-1], Unreadable) or all(isinstance(item, Answer) for item in items)


def test_one_element_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_stream, "MOST_RECORD_BYTES", MIB)
    text = HEAD + "<Ntry><AddtlNtryInf>" + "x" * (3 * MIB)
    (only,) = the_unreadables(text.encode())
    assert "larger than" in only.why


def test_a_record_of_endless_children_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_stream, "MOST_RECORD_BYTES", MIB)
    text = HEAD + "<Ntry>" + "<Amt/>" * (MIB // 2)
    (only,) = the_unreadables(text.encode())
    assert "larger than" in only.why


def test_deep_nesting_is_refused() -> None:
    (only,) = the_unreadables((HEAD + "<Ntry>" + "<a>" * 100_000).encode())
    assert "cannot be read on" in only.why


def test_a_zip_in_a_zip_is_not_opened() -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.xml", STATEMENT)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    (only,) = the_unreadables(outer.getvalue())
    assert "zip or gzip" in only.why
    (only,) = the_unreadables(gzip.compress(gzip.compress(STATEMENT.encode())))
    assert "zip or gzip" in only.why


@pytest.mark.parametrize("packed_with", ["zip", "gzip"])
def test_a_zip_bomb_is_stopped(packed_with: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "_RATIO_FROM", MIB)
    content = HEAD.encode() + b"<Ntry></Ntry>" * (2 * MIB // 13)
    if packed_with == "gzip":
        data = gzip.compress(content)
    else:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.xml", content)
        data = packed.getvalue()
    last = the_unreadables(data)[-1]
    assert "far more than a bank file" in last.why


def test_too_many_files_in_a_zip_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_MEMBERS", 2)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.xml", STATEMENT)
    (only,) = the_unreadables(packed.getvalue())
    assert "3 files" in only.why


def _damaged_zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", STATEMENT)
    data = bytearray(packed.getvalue())
    data[200:260] = b"\x00" * 60
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04 not a zip", b"\x1f\x8b not a gzip", gzip.compress(STATEMENT.encode())[:-300], _damaged_zip()],
    ids=["zip", "gzip", "cut gzip", "damaged zip"],
)
def test_a_damaged_archive_is_told(data: bytes) -> None:
    items = list(read_answers(data))
    assert isinstance(items[-1], Unreadable)
    assert items[-1].remedy


def test_a_line_without_end_is_read_within_limits() -> None:
    coda = (GOLDEN / "coda_v2.cod").read_bytes().splitlines(keepends=True)
    items = list(read_answers(coda[0] + coda[1] + b"2" * (2 * MIB)))
    assert all(isinstance(item, Unreadable) for item in items)
    mt940 = (GOLDEN / "mt940_dutch.sta").read_bytes().replace(b"TOTAAL", b"T" * (2 * MIB))
    assert sum(isinstance(item, Answer) for item in read_answers(mt940)) == 4


SCRIPTS: dict[str, str] = {
    "one text of a gigabyte": "endless(HEAD + b'<Ntry><AddtlNtryInf>', b'x' * 65536, 1 << 30)",
    "a hundred thousand small entries": "endless(HEAD, b'<Ntry><Amt Ccy=\"EUR\">1.00</Amt></Ntry>' * 1500, 4 << 20)",
    "an attribute of a gigabyte": "endless(HEAD + b'<Ntry a=\"', b'x' * 65536, 1 << 30)",
    "a comment of a gigabyte": "endless(HEAD + b'<!--', b'x' * 65536, 1 << 30)",
}
RUN = """
import io
from bankfiles.read import read_answers
HEAD = open({head!r}, 'rb').read()
HEAD = HEAD[:HEAD.index(b'<Ntry>')]
class endless(io.RawIOBase):
    def __init__(self, head, piece, most):
        self.parts, self.piece, self.left = head, piece, most
    def seekable(self): return True
    def tell(self): return 0
    def seek(self, to, whence=0): return 0
    def read(self, size=-1):
        if self.parts:
            out, self.parts = self.parts, b''
            return out
        if self.left <= 0: return b''
        self.left -= len(self.piece)
        return self.piece
from bankfiles import read
last = None
for item in read._read_plain({source}, 'x'):
    last = item
peak = next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM'))
print(type(last).__name__, int(peak) // 1024)
"""


@pytest.mark.parametrize("source", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_a_file_without_end_stays_under_100_mib(source: str) -> None:
    code = RUN.format(head=str(GOLDEN / "camt.053.001.08.xml"), source=source)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    kind, peak = done.stdout.split()
    assert kind == "Unreadable"
    assert int(peak) < 100


def test_the_limits_hold_for_the_checker_too(make: Callable[..., object]) -> None:
    head = HEAD.replace("camt.053.001.08", "pain.008.001.08").encode()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    codes = {finding.code for finding in check(head + b"<DrctDbtTxInf>" + b"<Amt/>" * (3 * MIB))}
    assert "XML" in codes
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 * 1024
