"""Installation: one set-up of the connector with its ports opened - what every step works with."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from connector.model.creditor import Creditor
from connector.model.customer import Language, PostalAddress
from connector.model.rules import Rules
from connector.ports import (
    AccountingPackage,
    Adapter,
    BankChannel,
    CreditorCard,
    Mailer,
    MandateService,
)


@dataclass(frozen=True, slots=True)
class Source:
    """One company in one accounting package, and for which creditor it is collected."""

    name: str
    package: AccountingPackage
    creditor: str


@dataclass(frozen=True, slots=True)
class Bank:
    """The bank channel of one creditor and the profile of what that bank takes."""

    channel: BankChannel
    profile: str


@dataclass(frozen=True)
class Installation:
    """Creditors, sources, services, banks and rules, ready to run.

    Attributes:
        banks: by creditor id.
        clock: the time now, aware, UTC.
        time_zone: in which a day begins and ends for the creditor.
        language: of finance users.
        folder: data folder: spool of bank files, received files.
        sleep: wait so many seconds before a call is tried again.
        part: which part of it this is, after `of_source` or `of_creditor`; empty for all of it.
        day: the creditor's date that counts, where it is fixed: a pass keeps the date on which it began.
    """

    creditors: Mapping[str, Creditor]
    sources: Mapping[str, Source]
    mandates: MandateService
    banks: Mapping[str, Bank]
    mailer: Mailer
    rules: Rules
    clock: Callable[[], datetime]
    folder: Path
    time_zone: ZoneInfo
    language: Language = Language.ENGLISH
    sleep: Callable[[float], None] = time.sleep
    part: str = ""
    day: date | None = None

    def today(self) -> date:
        """The creditor's date: now, or the one that is fixed."""
        return self.day or self.clock().astimezone(self.time_zone).date()

    def of_source(self, name: str) -> Installation:
        """As if it had this one source: for a job of pull, invite, write back or notify.

        All creditors stay: such a job makes what is owed to mandate service and mailer, whoever's it is.
        """
        return replace(self, sources={name: self.sources[name]}, banks={}, part=f"source {name}")

    def of_creditor(self, creditor: str) -> Installation:
        """As if it had this one creditor, with all its sources: for a job of collect, submit or reconcile."""
        return replace(
            self,
            creditors={creditor: self.creditors[creditor]},
            sources={name: source for name, source in self.sources.items() if source.creditor == creditor},
            banks={name: bank for name, bank in self.banks.items() if name == creditor},
            part=f"creditor {creditor}",
        )

    def adapters(self) -> tuple[Adapter, ...]:
        """All adapters, each once."""
        packages = tuple(source.package for source in self.sources.values())
        channels = tuple(bank.channel for bank in self.banks.values())
        return (*packages, self.mandates, *channels, self.mailer)

    def close(self) -> None:
        """Let go of all connections."""
        for adapter in self.adapters():
            adapter.close()


def card_of(creditor: Creditor) -> CreditorCard:
    """What a debtor sees of a creditor."""
    address = creditor.address
    return CreditorCard(
        name=creditor.name,
        identifier=creditor.identifier,
        address=PostalAddress(
            country=address.country, town=address.town, postcode=address.postcode, street=address.street
        ),
        email=creditor.email,
        phone=creditor.phone,
        logo=creditor.logo,
        colour=creditor.colour,
    )
