"""The story of the demo: three weeks in the life of a creditor, told in a finance user's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from connector.cli.demo.people import Manner, Person
from connector.cli.demo.town import Town
from connector.cli.telling import Narrator
from connector.engine.one_pass import PassResult, run_pass
from connector.engine.status import status
from connector.masking import masked_text
from connector.model.collection import FAILED_STATES, CollectionState
from connector.store import exceptions
from connector.testing.debtor import refuse_over_http, sign_over_http
from connector.texts import reason_text, record_text, word
from connector.texts.formatting import written

_NIGHTS_MAX = 21
_QUIET_NIGHTS_IN_A_ROW = 3
_ENDED = FAILED_STATES | {CollectionState.SETTLED}
_NIGHT_HOURS, _DAY_HOURS = 14, 10  # from noon to half past two, and on to noon


class Story:
    """Walks the town through its nights and days.

    Args:
        write: puts a line in front of a person.
    """

    def __init__(self, town: Town, people: Sequence[Person], write: Callable[[str], None]) -> None:
        self._town = town
        self._people = people
        self._write = write

    def tell(self) -> list[PassResult]:
        """The whole road."""
        passes = [self._night("customers and invoices are read, and customers invited")]
        self._day_of_signing()
        passes.append(self._night("signed mandates are stored, and debits announced"))
        passes += self._until_paid()
        self._write("\nA debtor's bank takes money back")
        self._town.desk.take_back()
        passes.append(self._night("the return is booked"))
        return passes

    def _until_paid(self) -> list[PassResult]:
        """Nights and days at the bank, until nothing moves any more."""
        passes: list[PassResult] = []
        for _ in range(_NIGHTS_MAX):
            self._town.desk.work()
            passes.append(self._night())
            last = passes[-_QUIET_NIGHTS_IN_A_ROW:]
            if self._all_ended() and len(last) == _QUIET_NIGHTS_IN_A_ROW and not any(one.counts for one in last):
                break
        return passes

    def _all_ended(self) -> bool:
        """Whether there were collections, and none is under way: banks may be closed for days."""
        states = status(self._town.store).collections
        return bool(states) and {CollectionState(state) for state in states} <= _ENDED

    def _night(self, about: str = "") -> PassResult:
        """One pass, told if anything happened; then it is day."""
        self._town.clock.forward(hours=_NIGHT_HOURS)
        told: list[str] = []
        narrator = Narrator(self._town.installation.language, told.append)

        result = run_pass(self._town.installation, self._town.store, tell=narrator)
        narrator.end()
        if result.error is not None:
            raise result.error
        if told:
            now = self._town.clock.now
            title = f"Night of {now:%A} {now.day} {now:%B}"
            self._write(f"\n{title}: {about}" if about else f"\n{title}")
            for line in told:
                self._write(masked_text(line))
        self._town.clock.forward(hours=_DAY_HOURS)
        return result

    def _day_of_signing(self) -> None:
        """Debtors open their invitations, and sign or refuse on the real pages."""
        self._write("\nBy day: debtors open the link in their mail")
        for person in self._people:
            link = self._town.mailbox.link_for(person.email) if person.email else None
            if link is None or person.manner is Manner.WAITS:
                continue
            if person.manner is Manner.REFUSES:
                refuse_over_http(link, "I'd rather pay by transfer")
                self._write(f"  {person.name} would rather not, and says so on the page.")
                continue
            signed = sign_over_http(link, person.iban, partial(self._town.mailbox.code_for, person.email))
            kept = self._keep(person, signed.document)
            self._write(f"  {person.name} signs with the code from the mail: {kept.name}")

    def _keep(self, person: Person, document: bytes) -> Path:
        path = self._town.folder / "mandates" / f"{person.id}.pdf"
        path.write_bytes(document)
        return path

    def tell_end(self) -> None:
        """How it stands at the end, and what waits for a person."""
        town = self._town
        stands, language = status(town.store), town.installation.language
        self._write("\nHow it stands")
        for state, (number, amount) in stands.collections.items():
            self._write(
                f"  collections {word(language, 'state', state)}: {number}, together {written(language, amount)}"
            )
        counted = (f"{number} {word(language, 'state', state)}" for state, number in stands.mandates.items())
        self._write(f"  mandates: {', '.join(counted)}")
        with town.store.reading() as connection:
            shown = exceptions.all_open(connection)
        self._write(f"\nFor a person to look at ({len(shown)})")
        for one in shown:
            record = record_text(language, one.record)
            self._write(f"  {one.id}. {record}: {masked_text(reason_text(language, one.reason))}")
