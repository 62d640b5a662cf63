"""The adapter and the counterpart wired together: an accounting world, and a wire on which a test can step in."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2

from adapters.accounting.odoo.adapter import OdooPackage
from adapters.accounting.odoo.install import install
from adapters.accounting.odoo.settings import OdooSettings
from connector.errors import ConfigError
from connector.ports import AccountingPackage, Place, Question, Surroundings
from connector.testing.clock import SettableClock
from tests.contract.worlds import AccountingWorld
from tests.counterparts.odoo import json2, jsonrpc
from tests.counterparts.odoo.exposed import changes
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.instance import Saved
from tests.counterparts.odoo.town import Town, odoo

NOW = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)


class Head:
    """The administrator of this Odoo, who tells login and key when asked."""

    def __init__(self, town: Town) -> None:
        self._told = {"ODOO_ADMIN_LOGIN": "admin", "ODOO_ADMIN_KEY": town.keys["admin"]}

    def ask(self, question: Question) -> str:
        """The answer."""
        return self._told[question.variable]

    def place_of(self, setting: str) -> Place:
        """No setting has a place here."""
        raise ConfigError(f"{setting} stands nowhere.")


class Wire(httpx2.HTTPTransport):
    """The network, on which each call is seen before it leaves and after its answer has come.

    Attributes:
        calls: all calls of methods of models, as "model.method".
        before, after: told of each of them, e.g. to let a person act meanwhile, or to end the process.
    """

    def __init__(
        self, before: Callable[[str], object] = lambda _: None, after: Callable[[str], object] = lambda _: None
    ) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.arguments: list[dict[str, object]] = []
        self.before, self.after = before, after

    @property
    def changes(self) -> list[str]:
        """The calls that change something."""
        return [call for call in self.calls if changes(call)]

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One request."""
        call, arguments = _called(request)
        if not call:
            return super().handle_request(request)
        self.calls.append(call)
        self.arguments.append(arguments)
        self.before(call)
        response = super().handle_request(request)
        response.read()
        self.after(call)
        return response


def _called(request: httpx2.Request) -> tuple[str, dict[str, object]]:
    path = request.url.path
    body = json.loads(request.read() or b"{}")
    if path.startswith(json2.PREFIX):
        return json2.called(path), body
    call = jsonrpc.called(body)
    return call, body["params"]["args"][6] if call else {}


class OdooWorld(AccountingWorld):
    """A company in Odoo, and the people who work in it."""

    def __init__(self, town: Town, clock: SettableClock) -> None:
        self.town = town
        self.clock = clock
        self.paused: list[float] = []
        zoe = town.customer("Zoë Peeters", iban="BE68539007547034", lang="nl_BE", street="Markt 1", city="Gent")
        noel = town.customer("Crêperie Noël", lang="fr_BE", email="noel@example.org")
        self.invoice = town.invoice(zoe, "121.00")
        town.invoice(noel, "50.50")
        town.invoice(zoe, "10.00", kind="out_refund")
        self._later()

    def settings(self, **changes: object) -> OdooSettings:
        """As a person writes them."""
        given = {
            "url": self.town.server.url,
            "database": self.town.database,
            "company": self.town.company,
            "login": "connector",
            "key": self.town.keys["connector"],
            "fee_journal": "MISC",
            "fee_account": "650000",
            "fee_counter_account": "550002",
        }
        return OdooSettings.model_validate({**given, **changes})

    def open(self) -> AccountingPackage:
        return self.package()

    def package(self, wire: Wire | None = None, folder: Path = Path(), **changes: object) -> OdooPackage:
        """An adapter with some settings changed, which never really waits."""
        around = Surroundings("books", self.clock, folder)
        return OdooPackage(self.settings(**changes), around, transport=wire, pause=self.paused.append)

    def install(self) -> None:
        """An administrator runs `odoo install`."""
        done = install(self.settings(), "books", Head(self.town))
        assert [probe for probe in done if not probe.ok] == []
        self._later()

    def change(self) -> str:
        self._later()
        self.town.edit("account.move", self.invoice, payment_reference="Changed")
        self._later()
        return str(self.invoice)

    def spoil(self) -> bool:
        self._later()
        spoiled = self.town.invoice(self.town.customer("Spoiled"), "5.00")
        self.town.edit("account.move", spoiled, invoice_date=False)
        return True

    def cancel_mandate(self, reference: str) -> bool:
        self._later()
        for model, name, value in (
            ("account.banking.mandate", "unique_mandate_reference", "cancel"),
            ("sdd.mandate", "name", "revoked"),
            ("account.direct.debit.mandate", "name", "revoked"),
            ("res.partner", "x_sepa_mandate", "cancelled"),
        ):
            if model not in self.town.instance.models:
                continue
            state = "x_sepa_state" if model == "res.partner" else "state"
            for row in self.town.instance.rows(model):
                if row.get(name) == reference:
                    self.town.edit(model, row["id"], **{state: value})
                    return True
        return False

    def picture(self) -> object:
        return self.town.picture()

    def _later(self) -> None:
        """Nothing of before is of this second any more."""
        self.clock.now += timedelta(minutes=1)


class Worlds:
    """Worlds as they are when an administrator has just installed us; each is made once and put back when asked for."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._made: dict[tuple[int, Home], tuple[OdooWorld, Saved, datetime]] = {}

    def __call__(self, version: int, home: Home = Home.VANILLA) -> OdooWorld:
        """The world of a version and a home."""
        if (version, home) not in self._made:
            clock = SettableClock(NOW)
            world = OdooWorld(self._stack.enter_context(odoo(version, home, clock=clock)), clock)
            world.install()
            self._made[version, home] = world, world.town.instance.saved(), clock.now
        world, saved, at = self._made[version, home]
        world.town.instance.restore(saved)
        world.town.server.calm()
        world.clock.now = at
        world.paused.clear()
        return world


@contextmanager
def worlds() -> Iterator[Worlds]:
    """Worlds, for as long as the block lasts."""
    with ExitStack() as stack:
        yield Worlds(stack)
