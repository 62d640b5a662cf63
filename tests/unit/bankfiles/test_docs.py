"""The reference says what the code does: its examples run, and no code, profile or field is missing."""

from __future__ import annotations

import dataclasses
import doctest
from pathlib import Path

import pytest

import bankfiles
from bankfiles.pain008 import Collection
from bankfiles.pain008.catalogue import RULES
from bankfiles.profile import BankProfile
from bankfiles.profiles import profile_names

REFERENCE = Path(__file__).parents[3] / "docs" / "bankfiles.md"
TEXT = REFERENCE.read_text("utf-8")


def test_the_examples_run() -> None:
    failed, tried = doctest.testfile(str(REFERENCE), module_relative=False)
    assert tried > 10
    assert failed == 0
    assert doctest.testmod(bankfiles).failed == 0


@pytest.mark.parametrize("code", sorted(RULES))
def test_every_finding_is_documented_with_its_rule(code: str) -> None:
    rule = RULES[code]
    assert f"| `{code}` | {rule.severity} | {rule.rule} | {rule.remedy} |\n" in TEXT


def test_every_profile_and_field_is_documented() -> None:
    for name in profile_names():
        assert f"| `{name}` |" in TEXT
    fields = [field.name for field in dataclasses.fields(BankProfile)]
    for name in [*fields, *(field.name for field in dataclasses.fields(Collection))]:
        assert f"`{name}`" in TEXT or name in {"name", "title", "sources", "creditor"}, name
