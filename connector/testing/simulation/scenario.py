"""The scenario of a seed: which rules an installation has, and how hostile its world is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bankfiles.pain008.model import Scheme
from connector.model.mandate import MandateType
from connector.model.rules import (
    BookRules,
    BookWhen,
    CollectRules,
    InviteRules,
    NoticeChannel,
    NotifyRules,
    Rules,
    WhomToInvite,
)
from connector.testing.simulation.chance import Chance
from connector.testing.simulation.wire import Temper

TARGETS = ("books", "signing", "bank", "mail")
_WHEN = ((60, BookWhen.SETTLED), (20, BookWhen.SUBMITTED), (20, BookWhen.AFTER_REFUND_PERIOD))


@dataclass(frozen=True)
class Scenario:
    """What is drawn before the first day.

    Attributes:
        outages: who is down from when to when, both ends included.
        kills: percent of passes that are killed; `seconds`, `freezes`: during which another one starts, or takes over.
        jumps: percent of passes that run while the clock is wrong.
        restores: percent of days on which the database is put back to the day before.
        rests: percent of nights without a pass.
        moves: percent of days on which a debtor has another account.
        users: percent of days on which a user ends or stops a mandate in the package.
        beside: percent of readings of invoices right before which one of them is changed.
        approves: percent of days on which runs that wait are looked at.
        never_approves: nobody ever says yes to one.
        doubts: percent of days on which an approved run is let go of; `tampers`: on which somebody changes one.
    """

    rules: Rules
    temper: Temper
    outages: tuple[tuple[str, date, date], ...]
    customers: int
    busy: int
    kills: int
    seconds: int
    freezes: int
    jumps: int
    restores: int
    rests: int
    moves: int
    users: int
    beside: int
    approves: int
    never_approves: bool
    doubts: int
    tampers: int

    def down(self, day: date) -> frozenset[str]:
        """Who is down on a day."""
        return frozenset(name for name, first, last in self.outages if first <= day <= last)


def draw(chance: Chance, habits: Chance, first: date, days: int) -> Scenario:
    """Draw a scenario: its rules and troubles, and from another stream of chance the habits of its people."""
    rare, often = (0, 0, 3, 8), (0, 5, 15)
    outages = []
    for _ in range(chance.number(0, 3)):
        start = first + timedelta(days=chance.number(1, max(2, days - 2)))
        outages.append((chance.pick(TARGETS), start, start + timedelta(days=chance.number(0, 5))))
    return Scenario(
        rules=_rules(chance, habits),
        temper=Temper(
            lost=chance.pick(rare),
            doubled=chance.pick(rare),
            delayed=chance.pick(rare),
            slow=chance.pick(rare),
            away=chance.pick(rare),
            throttled=chance.pick(rare),
            refused=chance.pick((0, 0, 0, 2)),
        ),
        outages=tuple(outages),
        customers=chance.number(3, 7),
        busy=chance.pick((30, 60, 90)),
        kills=chance.pick((0, 20, 40)),
        seconds=chance.pick(often),
        freezes=chance.pick(often),
        jumps=chance.pick(often),
        restores=chance.pick((0, 0, 0, 10)),
        rests=chance.pick((25, 40, 55)),
        moves=habits.pick((0, 0, 10, 25)),
        approves=habits.pick((70, 70, 30, 0)),
        never_approves=habits.happens(10),
        doubts=habits.pick((0, 0, 20)),
        tampers=habits.pick((0, 50)),
        users=habits.pick((0, 0, 8, 20)),
        beside=habits.pick((0, 0, 15)),
    )


def _rules(chance: Chance, habits: Chance) -> Rules:
    return Rules(
        invite=InviteRules(
            whom=chance.pick((WhomToInvite.MARKED, WhomToInvite.MARKED, *WhomToInvite)),
            scheme=Scheme.B2B if chance.happens(15) else Scheme.CORE,
            type=MandateType.ONE_OFF if chance.happens(12) else MandateType.RECURRENT,
            valid_days=chance.pick((7, 30, 90)),
        ),
        notify=NotifyRules(
            channel=NoticeChannel.INVOICE if chance.happens(25) else NoticeChannel.MAIL,
            days=chance.pick((1, 2, 3, 5, 7, 14)),
        ),
        collect=CollectRules(
            lead_days=chance.pick((1, 2)),
            window_days=chance.pick((7, 10)),
            attempts=chance.pick((1, 2, 3)),
            maximum=Decimal(500) if chance.happens(15) else Decimal("999999999.99"),
            approval=chance.happens(25),
        ),
        book=BookRules(when=habits.weighted(_WHEN)),
    )
