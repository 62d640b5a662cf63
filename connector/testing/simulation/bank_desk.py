"""The desk of a simulated bank: what becomes of each collection, and how confusingly it is told.

Answers come late, twice, in any order, in several messages that overlap, by half first, and now and then they
contradict each other; money of others stands between. The bank's own ledger (`asked`) is what the checks look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from connector.testing.bank_house import Fate, Order, Refused, Told, batch_entries, orders_of, return_entry
from connector.testing.bank_messages import Detail, Entry, Report, Status, account_report, status_report
from connector.testing.simulation.chance import Chance
from connector.testing.simulation.trace import Trace

_REJECTS = ("AM04", "AC01", "MS03", "MD01")
_RETURNS = ("AM04", "AM04", "MS03", "MD06", "MD01", "AC04")
ENDS_THE_MANDATE = frozenset({"MD01"})
_SETTLED, _FAILED = "settled", "failed"
_HALF = "half-"


@dataclass
class Asked:
    """A collection in the bank's ledger.

    Attributes:
        moment: at which it was taken in; `day` is the bank's.
        still_open: what the package had open then on its invoice.
        promised: what other collections of the same invoice were to bring then that the package had not booked yet.
        settled_on, failed_on: when money moved, or surely would not.
        told_settled, told_failed: the moment at which the connector was given a message that says so.
        known_failed: the moment at which it said that it has that message.
        contradicted: the bank said one thing and the other.
        unnamed: its return named the mandate and no collection, so that a person may have to find out.
    """

    order: Order
    moment: int
    day: date
    still_open: Decimal
    promised: Decimal
    fate: Told
    settled_on: date | None = None
    failed_on: date | None = None
    told_settled: int | None = None
    told_failed: int | None = None
    known_failed: int | None = None
    contradicted: bool = False
    unnamed: bool = False

    @property
    def invoice(self) -> str:
        """Number of the invoice that it is for, as the debtor reads it."""
        return self.order.remittance


@dataclass(frozen=True, slots=True)
class _Message:
    day: date
    name: str
    content: bytes
    says: tuple[tuple[str, str], ...] = ()


@dataclass
class BankDesk:
    """Takes files in and answers them.

    Args:
        open_amount: of an invoice in the package now.
        booked: the end-to-end ids of payments that the package has booked and not undone.
        put: leaves a message for the connector.
    """

    chance: Chance
    trace: Trace
    today: Callable[[], date]
    open_amount: Callable[[str], Decimal]
    booked: Callable[[], frozenset[str]]
    put: Callable[[str, bytes], None] = lambda _name, _content: None
    asked: dict[str, Asked] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    calm: bool = False
    _messages: list[_Message] = field(default_factory=list)
    _says: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    _written: int = 0

    @property
    def is_done(self) -> bool:
        """Whether nothing is to come any more."""
        return not self._messages and all(
            one.failed_on or (one.settled_on and one.fate.fate is Fate.PAID) for one in self.asked.values()
        )

    @property
    def activity(self) -> int:
        """How much came in and went out so far."""
        return len(self.asked) + len(self._says)

    def take_in(self, name: str, content: bytes) -> None:
        """A file arrived whole."""
        try:
            orders = list(orders_of(content))
            self._refuse_repeats(orders)
        except Refused as refused:
            self.refusals.append(f"{name}: {refused}")
            self.trace.note("bank desk", f"refuses {name}", str(refused))
            return
        self.files.append(orders[0].message_id)
        for order in orders:
            self._take_order(order)
        self._answer_file(orders)

    def _refuse_repeats(self, orders: Iterable[Order]) -> None:
        for order in orders:
            if order.message_id in self.files:
                raise Refused(f"Message {order.message_id} was handed in before.")
            if order.end_to_end_id in self.asked:
                raise Refused(f"Collection {order.end_to_end_id} was handed in before.")

    def _take_order(self, order: Order) -> None:
        booked = self.booked()
        promised = sum(
            (
                one.order.amount
                for one in self.asked.values()
                if one.invoice == order.remittance and one.told_failed is None and one.order.end_to_end_id not in booked
            ),
            Decimal(0),
        )
        kind = self.chance.weighted(((70, Fate.PAID), (8, Fate.REJECTED), (22, Fate.RETURNED)))
        reason = {Fate.PAID: ("",), Fate.REJECTED: _REJECTS, Fate.RETURNED: _RETURNS}[kind]
        self.asked[order.end_to_end_id] = Asked(
            order,
            self.trace.moment,
            self.today(),
            self.open_amount(order.remittance),
            promised,
            Told(kind, self.chance.pick(reason)),
        )

    def _answer_file(self, orders: list[Order]) -> None:
        ours = [self.asked[order.end_to_end_id] for order in orders]
        message_id = orders[0].message_id
        if self.chance.happens(4):
            for one in ours:
                one.fate, one.failed_on = Told(Fate.REJECTED, "FF01"), self.today()
            statuses = [Status("", "", "RJCT", "FF01")]
            return self._status(message_id, statuses, "RJCT", [(one, _FAILED) for one in ours])
        rejected = [one for one in ours if one.fate.fate is Fate.REJECTED]
        for one in rejected:
            one.failed_on = self.today()
        statuses = [
            Status(one.order.batch_id, one.order.end_to_end_id, "RJCT", one.fate.reason)
            if one in rejected
            else Status(one.order.batch_id, one.order.end_to_end_id, "ACCP")
            for one in ours
        ]
        if rejected or self.chance.happens(75):
            says = [(one, _FAILED) for one in rejected]
            self._status(message_id, statuses, self.chance.pick(("", "PART")) if rejected else "ACCP", says)
        return None

    def _status(
        self, message_id: str, statuses: list[Status], group: str, says: list[tuple[Asked, str]], after: int = 0
    ) -> None:
        name = self._name("status")
        content = status_report(message_id, name, statuses, self._at(), group)
        self._schedule(name, content, says, after)

    def day(self) -> None:
        """Book what is due today, and hand out what is to be told today, in any order."""
        today = self.today()
        self._book([one for one in self.asked.values() if self._is_due(one, today)], today)
        for one in list(self.asked.values()):
            if one.settled_on and not one.failed_on and one.fate.fate is Fate.RETURNED and self._comes_back(one):
                self._take_back(one, today)
        ready = [message for message in self._messages if message.day <= today]
        self._messages = [message for message in self._messages if message.day > today]
        while ready:
            message = ready.pop(self.chance.number(0, len(ready) - 1))
            self._says[message.name] = message.says
            self.put(message.name, message.content)

    def given(self, name: str) -> None:
        """The connector was given a message."""
        for end_to_end_id, word in self._says.get(name, ()):
            one, moment = self.asked[end_to_end_id], self.trace.moment
            if word == _SETTLED and one.told_settled is None:
                one.told_settled = moment
            elif word == _FAILED and one.told_failed is None:
                one.told_failed = moment

    def handled(self, name: str) -> None:
        """The connector said that it has a message. Of half a one nobody knows what it could read."""
        if name.startswith(_HALF):
            return
        for end_to_end_id, word in self._says.get(name, ()):
            one = self.asked[end_to_end_id]
            if word == _FAILED and one.known_failed is None:
                one.known_failed = self.trace.moment

    @staticmethod
    def _is_due(one: Asked, today: date) -> bool:
        return one.settled_on is None and one.failed_on is None and today >= max(one.order.collection_date, one.day)

    def _comes_back(self, one: Asked) -> bool:
        return self.today() > (one.settled_on or self.today()) and self.chance.happens(60 if self.calm else 25)

    def _book(self, due: list[Asked], today: date) -> None:
        if not due:
            return
        for one in due:
            one.settled_on = today
            if one.fate.fate is Fate.PAID and self.chance.happens(3):
                self._contradict(one)
        entries = batch_entries((one.order for one in due), today)
        says = [(one, _SETTLED) for one in due]
        kinds = self.chance.pick(
            (
                (Report.STATEMENT,),
                (Report.NOTIFICATION,),
                (Report.INTRADAY, Report.STATEMENT),
                (Report.NOTIFICATION, Report.STATEMENT),
                (Report.INTRADAY, Report.NOTIFICATION, Report.STATEMENT),
            )
        )
        self._report(kinds[-1], entries, says)
        for kind in kinds[:-1]:
            short = self.chance.happens(40)
            told = [replace(entry, details=(), count=len(entry.details)) for entry in entries] if short else entries
            self._report(kind, told, says if not short else [])

    def _contradict(self, one: Asked) -> None:
        one.contradicted = True
        statuses = [Status(one.order.batch_id, one.order.end_to_end_id, "RJCT", "AM04")]
        self._status(one.order.message_id, statuses, "", [(one, _FAILED)], after=2)

    def _take_back(self, one: Asked, today: date) -> None:
        one.failed_on = today
        entry = return_entry(one.order, one.fate.reason, today)
        alike = [
            other
            for other in self.asked.values()
            if (other.order.mandate_reference, other.order.amount) == (one.order.mandate_reference, one.order.amount)
        ]
        if alike == [one] and self.chance.happens(20):
            entry = replace(entry, details=(replace(entry.details[0], end_to_end_id=""),))
            one.unnamed = True
        kinds = self.chance.pick(((Report.STATEMENT,), (Report.NOTIFICATION,), (Report.NOTIFICATION, Report.STATEMENT)))
        for kind in kinds:
            self._report(kind, [entry], [(one, _FAILED)])

    def _report(self, kind: Report, entries: list[Entry], says: list[tuple[Asked, str]]) -> None:
        name = self._name(kind.name.lower())
        entries = [*entries, *self._of_others(entries[0])]
        account = next(iter(self.asked.values())).order.creditor_iban
        content = account_report(kind, name, account, self.today(), entries, self._at())
        self._schedule(name, content, says)

    def _of_others(self, like: Entry) -> list[Entry]:
        """Money that has nothing to do with us, of the same amount as some that has."""
        if not self.chance.happens(30):
            return []
        amount = like.details[0].amount if like.details else like.amount
        detail = self.chance.pick((Detail(amount), Detail(amount, f"THEIRS-{self._written}")))
        code = self.chance.pick((("RCDT", "ESCT"), ("IDDT", "ESDD")))
        return [Entry(amount, False, like.day, f"X{self._written}", code, (detail,))]

    def _schedule(self, name: str, content: bytes, says: list[tuple[Asked, str]], after: int = 0) -> None:
        told = tuple((one.order.end_to_end_id, word) for one, word in says)
        day = self.today() + timedelta(days=after + (0 if self.calm else self.chance.pick((0, 0, 0, 1, 2, 5))))
        if not self.calm and self.chance.happens(4):
            self._messages.append(_Message(day, f"{_HALF}{name}", content[: len(content) // 2], told))
            day += timedelta(days=1)
        self._messages.append(_Message(day, f"{name}.xml", content, told))
        if self.chance.happens(20):
            again = day + timedelta(days=self.chance.number(0, 4))
            self._messages.append(_Message(again, f"{name}-again.xml", content, told))

    def _name(self, kind: str) -> str:
        self._written += 1
        return f"{kind}-{self._written}"

    def _at(self) -> datetime:
        return datetime.combine(self.today(), time(12), UTC)
