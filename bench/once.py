"""What it costs that nothing happens twice: the outbox per effect, claims per collection, and both at size.

The peers write the same rows bare, so that what is left is the price of the rules: keys, claims, fences, history.
"""

from __future__ import annotations

import sqlite3
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from shutil import copytree
from zoneinfo import ZoneInfo

from schwifty import IBAN

from bankfiles.pain008.model import Scheme, SequenceType
from bench.figure import Figure, Measured, measured
from connector.engine.one_pass import run_pass
from connector.installation import Bank, Installation, Source
from connector.model.collection import Claim, Collection, CollectionState
from connector.model.creditor import Creditor, CreditorAddress
from connector.model.customer import RecordKey
from connector.model.deed import Step
from connector.model.effect import Effect, EffectKind
from connector.model.invoice import Invoice, InvoiceKind
from connector.model.rules import NoticeChannel, NotifyRules, Rules
from connector.ports import AdapterSettings, Surroundings
from connector.store import collections, effects, runs
from connector.store.chunks import chunks
from connector.store.collection_rows import StoredCollection
from connector.store.database import open_store
from connector.store.history import Act
from connector.testing.accounting import MemoryPackage
from connector.testing.bank import MemoryBank
from connector.testing.clock import SettableClock
from connector.testing.mail import MemoryMailer
from connector.testing.mandates import MemoryMandateService

INVOICES, DUE, CUSTOMERS = 1_000_000, 100_000, 50_000
EFFECTS, CLAIMS = 5_000, 20_000
NIGHT = datetime(2026, 11, 9, 1, 30, tzinfo=UTC)
THEN = "2026-10-01 00:00:00"


def _installation(folder: Path) -> Installation:
    clock, settings = SettableClock(NIGHT), AdapterSettings()

    def around(name: str) -> Surroundings:
        return Surroundings(name=name, clock=clock, folder=folder)

    return Installation(
        creditors={
            "main": Creditor(
                id="main",
                name="Brouwerij De Kroon",
                identifier="BE65ZZZ0403199702",
                iban="BE71096123456769",
                address=CreditorAddress(street="Grote Markt 1", postcode="9000", town="Gent", country="BE"),
            )
        },
        sources={"books": Source("books", MemoryPackage(settings, around("books")), "main")},
        mandates=MemoryMandateService(settings, around("signing")),
        banks={"main": Bank(MemoryBank(settings, around("bank")), "neutral")},
        mailer=MemoryMailer(settings, around("mail")),
        rules=Rules(notify=NotifyRules(channel=NoticeChannel.INVOICE)),
        clock=clock,
        folder=folder,
        time_zone=ZoneInfo("Europe/Brussels"),
    )


def _empty() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="bench-once-"))
    store = open_store(_url(folder))
    store.upgrade()
    store.close()
    return folder


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'sepa-connector.db'}"


def _database(folder: Path) -> sqlite3.Connection:
    database = sqlite3.connect(folder / "sepa-connector.db")
    database.execute("PRAGMA synchronous=FULL")
    return database


@lru_cache
def _filled() -> Path:
    """A house with a million invoices, of which 100,000 are due and may be collected."""
    folder = _empty()
    iban = str(IBAN.from_bban("BE", "539007547034"))
    with _database(folder) as database:
        database.executemany(
            "INSERT INTO customers (source, id, number, name, email, kind, country, town, postcode, street,"
            " enterprise_number, active, digest, read_at) VALUES ('books', ?, ?, ?, '', 'company', 'BE', '', '', '',"
            " '', 1, '', ?)",
            ((f"K{n}", f"K{n}", f"Customer {n}", THEN) for n in range(CUSTOMERS)),
        )
        database.executemany(
            "INSERT INTO mandates (creditor, reference, source, customer_id, scheme, type, state, language,"
            " debtor_name, iban, signed_on, method, invited_at, expires_at)"
            " VALUES ('main', ?, 'books', ?, 'CORE', 'RCUR', 'active', 'nl', ?, ?, '2026-10-01', 'bench', ?, ?)",
            ((f"M-{n}", f"K{n}", f"Customer {n}", iban, THEN, THEN) for n in range(CUSTOMERS)),
        )
        database.executemany(
            "INSERT INTO invoices (source, id, customer_id, number, kind, issued_on, due_on, total, open_amount,"
            " currency, reference, announces_debit, digest, read_at)"
            " VALUES ('books', ?, ?, ?, 'invoice', '2026-01-01', ?, ?, ?, 'EUR', '', 0, '', ?)",
            (_invoice_row(n) for n in range(INVOICES)),
        )
        database.execute(
            "INSERT INTO effects (key, kind, target, about, facts, state, attempts, created_at, changed_at)"
            " SELECT 'store_mandate:main/' || reference, 'store_mandate', 'books', 'mandate ' || reference,"
            " json_object('reference', reference, 'creditor', 'main', 'number', '1'), 'done', 1, ?1, ?1 FROM mandates",
            (THEN,),
        )
    return folder


