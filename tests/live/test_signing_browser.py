"""The signing pages in a real browser: on a phone and on a desk, with the keyboard alone, without script."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect

from bankfiles.pain008.model import Scheme
from connector.model.customer import Language, PartyKind
from connector.model.mandate import MandateEventKind
from tests.support.signing import CREDITOR, OTHER_IBAN, SigningDesk, signing_desk

pytestmark = pytest.mark.live

PHONE = ViewportSize(width=360, height=740)
DESK = ViewportSize(width=1280, height=900)
START_SECONDS_MAX = 20


@dataclass
class Site:
    """The pages behind a real server.

    Attributes:
        complaints: errors on the browser's console, such as what the policy of the pages forbids.
    """

    desk: SigningDesk
    browser: Browser
    complaints: list[str]

    def visit(
        self, link: str, viewport: ViewportSize, scheme: Literal["light", "dark"] = "light", **options: Any
    ) -> Page:
        """Open a link in a fresh window."""
        context = self.browser.new_context(viewport=viewport, color_scheme=scheme, accept_downloads=True, **options)
        page = context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(link)
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "422" not in message.text:  # a form sent back is an answer, not a fault
            self.complaints.append(message.text)


@pytest.fixture
def site(browser: Browser, tmp_path: Path) -> Iterator[Site]:
    """The pages on a free port of loopback."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        desk = signing_desk(f"sqlite:///{tmp_path / 'connector.db'}", tmp_path, url=address)
        server = uvicorn.Server(uvicorn.Config(desk.app, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        deadline = time.monotonic() + START_SECONDS_MAX
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        site = Site(desk, browser, [])
        yield site
        for context in browser.contexts:
            context.close()
        server.should_exit = True
        thread.join()
        desk.service.close()
    assert site.complaints == []


def hold_rules(page: Page) -> None:
    """Nothing that axe can find, and nothing to scroll sideways."""
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    wide = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide[0] == wide[1]


@pytest.mark.parametrize("colour", ["#0f766e", "#f5c518", "#ffffff"])
@pytest.mark.parametrize(
    ("viewport", "language", "words"),
    [
        (PHONE, Language.DUTCH, ("Ondertekenen met", "Mijn handtekening bevestigen", "uw mandaat is ondertekend")),
        (DESK, Language.FRENCH, ("Signer avec un code", "Confirmer ma signature", "votre mandat est signé")),
    ],
    ids=["phone-nl", "desk-fr"],
)
def test_a_debtor_signs(
    site: Site, viewport: ViewportSize, language: Language, words: tuple[str, str, str], colour: str
) -> None:
    link = site.desk.invite(language=language, creditor=replace(CREDITOR, colour=colour)).link
    page = site.visit(link, viewport)
    expect(page.locator("html")).to_have_attribute("lang", language.value)
    expect(page.locator("#iban-error")).to_contain_text("BELFIUS")
    hold_rules(page)
    page.get_by_role("button", name=words[0]).click()
    expect(page.locator(".summary")).to_be_focused()
    hold_rules(page)
    page.locator("#iban").fill("")
    page.locator("#iban").press_sequentially(OTHER_IBAN.lower())
    expect(page.locator("#iban")).to_have_value("NL91 ABNA 0417 1643 00")
    page.locator("#consent").check()
    page.get_by_role("button", name=words[0]).click()
    code = page.locator("#code")
    expect(code).to_be_focused()
    expect(code).to_have_attribute("autocomplete", "one-time-code")
    hold_rules(page)
    code.fill(site.desk.read_code())
    page.get_by_role("button", name=words[1]).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(words[2])
    hold_rules(page)
    with page.expect_download() as download:
        page.locator("button.main").click()
    assert download.value.path().read_bytes() == site.desk.service.document("M-7").content
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).not_to_contain_text(words[2])
    assert "NL91" not in page.content()
    hold_rules(page)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_language_and_scheme_fits_a_phone_by_day_and_in_the_dark(
    site: Site, language: Language, scheme: Literal["light", "dark"]
) -> None:
    company = {"kind": PartyKind.COMPANY, "name": "Zaanse Verzekeringsmaatschappij & Donaudampfschifffahrt bv"}
    link = site.desk.invite(scheme=Scheme.B2B, customer=company, language=language).link
    page = site.visit(link, PHONE, scheme)
    hold_rules(page)
    page.goto(f"{link}/refuse?lang={language}")
    hold_rules(page)
    page.goto(link.replace("/s/", "/s/x"))
    hold_rules(page)
    site.complaints.clear()  # the browser tells of the 404


def test_the_keyboard_alone_is_enough(site: Site) -> None:
    page = site.visit(site.desk.invite(language=Language.ENGLISH).link, PHONE)
    visited = []
    for _ in range(30):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.id || e.textContent.trim(), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2] }"
        )
        assert focused[1], f"{focused[0]} has no visible focus"
        visited.append(focused[0])
        if focused[0] == "consent":
            page.keyboard.press("Space")
        if focused[0] == "Sign with a code":
            break
    order = [name for name in visited if name in ("name", "street", "postcode", "town", "country", "iban", "place")]
    assert visited[0] == "Skip to the content"
    assert order == ["name", "street", "postcode", "town", "country", "iban", "place"]
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.type(site.desk.read_code())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("your mandate is signed")


