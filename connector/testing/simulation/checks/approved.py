"""Nothing leaves that a person did not agree to, where a person has to, nor as anything else than they saw."""

from __future__ import annotations

from collections.abc import Iterator

from connector.testing.simulation.approver import Terms
from connector.testing.simulation.bank_desk import Asked
from connector.testing.simulation.checks.breach import Breach
from connector.testing.simulation.world import World


def asked_without_approval(world: World) -> Iterator[Breach]:
    """Each collection is one that the approver agreed to and did not let go of, as they saw it."""
    for one in world.desk.asked.values():
        terms = _terms_of(one)
        if not world.approver.agreed(terms, one.moment):
            what = "let go of" if terms in world.approver.book else "not approved like this"
            yield Breach("Nothing leaves without approval.", f"{terms.end_to_end_id} on {one.day} was {what}.")


def _terms_of(one: Asked) -> Terms:
    order = one.order
    return Terms(order.end_to_end_id, order.amount, order.debtor_iban, order.mandate_reference, order.collection_date)
