"""Every finding is made where it is due, with its transaction, and a right file has none."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from bankfiles.pain008 import (
    Address,
    Amendment,
    Collection,
    Creditor,
    Finding,
    Header,
    NothingToWrite,
    ReferenceIssuer,
    Scheme,
    SequenceType,
    Severity,
    StructuredReference,
    check,
    write,
)
from bankfiles.pain008.catalogue import RULES
from bankfiles.profile import NEUTRAL, BankProfile

Make = Callable[..., Collection]

WRONG_IBAN = "DE89370400440532013001"

# What a collection changes, and the findings that it then has in its own writer.
COLLECTION_CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({"debtor_iban": WRONG_IBAN}, ["IBAN_INVALID"]),
    ({"debtor_iban": "DE89 3704 0044 0532 0130 00"}, ["IBAN_INVALID"]),
    ({"debtor_iban": "TR330006100519786457841326"}, ["IBAN_NOT_SEPA"]),
    ({"debtor_bic": "DEUTXXFF"}, ["BIC_INVALID"]),
    ({"debtor_bic": "deutdeff"}, ["BIC_INVALID"]),
    ({"end_to_end_id": "/A//B/"}, ["END_TO_END_ID_INVALID"]),
    ({"end_to_end_id": "é€#1"}, ["END_TO_END_ID_INVALID"]),
    ({"end_to_end_id": ""}, ["END_TO_END_ID_INVALID"]),
    ({"instruction_id": "a_b"}, ["INSTRUCTION_ID_INVALID"]),
    ({"mandate_reference": "M" * 36}, ["MANDATE_REFERENCE_INVALID"]),
    ({"remittance": StructuredReference("090933755494", ReferenceIssuer.BBA)}, ["REFERENCE_INVALID"]),
    ({"remittance": StructuredReference("RF18 5390 0754 7034", ReferenceIssuer.ISO)}, ["REFERENCE_INVALID"]),
    ({"purpose": "a<b"}, ["PURPOSE_INVALID"]),
    ({"category_purpose": "SUPPLY"}, ["PURPOSE_INVALID"]),
    ({"electronic_signature": "x\x00"}, ["SIGNATURE_INVALID"]),
    ({"electronic_signature": "x" * 1026}, ["SIGNATURE_INVALID"]),
    ({"amount": Decimal("0.00")}, ["AMOUNT_RANGE"]),
    ({"amount": Decimal("1000000000.00")}, ["AMOUNT_RANGE"]),
    ({"amount": Decimal("NaN")}, ["AMOUNT_RANGE"]),
    ({"amount": Decimal(-5)}, ["AMOUNT_RANGE"]),
    ({"amount": Decimal("1.001")}, ["AMOUNT_DECIMALS"]),
    ({"amount": Decimal("1.100")}, []),
    ({"debtor_name": "   "}, ["NAME_MISSING"]),
    ({"debtor_name": "Zoë"}, ["CHARACTERS"]),
    ({"remittance": "x" * 141}, ["TEXT_CUT"]),
    ({"collection_date": date(2026, 12, 5)}, ["COLLECTION_DATE_CLOSED"]),
    ({"collection_date": date(2026, 11, 27)}, ["COLLECTION_DATE_TOO_EARLY"]),
    ({"collection_date": date(2026, 11, 2)}, ["COLLECTION_DATE_TOO_EARLY"]),
    ({"collection_date": date(2026, 12, 14)}, ["COLLECTION_DATE_TOO_FAR"]),
    ({"mandate_signed_on": date(2026, 12, 2)}, ["SIGNATURE_AFTER_COLLECTION"]),
    ({"mandate_signed_on": date(2023, 12, 1), "sequence_type": SequenceType.FIRST}, []),
    (
        {"mandate_signed_on": date(2023, 11, 30), "sequence_type": SequenceType.FIRST},
        ["MANDATE_MAY_BE_EXPIRED"],
    ),
    ({"debtor_address": Address("DE", lines=("Hof 1", "Berlin"))}, ["ADDRESS_UNSTRUCTURED"]),
    ({"debtor_address": Address("D", "Berlin")}, ["ADDRESS_INCOMPLETE"]),
    ({"debtor_address": Address("DE", street="Hof")}, ["ADDRESS_INCOMPLETE"]),
    ({"debtor_address": Address("DE", "Berlin", lines=("a", "b", "c"))}, ["ADDRESS_LINES"]),
    ({"debtor_iban": "CH9300762011623852957"}, ["ADDRESS_MISSING"]),
    ({"amendment": Amendment()}, ["AMENDMENT_EMPTY"]),
    (
        {"amendment": Amendment(original_debtor_iban="BE68539007547034", same_mandate_new_account=True)},
        ["AMENDMENT_CONTRADICTION"],
    ),
    ({"amendment": Amendment(original_mandate_reference="MANDATE-1")}, ["AMENDMENT_SAME"]),
    ({"amendment": Amendment(original_debtor_iban="DE89370400440532013000")}, ["AMENDMENT_SAME"]),
    ({"amendment": Amendment(original_creditor_name="Brouwerij De Kroon")}, ["AMENDMENT_SAME"]),
    ({"amendment": Amendment(original_creditor_identifier="BE65ZZZ0403199702")}, ["AMENDMENT_SAME"]),
    (
        {"amendment": Amendment("a//b", None, "DE26ZZZ00000000000", WRONG_IBAN)},
        ["AMENDMENT_INVALID", "AMENDMENT_INVALID", "AMENDMENT_INVALID"],
    ),
]

CREDITOR_CASES: list[tuple[dict[str, Any], str]] = [
    ({"identifier": "DE26ZZZ00000000000"}, "CREDITOR_ID_INVALID"),
    ({"identifier": "be65zzz0403199702"}, "CREDITOR_ID_INVALID"),
    ({"iban": "BE69539007547034"}, "CREDITOR_IBAN_INVALID"),
    ({"bic": "KRED"}, "BIC_INVALID"),
    ({"lei": "529900T8BM49AURSDO56"}, "LEI_INVALID"),
    ({"name": ""}, "NAME_MISSING"),
    ({"address": Address("BE", lines=("Gent",))}, "ADDRESS_UNSTRUCTURED"),
]

OTHER_ACCOUNT_MARK = (
    "<AmdmntInfDtls><OrgnlDbtrAcct><Id><Othr><Id>SMNDB</Id></Othr></Id></OrgnlDbtrAcct></AmdmntInfDtls>"
)

# What is replaced in a right file, and the findings that it then has in the check.
FOREIGN_CASES: list[tuple[str, str, list[str]]] = [
    ('Ccy="EUR"', 'Ccy="USD"', ["CURRENCY"]),
    ("<MsgId>MSG-2026-1<", "<MsgId>/MSG<", ["MESSAGE_ID_INVALID"]),
    ("<PmtInfId>MSG-2026-1-1<", "<PmtInfId>a//b<", ["BATCH_ID_INVALID"]),
    ("<EndToEndId>INV-2026-1<", "<EndToEndId>NOTPROVIDED<", ["END_TO_END_ID_MISSING"]),
    (">CORE<", ">COR1<", ["SCHEME_UNKNOWN"]),
    ("<SeqTp>RCUR</SeqTp>", "", ["SEQUENCE_UNKNOWN"]),
    ("<SvcLvl><Cd>SEPA</Cd></SvcLvl>", "<SvcLvl><Cd>URGP</Cd></SvcLvl>", ["SERVICE_LEVEL"]),
    (">SLEV<", ">SHAR<", ["CHARGE_BEARER"]),
    ("<Prtry>SEPA</Prtry>", "<Prtry>CORE</Prtry>", ["CREDITOR_SCHEME_NAME"]),
    ("<Ustrd>Invoice 2026/17</Ustrd>", "<Ustrd>a</Ustrd><Ustrd>b</Ustrd>", ["REMITTANCE"]),
    ("<Nm>Jan Peeters<", f"<Nm>{'A' * 71}<", ["TEXT_TOO_LONG"]),
    ("<Nm>Jan Peeters<", "<Nm>Jan_Peeters<", ["CHARACTERS"]),
    (
        "<Nm>Jan Peeters</Nm>",
        "<Nm>Jan Peeters</Nm><PstlAdr><AdrLine>Hof 1</AdrLine></PstlAdr>",
        ["ADDRESS_UNSTRUCTURED"],
    ),
    ("<NbOfTxs>1</NbOfTxs>", "<NbOfTxs>2</NbOfTxs>", ["COUNT", "COUNT"]),
    ("<CtrlSum>120.50</CtrlSum>", "<CtrlSum>120.51</CtrlSum>", ["CONTROL_SUM", "CONTROL_SUM"]),
    (
        "</DtOfSgntr>",
        "</DtOfSgntr><AmdmntInd>false</AmdmntInd><AmdmntInfDtls><OrgnlMndtId>X</OrgnlMndtId></AmdmntInfDtls>",
        ["AMENDMENT_INDICATOR"],
    ),
    ("</DtOfSgntr>", "</DtOfSgntr><AmdmntInd>true</AmdmntInd>", ["AMENDMENT_EMPTY"]),
    (
        "</DtOfSgntr>",
        f"</DtOfSgntr><AmdmntInd>true</AmdmntInd>{OTHER_ACCOUNT_MARK}",
        ["AMENDMENT_INVALID", "AMENDMENT_EMPTY"],
    ),
    (">120.50</InstdAmt>", ">12x</InstdAmt>", ["SCHEMA", "VALUE_UNREADABLE", "CONTROL_SUM", "CONTROL_SUM"]),
    ("<DtOfSgntr>2025-03-01</DtOfSgntr>", "", ["VALUE_UNREADABLE", "CONTROL_SUM", "CONTROL_SUM"]),
    (">2026-12-01</ReqdColltnDt>", ">2026-13-01</ReqdColltnDt>", ["SCHEMA", "VALUE_UNREADABLE", "CONTROL_SUM"]),
    ("<MndtId>MANDATE-1</MndtId>", f"<MndtId>{'M' * 36}</MndtId>", ["SCHEMA", "MANDATE_REFERENCE_INVALID"]),
    ("</Document>", "", ["XML"]),
    ("</DbtrAcct>", "</DbtrAct>", ["XML"]),
    ("</PmtInf>", "</PmtInf>&", ["XML"]),
    ("<Document ", '<!DOCTYPE a [<!ENTITY b "c">]><Document ', ["XML"]),
    ("<IBAN>DE89370400440532013000</IBAN>", "<Othr><Id>12345</Id></Othr>", ["IBAN_INVALID"]),
    ("pain.008.001.08", "pain.008.001.11", ["SCHEMA_MISSING"]),
    ("pain.008.001.08", "pain.001.001.09", ["NOT_PAIN_008"]),
]


def document(header: Header, *collections: Collection) -> bytes:
    out = io.BytesIO()
    write(header, collections, out)
    return out.getvalue()


def codes(findings: tuple[Finding, ...] | list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def findings_of(header: Header, collections: list[Collection]) -> tuple[Finding, ...]:
    try:
        return write(header, collections, io.BytesIO()).findings
    except NothingToWrite as error:
        return error.findings


@pytest.mark.parametrize(("changes", "expected"), COLLECTION_CASES)
def test_the_writer_finds_what_is_wrong_with_a_collection(
    changes: dict[str, Any], expected: list[str], header: Header, make: Make
) -> None:
    findings = findings_of(header, [make(1, **changes)])
    assert codes(findings) == expected
    for finding in findings:
        assert finding.severity is RULES[finding.code].severity
        assert finding.position == 1
        assert finding.message
        assert finding.remedy
        assert WRONG_IBAN not in finding.message


@pytest.mark.parametrize(("changes", "expected"), CREDITOR_CASES)
def test_the_writer_finds_what_is_wrong_with_a_creditor(
    changes: dict[str, Any], expected: str, header: Header, make: Make, creditor: Creditor
) -> None:
    wrong = replace(creditor, **changes)
    findings = findings_of(header, [make(1, creditor=wrong), make(2, creditor=wrong)])
    assert codes(findings) == [expected, expected]
    assert [finding.position for finding in findings] == [1, 2]


@pytest.mark.parametrize(("old", "new", "expected"), FOREIGN_CASES)
def test_the_check_finds_what_others_write_wrong(
    old: str, new: str, expected: list[str], header: Header, make: Make
) -> None:
    text = document(header, make(1)).decode()
    assert old in text
    findings = list(check(text.replace(old, new).encode()))
    assert codes(findings) == expected


def test_all_faults_of_a_transaction_are_told_with_its_line(header: Header, make: Make) -> None:
    text = document(header, make(1), make(2)).decode()
    second = text.splitlines()[-3]
    broken = second.replace("DE89370400440532013000", WRONG_IBAN).replace("120.50", "0.001").replace("EUR", "USD")
    findings = list(check(text.replace(second, broken).encode()))
    own = [finding for finding in findings if finding.end_to_end_id == "INV-2026-2"]
    assert set(codes(own)) == {"CURRENCY", "AMOUNT_RANGE", "IBAN_INVALID"}
    assert {(finding.position, finding.line) for finding in own} == {(2, 6)}


def test_a_schema_fault_is_told_with_its_transaction(header: Header, make: Make) -> None:
    text = document(header, *[make(n) for n in range(1, 301)]).decode()
    text = text.replace("<EndToEndId>INV-2026-222<", f"<EndToEndId>{'E' * 36}<")
    schema_findings = [finding for finding in check(text.encode()) if finding.code == "SCHEMA"]
    (only,) = schema_findings
    assert (only.position, only.line, only.end_to_end_id) == (222, 226, "E" * 36)
    assert "maxLength" in only.message
    assert "{urn" not in only.message


def test_a_file_full_of_schema_faults_ends_with_a_clear_word(header: Header, make: Make) -> None:
    text = document(header, *[make(n) for n in range(1, 1101)]).decode()
    findings = list(check(text.replace("<EndToEndId>", "<EndToEndId></EndToEndId><EndToEndId>").encode()))
    assert findings[-1].code == "XML"
    assert "rest is not checked" in findings[-1].message


def test_the_same_end_to_end_id_twice_is_found_with_both_positions(header: Header, make: Make) -> None:
    findings = findings_of(header, [make(1), make(2), make(3, end_to_end_id="INV-2026-1")])
    assert codes(findings) == ["END_TO_END_ID_DUPLICATE"]
    assert findings[0].position == 3
    assert "position 1" in findings[0].message


@pytest.mark.parametrize("last", [SequenceType.FINAL, SequenceType.ONE_OFF])
def test_a_mandate_is_not_collected_on_after_its_last_time(last: SequenceType, header: Header, make: Make) -> None:
    def two(first: SequenceType, second: SequenceType, *days: int) -> list[str]:
        pair = [
            make(n, mandate_reference="M", sequence_type=kind, collection_date=date(2026, 12, day))
            for n, kind, day in zip((1, 2), (first, second), days, strict=True)
        ]
        return codes(findings_of(header, pair))

    recurrent = SequenceType.RECURRENT
    assert two(last, recurrent, 1, 2) == ["MANDATE_SPENT"]
    assert two(recurrent, last, 2, 1) == ["MANDATE_SPENT"]
    assert two(last, last, 1, 1) == ["MANDATE_SPENT"]
    assert two(recurrent, last, 1, 2) == []
    assert two(last, recurrent, 2, 1) == []
    assert two(recurrent, SequenceType.FIRST, 1, 1) == ["SEQUENCE_FIRST_AGAIN"]


def test_a_mandate_has_one_account_unless_an_amendment_says_otherwise(header: Header, make: Make) -> None:
    first = make(1, mandate_reference="M")
    second = make(2, mandate_reference="M", debtor_iban="BE15539000000030")
    assert codes(findings_of(header, [first, second])) == ["MANDATE_TWO_ACCOUNTS"]
    amended = replace(second, amendment=Amendment(same_mandate_new_account=True))
    assert codes(findings_of(header, [first, amended])) == []


def test_the_same_mandate_reference_of_two_creditors_is_two_mandates(
    header: Header, make: Make, creditor: Creditor
) -> None:
    other = replace(creditor, identifier="DE98ZZZ09999999999")
    pair = [
        make(1, mandate_reference="M"),
        make(2, mandate_reference="M", creditor=other, debtor_iban="BE15539000000030"),
    ]
    assert codes(findings_of(header, pair)) == []


def test_core_and_b2b_in_one_file_is_found(header: Header, make: Make) -> None:
    text = document(header, make(1), make(2, collection_date=date(2026, 12, 2))).decode()
    head, _, tail = text.rpartition(">CORE<")
    mixed = f"{head}>B2B<{tail}"
    assert codes(list(check(mixed.encode()))) == ["SCHEME_MIX"]


def test_two_batches_of_one_id_are_found(header: Header, make: Make) -> None:
    text = document(header, make(1), make(2, collection_date=date(2026, 12, 2))).decode()
    assert codes(list(check(text.replace("MSG-2026-1-2", "MSG-2026-1-1").encode()))) == ["BATCH_ID_DUPLICATE"]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"max_transactions_per_batch": 1}, ["LIMIT_BATCH"]),
        ({"max_transactions_per_file": 2}, ["LIMIT_FILE"]),
        ({"max_bytes_per_file": 100}, ["LIMIT_FILE"]),
        ({"one_batch_per_file": True}, ["LIMIT_FILE"]),
        ({"version": "pain.008.001.02"}, ["VERSION"]),
        ({"message_id_pattern": "FSDD .*"}, ["MESSAGE_ID_FORM"]),
        ({"lead_days_core": 3}, ["COLLECTION_DATE_TOO_EARLY"] * 2),
    ],
)
def test_a_banks_own_limits_are_checked(
    limits: dict[str, Any], expected: list[str], header: Header, make: Make
) -> None:
    data = document(header, make(1), make(2), make(3, collection_date=date(2026, 12, 2)))
    assert codes(list(check(data, replace(NEUTRAL, **limits)))) == expected


def test_the_day_of_handing_in_can_be_told(header: Header, make: Make) -> None:
    data = document(header, make(1))
    assert codes(list(check(data, handed_in_on=date(2026, 12, 1)))) == ["COLLECTION_DATE_TOO_EARLY"]


@pytest.mark.parametrize("data", [b"", b"hello", b"<a/>", b"PK\x03\x04", b"\xff\xfe<"])
def test_what_is_no_pain_008_is_one_finding(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(data)
    assert codes(list(check(path))) == codes(list(check(data))) == ["NOT_PAIN_008"]


def test_what_sepaxml_accepts_wrongly_is_found() -> None:
    from sepaxml import SepaDD

    config = {
        "name": "Shop", "IBAN": "BE68539007547034", "BIC": "TRIOBEBB", "batch": True,
        "creditor_id": "DE26ZZZ00000000000", "currency": "USD",
    }  # fmt: skip
    sepa = SepaDD(config, schema="pain.008.001.08", clean=True)
    payment = {
        "name": "Jan", "IBAN": WRONG_IBAN, "BIC": "DEUTDEFF", "amount": 1_000_000_000_000, "type": "RCUR",
        "collection_date": date(2020, 12, 25), "mandate_id": "M", "mandate_date": date(2030, 1, 1),
        "description": "x", "endtoend_id": "/A//B/", "address": {"lines": ["Hof 1"]},
    }  # fmt: skip
    sepa.add_payment(dict(payment))
    sepa.add_payment(dict(payment))
    found = set(codes(list(check(sepa.export(validate=True)))))
    assert found >= {
        "IBAN_INVALID", "CREDITOR_ID_INVALID", "COLLECTION_DATE_TOO_EARLY", "COLLECTION_DATE_CLOSED",
        "END_TO_END_ID_INVALID", "END_TO_END_ID_DUPLICATE", "CURRENCY", "AMOUNT_RANGE", "SIGNATURE_AFTER_COLLECTION",
        "ADDRESS_UNSTRUCTURED",
    }  # fmt: skip


@pytest.mark.parametrize(
    "message", ["pain.008.001.02", "pain.008.001.04", "pain.008.001.08", "pain.008.001.10", "pain.008.001.11"]
)
def test_any_version_is_checked_with_the_schema_that_is_given(
    message: str, header: Header, make: Make, schema: Callable[[str], etree.XMLSchema]
) -> None:
    text = document(header, make(1)).decode().replace("pain.008.001.08", message)
    if message == "pain.008.001.02":
        text = text.replace("BICFI", "BIC")
    assert list(check(text.encode(), schema=schema(message))) == []
    wrong = text.replace("DE89370400440532013000", WRONG_IBAN)
    assert codes(list(check(wrong.encode(), schema=schema(message)))) == ["IBAN_INVALID"]


def test_the_old_german_versions_are_checked_by_the_rules_of_the_schemes(header: Header, make: Make) -> None:
    text = document(header, make(1)).decode().replace("pain.008.001.08", "pain.008.003.02").replace("BICFI", "BIC")
    assert codes(list(check(text.encode()))) == ["SCHEMA_MISSING"]


def test_every_code_of_the_catalogue_is_shown_by_a_test_and_says_what_to_do() -> None:
    shown = {code for _, expected in COLLECTION_CASES for code in expected}
    shown |= {code for _, code in CREDITOR_CASES}
    shown |= {code for _, _, expected in FOREIGN_CASES for code in expected}
    elsewhere = {
        "LEI_LEFT_OUT", "ADDRESS_LINES_LEFT_OUT", "END_TO_END_ID_DUPLICATE", "MANDATE_SPENT", "SEQUENCE_FIRST_AGAIN",
        "MANDATE_TWO_ACCOUNTS", "SCHEME_MIX", "BATCH_ID_DUPLICATE", "LIMIT_BATCH", "LIMIT_FILE", "VERSION",
        "MESSAGE_ID_FORM",
    }  # fmt: skip
    assert shown | elsewhere == set(RULES)
    for rule in RULES.values():
        assert rule.rule.endswith(".")
        assert rule.remedy.endswith(".")
        assert isinstance(rule.severity, Severity)


def test_after_a_scheme_mix_in_sequence_types_the_mandate_of_b2b_stays_its_own(header: Header, make: Make) -> None:
    late = replace(header, created_at=datetime(2026, 11, 27, 23, 30, tzinfo=UTC))  # already Saturday in Brussels
    b2b = make(1, scheme=Scheme.B2B, collection_date=date(2026, 11, 30))
    assert codes(findings_of(late, [b2b])) == ["COLLECTION_DATE_TOO_EARLY"]


def test_a_profile_is_a_plain_value(header: Header, make: Make) -> None:
    assert BankProfile() == NEUTRAL
    assert list(check(document(header, make(1)), BankProfile())) == []


def test_a_fault_deep_in_a_large_file_is_told_with_its_record(make: Make, header: Header) -> None:
    out = io.BytesIO()
    write(header, (make(number) for number in range(3000)), out)
    lines = out.getvalue().splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines) if b">INV-2026-2000<" in line)
    lines[number] = lines[number].replace(b"<DrctDbtTx>", b"<Wrong/><DrctDbtTx>")
    lines[number + 1] = lines[number + 1].replace(b"DE89", b"DE88")
    seen = [(found.code, found.position, found.line, found.end_to_end_id) for found in check(b"".join(lines))]
    assert seen == [
        ("SCHEMA", 2001, number + 1, "INV-2026-2000"),
        ("IBAN_INVALID", 2002, number + 2, "INV-2026-2001"),
    ]


def test_a_large_file_that_is_cut_off_is_told_once(make: Make, header: Header) -> None:
    out = io.BytesIO()
    write(header, (make(number, debtor_iban="DE00") if number == 5 else make(number) for number in range(2000)), out)
    whole = out.getvalue().replace(b"INV-2026-1000<", b"INV-2026-1001<")
    found = list(check(whole[: whole.index(b"<DrctDbtTx>", len(whole) * 3 // 4)]))
    assert [one.code for one in found] == ["END_TO_END_ID_DUPLICATE", "XML"]
    assert "cut off" in found[-1].message
