"""`demo`: the whole road on built-in data, in a folder of its own, with real pages and a bank that answers."""

from __future__ import annotations

import shlex
import signal
import sys
import tempfile
from pathlib import Path
from shutil import which
from threading import Event

from bankfiles.characters import transliterate
from connector.cli.clock import utc_now
from connector.cli.demo.books import Books, FileBooks
from connector.cli.demo.people import Manner, people
from connector.cli.demo.story import Story
from connector.cli.demo.town import Town, first_day, free_port
from connector.cli.options import CONFIG_VARIABLE
from connector.cli.terminal import console, fail
from connector.logs import set_up_logs
from connector.store.database import OWNER_ONLY_FOLDER
from connector.testing.bank_house import BankHouse, Fate, Told
from connector.testing.clock import SettableClock

_DONE, _NOT_STARTED = 0, 2


def run(into: Path | None, *, stay: bool) -> int:
    """Walk the road with `files` as the accounting package."""
    folder = folder_of(into)
    return _NOT_STARTED if folder is None else walk(folder, FileBooks(folder / "exchange"), stay=stay)


def folder_of(into: Path | None) -> Path | None:
    """The folder of a demo; a temporary one if none is named. None, said on standard error, if it is in use."""
    folder = into or Path(tempfile.mkdtemp(prefix="sepa-connector-demo-"))
    if folder.exists() and any(folder.iterdir()):
        fail(f"{folder} is not empty. Name a new folder, or empty this one: the demo would mix with what is there.")
        return None
    folder.mkdir(mode=OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
    return folder.absolute()


def walk(folder: Path, books: Books, *, stay: bool) -> int:
    """Walk the whole road in a folder. Returns the exit code."""
    clock = SettableClock(first_day(utc_now()))
    set_up_logs("error", as_json=False, clock=clock)
    everyone = people()
    fates = {transliterate(person.name): person.fate for person in everyone}  # names as bank files have them
    house = BankHouse(lambda order: fates.get(order.debtor_name, Told(Fate.PAID)))
    books.fill(everyone, clock.now.date())
    town = Town(folder, books, clock, house, free_port())
    write = console().print
    try:
        with town.open_pages():
            story = Story(town, everyone, write)
            story.tell()
            story.tell_end()
            write("\nRead back from the accounting package")
            for line in books.read_back():
                write(f"  {line}")
            write(f"\nAll of it lies in {folder}")
            write("  outbox/ bank files sent   inbox/ the bank's answers   mail/ mails   mandates/ signed PDFs   db/")
            write("\nTo look further, type:")
            for line in _what_to_type(folder / "config.yaml"):
                write(f"  {line}")
            if stay:
                _stay(town)
    finally:
        town.close()
    return _DONE


def _what_to_type(config: Path) -> tuple[str, ...]:
    """Commands to go on with, as they work in this shell: the command may not be on its path."""
    command = "sepa-connector" if which("sepa-connector") else shlex.quote(sys.argv[0])
    asked = ("status", "exceptions list", "explain customer 'Damien Lambert'", "mandates list", "audit")
    return (f"export {CONFIG_VARIABLE}={shlex.quote(str(config))}", *(f"{command} {words}" for words in asked))


def _stay(town: Town) -> None:
    """Keep the pages open for a debtor who has not signed yet, until Ctrl-C."""
    waiting = next(person for person in people() if person.manner is Manner.WAITS)
    link = town.mailbox.link_for(waiting.email)
    console().print(f"\nThe signing page of {waiting.name} is open: {link}")
    console().print("Codes arrive as files in mail/. Ctrl-C ends it.")
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    stopped.wait()
