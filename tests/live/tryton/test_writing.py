"""Mandates, payments and returns in a real Tryton: made once, however often they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from adapters.accounting.tryton.adapter import TrytonPackage
from adapters.accounting.tryton.client import TrytonClient
from bankfiles.pain008.model import Scheme
from connector.errors import ConnectorError, NoAccess, Retriable, Skippable, UnknownOutcome, Unsupported
from connector.model.effect import EffectKind
from connector.model.mandate import MandateState, MandateType
from tests.contract.accounting import stored
from tests.counterparts.tryton.read_back import (
    BooksInTryton,
    InvoiceInTryton,
    MandateInTryton,
    PaymentInTryton,
    read_back,
)
from tests.counterparts.tryton.server import TrytonServer
from tests.live.tryton.cutting import Cut, CuttingTransport
from tests.live.tryton.given import Open, document, german_iban, mandate, payment, returned

pytestmark = [pytest.mark.live, pytest.mark.uncounted, pytest.mark.xdist_group("tryton")]

STEPS_MAX = 20
MANDATE = "account.payment.sepa.mandate"


def mandates(books: BooksInTryton, reference: str) -> list[MandateInTryton]:
    return [found for found in books.mandates if found.reference == reference]


def payments(books: BooksInTryton, key: str) -> list[PaymentInTryton]:
    return [found for found in books.payments if found.reference == key]


def invoice(books: BooksInTryton, server: TrytonServer, place: int) -> InvoiceInTryton:
    (found,) = [found for found in books.invoices if found.number == server.invoices[place].number]
    return found


# ------------------------------------------------------------------------------------------------- the road


def test_a_mandate_is_validated_an_invoice_paid_and_opened_again(package: TrytonPackage, server: TrytonServer) -> None:
    reference, iban = "M-ROAD", german_iban(1)
    kept = stored(package, mandate(server, "ANNA", reference, iban), document(reference))
    paid = payment(server, 0, "E-ROAD/1", mandate_reference=reference)
    booked = package.register_payment(paid)
    books = read_back(server)
    assert mandates(books, reference) == [
        MandateInTryton(
            reference, server.customers["ANNA"], iban, "CORE", "recurrent", "validated", (f"{reference}.pdf",)
        )
    ]
    assert invoice(books, server, 0).state == "paid"
    assert payments(books, paid.key) == [PaymentInTryton(paid.key, paid.amount, "succeeded", reference, ())]

    noted = package.register_return(returned(paid, booked, "R-ROAD"))
    books = read_back(server)
    assert (invoice(books, server, 0).state, invoice(books, server, 0).to_pay) == ("posted", Decimal("121.00"))
    (failed,) = payments(books, paid.key)
    assert failed.state == "failed"
    assert "AM04 Insufficient funds" in failed.notes[0]
    assert "Bank charges: 3.50 EUR" in failed.notes[0]

    assert package.look_up(EffectKind.STORE_MANDATE, reference) == kept
    assert package.look_up(EffectKind.REGISTER_PAYMENT, paid.key) == booked
    assert package.look_up(EffectKind.REGISTER_RETURN, "R-ROAD") == noted


def test_what_came_back_can_be_paid_anew(package: TrytonPackage, server: TrytonServer) -> None:
    first = payment(server, 4, "E-ANEW-1/1")
    package.register_return(returned(first, package.register_payment(first), "R-ANEW-1"))
    second = payment(server, 4, "E-ANEW-2/1")
    package.register_payment(second)
    books = read_back(server)
    assert [found.state for key in (first.key, second.key) for found in payments(books, key)] == ["failed", "succeeded"]
    assert invoice(books, server, 4).state == "paid"


# ------------------------------------------------------------------------------------------ once and only once


def test_called_again_nothing_is_made_again(package: TrytonPackage, server: TrytonServer) -> None:
    signed, signed_document = mandate(server, "C-1", "M-TWICE", german_iban(2)), document("M-TWICE")
    assert stored(package, signed, signed_document) == stored(package, signed, signed_document)
    paid = payment(server, 5, "E-TWICE/1")
    booked = package.register_payment(paid)
    assert package.register_payment(paid) == booked
    back = returned(paid, booked, "R-TWICE")
    assert package.register_return(back) == package.register_return(back)
    assert package.register_payment(paid) == booked  # late repeat: what came back stays so
    books = read_back(server)
    assert [len(found.documents) for found in mandates(books, "M-TWICE")] == [1]
    assert books.ibans.count(german_iban(2)) == 1
    assert [(found.state, len(found.notes)) for found in payments(books, paid.key)] == [("failed", 1)]
    assert invoice(books, server, 5).state == "posted"


def cut_everywhere(open_package: Open, cut: Cut, make: Callable[[int, TrytonPackage], None]) -> int:
    """Cut the network at each change of a call in turn, then call again on a whole one. Returns how often."""
    for passed in range(STEPS_MAX):
        transport = CuttingTransport(passed, cut)
        try:
            make(passed, open_package(transport))
        except (Retriable, UnknownOutcome):
            make(passed, open_package())
        else:
            assert not transport.failed
            return passed
    raise AssertionError(f"more than {STEPS_MAX} changes")


@pytest.mark.parametrize("cut", Cut)
def test_a_mandate_cut_at_any_step_is_completed(
    cut: Cut, open_package: Open, package: TrytonPackage, server: TrytonServer
) -> None:
    first = 1000 if cut is Cut.NOT_SENT else 2000

    def store(step: int, at: TrytonPackage) -> None:
        reference = f"M-CUT-{first + step}"
        stored(at, mandate(server, "C-2", reference, german_iban(first + step)), document(reference))

    steps = cut_everywhere(open_package, cut, store)
    books = read_back(server)
    assert steps >= 5  # account, mandate, document, request, validate
    for step in range(steps):
        reference, iban = f"M-CUT-{first + step}", german_iban(first + step)
        assert [(found.state, found.iban, len(found.documents)) for found in mandates(books, reference)] == [
            ("validated", iban, 1)
        ]
        assert books.ibans.count(iban) == 1
        assert package.look_up(EffectKind.STORE_MANDATE, reference) is not None


@pytest.mark.parametrize("cut", Cut)
def test_a_payment_and_its_return_cut_at_any_step_are_completed(
    cut: Cut, open_package: Open, package: TrytonPackage, server: TrytonServer
) -> None:
    def pay(step: int, at: TrytonPackage) -> None:
        at.register_payment(payment(server, 6, f"E-{cut.name}-{step}/1"))
        package.register_return(returned(payment(server, 6, f"E-{cut.name}-{step}/1"), "", f"R-{cut.name}-{step}"))

    def take_back(step: int, at: TrytonPackage) -> None:
        paid = payment(server, 7, f"E-BACK-{cut.name}-{step}/1")
        package.register_payment(paid)
        at.register_return(returned(paid, "", f"R-BACK-{cut.name}-{step}"))

    paid_steps = cut_everywhere(open_package, cut, pay)
    back_steps = cut_everywhere(open_package, cut, take_back)
    books = read_back(server)
    assert paid_steps >= 6  # payment, submit, three calls to process, succeed
    assert back_steps >= 2  # fail, note
    keys = [f"E-{cut.name}-{step}/1" for step in range(paid_steps)]
    keys += [f"E-BACK-{cut.name}-{step}/1" for step in range(back_steps)]
    for key in keys:
        assert [(found.amount, found.state, len(found.notes)) for found in payments(books, key)] == [
            (Decimal("121.00"), "failed", 1)
        ]
    assert [invoice(books, server, place).state for place in (6, 7)] == ["posted", "posted"]


def test_a_call_that_changed_something_does_not_claim_to_have_had_no_effect(
    open_package: Open, person: TrytonClient, server: TrytonServer
) -> None:
    signed = mandate(server, "C-3", "M-CLAIM", german_iban(3))

    def seen() -> object:
        account = person.read("bank.account.number", (), [["number_compact", "=", signed.iban]])
        return account, person.read(MANDATE, ("state",), [["identification", "=", signed.reference]])

    raised = []
    for passed in range(STEPS_MAX):
        before = seen()
        try:
            stored(open_package(CuttingTransport(passed, Cut.NOT_SENT)), signed, None)
        except (Retriable, UnknownOutcome) as error:
            raised.append((type(error), before != seen()))
        else:
            break
    assert (Retriable, True) not in raised
    assert (UnknownOutcome, True) in raised


def test_what_was_never_asked_for_is_not_found(package: TrytonPackage) -> None:
    for kind in (EffectKind.STORE_MANDATE, EffectKind.REGISTER_PAYMENT, EffectKind.REGISTER_RETURN):
        assert package.look_up(kind, "NEVER") is None
    with pytest.raises(Unsupported, match="look_up of mail"):
        package.look_up(EffectKind.MAIL_NOTICE, "NEVER")


# ----------------------------------------------------------------------------------------------- finer points


def test_a_b2b_mandate_waits_for_the_debtors_bank(package: TrytonPackage, server: TrytonServer) -> None:
    waiting = mandate(server, "CARLA", "M-B2B", german_iban(4), scheme=Scheme.B2B, state=MandateState.AWAITING_BANK)
    stored(package, waiting, document("M-B2B"))
    (found,) = mandates(read_back(server), "M-B2B")
    assert (found.scheme, found.state) == ("B2B", "requested")
    stored(package, waiting.moved(MandateState.ACTIVE), document("M-B2B"))
    (found,) = mandates(read_back(server), "M-B2B")
    assert (found.state, len(found.documents)) == ("validated", 1)


def test_a_one_off_mandate_is_one_in_tryton(package: TrytonPackage, server: TrytonServer) -> None:
    stored(package, mandate(server, "C-3", "M-ONCE", german_iban(5), kind=MandateType.ONE_OFF), None)
    assert mandates(read_back(server), "M-ONCE")[0].type == "one-off"


def test_an_account_that_two_customers_share_is_made_once(package: TrytonPackage, server: TrytonServer) -> None:
    for customer, reference in (("C-3", "M-SHARED-1"), ("C-4", "M-SHARED-2")):
        stored(package, mandate(server, customer, reference, german_iban(6)), None)
    books = read_back(server)
    assert books.ibans.count(german_iban(6)) == 1
    assert {found.state for ref in ("M-SHARED-1", "M-SHARED-2") for found in mandates(books, ref)} == {"validated"}


def test_a_draft_that_somebody_began_in_tryton_is_completed_with_what_was_signed(
    package: TrytonPackage, person: TrytonClient, server: TrytonServer
) -> None:
    begun = {"party": server.customers["C-4"], "company": server.company, "identification": "M-BEGUN"}
    person.create(MANDATE, {**begun, "signature_date": date(2020, 1, 1), "scheme": "B2B"})
    stored(package, mandate(server, "C-4", "M-BEGUN", german_iban(7)), None)
    (found,) = mandates(read_back(server), "M-BEGUN")
    assert (found.iban, found.scheme, found.state) == (german_iban(7), "CORE", "validated")


def test_an_invoice_in_parts_is_paid_by_a_payment_for_each(package: TrytonPackage, server: TrytonServer) -> None:
    paid = payment(server, 3, "E-PARTS/1", "100.01")
    booked = package.register_payment(paid)
    books = read_back(server)
    assert sorted(found.amount for found in payments(books, paid.key)) == [Decimal("50.00"), Decimal("50.01")]
    assert invoice(books, server, 3).state == "paid"
    package.register_return(returned(paid, booked, "R-PARTS"))
    books = read_back(server)
    assert {found.state for found in payments(books, paid.key)} == {"failed"}
    assert invoice(books, server, 3).to_pay == Decimal("100.01")


# ---------------------------------------------------------------------------------------- matters for a person


def refused(call: Callable[[], object], words: str, error: type[ConnectorError] = Skippable) -> str:
    """What a refused call says."""
    with pytest.raises(error, match=words) as raised:
        call()
    assert type(raised.value) is error
    assert raised.value.remedy
    return str(raised.value)


def test_a_reference_of_another_party_is_a_matter_for_a_person(package: TrytonPackage, server: TrytonServer) -> None:
    stored(package, mandate(server, "C-5", "M-TAKEN", german_iban(8)), None)
    other = mandate(server, "C-6", "M-TAKEN", german_iban(9))
    refused(lambda: stored(package, other, None), "Another party")
    assert german_iban(9) not in read_back(server).ibans


def test_a_validated_mandate_keeps_its_account(package: TrytonPackage, server: TrytonServer) -> None:
    stored(package, mandate(server, "C-5", "M-KEPT", german_iban(10)), None)
    changed = mandate(server, "C-5", "M-KEPT", german_iban(11))
    words = refused(lambda: stored(package, changed, None), "validated in Tryton for")
    assert german_iban(10) not in words
    assert german_iban(11) not in words


def test_a_mandate_that_was_cancelled_in_tryton_stays_so(
    package: TrytonPackage, person: TrytonClient, server: TrytonServer
) -> None:
    signed = mandate(server, "C-5", "M-CANCELLED", german_iban(12))
    kept = stored(package, signed, None)
    person.press(MANDATE, int(kept), "cancel")
    refused(lambda: stored(package, signed, None), "cancelled in Tryton")
    assert package.look_up(EffectKind.STORE_MANDATE, "M-CANCELLED") is None


@pytest.mark.parametrize("state", [MandateState.CANCELLED, MandateState.EXPIRED])
def test_a_mandate_that_ended_is_cancelled_with_its_document_kept(
    package: TrytonPackage, server: TrytonServer, state: MandateState
) -> None:
    reference = f"M-ENDED-{state.name}"
    signed = mandate(server, "C-7", reference, german_iban(13))
    kept = stored(package, signed, document(reference))
    for _ in range(2):
        assert stored(package, signed.moved(state), document(reference)) == kept
    (found,) = mandates(read_back(server), reference)
    assert (found.state, len(found.documents)) == ("cancelled", 1)


def test_a_mandate_that_ended_before_it_was_told_is_there_as_cancelled(
    package: TrytonPackage, server: TrytonServer
) -> None:
    ended = mandate(server, "C-7", "M-NEVER-TOLD", german_iban(14)).moved(MandateState.CANCELLED)
    stored(package, ended, None)
    (found,) = mandates(read_back(server), "M-NEVER-TOLD")
    assert found.state == "cancelled"


def test_an_iban_that_tryton_does_not_take_is_told_masked(package: TrytonPackage, server: TrytonServer) -> None:
    unknown_bank = "BE68539007547034"
    words = refused(lambda: stored(package, mandate(server, "C-6", "M-BANK", unknown_bank), None), "is not valid")
    assert "5390" not in words


def test_more_than_is_open_is_not_booked(package: TrytonPackage, server: TrytonServer) -> None:
    refused(lambda: package.register_payment(payment(server, 8, "E-MUCH/1", "121.01")), "less is open")
    assert payments(read_back(server), "E-MUCH/1") == []


def test_another_amount_under_the_same_key_is_told(package: TrytonPackage, server: TrytonServer) -> None:
    package.register_payment(payment(server, 8, "E-AMOUNT/1", "21.00"))
    refused(lambda: package.register_payment(payment(server, 8, "E-AMOUNT/1", "22.00")), "not 22.00 EUR")


def test_a_date_outside_the_books_is_told(package: TrytonPackage, server: TrytonServer) -> None:
    paid = payment(server, 9, "E-DATE/1")
    late = type(paid)(**{**{name: getattr(paid, name) for name in paid.__slots__}, "paid_on": date(2031, 1, 5)})
    refused(lambda: package.register_payment(late), "Tryton refuses")


def test_a_return_of_nothing_or_of_a_part_is_told(package: TrytonPackage, server: TrytonServer) -> None:
    paid = payment(server, 10, "E-PART/1")
    refused(lambda: package.register_return(returned(paid, "", "R-NOTHING")), "no payment E-PART/1")
    package.register_payment(paid)
    part = returned(payment(server, 10, "E-PART/1", "20.00"), "", "R-PART")
    refused(lambda: package.register_return(part), "undoes a payment as a whole")
    assert invoice(read_back(server), server, 10).state == "paid"


def test_without_a_login_no_payment_is_begun(open_package: Open, server: TrytonServer) -> None:
    package = open_package(login="", password=None)
    refused(lambda: package.register_payment(payment(server, 7, "E-LOGIN/1")), "can't be registered")
    assert payments(read_back(server), "E-LOGIN/1") == []


def test_a_journal_without_clearing_account_stops_before_anything_is_booked(
    open_package: Open, server: TrytonServer
) -> None:
    package = open_package(journal="Bare")
    refused(lambda: package.register_payment(payment(server, 7, "E-BARE/1")), "no clearing account", NoAccess)
    assert payments(read_back(server), "E-BARE/1") == []
