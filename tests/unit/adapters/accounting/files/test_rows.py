"""Rows of a CSV file: each with its line number, and a broken one takes no other along."""

from __future__ import annotations

from adapters.accounting.files.rows import LINES_PER_ROW_MAX, read_rows


def rows(text: str, width: int | None = 2) -> list[tuple[int, list[str], bool]]:
    return [(row.line, row.cells, bool(row.why)) for row in read_rows(text.splitlines(keepends=True), ";", width)]


def good(text: str) -> list[tuple[int, list[str]]]:
    return [(line, cells) for line, cells, broken in rows(text) if not broken]


def broken(text: str) -> list[int]:
    return [line for line, _, is_broken in rows(text) if is_broken]


def test_rows_know_their_line_also_after_empty_lines_and_line_breaks_in_cells() -> None:
    text = 'a;b\n\n"c\nd";e\nf;g\n'
    assert good(text) == [(1, ["a", "b"]), (3, ["c\nd", "e"]), (5, ["f", "g"])]


def test_a_row_with_too_few_or_many_cells_is_broken_alone() -> None:
    text = "a;b\nc\nd;e;f\ng;h\n"
    assert good(text) == [(1, ["a", "b"]), (4, ["g", "h"])]
    assert broken(text) == [2, 3]


def test_empty_cells_beyond_the_heading_do_not_count() -> None:
    assert good("a;b;;\nc;d;\n") == [(1, ["a", "b"]), (2, ["c", "d"])]


def test_a_row_of_empty_cells_is_left_out() -> None:
    assert rows("a;b\n;\nc;d\n") == [(1, ["a", "b"], False), (3, ["c", "d"], False)]


def test_a_quote_that_is_not_closed_takes_no_row_along() -> None:
    text = 'a;b\nc;"d\ne;f\ng;h\n'
    assert good(text) == [(1, ["a", "b"]), (3, ["e", "f"]), (4, ["g", "h"])]
    assert broken(text) == [2]


def test_a_quote_that_is_closed_rows_later_takes_no_row_along() -> None:
    text = 'a;b\nc;"d\ne;f\ng"h;i\nj;k\n'
    assert (3, ["e", "f"]) in good(text)
    assert (5, ["j", "k"]) in good(text)
    assert broken(text)[0] == 2


def test_a_quote_that_is_not_closed_in_a_long_file_costs_one_row() -> None:
    lines = [f"a{number};b" for number in range(3 * LINES_PER_ROW_MAX)]
    lines[10] = 'x;"y'
    text = "\n".join(lines) + "\n"
    assert broken(text) == [11]
    assert len(good(text)) == len(lines) - 1


def test_text_after_a_closing_quote_is_broken() -> None:
    assert broken('a;"b"c\nd;e\n') == [1]
