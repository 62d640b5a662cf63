"""What every mandate service must hold to: rules that an adapter joins with one class and one fixture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256

import pytest

from bankfiles.identifiers import normalise_iban
from connector.errors import Unsupported
from connector.model.mandate import MandateEvent, MandateEventKind
from connector.ports import MandateService
from tests.contract.any_adapter import AdapterContract, closing_all
from tests.contract.worlds import MandateWorld


def events(service: MandateService, cursor: str = "") -> list[MandateEvent]:
    """Events since a cursor."""
    return [event for batch in service.read_events(cursor) for event in batch.records]


class MandateServiceContract(AdapterContract):
    """All rules for a mandate service."""

    @pytest.fixture
    def world(self) -> MandateWorld:
        """The other side; the joining class gives it."""
        raise NotImplementedError

    @pytest.fixture
    def reopen(self, world: MandateWorld) -> Iterator[Callable[[], MandateService]]:
        with closing_all(world.open) as reopen:
            yield reopen

    @pytest.fixture
    def service(self, reopen: Callable[[], MandateService]) -> MandateService:
        return reopen()

    def test_an_invitation_has_a_link_and_an_end(self, world: MandateWorld, service: MandateService) -> None:
        request = world.request("KIT-1")
        invitation = service.invite(request)
        assert invitation.reference == "KIT-1"
        assert invitation.id
        assert invitation.link.startswith(("https://", "http://"))
        assert invitation.expires_at == request.expires_at

    def test_inviting_twice_is_inviting_once(
        self, world: MandateWorld, reopen: Callable[[], MandateService], service: MandateService
    ) -> None:
        first = service.invite(world.request("KIT-1"))
        assert service.invite(world.request("KIT-1")) == first
        assert reopen().invite(world.request("KIT-1")) == first

    def test_two_mandates_have_two_links(self, world: MandateWorld, service: MandateService) -> None:
        first, second = service.invite(world.request("KIT-1")), service.invite(world.request("KIT-2"))
        assert (first.id, first.link) != (second.id, second.link)

    def test_an_invitation_is_found_by_its_reference(
        self, world: MandateWorld, reopen: Callable[[], MandateService], service: MandateService
    ) -> None:
        if not type(service).features()["look_up"]:
            pytest.skip("this service can't be asked")
        assert service.look_up("KIT-1") is None
        made = service.invite(world.request("KIT-1"))
        assert service.look_up("KIT-1") == made
        assert reopen().look_up("KIT-1") == made

    def test_a_signature_comes_with_all_that_a_mandate_needs(
        self, world: MandateWorld, service: MandateService
    ) -> None:
        service.invite(world.request("KIT-1"))
        world.sign("KIT-1")
        signed = next(event for event in events(service) if event.kind is MandateEventKind.SIGNED)
        assert signed.reference == "KIT-1"
        assert signed.debtor_name
        assert signed.iban == normalise_iban(signed.iban or "")
        assert type(signed.signed_on) is date
        assert signed.method

    def test_event_ids_are_unique_and_stay(
        self, world: MandateWorld, reopen: Callable[[], MandateService], service: MandateService
    ) -> None:
        for reference in ("KIT-1", "KIT-2"):
            service.invite(world.request(reference))
            world.sign(reference)
        ids = [event.id for event in events(service)]
        assert all(ids)
        assert len(ids) == len(set(ids))
        assert [event.id for event in events(reopen())] == ids

    def test_from_any_cursor_on_no_event_is_missed(self, world: MandateWorld, service: MandateService) -> None:
        for reference in ("KIT-1", "KIT-2"):
            service.invite(world.request(reference))
            world.sign(reference)
        batches = list(service.read_events(""))
        every = {event.id for batch in batches for event in batch.records}
        seen: set[str] = set()
        for batch in batches:
            seen |= {event.id for event in batch.records}
            assert seen | {event.id for event in events(service, batch.cursor)} == every

    def test_a_later_event_comes_through_a_resumed_feed(
        self, world: MandateWorld, reopen: Callable[[], MandateService], service: MandateService
    ) -> None:
        for reference in ("KIT-1", "KIT-2"):
            service.invite(world.request(reference))
        world.sign("KIT-1")
        cursor = list(service.read_events(""))[-1].cursor
        service.handled(cursor)
        service.handled(cursor)
        world.sign("KIT-2")
        later = events(reopen(), cursor)
        assert [event.reference for event in later if event.kind is MandateEventKind.SIGNED][-1] == "KIT-2"

    def test_the_signed_document_is_what_its_digest_says(
        self, world: MandateWorld, reopen: Callable[[], MandateService], service: MandateService
    ) -> None:
        if not type(service).features()["document"]:
            pytest.skip("this service has no documents")
        service.invite(world.request("KIT-1"))
        world.sign("KIT-1")
        document = service.document("KIT-1")
        assert document.name
        assert document.media_type == "application/pdf"
        assert sha256(document.content).hexdigest() == document.sha256
        assert reopen().document("KIT-1") == document

    def test_a_withdrawn_invitation_is_told(self, world: MandateWorld, service: MandateService) -> None:
        if not type(service).features()["cancel"]:
            pytest.skip("this service can't withdraw")
        service.invite(world.request("KIT-1"))
        service.cancel("KIT-1", "customer left")
        assert MandateEventKind.CANCELLED in {event.kind for event in events(service) if event.reference == "KIT-1"}

    def test_what_is_not_supported_says_so(self, service: MandateService) -> None:
        calls: dict[str, Callable[[], object]] = {
            "look_up": lambda: service.look_up("KIT-1"),
            "document": lambda: service.document("KIT-1"),
            "cancel": lambda: service.cancel("KIT-1", ""),
        }
        features = type(service).features()
        assert features.keys() == calls.keys()
        for name, supported in features.items():
            if not supported:
                with pytest.raises(Unsupported):
                    calls[name]()
