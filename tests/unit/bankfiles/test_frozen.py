"""What is made fast is what the class itself would have made."""

from __future__ import annotations

import dataclasses
import pickle

import pytest

from bankfiles.answers import Answer, AnswerKind, Scope, new_answer


def test_an_answer_made_fast_is_an_answer() -> None:
    made = new_answer(AnswerKind.OTHER, Scope.ENTRY, "key", remittance="Invoice 1")
    expected = Answer(AnswerKind.OTHER, Scope.ENTRY, "key", remittance="Invoice 1")
    assert type(made) is Answer
    assert made == expected
    assert (hash(made), repr(made)) == (hash(expected), repr(expected))
    assert dataclasses.replace(made, line=3) == dataclasses.replace(expected, line=3)
    assert pickle.loads(pickle.dumps(made)) == expected


def test_an_answer_made_fast_cannot_be_changed() -> None:
    made = new_answer(AnswerKind.OTHER, Scope.ENTRY, "key")
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.key = "another"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del made.key


def test_what_has_no_default_must_be_given() -> None:
    with pytest.raises(TypeError, match="key"):
        new_answer(AnswerKind.OTHER, Scope.ENTRY)  # type: ignore[call-arg]
