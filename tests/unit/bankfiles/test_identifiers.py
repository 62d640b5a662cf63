"""Identifiers are checked, brought into their electronic form, and never shown whole."""

from __future__ import annotations

import pytest
from schwifty import IBAN
from stdnum.eu import at_02

from bankfiles.identifiers import (
    InvalidBic,
    InvalidCreditorIdentifier,
    InvalidIban,
    InvalidId,
    InvalidReference,
    belgian_iban,
    format_ogm,
    is_iban,
    is_sepa_country,
    mask_iban,
    mask_ibans,
    normalise_bic,
    normalise_creditor_identifier,
    normalise_end_to_end_id,
    normalise_iban,
    normalise_mandate_reference,
    normalise_message_id,
    normalise_ogm,
    normalise_rf,
    without_business_code,
)

IBANS = [
    "BE68539007547034",
    "DE89370400440532013000",
    "FR1420041010050500013M02606",
    "NL91ABNA0417164300",
    "MT84MALT011000012345MTLCAST001S",
    "GB29NWBK60161331926819",
    "CH9300762011623852957",
]


@pytest.mark.parametrize("iban", IBANS)
def test_an_iban_is_taken_with_spaces_and_small_letters(iban: str) -> None:
    grouped = " ".join(iban[i : i + 4] for i in range(0, len(iban), 4)).lower()
    assert normalise_iban(grouped) == iban


@pytest.mark.parametrize("iban", IBANS)
def test_the_fast_check_agrees_with_the_registry_on_every_mistyped_digit(iban: str) -> None:
    for place in range(2, len(iban)):
        typed = iban[:place] + ("1" if iban[place] != "1" else "2") + iban[place + 1 :]
        assert is_iban(typed) == IBAN(typed, allow_invalid=True).is_valid


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("BE69539007547034", "mistyped"),
        ("BE6853900754703", "16 characters"),
        ("XX00123", "does not start with a country"),
        ("", "empty"),
        ("BE68 5390 0754 703４", "form"),
    ],
)
def test_a_wrong_iban_is_refused_with_what_to_do_and_not_shown_whole(text: str, word: str) -> None:
    with pytest.raises(InvalidIban, match=word) as caught:
        normalise_iban(text)
    assert "539007547" not in str(caught.value)


def test_an_iban_is_masked_but_for_its_first_four_and_last_three() -> None:
    assert mask_iban("BE68 5390 0754 7034") == "BE68*********034"
    assert mask_iban("BE68") == "****"
    assert mask_ibans("from BE68539007547034 to NL91 ABNA 0417 1643 00, FACTUUR 12") == (
        "from BE68*********034 to NL91***********300, FACTUUR 12"
    )


def test_sepa_reaches_its_late_members_and_no_further() -> None:
    assert all(is_sepa_country(country) for country in ("BE", "CH", "GB", "AL", "RS", "SM"))
    assert not any(is_sepa_country(country) for country in ("US", "TR", "BR", "XX"))


def test_a_bic_is_8_or_11_characters_in_a_country_that_exists() -> None:
    assert normalise_bic("kredbebb xxx") == "KREDBEBBXXX"
    for wrong in ("KREDBEB", "KREDXXBB", "KRED1EBB", ""):
        with pytest.raises(InvalidBic, match="leave it out"):
            normalise_bic(wrong)


@pytest.mark.parametrize("business_code", ["ZZZ", "001", "ABC"])
def test_the_business_code_does_not_count_in_a_creditor_identifier(business_code: str) -> None:
    identifier = f"DE98{business_code}09999999999"
    assert normalise_creditor_identifier(identifier.lower()) == identifier
    assert without_business_code(identifier) == "DE98ZZZ09999999999"


@pytest.mark.parametrize("country", ["BE", "NL", "FR", "DE", "AT", "ES", "IT"])
def test_one_of_the_hundred_check_digits_is_right(country: str) -> None:
    right = [n for n in range(2, 99) if at_02.is_valid(f"{country}{n:02d}ZZZ0123456789")]
    assert len(right) == 1
    assert normalise_creditor_identifier(f"{country}{right[0]:02d}ZZZ0123456789")


@pytest.mark.parametrize("wrong", ["DE26ZZZ00000000000", "DE98ZZ", "", "98DEZZZ09999999999", "DE98ZZZ" + "1" * 29])
def test_a_wrong_creditor_identifier_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidCreditorIdentifier, match="contract"):
        normalise_creditor_identifier(wrong)


@pytest.mark.parametrize("normalise", [normalise_end_to_end_id, normalise_mandate_reference, normalise_message_id])
def test_an_id_keeps_to_35_sepa_characters_without_stray_slashes(normalise: object) -> None:
    assert callable(normalise)
    assert normalise(" A/B-1?:().,'+ c ") == "A/B-1?:().,'+ c"
    assert normalise("x" * 35) == "x" * 35
    for wrong, word in [
        ("", "empty"),
        ("x" * 36, "36 characters"),
        ("a_b", "'_'"),
        ("é", "'é'"),
        ("/a", "slash"),
        ("a/", "slash"),
        ("a//b", "slash"),
    ]:
        with pytest.raises(InvalidId, match=word):
            normalise(wrong)


def test_structured_references_are_taken_as_people_write_them() -> None:
    assert normalise_ogm("+++090/9337/55493+++") == "090933755493"
    assert normalise_ogm("***090/9337/55493***") == "090933755493"
    assert format_ogm("090933755493") == "+++090/9337/55493+++"
    assert normalise_rf("rf18 5390 0754 7034") == "RF18539007547034"
    for wrong, normalise in (("090933755494", normalise_ogm), ("RF19539007547034", normalise_rf), ("", normalise_rf)):
        with pytest.raises(InvalidReference, match="invoice"):
            normalise(wrong)


def test_a_belgian_account_number_becomes_its_iban() -> None:
    assert belgian_iban("539007547034") == "BE68539007547034"
    assert belgian_iban("12") == "12"
