"""The rules of the SDD schemes for the collections of a file: each by itself, its parties, its date, all together.

Used by the writer, which keeps a collection with an error out of the file, and by the checker of files that others
wrote. Nothing is changed here; all faults are told, not the first.
"""

from __future__ import annotations

from datetime import date, timedelta

from bankfiles.calendar import earliest_collection_date, is_target_day, next_target_day
from bankfiles.identifiers import without_business_code
from bankfiles.pain008.catalogue import finding
from bankfiles.pain008.collection_rules import (
    USUAL,
    check_age,
    check_amendment,
    check_amount,
    check_codes_and_signature,
    check_ids,
    check_reference,
)
from bankfiles.pain008.file_rules import FileRules
from bankfiles.pain008.model import Collection, Creditor, Fault, Finding, Scheme, SequenceType, StructuredReference
from bankfiles.pain008.party_rules import check_debtor, creditor_faults
from bankfiles.profile import BankProfile


class SchemeRules:
    """Checks the collections of one file in their order; remembers what must be compared among them.

    `handed_in_on` is the day on which the bank gets the file, cut-off applied; None leaves the lead time and the
    horizon unchecked.
    """

    def __init__(self, profile: BankProfile, handed_in_on: date | None) -> None:
        self._profile = profile
        self._handed_in_on = handed_in_on
        self._of_file = FileRules()
        self._dates: dict[tuple[date, Scheme], list[Fault]] = {}
        self._date, self._scheme = date.min, Scheme.CORE  # of the transaction before, with what is derived from them
        self._day = 0
        self._of_date: list[Fault] = []
        self._creditors: dict[Creditor, list[Fault]] = {}
        self._creditor: Creditor | None = None  # of the transaction before, with what is derived from it
        self._creditor_key = ""
        self._of_creditor: list[Fault] = []

    def check(self, c: Collection, position: int) -> list[Finding]:
        """Return what is wrong with the collection that stands at `position` (from 1) of the file."""
        faults: list[Fault] = []
        usual = USUAL.fullmatch(f"{c.end_to_end_id}\n{c.mandate_reference}\n{c.amount!s}")
        if usual is None or c.instruction_id is not None:
            check_ids(c, faults)
            check_amount(c.amount, faults)
        check_debtor(c, faults)
        if c.purpose or c.category_purpose or c.electronic_signature:
            check_codes_and_signature(c, faults)
        if c.amendment is not None:
            check_amendment(c, c.amendment, faults)
        if type(c.remittance) is StructuredReference:
            check_reference(c.remittance, faults)
        if c.collection_date != self._date or c.scheme is not self._scheme:
            self._enter_date(c)
        faults += self._of_date
        if c.mandate_signed_on > c.collection_date:
            faults.append(("SIGNATURE_AFTER_COLLECTION", f"Signed on {c.mandate_signed_on}."))
        elif c.sequence_type is SequenceType.FIRST:
            check_age(c, faults)
        if c.creditor is not self._creditor:
            self._enter_creditor(c.creditor)
        faults += self._of_creditor
        self._of_file.check(c, position, self._creditor_key, self._day, faults)
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
        self._day = c.collection_date.toordinal()
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
        if known is None:
            known = self._creditors[creditor] = creditor_faults(creditor)
        self._of_creditor = known
