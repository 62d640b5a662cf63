"""Opening an installation: every adapter of the config made, ready to run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from connector.config.model import AdapterSection, Config
from connector.config.problems import KeyPath
from connector.discovery import AdapterKind, adapter_class
from connector.installation import Bank, Installation, Source
from connector.model.creditor import Creditor
from connector.ports import Surroundings


def open_installation(config: Config, clock: Callable[[], datetime]) -> Installation:
    """The installation that a config describes. Opens no connection yet; adapters do that when they are used.

    Args:
        clock: the time now, aware, UTC.
    """

    def opened(kind: AdapterKind, name: str, section: AdapterSection) -> Any:  # discovery has checked its port
        surroundings = Surroundings(
            name=name,
            clock=clock,
            folder=config.folder,
            database_url=config.database_url,
            secret=config.secret.get_secret_value().encode(),
        )
        return adapter_class(kind, section.adapter)(section, surroundings)

    return Installation(
        creditors={creditor.id: _with_logo(config, creditor) for creditor in config.creditors},
        sources={
            section.name: Source(
                section.name,
                opened(AdapterKind.ACCOUNTING, section.name, section),
                config.creditor_of(section),
            )
            for section in config.sources
        },
        mandates=opened(AdapterKind.MANDATES, "mandates", config.mandates),
        banks={
            creditor.id: Bank(opened(AdapterKind.BANKS, f"bank-{creditor.id}", creditor.bank), creditor.bank.profile)
            for creditor in config.creditors
        },
        mailer=opened(AdapterKind.MAIL, "mail", config.mail),
        rules=config.rules,
        clock=clock,
        folder=config.data_folder,
        time_zone=config.time_zone,
        language=config.language,
    )


def section_of(config: Config, name: str) -> KeyPath:
    """The keys down to the section of an adapter of the installation, by the name that it has there."""
    sources = {source.name: ("sources", index) for index, source in enumerate(config.sources)}
    banks = {f"bank-{creditor.id}": ("creditors", index, "bank") for index, creditor in enumerate(config.creditors)}
    return sources.get(name) or banks.get(name) or (name,)


def _with_logo(config: Config, creditor: Creditor) -> Creditor:
    if creditor.logo is None:
        return creditor
    return creditor.model_copy(update={"logo": config.folder / creditor.logo})
