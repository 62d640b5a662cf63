"""The states of a collection."""

from __future__ import annotations

import pytest

from connector.errors import IllegalTransition
from connector.model.collection import FAILED_STATES, CollectionState, next_state, sequence_type_for
from connector.model.mandate import MandateType

S = CollectionState


@pytest.mark.parametrize("told", [S.ACCEPTED, S.SETTLED, S.REJECTED, S.RETURNED])
def test_a_bank_may_answer_before_we_noted_that_the_file_was_sent(told: CollectionState) -> None:
    assert next_state("E1", S.IN_FILE, told) is told


@pytest.mark.parametrize("failed", sorted(FAILED_STATES))
def test_a_failed_collection_stays_failed(failed: CollectionState) -> None:
    for state in S:
        with pytest.raises(IllegalTransition, match="collection E1"):
            next_state("E1", failed, state)


def test_money_that_was_settled_is_not_rejected() -> None:
    with pytest.raises(IllegalTransition):
        next_state("E1", S.SETTLED, S.REJECTED)


def test_a_one_off_mandate_collects_once_and_a_recurrent_one_recurrently() -> None:
    assert sequence_type_for(MandateType.ONE_OFF) == "OOFF"
    assert sequence_type_for(MandateType.RECURRENT) == "RCUR"
