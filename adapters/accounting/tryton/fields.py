"""Which fields a reading asks of Tryton: those of the mapping's paths, and those that choosing needs."""

from __future__ import annotations

from collections.abc import Iterable

from mappings.engine import Mapping

CHOSEN = "chosen"


def asked(mapping: Mapping, kind: str, needed: Iterable[str]) -> tuple[str, ...]:
    """Fields for one kind of record, each once. A number in a path counts in a list; Tryton is asked for the list."""
    paths = (path.split(".") for rule in mapping.rules(kind) for path in rule.paths)
    mapped = (".".join(step for step in path if not step.isdecimal()) for path in paths if path[0] != CHOSEN)
    return tuple(sorted({*mapped, *needed}))
