"""Holders of mandates: debtors who move to another account, and users who change mandates inside the package."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from connector.model.mandate import MandateEventKind, MandateState
from connector.testing.simulation.chance import Chance
from connector.testing.simulation.counterparts import WiredPackage, WiredService
from connector.testing.simulation.life import HELD, Life, iban_of
from connector.testing.simulation.scenario import Scenario
from connector.testing.simulation.trace import Trace

_K = MandateEventKind
_FIRST_ACCOUNT = 1_000_000  # those of before are numbered from 1


@dataclass
class Holders:
    """What becomes of mandates once they are signed, beside what debtors tell the mandate service of their own will."""

    chance: Chance
    trace: Trace
    scenario: Scenario
    package: WiredPackage
    service: WiredService
    life: Life
    _accounts: int = _FIRST_ACCOUNT

    def day(self) -> None:
        """Some days somebody has another account: it is told to the mandate service, or entered in the package."""
        if self.chance.happens(self.scenario.moves):
            happening = self.chance.pick((self._tell_service, self._enter_in_package))
            happening(self._new_account)
        if self.chance.happens(self.scenario.users):
            self._change_in_package()

    def _change_in_package(self) -> None:
        """A user ends a mandate, or stops it for a while. What is stopped at both sides is nobody's to resume."""
        if not (stored := sorted(self.package.mandates)):
            return
        reference = self.chance.pick(stored)
        kind = self.chance.weighted(((4, _K.CANCELLED), (3, _K.SUSPENDED), (3, _K.RESUMED)))
        at_service = any(one.reference == reference and one.kind in HELD for one in self.service.events)
        if kind is _K.CANCELLED or not at_service:
            self.package.change_mandate(reference, kind)
            if kind is _K.CANCELLED:
                there = self.package.mandates[reference]
                over = replace(there, mandate=replace(there.mandate, state=MandateState.CANCELLED))
                self.package.mandates[reference] = over
            self.trace.note("bookkeeper", f"{kind} {reference} in the package")

    def _new_account(self) -> str:
        self._accounts += 1
        return iban_of(self._accounts)

    def _tell_service(self, account: Callable[[], str]) -> None:
        if signed := self.life.signed:
            reference = self.chance.pick(signed)
            self.service.tell(_K.AMENDED, reference, iban=account())
            self.trace.note("debtor", f"has another account for {reference}")

    def _enter_in_package(self, account: Callable[[], str]) -> None:
        if stored := sorted(self.package.mandates):
            reference = self.chance.pick(stored)
            self.package.change_mandate(reference, _K.AMENDED, account())
            self.trace.note("bookkeeper", f"enters another account for {reference}")
