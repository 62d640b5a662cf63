"""Write pain.009, 010, 011 and 012 in version 001.08. Small messages: made in memory, handed over whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO
from xml.sax.saxutils import escape

from bankfiles.identifiers import (
    normalise_creditor_identifier,
    normalise_iban,
    normalise_mandate_reference,
    normalise_message_id,
)
from bankfiles.iso_parts import account, agent, document, optional, organisation_id, scheme_id
from bankfiles.mandates.model import Acceptance, Change, ElectronicMandate, MandateMessage, Withdrawal
from bankfiles.pain008.model import Header

_REASON_CODE_LENGTH = 4


def write_initiation(header: Header, mandates: Iterable[ElectronicMandate], out: BinaryIO) -> int:
    """Write a pain.009 that asks for mandates; return their number. Raises ValueError for a wrong identifier."""
    parts = [f"<Mndt>{_mandate(one)}</Mndt>" for one in mandates]
    return _write(MandateMessage.INITIATION, "MndtInitnReq", header, parts, out)


def write_amendment(header: Header, changes: Iterable[Change], out: BinaryIO) -> int:
    """Write a pain.010 that changes mandates; return their number. Raises ValueError for a wrong identifier."""
    parts = [
        f"<UndrlygAmdmntDtls><AmdmntRsn><Rsn>{_reason(one.reason)}</Rsn></AmdmntRsn>"
        f"<Mndt>{_mandate(one.mandate)}</Mndt>{_original(one.original_reference)}</UndrlygAmdmntDtls>"
        for one in changes
    ]
    return _write(MandateMessage.AMENDMENT, "MndtAmdmntReq", header, parts, out)


def write_cancellation(header: Header, withdrawals: Iterable[Withdrawal], out: BinaryIO) -> int:
    """Write a pain.011 that ends mandates; return their number. Raises ValueError for a wrong identifier."""
    parts = [
        f"<UndrlygCxlDtls><CxlRsn><Rsn>{_reason(one.reason)}</Rsn></CxlRsn>"
        f"{_original(one.original_reference)}</UndrlygCxlDtls>"
        for one in withdrawals
    ]
    return _write(MandateMessage.CANCELLATION, "MndtCxlReq", header, parts, out)


def write_acceptance(header: Header, acceptances: Iterable[Acceptance], out: BinaryIO) -> int:
    """Write a pain.012 that accepts or rejects requests; return their number. Raises ValueError likewise."""
    parts = [_acceptance(one) for one in acceptances]
    return _write(MandateMessage.ACCEPTANCE, "MndtAccptncRpt", header, parts, out)


def _write(message: MandateMessage, root: str, header: Header, parts: list[str], out: BinaryIO) -> int:
    if not parts:
        raise ValueError(f"A {message} needs at least one mandate.")
    initiating = f"<Nm>{escape(header.initiating_party)}</Nm>{organisation_id(header.initiating_party_id)}"
    body = (
        f"<{root}><GrpHdr><MsgId>{normalise_message_id(header.message_id)}</MsgId>"
        f"<CreDtTm>{header.created_at:%Y-%m-%dT%H:%M:%S}</CreDtTm><InitgPty>{initiating}</InitgPty></GrpHdr>\n"
    ) + "\n".join(parts)
    out.write(document(message, f"{body}</{root}>"))
    return len(parts)


def _mandate(mandate: ElectronicMandate) -> str:
    creditor = mandate.creditor
    signed = f"<Authntcn><Dt>{mandate.signed_on.isoformat()}</Dt></Authntcn>" if mandate.signed_on else ""
    most = f'<MaxAmt Ccy="EUR">{mandate.max_amount:.2f}</MaxAmt>' if mandate.max_amount is not None else ""
    reason = f"<Rsn><Prtry>{escape(mandate.reason)}</Prtry></Rsn>" if mandate.reason else ""
    debtor_account = ""
    if mandate.debtor_iban is not None:
        debtor_account = f"<DbtrAcct>{account(normalise_iban(mandate.debtor_iban))}</DbtrAcct>"
    return (
        f"<MndtId>{normalise_mandate_reference(mandate.reference)}</MndtId>"
        f"<MndtReqId>{normalise_message_id(mandate.request_id)}</MndtReqId>{signed}"
        f"<Tp><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>{mandate.scheme}</Cd></LclInstrm></Tp>"
        f"<Ocrncs><SeqTp>{'RCUR' if mandate.is_recurrent else 'OOFF'}</SeqTp></Ocrncs>"
        f"<TrckgInd>false</TrckgInd>{most}{reason}"
        f"<CdtrSchmeId>{scheme_id(normalise_creditor_identifier(creditor.identifier))}</CdtrSchmeId>"
        f"<Cdtr><Nm>{escape(creditor.name)}</Nm></Cdtr>"
        f"<CdtrAcct>{account(normalise_iban(creditor.iban))}</CdtrAcct><CdtrAgt>{agent(creditor.bic)}</CdtrAgt>"
        f"<Dbtr><Nm>{escape(mandate.debtor_name)}</Nm></Dbtr>{debtor_account}"
        f"<DbtrAgt>{agent(mandate.debtor_bic)}</DbtrAgt>"
    )


def _acceptance(one: Acceptance) -> str:
    message = ""
    if one.original_message_id and one.original_message_name:
        message = (
            f"<OrgnlMsgInf><MsgId>{normalise_message_id(one.original_message_id)}</MsgId>"
            f"<MsgNmId>{escape(one.original_message_name)}</MsgNmId></OrgnlMsgInf>"
        )
    reason = f"<RjctRsn>{_reason(one.reason)}</RjctRsn>" if one.reason else ""
    return (
        f"<UndrlygAccptncDtls>{message}<AccptncRslt><Accptd>{str(one.is_accepted).lower()}</Accptd>{reason}"
        f"{optional('AddtlRjctRsnInf', escape(one.text))}</AccptncRslt>"
        f"{_original(one.original_reference)}</UndrlygAccptncDtls>"
    )


def _original(reference: str) -> str:
    return f"<OrgnlMndt><OrgnlMndtId>{normalise_mandate_reference(reference)}</OrgnlMndtId></OrgnlMndt>"


def _reason(reason: str) -> str:
    tag = "Cd" if len(reason) <= _REASON_CODE_LENGTH else "Prtry"
    return f"<{tag}>{escape(reason)}</{tag}>"
