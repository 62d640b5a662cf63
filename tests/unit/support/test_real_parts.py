"""The real parts that other tests stand on work, and are each test's own."""

from __future__ import annotations

import os
import smtplib

import psycopg
import pytest
import sqlalchemy
from playwright.sync_api import Browser

from tests.support.live import REQUIRE_LIVE, missing
from tests.support.smtp import SmtpServer


@pytest.mark.live
@pytest.mark.parametrize("time", ["first", "second"])
def test_every_test_gets_an_empty_postgresql_database(postgresql_url: str, time: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("CREATE TABLE note (words text)")
        assert connection.execute("SELECT count(*) FROM note").fetchone() == (0,)


def test_a_flow_runs_on_both_databases(database_url: str) -> None:
    url = database_url.replace("postgresql:", "postgresql+psycopg:")
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        assert connection.execute(sqlalchemy.text("SELECT 1")).scalar() == 1
    engine.dispose()


def test_the_mail_server_keeps_what_it_accepts_and_refuses_when_told(smtp_server: SmtpServer) -> None:
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client:
        client.sendmail("finance@example.org", ["debtor@example.org"], "Subject: Hallo\n\nGoedendag.\n")
        smtp_server.refusal = "451 Try again later"
        with pytest.raises(smtplib.SMTPDataError):
            client.sendmail("finance@example.org", ["debtor@example.org"], "Subject: Nog eens\n\n")
    assert [message["Subject"] for message in smtp_server.messages] == ["Hallo"]
    assert smtp_server.recipients == [["debtor@example.org"]]


@pytest.mark.live
def test_the_browser_opens_a_page_at_the_width_that_it_is_given(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.set_content("<h1>Machtiging</h1>")
    assert page.inner_text("h1") == "Machtiging"
    assert page.evaluate("window.innerWidth") == 360
    page.close()


def test_what_a_machine_lacks_skips_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REQUIRE_LIVE, raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"A fax is not on this machine\. Buy one\."):
        missing("A fax", "Buy one.")


def test_what_a_machine_lacks_is_a_failure_where_everything_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(REQUIRE_LIVE, "1")
    with pytest.raises(pytest.fail.Exception, match=r"A fax is not on this machine"):
        missing("A fax", "Buy one.")


def test_no_setting_of_the_person_at_work_reaches_a_test() -> None:
    assert {name for name in os.environ if name.startswith("SEPA_CONNECTOR_")} <= {REQUIRE_LIVE}
