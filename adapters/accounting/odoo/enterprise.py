"""Home of Odoo Enterprise's SEPA direct debit: a mandate is an sdd.mandate, from 19.5 on of another name.

No Enterprise server was at hand: names and states are those of published client code and tests. Fields are asked for
before they are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from adapters.accounting.odoo.records import MandateRecords
from connector.model.mandate import Mandate, MandateEventKind, MandateState, MandateType


class EnterpriseMandates(MandateRecords):
    """Enterprise knows draft, active, revoked and closed; what must not be used is a draft to it."""

    name = "Odoo Enterprise mandates (sdd.mandate)"
    model = "sdd.mandate"
    reference = "name"
    valid = "active"
    validate = "action_validate_mandate"
    states: ClassVar[Mapping[MandateState, str]] = {
        MandateState.SIGNED: "draft",
        MandateState.AWAITING_BANK: "draft",
        MandateState.ACTIVE: "active",
        MandateState.SUSPENDED: "draft",
        MandateState.CANCELLED: "revoked",
        MandateState.EXPIRED: "closed",
        MandateState.SPENT: "closed",
    }
    ended: ClassVar[frozenset[str]] = frozenset({"revoked"})
    once = ("one_off", True)
    kinds: ClassVar[Mapping[str, MandateEventKind]] = {
        "draft": MandateEventKind.SUSPENDED,
        "active": MandateEventKind.RESUMED,
        "revoked": MandateEventKind.CANCELLED,
        "closed": MandateEventKind.CANCELLED,
    }

    def values(self, mandate: Mandate) -> dict[str, object]:
        wanted: dict[str, object] = {
            "company_id": self._client.company,
            "start_date": mandate.signed_on.isoformat() if mandate.signed_on else False,
            "one_off": mandate.type is MandateType.ONE_OFF,
            "sdd_scheme": mandate.scheme.value,
        }
        fields = self._client.fields(self.model)
        return {name: value for name, value in wanted.items() if name in fields}


class DirectDebitMandates(EnterpriseMandates):
    """The same under the name that it has from 19.5 on, when it is no longer of SEPA alone."""

    name = "Odoo Enterprise mandates (account.direct.debit.mandate)"
    model = "account.direct.debit.mandate"
