"""Read pain.002: what the bank says of a file of ours before money moves.

Group, batch and transaction each have a status and reasons; one reader for every version, since the paths that
matter are the same or alternatives.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from bankfiles.answers import Answer, AnswerKind, Reason, Scope, Unreadable, answer_key
from bankfiles.texts import Misread, Texts, amount, first, joined, provided, whole_number
from bankfiles.xml_stream import BrokenXml, flatten, line_of, namespace_of, records

_TAGS = ("OrgnlGrpInfAndSts", "TxInfAndSts", "OrgnlPmtInfAndSts")

# ISO 20022 external payment status codes. The RV.., RC.. ones answer a verification of payee: nothing is refused.
_KINDS = {
    "RJCT": AnswerKind.REJECTED,
    "CANC": AnswerKind.REJECTED,
    "ACTC": AnswerKind.ACCEPTED,
    "ACCP": AnswerKind.ACCEPTED,
    "ACSP": AnswerKind.ACCEPTED,
    "ACSC": AnswerKind.ACCEPTED,  # settled at the debtor's bank; only the statement says that we have the money
    "ACWC": AnswerKind.ACCEPTED,
    "ACWP": AnswerKind.ACCEPTED,
    "ACFC": AnswerKind.ACCEPTED,
    "ACCC": AnswerKind.SETTLED,
    "PDNG": AnswerKind.PENDING,
    "RCVD": AnswerKind.PENDING,
    "PART": AnswerKind.PENDING,
    "PATC": AnswerKind.PENDING,
    "RCVC": AnswerKind.PENDING,
    "RVCM": AnswerKind.PENDING,
    "RVMC": AnswerKind.PENDING,
    "RVNA": AnswerKind.PENDING,
    "RVNC": AnswerKind.PENDING,
    "RVNM": AnswerKind.PENDING,
}


def read_pain002(source: BinaryIO) -> Iterator[Answer | Unreadable]:
    """Yield the answers of a pain.002 in its order: file, then each batch and its transactions."""
    reader = _Reader()
    try:
        for element in records(source, _TAGS):
            try:
                yield from reader.take(element)
            except Misread as error:
                yield Unreadable(
                    line_of(element),
                    etree.tostring(element, encoding="unicode")[:120],
                    str(error),
                    "Look this status up in the bank's own screen; the others were read.",
                )
    except BrokenXml as error:
        yield Unreadable(error.line, "", f"The XML cannot be read on: {error}", "Ask the bank for the file again.")


class _Reader:
    def __init__(self) -> None:
        self._cut: int | None = None
        self._message_id: str | None = None
        self._batch: Texts | None = None
        self._without_id = 0

    def take(self, element: etree._Element) -> Iterator[Answer | Unreadable]:
        tag = str(element.tag)
        if self._cut is None:
            namespace = namespace_of(tag)
            self._cut = len(namespace) + 2 if namespace else 0
        name = tag[self._cut :]
        if name == "OrgnlGrpInfAndSts":
            texts = flatten(element, self._cut)
            self._message_id = first(texts, "OrgnlMsgId")
            if "GrpSts" in texts or "StsRsnInf/Rsn/Cd" in texts:
                yield self._answer(Scope.FILE, texts, "GrpSts", line_of(element))
        elif name == "TxInfAndSts":
            parent = element.getparent()
            if parent is not None and self._batch is None:
                yield from self._open_batch(parent, self._cut)
            yield self._answer(Scope.TRANSACTION, flatten(element, self._cut), "TxSts", line_of(element))
        else:
            if self._batch is None:
                yield from self._open_batch(element, self._cut)
            self._batch = None

    def _open_batch(self, element: etree._Element, cut: int) -> Iterator[Answer]:
        self._batch = flatten(element, cut, skip="TxInfAndSts")
        if "PmtInfSts" in self._batch or "StsRsnInf/Rsn/Cd" in self._batch:
            yield self._answer(Scope.BATCH, self._batch, "PmtInfSts", line_of(element))

    def _answer(self, scope: Scope, texts: Texts, status_path: str, line: int | None) -> Answer:
        batch = self._batch or {}
        message_id = first(texts, "OrgnlGrpInf/OrgnlMsgId") or self._message_id
        batch_id = first(batch, "OrgnlPmtInfId")
        status = first(texts, status_path) or ""
        if not status and scope is Scope.TRANSACTION:
            status = first(batch, "PmtInfSts") or ""  # a transaction without its own status shares the batch's
        kind = _KINDS.get(status.upper(), AnswerKind.UNKNOWN)
        code = first(texts, "StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry")
        text = joined(texts, "StsRsnInf/AddtlInf")
        end_to_end_id = provided(texts, "OrgnlEndToEndId")
        instruction_id = provided(texts, "OrgnlInstrId")
        mandate = first(texts, "OrgnlTxRef/MndtRltdInf/MndtId", "OrgnlTxRef/MndtRltdInf/DrctDbtMndt/MndtId")
        collected = amount(texts, "OrgnlTxRef/Amt/InstdAmt")
        position: int | None = None
        if scope is Scope.TRANSACTION and end_to_end_id is None and instruction_id is None:
            self._without_id += 1
            position = self._without_id
        reference = texts if scope is Scope.TRANSACTION else {}
        return Answer(
            kind=kind,
            scope=scope,
            key=answer_key(
                "pain.002",
                message_id,
                batch_id if scope is not Scope.FILE else None,
                end_to_end_id,
                instruction_id,
                mandate,
                position,
                scope,
                kind,
                status,
                code,
            ),
            end_to_end_id=end_to_end_id,
            mandate_reference=mandate,
            creditor_identifier=first(reference, "OrgnlTxRef/CdtrSchmeId/Id/PrvtId/Othr/Id")
            or first(reference, "OrgnlTxRef/Cdtr/Pty/Id/PrvtId/Othr/Id"),
            message_id=message_id,
            batch_id=batch_id if scope is not Scope.FILE else None,
            amount=collected if collected is not None else amount(texts, "OrgnlCtrlSum"),
            original_amount=collected,
            currency=texts.get("OrgnlTxRef/Amt/InstdAmt@"),
            count=whole_number(texts, "OrgnlNbOfTxs"),
            reason=Reason((code or "").upper(), text) if code or text else None,
            status=status,
            bank_reference=first(texts, "AcctSvcrRef"),
            account_iban=first(texts, "OrgnlTxRef/CdtrAcct/Id/IBAN"),
            reference=first(texts, "OrgnlTxRef/RmtInf/Strd/CdtrRefInf/Ref"),
            remittance=joined(texts, "OrgnlTxRef/RmtInf/Ustrd"),
            counterparty=first(texts, "OrgnlTxRef/Dbtr/Nm", "OrgnlTxRef/Dbtr/Pty/Nm") or "",
            line=line,
        )
