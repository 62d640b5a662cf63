"""The mandate desk: what a person says of a mandate, where neither the package nor the mandate service can tell it.

The bank of a company confirmed it; the debtor revoked it on the phone, has another account, or is to be left alone for
a while. It is the same change as if the mandate service had told it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from bankfiles.identifiers import mask_iban, normalise_iban
from connector.installation import Installation
from connector.model.deed import Deed, Step
from connector.model.mandate import Mandate, MandateEvent, MandateEventKind, MandateState
from connector.steps.mandate_changes import change
from connector.steps.users_changes import owe_cancellation
from connector.steps.work import Work
from connector.store import mandates
from connector.store.database import Store

_BY_HAND = "by hand"


class NoSuchMandate(LookupError):
    """There is no mandate with this reference."""


class NoSuchAccount(ValueError):
    """The account that was named can't exist."""


def listed(store: Store, states: Collection[MandateState]) -> list[Mandate]:
    """Mandates in these states, by reference; in whatever state if none is given."""
    with store.reading() as connection:
        return mandates.in_states(connection, states or tuple(MandateState))


def tell(
    installation: Installation,
    store: Store,
    reference: str,
    kind: MandateEventKind,
    at: datetime,
    by: str,
    *,
    iban: str = "",
) -> tuple[Mandate, list[Deed]]:
    """A person tells what became of a mandate. Returns it as it stands then, and what was done: nothing if it was so.

    Args:
        at: the moment, UTC.
        iban: with AMENDED: the debtor's other account.

    Raises:
        NoSuchMandate: there is none with this reference.
        NoSuchAccount: the other account can't exist.
        IllegalTransition: it can't come to that from the state in which it is.
    """
    deeds: list[Deed] = []
    work = Work(installation, store, by=by, folder=installation.folder, tell=deeds.append)
    event = MandateEvent(
        f"{by} {at.isoformat()}", kind, reference, iban=_account(iban) if iban else None, reason=_BY_HAND
    )
    with store.transaction() as connection:
        mandate = _find(connection, reference)
        if change(work, connection, Step.FOLLOW, mandate, event) and kind is MandateEventKind.CANCELLED:
            owe_cancellation(work, connection, mandate)
        return _find(connection, reference), deeds


def _find(connection: Connection, reference: str) -> Mandate:
    mandate = mandates.find(connection, reference)
    if mandate is None:
        raise NoSuchMandate(f"No mandate has the reference {reference}.")
    return mandate


def _account(iban: str) -> str:
    try:
        return normalise_iban(iban)
    except ValueError as error:
        raise NoSuchAccount(f"{mask_iban(iban)} can't be the other account: {error}") from error
