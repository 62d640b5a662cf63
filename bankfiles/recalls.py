"""Take back what was collected: pain.007 after settlement, camt.055 before it.

Both name collections as they were sent, so that the bank finds them. The reasons are the few that the schemes allow a
creditor. Everything goes by what was written: nothing is adapted here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from typing import BinaryIO
from xml.sax.saxutils import escape

from bankfiles.identifiers import normalise_message_id
from bankfiles.iso_parts import account, agent, document, optional, organisation_id, scheme_id
from bankfiles.pain008.model import Collection, Header

REVERSAL = "pain.007.001.08"
CANCELLATION = "camt.055.001.08"


class ReversalReason(StrEnum):
    """Why a creditor gives settled money back (EPC rulebook, reversals)."""

    DUPLICATE = "AM05"
    NOT_DUE = "MS02"
    NOT_SAID = "MS03"


class CancellationReason(StrEnum):
    """Why a creditor wants a collection stopped before it settles (ISO external cancellation reasons)."""

    DUPLICATE = "DUPL"
    TECHNICAL = "TECH"
    FRAUD = "FRAD"
    REQUESTED = "CUST"
    WRONG_AMOUNT = "AM09"


@dataclass(frozen=True, slots=True)
class SentCollection:
    """A collection as it was written, and where: the message and batch that `pain008.write` told of."""

    collection: Collection
    message_id: str
    batch_id: str
    message_name: str = "pain.008.001.08"


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a message takes back."""

    message_id: str
    count: int
    total: Decimal


def write_reversal(header: Header, sent: Iterable[SentCollection], reason: ReversalReason, out: BinaryIO) -> Recalled:
    """Write a pain.007.001.08 that gives settled collections back, whole; all of one message of ours.

    A reversal must reach the debtor's bank within five interbank days of settlement (EPC rulebook). Raises ValueError
    if there is nothing to reverse or the collections come from several messages.
    """
    batches = _batches(sent)
    messages = {one.message_id for batch in batches for one in batch}
    if len(messages) != 1:
        raise ValueError(
            f"A reversal is for one message; these collections come from {len(messages)}: write one file for each."
        )
    count, total = _totals(batches)
    first = batches[0][0]
    body = (
        f"<CstmrPmtRvsl><GrpHdr><MsgId>{normalise_message_id(header.message_id)}</MsgId>"
        f"<CreDtTm>{header.created_at:%Y-%m-%dT%H:%M:%S}</CreDtTm><NbOfTxs>{count}</NbOfTxs>"
        f"<CtrlSum>{total:.2f}</CtrlSum><GrpRvsl>false</GrpRvsl>"
        f"<InitgPty><Nm>{escape(header.initiating_party)}</Nm>{organisation_id(header.initiating_party_id)}</InitgPty>"
        f"{_bank('CdtrAgt', first)}</GrpHdr>"
        f"<OrgnlGrpInf><OrgnlMsgId>{first.message_id}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>{first.message_name}</OrgnlMsgNmId></OrgnlGrpInf>"
        f"{''.join(_reversed_batch(header, batch, reason) for batch in batches)}</CstmrPmtRvsl>"
    )
    out.write(document(REVERSAL, body))
    return Recalled(header.message_id, count, total)


def _reversed_batch(header: Header, batch: list[SentCollection], reason: ReversalReason) -> str:
    originator = f"<Orgtr><Nm>{escape(header.initiating_party)}</Nm></Orgtr>"
    transactions = "".join(
        f"<TxInf><RvslId>{_own_id(one)}</RvslId>{_original_ids(one)}"
        f'<OrgnlInstdAmt Ccy="EUR">{one.collection.amount:.2f}</OrgnlInstdAmt>'
        f'<RvsdInstdAmt Ccy="EUR">{one.collection.amount:.2f}</RvsdInstdAmt><ChrgBr>SLEV</ChrgBr>'
        f"<RvslRsnInf>{originator}<Rsn><Cd>{reason}</Cd></Rsn></RvslRsnInf>"
        f"<OrgnlTxRef>{_original_facts(one)}</OrgnlTxRef></TxInf>\n"
        for one in batch
    )
    return (
        f"\n<OrgnlPmtInfAndRvsl><OrgnlPmtInfId>{batch[0].batch_id}</OrgnlPmtInfId>{transactions}</OrgnlPmtInfAndRvsl>"
    )


