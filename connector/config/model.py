"""What can be configured, and the defaults. The adapters' own settings are added by sections.py."""

from __future__ import annotations

import re
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, field_validator

from bankfiles.profiles import load_profile, profile_names
from connector.model.creditor import Creditor
from connector.model.customer import Language
from connector.model.rules import Rules
from connector.ports import AdapterSettings

_SQLITE = "sqlite:///"
_DATABASE_URLS = (_SQLITE, "postgresql://")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AdapterSection(AdapterSettings):
    """A part of the config that names an adapter; the adapter's own settings stand beside the name."""

    adapter: str = Field(description="Name of the adapter.")


class SourceSection(AdapterSection):
    """One company in one accounting package."""

    name: str = Field(
        pattern="^[a-z][a-z0-9-]{0,39}$",
        description="Short name of this source: small letters, digits, dashes. Don't change it once in use.",
    )
    creditor: str | None = Field(
        default=None, description="Id of the creditor whose invoices these are; the only one, if there is one."
    )


class BankSection(AdapterSection):
    """How files go to and come from the creditor's bank."""

    profile: str = Field(
        default="neutral",
        description="What this bank asks beyond the scheme, e.g. kbc.",
        json_schema_extra={"enum": [*profile_names()]},
    )

    @field_validator("profile")
    @classmethod
    def _profile(cls, value: str) -> str:
        return load_profile(value).name


class CreditorSection(Creditor):
    """A creditor with its bank."""

    bank: BankSection


class Schedule(_Section):
    """When the daemon runs a pass by itself."""

    at: str = Field(default="02:30", description="Time of day, e.g. 02:30, or five cron fields, e.g. 30 2 * * 1-5.")
    enabled: bool = Field(default=True, description="False: passes run only when `sync` is called.")
    audit: bool = Field(default=True, description="True: once a day, after a pass, all is compared as by `audit`.")

    @field_validator("at")
    @classmethod
    def _at(cls, value: str) -> str:
        crontab_of(value)
        return value

    @property
    def crontab(self) -> str:
        """The schedule as five cron fields, in the time zone of the installation."""
        return crontab_of(self.at)


def crontab_of(at: str) -> str:
    """Five cron fields for a time of day or for cron fields.

    Raises:
        ValueError: it is neither.
    """
    if re.fullmatch(r"\d{1,2}:\d{2}", at):
        hour, minute = (int(part) for part in at.split(":"))
        time(hour, minute)  # raises where the clock has no such time
        return f"{minute} {hour} * * *"
    from apscheduler.triggers.cron import CronTrigger

    try:
        CronTrigger.from_crontab(at, timezone="UTC")
    except ValueError as error:
        raise ValueError(f"{at!r} is neither a time of day nor five cron fields; write e.g. 02:30.") from error
    return at


class Workers(_Section):
    """Whether the passes of the schedule are done by `sepa-connector worker`, on one machine or on several."""

    enabled: bool = Field(default=False, description="True: the daemon only keeps the schedule; workers do the jobs.")
    silent_seconds: int = Field(
        default=30, ge=3, le=3600, description="A worker that was silent for so long is dead; others take its jobs."
    )


class Web(_Section):
    """Where the daemon listens; the address for debtors is a setting of the mandate service."""

    host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    port: int = Field(default=8080, ge=1, le=65535)


class LogFormat(StrEnum):
    """`auto`: text on a terminal, JSON elsewhere."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """The least level that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Logs(_Section):
    """What is logged to standard error."""

    format: LogFormat = LogFormat.AUTO
    level: LogLevel = LogLevel.INFO


class Config(_Section):
    """The configuration of one installation."""

    language: Language = Field(default=Language.ENGLISH, description="Language of finance users.")
    time_zone: ZoneInfo = Field(default=ZoneInfo("Europe/Brussels"), description="Where a day begins and ends.")
    data: Path = Field(default=Path("data"), description="Folder for bank files and the database.")
    database: SecretStr = Field(
        default=SecretStr(""),
        description="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME; a SQLite file in `data` if left out.",
    )
    secret: SecretStr = Field(
        min_length=32, description="Secret of this installation, at least 32 characters; `init` makes one."
    )
    creditors: tuple[CreditorSection, ...] = Field(min_length=1, description="Who collects.")
    sources: tuple[SourceSection, ...] = Field(min_length=1, description="Where customers and invoices come from.")
    mandates: AdapterSection = Field(description="Where debtors sign.")
    mail: AdapterSection = Field(description="How mail leaves.")
    rules: Rules = Rules()
    schedule: Schedule = Schedule()
    workers: Workers = Workers()
    web: Web = Web()
    logs: Logs = Logs()

    _folder: Path = PrivateAttr(default=Path())

    def model_post_init(self, context: Any) -> None:
        """Keep the folder of the file; it comes with the validation."""
        self._folder = Path((context or {}).get("folder", "")).absolute()

    @field_validator("database")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not (url.startswith(_DATABASE_URLS) and url not in _DATABASE_URLS):
            raise ValueError(
                "The database is not one that is supported; write sqlite:///FILE or "
                "postgresql://USER:PASSWORD@HOST/NAME."
            )
        return value

    @property
    def folder(self) -> Path:
        """The folder of the config file, against which relative paths are read."""
        return self._folder

    @property
    def data_folder(self) -> Path:
        """The data folder, absolute."""
        return self._folder / self.data

    @property
    def database_url(self) -> str:
        """URL of the database; holds its password."""
        url = self.database.get_secret_value()
        if not url:
            return f"{_SQLITE}{self.data_folder / 'sepa-connector.db'}"
        if url.startswith(_SQLITE):
            return f"{_SQLITE}{self._folder / url.removeprefix(_SQLITE)}"
        return url

    def creditor_of(self, source: SourceSection) -> str:
        """Id of the creditor for which a source is collected."""
        return source.creditor or self.creditors[0].id