def test_the_caret_stays_where_one_types_in_the_account_number(site: Site) -> None:
    page = site.visit(site.desk.invite(customer={"iban": None}, language=Language.ENGLISH).link, PHONE)
    field = page.locator("#iban")
    field.press_sequentially("BE71096123456")
    expect(field).to_have_value("BE71 0961 2345 6")
    field.press("Home")
    for _ in range(5):
        field.press("ArrowRight")
    field.press("x")
    expect(field).to_have_value("BE71 X096 1234 56")
    assert field.evaluate("field => field.selectionStart") == 6
    field.press("Backspace")
    expect(field).to_have_value("BE71 0961 2345 6")
    assert field.evaluate("field => field.selectionStart") == 4
    field.press("End")
    field.press_sequentially("796")
    expect(page.locator("#iban-error")).to_contain_text("mistyped")
    expect(field).to_have_attribute("aria-invalid", "true")
    hold_rules(page)
    for _ in range(2):
        field.press("Backspace")
    field.press_sequentially("69")
    expect(page.locator("#iban-error")).to_contain_text("Looks right")


def test_everything_works_without_script(site: Site) -> None:
    page = site.visit(site.desk.invite(language=Language.GERMAN).link, PHONE, java_script_enabled=False)
    page.locator("#consent").check()
    page.locator("button.main").click()
    page.locator("#code").fill(site.desk.read_code())
    page.locator("button.main").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ihr Mandat ist unterschrieben")


def test_a_debtor_refuses(site: Site) -> None:
    page = site.visit(site.desk.invite().link, PHONE)
    page.get_by_role("link", name="Ik wil dit niet").click()
    page.locator("#reason").fill("Ik schrijf liever over.")
    page.locator("button.main").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("geweigerd")
    hold_rules(page)
    events = [event for batch in site.desk.service.read_events("") for event in batch.records]
    assert [event.kind for event in events] == [MandateEventKind.VIEWED, MandateEventKind.REFUSED]


def test_the_way_back_after_signing_shows_no_details(site: Site) -> None:
    page = site.visit(site.desk.invite().link, PHONE)
    page.locator("#consent").check()
    page.locator("button.main").click()
    page.locator("#code").fill(site.desk.read_code())
    page.locator("button.main").click()
    expect(page.locator(".mark")).to_be_visible()
    for _ in range(2):
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Dit mandaat is al ondertekend")
        assert not re.search("Amélie|BE71", page.content())
