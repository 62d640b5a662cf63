"""The world of one seed: an installation with its counterparts, and the nights in which passes run, or die."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from connector.engine import nightly, reread
from connector.engine.one_pass import PassResult, run_pass
from connector.errors import ConnectorError, LostLease, PassRunning
from connector.installation import Bank, Installation, Source
from connector.model.creditor import Creditor, CreditorAddress
from connector.ports import AdapterSettings, Surroundings
from connector.store.tables import bank_files
from connector.testing.clock import SettableClock
from connector.testing.simulation.approver import Approver
from connector.testing.simulation.bank_desk import BankDesk
from connector.testing.simulation.chance import Chance, NoChance
from connector.testing.simulation.clerk import Clerk
from connector.testing.simulation.counterparts import WiredBank, WiredMailer, WiredPackage, WiredService
from connector.testing.simulation.database import Database
from connector.testing.simulation.holders import Holders
from connector.testing.simulation.life import Life
from connector.testing.simulation.scenario import Scenario, draw
from connector.testing.simulation.trace import Trace
from connector.testing.simulation.wire import Killed, Moment, Temper, Wire

_FIRST_DAYS = (date(2027, 2, 1), date(2026, 12, 14), date(2027, 3, 15), date(2027, 10, 18))
"""An ordinary month; Christmas; Easter with the clock set forward; the clock set back."""
SOURCE, SERVICE, BANK, MAIL = "books", "signing", "bank", "mail"
_NIGHT = time(1, 30)
_PATIENCE_DAYS = 20  # of a person, with a database that was put back and is not up to date by itself
_CREDITOR = Creditor(
    id="main",
    name="Brouwerij De Kroon",
    identifier="BE65ZZZ0403199702",
    iban="BE71096123456769",
    address=CreditorAddress(street="Grote Markt 1", postcode="9000", town="Gent", country="BE"),
    email="facturen@dekroon.example",
)


class World:
    """All that there is in one seed. What its people do is drawn from other streams of chance than its troubles.

    Attributes:
        today: the true date; the machine's clock may be wrong.
        put_back: the database was, at least once.
        unexpected: what no pass may do, as it was seen: two at once, or one that ends in an error that nobody made.
    """

    def __init__(self, seed: int, days: int, database: Database, folder: Path, *, plain: bool = False) -> None:
        self.today = first = Chance(seed, "calendar").pick(_FIRST_DAYS)
        self.database = database
        self.folder = folder
        self.clock = SettableClock(_instant(first))
        self.trace = Trace(self.clock)
        habits = (NoChance if plain else Chance)(seed, "habits")
        self.scenario: Scenario = draw(Chance(seed, "scenario"), habits, first, days)
        self.unexpected: list[str] = []
        self.passes = 0
        self.peace_on, self.peace_at, self.events_before_peace = first, 0, 0
        self._chance = Chance(seed, "nights")
        self._length = 60
        self._taken_over = False
        self._has_backup = self.put_back = False
        self._recovering = 0
        self._alone = False
        self._whole: set[str] = set()  # files on the disk that a database knew which was put back since
        self.wire = Wire(self.clock, self.trace, Chance(seed, "wire"), self.scenario.temper, watch=self._beside)
        self._meet(seed)

    def _meet(self, seed: int) -> None:
        """Put everybody in their place."""
        settings = AdapterSettings()

        def around(name: str) -> Surroundings:
            return Surroundings(name=name, clock=self.clock, folder=self.folder)

        self.package = WiredPackage(settings, around(SOURCE), self.wire)
        self.service = WiredService(settings, around(SERVICE), self.wire)
        self.mailer = WiredMailer(settings, around(MAIL), self.wire)
        self.desk = BankDesk(
            Chance(seed, "bank"),
            self.trace,
            lambda: self.today,
            open_amount=lambda number: self.package.invoice(number).open_amount,
            booked=self._booked,
        )
        self.bank = WiredBank(settings, around(BANK), self.wire, self.desk)
        self.desk.put = self.bank.put
        self.life = Life(
            Chance(seed, "life"), self.trace, self.scenario, self.package, self.service, self.mailer, SOURCE
        )
        self.office = replace(self.life, chance=Chance(seed, "office"))
        self.holders = Holders(
            Chance(seed, "holders"), self.trace, self.scenario, self.package, self.service, self.life
        )
        self.installation = Installation(
            creditors={_CREDITOR.id: _CREDITOR},
            sources={SOURCE: Source(SOURCE, self.package, _CREDITOR.id)},
            mandates=self.service,
            banks={_CREDITOR.id: Bank(self.bank, "neutral")},
            mailer=self.mailer,
            rules=self.scenario.rules,
            clock=self.clock,
            folder=self.folder,
            time_zone=ZoneInfo("Europe/Brussels"),
            sleep=self.wire.sleep,
        )
        of_clerk, store = Chance(seed, "clerk"), self.database.store
        self.approver = Approver(of_clerk, Chance(seed, "doubts"), self.trace, self.installation, store, self.scenario)
        self.clerk = Clerk(of_clerk, self.trace, store, self.approver)

    def _booked(self) -> frozenset[str]:
        undone = {returned.payment for returned in self.package.returns.values()}
        return frozenset(one.end_to_end_id for key, one in self.package.payments.items() if key not in undone)

    # ------------------------------------------------------------------------------------------------ days

    def hostile_day(self) -> None:
        """A day with its business, and perhaps a pass in its night with whatever may happen to it."""
        scenario, chance = self.scenario, self._chance
        self.wire.down = scenario.down(self.today)
        self.clock.now = _instant(self.today)
        if not chance.happens(scenario.rests):
            if chance.happens(scenario.jumps):
                self.clock.forward(hours=chance.pick((-49, -26, -3, -1, 1, 2, 25, 50)))
                self.trace.note("clock", "is wrong")
            self._night()
        self.clock.now = _instant(self.today) + timedelta(hours=9)
        self.wire.arrive()
        self.life.day(self.today)
        self.holders.day()
        self.clerk.day(self.clock.now, diligent=False)
        self.desk.day()
        if scenario.restores:
            self._back_up_or_put_back()

    def _back_up_or_put_back(self) -> None:
        """The day ends with a backup, or with a disk that breaks: then the backup of a day before is put back.

        The data folder, with the files that were sent and received, is on another disk.
        """
        if self._has_backup and self._chance.happens(self.scenario.restores):
            self._whole |= self._files_known()
            self.database.put_back()
            self.put_back = True
            self.approver.forget_refusals()
            self.trace.note("administrator", "puts the database back to the last backup")
        else:
            self.database.keep()
            self._has_backup = True

    def make_peace(self) -> None:
        """From now on nothing breaks, nobody changes anything, and the bank says what it has to say."""
        self.trace.note("world", "is at peace")
        self.wire.temper = Temper()
        self.wire.down = frozenset()
        self.desk.calm = True
        self.peace_on, self.peace_at = self.today, self.trace.moment
        self.events_before_peace = len(self.service.events)

    def calm_day(self, *, night: bool) -> bool:
        """A day on which all that is open comes to its end. Returns whether a run was approved."""
        self.clock.now = _instant(self.today)
        if night:
            self.walk()
        self.clock.now = _instant(self.today) + timedelta(hours=9)
        self.life.answers(self.today)
        approved = self.clerk.day(self.clock.now, diligent=True)
        self._recovering = self._recovering + 1 if self.clerk.recovering else 0
        if self._recovering == _PATIENCE_DAYS:
            reread.set_back(nightly.looking(self.installation, self.database.store, "Ann"), [reread.BANK])
            self.trace.note("clerk", "has the bank's answers read again, as the audit says")
        self.desk.day()
        return approved

    # ---------------------------------------------------------------------------------------------- passes

    def _night(self) -> None:
        """One pass, to which at most one thing happens: it is killed, met by a second one, or frozen."""
        scenario, chance = self.scenario, self._chance
        if chance.happens(scenario.kills):
            self.wire.kill_at = self._moment()
        elif chance.happens(scenario.seconds):
            self._interrupt(self._second_pass)
        elif chance.happens(scenario.freezes):
            self._interrupt(self._take_over)
        if self.walk() is None and chance.happens(60):
            self.walk()  # started again at once

    def _moment(self) -> Moment:
        return Moment(self._chance.number(1, self._length), self._chance.happens(50))

    def _interrupt(self, what: Callable[[], None]) -> None:
        self.wire.interrupt_at, self.wire.interrupt = self._moment(), what

    def walk(self) -> PassResult | None:
        """One pass; None if it was killed."""
        self.wire.happened, self._alone = 0, True
        result = None
        try:
            result = self._walk("pass")
            self._length = max(10, self.wire.happened)
            self._see_whether_it_stopped(result.error)
        except Killed:
            self._bury()
        except LostLease as lost:
            self._see_whether_it_stopped(lost)
        except Exception as error:  # noqa: BLE001  seam: whatever the product raises is a breach of this seed
            self.unexpected.append(f"a pass broke with {type(error).__name__}: {str(error).splitlines()[0]}")
        finally:
            self.wire.kill_at = self.wire.interrupt_at = None
        return result

    def _beside(self, call: str) -> None:
        """Somebody works in the package at night, before a pass looks at its invoices, for the last time perhaps.

        Not while a file is on its way: what is paid after it left is asked for, and nobody can help that.
        """
        may_be = self._alone and not self.desk.calm and not self.wire.is_on_its_way(BANK)
        if may_be and call.startswith("read_invoices") and self.office.chance.happens(self.scenario.beside):
            self.office.while_a_pass_works(self.today)

    def _see_whether_it_stopped(self, error: ConnectorError | None) -> None:
        """A pass that another one took over from writes nothing any more: it says that it lost its lease."""
        if self._taken_over and not isinstance(error, LostLease):
            self.unexpected.append("a pass that another one took over from went on working")
        self._taken_over = False

    def _walk(self, who: str) -> PassResult:
        self.passes += 1
        self.database.on_commit = self.wire.commit
        try:
            result = run_pass(self.installation, self.database.store)
        finally:
            self.database.on_commit = _plainly
        self.trace.note(who, f"{result.number} ends", f"{result.outcome}{f': {result.error}' if result.error else ''}")
        if result.error is not None and not isinstance(result.error, LostLease):
            self.unexpected.append(f"pass {result.number} ended with {type(result.error).__name__}: {result.error}")
        return result

    def _second_pass(self) -> None:
        """Somebody starts a pass while one is at work."""
        self._alone = False
        try:
            result = self._walk("second pass")
        except PassRunning:
            self.database.on_commit = self.wire.commit
            self.trace.note("second pass", "finds that one is at work")
            return
        self.database.on_commit = self.wire.commit
        if not self.scenario.temper.slow:
            self.unexpected.append(f"pass {result.number} ran while another was at work")

    def _take_over(self) -> None:
        """The pass freezes for so long that another one takes over; then it wakes up."""
        self._alone = False
        self.clock.forward(minutes=self._chance.number(12, 90))
        self.trace.note("process", "is frozen")
        try:
            self._walk("pass that takes over")
        except PassRunning:
            self.unexpected.append("a pass that was silent for long keeps the next one from its work")
        self.database.on_commit = self.wire.commit
        self._taken_over = True
        self.trace.note("process", "wakes up")

    def _bury(self) -> None:
        """What a process that died leaves: a database without it, and files that never got to the disk whole."""
        self.wire.dead = False
        self.database.reopen()
        known = self._whole | self._files_known()
        for path in sorted((self.folder / "outgoing").glob("*.xml")):
            if path.name not in known and path.is_file() and self._chance.happens(50):
                path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
                self.trace.note("disk", f"has half of {path.name}")

    def _files_known(self) -> set[str]:
        with self.database.store.reading() as connection:
            return set(connection.execute(select(bank_files.c.name)).scalars())


def _instant(day: date) -> datetime:
    return datetime.combine(day, _NIGHT, UTC)


def _plainly(commit: Callable[[], None]) -> None:
    commit()
