"""An answer on its way out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True)
class Answer:
    """Status, body and headers."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def json_answer(status: int, content: Any) -> Answer:
    """A body of JSON."""
    return Answer(status, json.dumps(content).encode(), {"Content-Type": "application/json; charset=utf-8"})


def page(status: int) -> Answer:
    """A page for people, as a server without json2, or a proxy in front of it, gives."""
    title = f"{status} {HTTPStatus(status).phrase}"
    html = f"<!DOCTYPE html>\n<title>{title}</title>\n<h1>{HTTPStatus(status).phrase}</h1>\n"
    return Answer(status, html.encode(), {"Content-Type": "text/html; charset=utf-8"})
