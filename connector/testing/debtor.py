"""A debtor who signs or refuses a mandate through the real pages, over HTTP, as a browser without script does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx2
import lxml.html

from connector.errors import Skippable

_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class SignedOverHttp:
    """What the debtor has in hands at the end.

    Attributes:
        heading: of the last page.
        document: the signed mandate, a PDF.
    """

    heading: str
    document: bytes


def sign_over_http(
    link: str,
    iban: str,
    read_code: Callable[[], str],
    *,
    name: str = "",
    fields: Mapping[str, str] | None = None,
    client: httpx2.Client | None = None,
) -> SignedOverHttp:
    """Open the link, fill in the form, confirm with the code, fetch the document.

    Args:
        read_code: reads the one-time code from the mail that has just arrived.
        name: account holder; "" leaves what the page has.
        fields: other fields to fill in, by their names: street, postcode, town, country, place.
        client: an open client, e.g. one of a test; without it a connection is made and closed.

    Raises:
        Skippable: the pages did not take it; the error quotes what they said.
    """
    wanted = {"iban": iban, "consent": "yes", **({"name": name} if name else {}), **(fields or {})}
    with _Browser(client) as browser:
        browser.open(link)
        browser.send(wanted)
        browser.send({"code": read_code()})
        heading = browser.heading
        return SignedOverHttp(heading, browser.send({}).content)


def refuse_over_http(link: str, reason: str = "", *, client: httpx2.Client | None = None) -> str:
    """Open the link, choose not to sign, give a reason. Returns the heading of the last page."""
    with _Browser(client) as browser:
        browser.open(link)
        browser.follow("/refuse")
        browser.send({"reason": reason})
        return browser.heading


class _Browser:
    """One window: the page it shows, and its forms."""

    def __init__(self, client: httpx2.Client | None) -> None:
        self._is_own = client is None
        self._client = client or httpx2.Client(timeout=_TIMEOUT_SECONDS)
        self._page: lxml.html.HtmlElement | None = None
        self._address = ""

    def __enter__(self) -> _Browser:
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_own:
            self._client.close()

    def open(self, address: str) -> httpx2.Response:
        """Show a page."""
        return self._show(self._client.get(address, follow_redirects=True))

    def follow(self, ending: str) -> httpx2.Response:
        """Follow the link whose path ends so."""
        links = (str(link) for link in self._shown.xpath("//main//a/@href"))
        return self.open(
            next(urljoin(self._address, link) for link in links if link.partition("?")[0].endswith(ending))
        )

    def send(self, values: Mapping[str, str]) -> httpx2.Response:
        """Send the first form of the page with these values filled in."""
        form = self._shown.forms[0]
        filled = dict(form.form_values()) | dict(values)
        address = urljoin(self._address, form.get("action") or self._address)
        return self._show(self._client.post(address, data=filled, follow_redirects=True))

    @property
    def heading(self) -> str:
        """What the page says first."""
        return " ".join(self._shown.xpath("string(//h1)").split())

    @property
    def _shown(self) -> lxml.html.HtmlElement:
        if self._page is None:
            raise LookupError("No page was opened.")
        return self._page

    def _show(self, response: httpx2.Response) -> httpx2.Response:
        if response.headers.get("content-type", "").startswith("text/html"):
            self._address = str(response.url)
            self._page = lxml.html.document_fromstring(response.text)
        if response.is_error:
            said = self._shown.xpath("string((//*[contains(@class, 'summary') or contains(@class, 'notice')])[1])")
            raise Skippable(
                f"The signing page answered {response.status_code}: {' '.join(said.split()) or self.heading}",
                where="debtor on the signing pages",
                remedy="Give what the page asks for.",
            )
        return response
