"""Our own signing pages hold to the contract of a mandate service; the debtor signs through them over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.ports import InvitationRequest, MandateService
from connector.signing.service import SigningService
from connector.testing.debtor import sign_over_http
from tests.contract.kits import MandateServiceContract, MandateWorld
from tests.support.signing import IBAN, invitation_request, signing_desk


class SigningWorld(MandateWorld):
    """The pages of one installation."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.desk = signing_desk(database_url, folder, url="http://localhost")

        self.opened = [self.desk.service]

    def open(self) -> MandateService:
        service = SigningService(self.desk.service.settings, self.desk.service.surroundings)
        self.opened.append(service)
        return service

    def request(self, reference: str) -> InvitationRequest:
        return invitation_request(reference)

    def sign(self, reference: str) -> None:
        invitation = self.desk.service.look_up(reference)
        assert invitation
        sign_over_http(invitation.link, IBAN, self.desk.read_code, client=self.desk.client)


class TestSigning(MandateServiceContract):
    @pytest.fixture
    def world(self, database_url: str, tmp_path: Path) -> Iterator[MandateWorld]:
        world = SigningWorld(database_url, tmp_path)
        yield world
        for service in world.opened:
            service.close()
