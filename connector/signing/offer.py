"""Offer: what a debtor is asked to sign, as it was when the invitation was made."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bankfiles.pain008.model import Scheme
from connector.errors import Skippable
from connector.model.customer import Language, PartyKind, PostalAddress
from connector.model.mandate import MandateType
from connector.ports import CreditorCard, InvitationRequest

_LOGO_BYTES_MAX = 200_000
_LOGO_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Logo:
    """The creditor's picture, as bytes: the file may change or go after the invitation."""

    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Offer:
    """What a mandate will say, and what is filled in beforehand.

    Attributes:
        creditor: without its logo, which is kept by its digest.
        iban: account known to the creditor, to fill in; "" if unknown.
    """

    reference: str
    creditor: CreditorCard
    scheme: Scheme
    type: MandateType
    language: Language
    debtor_name: str
    debtor_address: PostalAddress
    enterprise_number: str
    email: str
    iban: str

    @property
    def masked_email(self) -> str:
        """The address in a form that its owner knows again and nobody else can use."""
        name, _, domain = self.email.partition("@")
        return f"{name[:1]}•••@{domain}"

    def as_json(self) -> dict[str, Any]:
        """The offer as it is stored."""
        plain = asdict(self)
        del plain["creditor"]["logo"]
        return plain

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Offer:
        """The offer that was stored."""
        creditor = plain["creditor"]
        return cls(
            reference=plain["reference"],
            creditor=CreditorCard(**{**creditor, "address": PostalAddress(**creditor["address"])}),
            scheme=Scheme(plain["scheme"]),
            type=MandateType(plain["type"]),
            language=Language(plain["language"]),
            debtor_name=plain["debtor_name"],
            debtor_address=PostalAddress(**plain["debtor_address"]),
            enterprise_number=plain["enterprise_number"],
            email=plain["email"],
            iban=plain["iban"],
        )


def offer_of(request: InvitationRequest) -> Offer:
    """The offer of an invitation.

    Raises:
        Skippable: nobody could sign it on our pages.
    """
    customer = request.customer
    where = f"mandate {request.reference}"
    if not customer.email:
        raise Skippable(
            "The customer has no e-mail address, to which the one-time code of the signature is sent.",
            where=where,
            remedy="Add the address in the accounting package.",
        )
    if request.scheme is Scheme.B2B and customer.kind is PartyKind.PERSON:
        raise Skippable(
            "A consumer can't sign a B2B mandate.",
            where=where,
            remedy="Use the CORE scheme, or mark the customer as a company in the accounting package.",
        )
    return Offer(
        reference=request.reference,
        creditor=request.creditor,
        scheme=request.scheme,
        type=request.type,
        language=request.language,
        debtor_name=customer.name,
        debtor_address=customer.address,
        enterprise_number=customer.enterprise_number,
        email=customer.email,
        iban=customer.iban or "",
    )


def logo_of(path: Path | None) -> Logo | None:
    """Read a creditor's logo.

    Raises:
        Skippable: it can't be read, is of another kind, or is too large.
    """
    if path is None:
        return None
    media_type = _LOGO_TYPES.get(path.suffix.lower())
    remedy = "Give a PNG, JPEG or SVG file of at most 200 kB."
    if media_type is None:
        raise Skippable(f"The logo {path.name} is of an unknown kind.", where="creditor logo", remedy=remedy)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Skippable(
            f"The logo {path.name} can't be read: {error.strerror}.", where="creditor logo", remedy=remedy
        ) from error
    if len(content) > _LOGO_BYTES_MAX:
        raise Skippable(f"The logo {path.name} has {len(content)} bytes.", where="creditor logo", remedy=remedy)
    return Logo(media_type, content)
