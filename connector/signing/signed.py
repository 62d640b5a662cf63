"""What a signed mandate is printed from: its facts, and its typeface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from connector.errors import ConfigError
from connector.model.customer import Language
from connector.ports import Probe
from connector.signing.chain import Entry
from connector.signing.details import Details
from connector.signing.offer import Logo, Offer


@dataclass(frozen=True, slots=True)
class Typeface:
    """A TrueType font with its bold face; without one, the fonts that every PDF reader has.

    Raises:
        ConfigError: a file is not there.
    """

    regular: Path | None = None
    bold: Path | None = None

    def __post_init__(self) -> None:
        for path in (self.regular, self.bold):
            if path is not None and not path.is_file():
                raise ConfigError(
                    f"There is no font {path}.",
                    where="signing: font",
                    remedy="Give the path of a .ttf file, or leave the setting out.",
                )

    def probe(self, service: str) -> Probe:
        """What `check` says of it."""
        if self.regular is not None:
            return Probe(f"{service}: font of the signed document", ok=True, detail=self.regular.name)
        return Probe(
            f"{service}: font of the signed document",
            ok=True,
            detail="built in: West European letters; others are written in plain ones",
            remedy="Name a .ttf font in the setting `font` to show names such as Łukasz or Ελένη as they are.",
        )


@dataclass(frozen=True, slots=True)
class SignedMandate:
    """All that the document tells.

    Attributes:
        text: title and paragraphs, exactly as shown, with empty lines between them.
        visitor: facts of the signature's entry: client, user_agent.
        evidence: up to the signature, its last entry.
    """

    offer: Offer
    details: Details
    language: Language
    text_id: str
    text: str
    text_sha256: str
    consent: str
    signed_at: datetime
    time_zone: ZoneInfo
    visitor: Mapping[str, str]
    evidence: Sequence[Entry]
    logo: Logo | None = None
