"""Rules that only matter for files of others: what our own writer cannot get wrong."""

from __future__ import annotations

import re

from bankfiles.characters import first_foreign, is_sepa
from bankfiles.fields import ALL, SEPARATOR, Texts
from bankfiles.identifiers import is_id
from bankfiles.pain008.adapt import LINE_LENGTH, NAME_LENGTH, REMITTANCE_LENGTH, TOWN_LENGTH
from bankfiles.pain008.model import Fault, Scheme, SequenceType
from bankfiles.pain008.reader import SMNDA
from bankfiles.profile import BankProfile

_SCHEMES = frozenset(Scheme)
_SEQUENCE_TYPES = frozenset(SequenceType)
_PAYMENT_TYPES = frozenset((one.value, other.value, "SEPA", "SEPA") for one in Scheme for other in SequenceType)
_TEXT_LENGTHS = {
    "debtor_name": NAME_LENGTH,
    "ultimate_debtor": NAME_LENGTH,
    "ultimate_creditor": NAME_LENGTH,
    "old_creditor_name": NAME_LENGTH,
    "remittance": REMITTANCE_LENGTH,
    "debtor_town": TOWN_LENGTH,
    "debtor_line": LINE_LENGTH,
}
_BATCH_TEXT_LENGTHS = {
    "creditor_name": NAME_LENGTH,
    "ultimate_creditor": NAME_LENGTH,
    "creditor_town": TOWN_LENGTH,
    "creditor_line": LINE_LENGTH,
}
_TWO_DECIMALS = re.compile(r"-?\d+(\.\d{1,2})?")


def group_faults(texts: Texts, profile: BankProfile) -> list[Fault]:
    """What is wrong with the head of the file (GrpHdr)."""
    faults: list[Fault] = []
    message_id = texts.get("message_id", "")
    if not is_id(message_id):
        faults.append(("MESSAGE_ID_INVALID", f"The message id is {message_id[:50]!r}."))
    elif profile.message_id_pattern is not None and not re.fullmatch(profile.message_id_pattern, message_id):
        faults.append(("MESSAGE_ID_FORM", f"{message_id!r} is not of the form {profile.message_id_pattern}."))
    return faults


def batch_faults(texts: Texts) -> list[Fault]:
    """What is wrong with the facts of a batch (PmtInf) beside its creditor, which the scheme rules check."""
    faults: list[Fault] = []
    batch_id = texts.get("batch_id", "")
    if not is_id(batch_id):
        faults.append(("BATCH_ID_INVALID", f"The batch id is {batch_id[:50]!r}."))
    if texts.get("charge_bearer", "SLEV") != "SLEV":
        faults.append(("CHARGE_BEARER", f"The charge bearer is {texts['charge_bearer']!r}."))
    if "total" in texts and _TWO_DECIMALS.fullmatch(texts["total"]) is None:
        faults.append(("AMOUNT_DECIMALS", f"The control sum is {texts['total']!r}."))
    _texts(texts, _BATCH_TEXT_LENGTHS, faults)
    return faults


def transaction_faults(texts: Texts, batch: Texts) -> list[Fault]:
    """What is wrong with a transaction (DrctDbtTxInf) that a Collection cannot express."""
    faults: list[Fault] = []
    currency = texts.get("collected_amount@", "")
    if currency != "EUR":
        faults.append(("CURRENCY", f"The currency is {currency!r}."))
    if texts.get("end_to_end_id", "NOTPROVIDED") == "NOTPROVIDED":
        faults.append(("END_TO_END_ID_MISSING", "The collection has no end-to-end id of its own."))
    payment_type = (
        texts.get("scheme") or batch.get("scheme", ""),
        texts.get("sequence_type") or batch.get("sequence_type", ""),
        texts.get("service_level") or batch.get("service_level", ""),
        texts.get("creditor_scheme_name") or batch.get("creditor_scheme_name", ""),
    )
    if payment_type not in _PAYMENT_TYPES:
        _payment_type(*payment_type, faults)
    if "is_amended" in texts or "new_account_mark" in texts or "old_mandate_reference" in texts:
        _amendment(texts, faults)
    if texts.get("charge_bearer", "SLEV") != "SLEV":
        faults.append(("CHARGE_BEARER", f"The charge bearer is {texts['charge_bearer']!r}."))
    if "remittance" in texts and ("reference" in texts or "remittance" + ALL in texts):
        faults.append(("REMITTANCE", "Free text stands twice, or beside a structured reference."))
    _texts(texts, _TEXT_LENGTHS, faults)
    return faults


def _payment_type(scheme: str, sequence_type: str, service_level: str, scheme_name: str, faults: list[Fault]) -> None:
    if scheme not in _SCHEMES:
        faults.append(("SCHEME_UNKNOWN", f"The local instrument is {scheme!r}."))
    if sequence_type not in _SEQUENCE_TYPES:
        faults.append(("SEQUENCE_UNKNOWN", f"The sequence type is {sequence_type!r}."))
    if service_level != "SEPA":
        faults.append(("SERVICE_LEVEL", f"The service level is {service_level!r}."))
    if scheme_name != "SEPA":
        faults.append(("CREDITOR_SCHEME_NAME", f"The scheme name of the creditor identifier is {scheme_name!r}."))


def _amendment(texts: Texts, faults: list[Fault]) -> None:
    is_amended = texts.get("is_amended") in {"true", "1"}
    details = any(name.startswith("old_") or name == "new_account_mark" for name in texts)
    if details and not is_amended:
        faults.append(("AMENDMENT_INDICATOR", "Amendment details stand without AmdmntInd true."))
    mark = texts.get("new_account_mark", SMNDA)
    if mark != SMNDA:
        faults.append(("AMENDMENT_INVALID", f"The old account is marked {mark!r}, not SMNDA."))


def _texts(texts: Texts, lengths: dict[str, int], faults: list[Fault]) -> None:
    for name, longest in lengths.items():
        text = texts.get(name)
        if text is None or (len(text) <= longest and is_sepa(text) and name + ALL not in texts):
            continue
        what = name.replace("_", " ")
        for part in (texts.get(name + ALL) or text).split(SEPARATOR):
            if len(part) > longest:
                faults.append(("TEXT_TOO_LONG", f"The {what} has {len(part)} characters, not {longest}."))
            foreign = first_foreign(part)
            if foreign is not None:
                faults.append(("CHARACTERS", f"The {what} contains {foreign!r}."))
