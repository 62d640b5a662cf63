"""The rules of the SDD schemes for one collection, and for the collections of one file together.

Used by the writer, which keeps a collection with an error out of the file, and by the checker of files that others
wrote. Nothing is changed here; all faults are told, not the first.
"""

from __future__ import annotations

import re
from dataclasses import astuple
from datetime import date, timedelta
from decimal import Decimal

from stdnum import lei as lei_number

from bankfiles.calendar import earliest_collection_date, is_target_day, next_target_day
from bankfiles.characters import first_foreign
from bankfiles.identifiers import (
    EEA_COUNTRIES,
    ID_PATTERN,
    InvalidBic,
    InvalidCreditorIdentifier,
    InvalidReference,
    is_iban,
    is_id,
    is_sepa_country,
    mask_iban,
    normalise_bic,
    normalise_creditor_identifier,
    normalise_ogm,
    normalise_rf,
    without_business_code,
)
from bankfiles.pain008.catalogue import finding
from bankfiles.pain008.model import (
    Address,
    Amendment,
    Collection,
    Creditor,
    Finding,
    ReferenceIssuer,
    Scheme,
    SequenceType,
    StructuredReference,
)
from bankfiles.profile import BankProfile
from bankfiles.seen import SeenTable

LOWEST_AMOUNT = Decimal("0.01")
HIGHEST_AMOUNT = Decimal("999999999.99")
_CENT = Decimal("0.01")
_MANDATE_MONTHS = 36
_PURPOSE = re.compile(r"[A-Z0-9]{1,4}")
_SIGNATURE_LENGTH = 1025
_COUNTRY = re.compile(r"[A-Z]{2}")
_MOST_ADDRESS_LINES = 2
# End-to-end id, mandate reference and amount of nearly every collection: right, as `_ids` and `_amount` have it.
_USUAL = re.compile(rf"{ID_PATTERN}\n{ID_PATTERN}\n(?!0\.00)[0-9]{{1,9}}\.[0-9]{{2}}")

Fault = tuple[str, str]  # code of the catalogue, what was seen


class SchemeRules:
    """Checks the collections of one file in their order; remembers what must be compared among them.

    `handed_in_on` is the day on which the bank gets the file, cut-off applied; None leaves the lead time and the
    horizon unchecked.
    """

    def __init__(self, profile: BankProfile, handed_in_on: date | None) -> None:
        self._profile = profile
        self._handed_in_on = handed_in_on
        self._end_to_end_ids = SeenTable()
        self._mandates = SeenTable("q")
        self._dates: dict[tuple[date, Scheme], list[Fault]] = {}
        self._date, self._scheme = date.min, Scheme.CORE  # of the transaction before, with what is derived from them
        self._day_bits = 0
        self._of_date: list[Fault] = []
        self._creditors: dict[Creditor, list[Fault]] = {}
        self._creditor: Creditor | None = None  # of the transaction before, with what is derived from it
        self._creditor_key = ""
        self._of_creditor: list[Fault] = []

    def check(self, c: Collection, position: int) -> list[Finding]:
        """Return what is wrong with the collection that stands at `position` (from 1) of the file."""
        faults: list[Fault] = []
        usual = _USUAL.fullmatch(f"{c.end_to_end_id}\n{c.mandate_reference}\n{c.amount!s}")
        if usual is None or c.instruction_id is not None:
            _ids(c, faults)
            _amount(c.amount, faults)
        _debtor(c, faults)
        if c.purpose or c.category_purpose or c.electronic_signature:
            _codes_and_signature(c, faults)
        if c.amendment is not None:
            _amendment(c, c.amendment, faults)
        if type(c.remittance) is StructuredReference:
            _reference(c.remittance, faults)
        if c.collection_date != self._date or c.scheme is not self._scheme:
            self._enter_date(c)
        faults += self._of_date
        if c.mandate_signed_on > c.collection_date:
            faults.append(("SIGNATURE_AFTER_COLLECTION", f"Signed on {c.mandate_signed_on}."))
        elif c.sequence_type is SequenceType.FIRST:
            _age(c, faults)
        if c.creditor is not self._creditor:
            self._enter_creditor(c.creditor)
        faults += self._of_creditor
        self._file_faults(c, position, faults)
        if not faults:
            return []
        return [
            finding(
                code,
                seen,
                end_to_end_id=c.end_to_end_id,
                mandate_reference=c.mandate_reference,
                position=position,
            )
            for code, seen in faults
        ]

    # --------------------------------------------------------------------------- what repeats: told once, kept

    def _enter_date(self, c: Collection) -> None:
        self._date, self._scheme = c.collection_date, c.scheme
        self._day_bits = c.collection_date.toordinal() << 1
        known = self._dates.get((self._date, self._scheme))
        self._of_date = self._date_faults(c) if known is None else known

    def _date_faults(self, c: Collection) -> list[Fault]:
        day = c.collection_date
        faults: list[Fault] = []
        if not is_target_day(day):
            faults.append(("COLLECTION_DATE_CLOSED", f"TARGET is closed on {day}; next is {next_target_day(day)}."))
        if self._handed_in_on is not None:
            profile = self._profile
            lead = profile.lead_days_b2b if c.scheme is Scheme.B2B else profile.lead_days_core
            earliest = earliest_collection_date(self._handed_in_on, lead)
            if next_target_day(day) < earliest:
                faults.append(("COLLECTION_DATE_TOO_EARLY", f"{day} is before {earliest}, the first possible day."))
            if day > self._handed_in_on + timedelta(days=profile.max_days_ahead):
                faults.append(("COLLECTION_DATE_TOO_FAR", f"{day} is over {profile.max_days_ahead} days ahead."))
        self._dates[(day, c.scheme)] = faults
        return faults

    def _enter_creditor(self, creditor: Creditor) -> None:
        self._creditor = creditor
        self._creditor_key = without_business_code(creditor.identifier)
        known = self._creditors.get(creditor)
        self._of_creditor = self._creditor_faults(creditor) if known is None else known

    def _creditor_faults(self, creditor: Creditor) -> list[Fault]:
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
        self._creditors[creditor] = faults
        return faults

    # ---------------------------------------------------------------------------------- across the whole file

    def _file_faults(self, c: Collection, position: int, faults: list[Fault]) -> None:
        first = self._end_to_end_ids.put_if_absent(c.end_to_end_id, position)
        if first is not None and c.end_to_end_id != "NOTPROVIDED":
            faults.append(
                (
                    "END_TO_END_ID_DUPLICATE",
                    f"{c.end_to_end_id!r} stands at position {first} as well.",
                )
            )
        spent = c.sequence_type in _SPENDING
        now = (hash(c.debtor_iban) & _ACCOUNT_MASK) << 23 | self._day_bits | spent
        before = self._mandates.put_if_absent((self._creditor_key, c.mandate_reference), now)
        if before is not None:
            _compare_uses(c, before, now, faults)
            self._mandates.replace((self._creditor_key, c.mandate_reference), _merged(before, now))


