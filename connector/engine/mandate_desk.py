"""The mandate desk: what a person says of a mandate, where neither the package nor the mandate service can tell it.

The bank of a company confirmed it; the debtor revoked it on the phone, has another account, or is to be left alone for
a while. It is the same change as if the mandate service had told it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from bankfiles.identifiers import mask_iban, normalise_iban
from connector.installation import Installation
from connector.model.customer import Customer
from connector.model.deed import Deed, Step
from connector.model.mandate import OPEN_STATES, Mandate, MandateEvent, MandateEventKind, MandateState
from connector.model.reason import Reason
from connector.model.rules import WhomToInvite
from connector.steps.eligibility import why_not_invited
from connector.steps.invite import prepare
from connector.steps.mandate_changes import change
from connector.steps.users_changes import owe_cancellation
from connector.steps.work import Work
from connector.store import customers, mandates
from connector.store.database import Store

_BY_HAND = "by hand"


class NoSuchMandate(LookupError):
    """There is no mandate with this reference."""


class NoSuchCustomer(LookupError):
    """No customer, or more than one, is known by this word."""


class MayNotInvite(ValueError):
    """A customer can't be invited now.

    Attributes:
        reason: why.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code.value)
        self.reason = reason


class NoSuchAccount(ValueError):
    """The account that was named can't exist."""


def listed(store: Store, states: Collection[MandateState]) -> list[Mandate]:
    """Mandates in these states, by reference; in whatever state if none is given."""
    with store.reading() as connection:
        return mandates.in_states(connection, states or tuple(MandateState))


def invite(installation: Installation, store: Store, word: str, by: str) -> list[Deed]:
    """Invite a customer to sign a mandate, also one whose last mandate ended or was never signed.

    A person says so, so it does not matter whom the rules invite by themselves. Returns what was done.

    Args:
        word: number, name or id of the customer; `source/id` names one of one source.

    Raises:
        NoSuchCustomer: none or several are known by this word.
        MayNotInvite: there is a mandate or an open invitation, or the customer can't be or does not want to be asked.
    """
    deeds: list[Deed] = []
    work = Work(installation, store, by=by, folder=installation.folder, tell=deeds.append)
    rules = installation.rules.invite.model_copy(update={"whom": WhomToInvite.ALL})
    with store.transaction() as connection:
        customer = _customer(connection, word)
        own = mandates.of_customers(connection, [customer.key]).get(customer.key, [])
        standing = [one for one in own if one.state in OPEN_STATES]
        reason = why_not_invited(customer, standing, owes=True, rules=rules)
        if reason is not None:
            raise MayNotInvite(reason)
        prepare(work, connection, installation.sources[customer.key.source], customer, number=len(own) + 1)
    return deeds


def _customer(connection: Connection, word: str) -> Customer:
    source, _, key = word.rpartition("/")
    found = [one for one in customers.search(connection, key) if source in ("", one.key.source)]
    if not found:
        raise NoSuchCustomer(f"No customer is known as {word}: give the number, the name or the id.")
    if len(found) > 1:
        raise NoSuchCustomer(f"{word} is the name of several: say which, {', '.join(str(one.key) for one in found)}.")
    return found[0]


def tell(
    installation: Installation,
    store: Store,
    reference: str,
    kind: MandateEventKind,
    by: str,
    *,
    iban: str = "",
) -> tuple[Mandate, list[Deed]]:
    """A person tells what became of a mandate. Returns it as it stands then, and what was done: nothing if it was so.

    Args:
        iban: with AMENDED: the debtor's other account.

    Raises:
        NoSuchMandate: there is none with this reference.
        NoSuchAccount: the other account can't exist.
        IllegalTransition: it can't come to that from the state in which it is.
    """
    deeds: list[Deed] = []
    work = Work(installation, store, by=by, folder=installation.folder, tell=deeds.append)
    event = MandateEvent(
        f"{by} {installation.clock().isoformat()}",
        kind,
        reference,
        iban=_account(iban) if iban else None,
        reason=_BY_HAND,
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
