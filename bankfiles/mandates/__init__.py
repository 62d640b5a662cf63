"""Mandate messages between creditor and banks: pain.009, 010, 011 and 012, written and read (version 001.08)."""

from __future__ import annotations

from bankfiles.mandates.model import (
    Acceptance,
    Change,
    ElectronicMandate,
    MandateEvent,
    MandateMessage,
    Withdrawal,
)
from bankfiles.mandates.reader import read_mandates
from bankfiles.mandates.writer import (
    write_acceptance,
    write_amendment,
    write_cancellation,
    write_initiation,
)

__all__ = [
    "Acceptance",
    "Change",
    "ElectronicMandate",
    "MandateEvent",
    "MandateMessage",
    "Withdrawal",
    "read_mandates",
    "write_acceptance",
    "write_amendment",
    "write_cancellation",
    "write_initiation",
]