# What must be remembered of a mandate's use in a file, packed into one integer: a part of the hash of the account (38
# bits), the latest collection date (22 bits), and whether the mandate is spent (1 bit).
_ACCOUNT_MASK = (1 << 38) - 1
_DAY_MASK = (1 << 22) - 1


_SPENDING = (SequenceType.FINAL, SequenceType.ONE_OFF)


def _merged(before: int, now: int) -> int:
    """The account that the file named last, the latest date, and whether either use spent the mandate."""
    day = max(before >> 1 & _DAY_MASK, now >> 1 & _DAY_MASK)
    return now >> 23 << 23 | day << 1 | ((before | now) & 1)


def _compare_uses(c: Collection, before: int, now: int, faults: list[Fault]) -> None:
    day_before, day_now = before >> 1 & _DAY_MASK, now >> 1 & _DAY_MASK
    if (before & 1 and day_now >= day_before) or (now & 1 and day_before > day_now):
        faults.append(("MANDATE_SPENT", f"Mandate {c.mandate_reference!r} has its last collection in this file too."))
    elif c.sequence_type is SequenceType.FIRST:
        faults.append(("SEQUENCE_FIRST_AGAIN", f"Mandate {c.mandate_reference!r} is collected on before in this file."))
    amendment = c.amendment
    told = amendment is not None and bool(amendment.original_debtor_iban or amendment.same_mandate_new_account)
    if before >> 23 != now >> 23 and not told:
        faults.append(("MANDATE_TWO_ACCOUNTS", f"Mandate {c.mandate_reference!r} has another account in this file."))


# ------------------------------------------------------------------------------------ rules of one collection


def _ids(c: Collection, faults: list[Fault]) -> None:
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


def _amount(amount: Decimal, faults: list[Fault]) -> None:
    if not amount.is_finite() or not LOWEST_AMOUNT <= amount <= HIGHEST_AMOUNT:
        faults.append(("AMOUNT_RANGE", f"The amount is {amount}."))
    elif amount != amount.quantize(_CENT):
        faults.append(("AMOUNT_DECIMALS", f"The amount is {amount}."))


def _debtor(c: Collection, faults: list[Fault]) -> None:
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


def _codes_and_signature(c: Collection, faults: list[Fault]) -> None:
    for what, code in (("purpose", c.purpose), ("category purpose", c.category_purpose)):
        if code and _PURPOSE.fullmatch(code) is None:
            faults.append(("PURPOSE_INVALID", f"The {what} is {code[:20]!r}."))
    signature = c.electronic_signature or ""
    if len(signature) > _SIGNATURE_LENGTH or not signature.isprintable():
        faults.append(("SIGNATURE_INVALID", f"The electronic signature has {len(signature)} characters."))


def _reference(reference: StructuredReference, faults: list[Fault]) -> None:
    normalise = normalise_ogm if reference.issuer is ReferenceIssuer.BBA else normalise_rf
    try:
        if normalise(reference.reference) == reference.reference:
            return
        faults.append(("REFERENCE_INVALID", f"{reference.reference!r} is not in its electronic form."))
    except InvalidReference as error:
        faults.append(("REFERENCE_INVALID", str(error)))


def _amendment(c: Collection, amendment: Amendment, faults: list[Fault]) -> None:
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


def _age(c: Collection, faults: list[Fault]) -> None:
    signed, day = c.mandate_signed_on, c.collection_date
    months = (day.year - signed.year) * 12 + day.month - signed.month
    if months > _MANDATE_MONTHS or (months == _MANDATE_MONTHS and day.day > signed.day):
        faults.append(("MANDATE_MAY_BE_EXPIRED", f"Signed on {signed}, first collected on {day}: over 36 months."))
