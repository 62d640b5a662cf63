"""The counterpart does what was measured on real servers of 17 and 19: shared/facts say so, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from connector.testing.clock import SettableClock
from tests.counterparts.odoo import Home, Town, odoo
from tests.counterparts.odoo.errors import AccessError, MissingError, OdooError, UserError, ValidationError
from tests.counterparts.odoo.instance import Saved

NOW = datetime(2026, 11, 24, 8, 45, 52, 654_321, tzinfo=UTC)
IBAN, OTHER_IBAN = "BE71096123456769", "BE43068999999501"


class Towns:
    """A town of each version, put back for every test."""

    def __init__(self) -> None:
        self.clock = SettableClock(NOW)
        self.made: dict[tuple[int, Home], tuple[Town, Saved]] = {}

    def __call__(self, version: int, home: Home) -> Town:
        """The town as it was founded."""
        town, saved = self.made[version, home]
        town.instance.restore(saved)
        self.clock.now = NOW
        return town


@pytest.fixture(scope="module")
def towns() -> Iterator[Towns]:
    made = Towns()
    with (
        odoo(17, Home.VANILLA, clock=made.clock) as old,
        odoo(19, Home.VANILLA, clock=made.clock) as new,
        odoo(17, Home.OCA, clock=made.clock) as old_oca,
        odoo(19, Home.OCA, clock=made.clock) as new_oca,
    ):
        for town, version, home in (
            (old, 17, Home.VANILLA),
            (new, 19, Home.VANILLA),
            (old_oca, 17, Home.OCA),
            (new_oca, 19, Home.OCA),
        ):
            made.made[version, home] = town, town.instance.saved()
        yield made


@pytest.fixture(params=[17, 19])
def town(request: pytest.FixtureRequest, towns: Towns) -> Town:
    return towns(request.param, Home.VANILLA)


@pytest.fixture(params=[17, 19])
def oca(request: pytest.FixtureRequest, towns: Towns) -> Town:
    return towns(request.param, Home.OCA)


@pytest.fixture
def clock(towns: Towns) -> SettableClock:
    return towns.clock


def _version(town: Town) -> int:
    return town.instance.version


def _found(town: Town, *domain: Any, model: str = "res.partner") -> list[int]:
    found: list[int] = town.do("admin", model, "search", list(domain))
    return found


# ---------------------------------------------------------------------------------------------------------- write_date


def test_instants_are_told_in_seconds_and_compared_as_each_version_does(town: Town) -> None:
    contact = town.customer("Dated")
    (row,) = town.do("connector", "res.partner", "read", [contact], ["write_date"])
    at = row["write_date"]
    assert at == "2026-11-24 08:45:52"
    found = {sign: contact in _found(town, ["write_date", sign, at]) for sign in (">", ">=", "=", "<=")}
    if _version(town) == 17:
        assert found == {">": True, ">=": True, "=": False, "<=": False}
    else:
        assert found == {">": False, ">=": True, "=": True, "<=": True}


def test_an_instant_with_an_offset_is_dropped_by_17_and_refused_by_19(town: Town) -> None:
    domain = ["write_date", ">=", "2026-11-24 08:45:52Z"]
    if _version(town) == 17:
        assert _found(town, domain)
    else:
        with pytest.raises(OdooError, match="does not match format"):
            _found(town, domain)


def test_a_transaction_is_dated_at_its_beginning(town: Town, clock: SettableClock) -> None:
    late = town.late()
    contact = late.create("res.partner", {"name": "Late"})
    clock.forward(seconds=3)
    town.customer("In time")
    assert _found(town, ["id", "=", contact]) == []
    late.commit()
    assert town.row("res.partner", contact)["write_date"] == NOW.replace(tzinfo=None)


def test_a_batch_has_one_instant(town: Town) -> None:
    made = town.do("admin", "res.partner", "create", [{"name": f"Batch {number}"} for number in range(50)])
    assert len({town.row("res.partner", id_)["write_date"] for id_ in made}) == 1


def test_writing_what_is_there_bumps(town: Town, clock: SettableClock) -> None:
    contact = town.customer("Same")
    clock.forward(seconds=5)
    town.do("finance", "res.partner", "write", [contact], {"name": "Same"})
    assert town.row("res.partner", contact)["write_date"] > NOW.replace(tzinfo=None)


def test_posting_bumps_the_contact_on_19_only(town: Town, clock: SettableClock) -> None:
    contact = town.customer("Posted")
    invoice = town.invoice(contact, "5.00", is_posted=False)
    clock.forward(seconds=5)
    town.do("finance", "account.move", "action_post", [invoice])
    bumped = town.row("res.partner", contact)["write_date"] > NOW.replace(tzinfo=None)
    assert bumped is (_version(town) == 19)


def test_a_bank_account_does_not_bump_its_contact_and_a_vat_number_bumps_children(
    town: Town, clock: SettableClock
) -> None:
    company = town.customer("Company")
    child = town.customer("Child", parent_id=company, is_company=False)
    clock.forward(seconds=5)
    town.do("finance", "res.partner.bank", "create", [{"partner_id": company, "acc_number": IBAN}])
    assert town.row("res.partner", company)["write_date"] == NOW.replace(tzinfo=None)
    town.do("finance", "res.partner", "write", [company], {"vat": "BE0477472701"})
    assert town.row("res.partner", child)["write_date"] > NOW.replace(tzinfo=None)


def test_archived_records_are_found_where_they_are_asked_for_and_deleted_ones_never(town: Town) -> None:
    contact = town.customer("Gone")
    town.do("finance", "res.partner", "write", [contact], {"active": False})
    assert _found(town, ["id", "=", contact]) == []
    assert _found(town, ["id", "=", contact], ["active", "in", [True, False]]) == [contact]
    town.do("finance", "res.partner", "unlink", [contact])
    assert town.do("connector", "res.partner", "read", [contact], ["name"]) == []
    with pytest.raises(MissingError):
        town.do("finance", "res.partner", "write", [contact], {"name": "x"})


# ------------------------------------------------------------------------------------------------------------ the wire


def _json2(town: Town, call: str, key: str = "", database: str = "", **arguments: Any) -> httpx2.Response:
    headers = {"Authorization": f"bearer {key or town.keys['connector']}", "X-Odoo-Database": database or town.database}
    return httpx2.post(f"{town.server.url}/json/2/{call}", json=arguments, headers=headers)


def _rpc(town: Town, model: str, method: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    user, key = town.users["connector"], town.keys["connector"]
    call = [town.database, user, key, model, method, list(args), kwargs]
    body = {"jsonrpc": "2.0", "id": 1, "params": {"service": "object", "method": "execute_kw", "args": call}}
    response = httpx2.post(f"{town.server.url}/jsonrpc", json=body)
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def test_json2_is_on_19_only(town: Town) -> None:
    status = _json2(town, "res.partner/search_count", domain=[]).status_code
    assert status == (200 if _version(town) == 19 else 404)


@pytest.mark.parametrize(
    ("call", "more", "status", "name"),
    [
        ("res.partner/search_count", {"key": "connector-local", "domain": []}, 401, "werkzeug.exceptions.Unauthorized"),
        ("no.such.model/search", {"domain": []}, 404, "werkzeug.exceptions.NotFound"),
        ("res.partner/no_such_method", {}, 404, "werkzeug.exceptions.NotFound"),
        ("res.partner/search", {"ids": [1], "domain": []}, 422, "werkzeug.exceptions.UnprocessableEntity"),
        ("res.partner/search", {"domian": []}, 422, "werkzeug.exceptions.UnprocessableEntity"),
        ("ir.model/search", {"domain": []}, 403, "odoo.exceptions.AccessError"),
        ("res.partner/search_read", {"domain": [], "fields": ["no_field"]}, 500, "builtins.ValueError"),
        ("res.partner/search_read", {"domian": [], "fields": ["name"]}, 500, "builtins.TypeError"),
    ],
)
def test_an_error_of_json2_has_a_status_and_a_name(
    towns: Towns, call: str, more: dict[str, Any], status: int, name: str
) -> None:
    response = _json2(towns(19, Home.VANILLA), call, **more)
    assert (response.status_code, response.json()["name"]) == (status, name)
    assert "Traceback" in response.json()["debug"]


def test_another_database_has_no_json2(towns: Towns) -> None:
    response = _json2(towns(19, Home.VANILLA), "res.partner/search", database="other", domain=[])
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")


def test_an_error_of_json_rpc_is_told_in_an_answer_of_success(town: Town) -> None:
    error = _rpc(town, "res.partner", "search_read", [], ["no_field"])["error"]
    assert error["data"]["name"] == "builtins.ValueError"
    assert _rpc(town, "no.such.model", "search", [])["error"]["data"]["message"].startswith("Object no.such.model")


def test_one_record_made_is_an_id_over_json_rpc_and_a_list_over_json2(towns: Towns) -> None:
    assert isinstance(_rpc(towns(17, Home.VANILLA), "res.partner", "create", {"name": "One"})["result"], int)
    made = _json2(towns(19, Home.VANILLA), "res.partner/create", vals_list={"name": "One"}).json()
    assert isinstance(made, list)


def test_values_go_by_position_over_json_rpc_until_18(town: Town) -> None:
    answer = _rpc(town, "mail.message", "create", vals_list=[{"body": "x"}])
    if _version(town) == 17:
        assert "unexpected keyword argument 'vals_list'" in answer["error"]["data"]["message"]
    else:
        assert answer["result"]


def test_all_fields_are_refused_to_a_plain_user_of_19(town: Town) -> None:
    if _version(town) == 19:
        with pytest.raises(AccessError, match="rtc_session_ids"):
            town.do("connector", "res.partner", "search_read", [])
    else:
        assert len(town.do("connector", "res.partner", "search_read", [])[0]) > 40


# ------------------------------------------------------------------------------------------------------ keys and rights


def test_keys_end_on_19_only_and_after_ninety_days_at_most(town: Town, clock: SettableClock) -> None:
    key = town.keys["connector"]
    clock.forward(days=91)
    known = town.instance.user_of_key(key)
    assert known == (town.users["connector"] if _version(town) == 17 else None)
    assert town.instance.user_of_key(town.keys["admin"]) == town.users["admin"]


def test_a_key_is_made_by_another_where_the_server_allows_it(towns: Towns) -> None:
    town = towns(19, Home.VANILLA)
    ends = (NOW + timedelta(days=80)).strftime("%Y-%m-%d %H:%M:%S")
    arguments = {"key": town.keys["connector"], "scope": "rpc", "name": "new", "expiration_date": ends}
    with pytest.raises(AccessError, match="not enabled"):
        town.do("connector", "res.users.apikeys", "generate", **arguments)
    town.instance.programmatic_keys = True
    made = town.do("connector", "res.users.apikeys", "generate", **arguments)
    town.do("connector", "res.users.apikeys", "revoke", key=town.keys["connector"])
    assert town.instance.user_of_key(made) == town.users["connector"]
    assert town.instance.user_of_key(town.keys["connector"]) is None


@pytest.mark.parametrize(
    ("login", "model", "method", "arguments"),
    [
        ("bare", "account.move", "search", ([],)),
        ("connector", "ir.model", "search", ([],)),
        ("connector", "ir.model.fields", "create", ({"name": "x_new", "ttype": "char", "model_id": 1},)),
        ("connector", "ir.model.data", "create", ({"name": "x", "model": "res.partner"},)),
        ("connector", "ir.ui.view", "search", ([],)),
    ],
)
def test_what_a_user_may_not(town: Town, login: str, model: str, method: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises(AccessError):
        town.do(login, model, method, *arguments)


def test_trusting_an_account_takes_a_group(town: Town) -> None:
    values = {"partner_id": town.customer("Trusted"), "acc_number": IBAN, "allow_out_payment": True}
    with pytest.raises(UserError, match="trust or un-trust"):
        town.do("connector", "res.partner.bank", "create", [values])


def test_companies_are_those_of_the_user_unless_the_context_names_some(town: Town) -> None:
    both = {town.company, town.other_company}
    assert set(town.do("admin", "res.company", "search", [])) == both
    one = {"allowed_company_ids": [town.company]}
    assert town.do("admin", "res.company", "search", [], context=one) == [town.company]
    with pytest.raises(AccessError, match="unauthorized or invalid companies"):
        town.do("connector", "res.partner", "search", [], context={"allowed_company_ids": [town.other_company]})


# -------------------------------------------------------------------------------------------------------- bank accounts


def test_what_is_no_iban_is_kept_as_another_kind_of_account(town: Town) -> None:
    contact = town.customer("Banked")
    (wrong,) = town.do("connector", "res.partner.bank", "create", [{"partner_id": contact, "acc_number": "BE00 1"}])
    (right,) = town.do("connector", "res.partner.bank", "create", [{"partner_id": contact, "acc_number": IBAN}])
    told = town.do("connector", "res.partner.bank", "read", [wrong, right], ["acc_number", "acc_type"])
    assert [(one["acc_number"], one["acc_type"]) for one in told] == [
        ("BE00 1", "bank"),
        ("BE71 0961 2345 6769", "iban"),
    ]
    assert _found(town, ["acc_number", "=", "BE710961 23456769"], model="res.partner.bank") == [right]


def test_an_account_is_unique_per_contact_only(town: Town) -> None:
    one, two = town.customer("One", iban=IBAN), town.customer("Two", iban=IBAN)
    assert one != two
    with pytest.raises(ValidationError, match="must be unique"):
        town.do("connector", "res.partner.bank", "create", [{"partner_id": one, "acc_number": IBAN}])


def test_deleting_an_account_archives_it_on_19(town: Town) -> None:
    town.customer("Banked", iban=IBAN)
    (account,) = _found(town, ["acc_number", "=", IBAN], model="res.partner.bank")
    assert town.do("finance", "res.partner.bank", "unlink", [account]) is True
    left = _found(town, ["id", "=", account], ["active", "in", [True, False]], model="res.partner.bank")
    assert left == ([account] if _version(town) == 19 else [])


# ------------------------------------------------------------------------------------------------ invoices and payments


def _pay(town: Town, invoice: int, **values: Any) -> int:
    about = {"active_model": "account.move", "active_ids": [invoice]}
    wizard = town.do("connector", "account.payment.register", "create", [values], context=about)
    action = town.do("connector", "account.payment.register", "action_create_payments", wizard)
    paid: int = action["res_id"]
    return paid


def test_an_invoice_has_the_reference_of_belgium_and_our_own_account(town: Town) -> None:
    invoice = town.row("account.move", town.invoice(town.customer("Referred", iban=IBAN), "5.00"))
    assert invoice["payment_reference"].startswith("+++")
    assert town.row("res.partner.bank", invoice["partner_bank_id"])["sanitized_acc_number"] != IBAN
    draft = town.row("account.move", town.invoice(town.customer("Draft"), "5.00", is_posted=False))
    assert draft["name"] == ("/" if _version(town) == 17 else None)


def test_a_part_and_the_rest_are_registered_and_no_more(town: Town) -> None:
    invoice = town.invoice(town.customer("Paying"), "100.00")
    _pay(town, invoice, amount=40)
    assert (
        town.row("account.move", invoice)["payment_state"],
        town.row("account.move", invoice)["amount_residual"],
    ) == (
        "partial",
        60,
    )
    _pay(town, invoice)
    assert town.row("account.move", invoice)["payment_state"] == "paid"
    with pytest.raises(UserError, match="nothing left to pay"):
        _pay(town, invoice)


def test_an_overpayment_is_taken_and_not_reconciled(town: Town) -> None:
    invoice = town.invoice(town.customer("Paying"), "100.00")
    paid = _pay(town, invoice, amount=150)
    assert town.row("account.move", invoice)["payment_state"] == "paid"
    (told,) = town.do("connector", "account.payment", "read", [paid], ["is_reconciled"])
    assert told["is_reconciled"] is False


def test_a_payment_back_in_draft_opens_the_invoice_on_17_and_a_cancelled_one_on_both(town: Town) -> None:
    invoice = town.invoice(town.customer("Paying"), "100.00")
    paid = _pay(town, invoice)
    assert town.row("account.payment", paid)["state"] == ("posted" if _version(town) == 17 else "paid")
    town.do("connector", "account.payment", "action_draft", [paid])
    left = town.row("account.move", invoice)["amount_residual"]
    assert left == (100 if _version(town) == 17 else 0)
    town.do("connector", "account.payment", "action_cancel", [paid])
    assert town.row("account.move", invoice)["amount_residual"] == 100


def test_lines_of_an_entry_take_no_text_for_an_amount(town: Town) -> None:
    lines = [(0, 0, {"name": "Fee", "account_id": town.accounts["650000"], "debit": "3.50"})]
    values = {"move_type": "entry", "journal_id": town.journals["MISC"], "line_ids": lines}
    with pytest.raises(OdooError, match="unsupported operand"):
        town.do("connector", "account.move", "create", [values])


def test_a_contact_with_invoices_and_a_posted_invoice_stay(town: Town) -> None:
    contact = town.customer("Invoiced")
    invoice = town.invoice(contact, "5.00")
    with pytest.raises(UserError, match="used in Accounting"):
        town.do("admin", "res.partner", "unlink", [contact])
    with pytest.raises(UserError, match="cannot delete a posted"):
        town.do("finance", "account.move", "unlink", [invoice])


def test_a_message_needs_an_address_on_17(town: Town) -> None:
    contact = town.customer("Chatter")
    partner = town.row("res.users", town.users["connector"])["partner_id"]
    town.edit("res.partner", partner, email=False)
    if _version(town) == 17:
        with pytest.raises(UserError, match="sender's email"):
            town.do("connector", "res.partner", "message_post", [contact], body="<b>x</b>")
    else:
        (message,) = town.do("connector", "res.partner", "message_post", [contact], body="<b>x</b>")
        assert town.row("mail.message", message)["body"] == "<p>&lt;b&gt;x&lt;/b&gt;</p>"


# --------------------------------------------------------------------------------------------------------- OCA mandates


def _mandate(town: Town, **values: Any) -> int:
    contact = town.customer(f"Mandated {values.get('unique_mandate_reference')}", iban=IBAN)
    (account,) = town.instance.tables.of["res.partner.bank"].where("partner_id", [contact])
    given = {"unique_mandate_reference": "UMR-1", "partner_bank_id": account, "signature_date": "2026-11-01", **values}
    (made,) = town.do("connector", "account.banking.mandate", "create", [given])
    return int(made)


def test_a_mandate_begins_as_a_draft_of_a_first_recurrent_core(oca: Town) -> None:
    row = oca.row("account.banking.mandate", _mandate(oca))
    assert [row[name] for name in ("state", "format", "type", "recurrent_sequence_type", "scheme")] == [
        "draft",
        "sepa",
        "recurrent",
        "first",
        "CORE",
    ]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"signature_date": "2026-11-25"}, "in the future"),
        ({"state": "valid", "signature_date": False}, "without a date of signature"),
        ({"state": "valid", "partner_bank_id": False}, "not attached to a bank account"),
    ],
)
def test_what_makes_a_mandate_impossible(oca: Town, values: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        _mandate(oca, **values)


def test_a_long_reference_is_cut_so_that_two_can_collide(oca: Town) -> None:
    made = _mandate(oca, unique_mandate_reference="R" * 40)
    assert oca.row("account.banking.mandate", made)["unique_mandate_reference"] == "R" * 35
    with pytest.raises(ValidationError, match="same reference"):
        _mandate(oca, unique_mandate_reference="R" * 36)


def test_buttons_refuse_wrong_states_and_writing_does_not(oca: Town) -> None:
    made = _mandate(oca)
    oca.do("connector", "account.banking.mandate", "validate", [made])
    with pytest.raises(UserError, match="draft state"):
        oca.do("connector", "account.banking.mandate", "validate", [made])
    oca.do("connector", "account.banking.mandate", "write", [made], {"state": "expired"})
    with pytest.raises(UserError, match="draft or valid"):
        oca.do("connector", "account.banking.mandate", "cancel", [made])
    with pytest.raises(AccessError):
        oca.do("bare", "account.banking.mandate", "write", [made], {"state": "cancel"})


def test_an_account_with_a_mandate_can_be_overwritten_but_not_deleted_on_17(oca: Town) -> None:
    account = oca.row("account.banking.mandate", _mandate(oca))["partner_bank_id"]
    oca.do("finance", "res.partner.bank", "write", [account], {"acc_number": OTHER_IBAN})
    if _version(oca) == 17:
        with pytest.raises(ValidationError):
            oca.do("finance", "res.partner.bank", "unlink", [account])
    else:
        assert oca.do("finance", "res.partner.bank", "unlink", [account]) is True


def test_an_invoice_takes_the_mandate_of_a_contact_with_a_debit_mode(oca: Town) -> None:
    mandate = _mandate(oca)
    oca.do("connector", "account.banking.mandate", "validate", [mandate])
    contact = oca.row("account.banking.mandate", mandate)["partner_id"]
    values = {"name": "SDD", "mandate_required": True, "company_id": oca.company}
    mode = oca.instance.superuser()["account.payment.mode"].create_one(oca.instance.superuser(), values)
    oca.edit("res.partner", contact, customer_payment_mode_id=mode)
    invoice = oca.row("account.move", oca.invoice(contact, "5.00"))
    assert invoice["mandate_id"] == mandate
    with pytest.raises(ValidationError):
        oca.do("connector", "account.banking.mandate", "unlink", [mandate])
