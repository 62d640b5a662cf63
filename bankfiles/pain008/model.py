"""What goes into a pain.008: plain data in the words of the EPC rulebooks.

Nothing here knows XML. A `Collection` carries everything that the bank needs of one direct debit; a
`Header` what the file as a whole says. Ids and times are passed in, never invented, so that writing the
same input twice gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Scheme(StrEnum):
    """Local instrument of the direct debit (ISO: LclInstrm/Cd)."""

    CORE = "CORE"
    B2B = "B2B"


class SequenceType(StrEnum):
    """Place of a collection in the life of its mandate (ISO: SeqTp)."""

    FIRST = "FRST"
    RECURRENT = "RCUR"
    ONE_OFF = "OOFF"
    FINAL = "FNAL"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address. Structured fields are preferred; `lines` alone is refused since 15 November 2026.

    Structured: town and country and whatever else is known. Hybrid: town and country plus at most two lines.
    """

    country: str  # ISO 3166-1 alpha-2
    town: str = ""
    postcode: str = ""
    street: str = ""
    building_number: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Creditor:
    """Who collects: the party, its creditor identifier (AT-02) and the account that is credited."""

    name: str
    identifier: str
    iban: str
    bic: str | None = None
    address: Address | None = None
    ultimate_name: str | None = None
    lei: str | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    """What changed in the mandate since the last collection that was accepted; None means unchanged.

    `same_mandate_new_account` is the SMNDA mark: the debtor's account changed, the old IBAN is not told.
    """

    original_mandate_reference: str | None = None
    original_creditor_name: str | None = None
    original_creditor_identifier: str | None = None
    original_debtor_iban: str | None = None
    same_mandate_new_account: bool = False


class ReferenceIssuer(StrEnum):
    """Who issued a structured creditor reference: ISO 11649 (RF) or the Belgian OGM/VCS."""

    ISO = "ISO"
    BBA = "BBA"


@dataclass(frozen=True, slots=True)
class StructuredReference:
    """A creditor reference that the debtor's bank passes on unchanged (ISO: RmtInf/Strd/CdtrRefInf)."""

    reference: str
    issuer: ReferenceIssuer


@dataclass(frozen=True, slots=True)
class Collection:
    """One direct debit (ISO: DrctDbtTxInf) with the batch facts it is grouped by (ISO: PmtInf)."""

    end_to_end_id: str  # unique for ever; answers are matched on it; 1..35 characters
    amount: Decimal  # EUR, 0.01 .. 999999999.99, two decimals
    collection_date: date  # a TARGET day
    sequence_type: SequenceType
    scheme: Scheme
    creditor: Creditor
    mandate_reference: str  # AT-01, 1..35 characters
    mandate_signed_on: date
    debtor_name: str
    debtor_iban: str
    debtor_bic: str | None = None
    debtor_address: Address | None = None
    remittance: str | StructuredReference | None = None  # free text of 140 characters, or a reference
    amendment: Amendment | None = None
    instruction_id: str | None = None
    ultimate_debtor_name: str | None = None
    purpose: str | None = None  # ISO external code, e.g. OTHR
    category_purpose: str | None = None
    electronic_signature: str | None = None  # e.g. the validation reference of an e-mandate


@dataclass(frozen=True, slots=True)
class Header:
    """What the file says of itself (ISO: GrpHdr)."""

    message_id: str  # 1..35 characters, never used twice at a bank
    created_at: datetime  # aware, UTC
    initiating_party: str
    initiating_party_id: str | None = None


class Severity(StrEnum):
    """An ERROR keeps a collection out of the file; a WARNING is told and the collection goes along."""

    ERROR = "error"
    WARNING = "warning"


Fault = tuple[str, str]  # what a rule finds, before it is a Finding: code of the catalogue, what was seen


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or was adapted, said so that a person can mend it."""

    code: str  # stable, documented, e.g. "IBAN_CHECKSUM"
    severity: Severity
    message: str  # what was found
    remedy: str  # what to do
    end_to_end_id: str | None = None
    mandate_reference: str | None = None
    position: int | None = None  # of the transaction in the file, from 1
    line: int | None = None  # of the XML, from 1


@dataclass(frozen=True, slots=True)
class Batch:
    """One PmtInf as it was written: what a batch-booked statement line is matched on."""

    batch_id: str
    collection_date: date
    count: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class Written:
    """What a write produced: exact totals, the batch that each collection went into, and the findings."""

    message_id: str
    count: int
    total: Decimal
    sha256: str
    batches: tuple[Batch, ...]
    findings: tuple[Finding, ...] = ()
    batch_of: Mapping[str, str] = field(default_factory=dict)  # only where the caller asked to keep it
    name: str = ""  # of the file, where the writer chose it
