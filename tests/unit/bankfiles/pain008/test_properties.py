"""What holds for any collections: written, they are valid, clean by the check, and read back the same."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from bankfiles.answers import Unreadable
from bankfiles.calendar import add_target_days, next_target_day
from bankfiles.characters import SEPA_CHARACTERS, transliterate
from bankfiles.identifiers import belgian_iban
from bankfiles.pain008 import (
    Address,
    Amendment,
    Collection,
    Creditor,
    Header,
    ReferenceIssuer,
    Scheme,
    SequenceType,
    Severity,
    StructuredReference,
    check,
    read_collections,
    write,
)
from bankfiles.profile import NEUTRAL

HEADER = Header("MSG-1", datetime(2026, 11, 27, 9, tzinfo=UTC), "Shop")
FIRST_DAY = add_target_days(date(2026, 11, 27), 1)

plain_texts = st.text(SEPA_CHARACTERS, min_size=1, max_size=70).map(transliterate).filter(bool)
ids = st.text("ABCxyz0189-?:().,'+", min_size=1, max_size=30)
ibans = st.integers(0, 10**10 - 1).map(lambda n: belgian_iban(f"{n:010d}{n % 97 or 97:02d}"))
days = st.integers(0, 8).map(lambda n: next_target_day(date.fromordinal(FIRST_DAY.toordinal() + n)))
creditors = st.builds(
    Creditor,
    name=plain_texts,
    identifier=st.sampled_from(["BE65ZZZ0403199702", "DE98ABC09999999999", "NL38ZZZ012345678"]),
    iban=ibans,
    bic=st.sampled_from([None, "TRIOBEBB", "DEUTDEFFXXX"]),
    ultimate_name=st.none() | plain_texts,
    address=st.none() | st.just(Address("BE", "Gent", "9000", "Korenmarkt", "1")),
    lei=st.sampled_from([None, "529900T8BM49AURSDO55"]),
)
references = st.sampled_from(
    [
        StructuredReference("090933755493", ReferenceIssuer.BBA),
        StructuredReference("RF18539007547034", ReferenceIssuer.ISO),
    ]
)
amendments = st.builds(
    Amendment,
    original_mandate_reference=st.none() | st.just("OLD"),
    original_creditor_name=st.none() | st.just("Old Name of the Shop"),
    original_creditor_identifier=st.none() | st.just("FR72ZZZ123456"),
    same_mandate_new_account=st.just(value=True),
)


@st.composite
def runs(draw: st.DrawFn) -> list[Collection]:
    """Collections that the scheme allows together: ids of their own, a mandate each, one scheme."""
    scheme = draw(st.sampled_from(Scheme))
    some_creditors = draw(st.lists(creditors, min_size=1, max_size=2))
    numbers = range(draw(st.integers(1, 8)))
    return [draw(right_collections(number, scheme, some_creditors)) for number in numbers]


def right_collections(number: int, scheme: Scheme, some_creditors: list[Creditor]) -> st.SearchStrategy[Collection]:
    return st.builds(
        Collection,
        end_to_end_id=ids.map(lambda text: f"{number}{text}"),
        amount=st.integers(1, 99999999999).map(lambda cents: Decimal(cents) / 100),
        collection_date=days,
        sequence_type=st.sampled_from(SequenceType),
        scheme=st.just(scheme),
        creditor=st.sampled_from(some_creditors),
        mandate_reference=ids.map(lambda text: f"{number}{text}"),
        mandate_signed_on=st.dates(date(2024, 6, 1), FIRST_DAY),
        debtor_name=plain_texts,
        debtor_iban=ibans,
        debtor_bic=st.sampled_from([None, "KREDBEBB"]),
        debtor_address=st.none() | st.just(Address("BE", "Gent", lines=("Korenmarkt 1",))),
        remittance=st.none() | plain_texts | references,
        amendment=st.none() | amendments,
        instruction_id=st.none() | ids,
        ultimate_debtor_name=st.none() | plain_texts,
        purpose=st.sampled_from([None, "OTHR"]),
        category_purpose=st.sampled_from([None, "SUPP"]),
        electronic_signature=st.none() | st.just("<sign> & 'seal'"),
    )


def by_id(collections: list[Collection]) -> list[Collection]:
    return sorted(collections, key=lambda one: one.end_to_end_id)


@settings(max_examples=150, deadline=None)
@given(runs(), st.sampled_from(["pain.008.001.08", "pain.008.001.02"]))
def test_what_is_written_checks_clean_and_reads_back_the_same(collections: list[Collection], version: str) -> None:
    out = io.BytesIO()
    written = write(HEADER, collections, out, profile=replace(NEUTRAL, version=version))
    assert all(finding.code == "LEI_LEFT_OUT" for finding in written.findings)
    assert written.count == len(collections)
    assert written.total == sum(one.amount for one in collections)
    assert list(check(out.getvalue())) == []
    out.seek(0)
    read = [one for one in read_collections(out) if isinstance(one, Collection)]
    if version == "pain.008.001.02":
        collections = [replace(one, creditor=replace(one.creditor, lei=None)) for one in collections]
    assert by_id(read) == by_id(collections)


wild = st.text(max_size=80)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.builds(
            Collection,
            end_to_end_id=wild,
            amount=st.decimals(allow_nan=True, allow_infinity=True),
            collection_date=st.dates(date(2026, 11, 1), date(2027, 1, 31)),
            sequence_type=st.sampled_from(SequenceType),
            scheme=st.just(Scheme.CORE),
            creditor=st.builds(
                Creditor, name=wild, identifier=wild, iban=wild, bic=st.none() | wild, lei=st.none() | wild
            )
            | creditors,
            mandate_reference=wild,
            mandate_signed_on=st.dates(),
            debtor_name=wild,
            debtor_iban=wild | ibans,
            debtor_bic=st.none() | wild,
            debtor_address=st.none() | st.builds(Address, country=wild, town=wild, street=wild, lines=st.tuples(wild)),
            remittance=st.none() | wild | st.builds(StructuredReference, wild, st.sampled_from(ReferenceIssuer)),
            amendment=st.none()
            | st.builds(Amendment, st.none() | wild, st.none() | wild, st.none() | wild, st.none() | wild),
            instruction_id=st.none() | wild,
            ultimate_debtor_name=st.none() | wild,
            purpose=st.none() | wild,
            category_purpose=st.none() | wild,
            electronic_signature=st.none() | wild,
        ),
        min_size=1,
        max_size=4,
    ),
    runs(),
)
def test_whatever_is_wrong_is_kept_out_and_never_breaks_the_file(
    wrong: list[Collection], right: list[Collection]
) -> None:
    right = [replace(one, scheme=Scheme.CORE) for one in right]
    out = io.BytesIO()
    written = write(HEADER, [*wrong, *right], out)
    assert [f for f in check(out.getvalue()) if f.severity is Severity.ERROR] == []
    kept_out = {finding.position for finding in written.findings if finding.severity is Severity.ERROR}
    assert written.count == len(wrong) + len(right) - len(kept_out)


def test_what_cannot_be_read_of_a_foreign_file_is_told_and_the_rest_goes_on() -> None:
    out = io.BytesIO()
    base = Collection(
        "A", Decimal("1.00"), FIRST_DAY, SequenceType.RECURRENT, Scheme.CORE,
        Creditor("Shop", "BE65ZZZ0403199702", "BE68539007547034"), "M", date(2026, 1, 1), "Jan", "BE15539000000030",
    )  # fmt: skip
    write(HEADER, [base, replace(base, end_to_end_id="B", mandate_reference="N", amount=Decimal("2.00"))], out)
    first, second = read_collections(io.BytesIO(out.getvalue().replace(b">1.00<", b">one<")))
    assert isinstance(first, Unreadable)
    assert isinstance(second, Collection)
    assert second.end_to_end_id == "B"
    *_, last = read_collections(io.BytesIO(out.getvalue()[:-200]))
    assert isinstance(last, Unreadable)
