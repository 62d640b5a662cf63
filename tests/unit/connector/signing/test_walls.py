"""What strangers meet: one answer to all that is wrong, headers, limits, silence in logs."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from connector.signing.evidence import chain
from connector.store import signing_invitations
from connector.store.signing_tables import InvitationState
from tests.support.signing import (
    CREDITOR,
    IBAN,
    SIGNED,
    SigningDesk,
    Window,
    another,
)

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "path", ["/s/x", "/s/AAAAAAAAAAAAAAAAAAAAAAAA", "/", "/s/x/code", "/s/x/logo", "/s/x/colours.css", "/s/-/no.css"]
)
def test_whatever_is_wrong_with_an_address_the_answer_is_the_same(desk: SigningDesk, path: str) -> None:
    answer = desk.client.get(path, headers={"accept-language": "fr-BE,fr;q=0.9,en;q=0.8"})
    assert answer.status_code == 404
    reference = desk.client.get("/s/unknown", headers={"accept-language": "fr-BE,fr;q=0.9,en;q=0.8"})
    assert answer.text == reference.text
    assert "Cette page n’existe pas" in answer.text


def test_an_unknown_link_tells_nothing_to_one_who_posts(desk: SigningDesk) -> None:
    for path in ("/s/x", "/s/x/code", "/s/x/again", "/s/x/refuse", "/s/x/iban", "/s/x/mandate"):
        assert desk.client.post(path, data={"code": "123456"}).status_code == 404


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_sent_by_another_site_is_refused(desk: SigningDesk, site: str) -> None:
    link = desk.invite().link
    answer = desk.client.post(f"{link}/refuse", data={"reason": ""}, headers={"sec-fetch-site": site})
    assert answer.status_code == 403
    assert desk.window(link).heading.startswith("Betaal")


def test_what_is_no_form_or_too_large_is_refused(desk: SigningDesk) -> None:
    link = desk.invite().link
    assert desk.client.post(link, json={"name": "x"}).status_code == 415
    assert desk.client.post(link, files={"name": b"x"}).status_code == 415
    assert desk.client.post(link, content=b"name=" + b"x" * 20_000, headers=FORM).status_code == 413
    assert desk.client.post(link, content=b"&".join(b"a=1" for _ in range(50)), headers=FORM).status_code == 400
    assert desk.client.delete(link).status_code == 404


def test_every_page_is_private_and_no_cookie_is_set(desk: SigningDesk) -> None:
    link = desk.invite().link
    for path in (link, f"{link}/code", f"{link}/refuse", f"{link}/colours.css", "/s/unknown"):
        answer = desk.client.get(path)
        headers = answer.headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-robots-tag"] == "noindex, nofollow"
        assert "unsafe" not in headers["content-security-policy"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "set-cookie" not in headers
        assert "<style" not in answer.text
        assert "style=" not in answer.text
        assert "onclick" not in answer.text


def test_a_failure_of_ours_gets_a_calm_page_with_the_same_headers(
    desk: SigningDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> str:
        raise RuntimeError("disk full")

    monkeypatch.setattr(desk.mailer, "send", fails)
    link = desk.invite().link
    calm = type(desk.client)(desk.app, base_url="http://testserver", raise_server_exceptions=False)
    window = Window(calm).open(link).send(consent="yes")
    assert window.status == 500
    assert window.heading == "This did not work"
    assert window.response is not None
    assert window.response.headers["cache-control"] == "no-store"


def test_the_logo_is_shown_as_it_was_when_the_invitation_was_made(desk: SigningDesk, tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    link = desk.invite(creditor=replace(CREDITOR, logo=logo)).link
    logo.unlink()
    assert desk.window(link).page.xpath("string(//img/@alt)") == CREDITOR.name
    answer = desk.client.get(f"{link}/logo")
    assert (answer.headers["content-type"], answer.content[:4]) == ("image/svg+xml", b"<svg")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert desk.client.get(desk.invite("M-9").link + "/logo").status_code == 404


def test_neither_account_nor_token_nor_code_comes_into_a_log(
    desk: SigningDesk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx2").setLevel(logging.CRITICAL)  # the debtor's side, not ours
    window = desk.at_code()
    code = desk.read_code()
    window.send(code=another(code)).send(code=code)
    assert window.heading == SIGNED
    token = desk.invite().link.rpartition("/")[2]
    for secret in (token, code, IBAN, IBAN[4:], "amelie.wauters"):
        assert secret not in caplog.text


def test_evidence_tells_client_browser_text_and_consent(desk: SigningDesk) -> None:
    desk.client.headers["user-agent"] = "Test browser " + "x" * 1000
    desk.at_code().send(code=desk.read_code())
    with desk.service.store.transaction() as connection:
        row = signing_invitations.by_reference(connection, "signing", "M-7")
        assert row is not None
        entries = {entry.kind: entry.facts for entry in chain(connection, row.id)}
    assert row.state is InvitationState.SIGNED
    for needed in ('"client":"testclient"', "Test browser", "text_sha256", "Ik heb dit mandaat gelezen", "mail-code"):
        assert needed in entries["signed"]
    assert max(map(len, entries.values())) < 2_000
    assert desk.mailer.sent[0].subject[:6] not in "".join(entries.values())
