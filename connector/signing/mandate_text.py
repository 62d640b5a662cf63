"""The legal text of a mandate, per scheme and language, with the digest of exactly what was shown.

Our own wording stands in the folder mandate_texts; a folder of the scheme's official translations, in the same form,
replaces it file by file: `core.nl.yaml` with `id`, `title` and `paragraphs`, in which `{creditor}` is the name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bankfiles.pain008.model import Scheme
from connector.errors import ConfigError
from connector.model.customer import Language

_OWN = Path(__file__).with_name("mandate_texts")


@dataclass(frozen=True, slots=True)
class MandateText:
    """The text as a debtor sees it.

    Attributes:
        id: version of the wording; changes whenever a word does.
        official: it comes from the installation's folder, not from us.
    """

    id: str
    language: Language
    title: str
    paragraphs: tuple[str, ...]
    official: bool

    @property
    def content(self) -> str:
        """All that was shown, as one text."""
        return "\n\n".join((self.title, *self.paragraphs))

    @property
    def sha256(self) -> str:
        """Digest of the text as it is shown, in UTF-8."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    def for_creditor(self, name: str) -> MandateText:
        """The text with the creditor's name in it."""
        filled = tuple(paragraph.replace("{creditor}", name) for paragraph in self.paragraphs)
        return MandateText(self.id, self.language, self.title.replace("{creditor}", name), filled, self.official)


class MandateTexts:
    """All texts of an installation, read once.

    Raises:
        ConfigError: a file of the folder can't be used.
    """

    def __init__(self, folder: Path | None) -> None:
        if folder is not None and not folder.is_dir():
            raise ConfigError(
                f"There is no folder {folder}.",
                where="signing: texts",
                remedy="Create it with files such as core.nl.yaml, or leave the setting out to use our wording.",
            )
        self._texts = {
            (scheme, language): _read(folder, scheme, language) for scheme in Scheme for language in Language
        }

    def get(self, scheme: Scheme, language: Language, creditor: str) -> MandateText:
        """The text of a scheme in a language, with the creditor's name in it."""
        return self._texts[scheme, language].for_creditor(creditor)

    def not_official(self) -> Iterator[str]:
        """The files that an installation has not replaced by official translations."""
        for (scheme, language), text in self._texts.items():
            if not text.official:
                yield _file_name(scheme, language)


def _file_name(scheme: Scheme, language: Language) -> str:
    return f"{scheme.value.lower()}.{language.value}.yaml"


def _read(folder: Path | None, scheme: Scheme, language: Language) -> MandateText:
    name = _file_name(scheme, language)
    official = folder is not None and (folder / name).is_file()
    path = folder / name if folder is not None and official else _OWN / name
    try:
        content: Any = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        text_id, title, paragraphs = content["id"], content["title"], content["paragraphs"]
        if not (isinstance(text_id, str) and isinstance(title, str) and paragraphs):
            raise TypeError("id and title must be text, and there must be paragraphs")
        return MandateText(
            text_id, language, title.strip(), tuple(str(paragraph).strip() for paragraph in paragraphs), official
        )
    except (OSError, UnicodeDecodeError, YAMLError, KeyError, TypeError) as error:
        raise ConfigError(
            f"The mandate text can't be used: {error}",
            where=str(path),
            remedy="Write the keys id (text), title (text) and paragraphs (a list of texts).",
        ) from error
