"""Where mandates live, by what is installed."""

from __future__ import annotations

from enum import StrEnum


class Home(StrEnum):
    """The three homes of a mandate; the third has another name from 19.5 on."""

    VANILLA = "vanilla"  # custom fields on the contact
    OCA = "oca"  # account.banking.mandate
    ENTERPRISE = "enterprise"  # sdd.mandate
    DIRECT_DEBIT = "direct_debit"  # account.direct.debit.mandate


HOMES = (Home.VANILLA, Home.OCA, Home.ENTERPRISE)
"""Those of today's versions."""
