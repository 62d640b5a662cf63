"""What `check` finds: rights by name with what gives them, the end of the key, and settings that lead nowhere."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.ports import Probe
from tests.counterparts.odoo import Home
from tests.counterparts.odoo.founding import add_user
from tests.counterparts.odoo.homes import HOMES
from tests.counterparts.odoo.rights import BILLING, CONTACTS, OCA_PAYMENT, USER
from tests.counterparts.odoo.world import OdooWorld, Wire, Worlds
from tests.unit.adapters.accounting.odoo.conftest import Opened


def _found(office: OdooWorld, opened: Opened, **changes: object) -> list[Probe]:
    return list(opened(office, **changes).check())


def _faults(probes: list[Probe]) -> list[Probe]:
    return [probe for probe in probes if not probe.ok]


def _as(office: OdooWorld, *groups: str) -> dict[str, object]:
    """Settings of a user with these groups alone."""
    login = "user-" + "-".join(group.rpartition(".")[2] for group in groups)
    add_user(office.town.founded, login, groups, (office.town.company,))
    return {"login": login, "key": office.town.keys[login]}


@pytest.mark.parametrize(("version", "home"), [(version, home) for version in (17, 18, 19) for home in HOMES])
def test_the_least_user_has_all_rights(made: Worlds, opened: Opened, version: int, home: Home) -> None:
    office = made(version, home)
    probes = _found(office, opened)
    assert _faults(probes) == []
    told = "\n".join(f"{probe.what}: {probe.detail}" for probe in probes)
    assert f"Odoo {version}.0" in told
    assert "BE Company CoA" in told
    assert "mandates: " in told


def test_checking_changes_nothing(office: OdooWorld, opened: Opened) -> None:
    wire, before = Wire(), office.town.picture()
    _found(office, opened, wire=wire)
    assert wire.changes == []
    assert office.town.picture() == before


@pytest.mark.parametrize(
    ("home", "groups", "missing", "group"),
    [
        (Home.VANILLA, (USER, BILLING), "res.partner", "Contact Creation"),
        (Home.VANILLA, (USER, BILLING), "res.partner.bank", "Contact Creation"),
        (Home.VANILLA, (USER, CONTACTS), "account.move", "Invoicing"),
        (Home.VANILLA, (USER, CONTACTS), "account.payment.register", "Invoicing"),
        (Home.VANILLA, (USER, CONTACTS), "account.journal", "Invoicing"),
        (Home.OCA, (USER, BILLING, CONTACTS), "account.banking.mandate", "Payments"),
    ],
)
def test_a_missing_right_is_named_with_the_group_that_gives_it(
    office: OdooWorld, made: Worlds, opened: Opened, home: Home, groups: tuple[str, ...], missing: str, group: str
) -> None:
    office = made(office.town.instance.version, home)
    faults = _faults(_found(office, opened, **_as(office, *groups)))
    (fault,) = (probe for probe in faults if probe.what.endswith(f" {missing}"))
    assert "right to " in fault.what
    assert group in fault.remedy


def test_the_groups_that_are_named_suffice(made: Worlds, opened: Opened) -> None:
    office = made(17, Home.OCA)
    assert _faults(_found(office, opened, **_as(office, USER, BILLING, CONTACTS, OCA_PAYMENT))) == []


def test_companies_that_the_key_sees_are_listed_where_the_right_one_is_not_seen(
    office: OdooWorld, opened: Opened
) -> None:
    (fault,) = _faults(_found(office, opened, company=office.town.other_company))
    assert "1 BE Company CoA" in fault.detail
    assert "San Francisco" not in fault.detail


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"journal": "NONE"}, "'NONE' is not there"),
        ({"fee_account": "999999"}, "999999"),
        ({"fee_journal": "NONE"}, "'NONE' is not there"),
        ({"key": "wrong"}, "does not accept the key"),
        ({"responsible": "nobody"}, "nobody"),
    ],
)
def test_a_setting_that_leads_nowhere_is_found(
    office: OdooWorld, opened: Opened, changes: dict[str, Any], told: str
) -> None:
    (fault,) = _faults(_found(office, opened, **changes))
    assert told in fault.detail
    assert fault.remedy


def test_a_field_of_the_own_mapping_that_is_not_there_is_found(
    office: OdooWorld, opened: Opened, tmp_path: Path
) -> None:
    rule = "{path: x_no_such_field, type: bool}"
    (tmp_path / "own.yaml").write_text(f"extends: odoo\nrecords:\n  customer:\n    direct_debit: {rule}\n")
    (fault,) = _faults(_found(office, opened, folder=tmp_path, mapping="own.yaml"))
    assert "x_no_such_field" in fault.detail


# ------------------------------------------------------------------------------------------------------------- the key


def _end_of_the_key(office: OdooWorld, opened: Opened) -> Probe:
    (probe,) = (probe for probe in _found(office, opened) if probe.what.endswith("end of the key"))
    return probe


@pytest.mark.parametrize(("days_before", "warns"), [(60, False), (15, False), (13, True), (1, True)])
def test_the_end_of_the_key_is_warned_of_fourteen_days_before(
    made: Worlds, opened: Opened, days_before: int, *, warns: bool
) -> None:
    office = made(19)
    row = next(row for row in office.town.instance.rows("res.users.apikeys") if row["user_id"] == _connector(office))
    office.clock.now = row["expiration_date"].replace(tzinfo=office.clock.now.tzinfo) - timedelta(days=days_before)
    probe = _end_of_the_key(office, opened)
    assert probe.ok
    assert row["expiration_date"].date().isoformat() in probe.detail
    assert ("rotate-key" in probe.remedy) is warns


def test_a_key_that_has_ended_says_so(made: Worlds, opened: Opened) -> None:
    office = made(19)
    office.clock.forward(days=100)
    (fault,) = _faults(_found(office, opened))
    assert "does not accept the key" in fault.detail
    assert "90 days" in fault.remedy


def test_keys_of_17_do_not_end(made: Worlds, opened: Opened) -> None:
    assert "do not end" in _end_of_the_key(made(17), opened).detail


def _connector(office: OdooWorld) -> int:
    return office.town.users["connector"]
