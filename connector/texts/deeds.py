"""Deeds in words: what a pass does, or would do. The same sentence serves `plan` and `sync`."""

from __future__ import annotations

from collections.abc import Mapping

from connector.model.customer import Language
from connector.model.deed import Deed, DeedCode
from connector.model.reason import Reason, ReasonCode
from connector.texts.reasons import reason_text
from connector.texts.telling import record_text, tell

_D = DeedCode

DEED_FACTS: Mapping[DeedCode, tuple[str, ...]] = {
    _D.READ_CUSTOMERS: ("source", "new", "changed"),
    _D.READ_INVOICES: ("source", "new", "changed"),
    _D.CUSTOMERS_GONE: ("source", "gone", "back"),
    _D.INVOICES_GONE: ("source", "gone", "back"),
    _D.INVITE: ("customer", "mandate"),
    _D.SIGNED: ("customer", "mandate", "signed_on"),
    _D.MANDATE_CHANGED: ("customer", "mandate", "state"),
    _D.MANDATE_AMENDED: ("customer", "mandate"),
    _D.MANDATES_OF_OTHERS: ("source", "count"),
    _D.MANDATE_EXPIRED: ("customer", "mandate"),
    _D.STORE_MANDATE: ("customer", "mandate", "source"),
    _D.NOTIFY: ("customer", "number", "amount", "collection_date"),
    _D.COLLECT: ("customer", "number", "amount", "collection_date"),
    _D.WAIT_FOR_APPROVAL: ("run",),
    _D.CANCEL_LATE: ("customer", "number", "collection_date"),
    _D.LEAVE_OUT: ("customer", "number", "amount", "reason"),
    _D.WITHDRAW_FILE: ("file", "count", "amount"),
    _D.WRITE_FILE: ("file", "count", "amount"),
    _D.SEND_FILE: ("file", "count", "amount"),
    _D.READ_BANK_FILE: ("file", "count"),
    _D.ACCEPTED: ("customer", "number", "amount"),
    _D.SETTLED: ("customer", "number", "amount"),
    _D.REJECTED: ("customer", "number", "amount", "reason_code", "reason_text"),
    _D.RETURNED: ("customer", "number", "amount", "reason_code", "reason_text"),
    _D.REGISTER_PAYMENT: ("number", "amount", "source"),
    _D.REGISTER_RETURN: ("number", "amount", "source"),
    _D.SHOW_REMARK: ("record", "source", "title"),
    _D.CLOSE_REMARK: ("record", "source", "title"),
    _D.ADOPT_FILE: ("file", "count", "amount"),
    _D.DATABASE_IS_UP_TO_DATE: (),
    _D.EXCEPTION: ("record", "reason"),
}
"""The facts that the sentence of each code uses, the same in all languages. Steps may give more."""


def deed_text(language: Language, deed: Deed) -> str:
    """The sentence of a deed; it says the reason, where there is one."""
    facts = dict(deed.facts)
    if "record" in facts:
        facts["record"] = record_text(language, str(facts["record"]))
    if deed.code in (DeedCode.EXCEPTION, DeedCode.LEAVE_OUT):
        said = {name: str(value) for name, value in facts.items()}
        facts["reason"] = reason_text(language, Reason(ReasonCode(said["reason"]), said))
    return tell(language, f"deeds.{deed.code.value}", facts)
