"""Rules of logs: one line a thing, in one form whoever logs, stamped by the clock given, and nothing secret in it."""

from __future__ import annotations

import io
import json
import logging
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog

from connector.logs import set_up_logs
from connector.masking import HIDDEN


def clock() -> datetime:
    return datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_a_json_object_with_its_action_its_keys_and_the_time_of_the_clock(stream: io.StringIO) -> None:
    set_up_logs("info", as_json=True, clock=clock, stream=stream)
    structlog.get_logger().info("mandate.stored", mandate="M-7", source="books")
    assert lines(stream) == [
        {
            "mandate": "M-7",
            "source": "books",
            "event": "mandate.stored",
            "level": "info",
            "at": "2026-11-24T02:30:00.000Z",
        }
    ]


def test_the_standard_library_logs_in_the_same_form(stream: io.StringIO) -> None:
    set_up_logs("info", as_json=True, clock=clock, stream=stream)
    logging.getLogger("uvicorn").warning("port %s taken", 80, extra={"source": "web"})
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["source"]) == ("port 80 taken", "warning", "web")


def test_lines_below_the_level_are_not_written(stream: io.StringIO) -> None:
    set_up_logs("warning", as_json=True, clock=clock, stream=stream)
    structlog.get_logger().info("quiet")
    logging.getLogger("x").info("quiet")
    assert stream.getvalue() == ""


def test_text_is_for_a_person_and_without_colours_off_a_terminal(stream: io.StringIO) -> None:
    set_up_logs("info", as_json=False, clock=clock, stream=stream)
    structlog.get_logger().info("pass.done", count=3)
    assert "pass.done" in stream.getvalue()
    assert "count=3" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("name", ["password", "Authorization", "api_key", "client_secret", "token", "Set-Cookie"])
def test_a_field_that_names_a_secret_is_hidden_however_deep(stream: io.StringIO, name: str) -> None:
    set_up_logs("info", as_json=True, clock=clock, stream=stream)
    structlog.get_logger().info("call", **{name: "hunter22"}, headers=[{name: "hunter22"}])
    assert "hunter22" not in stream.getvalue()
    assert stream.getvalue().count(HIDDEN) == 2


def test_an_exception_is_masked_as_well(stream: io.StringIO) -> None:
    set_up_logs("info", as_json=True, clock=clock, stream=stream)
    try:
        raise ValueError("no account BE68539007547034")
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "ValueError" in stream.getvalue()
    assert "BE68539007547034" not in stream.getvalue()


def test_an_id_of_ours_is_shown_whole_even_if_it_looks_like_an_account(stream: io.StringIO) -> None:
    set_up_logs("info", as_json=True, clock=clock, stream=stream)
    structlog.get_logger().info("collected", end_to_end_id="MA20261124000000017")
    assert lines(stream)[0]["end_to_end_id"] == "MA20261124000000017"
