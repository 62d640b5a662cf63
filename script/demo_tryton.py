"""The demo against a real Tryton: started here in its own environment, filled, read back at the end, and stopped."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from connector.cli.demo import folder_of, walk
from connector.cli.demo.people import Person, due_on
from tests.counterparts.tryton import server as tryton
from tests.counterparts.tryton.environment import TrytonFailed
from tests.counterparts.tryton.read_back import read_back


class TrytonBooks:
    """A company in a Tryton server of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: tryton.TrytonServer | None = None

    def fill(self, people: Iterable[Person], first_night: date) -> None:
        """Make the database with the demo's customers and posted invoices, and serve it."""
        everyone = tuple(people)
        issued_on = first_night - timedelta(days=5)
        books = tryton.Books(
            company="Brouwerij De Kroon",
            today=issued_on,
            customers=tuple(
                tryton.CustomerSeed(
                    id=person.id,
                    name=person.name,
                    email=person.email,
                    language=person.language,
                    address=tryton.Address(person.street, person.postcode, person.town, person.country),
                    direct_debit=True,
                )
                for person in everyone
            ),
            invoices=tuple(
                tryton.InvoiceSeed(person.id, person.amount, issued_on, due_on(person, first_night), person.currency)
                for person in everyone
            ),
        )
        self._server = tryton.start(self._folder, books)

    def source(self) -> Mapping[str, object]:
        """Config of the source."""
        return {"name": "tryton", "adapter": "tryton", **self._running.settings()}

    def read_back(self) -> Iterator[str]:
        """What Tryton says of one mandate, one paid invoice, and one that a return opened again."""
        books = read_back(self._running)
        mandate = next(one for one in books.mandates if one.state == "validated")
        yield f"mandate {mandate.reference}: {mandate.state}, with {', '.join(mandate.documents)}"
        paid = next(one for one in books.invoices if one.state == "paid")
        yield f"invoice {paid.number} of {paid.total}: {paid.state}, {paid.to_pay} to pay"
        failed = next(one for one in books.payments if one.state == "failed")
        again = next(one for one in books.invoices if one.state == "posted" and one.total == failed.amount)
        why = "; ".join(failed.notes).splitlines()[0]
        yield f"invoice {again.number} of {again.total}: {again.state} again, {again.to_pay} to pay ({why})"

    def stop(self) -> None:
        """Stop the server, if it runs."""
        if self._server is not None:
            self._server.stop()

    @property
    def _running(self) -> tryton.TrytonServer:
        if self._server is None:
            raise TrytonFailed("The server was not started.")
        return self._server


def main() -> int:
    """Entry point. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="script/demo --with tryton", description=__doc__)
    parser.add_argument("--with", dest="package", choices=["tryton"], required=True)
    parser.add_argument("--into", type=Path, metavar="DIR", help="where everything goes")
    parser.add_argument("--serve", action="store_true", help="leave the signing pages running at the end")
    asked = parser.parse_args()
    folder = folder_of(asked.into)
    if folder is None:
        return 2
    books = TrytonBooks(folder / "tryton")
    try:
        return walk(folder, books, stay=asked.serve)
    finally:
        books.stop()


if __name__ == "__main__":
    raise SystemExit(main())
