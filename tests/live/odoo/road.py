"""The whole road between a real Odoo and doubles of everything else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from adapters.accounting.odoo.adapter import OdooPackage
from connector.installation import Installation, Source
from connector.model.mandate import Mandate
from connector.store import mandates
from tests.flows.world import World
from tests.live.odoo.given import SOURCE, Case


@dataclass
class Road(World):
    """A small world whose package is the real one.

    Attributes:
        odoo: the package; it must be given.
    """

    odoo: OdooPackage | None = field(default=None)

    @property
    def installation(self) -> Installation:
        assert self.odoo is not None
        return replace(super().installation, sources={SOURCE: Source(SOURCE, self.odoo, "main")})

    def invited(self, case: Case) -> list[str]:
        """References under which a customer was asked to sign."""
        return [reference for reference, request in self.service.invited.items() if request.customer.key == case.key]

    def signs(self, case: Case) -> str:
        """The customer signs what they were asked to."""
        (reference,) = self.invited(case)
        self.service.sign(reference, case.iban, case.today)
        return reference

    def mandate(self, reference: str) -> Mandate:
        """What we know of a mandate."""
        with self.store.reading() as connection:
            found = mandates.find(connection, reference)
        assert found is not None
        return found
