"""Contacts and invoices as customers and invoices of ours, by the rules of the mapping."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connector.errors import ConfigError, NoAccess
from connector.model.customer import Customer, Language, PartyKind
from connector.model.invoice import Invoice, InvoiceKind
from tests.counterparts.odoo import Home
from tests.counterparts.odoo.models import bookkeeping
from tests.counterparts.odoo.world import OdooWorld, Wire, Worlds
from tests.unit.adapters.accounting.odoo.conftest import Opened


def _customers(office: OdooWorld, opened: Opened, **changes: object) -> dict[int, Customer]:
    batches = opened(office, **changes).read_customers("")
    return {int(one.key.id): one for batch in batches for one in batch.records}


def _invoices(office: OdooWorld, opened: Opened, **changes: object) -> dict[int, Invoice]:
    batches = opened(office, **changes).read_invoices("")
    return {int(one.key.id): one for batch in batches for one in batch.records}


def _mapping(tmp_path: Path, text: str) -> dict[str, object]:
    (tmp_path / "own.yaml").write_text(f"extends: odoo\n{text}")
    return {"folder": tmp_path, "mapping": "own.yaml"}


def _made(office: OdooWorld, model: str, **values: Any) -> int:
    env = office.town.instance.superuser()
    return env[model].create_one(env, values)


# ------------------------------------------------------------------------------------------------------ what is read


def test_a_contact_is_a_customer_with_what_the_mapping_names(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer(
        "Zoë & Co", ref="K-7", email="zoe@example.org", lang="fr_BE", street="Rue Neuve 1", street2="bte 2",
        zip="1000", city="Bruxelles", vat="BE0477472701", iban="BE71 0961 2345 6769",
    )  # fmt: skip
    customer = _customers(office, opened)[contact]
    assert (customer.name, customer.number, customer.email, customer.language) == (
        "Zoë & Co", "K-7", "zoe@example.org", Language.FRENCH,
    )  # fmt: skip
    assert (customer.address.street, customer.address.postcode) == ("Rue Neuve 1 bte 2", "1000")
    assert (customer.address.town, customer.address.country) == ("Bruxelles", "BE")
    assert (customer.enterprise_number, customer.iban, customer.active) == ("BE0477472701", "BE71096123456769", True)


def test_of_a_page_only_the_record_that_does_not_fit_is_left_out(
    office: OdooWorld, opened: Opened, tmp_path: Path
) -> None:
    sound, odd, other = (office.town.customer(name, ref=name) for name in ("shop", "???", "club"))
    text = "tables: {kinds: {shop: company, club: person, false: person}}\n"
    own = _mapping(tmp_path, f"{text}records: {{customer: {{kind: {{path: ref, table: kinds, default: person}}}}}}\n")
    batches = list(opened(office, **own).read_customers(""))
    kinds = {int(one.key.id): one.kind for batch in batches for one in batch.records}
    assert (kinds[sound], kinds[other]) == (PartyKind.COMPANY, PartyKind.PERSON)
    assert odd not in kinds
    faults = {fault.record: fault for batch in batches for fault in batch.faults}
    fault = faults[f"partner {odd}"]
    assert (fault.where, fault.seen) == ("ref", "???")
    assert "is not in the table kinds" in fault.why
    assert not {f"partner {sound}", f"partner {other}"} & faults.keys()


def test_people_of_a_company_and_the_company_itself_are_no_customers(office: OdooWorld, opened: Opened) -> None:
    company = office.town.customer("Company")
    person = office.town.customer("Person of it", parent_id=company, is_company=False)
    alone = office.town.customer("Person alone", is_company=False)
    ours = office.town.row("res.company", office.town.company)["partner_id"]
    read = _customers(office, opened).keys()
    assert {company, alone} <= read
    assert not {person, ours} & read


def test_contacts_of_another_company_are_left_out(office: OdooWorld, opened: Opened) -> None:
    other = office.town.customer("Elsewhere", company_id=office.town.other_company)
    own = office.town.customer("Here", company_id=office.town.company)
    read = _customers(office, opened).keys()
    assert own in read
    assert other not in read


def test_no_field_is_asked_that_the_mapping_does_not_need(made: Worlds, opened: Opened, tmp_path: Path) -> None:
    office, wire = made(17), Wire()
    own = _mapping(tmp_path, "records:\n  customer: {email: email, iban: ref, street: street}\n")
    _customers(office, opened, wire=wire, **own)
    asked = {
        (call, field)
        for call, one in zip(wire.calls, wire.arguments, strict=True)
        if call.endswith("search_read")
        for field in one["fields"]  # type: ignore[attr-defined]
    }
    of_contacts = {field for call, field in asked if call == "res.partner.search_read"}
    assert not of_contacts & {"child_ids", "bank_ids", "category_id", "street2", "phone", "comment"}
    assert of_contacts >= {"active", "country_id", "email", "lang", "name", "ref", "street", "vat"}
    assert "res.partner.category.search_read" not in {call for call, _ in asked}


@pytest.mark.parametrize(("version", "home"), [(17, Home.OCA), (19, Home.ENTERPRISE)])
def test_every_call_names_our_company_and_no_other(made: Worlds, opened: Opened, version: int, home: Home) -> None:
    """All but the very first, that asks who we are, and the one of `check` that lists the companies."""
    office, wire = made(version, home), Wire()
    package = opened(office, wire=wire)
    for read in (package.read_customers, package.read_invoices, package.read_mandates):
        assert [*read("")]
    named = {
        call: one["context"] for call, one in zip(wire.calls, wire.arguments, strict=True) if call.count("context") == 0
    }
    assert len(named) > 5
    for context in named.values():
        assert context["allowed_company_ids"] == [office.town.company]  # type: ignore[index]


def test_a_company_that_the_key_does_not_see_is_not_an_empty_one(office: OdooWorld, opened: Opened) -> None:
    package = opened(office, company=office.town.other_company)
    with pytest.raises(NoAccess):
        [*package.read_customers("")]
    with pytest.raises(NoAccess):
        [*package.read_invoices("")]


# ----------------------------------------------------------------------------------------------------------- amounts


def test_an_invoice_is_due_with_the_last_of_its_open_terms(office: OdooWorld, opened: Opened) -> None:
    """30% now, balance in 60 days: collected as a whole, so never before its last open part is due."""
    (term,) = (r["id"] for r in office.town.instance.rows("account.payment.term") if "60 Days" in r["name"])
    contact = office.town.customer("Later")
    issued = date(2026, 11, 3)
    split = office.town.invoice(contact, "100.00", issued_on=issued, invoice_payment_term_id=term)
    plain = office.town.invoice(contact, "100.00", issued_on=issued, due_on=date(2026, 12, 1))
    at_once = office.town.invoice(contact, "100.00", issued_on=issued)
    due = {id_: invoice.due_on for id_, invoice in _invoices(office, opened).items()}
    assert (due[split], due[plain], due[at_once]) == (date(2027, 1, 2), date(2026, 12, 1), issued)


def test_a_credit_note_is_one_and_takes_nothing_below_zero(office: OdooWorld, opened: Opened) -> None:
    note = office.town.invoice(office.town.customer("Credited"), "12.34", kind="out_refund")
    read = _invoices(office, opened)[note]
    assert (read.kind, read.total, read.open_amount) == (InvoiceKind.CREDIT_NOTE, Decimal("12.34"), Decimal("12.34"))


def test_an_invoice_that_a_credit_note_paid_is_not_open(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Credited")
    invoice = office.town.invoice(contact, "50.00")
    note = office.town.invoice(contact, "20.00", kind="out_refund")
    bookkeeping.match(office.town.instance.superuser(), invoice, note)
    read = _invoices(office, opened)
    assert (read[invoice].open_amount, read[note].open_amount) == (Decimal("30.00"), Decimal("0.00"))


def test_drafts_are_not_read_until_they_were_posted_once(office: OdooWorld, opened: Opened) -> None:
    contact = office.town.customer("Draft")
    draft = office.town.invoice(contact, "5.00", is_posted=False)
    back = office.town.invoice(contact, "6.00")
    office.town.do("finance", "account.move", "button_draft", [back])
    read = _invoices(office, opened)
    assert draft not in read
    assert read[back].open_amount == 0


def test_a_blocked_invoice_is_not_open(made: Worlds, opened: Opened) -> None:
    office = made(19)
    office.town.edit("account.move", office.invoice, payment_state="blocked")
    assert _invoices(office, opened)[office.invoice].open_amount == 0


def test_another_currency_keeps_its_name(office: OdooWorld, opened: Opened) -> None:
    dollars = office.town.invoice(office.town.customer("Overseas"), "99.00", currency="USD")
    read = _invoices(office, opened)[dollars]
    assert (read.currency, read.open_amount) == ("USD", Decimal("99.00"))


@pytest.mark.parametrize(
    ("theirs", "ours"), [("", "+++"), ("RF18 5390 0754 7034", "RF18539007547034"), ("Contract 7", "Contract 7")]
)
def test_the_reference_is_the_structured_one_of_the_country_or_what_was_typed(
    office: OdooWorld, opened: Opened, theirs: str, ours: str
) -> None:
    invoice = office.town.invoice(office.town.customer("Referred"), "5.00", payment_reference=theirs)
    assert _invoices(office, opened)[invoice].reference.startswith(ours)


def test_entries_of_the_bank_are_no_invoices(office: OdooWorld, opened: Opened) -> None:
    about = {"active_model": "account.move", "active_ids": [office.invoice]}
    wizard = office.town.do("finance", "account.payment.register", "create", [{}], context=about)
    office.town.do("finance", "account.payment.register", "action_create_payments", wizard)
    kinds = {row["id"]: row["move_type"] for row in office.town.instance.rows("account.move")}
    assert {kinds[id_] for id_ in _invoices(office, opened)} == {"out_invoice", "out_refund"}
    assert "entry" in kinds.values()


# ------------------------------------------------------------------------------------------------------------- rules


def test_who_pays_by_direct_debit_is_told_by_a_tag(office: OdooWorld, opened: Opened, tmp_path: Path) -> None:
    tag = _made(office, "res.partner.category", name="Direct debit")
    tagged = office.town.customer("Tagged", category_id=[(6, 0, [tag])])
    other = office.town.customer("Other")
    rule = "{path: chosen.tags.Direct debit, default: false}"
    read = _customers(office, opened, **_mapping(tmp_path, f"records:\n  customer:\n    direct_debit: {rule}\n"))
    assert (read[tagged].direct_debit, read[other].direct_debit) == (True, False)


def test_who_pays_by_direct_debit_is_told_by_a_field_of_their_own(
    office: OdooWorld, opened: Opened, tmp_path: Path
) -> None:
    (model,) = (row["id"] for row in office.town.instance.rows("ir.model") if row["model"] == "res.partner")
    _made(office, "ir.model.fields", name="x_pays_by_debit", model_id=model, ttype="boolean")
    yes, no = office.town.customer("Yes", x_pays_by_debit=True), office.town.customer("No")
    own = _mapping(tmp_path, "records:\n  customer:\n    direct_debit: {path: x_pays_by_debit, type: bool}\n")
    read = _customers(office, opened, **own)
    assert (read[yes].direct_debit, read[no].direct_debit) == (True, False)


def test_a_field_that_is_not_there_decides_nothing_but_is_told(
    office: OdooWorld, opened: Opened, tmp_path: Path
) -> None:
    own = _mapping(tmp_path, "records:\n  customer:\n    direct_debit: {path: x_pays_by_debitt, type: bool}\n")
    with pytest.raises(ConfigError, match="x_pays_by_debitt"):
        _customers(office, opened, **own)


@pytest.mark.parametrize("version", [17, 19])
def test_who_pays_by_direct_debit_is_told_by_the_payment_mode_of_oca(
    made: Worlds, opened: Opened, version: int
) -> None:
    office = made(version, Home.OCA)
    mode = _payment_mode(office, name="SEPA Direct Debit", code="sepa_direct_debit")
    transfer = _payment_mode(office, name="Transfer", code="manual")
    debit = office.town.customer("Debit", customer_payment_mode_id=mode)
    other = office.town.customer("Transfer", customer_payment_mode_id=transfer)
    none = office.town.customer("None")
    read = _customers(office, opened)
    assert [read[id_].direct_debit for id_ in (debit, other, none)] == [True, False, None]


def _payment_mode(office: OdooWorld, name: str, code: str) -> int:
    method = _made(office, "account.payment.method", name=name, code=code, payment_type="inbound")
    return _made(office, "account.payment.mode", name=name, payment_method_id=method, company_id=office.town.company)


@pytest.mark.parametrize("archived", [False, True])
def test_which_invoices_are_collected_is_told_by_the_payment_term(
    office: OdooWorld, opened: Opened, tmp_path: Path, *, archived: bool
) -> None:
    """A term that was archived since counts still."""
    (term,) = (r["id"] for r in office.town.instance.rows("account.payment.term") if r["name"] == "30 Days")
    contact = office.town.customer("Termed")
    by_debit = office.town.invoice(contact, "5.00", invoice_payment_term_id=term)
    other = office.town.invoice(contact, "5.00")
    if archived:
        office.town.edit("account.payment.term", term, active=False)
    rule = "{path: invoice_payment_term_id.name, table: terms, otherwise: false, default: false}"
    own = _mapping(tmp_path, f"tables:\n  terms: {{30 Days: true}}\nrecords:\n  invoice:\n    counts: {rule}\n")
    read = _invoices(office, opened, **own)
    assert (read[by_debit].open_amount, read[other].open_amount) == (Decimal(5), Decimal(0))


def test_which_invoices_are_collected_is_told_by_the_journal(office: OdooWorld, opened: Opened, tmp_path: Path) -> None:
    journal = _made(office, "account.journal", name="Debits", code="SDD", type="sale", company_id=office.town.company)
    contact = office.town.customer("Journaled")
    by_debit = office.town.invoice(contact, "5.00", journal_id=journal)
    rule = "{path: journal_id.code, table: journals, otherwise: false}"
    own = _mapping(tmp_path, f"tables:\n  journals: {{SDD: true}}\nrecords:\n  invoice:\n    counts: {rule}\n")
    read = _invoices(office, opened, **own)
    assert {id_ for id_, invoice in read.items() if invoice.open_amount} == {by_debit}


def test_the_mandate_of_an_invoice_is_the_one_that_oca_put_on_it(made: Worlds, opened: Opened) -> None:
    office = made(19, Home.OCA)
    contact = office.town.customer("Mandated", iban="BE71096123456769")
    (account,) = office.town.instance.tables.of["res.partner.bank"].where("partner_id", [contact])
    mandate = _made(
        office, "account.banking.mandate", partner_bank_id=account, signature_date="2026-11-01",
        unique_mandate_reference="UMR-1", company_id=office.town.company,
    )  # fmt: skip
    invoice = office.town.invoice(contact, "5.00", mandate_id=mandate)
    assert _invoices(office, opened)[invoice].mandate_reference == "UMR-1"
