"""The rules for one collection by itself: ids, amount, codes, reference, amendment and the age of its mandate."""

from __future__ import annotations

import re
from dataclasses import astuple
from decimal import Decimal

from bankfiles.characters import first_foreign
from bankfiles.identifiers import (
    ID_PATTERN,
    InvalidCreditorIdentifier,
    InvalidReference,
    is_iban,
    is_id,
    mask_iban,
    normalise_creditor_identifier,
    normalise_ogm,
    normalise_rf,
)
from bankfiles.pain008.model import Amendment, Collection, Fault, ReferenceIssuer, StructuredReference

_LOWEST_AMOUNT = Decimal("0.01")
_HIGHEST_AMOUNT = Decimal("999999999.99")
_CENT = Decimal("0.01")
_MANDATE_MONTHS = 36
_PURPOSE = re.compile(r"[A-Z0-9]{1,4}")
_SIGNATURE_LENGTH = 1025
# End-to-end id, mandate reference and amount of nearly every collection: right, as `check_ids` and `check_amount`
# have it.
USUAL = re.compile(rf"{ID_PATTERN}\n{ID_PATTERN}\n(?!0\.00)[0-9]{{1,9}}\.[0-9]{{2}}")


def check_ids(c: Collection, faults: list[Fault]) -> None:
    """Add what is wrong with the end-to-end id, mandate reference and instruction id."""
    if not is_id(c.end_to_end_id):
        faults.append(("END_TO_END_ID_INVALID", _id_seen("end-to-end id", c.end_to_end_id)))
    if not is_id(c.mandate_reference):
        faults.append(("MANDATE_REFERENCE_INVALID", _id_seen("mandate reference", c.mandate_reference)))
    if c.instruction_id is not None and not is_id(c.instruction_id):
        faults.append(("INSTRUCTION_ID_INVALID", _id_seen("instruction id", c.instruction_id)))


def _id_seen(what: str, text: str) -> str:
    if len(text) > 35:
        return f"The {what} {text[:50]!r} has {len(text)} characters."
    foreign = first_foreign(text)
    if foreign is not None:
        return f"The {what} {text!r} contains {foreign!r}."
    return f"The {what} {text!r} is empty, or has a space or slash where none may be."


def check_amount(amount: Decimal, faults: list[Fault]) -> None:
    """Add what is wrong with an amount in euro."""
    if not amount.is_finite() or not _LOWEST_AMOUNT <= amount <= _HIGHEST_AMOUNT:
        faults.append(("AMOUNT_RANGE", f"The amount is {amount}."))
    elif amount != amount.quantize(_CENT):
        faults.append(("AMOUNT_DECIMALS", f"The amount is {amount}."))


def check_codes_and_signature(c: Collection, faults: list[Fault]) -> None:
    """Add what is wrong with the purposes and the electronic signature."""
    for what, code in (("purpose", c.purpose), ("category purpose", c.category_purpose)):
        if code and _PURPOSE.fullmatch(code) is None:
            faults.append(("PURPOSE_INVALID", f"The {what} is {code[:20]!r}."))
    signature = c.electronic_signature or ""
    if len(signature) > _SIGNATURE_LENGTH or not signature.isprintable():
        faults.append(("SIGNATURE_INVALID", f"The electronic signature has {len(signature)} characters."))


def check_reference(reference: StructuredReference, faults: list[Fault]) -> None:
    """Add what is wrong with a structured reference: its check digits or its form."""
    normalise = normalise_ogm if reference.issuer is ReferenceIssuer.BBA else normalise_rf
    try:
        if normalise(reference.reference) == reference.reference:
            return
        faults.append(("REFERENCE_INVALID", f"{reference.reference!r} is not in its electronic form."))
    except InvalidReference as error:
        faults.append(("REFERENCE_INVALID", str(error)))


def check_amendment(c: Collection, amendment: Amendment, faults: list[Fault]) -> None:
    """Add what is wrong with what an amendment says of the mandate before."""
    if not amendment.same_mandate_new_account and not any(astuple(amendment)):
        faults.append(("AMENDMENT_EMPTY", "The amendment names nothing that changed."))
    if amendment.original_debtor_iban and amendment.same_mandate_new_account:
        faults.append(("AMENDMENT_CONTRADICTION", "Both the old IBAN and SMNDA are given."))
    pairs = (
        ("mandate reference", amendment.original_mandate_reference, c.mandate_reference),
        ("IBAN", amendment.original_debtor_iban, c.debtor_iban),
        ("creditor name", amendment.original_creditor_name, c.creditor.name),
        ("creditor identifier", amendment.original_creditor_identifier, c.creditor.identifier),
    )
    for what, old, present in pairs:
        if old is not None and old == present:
            faults.append(("AMENDMENT_SAME", f"The old {what} is the present one."))
    _old_identifiers(amendment, faults)


def _old_identifiers(amendment: Amendment, faults: list[Fault]) -> None:
    reference = amendment.original_mandate_reference
    if reference is not None and not is_id(reference):
        faults.append(("AMENDMENT_INVALID", _id_seen("old mandate reference", reference)))
    iban = amendment.original_debtor_iban
    if iban is not None and not is_iban(iban):
        faults.append(("AMENDMENT_INVALID", f"The old IBAN {mask_iban(iban)} is not a right IBAN."))
    identifier = amendment.original_creditor_identifier
    if identifier is not None:
        try:
            normalise_creditor_identifier(identifier)
        except InvalidCreditorIdentifier as error:
            faults.append(("AMENDMENT_INVALID", str(error)))


def check_age(c: Collection, faults: list[Fault]) -> None:
    """Add that a mandate is first collected on so late that it may be over."""
    signed, day = c.mandate_signed_on, c.collection_date
    months = (day.year - signed.year) * 12 + day.month - signed.month
    if months > _MANDATE_MONTHS or (months == _MANDATE_MONTHS and day.day > signed.day):
        faults.append(("MANDATE_MAY_BE_EXPIRED", f"Signed on {signed}, first collected on {day}: over 36 months."))
