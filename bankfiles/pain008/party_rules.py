"""The rules for the two parties of a collection: names, accounts, identifiers and addresses of debtor and creditor."""

from __future__ import annotations

import re

from stdnum import lei as lei_number

from bankfiles.identifiers import (
    EEA_COUNTRIES,
    InvalidBic,
    InvalidCreditorIdentifier,
    is_iban,
    is_sepa_country,
    mask_iban,
    normalise_bic,
    normalise_creditor_identifier,
)
from bankfiles.pain008.model import Address, Collection, Creditor, Fault

_COUNTRY = re.compile(r"[A-Z]{2}")
_MOST_ADDRESS_LINES = 2


def check_debtor(c: Collection, faults: list[Fault]) -> None:
    """Add what is wrong with the debtor of a collection: name, account, address."""
    iban = c.debtor_iban
    country = iban[:2]
    if not c.debtor_name:
        faults.append(("NAME_MISSING", "The debtor has no name."))
    if not is_iban(iban):
        faults.append(("IBAN_INVALID", f"{mask_iban(iban)} is not a right IBAN."))
    elif country not in EEA_COUNTRIES:
        if not is_sepa_country(country):
            faults.append(("IBAN_NOT_SEPA", f"{mask_iban(iban)} is outside SEPA."))
        elif c.debtor_address is None:
            faults.append(("ADDRESS_MISSING", f"The account is in {country} and no address is given."))
    if c.debtor_bic is not None:
        _bic(c.debtor_bic, faults)
    if c.debtor_address is not None:
        _address(c.debtor_address, "debtor", faults)


def creditor_faults(creditor: Creditor) -> list[Fault]:
    """What is wrong with a creditor, as every collection for it has it."""
    faults: list[Fault] = []
    if not creditor.name:
        faults.append(("NAME_MISSING", "The creditor has no name."))
    if not is_iban(creditor.iban):
        faults.append(("CREDITOR_IBAN_INVALID", f"{mask_iban(creditor.iban)} is not a right IBAN."))
    if creditor.bic is not None:
        _bic(creditor.bic, faults)
    try:
        normalised = normalise_creditor_identifier(creditor.identifier)
    except InvalidCreditorIdentifier as error:
        faults.append(("CREDITOR_ID_INVALID", str(error)))
    else:
        if normalised != creditor.identifier:
            faults.append(("CREDITOR_ID_INVALID", f"{creditor.identifier!r} has spaces or small letters."))
    if creditor.lei is not None and not lei_number.is_valid(creditor.lei):
        faults.append(("LEI_INVALID", f"{creditor.lei[:30]!r} is not a right LEI."))
    if creditor.address is not None:
        _address(creditor.address, "creditor", faults)
    return faults


def _bic(bic: str, faults: list[Fault]) -> None:
    try:
        if normalise_bic(bic) == bic:
            return
        faults.append(("BIC_INVALID", f"{bic!r} has spaces or small letters."))
    except InvalidBic as error:
        faults.append(("BIC_INVALID", str(error)))


def _address(address: Address, whose: str, faults: list[Fault]) -> None:
    if address.lines and not address.town:
        faults.append(("ADDRESS_UNSTRUCTURED", f"The {whose}'s address has lines and no town."))
    elif not address.town or _COUNTRY.fullmatch(address.country) is None:
        faults.append(("ADDRESS_INCOMPLETE", f"The {whose}'s town is {address.town!r}, country {address.country!r}."))
    if len(address.lines) > _MOST_ADDRESS_LINES:
        faults.append(("ADDRESS_LINES", f"The {whose}'s address has {len(address.lines)} lines."))
