"""What a row of the sheet of mandates says, checked as far as the row alone can tell."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from bankfiles.characters import first_foreign
from bankfiles.identifiers import (
    MAX_ID_LENGTH,
    is_iban,
    is_id,
    is_sepa_country,
    mask_iban,
    normalise_bic,
    normalise_iban,
)
from bankfiles.pain008.model import Scheme
from connector.masking import mask_ibans
from connector.model.customer import Language
from connector.model.mandate import UNUSED_MONTHS_MAX, MandateState, MandateType, add_months

BROUGHT_IN = (MandateState.ACTIVE, MandateState.SUSPENDED, MandateState.AWAITING_BANK)
"""States in which a mandate comes in and goes out: it can be used, or may come to that."""

_CONFIRMED = "confirmed"  # what people call an active B2B mandate
_NAME_LENGTH_MAX, _METHOD_LENGTH_MAX = 140, 40
_SEEN_MAX = 60
Word = TypeVar("Word", bound=StrEnum)


class FindingCode(StrEnum):
    """Why a row is refused, or what is remarked of it. The sentence of each stands in connector/texts."""

    # of the line
    NOT_UTF8 = "not_utf8"
    TOO_LONG = "too_long"
    QUOTES = "quotes"
    CELLS = "cells"
    # of a cell
    EMPTY = "empty"
    WORD = "word"
    DATE = "date"
    TEXT = "text"
    REFERENCE_LENGTH = "reference_length"
    REFERENCE_CHARACTER = "reference_character"
    REFERENCE_SLASHES = "reference_slashes"
    IBAN = "iban"
    IBAN_OUTSIDE_SEPA = "iban_outside_sepa"
    BIC = "bic"
    # of what the cells say together
    SIGNED_LATER = "signed_later"
    USED_BEFORE = "used_before"
    USED_LATER = "used_later"
    UNUSED = "unused"
    ONE_OFF_USED = "one_off_used"
    CORE_WAITS_FOR_NO_BANK = "core_waits_for_no_bank"
    # of what is known here
    SOURCE_EMPTY = "source_empty"
    SOURCE_UNKNOWN = "source_unknown"
    CREDITOR_OTHER = "creditor_other"
    WHOSE = "whose"
    CUSTOMER_UNKNOWN = "customer_unknown"
    CUSTOMER_GONE = "customer_gone"
    NUMBER_OF_SEVERAL = "number_of_several"
    NUMBER_OTHER = "number_other"
    OTHER_CONTENT = "other_content"
    OTHER_CREDITORS = "other_creditors"
    INVITED = "invited"
    # remarks
    ANOTHER_MANDATE = "another_mandate"
    IS_OVER = "is_over"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a row, with the facts of its sentence. No whole IBAN is in it."""

    code: FindingCode
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a row says. Texts are empty where it says nothing.

    Attributes:
        customer, customer_number: of the customer in the package; one of them at least.
        language: None if it is not told.
    """

    reference: str
    customer: str
    customer_number: str
    source: str
    creditor: str
    scheme: Scheme
    type: MandateType
    state: MandateState
    debtor_name: str
    iban: str
    bic: str | None
    signed_on: date
    last_used_on: date | None
    language: Language | None
    method: str


def shown(text: str) -> str:
    """What stood in a cell, as it may be shown: not too much of it, and no account."""
    compact = "".join(text.split()).upper()
    return mask_iban(compact) if is_iban(compact) else mask_ibans(text[:_SEEN_MAX])


def read_statement(cells: Mapping[str, str], today: date, used_until: date) -> Statement | list[Finding]:
    """Check the cells of a row. Returns all that is wrong with them, if anything is.

    Args:
        today: the creditor's date.
        used_until: the latest day of debit that may be with a bank today.
    """
    reader = _Reader(cells)
    scheme = reader.word("scheme", Scheme) or Scheme.CORE
    told_state = reader.state()
    signed_on, last_used_on = reader.day("signed_on", needed=True), reader.day("last_used_on")
    statement = Statement(
        reference=reader.reference(),
        customer=cells["customer"],
        customer_number=cells["customer_number"],
        source=cells["source"],
        creditor=cells["creditor"],
        scheme=scheme,
        type=reader.word("type", MandateType) or MandateType.RECURRENT,
        state=told_state or (MandateState.AWAITING_BANK if scheme is Scheme.B2B else MandateState.ACTIVE),
        debtor_name=reader.text("debtor_name", _NAME_LENGTH_MAX),
        iban=reader.iban(),
        bic=reader.bic(),
        signed_on=signed_on or date.min,
        last_used_on=last_used_on,
        language=reader.word("language", Language),
        method=reader.text("method", _METHOD_LENGTH_MAX),
    )
    if not (statement.customer or statement.customer_number):
        reader.found(FindingCode.WHOSE)
    if not reader.findings:
        reader.findings += _together(statement, told_state, today, used_until)
    return reader.findings or statement


def _together(said: Statement, told: MandateState | None, today: date, used_until: date) -> list[Finding]:
    """What does not go together."""
    days = {"signed_on": said.signed_on.isoformat(), "used_on": (said.last_used_on or said.signed_on).isoformat()}
    used_on = said.last_used_on or said.signed_on
    wrong = {
        FindingCode.SIGNED_LATER: said.signed_on > today,
        FindingCode.USED_BEFORE: used_on < said.signed_on,
        FindingCode.USED_LATER: said.signed_on <= today and used_on > max(used_until, today),
        FindingCode.UNUSED: today > add_months(used_on, UNUSED_MONTHS_MAX),
        FindingCode.ONE_OFF_USED: bool(said.type is MandateType.ONE_OFF and said.last_used_on and told is None),
        FindingCode.CORE_WAITS_FOR_NO_BANK: said.scheme is Scheme.CORE and said.state is MandateState.AWAITING_BANK,
    }
    return [Finding(code, days) for code, is_so in wrong.items() if is_so]


class _Reader:
    """Reads the cells of a row and keeps what is wrong with them."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells
        self.findings: list[Finding] = []

    def found(self, code: FindingCode, **facts: str) -> None:
        self.findings.append(Finding(code, facts))

    def word(self, column: str, words: type[Word]) -> Word | None:
        """One of a few words, however it is written; None if the cell is empty."""
        cell = self._cells[column]
        known = {word.value.casefold(): word for word in words}
        if cell and cell.casefold() not in known:
            self._not_one_of(column, [word.value for word in words])
        return known.get(cell.casefold())

    def state(self) -> MandateState | None:
        cell = self._cells["state"].casefold().replace(" ", "_")
        known = {state.value: state for state in BROUGHT_IN} | {_CONFIRMED: MandateState.ACTIVE}
        if cell and cell not in known:
            self._not_one_of("state", list(known))
        return known.get(cell)

    def _not_one_of(self, column: str, known: list[str]) -> None:
        self.found(FindingCode.WORD, column=column, seen=shown(self._cells[column]), known=", ".join(known))

    def day(self, column: str, *, needed: bool = False) -> date | None:
        cell = self._cells[column]
        if not cell:
            if needed:
                self.found(FindingCode.EMPTY, column=column)
            return None
        try:
            day = date.fromisoformat(cell)
        except ValueError:
            day = None
        if day is None or day.isoformat() != cell:  # 20260131 and the like are not what the guide says
            self.found(FindingCode.DATE, column=column, seen=shown(cell))
        return day

    def text(self, column: str, length_max: int) -> str:
        cell = self._cells[column]
        if len(cell) > length_max or any(unicodedata.category(one) == "Cc" for one in cell):
            self.found(FindingCode.TEXT, column=column, count=str(length_max))
        return cell

    def reference(self) -> str:
        reference = self._cells["reference"]
        if not reference:
            self.found(FindingCode.EMPTY, column="reference")
        elif len(reference) > MAX_ID_LENGTH:
            self.found(FindingCode.REFERENCE_LENGTH, seen=shown(reference), count=str(len(reference)))
        elif (foreign := first_foreign(reference)) is not None:
            self.found(FindingCode.REFERENCE_CHARACTER, seen=shown(reference), character=foreign)
        elif not is_id(reference):
            self.found(FindingCode.REFERENCE_SLASHES, seen=shown(reference))
        return reference

    def iban(self) -> str:
        cell = self._cells["iban"]
        if not cell:
            self.found(FindingCode.EMPTY, column="iban")
            return ""
        try:
            iban = normalise_iban(cell)
        except ValueError:
            self.found(FindingCode.IBAN, account=mask_iban(cell[:_SEEN_MAX]))
            return ""
        if not is_sepa_country(iban[:2]):
            self.found(FindingCode.IBAN_OUTSIDE_SEPA, account=mask_iban(iban))
        return iban

    def bic(self) -> str | None:
        cell = self._cells["bic"]
        if not cell:
            return None
        try:
            return normalise_bic(cell)
        except ValueError:
            self.found(FindingCode.BIC, seen=shown(cell))
            return None
