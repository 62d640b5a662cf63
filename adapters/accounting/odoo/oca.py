"""Home of OCA's account_banking_mandate: a mandate is an account.banking.mandate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from adapters.accounting.odoo.records import MandateRecords
from connector.model.mandate import Mandate, MandateEventKind, MandateState, MandateType


class OcaMandates(MandateRecords):
    """The module knows draft, valid, expired and cancelled; what must not be used is a draft to it."""

    name = "OCA mandates (account.banking.mandate)"
    model = "account.banking.mandate"
    reference = "unique_mandate_reference"
    valid = "valid"
    validate = "validate"
    takes_partner = False  # it is that of the account
    states: ClassVar[Mapping[MandateState, str]] = {
        MandateState.SIGNED: "draft",
        MandateState.AWAITING_BANK: "draft",
        MandateState.ACTIVE: "valid",
        MandateState.SUSPENDED: "draft",
        MandateState.CANCELLED: "cancel",
        MandateState.EXPIRED: "expired",
        MandateState.SPENT: "expired",
    }
    ended: ClassVar[frozenset[str]] = frozenset({"cancel"})
    once = ("type", "oneoff")
    kinds: ClassVar[Mapping[str, MandateEventKind]] = {
        "draft": MandateEventKind.SUSPENDED,
        "valid": MandateEventKind.RESUMED,
        "cancel": MandateEventKind.CANCELLED,
        "expired": MandateEventKind.CANCELLED,
    }

    def values(self, mandate: Mandate) -> dict[str, object]:
        is_once = mandate.type is MandateType.ONE_OFF
        values: dict[str, object] = {
            "company_id": self._client.company,
            "signature_date": mandate.signed_on.isoformat() if mandate.signed_on else False,
            "type": "oneoff" if is_once else "recurrent",
        }
        fields = self._client.fields(self.model)
        if "scheme" in fields:  # of account_banking_sepa_direct_debit
            values |= {"scheme": mandate.scheme.value, "format": "sepa"}
        if "recurrent_sequence_type" in fields and not is_once:
            values["recurrent_sequence_type"] = "recurring"  # a first one is no longer told apart
        if mandate.last_used_on:
            values["last_debit_date"] = mandate.last_used_on.isoformat()
        return values
