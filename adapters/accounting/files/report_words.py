"""The words of report.html in the languages of finance users."""

from __future__ import annotations

from connector.model.customer import Language

_KEYS = (
    "title", "made", "mandates", "payments", "returns", "net", "number", "sum", "reference", "customer", "name",
    "account", "signed_on", "scheme", "state", "date", "invoice", "amount", "mandate", "bank_reference", "reason",
    "charges", "none", "latest",
)  # fmt: skip

_ENGLISH = (
    "Direct debit", "As of", "Mandates", "Payments", "Returns", "Payments less returns", "Number", "Amount in EUR",
    "Reference", "Customer", "Name", "Account", "Signed on", "Scheme", "State", "Date", "Invoice", "Amount in EUR",
    "Mandate", "Bank reference", "Reason", "Charges", "None yet.", "The latest {shown} of {count}; all are in {file}.",
)  # fmt: skip
_DUTCH = (
    "Domiciliëring", "Stand op", "Mandaten", "Betalingen", "Terugboekingen", "Betalingen min terugboekingen", "Aantal",
    "Bedrag in EUR", "Referentie", "Klant", "Naam", "Rekening", "Getekend op", "Schema", "Status", "Datum", "Factuur",
    "Bedrag in EUR", "Mandaat", "Bankreferentie", "Reden", "Kosten", "Nog geen.",
    "De laatste {shown} van {count}; alle staan in {file}.",
)  # fmt: skip
_FRENCH = (
    "Prélèvements", "Situation au", "Mandats", "Paiements", "Retours", "Paiements moins retours", "Nombre",
    "Montant en EUR", "Référence", "Client", "Nom", "Compte", "Signé le", "Schéma", "État", "Date", "Facture",
    "Montant en EUR", "Mandat", "Référence bancaire", "Motif", "Frais", "Aucun pour l'instant.",
    "Les {shown} derniers sur {count} ; tous figurent dans {file}.",
)  # fmt: skip
_GERMAN = (
    "Lastschriften", "Stand", "Mandate", "Zahlungen", "Rücklastschriften", "Zahlungen abzüglich Rücklastschriften",
    "Anzahl", "Betrag in EUR", "Referenz", "Kunde", "Name", "Konto", "Unterschrieben am", "Verfahren", "Status",
    "Datum", "Rechnung", "Betrag in EUR", "Mandat", "Bankreferenz", "Grund", "Gebühren", "Noch keine.",
    "Die letzten {shown} von {count}; alle stehen in {file}.",
)  # fmt: skip

WORDS: dict[Language, dict[str, str]] = {
    Language.ENGLISH: dict(zip(_KEYS, _ENGLISH, strict=True)),
    Language.DUTCH: dict(zip(_KEYS, _DUTCH, strict=True)),
    Language.FRENCH: dict(zip(_KEYS, _FRENCH, strict=True)),
    Language.GERMAN: dict(zip(_KEYS, _GERMAN, strict=True)),
}
