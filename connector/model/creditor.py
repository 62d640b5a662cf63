"""Creditor: who collects, under which creditor identifier, into which account."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from bankfiles import identifiers


class CreditorAddress(BaseModel):
    """The creditor's address as mandates and notices show it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    street: str = Field(description="Street and number.")
    postcode: str
    town: str
    country: str = Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2, e.g. BE.")


class Creditor(BaseModel):
    """A creditor of this installation; `id` is our short name for it, used in config and database."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern="^[a-z][a-z0-9-]{0,11}$", description="Short name, e.g. main.")
    name: str = Field(min_length=1, max_length=70, description="Name that debtors know.")
    identifier: str = Field(description="Creditor identifier (AT-02), e.g. BE69ZZZ0123456789.")
    iban: str = Field(description="Account that is credited.")
    bic: str | None = Field(default=None, description="Only if the bank asks for it.")
    address: CreditorAddress
    email: str = Field(default="", description="Where debtors can ask questions.")
    phone: str = ""
    logo: Path | None = Field(default=None, description="PNG, JPEG or SVG, at most 200 kB.")
    colour: str = Field(default="#1d4ed8", pattern="^#[0-9a-fA-F]{6}$", description="Colour of buttons and headings.")
    mandate_prefix: str = Field(
        default="M", pattern="^[A-Z0-9]{1,10}$", description="First letters of mandate references."
    )

    @field_validator("iban")
    @classmethod
    def _iban(cls, value: str) -> str:
        return identifiers.normalise_iban(value)

    @field_validator("identifier")
    @classmethod
    def _identifier(cls, value: str) -> str:
        return identifiers.normalise_creditor_identifier(value)

    @field_validator("bic")
    @classmethod
    def _bic(cls, value: str | None) -> str | None:
        return identifiers.normalise_bic(value) if value else None
