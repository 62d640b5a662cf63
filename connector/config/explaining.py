"""pydantic's errors as problems: at their line, in plain words, with what to write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from connector.config.document import Document
from connector.config.problems import KeyPath
from connector.config.references import is_reference
from connector.masking import mask_ibans

_SECRET_NAME = re.compile(r"secret|password|token|key|credential", re.IGNORECASE)
_VALUE_LENGTH_MAX = 60
_REDACTED_LENGTH_MIN = 4


def explain(document: Document, model: type[BaseModel], errors: list[ErrorDetails]) -> None:
    """Note a problem in the document for each error of validating its content against the model."""
    for error in errors:
        path = path_in(document, error["loc"])
        if any(path[:length] in document.broken for length in range(len(path) + 1)) or _is_echo(error):
            continue
        what, remedy = _words(document, model, error, path)
        missing = error["type"] == "missing"
        place = path[:-1] if missing else path
        at_key = missing or error["type"] == "extra_forbidden"
        document.problem(path, what, remedy, at=place, at_key=at_key)


def _is_echo(error: ErrorDetails) -> bool:
    """A list that seems too short only because its entries have errors of their own."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def path_in(document: Document, loc: tuple[str | int, ...]) -> KeyPath:
    """The path in the document for a location in the model, which also holds names of adapters."""
    path: list[str | int] = []
    node: Any = document.content
    for part in loc:
        known = part in node if isinstance(node, dict) else isinstance(node, list)
        names_adapter = isinstance(node, dict) and part == node.get("adapter")
        if known:
            node = node[part]
        elif part != loc[-1] or names_adapter or not isinstance(node, dict):
            continue
        path.append(part)
    return tuple(path)


def _words(document: Document, model: type[BaseModel], error: ErrorDetails, path: KeyPath) -> tuple[str, str]:
    kind = error["type"]
    owner = _model_at(model, error["loc"][:-1])
    name = str(path[-1]) if path else ""
    field = owner.model_fields.get(name) if owner else None
    if kind == "extra_forbidden":
        return f"There is no key {name} here.", _known_keys(name, owner)
    if kind == "missing":
        return f"The key {name} is missing.", f"Add it. {_description(field)}"
    if error["input"] is None:
        return "There is no value here.", f"Write one, or remove the key. {_description(field)}".strip()
    reference = document.written.get(path, "")
    if kind not in _WORDS and is_reference(reference):  # a sentence of a validator would tell the value itself
        return f"What {reference} stands for is not right here.", _description(field)
    if kind == "value_error":
        return _redacted(document, error["msg"].removeprefix("Value error, ")), ""
    if kind not in _WORDS:
        return _redacted(document, f"{error['msg']}."), _description(field)
    what, remedy = _WORDS[kind](error)
    if kind == "string_pattern_mismatch" and field and field.description:
        remedy = ""  # plain words say more than the pattern
    advice = f"{remedy}. " * bool(remedy) + (_description(field) if kind.startswith("string_") else "")
    return f"{_seen(document, path, field)} {what}.", advice.strip()


def _seen(document: Document, path: KeyPath, field: FieldInfo | None) -> str:
    """The value as it stands in the file, shortened and masked; never a secret."""
    written = document.written.get(path)
    secret = field is not None and field.annotation is SecretStr
    if written is None or ((secret or _SECRET_NAME.search(str(path[-1]))) and not is_reference(written)):
        return "The value"
    short = written if len(written) <= _VALUE_LENGTH_MAX else f"{written[:_VALUE_LENGTH_MAX]}…"
    return f"{mask_ibans(short)!r}"


def _redacted(document: Document, text: str) -> str:
    """The text with every value that came from elsewhere replaced by the reference to it."""
    for reference, value in document.referred.items():
        if len(value) >= _REDACTED_LENGTH_MIN:
            text = text.replace(value, reference)
    return mask_ibans(text)


def _known_keys(name: str, owner: type[BaseModel] | None) -> str:
    known = sorted(owner.model_fields) if owner else []
    near = get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(known)}."


def _description(field: FieldInfo | None) -> str:
    text = (field.description if field else None) or "See config.example.yaml."
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _expected(error: ErrorDetails) -> tuple[str, str]:
    return "is not one of the words known here", f"Write {error['ctx']['expected'].replace(chr(39), '')}"


def _too_few(error: ErrorDetails) -> tuple[str, str]:
    least = error["ctx"]["min_length"]
    if isinstance(error["input"], str):
        return "is too short", f"Write at least {least} characters"
    return "has too few entries", f"Write at least {least}"


_Words = Callable[[ErrorDetails], tuple[str, str]]


def _constant(what: str, remedy: str) -> _Words:
    return lambda _: (what, remedy)


def _bound(what: str, remedy: str, limit: str) -> _Words:
    return lambda error: (what, remedy.format(error["ctx"][limit]))


_WHOLE = _constant("is not a whole number", "Write digits only, e.g. 14")
_NUMBER = _constant("is not a number", "Write it with a point and no other sign, e.g. 12.50")
_TRUTH = _constant("is neither true nor false", "Write true or false")
_KEYS = _constant("stands where keys are expected", "Indent the keys on the lines below")
_LIST = _constant("stands where a list is expected", "Start each entry with a dash on a line of its own")

_WORDS: Mapping[str, _Words] = {
    "enum": _expected,
    "literal_error": _expected,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
    "dict_type": _KEYS,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "string_type": _constant("is not a text", "Write one text; put true and false in quotes"),
    "zoneinfo_str": _constant("is not a time zone", "Write one by its place, e.g. Europe/Brussels"),
    "greater_than_equal": _bound("is too low", "Write {} or more", "ge"),
    "greater_than": _bound("is too low", "Write more than {}", "gt"),
    "less_than_equal": _bound("is too high", "Write {} or less", "le"),
    "less_than": _bound("is too high", "Write less than {}", "lt"),
    "string_pattern_mismatch": _bound("does not have the right form", "It must match {}", "pattern"),
    "string_too_long": _bound("is too long", "Write at most {} characters", "max_length"),
    "string_too_short": _bound("is too short", "Write at least {} characters", "min_length"),
    "too_short": _too_few,
}
"""What is wrong and what to write, by pydantic's type of error. All others keep their own sentence."""


def _model_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model whose keys stand at a location: through fields, lists and the names of adapters."""
    candidates = [model]
    for part in loc:
        if isinstance(part, int):
            continue
        tagged = [candidate for candidate in candidates if _adapter_name(candidate) == part]
        fields = [candidate.model_fields[part] for candidate in candidates if part in candidate.model_fields]
        candidates = tagged or [found for field in fields[:1] for found in _models_in(field.annotation)]
    return candidates[0] if len(candidates) == 1 else None


def _adapter_name(model: type[BaseModel]) -> str | None:
    """The name by which a section is chosen: of its adapter, or "" for one that is not known."""
    field = model.model_fields.get("adapter")
    if field is None:
        return None
    return str(get_args(field.annotation)[0]) if get_origin(field.annotation) is Literal else ""


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
