"""Mandates that were signed elsewhere are brought in once, used, shown in the package, and can be given out again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bankfiles.pain008.model import Scheme
from connector.engine import mandate_desk, mandate_export, nightly
from connector.engine.lease import Scope, lease
from connector.engine.mandate_export import GivenOut
from connector.engine.mandate_import import Outcome, Told, bring_in
from connector.engine.mandate_sheet import open_sheet, write_sheet
from connector.engine.mandate_statement import Finding, FindingCode
from connector.engine.one_pass import run_pass
from connector.errors import PassRunning, Stopped, UnknownOutcome
from connector.installation import Source
from connector.model.customer import RecordKey
from connector.model.deed import Step
from connector.model.derived import mandate_reference
from connector.model.mandate import Mandate, MandateEventKind, MandateState
from connector.model.reason import ReasonCode
from connector.store import exceptions, history, mandates
from connector.testing.accounting import MemoryPackage
from tests.flows.world import CREDITOR, IBANS, World, new_world

HEADINGS = ("reference", "customer", "iban", "signed_on", "scheme", "type", "state", "customer_number")
TAKEN, THERE, REFUSED = Outcome


def _row(reference: str = "OLD-1", customer: str = "ada", signed_on: str = "2025-03-01", **more: str) -> str:
    cells = {"reference": reference, "customer": customer, "signed_on": signed_on}
    cells["iban"] = IBANS.get(customer, IBANS["ada"])
    return ",".join((cells | more).get(name, "") for name in HEADINGS)


def _import(world: World, *rows: str, rehearsal: bool = False) -> list[Told]:
    file = world.folder / "old.csv"
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join([",".join(HEADINGS), *rows]), "utf-8")
    told: list[Told] = []
    counts = bring_in(world.installation, world.store, open_sheet(file), "Ann", rehearsal=rehearsal, tell=told.append)
    assert counts == Counter(one.outcome for one in told)
    return told


def _outcomes(told: Sequence[Told]) -> list[Outcome]:
    return [one.outcome for one in told]


def _codes(told: Told) -> list[FindingCode]:
    return [finding.code for finding in told.findings]


def _mandate(world: World, reference: str = "OLD-1") -> Mandate:
    with world.store.reading() as connection:
        mandate = mandates.find(connection, reference)
    assert mandate is not None
    return mandate


def _all(world: World) -> list[Mandate]:
    with world.store.reading() as connection:
        return mandates.in_states(connection, MandateState)


@pytest.fixture
def pulled(world: World) -> World:
    """A world that has read two customers and did nothing else yet."""
    for name in ("ada", "bob"):
        world.customer(name, number=f"K-{name}")
    world.walk([Step.PULL])
    return world


def test_a_mandate_that_was_brought_in_carries_a_collection(pulled: World) -> None:
    pulled.invoice("2026-1", "ada")
    assert _outcomes(_import(pulled, _row())) == [TAKEN]
    pulled.nights(12)
    (file,) = pulled.bank.received.values()
    assert b"<MndtId>OLD-1</MndtId><DtOfSgntr>2025-03-01</DtOfSgntr>" in re.sub(rb">\s+<", b"><", file)
    assert b"<SeqTp>RCUR</SeqTp>" in file
    assert IBANS["ada"].encode() in file
    assert len(pulled.package.payments) == 1
    assert pulled.package.mandates["OLD-1"].mandate.state is MandateState.ACTIVE
    assert pulled.package.mandates["OLD-1"].document is None
    assert {request.customer.key.id for request in pulled.service.invited.values()} == {"bob"}
    assert nightly.audited(pulled.installation, pulled.store) == []


def test_who_brought_it_in_and_from_where_stands_in_the_history(pulled: World) -> None:
    _import(pulled, _row())
    with pulled.store.reading() as connection:
        (first,) = history.of(connection, "mandate OLD-1")
    assert (first.by, first.old, first.new, first.why) == ("Ann", "", "active", "imported from old.csv")


def test_brought_in_twice_nothing_changes(pulled: World) -> None:
    rows = (_row(), _row("OLD-2", "bob"), _row())
    assert _outcomes(_import(pulled, *rows)) == [TAKEN, TAKEN, THERE]
    pulled.walk()
    before = _all(pulled)
    assert _outcomes(_import(pulled, *rows)) == [THERE] * 3
    pulled.walk()
    assert _all(pulled) == before
    with pulled.store.reading() as connection:
        assert len(history.of(connection, "mandate OLD-1")) == 1


def test_a_rehearsal_tells_the_same_and_keeps_nothing(pulled: World) -> None:
    rows = (_row(), _row(), _row("OLD-3", "nobody"))
    rehearsed = _import(pulled, *rows, rehearsal=True)
    assert _all(pulled) == []
    assert _import(pulled, *rows) == rehearsed


def test_nothing_is_brought_in_while_a_pass_is_at_work(pulled: World) -> None:
    with lease(pulled.store, pulled.folder, Scope(), pulled.clock), pytest.raises(PassRunning):
        _import(pulled, _row())


def test_what_is_known_here_refuses_a_row_and_the_rest_is_taken(pulled: World) -> None:
    pulled.customer("cleo", number="K-ada")
    pulled.customer("dirk")
    pulled.walk([Step.PULL])
    pulled.package.delete_customer("dirk")
    pulled.walk([Step.PULL])
    told = _import(
        pulled,
        _row("OLD-2", "nobody"),
        _row("OLD-3", "", customer_number="K-none"),
        _row("OLD-4", "", customer_number="K-ada"),
        _row("OLD-5", "ada", customer_number="K-bob"),
        _row("OLD-6", "dirk"),
        _row("OLD-7", "", customer_number="K-bob"),
    )
    assert [_codes(one) for one in told] == [
        [FindingCode.CUSTOMER_UNKNOWN],
        [FindingCode.CUSTOMER_UNKNOWN],
        [FindingCode.NUMBER_OF_SEVERAL],
        [FindingCode.NUMBER_OTHER],
        [FindingCode.CUSTOMER_GONE],
        [],
    ]
    assert _mandate(pulled, "OLD-7").customer.id == "bob"
    assert len(_all(pulled)) == 1


def test_the_same_reference_with_other_content_is_refused(pulled: World) -> None:
    _import(pulled, _row())
    told = _import(
        pulled, _row(iban=IBANS["bob"]), _row(signed_on="2025-03-02"), _row(customer="bob", type="OOFF"), _row()
    )
    assert _outcomes(told) == [REFUSED, REFUSED, REFUSED, THERE]
    known = [one.findings[0].facts["known"] for one in told[:3]]
    assert known == ["iban", "signed_on", "customer, type, iban"]
    assert _mandate(pulled).iban == IBANS["ada"]


def test_a_mandate_that_ended_since_stays_ended(pulled: World) -> None:
    _import(pulled, _row())
    mandate_desk.tell(pulled.installation, pulled.store, "OLD-1", MandateEventKind.CANCELLED, "Ann")
    (told,) = _import(pulled, _row())
    assert (told.outcome, _codes(told)) == (THERE, [FindingCode.IS_OVER])
    assert _mandate(pulled).state is MandateState.CANCELLED


def test_a_customer_with_an_open_invitation_is_refused_until_it_is_withdrawn(pulled: World) -> None:
    pulled.walk()
    (told,) = _import(pulled, _row())
    assert (told.outcome, _codes(told)) == (REFUSED, [FindingCode.INVITED])
    invited = told.findings[0].facts["mandate"]
    assert invited == pulled.reference_of("ada")
    mandate_desk.tell(pulled.installation, pulled.store, invited, MandateEventKind.CANCELLED, "Ann")
    assert _outcomes(_import(pulled, _row())) == [TAKEN]


def test_another_mandate_is_taken_with_a_remark_and_the_last_signed_is_used(pulled: World) -> None:
    pulled.invoice("2026-1", "ada")
    told = _import(pulled, _row("NEWER", signed_on="2025-06-01"), _row("OLDER", iban=IBANS["cleo"]))
    assert [_codes(one) for one in told] == [[], [FindingCode.ANOTHER_MANDATE]]
    pulled.nights(8)
    (file,) = pulled.bank.received.values()
    assert b"NEWER" in file
    assert b"OLDER" not in file


def test_a_company_mandate_waits_for_its_bank(pulled: World) -> None:
    _import(pulled, _row(scheme="B2B"), _row("OLD-2", "bob", scheme="B2B", state="confirmed"))
    pulled.walk()
    assert _mandate(pulled).scheme is Scheme.B2B
    assert [_mandate(pulled, name).state.value for name in ("OLD-1", "OLD-2")] == ["awaiting_bank", "active"]
    assert set(pulled.package.mandates) == {"OLD-2"}
    assert pulled.service.invited == {}
    mandate_desk.tell(pulled.installation, pulled.store, "OLD-1", MandateEventKind.BANK_CONFIRMED, "Ann")
    pulled.walk()
    assert set(pulled.package.mandates) == {"OLD-1", "OLD-2"}


def test_the_mandate_service_is_not_asked_to_end_what_it_never_knew(pulled: World) -> None:
    _import(pulled, _row())
    pulled.walk()
    pulled.package.change_mandate("OLD-1", MandateEventKind.CANCELLED)
    pulled.walk()
    assert _mandate(pulled).state is MandateState.CANCELLED
    assert [event for batch in pulled.service.read_events("") for event in batch.records] == []


def test_what_users_did_to_it_in_the_package_before_is_heard(pulled: World) -> None:
    pulled.package.change_mandate("OLD-1", MandateEventKind.SUSPENDED)
    pulled.walk([Step.PULL])
    _import(pulled, _row())
    pulled.walk()
    assert _mandate(pulled).state is MandateState.SUSPENDED


def test_a_lost_answer_of_the_package_is_looked_up(pulled: World) -> None:
    _import(pulled, _row())
    pulled.package.trouble.after("store_mandates", UnknownOutcome("The answer was lost.", where="test"))
    pulled.walk()
    pulled.walk()
    assert pulled.package.mandates["OLD-1"].mandate == _mandate(pulled)
    with pulled.store.reading() as connection:
        assert exceptions.count_open(connection) == 0


def test_what_was_amiss_for_want_of_it_is_so_no_more(pulled: World) -> None:
    pulled.customer("cleo", email="")
    pulled.walk([Step.PULL, Step.INVITE])
    with pulled.store.reading() as connection:
        assert [one.reason.code for one in exceptions.all_open(connection)] == [ReasonCode.NO_EMAIL]
    _import(pulled, _row(customer="cleo"))
    with pulled.store.reading() as connection:
        assert exceptions.count_open(connection) == 0


def test_a_reference_that_came_from_elsewhere_is_not_given_anew(pulled: World) -> None:
    ours = mandate_reference("M", "main", RecordKey("books", "bob"), 1)
    _import(pulled, _row(ours, "ada"))
    pulled.walk()
    assert pulled.reference_of("bob") == mandate_reference("M", "main", RecordKey("books", "bob"), 2)


def test_what_is_given_out_makes_the_same_mandates_elsewhere(pulled: World, tmp_path: Path) -> None:
    rows = [
        *(_row(), _row("OLD-2", "bob", scheme="B2B"), _row("OLD-3", "bob", type="OOFF", state="suspended")),
        _row("ENDED", "ada", signed_on="2026-01-01"),
    ]
    _import(pulled, *rows)
    mandate_desk.tell(pulled.installation, pulled.store, "ENDED", MandateEventKind.CANCELLED, "Ann")
    pulled.invoice("2026-1", "ada")
    pulled.nights(8)
    given_out = GivenOut()
    file = tmp_path / "all.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as stream, pulled.store.reading() as connection:
        write_sheet(stream, mandate_export.rows(connection, given_out))
    assert (given_out.count, given_out.left_out, given_out.untold) == (3, 1, 0)
    other = new_world(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "other")
    try:
        other.store.upgrade()
        other.clock.now = pulled.clock.now
        for name in ("ada", "bob"):
            other.customer(name, number=f"K-{name}")
        other.walk([Step.PULL])
        counts = bring_in(other.installation, other.store, open_sheet(file), "Ann")
        assert counts == {TAKEN: 3}
        assert _all(other) == [one for one in _all(pulled) if one.reference != "ENDED"]
    finally:
        other.store.close()


def test_an_account_that_the_bank_was_not_told_of_is_counted(pulled: World) -> None:
    _import(pulled, _row())
    pulled.invoice("2026-1", "ada")
    pulled.nights(12)
    mandate_desk.tell(pulled.installation, pulled.store, "OLD-1", MandateEventKind.AMENDED, "Ann", iban=IBANS["cleo"])
    given_out = GivenOut()
    with pulled.store.reading() as connection:
        rows = list(mandate_export.rows(connection, given_out))
    assert [row["iban"] for row in rows] == [IBANS["cleo"]]
    assert given_out.untold == 1


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, FindingCode.SOURCE_EMPTY),
        ({"source": "shop"}, FindingCode.SOURCE_UNKNOWN),
        ({"source": "books", "creditor": "other"}, FindingCode.CREDITOR_OTHER),
        ({"creditor": "nobody"}, FindingCode.CREDITOR_OTHER),
        ({"source": "books"}, None),
        ({"creditor": "main"}, None),
        ({"creditor": CREDITOR.identifier, "source": "books"}, None),
    ],
)
def test_of_several_sources_a_row_names_one(pulled: World, more: dict[str, str], found: FindingCode | None) -> None:
    here = pulled.installation
    other = CREDITOR.model_copy(update={"id": "other", "identifier": "NL00ZZZ123456780001"})
    installation = replace(
        here,
        creditors={**here.creditors, "other": other},
        sources={**here.sources, "second": Source("second", pulled.package, "other")},
    )
    file = pulled.folder / "old.csv"
    cells = {"reference": "OLD-1", "customer": "ada", "iban": IBANS["ada"], "signed_on": "2025-03-01"} | more
    file.write_text(f"{';'.join(cells)}\n{';'.join(cells.values())}\n", "utf-8")
    told: list[Told] = []
    bring_in(installation, pulled.store, open_sheet(file), "Ann", tell=told.append)
    assert _codes(told[0]) == ([found] if found else [])
    assert len(_all(pulled)) == (0 if found else 1)


def test_no_two_creditors_have_a_mandate_of_one_reference(pulled: World) -> None:
    """What a service, a package or a person tells of a mandate names it by its reference alone."""
    here = pulled.installation
    second = MemoryPackage(pulled.package.settings, replace(pulled.package.surroundings, name="second"))
    second.put_customer(replace(pulled.customer("cleo"), key=RecordKey("second", "cleo")))
    other = CREDITOR.model_copy(update={"id": "other", "identifier": "NL00ZZZ123456780001"})
    both = replace(
        here,
        creditors={**here.creditors, "other": other},
        sources={**here.sources, "second": Source("second", second, "other")},
        banks={**here.banks, "other": here.banks["main"]},
    )
    run_pass(both, pulled.store, steps=[Step.PULL])
    assert _outcomes(_import(pulled, _row())) == [TAKEN]
    file = pulled.folder / "other.csv"
    row = f"second,{_row(customer='cleo')}\nsecond,{_row('OLD-2', customer='cleo')}"
    file.write_text(f"source,{','.join(HEADINGS)}\n{row}\n", "utf-8")
    told: list[Told] = []
    bring_in(both, pulled.store, open_sheet(file), "Ann", tell=told.append)
    assert _outcomes(told) == [REFUSED, TAKEN]
    assert told[0].findings == [Finding(FindingCode.OTHER_CREDITORS, {"mandate": "OLD-1", "known": "main"})]


def test_an_import_that_was_interrupted_is_taken_up_where_it_stopped(pulled: World) -> None:
    def stop(told: Told) -> None:
        if told.line == 300:
            raise Stopped("A person pressed Ctrl-C.")

    file = pulled.folder / "old.csv"
    rows = [",".join(HEADINGS), *(_row(f"OLD-{number}") for number in range(600))]
    file.write_text("\n".join(rows), "utf-8")
    with pytest.raises(Stopped):
        bring_in(pulled.installation, pulled.store, open_sheet(file), "Ann", tell=stop)
    assert bring_in(pulled.installation, pulled.store, open_sheet(file), "Ann") == {THERE: 500, TAKEN: 100}


def test_many_are_brought_in_and_given_out_in_pages(world: World) -> None:
    for number in range(1100):
        world.customer(f"c{number}", direct_debit=None)
    world.walk([Step.PULL])
    told = _import(world, *(_row(f"OLD-{number}", f"c{number}") for number in range(1100)))
    assert Counter(_outcomes(told)) == {TAKEN: 1100}
    with world.store.reading() as connection:
        rows = list(mandate_export.rows(connection, GivenOut()))
    assert {row["reference"] for row in rows} == {f"OLD-{number}" for number in range(1100)}
    assert len(rows) == 1100
