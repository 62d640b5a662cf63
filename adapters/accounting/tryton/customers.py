"""Parties of Tryton as customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from adapters.accounting.tryton.changes import Watch
from adapters.accounting.tryton.client import Domain, Row
from adapters.accounting.tryton.fields import CHOSEN

MODEL = "party.party"
NEEDED = (
    "contact_mechanisms.type",
    "contact_mechanisms.value",
    "contact_mechanisms.invoice",
    "addresses.invoice",
    "addresses.street",
    "addresses.postal_code",
    "addresses.city",
    "addresses.country.code",
    "bank_accounts.numbers.type",
    "bank_accounts.numbers.number_compact",
    "reception_direct_debits.journal.company",
)


def domain(company_party: int, category: str) -> Domain:
    """Parties that may be customers, those out of use included: the engine must see that they are."""
    wanted: list[object] = [["active", "in", [True, False]], ["id", "!=", company_party]]
    if category:
        wanted.append(["categories.name", "=", category])
    return wanted


def watches() -> tuple[Watch, ...]:
    """Where a change of a customer shows."""

    def of_party(row: Row) -> Iterable[int]:
        return _ids(row, "party")

    def of_owners(row: Row) -> Iterable[int]:
        account = row.get("account")
        return _ids(account, "owners") if isinstance(account, Mapping) else ()

    anything: Domain = [["active", "in", [True, False]]]
    return (
        Watch(MODEL, anything, (), lambda row: _ids(row, "id")),
        Watch("party.contact_mechanism", anything, ("party",), of_party),
        Watch("party.address", anything, ("party",), of_party),
        Watch("bank.account.number", anything, ("account.owners",), of_owners),
        Watch("party.party.reception_direct_debit", (), ("party",), of_party),
    )


def chosen(party: Row, company: int) -> Row:
    """The party with what the adapter chooses for the mapping."""
    return {
        **party,
        CHOSEN: {
            "email": _email(_rows(party, "contact_mechanisms")),
            "address": _address(_rows(party, "addresses")),
            "iban": _iban(_rows(party, "bank_accounts")),
            "direct_debit": _is_marked(_rows(party, "reception_direct_debits"), company),
        },
    }


def _email(mechanisms: Sequence[Row]) -> str | None:
    emails = [row for row in mechanisms if row.get("type") == "email" and row.get("value")]
    found = _for_invoices(emails)
    return str(found["value"]) if found else None


def _address(addresses: Sequence[Row]) -> Row:
    found = _for_invoices(addresses) or {}
    country = found.get("country")
    return {
        "street": found.get("street"),
        "postcode": found.get("postal_code"),
        "town": found.get("city"),
        "country": country.get("code") if isinstance(country, Mapping) else None,
    }


def _for_invoices(rows: Sequence[Row]) -> Row | None:
    """The row that is marked for invoices, else the first."""
    return next((row for row in rows if row.get("invoice")), rows[0] if rows else None)


def _iban(accounts: Sequence[Row]) -> str | None:
    for account in accounts:
        for number in _rows(account, "numbers"):
            if number.get("type") == "iban":
                return str(number["number_compact"])
    return None


def _is_marked(receptions: Sequence[Row], company: int) -> bool | None:
    """True if the party is to be debited by this company; else Tryton says nothing."""
    journals = (row.get("journal") for row in receptions)
    is_ours = any(isinstance(journal, Mapping) and journal.get("company") == company for journal in journals)
    return True if is_ours else None


def _rows(record: Row, field: str) -> Sequence[Row]:
    found = record.get(field)
    return found if isinstance(found, list) else ()


def _ids(row: Row, field: str) -> Iterable[int]:
    found = row.get(field)
    return found if isinstance(found, list) else [found] if isinstance(found, int) else ()
