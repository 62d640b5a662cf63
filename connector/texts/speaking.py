"""Saying a text of the catalogue with its facts."""

from __future__ import annotations

from connector.model.customer import Language
from connector.texts.catalogue import PLACEHOLDER, MissingFact, template
from connector.texts.formatting import written


def say(language: Language, key: str, /, **facts: object) -> str:
    """The text of a key with its facts filled in, as plain text (escape it where it becomes HTML).

    Raises:
        MissingText: the catalogue has no such text.
        MissingFact: the text uses a fact that was not given.
    """
    text = template(language, key, facts.get("count"))
    absent = sorted(set(PLACEHOLDER.findall(text)) - facts.keys())
    if absent:
        raise MissingFact(f"The text {key!r} needs {', '.join(absent)}; give it to `say`.")
    return PLACEHOLDER.sub(lambda found: written(language, facts[found[1]]), text)
