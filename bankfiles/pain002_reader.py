"""Read pain.002: what the bank says of a file of ours before money moves.

File, batch and transaction each have a status and reasons. One table of fields for every version.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from bankfiles.answers import Answer, AnswerKind, Reason, Scope, Unreadable, answer_key, new_answer
from bankfiles.fields import Fields, Texts
from bankfiles.texts import Misread, amount, joined, provided, whole_number
from bankfiles.xml_stream import Record, read_records, records

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

_REASON = {
    "StsRsnInf/Rsn/Cd": "reason",
    "StsRsnInf/Rsn/Prtry": "reason",
    "StsRsnInf/AddtlInf": "reason_text",
}
_GROUP_FIELDS = {
    "OrgnlMsgId": "message_id",
    "OrgnlNbOfTxs": "count",
    "OrgnlCtrlSum": "total",
    "GrpSts": "status",
    **_REASON,
}
_BATCH_FIELDS = {
    "OrgnlPmtInfId": "batch_id",
    "OrgnlNbOfTxs": "count",
    "OrgnlCtrlSum": "total",
    "PmtInfSts": "status",
    **_REASON,
}
_TRANSACTION_FIELDS = {
    "OrgnlGrpInf/OrgnlMsgId": "message_id",
    "OrgnlInstrId": "instruction_id",
    "OrgnlEndToEndId": "end_to_end_id",
    "TxSts": "status",
    **_REASON,
    "AcctSvcrRef": "bank_reference",
    "OrgnlTxRef/Amt/InstdAmt": "collected_amount",
    "OrgnlTxRef/MndtRltdInf/MndtId": "mandate_reference",
    "OrgnlTxRef/MndtRltdInf/DrctDbtMndt/MndtId": "mandate_reference",
    "OrgnlTxRef/CdtrSchmeId/Id/PrvtId/Othr/Id": "creditor_identifier",
    "OrgnlTxRef/RmtInf/Strd/CdtrRefInf/Ref": "reference",
    "OrgnlTxRef/RmtInf/Ustrd": "remittance",
    "OrgnlTxRef/Dbtr/Nm": "debtor",
    "OrgnlTxRef/Dbtr/Pty/Nm": "debtor",
    "OrgnlTxRef/CdtrAcct/Id/IBAN": "account",
}


def read_pain002(source: BinaryIO) -> Iterator[Answer | Unreadable]:
    """Yield the answers of a pain.002 in its order: file, then each batch and its transactions."""
    yield from read_records(source, records(source, _TAGS), _Reader())


class _Reader:
    def __init__(self) -> None:
        self._group_fields = Fields(_GROUP_FIELDS)
        self._batch_fields = Fields(_BATCH_FIELDS)
        self._transaction_fields = Fields(_TRANSACTION_FIELDS)
        self._message_id: str | None = None
        self._batch: Texts | None = None
        self._without_id = 0

    def take(self, record: Record) -> Iterator[Answer | Unreadable]:
        """Yield what the record tells, in the moment in which it ends."""
        try:
            if record.name == "TxInfAndSts":
                yield from self._transaction(record)
            elif record.name == "OrgnlPmtInfAndSts":
                if self._batch is None:
                    yield from self._open_batch(record)
                self._batch = None
            else:
                yield from self._group(record)
        except Misread as error:
            yield Unreadable(
                record.line,
                record.shown(),
                str(error),
                "Look this status up in the bank's own screen; the others were read.",
            )

    def _group(self, record: Record) -> Iterator[Answer]:
        texts = self._group_fields.of(record.source())
        self._message_id = texts.get("message_id")
        if "status" in texts or "reason" in texts:
            yield self._answer(Scope.FILE, texts, None, record.line)

    def _open_batch(self, record: Record) -> Iterator[Answer]:
        texts = self._batch_fields.of(record.source())
        self._batch = texts
        if "status" in texts or "reason" in texts:
            yield self._answer(Scope.BATCH, texts, texts.get("batch_id"), record.line)

    def _transaction(self, record: Record) -> Iterator[Answer]:
        around = record.within("OrgnlPmtInfAndSts")
        if self._batch is None and around is not None:
            yield from self._open_batch(around)
        batch = self._batch or {}
        texts = self._transaction_fields.of(record.source())
        if "status" in batch:
            texts.setdefault("status", batch["status"])  # without its own, it shares the batch's
        yield self._answer(Scope.TRANSACTION, texts, batch.get("batch_id"), record.line)

    def _answer(self, scope: Scope, texts: Texts, batch_id: str | None, line: int | None) -> Answer:
        message_id = texts.get("message_id") or self._message_id
        status = texts.get("status", "")
        kind = _KINDS.get(status.upper(), AnswerKind.UNKNOWN)
        code = texts.get("reason", "").upper()
        text = joined(texts, "reason_text")
        end_to_end_id = provided(texts, "end_to_end_id")
        instruction_id = provided(texts, "instruction_id")
        mandate = texts.get("mandate_reference")
        collected = amount(texts, "collected_amount")
        if scope is Scope.TRANSACTION and not end_to_end_id and not instruction_id:
            self._without_id += 1
            instruction_id = f"#{self._without_id}"  # only its place in the answer tells it from others
        return new_answer(
            kind=kind,
            scope=scope,
            key=answer_key(
                "pain.002", scope, message_id, batch_id, end_to_end_id, instruction_id, mandate, status, code
            ),
            end_to_end_id=end_to_end_id,
            mandate_reference=mandate,
            creditor_identifier=texts.get("creditor_identifier"),
            message_id=message_id,
            batch_id=batch_id,
            amount=collected if collected is not None else amount(texts, "total"),
            original_amount=collected,
            currency=texts.get("collected_amount@"),
            count=whole_number(texts, "count"),
            reason=Reason(code, text) if code or text else None,
            status=status,
            bank_reference=texts.get("bank_reference"),
            account_iban=texts.get("account"),
            reference=texts.get("reference"),
            remittance=joined(texts, "remittance"),
            counterparty=texts.get("debtor", ""),
            line=line,
        )
