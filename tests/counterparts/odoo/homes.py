"""Where mandates live, by what is installed."""

from __future__ import annotations

from enum import StrEnum


class Home(StrEnum):
    """The three homes of a mandate."""

    VANILLA = "vanilla"  # custom fields on the contact
    OCA = "oca"  # account.banking.mandate
    ENTERPRISE = "enterprise"  # sdd.mandate
