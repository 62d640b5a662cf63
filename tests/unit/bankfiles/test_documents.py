"""Several documents in one file, as some banks send them: each is read for itself, within the limits of one."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from bankfiles import read
from bankfiles.answers import Answer, Unreadable
from bankfiles.camt_reader import read_camt
from bankfiles.pain008 import check
from bankfiles.read import read_answers

GOLDEN = Path(__file__).parents[2] / "golden" / "bankfiles" / "answers"
STATEMENT = (GOLDEN / "camt.053.001.08.xml").read_bytes()
STATUS = (GOLDEN / "pain.002.001.10.xml").read_bytes()
ENTRY = (
    b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Ntry>'
    b'<Amt Ccy="EUR">%d</Amt>'
    b"<CdtDbtInd>CRDT</CdtDbtInd></Ntry></Stmt></BkToCstmrStmt></Document>"
)


def moved(items: list[Answer | Unreadable], lines: int) -> list[Answer | Unreadable]:
    return [replace(item, line=item.line + lines) if item.line else item for item in items]


@pytest.mark.parametrize("between", [b"", b"\n", b" \r\n\n", b"<!-- next -->\n", b"<?bank next?>"])
@pytest.mark.parametrize("second", [STATEMENT, STATUS], ids=["same", "other message"])
def test_both_documents_are_read_with_their_lines(second: bytes, between: bytes) -> None:
    first = STATEMENT.rstrip()
    lines = (first + between).count(b"\n")
    expected = list(read_answers(first)) + moved(list(read_answers(second)), lines)
    assert list(read_answers(first + between + second)) == expected
    undeclared = second[second.index(b"<Document") :]
    expected = list(read_answers(first)) + moved(list(read_answers(undeclared)), lines)
    assert list(read_answers(first + between + undeclared)) == expected


def test_a_document_may_begin_anywhere_in_what_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "_HEAD_BYTES", 300)
    expected = [
        answer.amount for answer in read_answers(ENTRY % 1 + ENTRY % 2 + ENTRY % 3) if isinstance(answer, Answer)
    ]
    assert expected == [1, 2, 3]
    for size in range(290, 330):
        monkeypatch.setattr(read, "_HEAD_BYTES", size)
        answers = list(read_answers(ENTRY % 1 + b"\n" * (size % 7) + ENTRY % 2 + ENTRY % 3))
        assert [answer.amount for answer in answers if isinstance(answer, Answer)] == expected


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (STATEMENT[:-200], "cut off"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + ENTRY % 2, "cannot be read on"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]>" + ENTRY % 2, "DTD"),
        (b"<html/>", "unknown format"),
        (b"and more", "after the end"),
        (b"<a" + b"<" * 1000, "unknown format"),
        (b"\0" * 100, "cannot be read on"),
    ],
)
def test_a_second_document_that_cannot_be_read_is_told_after_the_first(second: bytes, why: str) -> None:
    items = list(read_answers(ENTRY % 1 + second))
    assert isinstance(items[0], Answer)
    assert isinstance(items[-1], Unreadable)
    assert why in items[-1].why


def test_documents_without_end_are_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MOST_DOCUMENTS", 5)
    items = list(read_answers(ENTRY % 1 * 100))
    assert len(items) == 6
    last = items[-1]
    assert isinstance(last, Unreadable)
    assert "Over 5 documents" in last.why


def test_a_declaration_within_a_document_is_no_new_one() -> None:
    (item,) = read_answers((ENTRY % 1).replace(b"<Ntry>", b"<?xml version='1.0'?>" + ENTRY % 2 + b"<Ntry>"))
    assert isinstance(item, Unreadable)


def test_a_file_of_ours_and_a_reader_of_one_message_take_one_document() -> None:
    answer, told = read_camt(BytesIO(ENTRY % 1 + ENTRY % 2))
    assert isinstance(answer, Answer)
    assert isinstance(told, Unreadable)
    pain008 = (ENTRY % 1).replace(b"camt.053.001.08", b"pain.008.001.08")
    assert "after the end" in next(finding.message for finding in check(pain008 + pain008) if finding.code == "XML")
