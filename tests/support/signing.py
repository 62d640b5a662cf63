"""A signing service with its pages, in memory but for the database: what tests of it stand on."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import lxml.html
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from bankfiles.pain008.model import Scheme
from connector.model.customer import Customer, Language, PartyKind, PostalAddress, RecordKey
from connector.model.mandate import MandateEventKind, MandateType
from connector.ports import AdapterSettings, CreditorCard, Invitation, InvitationRequest, Surroundings
from connector.signing.app import signing_app
from connector.signing.service import SigningService, SigningSettings
from connector.store import signing_invitations
from connector.testing.clock import SettableClock
from connector.testing.mail import MemoryMailer

NOW = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
SECRET = b"an installation secret of a test"
IBAN = "BE71096123456769"
SIGNED = "Bedankt, uw mandaat is ondertekend"
OTHER_IBAN = "NL91ABNA0417164300"
CREDITOR = CreditorCard(
    name="Bakkerij <Peeters> & Zoon",
    identifier="BE69ZZZ0123456789",
    address=PostalAddress(country="BE", town="Gent", postcode="9000", street="Veldstraat 1"),
    email="info@peeters.example",
    phone="+32 9 123 45 67",
    colour="#0f766e",
)


def invitation_request(reference: str = "M-7", **changes: Any) -> InvitationRequest:
    """An invitation for Amélie, with whatever a test wants otherwise; `customer` may be a dict of changes."""
    customer: dict[str, Any] = {
        "key": RecordKey("shop", "7"),
        "name": "Amélie Wauters",
        "email": "amelie.wauters@example.org",
        "language": Language.DUTCH,
        "address": PostalAddress(country="BE", town="Antwerpen", postcode="2000", street="Meir 12 bus 3"),
        "iban": IBAN,
    }
    values: dict[str, Any] = {
        "creditor": CREDITOR,
        "language": Language.DUTCH,
        "scheme": Scheme.CORE,
        "type": MandateType.RECURRENT,
        "expires_at": NOW + timedelta(days=30),
    }
    customer |= changes.pop("customer", {})
    return InvitationRequest(reference=reference, **{**values, "customer": Customer(**customer), **changes})


def b2b_request(reference: str = "M-8") -> InvitationRequest:
    """An invitation of a company to a B2B mandate."""
    company = {"kind": PartyKind.COMPANY, "name": "Wauters bv", "enterprise_number": "BE0123456749"}
    return invitation_request(reference, scheme=Scheme.B2B, customer=company)


def another(code: str) -> str:
    """A code that is not this one."""
    return "000000" if code != "000000" else "111111"


@dataclass
class SigningDesk:
    """A running service.

    Attributes:
        client: a browser without script that follows redirects.
    """

    service: SigningService
    app: ASGIApp
    mailer: MemoryMailer
    clock: SettableClock
    client: TestClient

    def invite(self, reference: str = "M-7", **changes: Any) -> Invitation:
        """Invite Amélie."""
        return self.service.invite(invitation_request(reference, **changes))

    def read_code(self) -> str:
        """The code of the last mail, as its reader sees it."""
        found = re.search(r"^ {4}(\d{6})$", self.mailer.sent[-1].text, re.MULTILINE)
        assert found, "the last mail holds no code"
        return found[1]

    def at_code(self, **values: str) -> Window:
        """A window of Amélie's that asks for the code."""
        window = self.window(self.invite().link).send(consent="yes", **values)
        assert window.heading == "Vul uw code in"
        return window

    def draft(self, reference: str = "M-7") -> str:
        """Digest of what she filled in last."""
        with self.service.store.transaction() as connection:
            row = signing_invitations.by_reference(connection, self.service.name, reference)
            draft = signing_invitations.draft_of(connection, row.id) if row else None
        assert draft
        return draft.digest

    def has_signature(self, reference: str = "M-7") -> bool:
        """Whether the feed tells of a signature."""
        events = [event for batch in self.service.read_events("") for event in batch.records]
        return (MandateEventKind.SIGNED, reference) in [(event.kind, event.reference) for event in events]

    def window(self, link: str) -> Window:
        """Open a link in a window of its own."""
        return Window(self.client).open(link)


class Window:
    """A tab of a browser: the page it shows, and its first form."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.response: httpx2.Response | None = None

    def open(self, address: str) -> Window:
        """Go to an address."""
        self.response = self.client.get(address)
        return self

    def send(self, **values: str) -> Window:
        """Fill in the first form of the page and send it."""
        return self.send_form(0, **values)

    def send_form(self, number: int, /, **values: str) -> Window:
        """The same with another form of the page, counted from 0."""
        chosen = self.page.forms[number]
        filled = {**dict(chosen.form_values()), **values}
        self.response = self.client.post(chosen.get("action"), data=filled)
        return self

    @property
    def status(self) -> int:
        """Status of the last answer."""
        assert self.response is not None
        return self.response.status_code

    @property
    def page(self) -> lxml.html.HtmlElement:
        """What is shown."""
        assert self.response is not None
        return lxml.html.document_fromstring(self.response.text)

    @property
    def heading(self) -> str:
        """What the page says first."""
        return " ".join(str(self.page.xpath("string(//h1)")).split())

    @property
    def errors(self) -> list[str]:
        """What must be put right."""
        return [text for error in self.page.find_class("error") if (text := error.text_content().strip())]

    def value(self, name: str) -> str:
        """What stands in a field."""
        return str(self.page.xpath(f"string(//*[@name='{name}']/@value)"))


def signing_desk(database_url: str, folder: Path, url: str = "http://testserver", **settings: Any) -> SigningDesk:
    """A service with its tables, a clock set by hand, mails kept, and codes from a seed."""
    clock = SettableClock(NOW)
    surroundings = Surroundings("signing", clock, folder, database_url, SECRET)
    service = SigningService(SigningSettings(url=url, **settings), surroundings)
    service.store.upgrade()
    mailer = MemoryMailer(AdapterSettings(), surroundings)
    app = signing_app(service, mailer, randbelow=random.Random(7).randrange)
    return SigningDesk(service, app, mailer, clock, TestClient(app, base_url="http://testserver"))
