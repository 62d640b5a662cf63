"""What a person writes in the config to connect one company of a Tryton database."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from adapters.accounting.server_address import secure
from connector.ports import AdapterSettings


class TrytonSettings(AdapterSettings):
    """One company of one Tryton database."""

    url: str = Field(description="Address of the server without the database, e.g. https://tryton.example.org.")
    database: str = Field(min_length=1, pattern=r"^[\w.-]+$", description="Name of the database.")
    company: int = Field(ge=1, description="Id of the company; `check` lists those that the key can see.")
    key: SecretStr = Field(description="Key of a user application of the kind REST API, validated.")
    login: str = Field(default="", description="Login of the same user: only to register payments.")
    password: SecretStr | None = Field(default=None, description="Password of the same user.")
    journal: str = Field(default="SEPA", description="Payment journal: manual, in EUR, with a clearing account.")
    category: str = Field(default="", description="Party category of the customers to read; empty for all parties.")
    mapping: Path | None = Field(default=None, description="Own mapping file, laid over mappings/tryton.yaml.")
    page_size: int = Field(default=200, ge=1, le=500, description="Records read at a time.")
    overlap_minutes: int = Field(
        default=10, ge=0, le=1440, description="How long a transaction in Tryton may last; changes are read again."
    )
    timeout_seconds: int = Field(default=30, ge=1, le=600, description="How long to wait for an answer.")

    @field_validator("url")
    @classmethod
    def _secure(cls, value: str) -> str:
        return secure(value, "https://tryton.example.org")
