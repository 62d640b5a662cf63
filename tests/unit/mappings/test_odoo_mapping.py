"""The mapping of Odoo: the rules that its comments show for an own mapping do what they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappings.engine import load

CONTACT = {"id": 7, "name": "Ada", "is_company": False}
BY_TAG = "{path: chosen.tags.Direct debit, default: false}"
BY_FIELD = "{path: x_pays_by_debit, type: bool}"


@pytest.mark.parametrize(
    ("field", "contact", "pays"),
    [
        (BY_TAG, {"chosen": {"tags": {"Direct debit": True, "Good payer": True}}}, True),
        (BY_TAG, {"chosen": {"tags": {"Good payer": True}}}, False),
        (BY_FIELD, {"x_pays_by_debit": True}, True),
        (BY_FIELD, {"x_pays_by_debit": False}, False),
    ],
)
def test_who_pays_by_direct_debit_is_said_by_a_tag_or_a_field_of_ones_own(
    field: str, contact: dict[str, object], pays: bool, tmp_path: Path
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(f"extends: odoo\nrecords:\n  customer:\n    direct_debit: {field}\n", encoding="utf-8")
    assert load("odoo", own).read("customer", CONTACT | contact)["direct_debit"] is pays


@pytest.mark.parametrize(
    ("mode", "pays"),
    [
        ({"payment_method_id": {"code": "sepa_direct_debit"}}, True),
        ({"payment_method_id": {"code": "manual"}}, False),
        (False, None),
    ],
)
def test_a_payment_mode_says_it_where_there_is_one(mode: object, pays: bool | None) -> None:
    found = load("odoo").read("customer", CONTACT | {"customer_payment_mode_id": mode})
    assert found.get("direct_debit") is pays


@pytest.mark.parametrize(("term", "counts"), [("15 Days", True), ("Immediate", False), (None, False)])
def test_which_invoices_count_is_said_by_their_payment_term(term: str | None, counts: bool, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        'extends: odoo\ntables: {payment_terms: {"15 Days": true}}\nrecords:\n  invoice:\n    counts: {path:'
        " invoice_payment_term_id.name, table: payment_terms, otherwise: false, default: false}\n",
        encoding="utf-8",
    )
    invoice = {
        "id": 1,
        "commercial_partner_id": 7,
        "invoice_date": "2026-11-01",
        "currency_id": {"name": "EUR"},
        "invoice_payment_term_id": {"name": term} if term else False,
        "chosen": {"number": "1", "kind": "invoice", "due_on": "2026-12-01", "total": "1.00", "open_amount": "1.00"},
    }
    assert load("odoo", own).read("invoice", invoice)["counts"] is counts
