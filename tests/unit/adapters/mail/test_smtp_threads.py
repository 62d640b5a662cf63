"""The pass and the signing pages mail at the same time, from several threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from adapters.mail.smtp import Security, SmtpMailer, SmtpSettings
from connector.ports import Mail, Surroundings
from tests.support.smtp import SmtpServer

MAILS = 40


def test_mails_of_many_threads_arrive_each_whole_and_once(smtp_server: SmtpServer) -> None:
    settings = SmtpSettings(
        host="127.0.0.1", port=smtp_server.port, security=Security.NONE, sender="De Kroon <a@example.org>"
    )
    clock = datetime(2026, 11, 24, tzinfo=UTC)
    mailer = SmtpMailer(settings, Surroundings("mail", lambda: clock, Path()))
    mails = [Mail(key=f"k{n}", to=f"d{n}@example.org", subject=f"Mail {n}", text=f"{n} " * 2000) for n in range(MAILS)]
    with ThreadPoolExecutor(8) as threads:
        sent = list(threads.map(mailer.send, mails))
    mailer.close()
    assert len(set(sent)) == MAILS
    assert sorted(str(message["To"]) for message in smtp_server.messages) == sorted(mail.to for mail in mails)
    for message in smtp_server.messages:
        number = str(message["Subject"]).removeprefix("Mail ")
        assert message["To"] == f"d{number}@example.org"
