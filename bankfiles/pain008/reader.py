"""Read a pain.008 of any version, by anyone, back into collections; as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from bankfiles.answers import Unreadable
from bankfiles.fields import ALL, SEPARATOR, Fields, Texts
from bankfiles.pain008.model import (
    Address,
    Amendment,
    Collection,
    Creditor,
    ReferenceIssuer,
    Scheme,
    SequenceType,
    StructuredReference,
)
from bankfiles.plain_xml import BrokenXml
from bankfiles.texts import Misread, day, decimal, joined
from bankfiles.xml_stream import records, unreadable_rest

_TRANSACTION = "DrctDbtTxInf"
_BATCH = "PmtInf"

GROUP_FIELDS = {
    "MsgId": "message_id",
    "CreDtTm": "created_at",
    "NbOfTxs": "count",
    "CtrlSum": "total",
    "InitgPty/Nm": "initiating_party",
}

_PAYMENT_TYPE = {
    "PmtTpInf/SvcLvl/Cd": "service_level",
    "PmtTpInf/LclInstrm/Cd": "scheme",
    "PmtTpInf/LclInstrm/Prtry": "scheme",
    "PmtTpInf/SeqTp": "sequence_type",
    "PmtTpInf/CtgyPurp/Cd": "category_purpose",
}


def _address_fields(party: str, name: str) -> dict[str, str]:
    tags = {
        "Ctry": "country",
        "TwnNm": "town",
        "PstCd": "postcode",
        "StrtNm": "street",
        "BldgNb": "building_number",
        "AdrLine": "line",
    }
    return {f"{party}/PstlAdr/{tag}": f"{name}_{field}" for tag, field in tags.items()}


BATCH_FIELDS = {
    "PmtInfId": "batch_id",
    "BtchBookg": "batch_booking",
    "NbOfTxs": "count",
    "CtrlSum": "total",
    **_PAYMENT_TYPE,
    "ReqdColltnDt": "collection_date",
    "Cdtr/Nm": "creditor_name",
    **_address_fields("Cdtr", "creditor"),
    "Cdtr/Id/OrgId/LEI": "creditor_lei",
    "CdtrAcct/Id/IBAN": "creditor_iban",
    "CdtrAgt/FinInstnId/BICFI": "creditor_bic",
    "CdtrAgt/FinInstnId/BIC": "creditor_bic",
    "UltmtCdtr/Nm": "ultimate_creditor",
    "ChrgBr": "charge_bearer",
    "CdtrSchmeId/Id/PrvtId/Othr/Id": "creditor_identifier",
    "CdtrSchmeId/Id/PrvtId/Othr/SchmeNm/Prtry": "creditor_scheme_name",
}

_MANDATE = "DrctDbtTx/MndtRltdInf"
_OLD = f"{_MANDATE}/AmdmntInfDtls"

TRANSACTION_FIELDS = {
    "PmtId/InstrId": "instruction_id",
    "PmtId/EndToEndId": "end_to_end_id",
    **_PAYMENT_TYPE,
    "InstdAmt": "collected_amount",
    "ChrgBr": "charge_bearer",
    f"{_MANDATE}/MndtId": "mandate_reference",
    f"{_MANDATE}/DtOfSgntr": "mandate_signed_on",
    f"{_MANDATE}/AmdmntInd": "is_amended",
    f"{_OLD}/OrgnlMndtId": "old_mandate_reference",
    f"{_OLD}/OrgnlCdtrSchmeId/Nm": "old_creditor_name",
    f"{_OLD}/OrgnlCdtrSchmeId/Id/PrvtId/Othr/Id": "old_creditor_identifier",
    f"{_OLD}/OrgnlDbtrAcct/Id/IBAN": "old_debtor_iban",
    f"{_OLD}/OrgnlDbtrAcct/Id/Othr/Id": "new_account_mark",
    f"{_OLD}/OrgnlDbtrAgt/FinInstnId/Othr/Id": "new_account_mark",  # before November 2016, and at the DK
    f"{_MANDATE}/ElctrncSgntr": "electronic_signature",
    "DrctDbtTx/CdtrSchmeId/Id/PrvtId/Othr/Id": "creditor_identifier",
    "DrctDbtTx/CdtrSchmeId/Id/PrvtId/Othr/SchmeNm/Prtry": "creditor_scheme_name",
    "UltmtCdtr/Nm": "ultimate_creditor",
    "DbtrAgt/FinInstnId/BICFI": "debtor_bic",
    "DbtrAgt/FinInstnId/BIC": "debtor_bic",
    "Dbtr/Nm": "debtor_name",
    **_address_fields("Dbtr", "debtor"),
    "DbtrAcct/Id/IBAN": "debtor_iban",
    "UltmtDbtr/Nm": "ultimate_debtor",
    "Purp/Cd": "purpose",
    "RmtInf/Ustrd": "remittance",
    "RmtInf/Strd/CdtrRefInf/Tp/Issr": "reference_issuer",
    "RmtInf/Strd/CdtrRefInf/Ref": "reference",
}

SMNDA = "SMNDA"


@dataclass(slots=True)
class BatchFacts:
    """What the transactions of one PmtInf share."""

    texts: Texts
    creditor: Creditor
    collection_date: date

    @classmethod
    def of(cls, texts: Texts) -> BatchFacts:
        """Take the facts from the texts of a PmtInf; raise `Misread` without a collection date."""
        collection_date = day(texts, "collection_date")
        if collection_date is None:
            raise Misread("The batch has no collection date.")
        creditor = Creditor(
            name=texts.get("creditor_name", ""),
            identifier=texts.get("creditor_identifier", ""),
            iban=texts.get("creditor_iban", ""),
            bic=texts.get("creditor_bic"),
            address=address_of(texts, "creditor"),
            ultimate_name=texts.get("ultimate_creditor"),
            lei=texts.get("creditor_lei"),
        )
        return cls(texts, creditor, collection_date)


def collection_of(batch: BatchFacts, texts: Texts) -> Collection:
    """Return one transaction as a Collection; raise `Misread` if amount or date of signature cannot be read.

    An unknown scheme or sequence type is read as CORE or RCUR: the checker tells of it.
    """
    signed_on = day(texts, "mandate_signed_on")
    if signed_on is None:
        raise Misread("The transaction has no date of signature of its mandate.")
    amount = texts.get("collected_amount")
    if amount is None:
        raise Misread("The transaction has no amount.")
    shared = batch.texts
    return Collection(
        end_to_end_id=texts.get("end_to_end_id", ""),
        amount=decimal(amount),
        collection_date=batch.collection_date,
        sequence_type=_sequence_type(texts.get("sequence_type") or shared.get("sequence_type", "")),
        scheme=_scheme(texts.get("scheme") or shared.get("scheme", "")),
        creditor=batch.creditor if "creditor_identifier" not in texts else _own_creditor(batch, texts),
        mandate_reference=texts.get("mandate_reference", ""),
        mandate_signed_on=signed_on,
        debtor_name=texts.get("debtor_name", ""),
        debtor_iban=texts.get("debtor_iban", ""),
        debtor_bic=texts.get("debtor_bic"),
        debtor_address=address_of(texts, "debtor") if "debtor_country" in texts or "debtor_line" in texts else None,
        remittance=_remittance(texts),
        amendment=_amendment(texts) if "is_amended" in texts else None,
        instruction_id=texts.get("instruction_id"),
        ultimate_debtor_name=texts.get("ultimate_debtor"),
        purpose=texts.get("purpose"),
        category_purpose=texts.get("category_purpose") or shared.get("category_purpose"),
        electronic_signature=texts.get("electronic_signature"),
    )


_SEQUENCE_TYPES = {one.value: one for one in SequenceType}
_SCHEMES = {one.value: one for one in Scheme}


def _sequence_type(text: str) -> SequenceType:
    return _SEQUENCE_TYPES.get(text, SequenceType.RECURRENT)


def _scheme(text: str) -> Scheme:
    return _SCHEMES.get(text, Scheme.CORE)


def _own_creditor(batch: BatchFacts, texts: Texts) -> Creditor:
    """Some files name the creditor identifier in each transaction; the last one made is kept with the batch."""
    identifier = texts["creditor_identifier"]
    if batch.creditor.identifier != identifier:
        shared = batch.creditor
        batch.creditor = Creditor(
            shared.name, identifier, shared.iban, shared.bic, shared.address, shared.ultimate_name, shared.lei
        )
    return batch.creditor


def address_of(texts: Texts, party: str) -> Address | None:
    """Return the address of a party, None if there is none."""
    country, town = texts.get(f"{party}_country", ""), texts.get(f"{party}_town", "")
    lines = texts.get(f"{party}_line{ALL}") or texts.get(f"{party}_line")
    street, postcode = texts.get(f"{party}_street", ""), texts.get(f"{party}_postcode", "")
    if not (country or town or lines or street or postcode):
        return None
    return Address(
        country=country,
        town=town,
        postcode=postcode,
        street=street,
        building_number=texts.get(f"{party}_building_number", ""),
        lines=tuple(lines.split(SEPARATOR)) if lines else (),
    )


def _remittance(texts: Texts) -> str | StructuredReference | None:
    reference = texts.get("reference")
    if reference is not None:
        issuer = ReferenceIssuer.BBA if texts.get("reference_issuer") == "BBA" else ReferenceIssuer.ISO
        return StructuredReference(reference, issuer)
    return joined(texts, "remittance") or None


def _amendment(texts: Texts) -> Amendment | None:
    if texts.get("is_amended") not in {"true", "1"}:
        return None
    return Amendment(
        original_mandate_reference=texts.get("old_mandate_reference"),
        original_creditor_name=texts.get("old_creditor_name"),
        original_creditor_identifier=texts.get("old_creditor_identifier"),
        original_debtor_iban=texts.get("old_debtor_iban"),
        same_mandate_new_account=texts.get("new_account_mark") == SMNDA,
    )


def read_collections(source: BinaryIO) -> Iterator[Collection | Unreadable]:
    """Yield the transactions of a pain.008 as collections, in the order of the file.

    What cannot be read comes as an `Unreadable`, and the rest goes on. Nothing is checked: `check` does that.
    """
    transaction_fields, batch_fields = Fields(TRANSACTION_FIELDS), Fields(BATCH_FIELDS)
    batch: BatchFacts | None = None
    try:
        for record in records(source, (_TRANSACTION, _BATCH)):
            if record.name == _BATCH:
                batch = None
                continue
            around = record.within(_BATCH)
            try:
                if batch is None and around is not None:
                    batch = BatchFacts.of(batch_fields.of(around.source()))
                if batch is not None:
                    yield collection_of(batch, transaction_fields.of(record.source()))
            except Misread as error:
                yield Unreadable(record.line, "", str(error), "Have the file made again.")
    except BrokenXml as error:
        yield unreadable_rest(error)
