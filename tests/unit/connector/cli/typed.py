"""What is typed in these tests, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ANSWERS = {
    "creditor.name": "Bakkerij Peeters",
    "creditor.identifier": "BE81ZZZ0123456749",
    "creditor.iban": "BE71 0961 2345 6769",
    "creditor.email": "boekhouding@bakkerij.example",
    "creditor.street": "Korenmarkt 1",
    "creditor.postcode": "9000",
    "creditor.town": "Gent",
}

CUSTOMERS = """\
id,number,name,email,language,iban,direct_debit
1,K1,Café Müller,mueller@example.org,de,DE89370400440532013000,yes
2,K2,Janssens bv,,nl,,yes
"""
INVOICES = """\
id,number,customer,issued_on,due_on,total,open_amount,currency
11,2026-11,1,2026-11-01,2026-12-01,120.50,120.50,EUR
12,2026-12,2,2026-11-01,2026-12-01,50.00,50.00,USD
"""


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Its standard output as JSON, a line each."""
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Said]


def init_words(**changed: str) -> list[str]:
    """`init` with all answers given."""
    given = [f"--set={name}={value}" for name, value in {**ANSWERS, **changed}.items()]
    return ["init", "--no-input", *given]
