"""What we write for the finance user: mandates.csv with the signed documents, payments.csv, and report.html."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from adapters.accounting.files.ledger import Ledger
from adapters.accounting.files.report import write_report
from adapters.dropfolder import put_whole
from connector.errors import ConfigError, NoAccess, Retriable, Skippable
from connector.model.customer import Language
from connector.ports import Document, Payment, PaymentReturn, SignedMandate
from mappings import Mapping, MappingError

DOCUMENTS = "mandates"
_ODD = re.compile(r"[^A-Za-z0-9._-]")


class Results:
    """The folder of results of one source."""

    def __init__(self, folder: Path, mapping: Mapping, decimal_mark: str) -> None:
        self.folder = folder
        self._mapping = mapping
        self._decimal_mark = decimal_mark
        self._mandates = Ledger(
            folder / "mandates.csv",
            self._headings("mandate"),
            [self._heading("mandate", "reference")],
            decimal_mark,
        )
        self._payments = Ledger(
            folder / "payments.csv",
            list(dict.fromkeys([*self._headings("payment"), *self._headings("return")])),
            [self._heading("payment", "entry"), self._heading("payment", "key")],
            decimal_mark,
        )

    def _headings(self, kind: str) -> list[str]:
        return [rule.paths[0] for rule in self._mapping.rules(kind) if rule.paths]

    def _heading(self, kind: str, field: str) -> str:
        for rule in self._mapping.rules(kind):
            if rule.field == field and rule.paths:
                return rule.paths[0]
        raise ConfigError(
            f"The mapping of {kind} has no {field}.", where=f"records.{kind}", remedy=f"Let {field} in: it is the key."
        )

    # ----------------------------------------------------------------------------------- writing

    def store_mandate(self, signed: SignedMandate) -> str:
        """A row of mandates.csv, and the document beside it in mandates/."""
        mandate, document = signed.mandate, signed.document
        kept = self._keep(mandate.reference, document) if document else self._kept(mandate.reference)
        ours: dict[str, object] = {
            "reference": mandate.reference,
            "creditor": mandate.creditor,
            "customer": mandate.customer.id,
            "debtor_name": mandate.debtor_name or None,
            "iban": mandate.iban,
            "bic": mandate.bic,
            "signed_on": mandate.signed_on,
            "scheme": mandate.scheme.value,
            "type": mandate.type.value,
            "state": mandate.state.value,
            "language": mandate.language.value,
            "method": mandate.method,
            "last_used_on": mandate.last_used_on,
            "document": kept,
        }
        self._mandates.put(self._written("mandate", ours, f"mandate {mandate.reference}"))
        return mandate.reference

    def register_payment(self, payment: Payment) -> str:
        """A row of payments.csv."""
        ours = {
            "key": payment.key,
            "customer": payment.customer.id,
            "invoice": payment.invoice.id,
            "invoice_number": payment.invoice_number,
            "amount": payment.amount,
            "paid_on": payment.paid_on,
            "mandate_reference": payment.mandate_reference,
            "end_to_end_id": payment.end_to_end_id,
            "bank_reference": payment.bank_reference,
        }
        self._payments.put(self._written("payment", ours, f"payment {payment.key}"))
        return payment.key

    def register_return(self, returned: PaymentReturn) -> str:
        """A row of payments.csv with a negative amount."""
        ours = {
            "key": returned.key,
            "payment": returned.payment,
            "payment_id": returned.payment_id,
            "customer": returned.customer.id,
            "invoice": returned.invoice.id,
            "invoice_number": returned.invoice_number,
            "amount": -returned.amount,
            "returned_on": returned.returned_on,
            "reason_code": returned.reason_code,
            "reason_text": returned.reason_text,
            "end_to_end_id": returned.end_to_end_id,
            "charges": returned.charges,
        }
        self._payments.put(self._written("return", ours, f"return {returned.key}"))
        return returned.key

    def _written(self, kind: str, ours: dict[str, object], where: str) -> dict[str, object]:
        try:
            return self._mapping.write(kind, ours)
        except MappingError as error:
            raise Skippable(error.why, where=f"{where}, {error.field}", remedy=error.remedy) from error

    def _keep(self, reference: str, document: Document) -> str:
        """Keep a document in mandates/; returns its path from the folder of results."""
        if hashlib.sha256(document.content).hexdigest() != document.sha256:
            raise Skippable(
                "The document is not the one that was signed: its digest differs.",
                where=f"mandate {reference}",
                remedy="Fetch the document again.",
            )
        suffix = Path(document.name).suffix.casefold()
        name = f"{_safe(reference)}{suffix if re.fullmatch(r'[.][a-z0-9]{1,5}', suffix) else '.pdf'}"
        target = self.folder / DOCUMENTS / name
        try:
            target.parent.mkdir(exist_ok=True)
            if not target.exists() or target.read_bytes() != document.content:
                put_whole(target, [document.content])
        except (PermissionError, FileNotFoundError, NotADirectoryError) as error:
            raise NoAccess(
                f"The document can't be written ({error.strerror}).",
                where=str(target),
                remedy="Let the connector write in this folder.",
            ) from error
        except OSError as error:
            raise Retriable(f"The document can't be written now ({error.strerror}).", where=str(target)) from error
        return f"{DOCUMENTS}/{name}"

    def _kept(self, reference: str) -> str:
        """The document that is kept already, if any."""
        kept = sorted((self.folder / DOCUMENTS).glob(f"{_safe(reference)}.*"))
        return f"{DOCUMENTS}/{kept[0].name}" if kept else ""

    # ----------------------------------------------------------------------------------- reading

    def has_mandate(self, reference: str) -> bool:
        """Whether the mandate stands in mandates.csv."""
        return self._mandates.has(reference)

    def has_entry(self, kind: str, key: str) -> bool:
        """Whether a payment or return stands in payments.csv."""
        row = self._mapping.write(kind, {"key": key})
        return self._payments.has(*(str(row.get(self._heading("payment", field), "")) for field in ("entry", "key")))

    def write_report(self, source: str, language: Language, now: datetime) -> None:
        """Write report.html if mandates.csv or payments.csv changed since it was written."""
        report = self.folder / "report.html"
        files = [ledger.path for ledger in (self._mandates, self._payments) if ledger.path.exists()]
        if not files or (report.exists() and report.stat().st_mtime_ns > max(f.stat().st_mtime_ns for f in files)):
            return
        write_report(
            report,
            source=source,
            language=language,
            now=now,
            mandates=(self._ours("mandate", row) for row in self._mandates.rows()),
            entries=self._entries(),
        )

    def _entries(self) -> Iterator[tuple[bool, dict[str, str], Decimal]]:
        amount_heading, entry_heading = self._heading("payment", "amount"), self._heading("payment", "entry")
        return_entry = str(self._mapping.write("return", {"key": "-"}).get(entry_heading))
        for row in self._payments.rows():
            is_return = row[entry_heading] == return_entry
            amount = Decimal(row[amount_heading].replace(self._decimal_mark, ".") or "0")
            yield is_return, self._ours("return" if is_return else "payment", row), amount

    def _ours(self, kind: str, row: dict[str, str]) -> dict[str, str]:
        return {rule.field: row[rule.paths[0]] for rule in self._mapping.rules(kind) if rule.paths}


def _safe(reference: str) -> str:
    """A reference as a file name; where a character had to go, a few of its digest keep it apart from others."""
    safe = _ODD.sub("_", reference)
    return safe if safe == reference else f"{safe}-{hashlib.sha256(reference.encode()).hexdigest()[:8]}"
