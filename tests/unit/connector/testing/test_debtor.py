"""The debtor of demos and simulations goes through the real pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.errors import Skippable
from connector.testing.debtor import refuse_over_http, sign_over_http
from tests.support.signing import OTHER_IBAN, SigningDesk, signing_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SigningDesk]:
    desk = signing_desk(f"sqlite:///{tmp_path / 'connector.db'}", tmp_path)
    yield desk
    desk.service.close()


def test_a_debtor_signs_with_the_account_of_their_choice(desk: SigningDesk) -> None:
    signed = sign_over_http(
        desk.invite().link, OTHER_IBAN, desk.read_code, name="A. Wauters", fields={"place": "Gent"}, client=desk.client
    )
    assert signed.heading == "Bedankt, uw mandaat is ondertekend"
    assert signed.document == desk.service.document("M-7").content
    (batch,) = desk.service.read_events("")
    assert (batch.records[-1].iban, batch.records[-1].debtor_name) == (OTHER_IBAN, "A. Wauters")


def test_what_the_pages_do_not_take_is_told_in_their_words(desk: SigningDesk) -> None:
    with pytest.raises(Skippable, match="verkeerd getypt"):
        sign_over_http(desk.invite().link, "BE71096123456796", desk.read_code, client=desk.client)


def test_a_wrong_code_is_told_as_well(desk: SigningDesk) -> None:
    with pytest.raises(Skippable, match="nog 4 keer"):
        sign_over_http(desk.invite().link, OTHER_IBAN, lambda: "000000", client=desk.client)


def test_a_debtor_refuses(desk: SigningDesk) -> None:
    assert refuse_over_http(desk.invite().link, "liever niet", client=desk.client) == "U hebt dit mandaat geweigerd"
    (batch,) = desk.service.read_events("")
    assert batch.records[-1].reason == "liever niet"
