"""What the collections of one file may not have in common: an end-to-end id, or a mandate used in the wrong order."""

from __future__ import annotations

from bankfiles.pain008.model import Collection, Fault, SequenceType
from bankfiles.seen import SeenTable

# What must be remembered of a mandate's use in a file, packed into one integer: a part of the hash of the account (38
# bits), the latest collection date (22 bits), and whether the mandate is spent (1 bit).
_ACCOUNT_MASK = (1 << 38) - 1
_DAY_MASK = (1 << 22) - 1
_SPENDING = (SequenceType.FINAL, SequenceType.ONE_OFF)


class FileRules:
    """Compares the collections of one file, in their order."""

    def __init__(self) -> None:
        self._end_to_end_ids = SeenTable()
        self._mandates = SeenTable("q")

    def check(self, c: Collection, position: int, creditor_key: str, day: int, faults: list[Fault]) -> None:
        """Add what the collection at `position` must not have in common with those before it.

        `creditor_key` is its creditor identifier without the business code, `day` the ordinal of its collection
        date: both repeat, so they come ready made.
        """
        first = self._end_to_end_ids.put_if_absent(c.end_to_end_id, position)
        if first is not None and c.end_to_end_id != "NOTPROVIDED":
            faults.append(
                (
                    "END_TO_END_ID_DUPLICATE",
                    f"{c.end_to_end_id!r} stands at position {first} as well.",
                )
            )
        spent = c.sequence_type in _SPENDING
        now = (hash(c.debtor_iban) & _ACCOUNT_MASK) << 23 | day << 1 | spent
        before = self._mandates.put_if_absent((creditor_key, c.mandate_reference), now)
        if before is not None:
            _compare_uses(c, before, now, faults)
            self._mandates.replace((creditor_key, c.mandate_reference), _merged(before, now))


def _merged(before: int, now: int) -> int:
    """The account that the file named last, the latest date, and whether either use spent the mandate."""
    day = max(before >> 1 & _DAY_MASK, now >> 1 & _DAY_MASK)
    return now >> 23 << 23 | day << 1 | ((before | now) & 1)


def _compare_uses(c: Collection, before: int, now: int, faults: list[Fault]) -> None:
    day_before, day_now = before >> 1 & _DAY_MASK, now >> 1 & _DAY_MASK
    if (before & 1 and day_now >= day_before) or (now & 1 and day_before > day_now):
        faults.append(("MANDATE_SPENT", f"Mandate {c.mandate_reference!r} has its last collection in this file too."))
    elif c.sequence_type is SequenceType.FIRST:
        faults.append(("SEQUENCE_FIRST_AGAIN", f"Mandate {c.mandate_reference!r} is collected on before in this file."))
    amendment = c.amendment
    told = amendment is not None and bool(amendment.original_debtor_iban or amendment.same_mandate_new_account)
    if before >> 23 != now >> 23 and not told:
        faults.append(("MANDATE_TWO_ACCOUNTS", f"Mandate {c.mandate_reference!r} has another account in this file."))
