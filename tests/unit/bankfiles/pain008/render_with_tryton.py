"""Render a pain.008 with the template of Tryton's SEPA module: a program for Tryton's own environment.

Reads collections as JSON on standard input, writes the document to standard output. The template is filled with plain
objects of the names that it asks for, so that no database is needed.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import genshi.core
import genshi.template


def party(name: str, identifier: str = "") -> SimpleNamespace:
    """A party without an address, with a creditor identifier or none."""
    told = {"Type": "PrvtId", "Id": identifier, "SchmeNm": {"Prtry": "SEPA"}} if identifier else {"Type": ""}
    return SimpleNamespace(name=name, address_get=lambda: None, get_sepa_identifier=lambda _: told)


def account(iban: str, bic: str | None) -> SimpleNamespace:
    """An account number at a bank."""
    bank = SimpleNamespace(bic=bic)
    return SimpleNamespace(compact_iban=iban, account=SimpleNamespace(bank=bank, currency=None))


def payment(one: dict[str, str]) -> SimpleNamespace:
    """One payment of a group."""
    from decimal import Decimal

    return SimpleNamespace(
        amount=Decimal(one["amount"]),
        currency=SimpleNamespace(code="EUR"),
        sepa_instruction_id=one["instruction_id"],
        sepa_end_to_end_id=one["end_to_end_id"],
        sepa_mandate=SimpleNamespace(
            identification=one["mandate_reference"],
            signature_date=dt.date.fromisoformat(one["mandate_signed_on"]),
        ),
        sepa_bank_account_number=account(one["debtor_iban"], one["debtor_bic"]),
        party=party(one["debtor_name"]),
        sepa_remittance_information=one["remittance"],
    )


def main() -> None:
    """Render what stands on standard input."""
    asked = json.load(sys.stdin)
    payments = [payment(one) for one in asked["collections"]]
    key = {
        "payment_info": asked["batch_id"],
        "scheme": asked["scheme"],
        "sequence_type": asked["sequence_type"],
        "date": dt.date.fromisoformat(asked["collection_date"]),
    }
    creditor = party(asked["creditor_name"], asked["creditor_identifier"])
    group = SimpleNamespace(
        sepa_message_id=asked["message_id"],
        payments=payments,
        sepa_initiating_party=creditor,
        sepa_payments=[(key, payments)],
        company=SimpleNamespace(party=creditor),
        journal=SimpleNamespace(
            sepa_receivable_initiator_id=None,
            sepa_batch_booking=True,
            sepa_charge_bearer="SLEV",
            sepa_bank_account_number=account(asked["creditor_iban"], asked["creditor_bic"]),
        ),
    )
    modules = importlib.util.find_spec("trytond")
    assert modules is not None
    assert modules.origin is not None
    templates = Path(modules.origin).parent / "modules" / "account_payment_sepa" / "template"
    loader = genshi.template.TemplateLoader(str(templates))
    stream = loader.load("pain.008.001.08.xml").generate(group=group, datetime=dt)
    plain = genshi.core.Stream(event for event in stream if event[0] is not genshi.core.COMMENT)
    sys.stdout.write(plain.render())


if __name__ == "__main__":
    main()
