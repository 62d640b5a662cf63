"""A JSON Schema of the config file, so that an editor completes keys and marks mistakes."""

from __future__ import annotations

from typing import Any

from connector.config.sections import config_model
from connector.discovery import AdapterKind, adapter_names


def json_schema() -> dict[str, Any]:
    """The schema, with the settings of all adapters that are installed."""
    model = config_model({kind: adapter_names(kind) for kind in AdapterKind}, lenient=False)
    schema = model.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of sepa-connector",
        **{key: value for key, value in schema.items() if key != "title"},
    }