def _invoice_row(n: int) -> tuple[object, ...]:
    """The first are due; of the others half were paid long ago, and half are due later."""
    due_on = "2026-11-16" if n < DUE else "2026-05-01" if n % 2 else "2027-03-01"
    amount = 1_000 + n % 90_000
    open_amount = 0 if n >= DUE and n % 2 else amount
    return f"I{n}", f"K{n % CUSTOMERS}", f"2026-{n}", due_on, amount, open_amount, THEN


def _walk(folder: Path, *steps: Step) -> None:
    store = open_store(_url(folder))
    result = run_pass(_installation(folder), store, steps=steps or tuple(Step))
    store.close()
    if result.error is not None:
        raise result.error


def _collections_alone(folder: Path, most: int = DUE) -> None:
    """The rows of so many collections, in batches, without a rule."""
    with _database(folder) as database:
        database.execute("CREATE TABLE c AS SELECT * FROM collections WHERE 0")
        database.execute("CREATE TABLE l AS SELECT * FROM claims WHERE 0")
        database.execute("CREATE TABLE h AS SELECT * FROM history WHERE 0")
        database.commit()
        rows = database.execute(
            "SELECT id, customer_id, open_amount FROM invoices WHERE due_on = '2026-11-16' LIMIT ?", (most,)
        )
        while batch := rows.fetchmany(500):
            database.executemany(
                "INSERT INTO c (end_to_end_id, run, source, customer_id, amount, state)"
                " VALUES (?, 'R', 'books', ?, ?, 'proposed')",
                batch,
            )
            database.executemany(
                "INSERT INTO l (end_to_end_id, source, invoice_id, part, attempt, amount, live, counts)"
                " VALUES (?1, 'books', ?2, 1, 1, ?3, 1, 1)",
                batch,
            )
            database.executemany(
                "INSERT INTO h (at, by, record, old, new, why) VALUES ('', 'pass', ?1, '', 'proposed', '')",
                [(row[0],) for row in batch],
            )
            database.commit()


def _sql_alone(folder: Path) -> None:
    with _database(folder) as database:
        database.execute(
            "SELECT count(*) FROM invoices i WHERE i.open_amount > 0 AND i.due_on <= '2026-11-16'"
            " AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.source = i.source AND c.invoice_id = i.id AND c.live)"
        ).fetchone()


def _owing() -> tuple[Path, Installation]:
    """A house that owes its package payments."""
    folder = _empty()
    installation = _installation(folder)
    package = installation.sources["books"].package
    assert isinstance(package, MemoryPackage)
    invoice = Invoice(
        key=RecordKey("books", ""),
        customer=RecordKey("books", "K"),
        number="",
        kind=InvoiceKind.INVOICE,
        issued_on=date(2026, 11, 1),
        due_on=date(2026, 11, 16),
        total=Decimal(10),
        open_amount=Decimal(10),
    )
    for n in range(EFFECTS):
        package.put_invoice(replace(invoice, key=RecordKey("books", f"I{n}"), number=f"I{n}"))
    store = open_store(_url(folder))
    with store.transaction() as connection:
        effects.owe_many(connection, map(_payment, range(EFFECTS)), NIGHT)
    store.close()
    return folder, installation


def _payment(n: int) -> Effect:
    facts = {
        "end_to_end_id": f"E{n}",
        "customer": "K",
        "invoice": f"I{n}",
        "amount": "10.00",
        "mandate": "M-1",
        "paid_on": "2026-11-08",
        "bank_reference": "",
    }
    key = f"register_payment:E{n}/1"
    return Effect(key, EffectKind.REGISTER_PAYMENT, "books", "bench", facts, lane=f"books/K{n}")


def _make() -> None:
    folder, installation = _owing()
    store = open_store(_url(folder))
    result = run_pass(installation, store, steps=[Step.RECONCILE])
    store.close()
    assert result.counts["reconcile.register_payment"] == EFFECTS


