"""The table of errors names every class, and every class is in it."""

from __future__ import annotations

from connector import errors
from connector.errors import RECOVERY, ConnectorError, exit_code


def test_table_and_classes_agree() -> None:
    classes = {
        thing
        for thing in vars(errors).values()
        if isinstance(thing, type) and issubclass(thing, ConnectorError) and thing is not ConnectorError
    }
    assert {row.error for row in RECOVERY} == classes
    assert len(RECOVERY) == len(classes)


def test_an_error_says_where_what_and_what_to_do() -> None:
    error = errors.Skippable("No name.", where="customers.csv line 7", remedy="Fill it in.")
    assert str(error) == "customers.csv line 7: No name. Fill it in."
    assert str(errors.Fatal("Broken.")) == "Broken."


def test_exit_codes_are_those_of_the_commands() -> None:
    assert exit_code(errors.ConfigError("x")) == 2
    assert exit_code(errors.PassRunning("x")) == 4
    assert exit_code(errors.Unsupported("books", "look_up")) == 3
