"""report.html: what was collected and what came back, for a person who opens it in a browser."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import jinja2
from babel.numbers import format_decimal

from adapters.accounting.files.report_words import WORDS
from adapters.dropfolder import put_whole
from bankfiles.identifiers import mask_iban
from connector.model.customer import Language

ROWS_SHOWN = 500  # per table, the latest; the rest stands in the CSV files

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass
class Table:
    """The latest rows of one kind, with the number and sum of all."""

    count: int = 0
    total: Decimal = Decimal(0)
    rows: deque[Mapping[str, str]] = field(default_factory=lambda: deque(maxlen=ROWS_SHOWN))

    def add(self, row: Mapping[str, str], amount: Decimal = Decimal(0)) -> None:
        """Count a row."""
        self.count += 1
        self.total += amount
        self.rows.appendleft(row)


def write_report(
    path: Path,
    *,
    source: str,
    language: Language,
    now: datetime,
    mandates: Iterable[Mapping[str, str]],
    entries: Iterable[tuple[bool, Mapping[str, str], Decimal]],
) -> None:
    """Write the report whole.

    Args:
        mandates: rows of mandates.csv by our field names.
        entries: rows of payments.csv by our field names: whether it is a return, the row, its amount.
    """
    signed, payments, returns = Table(), Table(), Table()
    for row in mandates:
        signed.add({**row, "iban": mask_iban(row.get("iban", ""))})

    def money(amount: Decimal) -> str:
        return format_decimal(amount, "#,##0.00", locale=language.value)

    for is_return, row, amount in entries:
        reason = " ".join(part for part in (row.get("reason_code"), row.get("reason_text")) if part)
        shown = {**row, "amount": money(amount), "reason": reason}
        (returns if is_return else payments).add(shown, amount)
    page = _TEMPLATES.get_template("report.html.j2").generate(
        source=source,
        language=language.value,
        words=WORDS[language],
        now=now,
        money=money,
        mandates=signed,
        payments=payments,
        returns=returns,
        rows_shown=ROWS_SHOWN,
    )
    put_whole(path, (part.encode() for part in page))
