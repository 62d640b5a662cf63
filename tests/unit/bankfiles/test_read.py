"""Bank answers are read from any format into one form: golden files by pairing.

Any file in tests/golden/bankfiles/answers with a .json of the same name beside it is a test. To make the expectation
of a new input, set GOLDEN=write; an expectation that exists is never overwritten.
"""

from __future__ import annotations

import dataclasses
import gzip
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from bankfiles.answers import Answer, AnswerKind, Scope, Unreadable
from bankfiles.read import Format, read_answers, recognise

GOLDEN = Path(__file__).parents[2] / "golden" / "bankfiles" / "answers"
INPUTS = sorted(path for path in GOLDEN.iterdir() if path.suffix != ".json")
ISO_INPUTS = [path for path in INPUTS if path.name.count(".") == 4]


def plain(item: Answer | Unreadable) -> dict[str, object]:
    """The item as JSON would have it, what is empty left out."""
    facts = {"is": type(item).__name__, **dataclasses.asdict(item)}
    given = {name: value for name, value in facts.items() if value not in (None, "")}
    as_json: dict[str, object] = json.loads(json.dumps(given, default=str))
    return as_json


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.name)
def test_an_input_gives_the_expected_answers(path: Path) -> None:
    expected = path.with_name(path.name + ".json")
    actual = [plain(item) for item in read_answers(path)]
    if not expected.exists() and os.environ.get("GOLDEN") == "write":
        expected.write_text(json.dumps(actual, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert actual == json.loads(expected.read_text("utf-8"))


@pytest.mark.parametrize("path", ISO_INPUTS, ids=lambda path: path.name)
def test_the_inputs_are_valid_by_the_iso_schema(path: Path, schema: Callable[[str], etree.XMLSchema]) -> None:
    schema(path.stem).assertValid(etree.parse(str(path)))


@pytest.mark.parametrize("message", ["camt.052", "camt.053", "camt.054", "pain.002"])
def test_every_version_tells_the_same(message: str) -> None:
    def told(path: Path) -> list[object]:
        return [dataclasses.replace(item, line=None) for item in read_answers(path)]

    versions = [path for path in ISO_INPUTS if path.name.startswith(message)]
    assert len(versions) >= 4
    assert all(told(path) == told(versions[0]) for path in versions[1:])


def test_notification_report_and_statement_of_one_entry_share_its_key() -> None:
    def keys(message: str) -> set[str]:
        answers = read_answers(GOLDEN / f"{message}.001.08.xml")
        return {
            answer.key for answer in answers if isinstance(answer, Answer) and answer.kind is not AnswerKind.PENDING
        }

    assert keys("camt.052") == keys("camt.053") == keys("camt.054")


def test_a_notice_without_the_reason_and_the_statement_with_it_are_one_entry() -> None:
    text = (GOLDEN / "camt.053.001.08.xml").read_text("utf-8")
    without = text.replace("<RtrInf><Rsn><Cd>MD06</Cd></Rsn></RtrInf>", "")
    told, not_told = (
        next(item for item in read_answers(data.encode()) if getattr(item, "end_to_end_id", "") == "INV-2026-4")
        for data in (text, without)
    )
    assert isinstance(told, Answer)
    assert isinstance(not_told, Answer)
    assert (told.kind, not_told.kind) == (AnswerKind.REFUNDED, AnswerKind.RETURNED)
    assert told.key == not_told.key


def test_reading_again_gives_the_same_keys_and_no_two_answers_share_one() -> None:
    for path in INPUTS:
        keys = [item.key for item in read_answers(path) if isinstance(item, Answer)]
        assert keys == [item.key for item in read_answers(path) if isinstance(item, Answer)]
        assert len(set(keys)) == len(keys), path.name


def test_equal_entries_without_any_reference_stay_apart() -> None:
    text = (GOLDEN / "camt.053.001.08.xml").read_text("utf-8")
    charge = text[text.index('<Ntry><Amt Ccy="EUR">2.50') : text.index("</Stmt>")].replace(
        "<AcctSvcrRef>REF-0008</AcctSvcrRef>", ""
    )
    doubled = text.replace("</Stmt>", charge + charge + "</Stmt>")
    charges = [item for item in read_answers(doubled.encode()) if isinstance(item, Answer) and item.kind == "charge"]
    assert len({item.key for item in charges}) == 3


def test_a_return_matches_on_what_was_collected_and_not_on_what_was_booked() -> None:
    by_id = {
        answer.end_to_end_id: answer
        for answer in read_answers(GOLDEN / "camt.053.001.08.xml")
        if isinstance(answer, Answer)
    }
    with_charge, refund = by_id["INV-2026-9"], by_id["INV-2026-4"]
    assert [str(x) for x in (with_charge.amount, with_charge.original_amount, with_charge.charges)] == [
        "53.00",
        "50.00",
        "3.00",
    ]
    assert refund.kind is AnswerKind.REFUNDED
    assert [str(x) for x in (refund.amount, refund.original_amount, refund.compensation)] == [
        "121.10",
        "120.50",
        "0.60",
    ]


def test_a_verification_of_payee_is_not_a_reject() -> None:
    answers = list(read_answers(GOLDEN / "pain.002_verification_of_payee.xml"))
    assert {answer.kind for answer in answers if isinstance(answer, Answer)} == {AnswerKind.PENDING}


def test_a_batch_booked_credit_names_the_batch_and_the_message() -> None:
    first = next(iter(read_answers(GOLDEN / "camt.053.001.08.xml")))
    assert isinstance(first, Answer)
    assert (first.scope, first.message_id, first.batch_id, first.count) == (Scope.BATCH, "MSG-1", "MSG-1-1", 3)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("camt.052.001.04.xml", Format.CAMT_052),
        ("camt.053.001.02.xml", Format.CAMT_053),
        ("camt.054.001.08.xml", Format.CAMT_054),
        ("pain.002.001.14.xml", Format.PAIN_002),
        ("coda_v2.cod", Format.CODA),
        ("mt940_german.sta", Format.MT940),
        ("mt940_dutch.sta", Format.MT940),
    ],
)
def test_a_format_is_recognised_by_content_from_bytes_stream_and_path(name: str, known: Format) -> None:
    data = (GOLDEN / name).read_bytes()
    stream = io.BytesIO(data)
    assert recognise(data) is recognise(stream) is recognise(GOLDEN / name) is known
    assert stream.tell() == 0
    assert recognise(b"\xef\xbb\xbf" + data) is known


