"""Rules of `bankfile`: files of any origin are judged and read, without a config, with exit codes for scripts."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bankfiles.pain008 import Collection, Creditor, Header, Scheme, SequenceType, write
from tests.support.schemas import schema_file
from tests.unit.connector.cli.typed import Command

CREDITOR = Creditor("Brouwerij De Kroon", "BE65ZZZ0403199702", "BE68539007547034")
COLLECTION = Collection(
    end_to_end_id="INV-2026-17",
    amount=Decimal("120.50"),
    collection_date=date(2026, 12, 1),
    sequence_type=SequenceType.RECURRENT,
    scheme=Scheme.CORE,
    creditor=CREDITOR,
    mandate_reference="MANDATE-7",
    mandate_signed_on=date(2025, 3, 1),
    debtor_name="Mueller",
    debtor_iban="DE89370400440532013000",
    remittance="Invoice 2026/17",
)
STATUS_REPORT = """\
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>B1</MsgId><CreDtTm>2026-11-28T10:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>MSG-1</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>MSG-1-1</OrgnlPmtInfId><TxInfAndSts>
<OrgnlEndToEndId>INV-2026-17</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A clean pain.008."""
    out = io.BytesIO()
    write(Header("MSG-1", datetime(2026, 11, 27, 9, tzinfo=UTC), "Brouwerij De Kroon"), [COLLECTION], out)
    path = tmp_path / "file.xml"
    path.write_bytes(out.getvalue())
    return path


def test_a_clean_file_ends_with_0(command: Command, file: Path) -> None:
    said = command("bankfile", "check", str(file))
    assert said.code == 0
    assert "Clean" in said.out


def test_a_finding_names_line_transaction_and_remedy_and_ends_with_1(command: Command, file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"DE89370400440532013000", b"DE89370400440532013001"))
    said = command("bankfile", "check", str(file))
    assert said.code == 1
    assert "(transaction 1 INV-2026-17)" in said.out
    assert f"{file}:" in said.out
    assert said.out.endswith("\n1 finding.\n")
    assert "DE89370400440532013001" not in said.out


def test_findings_can_be_read_by_a_program(command: Command, file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"DE89370400440532013000", b"DE89370400440532013001"))
    first = command("bankfile", "check", str(file), "--json").objects[0]
    assert first["end_to_end_id"] == "INV-2026-17"
    assert first["position"] == 1
    assert first["severity"] == "error"


def test_the_limits_of_a_bank_are_checked_if_it_is_named(command: Command, file: Path) -> None:
    assert command("bankfile", "check", str(file), "--profile", "neutral").code == 0
    said = command("bankfile", "check", str(file), "--profile", "piggy")
    assert said.code == 2
    assert "choose one of" in said.err


def test_a_version_without_an_installed_schema_is_checked_against_one_that_is_named(
    command: Command, file: Path
) -> None:
    file.write_bytes(file.read_bytes().replace(b"pain.008.001.08", b"pain.008.001.11"))
    assert "SCHEMA_MISSING" in command("bankfile", "check", str(file)).out
    xsd = str(schema_file("pain.008.001.11"))
    assert command("bankfile", "check", str(file), "--schema", xsd).code == 0
    file.write_bytes(file.read_bytes().replace(b"<PmtMtd>DD</PmtMtd>", b"<PmtMtd>XX</PmtMtd>"))
    assert "✗ SCHEMA: " in command("bankfile", "check", str(file), "--schema", xsd).out


@pytest.mark.parametrize("what", ["none.xsd", "file.xml"])
def test_what_is_no_schema_is_told_and_ends_with_2(command: Command, file: Path, what: str) -> None:
    said = command("bankfile", "check", str(file), "--schema", str(file.with_name(what)))
    assert said.code == 2
    assert what in said.err


@pytest.mark.parametrize("content", [b"", b"<broken", b"<html/>", b"garbage"])
def test_what_is_no_pain_008_ends_with_2(command: Command, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file.xml").write_bytes(content)
    said = command("bankfile", "check", "file.xml")
    assert said.code == 2


def test_a_file_that_is_not_there_ends_with_2_and_is_named(command: Command) -> None:
    for what in ("check", "read"):
        said = command("bankfile", what, "none.xml")
        assert said.code == 2
        assert "none.xml can't be read: No such file or directory." in said.err


def test_a_banks_answer_is_told_with_its_reason(command: Command, tmp_path: Path) -> None:
    (tmp_path / "answer.xml").write_text(STATUS_REPORT, "utf-8")
    said = command("bankfile", "read", "answer.xml")
    assert said.code == 0
    assert "rejected  transaction  INV-2026-17  AC04" in said.out
    assert "1 answer, 0 unreadable." in said.out


def test_answers_can_be_read_by_a_program(command: Command, tmp_path: Path) -> None:
    (tmp_path / "answer.xml").write_text(STATUS_REPORT, "utf-8")
    (told,) = command("bankfile", "read", "answer.xml", "--json").objects
    assert (told["type"], told["kind"], told["reason"]["code"]) == ("answer", "rejected", "AC04")


def test_garbage_is_no_answer_and_ends_with_2(command: Command, tmp_path: Path) -> None:
    (tmp_path / "answer.xml").write_bytes(b"\x00garbage")
    said = command("bankfile", "read", "answer.xml")
    assert said.code == 2
    assert "unknown format" in said.err


def test_a_foreign_file_is_not_needed_whole_to_be_judged(command: Command, file: Path) -> None:
    many = [replace(COLLECTION, end_to_end_id=f"INV-{number}") for number in range(50)]
    out = io.BytesIO()
    write(Header("MSG-2", datetime(2026, 11, 27, 9, tzinfo=UTC), "Brouwerij De Kroon"), many, out)
    file.write_bytes(out.getvalue())
    assert command("bankfile", "check", str(file), "--json").out == ""
