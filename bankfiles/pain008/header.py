"""The header of a file, as it can be sent; and the day on which the bank gets the file."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bankfiles.identifiers import normalise_message_id
from bankfiles.pain008.adapt import NAME_LENGTH, Adapter
from bankfiles.pain008.model import Finding, Header
from bankfiles.profile import BankProfile

_BANK_ZONE = ZoneInfo("Europe/Brussels")  # TARGET's own time


def checked_header(header: Header, profile: BankProfile, told: list[Finding]) -> Header:
    """Return the header as it can be sent and add what was adapted to `told`, or raise ValueError."""
    message_id = normalise_message_id(header.message_id)
    pattern = profile.message_id_pattern
    if pattern is not None and re.fullmatch(pattern, message_id) is None:
        raise ValueError(f"The message id {message_id!r} is not of the form that {profile.title} asks for ({pattern}).")
    if header.created_at.tzinfo is None:
        raise ValueError("created_at has no time zone; pass an aware datetime.")
    party = Adapter(profile).text(header.initiating_party, NAME_LENGTH, "initiating party", told)
    if not party:
        raise ValueError("The initiating party has no name; fill it in.")
    party_id = header.initiating_party_id
    if party_id is not None:
        party_id = normalise_message_id(party_id)
    return replace(header, message_id=message_id, initiating_party=party, initiating_party_id=party_id)


def handed_in_on(header: Header, profile: BankProfile) -> date:
    """Return the day on which the bank gets a file of this header, its cut-off applied."""
    local = header.created_at.astimezone(_BANK_ZONE)
    if profile.cut_off is not None and local.time() > profile.cut_off:
        return local.date() + timedelta(days=1)
    return local.date()