def test_zip_and_gzip_are_read_as_what_is_in_them() -> None:
    data = (GOLDEN / "camt.053.001.08.xml").read_bytes()
    coda = (GOLDEN / "coda_v2.cod").read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("in")
        archive.writestr("in/a.dat", data)
        archive.writestr("in/b.dat", coda)
    both = [*read_answers(data), *read_answers(coda)]
    assert list(read_answers(packed.getvalue())) == both
    assert list(read_answers(gzip.compress(data))) == list(read_answers(data))


def test_other_encodings_and_blank_lines_before_the_xml_are_read() -> None:
    text = (GOLDEN / "camt.053.001.08.xml").read_text("utf-8")
    plain_answers = [dataclasses.replace(item, line=None) for item in read_answers(text.encode())]
    for data in (
        b"\n \n" + text.encode(),
        b"\xef\xbb\xbf" + text.encode(),
        text.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
        text.replace("UTF-8", "UTF-16").encode("utf-16"),
    ):
        assert [dataclasses.replace(item, line=None) for item in read_answers(data)] == plain_answers


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"hello", "unknown format"),
        (b"<", "unknown format"),
        (b"<Document/>", "unknown format"),
        (b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.001.08"/>', "pain.008"),
        (bytes(range(256)), "unknown format"),
    ],
)
def test_what_is_no_answer_of_a_bank_is_one_unreadable(data: bytes, word: str) -> None:
    (only,) = read_answers(data, name="x.dat")
    assert isinstance(only, Unreadable)
    assert word in only.why
    assert "x.dat" in only.why
    assert only.remedy


def test_an_unreadable_never_shows_a_whole_iban() -> None:
    (only,) = read_answers(b"garbage BE68539007547034 garbage")
    assert isinstance(only, Unreadable)
    assert "BE68*********034" in only.seen
