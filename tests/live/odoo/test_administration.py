"""What an administrator does with a real Odoo: look whether all is well, make the fields, change the key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from adapters.accounting.odoo.adapter import OdooPackage
from connector.ports import Probe
from connector.testing.administrator import MemoryAdministrator
from connector.testing.clock import SettableClock
from tests.live.odoo.environment import OdooServer
from tests.live.odoo.given import Open
from tests.live.odoo.office import Office

pytestmark = [pytest.mark.live, pytest.mark.uncounted, pytest.mark.xdist_group("odoo")]

SWITCH = "base.enable_programmatic_api_keys"


def said(probes: Sequence[Probe]) -> str:
    return "\n".join(f"{probe.what} {probe.ok} {probe.detail} {probe.remedy}" for probe in probes)


def test_with_the_least_rights_everything_is_well(package: OdooPackage) -> None:
    probes = list(package.check())
    assert all(probe.ok for probe in probes), said(probes)
    assert len(probes) >= 6


def test_installing_again_changes_no_field_and_keeps_the_views(
    package: OdooPackage, installed: Sequence[Probe], office: Office, server: OdooServer
) -> None:
    assert all(probe.ok for probe in installed), said(installed)
    own = [("name", "=like", "x_sepa%")]
    views = [("name", "=like", "sepa_connector.%")]
    before = [office.rows("ir.model.fields", own, "name", "model"), office.rows("ir.ui.view", views, "name", "active")]
    administrator = MemoryAdministrator({"ODOO_ADMIN_LOGIN": server.admin_login, "ODOO_ADMIN_KEY": server.admin_key})
    again = list(package.install(administrator))
    assert all(probe.ok for probe in again), said(again)
    after = [office.rows("ir.model.fields", own, "name", "model"), office.rows("ir.ui.view", views, "name", "active")]
    assert after == before


@pytest.fixture
def bare(office: Office) -> Iterator[tuple[str, str]]:
    """Login and password of an internal user without any right of invoicing."""
    login = f"bare{office.newest('res.users') + 1}"
    (internal,) = office.rows("ir.model.data", [("module", "=", "base"), ("name", "=", "group_user")], "res_id")
    facts = {"name": login, "login": login, "password": f"{login}-secret", "email": f"{login}@example.org"}
    groups = {office.groups_field: [(6, 0, [internal["res_id"]])]}
    user = office.call("res.users", "create", facts | groups, context={"no_reset_password": True})
    yield login, facts["password"]
    office.change("res.users", user, active=False)


def test_a_right_that_is_missing_is_named_with_what_gives_it(open_package: Open, bare: tuple[str, str]) -> None:
    login, password = bare
    probes = list(open_package(login=login, key=password, protocol="jsonrpc").check())
    missing = [probe for probe in probes if not probe.ok]
    assert any("account.move" in probe.what and "Invoicing" in probe.remedy for probe in missing), said(probes)
    assert any("res.partner" in probe.what and "Contact Creation" in probe.remedy for probe in missing), said(probes)


def test_a_wrong_key_is_told_as_such(open_package: Open) -> None:
    (probe,) = open_package(key="0" * 40).check()
    assert not probe.ok
    assert probe.remedy


def test_a_key_is_changed_where_the_server_lets_it(open_package: Open, office: Office, clock: SettableClock) -> None:
    office.call("ir.config_parameter", "set_param", SWITCH, "False")
    (probe,) = open_package().rotate_key(MemoryAdministrator())
    assert not probe.ok
    if "does not make keys" in probe.detail:  # up to 18, and the first releases of 19
        assert "Account Security" in probe.remedy
        return
    assert SWITCH in probe.detail
    office.call("ir.config_parameter", "set_param", SWITCH, "True")
    first, second = MemoryAdministrator(can_write=False), MemoryAdministrator()
    probes = list(open_package().rotate_key(first))
    assert probes[0].ok, said(probes)
    probes = list(open_package(key=first.places["key"]).rotate_key(second))
    assert all(probe.ok for probe in probes), said(probes)
    fresh = open_package(key=second.places["key"])
    assert all(probe.ok for probe in fresh.check())
    clock.forward(days=80)
    (end,) = [probe for probe in fresh.check() if "end of the key" in probe.what]
    assert "rotate-key" in end.remedy
    (refused,) = open_package(key=first.places["key"]).check()
    assert not refused.ok
    assert all(probe.ok for probe in open_package().check())  # the key of these tests is in force still
