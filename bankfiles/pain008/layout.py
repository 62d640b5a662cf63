"""How a pain.008 is laid out: string templates with the ISO tag names, nested as the standard nests them.

`Layout` holds what the versions have in common; a version module subclasses it and says its namespace, schema and
what differs. Every text that comes in has been checked to be in the SEPA set, which has no character that XML
must escape; the few that are free of that rule are escaped here.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from xml.sax.saxutils import escape

from bankfiles.iso_parts import agent, optional, organisation_id, scheme_id
from bankfiles.pain008.model import (
    Address,
    Amendment,
    Collection,
    Header,
    StructuredReference,
)

_MOST_AGENTS = 4096


class Layout:
    """One version of the message. Subclasses set the class variables and override what differs."""

    message: ClassVar[str]  # e.g. "pain.008.001.08"
    namespace: ClassVar[str]
    bic_tag: ClassVar[str]
    lei_template: ClassVar[str]  # where a creditor's LEI stands; empty where the version has no place for it

    def __init__(self) -> None:
        self._agents: dict[str | None, str] = {}  # few banks have the accounts of many debtors

    # ------------------------------------------------------------------------------------ file and batch

    def file_head(self, header: Header, count: int, total: Decimal, issuer: str | None) -> str:
        """Return the document up to the first PmtInf."""
        created: datetime = header.created_at
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<Document xmlns="{self.namespace}"><CstmrDrctDbtInitn>\n'
            f"<GrpHdr><MsgId>{header.message_id}</MsgId>"
            f"<CreDtTm>{created:%Y-%m-%dT%H:%M:%S}</CreDtTm>"
            f"<NbOfTxs>{count}</NbOfTxs><CtrlSum>{total:.2f}</CtrlSum>"
            f"<InitgPty><Nm>{header.initiating_party}</Nm>"
            f"{organisation_id(header.initiating_party_id, issuer)}</InitgPty></GrpHdr>\n"
        )

    def file_foot(self) -> str:
        """Return what closes the document."""
        return "</CstmrDrctDbtInitn></Document>\n"

    def batch_head(self, batch_id: str, first: Collection, count: int, total: Decimal, booking: bool | None) -> str:
        """Return a PmtInf up to its first transaction; `first` stands for all that the batch is grouped by."""
        creditor = first.creditor
        purpose = first.category_purpose
        lei = self.lei_template.format(creditor.lei) if creditor.lei else ""
        return (
            f"<PmtInf><PmtInfId>{batch_id}</PmtInfId><PmtMtd>DD</PmtMtd>"
            f"{optional('BtchBookg', None if booking is None else str(booking).lower())}"
            f"<NbOfTxs>{count}</NbOfTxs><CtrlSum>{total:.2f}</CtrlSum>"
            "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl>"
            f"<LclInstrm><Cd>{first.scheme}</Cd></LclInstrm><SeqTp>{first.sequence_type}</SeqTp>"
            f"{f'<CtgyPurp><Cd>{purpose}</Cd></CtgyPurp>' if purpose else ''}</PmtTpInf>"
            f"<ReqdColltnDt>{first.collection_date.isoformat()}</ReqdColltnDt>"
            f"<Cdtr><Nm>{creditor.name}</Nm>{_address(creditor.address)}{lei}</Cdtr>"
            f"<CdtrAcct><Id><IBAN>{creditor.iban}</IBAN></Id></CdtrAcct>"
            f"<CdtrAgt>{agent(creditor.bic, self.bic_tag)}</CdtrAgt>"
            f"{_party('UltmtCdtr', creditor.ultimate_name)}<ChrgBr>SLEV</ChrgBr>"
            f"<CdtrSchmeId>{scheme_id(creditor.identifier)}</CdtrSchmeId>\n"
        )

    def batch_foot(self) -> str:
        """Return what closes a PmtInf."""
        return "</PmtInf>\n"

    # ---------------------------------------------------------------------------------------- transaction

    def transaction(self, collection: Collection) -> str:
        """Return one DrctDbtTxInf."""
        c = collection
        signed: date = c.mandate_signed_on
        amendment = _amendment(c.amendment) if c.amendment else ""
        signature = c.electronic_signature
        amount = str(c.amount)
        if amount[-3:-2] != ".":
            amount = f"{c.amount:.2f}"
        bank = self._agents.get(c.debtor_bic) or self._agent(c.debtor_bic)
        instruction = f"<InstrId>{c.instruction_id}</InstrId>" if c.instruction_id else ""
        return (
            f"<DrctDbtTxInf><PmtId>{instruction}<EndToEndId>{c.end_to_end_id}</EndToEndId></PmtId>"
            f'<InstdAmt Ccy="EUR">{amount}</InstdAmt>'
            f"<DrctDbtTx><MndtRltdInf><MndtId>{c.mandate_reference}</MndtId>"
            f"<DtOfSgntr>{signed.isoformat()}</DtOfSgntr>{amendment}"
            f"{f'<ElctrncSgntr>{escape(signature)}</ElctrncSgntr>' if signature else ''}"
            f"</MndtRltdInf></DrctDbtTx><DbtrAgt>{bank}</DbtrAgt>"
            f"<Dbtr><Nm>{c.debtor_name}</Nm>{_address(c.debtor_address) if c.debtor_address else ''}</Dbtr>"
            f"<DbtrAcct><Id><IBAN>{c.debtor_iban}</IBAN></Id></DbtrAcct>"
            f"{_party('UltmtDbtr', c.ultimate_debtor_name) if c.ultimate_debtor_name else ''}"
            f"{f'<Purp><Cd>{c.purpose}</Cd></Purp>' if c.purpose else ''}"
            f"{_remittance(c.remittance) if c.remittance else ''}</DrctDbtTxInf>\n"
        )

    def _agent(self, bic: str | None) -> str:
        made = agent(bic, self.bic_tag)
        if len(self._agents) < _MOST_AGENTS:
            self._agents[bic] = made
        return made


def _party(tag: str, name: str | None) -> str:
    return f"<{tag}><Nm>{name}</Nm></{tag}>" if name else ""


def _address(address: Address | None) -> str:
    if address is None:
        return ""
    lines = "".join(f"<AdrLine>{line}</AdrLine>" for line in address.lines)
    return (
        f"<PstlAdr>{optional('StrtNm', address.street)}{optional('BldgNb', address.building_number)}"
        f"{optional('PstCd', address.postcode)}{optional('TwnNm', address.town)}"
        f"<Ctry>{address.country}</Ctry>{lines}</PstlAdr>"
    )


def _amendment(amendment: Amendment) -> str:
    old_creditor = optional("Nm", amendment.original_creditor_name)
    if amendment.original_creditor_identifier:
        old_creditor += scheme_id(amendment.original_creditor_identifier)
    account = ""
    if amendment.same_mandate_new_account:
        account = "<OrgnlDbtrAcct><Id><Othr><Id>SMNDA</Id></Othr></Id></OrgnlDbtrAcct>"
    elif amendment.original_debtor_iban:
        iban = amendment.original_debtor_iban
        account = f"<OrgnlDbtrAcct><Id><IBAN>{iban}</IBAN></Id></OrgnlDbtrAcct>"
    return (
        "<AmdmntInd>true</AmdmntInd><AmdmntInfDtls>"
        f"{optional('OrgnlMndtId', amendment.original_mandate_reference)}"
        f"{optional('OrgnlCdtrSchmeId', old_creditor)}{account}</AmdmntInfDtls>"
    )


def _remittance(remittance: str | StructuredReference) -> str:
    if isinstance(remittance, str):
        return f"<RmtInf><Ustrd>{remittance}</Ustrd></RmtInf>"
    return (
        "<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry>"
        f"<Issr>{remittance.issuer}</Issr></Tp><Ref>{remittance.reference}</Ref></CdtrRefInf></Strd></RmtInf>"
    )
