"""What a person writes in the config for a folder of files."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from connector.model.customer import Language
from connector.ports import AdapterSettings


class FilesSettings(AdapterSettings):
    """Settings of the accounting package `files`."""

    folder: Path = Field(description="Where customers.csv, invoices.csv and UBL invoices are put.")
    results: Path | None = Field(
        default=None, description="Where mandates.csv, payments.csv and report.html go; else in the folder itself."
    )
    mapping: Path | None = Field(default=None, description="Your own mapping file (docs/mappings.md).")
    encoding: str = Field(default="auto", description="Of CSV files: auto, or a name such as cp850.")
    separator: Literal["auto", ";", ",", "tab", "|"] = "auto"
    decimal_mark: Literal["auto", "comma", "point"] = Field(default="auto", description="Of amounts in CSV files.")
    dates: Literal["auto", "day-first", "month-first"] = Field(
        default="auto", description="Whether 03/04/2026 is the third of April or the fourth of March."
    )
    settle_seconds: int = Field(
        default=10, ge=0, le=86400, description="A file is read once it has not changed for so long; 0: at once."
    )
    complete: bool = Field(
        default=False,
        description="Whether each invoices*.csv lists every invoice: one that the next file lacks is then no longer "
        "collected. Not together with UBL invoices.",
    )
    buyers: Literal["auto", "always", "never"] = Field(
        default="auto",
        description="Whether buyers of UBL invoices become customers; auto: only if there is no customers.csv.",
    )
    write_decimal_mark: Literal[",", "."] = Field(default=",", description="Of amounts in payments.csv.")
    language: Language = Field(default=Language.ENGLISH, description="Of report.html.")