def write_cancellation(
    header: Header, sent: Iterable[SentCollection], reason: CancellationReason, out: BinaryIO
) -> Recalled:
    """Write a camt.055.001.08 that asks the bank to stop collections before they settle.

    It is a request: the answer comes as a camt.029 or pain.002. Raises ValueError if there is nothing to cancel.
    """
    batches = _batches(sent)
    if not batches:
        raise ValueError("There is nothing to cancel; name at least one collection.")
    count, total = _totals(batches)
    first = batches[0][0]
    party = f"<Nm>{escape(header.initiating_party)}</Nm>{organisation_id(header.initiating_party_id)}"
    body = (
        f"<CstmrPmtCxlReq><Assgnmt><Id>{normalise_message_id(header.message_id)}</Id>"
        f"<Assgnr><Pty>{party}</Pty></Assgnr>"
        f"<Assgne><Agt>{agent(first.collection.creditor.bic)}</Agt></Assgne>"
        f"<CreDtTm>{header.created_at:%Y-%m-%dT%H:%M:%S}</CreDtTm></Assgnmt>"
        f"<CtrlData><NbOfTxs>{count}</NbOfTxs><CtrlSum>{total:.2f}</CtrlSum></CtrlData>\n<Undrlyg>"
        f"{''.join(_cancelled_batch(header, batch, reason) for batch in batches)}</Undrlyg></CstmrPmtCxlReq>"
    )
    out.write(document(CANCELLATION, body))
    return Recalled(header.message_id, count, total)


def _cancelled_batch(header: Header, batch: list[SentCollection], reason: CancellationReason) -> str:
    first = batch[0]
    count, total = _totals([batch])
    originator = f"<Orgtr><Nm>{escape(header.initiating_party)}</Nm></Orgtr>"
    transactions = "".join(
        f"<TxInf><CxlId>{_own_id(one)}</CxlId>{_original_ids(one)}"
        f'<OrgnlInstdAmt Ccy="EUR">{one.collection.amount:.2f}</OrgnlInstdAmt>'
        f"<OrgnlReqdColltnDt>{one.collection.collection_date.isoformat()}</OrgnlReqdColltnDt>"
        f"<CxlRsnInf>{originator}<Rsn><Cd>{reason}</Cd></Rsn></CxlRsnInf></TxInf>\n"
        for one in batch
    )
    return (
        f"<OrgnlPmtInfAndCxl><OrgnlPmtInfId>{first.batch_id}</OrgnlPmtInfId>"
        f"<OrgnlGrpInf><OrgnlMsgId>{first.message_id}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>{first.message_name}</OrgnlMsgNmId></OrgnlGrpInf>"
        f"<NbOfTxs>{count}</NbOfTxs><CtrlSum>{total:.2f}</CtrlSum><PmtInfCxl>false</PmtInfCxl>"
        f"{transactions}</OrgnlPmtInfAndCxl>"
    )


# --------------------------------------------------------------------------------------------- what both say


def _batches(sent: Iterable[SentCollection]) -> list[list[SentCollection]]:
    """The collections by message and batch, in a stable order."""

    def where(one: SentCollection) -> tuple[str, str]:
        return one.message_id, one.batch_id

    return [list(batch) for _, batch in groupby(sorted(sent, key=where), key=where)]


def _all(batches: list[list[SentCollection]]) -> Iterator[SentCollection]:
    for batch in batches:
        yield from batch


def _totals(batches: list[list[SentCollection]]) -> tuple[int, Decimal]:
    amounts = [one.collection.amount for one in _all(batches)]
    return len(amounts), sum(amounts, Decimal(0))


def _own_id(one: SentCollection) -> str:
    # The end-to-end id is unique for ever, so that a request written twice carries the same id.
    return one.collection.end_to_end_id


def _original_ids(one: SentCollection) -> str:
    return (
        f"{optional('OrgnlInstrId', one.collection.instruction_id)}"
        f"<OrgnlEndToEndId>{one.collection.end_to_end_id}</OrgnlEndToEndId>"
    )


def _original_facts(one: SentCollection) -> str:
    c = one.collection
    return (
        f"<ReqdColltnDt>{c.collection_date.isoformat()}</ReqdColltnDt>"
        f"<CdtrSchmeId>{scheme_id(c.creditor.identifier)}</CdtrSchmeId>"
        f"<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>{c.scheme}</Cd></LclInstrm>"
        f"<SeqTp>{c.sequence_type}</SeqTp></PmtTpInf>"
        f"<MndtRltdInf><MndtId>{c.mandate_reference}</MndtId>"
        f"<DtOfSgntr>{c.mandate_signed_on.isoformat()}</DtOfSgntr></MndtRltdInf>"
        f"<DbtrAcct>{account(c.debtor_iban)}</DbtrAcct><DbtrAgt>{agent(c.debtor_bic)}</DbtrAgt>"
        f"<CdtrAgt>{agent(c.creditor.bic)}</CdtrAgt><CdtrAcct>{account(c.creditor.iban)}</CdtrAcct>"
    )


def _bank(tag: str, one: SentCollection) -> str:
    return f"<{tag}>{agent(one.collection.creditor.bic)}</{tag}>"
