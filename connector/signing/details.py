"""Details: what a debtor fills in, checked; and the draft that a one-time code is for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from bankfiles.identifiers import EEA_COUNTRIES
from connector.model.customer import PostalAddress
from connector.signing.account import account_of, grouped
from connector.signing.offer import Offer

LENGTHS = {"name": 70, "street": 70, "postcode": 16, "town": 35, "place": 35, "iban": 50}
"""Longest values. EPC: names 70 characters; ISO 20022: StrtNm 70, PstCd 16, TwnNm 35."""

FIELDS = ("name", "street", "postcode", "town", "country", "iban", "place")
"""In the order of the page."""


@dataclass(frozen=True, slots=True)
class Details:
    """The debtor's own part of the mandate. `place` is where it is signed."""

    name: str
    street: str
    postcode: str
    town: str
    country: str
    iban: str
    place: str

    @property
    def address(self) -> PostalAddress:
        """Where the debtor lives."""
        return PostalAddress(country=self.country, town=self.town, postcode=self.postcode, street=self.street)

    @classmethod
    def from_offer(cls, offer: Offer) -> Details:
        """What is filled in beforehand."""
        address = offer.debtor_address
        return cls(
            name=offer.debtor_name,
            street=address.street,
            postcode=address.postcode,
            town=address.town,
            country=address.country or offer.creditor.address.country,
            iban=grouped(offer.iban),
            place=address.town,
        )

    @classmethod
    def from_form(cls, form: Mapping[str, str]) -> Details:
        """What was sent, without needless spaces."""
        return cls(**{name: " ".join(form.get(name, "").split()) for name in FIELDS})

    def as_json(self) -> dict[str, str]:
        """The details as they are stored."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: key of the sentence under `signing.problem`, and its facts."""

    name: str
    key: str
    facts: Mapping[str, str | int] = field(default_factory=dict)


def problems_of(details: Details, consent: bool, countries: frozenset[str]) -> tuple[Problem, ...]:
    """All that must be put right before the mandate can be signed, in the order of the page."""
    found: list[Problem] = []
    for name, value in details.as_json().items():
        limit = LENGTHS.get(name)
        if limit is not None and len(value) > limit:
            found.append(Problem(name, "too_long", {"limit": limit}))
        elif name == "iban":
            account = account_of(value)
            if account.problem is not None:
                found.append(Problem(name, f"iban.{account.problem}", account.facts))
        elif name == "country":
            if value not in countries:
                found.append(Problem(name, "missing.country"))
        elif not value and (name != "postcode" or _needs_address(details)):
            found.append(Problem(name, f"missing.{name}"))
    if not consent:
        found.append(Problem("consent", "missing.consent"))
    return tuple(sorted(found, key=lambda problem: (*FIELDS, "consent").index(problem.name)))


def _needs_address(details: Details) -> bool:
    """An account outside the European Economic Area asks for a whole address (EPC rulebook, AT-09)."""
    account = account_of(details.iban)
    return account.problem is None and account.iban[:2] not in EEA_COUNTRIES


def draft_digest(details: Details, text_sha256: str, consent: str) -> str:
    """Digest of all that is about to be signed; it changes when any of it does."""
    seen = json.dumps([details.as_json(), text_sha256, consent], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(seen.encode()).hexdigest()
