"""Bringing mandates in: signed on paper, in another program or in the package, they become mandates of ours, once.

A row is taken, is there already, or is refused with all that is wrong with it; nothing else happens to it. Brought in
twice, a sheet changes nothing the second time. Packages hear of the mandates with the next pass, as of those that were
signed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection

from connector.engine.lease import Scope, lease, nobody_working
from connector.engine.mandate_sheet import COLUMNS, Row, Sheet
from connector.engine.mandate_statement import Finding, FindingCode, Statement, read_statement, shown
from connector.installation import Installation, Source
from connector.model.customer import Customer, RecordKey
from connector.model.mandate import OPEN_STATES, Mandate, MandateState
from connector.model.reason import ReasonCode
from connector.ports import Feed
from connector.steps.eligibility import collected_until
from connector.store import cursors, exceptions, mandate_sheets, mandates, rereading
from connector.store.chunks import chunks
from connector.store.database import Store
from connector.store.history import Act, RecordKind, record_name

_CHUNK = 500


class Outcome(StrEnum):
    """What becomes of a row."""

    TAKEN = "taken"
    THERE_ALREADY = "there_already"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Told:
    """A row and what became of it.

    Attributes:
        reference: as it stands in the row; shortened where it is too long, masked where it is an account.
        mandate: as it is here; None if the row was refused.
        findings: why it was refused, or what is remarked.
    """

    line: int
    reference: str
    outcome: Outcome
    mandate: Mandate | None = None
    findings: Sequence[Finding] = ()


def bring_in(
    installation: Installation,
    store: Store,
    sheet: Sheet,
    by: str,
    *,
    rehearsal: bool = False,
    tell: Callable[[Told], None] = lambda _told: None,
) -> Counter[Outcome]:
    """Bring the mandates of a sheet in, some hundred in a transaction. Returns how many rows came to what.

    Args:
        by: who does it, for the history.
        rehearsal: the same, and then all of it is forgotten.
        tell: told of each row in its order, once what became of it stays.

    Raises:
        PassRunning: somebody is at work, who may be inviting the very customers.
    """
    counts: Counter[Outcome] = Counter()
    with _work_on(installation, store, rehearsal=rehearsal) as working:
        for rows in chunks(sheet.rows(), _CHUNK):
            act = Act(installation.clock(), by)
            with working.transaction() as connection:
                told = _Chunk(installation, connection, act, f"imported from {sheet.path.name}").bring_in(rows, sheet)
            for one in told:
                counts[one.outcome] += 1
                tell(one)
    return counts


@contextmanager
def _work_on(installation: Installation, store: Store, *, rehearsal: bool) -> Iterator[Store]:
    if rehearsal:
        with nobody_working(store, installation.folder, installation.clock), store.rehearsal() as forgetful:
            yield forgetful
    else:
        with lease(store, installation.folder, Scope(), installation.clock) as fenced:
            yield fenced


class _Refused(Exception):
    """A row can't be taken."""

    def __init__(self, code: FindingCode, **facts: str) -> None:
        super().__init__(code.value)
        self.finding = Finding(code, facts)


