"""`explain`: why a record was or was not invited, collected or written back, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from connector.cli.failing import DONE, FAILED
from connector.cli.opening import opened
from connector.cli.terminal import Words, fail, plain, print_json, table, write
from connector.engine.explain import Explanation, explain
from connector.store.history import RecordKind


def run(config_file: Path, kind: str, key: str, *, as_json: bool) -> int:
    """Explain every record that a key names."""
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        found = explain(it.installation, it.store, RecordKind(kind), key)
    if not found:
        fail(words.say("explain.unknown", kind=words.term("kind", kind), key=key))
        return FAILED
    for explanation in found:
        if as_json:
            print_json(_as_json(words, explanation))
            continue
        write(*told(words, explanation))
    return DONE


def _as_json(words: Words, explanation: Explanation) -> dict[str, Any]:
    facts: dict[str, Any] = plain(explanation)
    facts["reasons"] = [{**plain(reason), "text": words.reason(reason)} for reason in explanation.reasons]
    facts["exceptions"] = [{**plain(one), "text": words.reason(one.reason)} for one in explanation.exceptions]
    return facts


def told(words: Words, explanation: Explanation) -> Iterator[RenderableType]:
    """What is known of a record, as lines and tables."""
    facts = explanation.facts
    rows = ((words.term("fact", name), words.fact(name, facts)) for name in facts if facts[name] not in ("", None))
    yield "\n" + words.record(explanation.record)
    yield table(("", ""), rows)
    if explanation.reasons:
        yield words.title("why", room="explain")
        yield from (f"  {words.reason(reason)}" for reason in explanation.reasons)
    if shown := [one for one in explanation.exceptions if one.open]:
        yield words.title("exceptions", room="explain")
        yield from (f"  {one.id}. {words.reason(one.reason)}" for one in shown)
    if explanation.effects:
        yield words.title("effects", room="explain")
        yield from (
            f"  {words.term('effect', effect.kind.value)}, {effect.target}: {words.term('state', effect.state.value)}"
            for effect in explanation.effects
        )
    if explanation.history:
        yield words.title("history", room="explain")
        yield table(
            words.columns("at", "by", "old", "new", "why"),
            (
                (
                    words.when(change.at),
                    change.by,
                    words.term("state", change.old),
                    words.term("state", change.new),
                    change.why,
                )
                for change in explanation.history
            ),
        )
    if explanation.related:
        yield words.title("related", room="explain")
        yield from (f"  {words.record(name)}" for name in explanation.related)
