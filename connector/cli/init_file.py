"""The config file that `init` writes: what was answered, and all that may be set besides, as comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from enum import Enum

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from connector.cli.init_questions import CHOICES, Answers
from connector.discovery import adapter_class

_PLAIN = re.compile(r"[A-Za-z][\w ./@-]*(?<! )")
_NOT_A_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def config_text(answers: Answers) -> str:
    """The whole file."""
    return "\n".join([*_head(answers), *_creditor(answers), *_source(answers), *_others(answers), *_rules(), ""])


def _head(answers: Answers) -> Iterator[str]:
    yield "# Configuration of sepa-connector. After a change: sepa-connector check"
    yield "# All keys with their meaning: docs/configuration.md. Values may stand elsewhere: ${NAME}, file:PATH."
    yield ""
    yield f"language: {quoted(answers.top['language'])} # of finance users: nl, fr, de or en"
    yield f"time_zone: {quoted(answers.top['time_zone'])}"
    yield "data: data # folder of the database and of bank files"
    yield "secret: file:secret # keep it; open signing links depend on it"
    yield ""


def _creditor(answers: Answers) -> Iterator[str]:
    yield "creditors:"
    yield "  - id: main"
    yield from (f"    {key}: {quoted(value)}" for key, value in answers.creditor.items() if value)
    yield "    address:"
    yield from (f"      {key}: {quoted(value)}" for key, value in answers.address.items())
    yield "    # logo: logo.png"
    yield "    bank:"
    yield from _adapter(answers, "bank", "      ")
    yield "      # profile: neutral  # what your bank asks beyond the scheme"
    yield ""


def _source(answers: Answers) -> Iterator[str]:
    yield "sources:"
    yield "  - name: books # don't change it once in use"
    yield from _adapter(answers, "source", "    ")
    yield ""


def _others(answers: Answers) -> Iterator[str]:
    for part in ("mandates", "mail"):
        yield f"{part}:"
        yield from _adapter(answers, part, "  ")
        yield ""


def _rules() -> Iterator[str]:
    yield "rules:"
    yield "  invite:"
    yield "    whom: marked # marked by the package as paying by direct debit; or with-open-invoices, or all"
    yield "  notify:"
    yield "    days: 14 # between the notice and the debit; fewer only if your customers agreed to it"
    yield "  collect:"
    yield "    approval: false # true: a person approves each run before it is sent"
    yield ""
    yield "schedule:"
    yield '  at: "02:30" # when `sepa-connector run` starts a pass'


def _adapter(answers: Answers, part: str, indent: str) -> Iterator[str]:
    """The adapter with its answered settings, and its other ones as comments."""
    name, values = answers.adapters[part]
    yield f"{indent}adapter: {quoted(name)}"
    yield from (f"{indent}{key}: {quoted(value)}" for key, value in values.items())
    for key, info in adapter_class(CHOICES[part].kind, name).Settings.model_fields.items():
        if key not in values:
            meaning = f"  # {info.description}" if info.description else ""
            yield f"{indent}# {key}: {_default(info)}{meaning}".rstrip()


def _default(info: FieldInfo) -> str:
    value = info.get_default(call_default_factory=False)
    if value is None or isinstance(value, SecretStr):
        return ""
    if isinstance(value, bool | int):
        return json.dumps(value)
    return quoted(str(value.value if isinstance(value, Enum) else value)) if value != "" else '""'


def quoted(value: str) -> str:
    """A text as a YAML scalar, in quotes where it needs them."""
    plain = _PLAIN.fullmatch(value) and value.lower() not in _NOT_A_TEXT
    return value if plain else json.dumps(value, ensure_ascii=False)
