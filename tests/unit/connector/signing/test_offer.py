"""What a debtor is asked to sign is kept as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bankfiles.pain008.model import Scheme
from connector.errors import Skippable
from connector.signing.offer import Offer, logo_of, offer_of
from tests.support.signing import CREDITOR, b2b_request, invitation_request


def test_an_offer_comes_back_from_the_database_as_it_was() -> None:
    for request in (invitation_request(), b2b_request()):
        offer = offer_of(request)
        assert Offer.from_json(json.loads(json.dumps(offer.as_json()))) == offer


def test_the_logo_of_an_offer_is_not_a_path() -> None:
    request = invitation_request(creditor=replace(CREDITOR, logo=Path("/srv/logo.png")))
    assert "logo" not in json.dumps(offer_of(request).as_json())


def test_a_customer_without_mail_can_not_be_invited() -> None:
    with pytest.raises(Skippable, match="e-mail"):
        offer_of(invitation_request(customer={"email": ""}))


def test_a_consumer_can_not_be_invited_to_a_b2b_mandate() -> None:
    with pytest.raises(Skippable, match="consumer"):
        offer_of(invitation_request(scheme=Scheme.B2B))


def test_an_address_is_masked_so_that_only_its_owner_knows_it() -> None:
    assert offer_of(invitation_request()).masked_email == "a•••@example.org"


def test_a_logo_is_read_with_its_type(tmp_path: Path) -> None:
    path = tmp_path / "logo.SVG"
    path.write_bytes(b"<svg/>")
    logo = logo_of(path)
    assert logo is not None
    assert (logo.media_type, logo.content) == ("image/svg+xml", b"<svg/>")
    assert logo_of(None) is None


def test_a_logo_that_can_not_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "logo.bmp").write_bytes(b"x")
    (tmp_path / "large.png").write_bytes(b"x" * 200_001)
    for name, said in (("logo.bmp", "unknown kind"), ("large.png", "200001 bytes"), ("none.png", "can't be read")):
        with pytest.raises(Skippable, match=said):
            logo_of(tmp_path / name)
