"""A JSON Schema of the config file, so that an editor completes keys and marks mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.config.sections import config_model
from connector.discovery import AdapterKind, adapter_names

_REFERENCE = {
    "description": "A value that stands elsewhere: ${NAME} in the environment, file:PATH in a file.",
    "type": "string",
    "pattern": r"\$\{|^file:",
}
_DESCRIBING = ("description", "default")


def json_schema() -> dict[str, Any]:
    """The schema, with the settings of all adapters that are installed."""
    model = config_model({kind: adapter_names(kind) for kind in AdapterKind}, lenient=False)
    schema = model.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of sepa-connector",
        "$defs": {
            "Reference": _REFERENCE,
            **{name: _with_references(one) for name, one in schema.pop("$defs").items()},
        },
        **{key: value for key, value in _with_references(schema).items() if key != "title"},
    }


def _with_references(model: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a model in which every value that is bounded may be a reference instead."""
    if "properties" not in model:
        return dict(model)
    return {**model, "properties": {key: _or_reference(value) for key, value in model["properties"].items()}}


def _or_reference(value: Mapping[str, Any]) -> dict[str, Any]:
    own = {key: part for key, part in value.items() if key != "title"}
    kind = own.get("type")
    bounded = kind in ("integer", "number", "boolean") or (
        kind == "string" and {"pattern", "minLength", "maxLength", "enum"} & own.keys()
    )
    if not bounded:
        return own
    describing = {key: own.pop(key) for key in _DESCRIBING if key in own}
    return {**describing, "anyOf": [own, {"$ref": "#/$defs/Reference"}]}
