"""Secrets of the signing pages."""

from __future__ import annotations

import random
from base64 import urlsafe_b64decode
from datetime import timedelta

import pytest

from connector.signing.tokens import code_digest, document_ticket, link_token, new_code, ticket_holds, token_digest
from tests.support.signing import NOW, SECRET


def test_a_link_can_be_computed_again_and_holds_at_least_128_bits() -> None:
    token = link_token(SECRET, "signing", "M-7")
    assert token == link_token(SECRET, "signing", "M-7")
    assert len(urlsafe_b64decode(token)) * 8 >= 128


@pytest.mark.parametrize(
    ("secret", "service", "reference"),
    [
        (b"another secret", "signing", "M-7"),
        (SECRET, "other", "M-7"),
        (SECRET, "signing", "M-8"),
        (SECRET, "signingM", "-7"),
    ],
)
def test_another_secret_service_or_reference_gives_another_link(secret: bytes, service: str, reference: str) -> None:
    assert link_token(secret, service, reference) != link_token(SECRET, "signing", "M-7")


def test_the_digest_of_a_token_does_not_contain_it() -> None:
    token = link_token(SECRET, "signing", "M-7")
    assert token not in token_digest(token)
    assert len(token_digest(token)) == 64


def test_a_code_has_six_digits_even_if_it_is_small() -> None:
    assert new_code(lambda below: 42) == "000042"
    codes = {new_code(random.Random(seed).randrange) for seed in range(50)}
    assert all(len(code) == 6 and code.isdecimal() for code in codes)


def test_a_code_is_bound_to_its_draft_and_needs_the_secret_to_be_guessed() -> None:
    digest = code_digest(SECRET, "invitation", "draft", "123456")
    assert digest != code_digest(SECRET, "invitation", "other draft", "123456")
    assert digest != code_digest(SECRET, "other invitation", "draft", "123456")
    assert digest != code_digest(b"another secret", "invitation", "draft", "123456")


def test_a_ticket_holds_until_its_time_for_its_invitation_only() -> None:
    ticket = document_ticket(SECRET, "invitation", NOW + timedelta(minutes=30))
    assert ticket_holds(SECRET, "invitation", ticket, NOW + timedelta(minutes=29))
    assert not ticket_holds(SECRET, "invitation", ticket, NOW + timedelta(minutes=31))
    assert not ticket_holds(SECRET, "other", ticket, NOW)


@pytest.mark.parametrize("forged", ["", ".", "x.y", "99999999999.00", "é.é"])
def test_a_forged_ticket_does_not_hold(forged: str) -> None:
    assert not ticket_holds(SECRET, "invitation", forged, NOW)


def test_a_ticket_can_not_be_prolonged() -> None:
    seconds, _, mac = document_ticket(SECRET, "invitation", NOW).partition(".")
    assert not ticket_holds(SECRET, "invitation", f"{int(seconds) + 3600}.{mac}", NOW + timedelta(minutes=1))
