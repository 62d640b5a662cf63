"""What bank codes say, where they stand alone: CODA families, ISO families, German business codes, MT940 types."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bankfiles.answers import Answer, AnswerKind, Unreadable
from bankfiles.bank_transaction_codes import Movement, movement_of
from bankfiles.coda_codes import direct_debit, is_charge, kind_of
from bankfiles.mt940_information import information_of
from bankfiles.read import read_answers


@pytest.mark.parametrize(
    ("family", "sub_family", "proprietary", "movement"),
    [
        ("IDDT", "ESDD", "", Movement.COLLECTION),
        ("IDDT", "BBDD", "", Movement.COLLECTION),
        ("IDDT", "UPDD", "", Movement.RETURN),
        ("IDDT", "PRDD", "", Movement.CREDITOR_REVERSAL),
        ("RDDT", "UPDD", "", Movement.RETURN),
        ("RDDT", "ESDD", "", Movement.OTHER),
        ("MDOP", "CHRG", "", Movement.CHARGE),
        ("", "", "NDDT+109+00901", Movement.RETURN),
        ("", "", "NDDT+171", Movement.COLLECTION),
        ("", "", "NMSC+999", Movement.OTHER),
        ("", "", "", Movement.OTHER),
    ],
)
def test_a_transaction_code_tells_the_movement(
    family: str, sub_family: str, proprietary: str, movement: Movement
) -> None:
    assert movement_of(family, sub_family, proprietary) is movement


@pytest.mark.parametrize(
    ("code", "is_credit", "r_type", "reason", "kind"),
    [
        ("00550000", True, "", "", AnswerKind.SETTLED),
        ("00551000", True, "", "", AnswerKind.SETTLED),
        ("00503000", False, "", "", AnswerKind.RETURNED),
        ("00505000", False, "", "", AnswerKind.REFUNDED),
        ("00501000", False, "", "", AnswerKind.OTHER),  # a direct debit that we paid
        ("00503000", False, "4", "", AnswerKind.REVERSED),
        ("00503000", False, "", "MD06", AnswerKind.REFUNDED),
        ("00503000", False, "9", "", AnswerKind.RETURNED),
        ("00137006", False, "", "", AnswerKind.CHARGE),
        ("00150000", True, "", "", AnswerKind.OTHER),
    ],
)
def test_a_coda_code_tells_what_happened(
    code: str, is_credit: bool, r_type: str, reason: str, kind: AnswerKind
) -> None:
    assert kind_of(code, is_credit, None, r_type, reason) is kind


def test_a_paid_direct_debit_in_coda_is_settled_whatever_its_family_says() -> None:
    paid = direct_debit("127011226110" + "CI".ljust(35) + "M".ljust(35) + "text".ljust(62) + "0")
    assert paid is not None
    assert (paid.is_paid, paid.creditor_identifier, paid.mandate_reference) == (True, "CI", "M")
    assert kind_of("60599000", True, paid, "", "") is AnswerKind.SETTLED
    assert direct_debit("101090933755493") is None
    assert is_charge("00137006")


MT942 = b""":20:REF
:25:NL91ABNA0417164300
:28C:1
:34F:EURD0,
:13D:2611271200+0100
:61:2611271127C10,00NDDTNONREF//BANK-1
:61:2611271127D4,00NCOMNONREF
:86:Costs of the month
:61:2611271127RD5,00NTRFNONREF//BANK-2
:61:2611271127RC7,00NDDTNONREF//BANK-3
:86:/EREF/INV-1//MARF/M-1/
:61:nonsense
:90D:1EUR4,00
"""


def test_an_mt942_without_balances_or_information_is_read() -> None:
    items = list(read_answers(MT942))
    answers = [item for item in items if isinstance(item, Answer)]
    assert [(answer.kind, str(answer.amount)) for answer in answers] == [
        (AnswerKind.OTHER, "10.00"),
        (AnswerKind.CHARGE, "4.00"),
        (AnswerKind.OTHER, "5.00"),
        (AnswerKind.RETURNED, "7.00"),
    ]
    (unreadable,) = [item for item in items if isinstance(item, Unreadable)]
    assert "no form that is known" in unreadable.why


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("4,00NCOM", "4,0,0NCOM", "date or amount"),
        ("2611271127D4", "2613271127D4", "impossible date"),
    ],
)
def test_one_bad_mt940_entry_does_not_stop_the_others(old: str, new: str, word: str) -> None:
    items = list(read_answers(MT942.replace(old.encode(), new.encode())))
    assert sum(isinstance(item, Answer) for item in items) == 3
    assert any(isinstance(item, Unreadable) and word in item.why for item in items)


def test_german_information_keeps_compensation_apart() -> None:
    info = information_of("109?00RETOURE?20EREF+INV-1?21MREF+M-1?22OAMT+50,00?23COAM+0,60?24SVWZ+RETURN MD06?32KARL")
    assert (info.original_amount, info.compensation) == (Decimal("50.00"), Decimal("0.60"))
    assert info.reason == "MD06"


CODA = [
    "0000001122653905".ljust(127) + "2",
    "12231BE68539007547034".ljust(39) + "EUR0" + "0" * 15 + "011226".ljust(70),
]


def coda(*lines: str) -> list[Answer | Unreadable]:
    text = "\n".join([*CODA, *(line.ljust(128) for line in lines), "9".ljust(127) + "2", ""])
    return list(read_answers(text.encode("latin-1")))


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("2200010000 continues nothing", "not there"),
        ("5 unknown", "starts with '5'"),
        ("21" + "00010000" + " " * 21 + "0" + "000000000001000" + "321326", "not a date"),
    ],
)
def test_one_bad_coda_line_is_told(line: str, word: str) -> None:
    (only,) = coda(line)
    assert isinstance(only, Unreadable)
    assert word in only.why
    assert only.line == 3


def test_a_short_coda_line_is_told() -> None:
    text = "\n".join([*CODA, "2100010000", "9".ljust(127) + "2", ""])
    (only,) = read_answers(text.encode())
    assert isinstance(only, Unreadable)
    assert "10 characters" in only.why


def test_information_records_and_latin_letters_are_taken_in_stride() -> None:
    assert coda("3100010000 information", "4 free \xe9") == []


def test_a_wrong_new_balance_is_told() -> None:
    (only,) = coda("8231BE68539007547034".ljust(41) + "0" + "000000000001000" + "011226")
    assert isinstance(only, Unreadable)
    assert "do not add up" in only.why
