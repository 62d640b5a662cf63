"""The accounting package `files`: a folder in which a company puts exports, and finds its results.

Read are customers*.csv, invoices*.csv and UBL 2.1 invoices (*.xml); written are mandates.csv, payments.csv and
report.html. A file that was read whole moves to done/. To have everything read again, move files back from done/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from adapters.accounting.files.checking import probes
from adapters.accounting.files.csvfile import CsvStyle
from adapters.accounting.files.incoming import FileKind, Incoming, IncomingFile
from adapters.accounting.files.reading import Reader
from adapters.accounting.files.refusal import Refused
from adapters.accounting.files.results import Results
from adapters.accounting.files.settings import FilesSettings
from adapters.dropfolder import move_to_done
from connector.errors import ConfigError, Retriable, Skippable
from connector.model.customer import Customer, RecordKey
from connector.model.effect import EffectKind
from connector.model.invoice import Invoice
from connector.ports import (
    AccountingPackage,
    AdapterSettings,
    Batch,
    Fault,
    Feed,
    Payment,
    PaymentReturn,
    Probe,
    SignedMandate,
    Surroundings,
    one_by_one,
)
from mappings import MappingFileError, load

BATCH_SIZE = 1000
_OTHER_FEED = {Feed.CUSTOMERS: Feed.INVOICES, Feed.INVOICES: Feed.CUSTOMERS}

Noun = TypeVar("Noun", Customer, Invoice)


class FilesPackage(AccountingPackage):
    """One company's folder of files."""

    Settings = FilesSettings

    def __init__(self, settings: AdapterSettings, surroundings: Surroundings) -> None:
        super().__init__(settings, surroundings)
        if not isinstance(settings, FilesSettings):
            raise TypeError(f"{settings!r} are no FilesSettings")
        self._told = settings
        folder = surroundings.folder / settings.folder
        try:
            mapping = load("files", surroundings.folder / settings.mapping if settings.mapping else None)
        except MappingFileError as error:
            where = f"{error.place} {error.key}".strip()
            raise ConfigError(error.what, where=where, remedy=error.remedy) from error
        style = CsvStyle(settings.encoding, settings.separator, settings.decimal_mark, settings.dates)
        results = surroundings.folder / settings.results if settings.results else folder
        self._incoming = Incoming(folder, settings.settle_seconds)
        self._reader = Reader(self.name, mapping, style)
        self._results = Results(results, mapping, settings.write_decimal_mark)
        self._stored: dict[Feed, frozenset[str]] = {}

    # ----------------------------------------------------------------------------------- reading

    def read_customers(self, cursor: str) -> Iterator[Batch[Customer]]:
        """Customers of customers*.csv, or the buyers of UBL invoices."""
        known: dict[RecordKey, Customer] = {}
        buyers_are_customers = self._buyers_are_customers()

        def read(file: IncomingFile) -> Iterator[Customer | Fault]:
            if file.kind is FileKind.CUSTOMERS:
                yield from self._reader.customers(file)
            elif buyers_are_customers:
                buyer = self._reader.ubl_customer(file)
                if known.get(buyer.key) != buyer:
                    known[buyer.key] = buyer
                    yield buyer

        return self._read(Feed.CUSTOMERS, cursor, read)

    def read_invoices(self, cursor: str) -> Iterator[Batch[Invoice]]:
        """Invoices of invoices*.csv and UBL documents."""

        lists = _Lists()

        def read(file: IncomingFile) -> Iterator[Invoice | Fault]:
            if file.kind is FileKind.INVOICES:
                yield from lists.note(file.id, self._reader.invoices(file))
            else:
                yield self._reader.ubl_invoice(file)

        is_list = self._told.complete and not self._incoming.has_ever(FileKind.UBL)
        return self._read(Feed.INVOICES, cursor, read, lists.present if is_list else None)

    def _read(
        self,
        feed: Feed,
        cursor: str,
        read: Callable[[IncomingFile], Iterator[Noun | Fault]],
        present: Callable[[set[str]], frozenset[str] | None] | None = None,
    ) -> Iterator[Batch[Noun]]:
        files, faults = self._incoming.files(feed, self.surroundings.clock())
        done = {file.id for file in files} & set(cursor.split())
        self._stored[feed] = frozenset(done)
        new = [file for file in files if file.id not in done]
        total = sum(file.records_estimated for file in new)
        records: list[Noun] = []

        def batch() -> Batch[Noun]:
            full = Batch(tuple(records), " ".join(sorted(done)), tuple(faults), total)
            records.clear()
            faults.clear()
            return full

        for item in _items(new, read, done):
            if isinstance(item, Fault):
                faults.append(item)
            else:
                records.append(item)
            if len(records) + len(faults) >= BATCH_SIZE:
                yield batch()
        # Also an empty batch, if a file was stored before and only waits to be moved.
        if records or faults or done:
            yield replace(batch(), present=present(done) if present else None)

    def _buyers_are_customers(self) -> bool:
        if self._told.buyers == "auto":
            return not self._incoming.has_ever(FileKind.CUSTOMERS)
        return self._told.buyers == "always"

    def handled(self, feed: Feed, cursor: str) -> None:
        """Move the files that were read whole to done/; a UBL file once both feeds have stored it."""
        now = self.surroundings.clock()
        self._stored[feed] = frozenset(cursor.split())
        files, _ = self._incoming.files(feed, now)
        for file in files:
            stored = file.id in self._stored[feed]
            if stored and file.kind is FileKind.UBL:
                stored = file.id in self._stored.get(_OTHER_FEED[feed], ())
            if stored:
                try:
                    move_to_done(file.waiting, now)
                except OSError as error:
                    raise Retriable(
                        f"The file can't be moved to done/ ({error.strerror}).",
                        where=str(file.path),
                        remedy="Let the connector write in this folder.",
                    ) from error
        self._write_report()

    # ----------------------------------------------------------------------------------- writing

    def store_mandates(self, signed: Sequence[SignedMandate]) -> Iterator[str | Skippable]:
        """Rows of mandates.csv, as the mandates stand, and their documents in mandates/. Answers the references."""
        return one_by_one(signed, self._results.store_mandate)

    def register_payment(self, payment: Payment) -> str:
        """A row of payments.csv. Returns the key."""
        return self._results.register_payment(payment)

    def register_return(self, returned: PaymentReturn) -> str:
        """A row of payments.csv with a negative amount. Returns the key."""
        return self._results.register_return(returned)

    def look_up(self, kind: EffectKind, key: str) -> str | None:
        """Whether the row stands in the file."""
        match kind:
            case EffectKind.STORE_MANDATE:
                found = self._results.has_mandate(key)
            case EffectKind.REGISTER_PAYMENT:
                found = self._results.has_entry("payment", key)
            case EffectKind.REGISTER_RETURN:
                found = self._results.has_entry("return", key)
            case _:
                found = False
        return key if found else None

    def _write_report(self) -> None:
        try:
            self._results.write_report(self.name, self._told.language, self.surroundings.clock())
        except OSError as error:
            raise Retriable(
                f"The report can't be written now ({error.strerror}).", where=str(self._results.folder)
            ) from error

    # ----------------------------------------------------------------------------------- the rest

    def check(self) -> Iterator[Probe]:
        """The folders, each waiting file with the columns that were recognised, and what will not be read."""
        return probes(self._incoming, self._reader, self._results.folder, self.surroundings.clock(), self._told)

    def close(self) -> None:
        """Bring the report up to date. The adapter can be used on afterwards."""
        self._write_report()


