"""Read pain.009, 010, 011 and 012 of any version that has the fields: 001.05 to 001.08 do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from bankfiles.answers import Unreadable
from bankfiles.fields import Fields, Texts
from bankfiles.mandates.model import Acceptance, Change, ElectronicMandate, MandateEvent, Withdrawal
from bankfiles.pain008.model import Creditor, Scheme
from bankfiles.plain_xml import BrokenXml
from bankfiles.texts import Misread, amount, day, joined
from bankfiles.xml_stream import Record, records, root_namespace, unreadable_rest

_MANDATE_FIELDS = {
    "MndtId": "reference",
    "MndtReqId": "request_id",
    "Authntcn/Dt": "signed_on",
    "Tp/LclInstrm/Cd": "scheme",
    "Ocrncs/SeqTp": "sequence_type",
    "MaxAmt": "max_amount",
    "Rsn/Prtry": "mandate_reason",
    "Rsn/Cd": "mandate_reason",
    "CdtrSchmeId/Id/PrvtId/Othr/Id": "creditor_identifier",
    "Cdtr/Nm": "creditor_name",
    "CdtrAcct/Id/IBAN": "creditor_iban",
    "CdtrAgt/FinInstnId/BICFI": "creditor_bic",
    "Dbtr/Nm": "debtor_name",
    "DbtrAcct/Id/IBAN": "debtor_iban",
    "DbtrAgt/FinInstnId/BICFI": "debtor_bic",
}
_ORIGINAL_FIELDS = {
    "OrgnlMndt/OrgnlMndtId": "original_reference",
    "OrgnlMndt/OrgnlMndt/MndtId": "original_reference",
    "OrgnlMsgInf/MsgId": "original_message_id",
    "OrgnlMsgInf/MsgNmId": "original_message_name",
}
_FIELDS: dict[str, dict[str, str]] = {
    "Mndt": _MANDATE_FIELDS,
    "UndrlygAmdmntDtls": {
        **_ORIGINAL_FIELDS,
        **{f"Mndt/{path}": name for path, name in _MANDATE_FIELDS.items()},
        "AmdmntRsn/Rsn/Cd": "reason",
        "AmdmntRsn/Rsn/Prtry": "reason",
    },
    "UndrlygCxlDtls": {**_ORIGINAL_FIELDS, "CxlRsn/Rsn/Cd": "reason", "CxlRsn/Rsn/Prtry": "reason"},
    "UndrlygAccptncDtls": {
        **_ORIGINAL_FIELDS,
        "AccptncRslt/Accptd": "is_accepted",
        "AccptncRslt/RjctRsn/Cd": "reason",
        "AccptncRslt/RjctRsn/Prtry": "reason",
        "AccptncRslt/AddtlRjctRsnInf": "text",
    },
}
_SCHEMES = {one.value: one for one in Scheme}


def read_mandates(source: BinaryIO) -> Iterator[MandateEvent | Unreadable]:
    """Yield what a mandate message tells, in its order; what cannot be read is an Unreadable, and the rest goes on."""
    # An amendment holds a Mndt of its own, which is no record there: it would be left out of the amendment's.
    tags = ("UndrlygAmdmntDtls", "UndrlygCxlDtls", "UndrlygAccptncDtls")
    start = source.tell()
    is_initiation = "pain.009." in root_namespace(source)
    source.seek(start)
    try:
        for record in records(source, ("Mndt",) if is_initiation else tags):
            yield _event(record)
    except BrokenXml as error:
        yield unreadable_rest(error)


def _event(record: Record) -> MandateEvent | Unreadable:
    tag = record.name
    texts = Fields(_FIELDS[tag]).of(record.source())
    original = texts.get("original_reference", "")
    try:
        if tag == "Mndt":
            return _mandate(texts)
        if tag == "UndrlygAmdmntDtls":
            return Change(_mandate(texts), original, texts.get("reason", ""))
        if tag == "UndrlygCxlDtls":
            return Withdrawal(original, texts.get("reason", ""))
        return Acceptance(
            original_reference=original,
            is_accepted=_yes(texts.get("is_accepted", "")),
            reason=texts.get("reason"),
            text=joined(texts, "text"),
            original_message_id=texts.get("original_message_id"),
            original_message_name=texts.get("original_message_name"),
        )
    except Misread as error:
        return Unreadable(record.line, tag, str(error), "Ask the sender of the message for it again.")


def _yes(text: str) -> bool:
    if text not in {"true", "1", "false", "0"}:
        raise Misread(f"{text[:20]!r} says neither that the mandate is accepted nor that it is not.")
    return text in {"true", "1"}


def _mandate(texts: Texts) -> ElectronicMandate:
    scheme = _SCHEMES.get(texts.get("scheme", ""))
    if scheme is None:
        raise Misread(f"The local instrument is {texts.get('scheme')!r}, not CORE or B2B.")
    return ElectronicMandate(
        reference=texts.get("reference", ""),
        request_id=texts.get("request_id", ""),
        scheme=scheme,
        is_recurrent=texts.get("sequence_type") != "OOFF",
        creditor=Creditor(
            name=texts.get("creditor_name", ""),
            identifier=texts.get("creditor_identifier", ""),
            iban=texts.get("creditor_iban", ""),
            bic=texts.get("creditor_bic"),
        ),
        debtor_name=texts.get("debtor_name", ""),
        debtor_iban=texts.get("debtor_iban"),
        debtor_bic=texts.get("debtor_bic"),
        signed_on=day(texts, "signed_on"),
        max_amount=amount(texts, "max_amount"),
        reason=texts.get("mandate_reason"),
    )