def _prepare_alone() -> None:
    _owing()


def _effects_alone() -> None:
    """As many commits of one row each as an effect needs, and nothing else."""
    folder, _ = _owing()
    with _database(folder) as database:
        database.execute("PRAGMA journal_mode=WAL")
        for n in range(EFFECTS):
            database.execute("UPDATE effects SET state = 'sending' WHERE key = ?", (f"register_payment:E{n}/1",))
            database.execute("UPDATE effects SET state = 'done' WHERE key = ?", (f"register_payment:E{n}/1",))
            database.commit()


def outbox() -> Figure:
    """One effect through the outbox, in milliseconds: claimed, made, written down."""
    before = measured(_prepare_alone).seconds
    ours, bare = measured(_make), measured(_effects_alone)
    each = 1000 / EFFECTS
    return Figure(
        "once.outbox_per_effect",
        (ours.seconds - before) * each,
        "ms",
        "bare updates, one commit each",
        (bare.seconds - before) * each,
        ours.peak_mib,
    )


def _proposed(n: int) -> StoredCollection:
    key = RecordKey("books", f"I{n}")
    collection = Collection(
        end_to_end_id=f"E{n}",
        creditor="main",
        customer=RecordKey("books", f"K{n}"),
        mandate_reference=f"M-{n}",
        amount=Decimal(1_000 + n % 90_000) / 100,
        collection_date=date(2026, 11, 16),
        sequence_type=SequenceType.RECURRENT,
        state=CollectionState.PROPOSED,
        remittance=f"2026-{n}",
        claims=(Claim(key, 1, 1, Decimal(1_000 + n % 90_000) / 100),),
    )
    return StoredCollection(
        collection=collection,
        run="R",
        scheme=Scheme.CORE,
        debtor_name=f"Customer {n}",
        debtor_iban="BE71096123456769",
        debtor_bic=None,
        mandate_signed_on=date(2026, 10, 1),
        bank_file=None,
        batch_id=None,
        settled_on=None,
        reason_code=None,
    )


def _claim(folder: Path, *, guarded: bool) -> None:
    """Propose collections that are ready made: by the store, or by bare inserts of the same rows."""
    store = open_store(_url(folder))
    with store.transaction() as connection:
        runs.adopt(connection, "R", "main", Act(NIGHT, "bench"))
    for some in chunks(map(_proposed, range(CLAIMS)), 500):
        with store.transaction() as connection:
            if guarded:
                collections.propose(connection, some, Act(NIGHT, "bench"))
    store.close()
    if not guarded:
        _collections_alone(folder, CLAIMS)


def claims() -> Figure:
    """One collection with its claim and its history, in milliseconds: constraints, triggers, indexes and all."""
    folder, alone = _copy(), _copy()
    ours, bare = measured(_claim, folder, guarded=True), measured(_claim, alone, guarded=False)
    before = measured(_make_ready).seconds
    each = 1000 / CLAIMS
    return Figure(
        "once.claim_per_collection",
        (ours.seconds - before) * each,
        "ms",
        "bare inserts of the same rows",
        (bare.seconds - before) * each,
        ours.peak_mib,
    )


def _make_ready() -> None:
    for some in chunks(map(_proposed, range(CLAIMS)), 500):
        assert some


def propose() -> Figure:
    """Propose 100,000 collections out of a million invoices, each with its claim."""
    folder = _copy()
    bare = measured(_collections_alone, _copy())
    return _beside("once.propose_100000", measured(_walk, folder, Step.COLLECT), "bare inserts of the same rows", bare)


def idle() -> Figure:
    """A pass over a million invoices after which nothing has changed."""
    folder = _copy()
    _walk(folder)
    bare = measured(_sql_alone, folder)
    return _beside("once.idle_pass_1000000", measured(_walk, folder), "bare SQL that finds none", bare)


def _copy() -> Path:
    return copytree(_filled(), Path(tempfile.mkdtemp(prefix="bench-once-")) / "house")


def _beside(name: str, ours: Measured, peer: str, bare: Measured) -> Figure:
    return Figure(name, ours.seconds, "s", peer, bare.seconds, ours.peak_mib)


FIGURES = {
    "once.outbox_per_effect": outbox,
    "once.claim_per_collection": claims,
    "once.propose_100000": propose,
    "once.idle_pass_1000000": idle,
}
