"""Seams: the few places where a rule of this folder does not hold, each with its reason.

Here the product meets the world: the wall clock, chance, code that is not ours. A seam that is not needed any more
fails the tests, so the list can only shrink by itself.
"""

from __future__ import annotations

SEAMS: dict[str, dict[str, str]] = {
    # Reading the wall clock: everything else is told what time it is.
    "clock": {
        "connector/cli/clock.py": "The wall clock itself.",
    },
    # Making chance: everything else derives its ids and tokens from what it is given.
    "chance": {
        "connector/cli/init.py": "The secret of an installation, from which all else is derived.",
        "connector/testing/simulation/chance.py": "The chance of a simulated world, from its printed seed.",
    },
    # Catching everything: only around code that we do not own, and only to type its error.
    "catch-all": {
        "connector/engine/daemon.py": "A fault of this program ends its pass, and is logged; the schedule goes on.",
        "connector/testing/simulation/world.py": "Whatever a pass raises is a breach, told with its seed and trace.",
    },
    # Binary fractions: never near an amount.
    "float": {
        "adapters/accounting/odoo/wire.py": "JSON has but this kind of number; Odoo takes no text for an amount.",
        "connector/mails/colours.py": "The contrast of two colours is a ratio of brightness.",
    },
    # Functions over the limit of lines.
    "function-length": {},
    # Files over the limit of lines.
    "file-length": {},
}


def without_seams(rule: str, found: list[tuple[str, str]]) -> list[str]:
    """What breaks a rule, less the seams; a seam without need is named as well.

    Args:
        found: file and sentence of each breach.
    """
    allowed = SEAMS[rule]
    breaches = [sentence for file, sentence in found if file not in allowed]
    needless = sorted(set(allowed) - {file for file, _ in found})
    return breaches + [f"{file}: needs no seam of the rule {rule} any more; take it out" for file in needless]
