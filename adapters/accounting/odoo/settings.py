"""What a person writes in the config to connect one company of an Odoo database."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from pydantic import Field, SecretStr, field_validator

from adapters.accounting.server_address import secure
from connector.model.customer import Language
from connector.ports import AdapterSettings


class Protocol(StrEnum):
    """How to speak to the server."""

    AUTO = "auto"
    JSON2 = "json2"  # Odoo 19 and later
    JSONRPC = "jsonrpc"  # Odoo 16 to 21


class OdooSettings(AdapterSettings):
    """One company of one Odoo database."""

    asked: ClassVar[frozenset[str]] = frozenset({"login"})

    url: str = Field(description="Address of the server, e.g. https://bakkerij.odoo.com.")
    database: str = Field(min_length=1, description="Name of the database.")
    company: int = Field(ge=1, examples=[1], description="Id of the company; `check` lists those that the key can see.")
    login: str = Field(default="", description="Login of the user that you made for the connector.")
    key: SecretStr = Field(description="API key of that user, made under Preferences, Account Security.")
    protocol: Protocol = Field(default=Protocol.AUTO, description="auto, json2 (Odoo 19 and later) or jsonrpc.")
    journal: str = Field(default="BNK1", description="Short code of the bank journal in which payments are registered.")
    batch_payments: bool = Field(
        default=False, description="Enterprise: payments that the bank credits in one sum go into one batch payment."
    )
    fee_journal: str = Field(default="", description="Short code of the journal for the bank's fees on returns.")
    fee_account: str = Field(default="", description="Code of the account for these fees; empty: no entry is made.")
    fee_counter_account: str = Field(
        default="", description="Code of the account that a fee is taken from, e.g. that of outstanding payments."
    )
    responsible: str = Field(
        default="", description="Login of who gets an activity where invoice and contact name no salesperson."
    )
    language: Language | None = Field(
        default=None, description="Language of notes in Odoo: nl, fr, de or en. If left out: that of the key's user."
    )
    mapping: Path | None = Field(default=None, description="Own mapping file, laid over mappings/odoo.yaml.")
    page_size: int = Field(default=500, ge=1, le=1000, description="Records read at a time.")
    overlap_minutes: int = Field(
        default=10, ge=0, le=1440, description="How long a transaction in Odoo may last; changes are read again."
    )
    timeout_seconds: int = Field(default=60, ge=1, le=600, description="How long to wait for an answer.")
    calls_per_second: int = Field(default=0, ge=0, le=1000, description="At most so many calls; 0 for no limit.")

    @field_validator("url")
    @classmethod
    def _secure(cls, value: str) -> str:
        return secure(value, "https://bakkerij.odoo.com")
