"""Rendering: templates, the creditor's colours and the list of countries."""

from __future__ import annotations

import hashlib
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from bankfiles.identifiers import is_sepa_country
from connector.mails.addresses import address_lines, country_name
from connector.mails.colours import BLACK, WHITE, mixed, readable_on, text_on
from connector.model.customer import Language
from connector.signing.visits import Opened
from connector.texts import say
from connector.texts.catalogue import locale_of

_LANGUAGES = {
    Language.DUTCH: "Nederlands",
    Language.FRENCH: "Français",
    Language.GERMAN: "Deutsch",
    Language.ENGLISH: "English",
}
# Of page.css: the background, by day and in the dark, on which the creditor's colour is hardest to read.
_DAY = "#f4f5f7"
_DARK = "#1b2433"
_STATIC = Path(__file__).with_name("static")


class Renderer:
    """Makes HTML of templates.

    Args:
        url: public address of the pages; all links begin with its path.
    """

    def __init__(self, url: str) -> None:
        self._base = urlsplit(url).path.rstrip("/")
        self._templates = Environment(
            loader=PackageLoader("connector.signing"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        assets = b"".join((_STATIC / name).read_bytes() for name in ("page.css", "page.js"))
        self._assets_version = hashlib.sha256(assets).hexdigest()[:8]

    def address(self, token: str, page: str = "") -> str:
        """The address of a page of an invitation."""
        return f"{self._base}/s/{token}{page}"

    def page(
        self,
        name: str,
        language: Language,
        *,
        token: str = "",
        opened: Opened | None = None,
        switch: str | None = "",
        status: int = 200,
        **facts: object,
    ) -> Response:
        """One page.

        Args:
            opened: the invitation; without it the page tells nothing of any.
            switch: page to which the choice of language leads; None for no choice.
        """
        here = self.address(token)
        languages = () if switch is None or not token else self._languages(here + switch)
        creditor = opened.offer.creditor if opened else None
        content = self._templates.get_template(f"{name}.html").render(
            t=partial(_text, language),
            language=language.value,
            languages=languages,
            base=self._base,
            here=here,
            assets_version=self._assets_version,
            creditor=creditor,
            creditor_address=", ".join(address_lines(creditor.address, language)) if creditor else "",
            has_logo=bool(opened and opened.logo),
            **facts,
        )
        return HTMLResponse(content, status)

    @staticmethod
    def _languages(address: str) -> tuple[tuple[str, str, str], ...]:
        return tuple((code.value, name, f"{address}?lang={code.value}") for code, name in _LANGUAGES.items())


def _text(language: Language, key: str, **facts: object) -> str:
    return say(language, f"signing.{key}", **facts)


def stylesheet(colour: str) -> str:
    """The creditor's colour in shades that can be read, by day and in the dark."""
    ink = text_on(colour)
    hover = mixed(colour, BLACK if ink == WHITE else WHITE, 15)
    return (
        f":root{{--brand:{colour};--on-brand:{ink};--brand-hover:{hover};--brand-text:{readable_on(_DAY, colour)}}}"
        f"@media(prefers-color-scheme:dark){{:root{{--brand-text:{readable_on(_DARK, colour)}}}}}"
    )


@lru_cache
def countries(language: Language) -> tuple[tuple[str, str], ...]:
    """The countries of SEPA, code and name, in the order of their names."""
    territories = (str(code) for code in locale_of(language).territories)
    codes = (code for code in territories if len(code) == 2 and is_sepa_country(code))
    return tuple(sorted(((code, country_name(code, language)) for code in codes), key=lambda pair: pair[1]))