class _Lists:
    """The ids that each list of invoices holds, in the order in which the lists were read."""

    def __init__(self) -> None:
        self._ids: dict[str, set[str]] = {}
        self._spoilt: set[str] = set()

    def note(self, file: str, items: Iterator[Invoice | Fault]) -> Iterator[Invoice | Fault]:
        """Pass the items of a file on, and note their ids."""
        ids = self._ids.setdefault(file, set())
        for item in items:
            if isinstance(item, Fault):
                self._spoilt.add(file)
            else:
                ids.add(item.key.id)
            yield item

    def present(self, done: set[str]) -> frozenset[str] | None:
        """All that the newest list holds, if it was read whole and well.

        An empty list is rather an export that failed: it tells nothing.
        """
        newest = next(reversed(self._ids), "")
        if newest not in done or newest in self._spoilt:
            return None
        return frozenset(self._ids[newest]) or None


def _items(
    files: list[IncomingFile], read: Callable[[IncomingFile], Iterator[Noun | Fault]], done: set[str]
) -> Iterator[Noun | Fault]:
    """What the files hold, one after the other; the id of a file that was read whole is added to `done`."""
    for file in files:
        try:
            yield from read(file)
        except Refused as refused:
            yield refused.fault(file.path.name)
        except FileNotFoundError:
            continue  # taken away before it was read: it will come again
        except OSError as error:
            raise Retriable(f"The file can't be read now ({error.strerror}).", where=str(file.path)) from error
        else:
            if file.waiting.is_unchanged():
                done.add(file.id)
