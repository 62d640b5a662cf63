"""Bring a collection's texts and addresses into what the bank takes, and tell what was changed.

Names and free text are transliterated and cut; identifiers are never touched. The bank's address mode decides which
addresses go along.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bankfiles.characters import PLAIN_PATTERN, transliterate
from bankfiles.identifiers import EEA_COUNTRIES
from bankfiles.pain008.catalogue import finding
from bankfiles.pain008.model import Address, Collection, Creditor, Finding
from bankfiles.profile import AddressMode, BankProfile

NAME_LENGTH = 70
REMITTANCE_LENGTH = 140
TOWN_LENGTH = 35
STREET_LENGTH = 70
SHORT_FIELD_LENGTH = 16  # building number, postcode
LINE_LENGTH = 70
_PLAIN_TEXTS = re.compile(
    rf"(?=.{{1,{NAME_LENGTH}}}\n){PLAIN_PATTERN}\n(?=.{{1,{REMITTANCE_LENGTH}}}\Z){PLAIN_PATTERN}"
)


class Adapter:
    """Adapts the collections of one file to one bank; creditors once, since they repeat."""

    def __init__(self, profile: BankProfile) -> None:
        self._profile = profile
        self._creditors: dict[Creditor, Creditor] = {}
        self._good_creditor: Creditor | None = None  # the last one that needed nothing

    def adapt(self, c: Collection, position: int, findings: list[Finding]) -> Collection:
        """Return the collection as it can be sent; `findings` receives what was changed."""
        if c.creditor is self._good_creditor and _needs_nothing(c):
            return c
        changes: dict[str, object] = {}
        told: list[Finding] = []
        creditor = self._creditor(c.creditor, told)
        if creditor is not c.creditor:
            changes["creditor"] = creditor
        name = self.text(c.debtor_name, NAME_LENGTH, "debtor name", told)
        if name is not c.debtor_name:
            changes["debtor_name"] = name
        if isinstance(c.remittance, str):
            remittance = self.text(c.remittance, REMITTANCE_LENGTH, "remittance", told)
            if remittance is not c.remittance:
                changes["remittance"] = remittance
        if c.ultimate_debtor_name:
            ultimate = self.text(c.ultimate_debtor_name, NAME_LENGTH, "ultimate debtor", told)
            changes["ultimate_debtor_name"] = ultimate
        if c.debtor_address is not None:
            changes["debtor_address"] = self._address(c.debtor_address, c.debtor_iban[:2], told)
        if c.amendment is not None and c.amendment.original_creditor_name:
            old = self.text(c.amendment.original_creditor_name, NAME_LENGTH, "old creditor name", told)
            changes["amendment"] = replace(c.amendment, original_creditor_name=old)
        if told:
            findings.extend(
                replace(
                    one,
                    end_to_end_id=c.end_to_end_id,
                    mandate_reference=c.mandate_reference,
                    position=position,
                )
                for one in told
            )
        return replace(c, **changes) if changes else c  # type: ignore[arg-type]

    def text(self, text: str, longest: int, what: str, told: list[Finding]) -> str:
        """Return `text` in SEPA characters and at most `longest` of them."""
        plain = transliterate(text, german=self._profile.german_umlauts)
        if plain is not text and plain != text.strip():
            told.append(finding("CHARACTERS", f"The {what} {text!r} is written as {plain!r}."))
        if len(plain) > longest:
            cut = plain[:longest].rstrip()
            told.append(finding("TEXT_CUT", f"The {what} of {len(plain)} characters is cut to {cut!r}."))
            return cut
        return plain

    def _creditor(self, creditor: Creditor, told: list[Finding]) -> Creditor:
        known = self._creditors.get(creditor)
        if known is not None:
            return known  # told once, with the first collection
        name = self.text(creditor.name, NAME_LENGTH, "creditor name", told)
        address = creditor.address
        if address is not None:
            address = self._address(address, creditor.iban[:2], told)
        ultimate = creditor.ultimate_name
        if ultimate:
            ultimate = self.text(ultimate, NAME_LENGTH, "ultimate creditor", told)
        adapted = replace(creditor, name=name, address=address, ultimate_name=ultimate)
        if adapted == creditor:
            adapted = self._good_creditor = creditor
        self._creditors[creditor] = adapted
        return adapted

    def _address(self, address: Address, country: str, told: list[Finding]) -> Address | None:
        mode = self._profile.address_mode
        if mode is AddressMode.NONE and country in EEA_COUNTRIES:
            return None
        lines = address.lines
        if lines and mode is not AddressMode.HYBRID and address.town:
            told.append(finding("ADDRESS_LINES_LEFT_OUT", "The lines of the address are left out."))
            lines = ()
        return Address(
            country=address.country.strip().upper(),
            town=self.text(address.town, TOWN_LENGTH, "town", told),
            postcode=self.text(address.postcode, SHORT_FIELD_LENGTH, "postcode", told),
            street=self.text(address.street, STREET_LENGTH, "street", told),
            building_number=self.text(address.building_number, SHORT_FIELD_LENGTH, "building number", told),
            lines=tuple(self.text(line, LINE_LENGTH, "address line", told) for line in lines),
        )


def _needs_nothing(c: Collection) -> bool:
    """Tell fast whether all texts can go as they are: true of most transactions of a large file."""
    remittance = c.remittance
    if remittance is None:
        remittance = "-"
    return (
        type(remittance) is str
        and _PLAIN_TEXTS.fullmatch(f"{c.debtor_name}\n{remittance}") is not None
        and c.debtor_address is None
        and c.amendment is None
        and c.ultimate_debtor_name is None
    )
