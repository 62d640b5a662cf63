"""Pieces of ISO 20022 messages that several of them share, as text with the ISO tag names.

Identifiers are expected to be checked; names are escaped by who writes them.
"""

from __future__ import annotations


def optional(tag: str, text: str | None) -> str:
    """Return an element, or nothing if there is no text."""
    return f"<{tag}>{text}</{tag}>" if text else ""


def scheme_id(identifier: str) -> str:
    """Return a creditor identifier as a party's Id, with the scheme name SEPA."""
    return f"<Id><PrvtId><Othr><Id>{identifier}</Id><SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id>"


def organisation_id(identifier: str | None, issuer: str | None = None) -> str:
    """Return an organisation's identification, or nothing if it has none."""
    if not identifier:
        return ""
    return f"<Id><OrgId><Othr><Id>{identifier}</Id>{optional('Issr', issuer)}</Othr></OrgId></Id>"


def agent(bic: str | None, bic_tag: str = "BICFI") -> str:
    """Return the bank of a party: its BIC, or the mark that the IBAN tells it."""
    if bic:
        return f"<FinInstnId><{bic_tag}>{bic}</{bic_tag}></FinInstnId>"
    return "<FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId>"


def account(iban: str) -> str:
    """Return an account by its IBAN."""
    return f"<Id><IBAN>{iban}</IBAN></Id>"


def document(message: str, body: str) -> bytes:
    """Return the whole document of an ISO message, e.g. "pain.007.001.08", around its body."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{message}">{body}</Document>\n'
    ).encode()
