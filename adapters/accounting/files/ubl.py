"""UBL 2.1 invoices and credit notes (Peppol BIS Billing, EN 16931): the parts that direct debit needs.

A document becomes a flat record, path -> text, without its lines, and the mapping takes its fields from that.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from adapters.accounting.files.refusal import Refused

SIZE_MAX = 100 * 1024 * 1024  # of one document with its attachments, as Peppol access points take them
DIRECT_DEBIT_MEANS = ("59", "49")  # UNTDID 4461: SEPA direct debit, direct debit

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_ROOTS = {f"{{{_UBL}Invoice-2}}Invoice": "Invoice", f"{{{_UBL}CreditNote-2}}CreditNote": "CreditNote"}
_ENVELOPE = "StandardBusinessDocument"
_LEFT_OUT = frozenset({"InvoiceLine", "CreditNoteLine", "AdditionalDocumentReference", "UBLExtensions", "Signature"})


def read_document(path: Path) -> dict[str, object]:
    """The header of a UBL invoice as a flat record; "document" says what it is.

    Raises:
        Refused: it is not well formed, too large, or no invoice.
    """
    if path.stat().st_size > SIZE_MAX:
        raise Refused("", "", f"This file is larger than {SIZE_MAX // 1024 // 1024} MiB.", "Leave its attachments out.")
    # huge_tree lets attachments of more than 10 MB in; the size is capped above.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.parse(path, parser).getroot()
    except etree.XMLSyntaxError as error:
        raise Refused(
            f"line {error.lineno}", "", f"This is not well-formed XML: {error.msg}.",
            "Wait until it is complete, or export it again.",
        ) from error  # fmt: skip
    document = _invoice_in(root)
    kind = _ROOTS[document.tag]
    record: dict[str, object] = {}
    for part in sorted(_parts(document), key=_direct_debit_first):
        for name, text in _leaves(part, _local(part)):
            record.setdefault(name, text)
    record["document"] = record.get("InvoiceTypeCode", kind) if kind == "Invoice" else kind
    return record


def _invoice_in(root: etree._Element) -> etree._Element:
    if root.tag in _ROOTS:
        return root
    if _local(root) == _ENVELOPE:
        for tag in _ROOTS:
            for found in root.iterchildren(tag):
                return found
    raise Refused(
        f"line {root.sourceline}", str(root.tag)[:60], "This is neither a UBL 2.1 invoice nor a credit note.",
        "Take the file out of this folder.",
    )  # fmt: skip


def _parts(document: etree._Element) -> Iterator[etree._Element]:
    for part in document.iterchildren(etree.Element):
        if _local(part) not in _LEFT_OUT:
            yield part


def _direct_debit_first(part: etree._Element) -> bool:
    """Sorts the payment means of a direct debit before others, which keep their order."""
    code = part.findtext("{*}PaymentMeansCode")
    return not (code is not None and code.strip() in DIRECT_DEBIT_MEANS)


def _leaves(element: etree._Element, path: str) -> Iterator[tuple[str, str]]:
    children = list(element.iterchildren(etree.Element))
    if not children and element.text and element.text.strip():
        yield path, element.text.strip()
        for name, value in element.attrib.items():
            yield f"{path}@{name!s}", str(value)
    for child in children:
        yield from _leaves(child, f"{path}/{_local(child)}")


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