@dataclass
class _Chunk:
    """Some rows, and what is known of their customers and mandates; what is taken on the way is known as well."""

    installation: Installation
    connection: Connection
    act: Act
    why: str
    customers: dict[RecordKey, Customer] = field(default_factory=dict)
    numbered: dict[tuple[str, str], list[Customer]] = field(default_factory=dict)
    known: dict[tuple[str, str], Mandate] = field(default_factory=dict)
    of_customer: dict[RecordKey, list[Mandate]] = field(default_factory=dict)
    taken: list[Mandate] = field(default_factory=list)

    def bring_in(self, rows: Sequence[Row], sheet: Sheet) -> list[Told]:
        """Look at the rows, keep the mandates that are new."""
        today = self.installation.today()
        used_until = collected_until(self.installation.rules, today)
        read: list[tuple[Row, Source, Statement] | Told] = []
        for row in rows:
            if row.fault is not None:
                facts = {"expected": str(len(sheet.columns))}
                read.append(_refused(row, [Finding(FindingCode(row.fault.value), facts)]))
                continue
            said = read_statement(row.cells, today, used_until)
            try:
                read.append(_refused(row, said) if isinstance(said, list) else (row, self._source(said), said))
            except _Refused as refused:
                read.append(_refused(row, [refused.finding]))
        self._look_up([(source, said) for _, source, said in (one for one in read if not isinstance(one, Told))])
        told = [one if isinstance(one, Told) else self._judge(*one) for one in read]
        self._keep()
        return told

    def _source(self, said: Statement) -> Source:
        """The source that a row names, or the only one that it can mean; its creditor must be the one that is named."""
        sources = self.installation.sources
        if said.source and said.source not in sources:
            raise _Refused(FindingCode.SOURCE_UNKNOWN, seen=shown(said.source), known=", ".join(sources))
        possible = [
            source
            for source in sources.values()
            if said.source in ("", source.name) and said.creditor in ("", *self._names_of(source.creditor))
        ]
        if not possible:
            named = sources.get(said.source) or next(iter(sources.values()))
            raise _Refused(FindingCode.CREDITOR_OTHER, seen=shown(said.creditor), known=named.creditor)
        if len(possible) > 1:
            raise _Refused(FindingCode.SOURCE_EMPTY, known=", ".join(source.name for source in possible))
        return possible[0]

    def _names_of(self, creditor: str) -> tuple[str, str]:
        return creditor, self.installation.creditors[creditor].identifier

    def _look_up(self, rows: Sequence[tuple[Source, Statement]]) -> None:
        """All that is known about the rows, asked in a few questions."""
        ids = [RecordKey(source.name, said.customer) for source, said in rows if said.customer]
        numbers = [(source.name, said.customer_number) for source, said in rows if not said.customer]
        references = [(creditor, said.reference) for _, said in rows for creditor in self.installation.creditors]
        self.customers = mandate_sheets.customers_by_id(self.connection, ids)
        self.numbered = mandate_sheets.customers_by_number(self.connection, numbers)
        self.known = mandate_sheets.mandates_by_reference(self.connection, references)
        keys = [*self.customers, *(one.key for some in self.numbered.values() for one in some)]
        self.of_customer = mandates.of_customers(self.connection, dict.fromkeys(keys))

    def _judge(self, row: Row, source: Source, said: Statement) -> Told:
        try:
            customer = self._customer(source, said)
            before = self.known.get((source.creditor, said.reference))
            if before is not None:
                return self._there_already(row, said, customer, before)
            self._is_free(source, said)
            remarks = self._beside_others(source, customer)
        except _Refused as refused:
            return _refused(row, [refused.finding])
        mandate = self._mandate(source, said, customer)
        self.known[source.creditor, said.reference] = mandate
        self.of_customer.setdefault(customer.key, []).append(mandate)
        self.taken.append(mandate)
        return Told(row.line, shown(said.reference), Outcome.TAKEN, mandate, remarks)

    def _customer(self, source: Source, said: Statement) -> Customer:
        if said.customer:
            customer = self.customers.get(RecordKey(source.name, said.customer))
            if customer is not None and said.customer_number not in ("", customer.number):
                raise _Refused(
                    FindingCode.NUMBER_OTHER,
                    seen=shown(said.customer_number),
                    customer=shown(said.customer),
                    source=source.name,
                )
        else:
            some = self.numbered.get((source.name, said.customer_number), [])
            if len(some) > 1:
                ids = ", ".join(one.key.id for one in some[:5])
                raise _Refused(FindingCode.NUMBER_OF_SEVERAL, seen=shown(said.customer_number), known=ids)
            customer = next(iter(some), None)
        name = shown(said.customer or said.customer_number)
        if customer is None:
            raise _Refused(FindingCode.CUSTOMER_UNKNOWN, customer=name, source=source.name)
        if customer.gone:
            raise _Refused(FindingCode.CUSTOMER_GONE, customer=name, source=source.name)
        return customer

    def _there_already(self, row: Row, said: Statement, customer: Customer, before: Mandate) -> Told:
        """The mandate is known. What a row says beyond what was signed does not count: it has lived on since."""
        other = {
            "customer": before.customer != customer.key,
            "scheme": before.scheme is not said.scheme,
            "type": before.type is not said.type,
            "debtor_name": said.debtor_name not in ("", before.debtor_name),
            "iban": before.iban != said.iban,
            "bic": said.bic not in (None, before.bic),
            "signed_on": before.signed_on != said.signed_on,
        }
        differing = [column for column in COLUMNS if other.get(column)]
        if differing:
            raise _Refused(FindingCode.OTHER_CONTENT, mandate=shown(said.reference), known=", ".join(differing))
        over = {} if before.state in OPEN_STATES else {"mandate": shown(said.reference), "state": before.state.value}
        remarks = [Finding(FindingCode.IS_OVER, over)] if over else []
        return Told(row.line, shown(said.reference), Outcome.THERE_ALREADY, before, remarks)

    def _is_free(self, source: Source, said: Statement) -> None:
        """What is told of a mandate tells its reference alone: no two creditors have the same here."""
        for creditor in self.installation.creditors:
            if creditor != source.creditor and (creditor, said.reference) in self.known:
                raise _Refused(FindingCode.OTHER_CREDITORS, mandate=shown(said.reference), known=creditor)

    def _beside_others(self, source: Source, customer: Customer) -> list[Finding]:
        """A customer may have several mandates, but not one that they are being asked for and have signed."""
        own = [one for one in self.of_customer.get(customer.key, ()) if one.creditor == source.creditor]
        for one in own:
            if one.state is MandateState.INVITED:
                raise _Refused(FindingCode.INVITED, mandate=one.reference, customer=customer.name)
        living = [one for one in own if one.state in OPEN_STATES]
        return [Finding(FindingCode.ANOTHER_MANDATE, {"mandate": shown(one.reference)}) for one in living[:1]]

    def _mandate(self, source: Source, said: Statement, customer: Customer) -> Mandate:
        return Mandate(
            reference=said.reference,
            creditor=source.creditor,
            customer=customer.key,
            scheme=said.scheme,
            type=said.type,
            state=said.state,
            language=said.language or customer.language or self.installation.rules.invite.language,
            debtor_name=said.debtor_name or customer.name,
            iban=said.iban,
            bic=said.bic,
            signed_on=said.signed_on,
            method=said.method,
            last_used_on=said.last_used_on,
        )

    def _keep(self) -> None:
        """Store what was taken. What was amiss for want of these mandates is so no more."""
        dated = [(mandate, mandate.signed_on) for mandate in self.taken if mandate.signed_on is not None]
        mandates.add_signed(self.connection, dated, self.act, self.why)
        of_source: dict[str, list[str]] = {}
        for mandate in self.taken:
            of_source.setdefault(mandate.customer.source, []).append(mandate.reference)
        for source, references in of_source.items():
            self._hear_users_again(source, references)
        at, by = self.act.at, self.act.by
        records = [mandates.record_of(mandate) for mandate in self.taken]
        exceptions.close(self.connection, records, ReasonCode.MANDATE_UNKNOWN, at, by)
        customers = [record_name(RecordKind.CUSTOMER, mandate.customer) for mandate in self.taken]
        exceptions.close(self.connection, customers, ReasonCode.NO_EMAIL, at, by)

    def _hear_users_again(self, source: str, references: Sequence[str]) -> None:
        """What users did in the package to a mandate that was not known here came to nothing: it is read again."""
        if told := mandate_sheets.events_told(self.connection, source, references):
            rereading.forget_events(self.connection, source, told)
            cursors.move(self.connection, source, Feed.MANDATES, "", self.act.at)


def _refused(row: Row, findings: Sequence[Finding]) -> Told:
    return Told(row.line, shown(row.cells.get("reference", "")), Outcome.REFUSED, None, findings)
