"""Small rooms: functions and files that a reader can hold in mind."""

from __future__ import annotations

from tests.tidy.seams import without_seams
from tests.tidy.sources import MIGRATIONS, functions, none_of, product, python

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 400


def test_no_function_is_longer_than_a_screen() -> None:
    found = [
        (source.name, f"{source.at(node)}: {node.name} has {lines} lines; at most {FUNCTION_LINES_MAX}")
        for source in python()
        if not source.name.startswith(MIGRATIONS)
        for node in functions(source)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]
    none_of(without_seams("function-length", found))


def test_no_file_of_the_product_does_too_much() -> None:
    found = [
        (source.name, f"{source.name} has {lines} lines; at most {FILE_LINES_MAX}: give its second job a room")
        for source in product()
        if (lines := len(source.text.splitlines())) > FILE_LINES_MAX
    ]
    none_of(without_seams("file-length", found))
