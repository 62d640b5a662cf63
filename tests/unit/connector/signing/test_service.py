"""The service behind the port: invitations, events, documents."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import delete, text
from sqlalchemy.exc import DatabaseError

from connector.errors import ConfigError, Skippable
from connector.model.customer import Language
from connector.model.mandate import MandateEvent, MandateEventKind
from connector.ports import Surroundings
from connector.signing.evidence import chain, chain_faults
from connector.signing.service import SigningService, SigningSettings
from connector.store import signing_invitations
from connector.store.signing_tables import signing_evidence
from connector.testing.debtor import refuse_over_http, sign_over_http
from tests.support.signing import IBAN, NOW, OTHER_IBAN, SECRET, SigningDesk, invitation_request, signing_desk

K = MandateEventKind


def events(desk: SigningDesk, cursor: str = "") -> list[MandateEvent]:
    return [event for batch in desk.service.read_events(cursor) for event in batch.records]


def kinds(desk: SigningDesk) -> list[MandateEventKind]:
    return [event.kind for event in events(desk)]


def signed(desk: SigningDesk, reference: str = "M-7", iban: str = IBAN) -> None:
    sign_over_http(desk.invite(reference).link, iban, desk.read_code, client=desk.client)


def test_an_invitation_asked_for_twice_is_one_and_keeps_its_first_content(desk: SigningDesk) -> None:
    first = desk.invite()
    again = desk.invite(language=Language.GERMAN, expires_at=NOW + timedelta(days=99))
    assert again == first
    assert desk.service.look_up("M-7") == first


def test_what_was_never_invited_is_not_found(desk: SigningDesk) -> None:
    assert desk.service.look_up("M-7") is None
    for ask in (desk.service.document, lambda reference: desk.service.cancel(reference, "")):
        with pytest.raises(Skippable, match="M-7"):
            ask("M-7")


def test_neither_token_nor_code_stands_in_the_database(desk: SigningDesk, tmp_path: Path) -> None:
    invitation = desk.invite()
    window = desk.window(invitation.link).send(consent="yes")
    assert window.status == 200
    code = desk.read_code()
    with sqlite3.connect(tmp_path / "connector.db") as connection:
        dump = "\n".join(line for line in connection.iterdump() if "signing_" in line)
    connection.close()
    token = invitation.link.rpartition("/")[2]
    assert "Wauters" in dump
    assert token not in dump
    assert f"'{code}'" not in dump
    assert f'"{code}"' not in dump


def test_links_survive_a_restart(desk: SigningDesk, tmp_path: Path) -> None:
    invitation = desk.invite()
    desk.service.close()
    again = signing_desk(f"sqlite:///{tmp_path / 'connector.db'}", tmp_path)
    assert again.service.look_up("M-7") == invitation
    assert again.window(invitation.link).status == 200


def test_a_signature_is_told_with_its_account_and_the_local_date(database_url: str, tmp_path: Path) -> None:
    desk = signing_desk(database_url, tmp_path)
    desk.clock.forward(minutes=45)  # 23:15 UTC is the next day in Brussels
    sign_over_http(desk.invite().link, OTHER_IBAN, desk.read_code, name="A. Wauters", client=desk.client)
    viewed, signed_event = events(desk)
    assert viewed.kind is K.VIEWED
    assert (signed_event.kind, signed_event.reference, signed_event.debtor_name) == (K.SIGNED, "M-7", "A. Wauters")
    assert (signed_event.iban, signed_event.bic) == (OTHER_IBAN, "ABNANL2A")
    assert (signed_event.signed_on, signed_event.method) == (date(2026, 11, 25), "mail-code")
    assert OTHER_IBAN not in signed_event.raw
    assert desk.service.document("M-7").content.startswith(b"%PDF")
    desk.service.close()


def test_the_feed_goes_on_after_its_cursor_and_repeats_nothing(desk: SigningDesk) -> None:
    signed(desk)
    (batch,) = desk.service.read_events("")
    assert batch.total == 2
    assert events(desk, batch.cursor) == []
    refuse_over_http(desk.invite("M-8").link, "te duur", client=desk.client)
    later = events(desk, batch.cursor)
    assert [(event.kind, event.reference, event.reason) for event in later] == [
        (K.VIEWED, "M-8", ""),
        (K.REFUSED, "M-8", "te duur"),
    ]
    assert {event.id for event in later}.isdisjoint(event.id for event in batch.records)


def test_looking_many_times_is_told_once(desk: SigningDesk) -> None:
    invitation = desk.invite()
    for _ in range(3):
        desk.window(invitation.link)
    assert kinds(desk) == [K.VIEWED]


def test_an_invitation_that_ran_out_is_told_once(database_url: str, tmp_path: Path) -> None:
    desk = signing_desk(database_url, tmp_path)
    desk.invite()
    assert kinds(desk) == []
    desk.clock.forward(days=30)
    assert kinds(desk) == [K.INVITATION_EXPIRED]
    assert kinds(desk) == [K.INVITATION_EXPIRED], "told until it is handled, with the same id"
    desk.service.handled("")
    assert kinds(desk) == []
    desk.service.close()


def test_a_signed_mandate_does_not_run_out(desk: SigningDesk) -> None:
    signed(desk)
    desk.clock.forward(days=400)
    assert K.INVITATION_EXPIRED not in kinds(desk)


def test_cancelling_is_told_once_and_keeps_the_document(desk: SigningDesk) -> None:
    signed(desk)
    document = desk.service.document("M-7")
    desk.service.cancel("M-7", "customer left")
    desk.service.cancel("M-7", "customer left")
    assert kinds(desk) == [K.VIEWED, K.SIGNED, K.CANCELLED]
    assert events(desk)[-1].reason == "customer left"
    assert desk.service.document("M-7") == document


def test_what_is_not_signed_has_no_document(desk: SigningDesk) -> None:
    desk.invite()
    with pytest.raises(Skippable, match="open"):
        desk.service.document("M-7")


def test_the_document_is_the_same_when_it_is_made_again_after_a_restart(desk: SigningDesk, tmp_path: Path) -> None:
    signed(desk)
    made = desk.service.document("M-7")
    with desk.service.store.transaction() as connection:
        connection.execute(text("UPDATE signing_signatures SET document = NULL, document_sha256 = NULL"))
    desk.service.close()
    again = signing_desk(f"sqlite:///{tmp_path / 'connector.db'}", tmp_path)
    again.clock.forward(days=3)
    assert again.service.document("M-7") == made


def test_the_evidence_of_a_signature_is_whole_and_tells_its_course(desk: SigningDesk) -> None:
    signed(desk)
    with desk.service.store.transaction() as connection:
        row = signing_invitations.by_reference(connection, "signing", "M-7")
        assert row is not None
        assert chain_faults(connection, row) == ()
        course = [entry.kind for entry in chain(connection, row.id)]
    assert course == [
        *("invited", "viewed", "details_given", "code_made", "signed", "document_made", "copy_mailed"),
    ]


def test_evidence_can_not_be_deleted_and_if_it_were_it_would_show(database_url: str, tmp_path: Path) -> None:
    desk = signing_desk(database_url, tmp_path)
    signed(desk)
    store = desk.service.store
    with pytest.raises(DatabaseError, match="append-only"), store.transaction() as connection:
        connection.execute(delete(signing_evidence).where(signing_evidence.c.number == 2))
    with store.transaction() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER signing_evidence_no_delete"))
        else:
            connection.execute(text("DROP TRIGGER signing_evidence_is_append_only ON signing_evidence"))
        connection.execute(delete(signing_evidence).where(signing_evidence.c.number == 2))
        row = signing_invitations.by_reference(connection, "signing", "M-7")
        assert row is not None
        assert chain_faults(connection, row) == ("entry 2 is missing: entry 3 stands in its place",)
    desk.service.close()


def test_two_services_in_one_database_do_not_see_each_other(desk: SigningDesk, tmp_path: Path) -> None:
    here = desk.service.surroundings
    other = SigningService(
        desk.service.settings, Surroundings("second", here.clock, tmp_path, here.database_url, SECRET)
    )
    invitation = desk.invite()
    assert other.look_up("M-7") is None
    assert other.invite(invitation_request()).link != invitation.link
    desk.window(invitation.link)
    assert list(other.read_events("")) == []
    other.close()


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="16 bytes"):
        SigningService(SigningSettings(url="https://x.example"), Surroundings("s", lambda: NOW, tmp_path, "", b"short"))


def test_check_warns_of_a_page_without_encryption_and_of_texts_of_our_own(tmp_path: Path) -> None:
    desk = signing_desk(f"sqlite:///{tmp_path / 'a.db'}", tmp_path, url="http://sign.example")
    address, texts, font, database = desk.service.check()
    assert not address.ok
    assert "https" in address.remedy
    assert "official" in texts.remedy
    assert (font.ok, database.ok) == (True, True)
    desk.service.close()


def test_check_tells_of_a_database_without_tables(tmp_path: Path) -> None:
    surroundings = Surroundings("signing", lambda: NOW, tmp_path, f"sqlite:///{tmp_path / 'new.db'}", SECRET)
    service = SigningService(SigningSettings(url="https://sign.example"), surroundings)
    database = list(service.check())[-1]
    assert not database.ok
    assert "db upgrade" in database.remedy
    service.close()


@pytest.mark.parametrize("url", ["sign.example", "ftp://x", "https://", "https://x.example/?a=b"])
def test_an_address_that_can_not_be_one_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        SigningSettings(url=url)


def test_a_time_zone_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="Europe/Brussels"):
        SigningSettings(url="https://x.example", time_zone="Mars/Olympus")


def test_links_begin_with_the_public_address(tmp_path: Path) -> None:
    desk = signing_desk(f"sqlite:///{tmp_path / 'a.db'}", tmp_path, url="https://pay.example/sign/")
    invitation = desk.invite()
    assert invitation.link.startswith("https://pay.example/sign/s/")
    page = desk.client.get(invitation.link.replace("https://pay.example/sign", "http://testserver"))
    assert 'action="/sign/s/' in page.text
    desk.service.close()
