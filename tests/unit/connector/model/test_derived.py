"""Derived ids: the same for the same thing, different for another, and fit for a bank file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bankfiles.identifiers import normalise_end_to_end_id, normalise_mandate_reference
from connector.model.customer import RecordKey
from connector.model.derived import end_to_end_id, mandate_reference

TEXT = st.text(min_size=1, max_size=60)


@given(TEXT, TEXT, TEXT, st.integers(1, 99), st.integers(1, 9))
def test_an_end_to_end_id_is_taken_by_every_bank(source: str, key: str, number: str, part: int, attempt: int) -> None:
    made = end_to_end_id(RecordKey(source, key), number, part, attempt)
    assert normalise_end_to_end_id(made) == made


@given(TEXT, TEXT, st.integers(1, 9))
def test_each_attempt_at_an_invoice_has_an_id_of_its_own(key: str, number: str, attempt: int) -> None:
    invoice = RecordKey("books", key)
    first = end_to_end_id(invoice, number, 1, attempt)
    assert first == end_to_end_id(invoice, number, 1, attempt)
    assert first != end_to_end_id(invoice, number, 1, attempt + 1)
    assert first != end_to_end_id(invoice, number, 2, attempt)
    assert first != end_to_end_id(RecordKey("other", key), number, 1, attempt)


@given(TEXT, st.integers(1, 9))
def test_a_mandate_reference_is_derived_and_fits(key: str, number: int) -> None:
    made = mandate_reference("M", "main", RecordKey("books", key), number)
    assert normalise_mandate_reference(made) == made
    assert made == mandate_reference("M", "main", RecordKey("books", key), number)
    assert made != mandate_reference("M", "main", RecordKey("books", key), number + 1)
    assert made != mandate_reference("M", "other", RecordKey("books", key), number)
