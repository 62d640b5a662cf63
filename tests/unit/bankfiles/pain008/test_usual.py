"""Short cuts for usual collections allow nothing that the rules refuse, and change nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bankfiles.characters import transliterate
from bankfiles.identifiers import is_id
from bankfiles.pain008 import Collection, Creditor, Finding, Scheme, SequenceType
from bankfiles.pain008.adapt import NAME_LENGTH, REMITTANCE_LENGTH, Adapter, _needs_nothing
from bankfiles.pain008.collection_rules import USUAL, check_amount
from bankfiles.pain008.rules import SchemeRules
from bankfiles.pain008.v001_08 import Pain008V08
from bankfiles.profile import NEUTRAL

Make = Callable[..., Collection]

COLLECTION = Collection(
    "E", Decimal(1), date(2026, 12, 1), SequenceType.RECURRENT, Scheme.CORE, Creditor("X", "Y", "Z"), "M",
    date(2025, 3, 1), "Jan", "DE89370400440532013000",
)  # fmt: skip
IDS = st.text("Az09/-?:().,'+ \n_é\r\x85", max_size=37)
AMOUNTS = st.one_of(
    st.decimals(allow_nan=True, allow_infinity=True),
    st.decimals("-1", "1000000000", places=2),
    st.decimals("0", "2", places=3),
    st.sampled_from(["0.00", "1E+2", "999999999.99", "1000000000.00", "-0.00"]).map(Decimal),
)  # fmt: skip


@given(IDS, IDS, AMOUNTS)
@settings(max_examples=1000)
def test_the_short_cut_of_the_rules_takes_only_what_is_right(one: str, two: str, amount: Decimal) -> None:
    if USUAL.fullmatch(f"{one}\n{two}\n{amount!s}") is None:
        return
    faults: list[tuple[str, str]] = []
    check_amount(amount, faults)
    assert is_id(one)
    assert is_id(two)
    assert faults == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"end_to_end_id": "E\nM"}, "END_TO_END_ID_INVALID"),
        ({"end_to_end_id": "A//B"}, "END_TO_END_ID_INVALID"),
        ({"mandate_reference": "M/"}, "MANDATE_REFERENCE_INVALID"),
        ({"mandate_reference": ""}, "MANDATE_REFERENCE_INVALID"),
        ({"instruction_id": "I_1"}, "INSTRUCTION_ID_INVALID"),
        ({"amount": Decimal("0.00")}, "AMOUNT_RANGE"),
        ({"amount": Decimal("1.005")}, "AMOUNT_DECIMALS"),
        ({"amount": Decimal("NaN")}, "AMOUNT_RANGE"),
    ],
)
def test_what_is_wrong_does_not_slip_through(changes: dict[str, object], code: str, make: Make) -> None:
    rules = SchemeRules(NEUTRAL, None)
    assert rules.check(make(1), 1) == []
    assert [finding.code for finding in rules.check(make(2, **changes), 2)] == [code]


@given(st.text("Az /-é\n\x85 ", max_size=75), st.text("Az /-é\n", max_size=145))
@settings(max_examples=1000)
def test_the_short_cut_of_texts_takes_only_what_goes_as_it_is(name: str, remittance: str) -> None:
    if _needs_nothing(replace(COLLECTION, debtor_name=name, remittance=remittance)):
        assert transliterate(name) == name
        assert transliterate(remittance) == remittance
        assert 0 < len(name) <= NAME_LENGTH
        assert 0 < len(remittance) <= REMITTANCE_LENGTH


def test_texts_at_their_limit_go_as_they_are(make: Make) -> None:
    adapter = Adapter(NEUTRAL)
    adapter.adapt(make(1), 1, [])
    told: list[Finding] = []
    long = make(2, debtor_name="N" * NAME_LENGTH, remittance="R" * REMITTANCE_LENGTH)
    assert adapter.adapt(long, 2, told) is long
    assert told == []
    cut = adapter.adapt(make(3, debtor_name="N" * 71, remittance=None), 3, told)
    assert cut.debtor_name == "N" * NAME_LENGTH


@pytest.mark.parametrize("amount", ["1", "1.5", "120.50", "1E+2", "0.01", "999999999.99", "1.00E+3", "5.000"])
def test_an_amount_has_two_decimals_however_it_was_made(amount: str, make: Make) -> None:
    built = Pain008V08().transaction(make(amount=Decimal(amount)))
    assert f'<InstdAmt Ccy="EUR">{Decimal(amount):.2f}</InstdAmt>' in built
