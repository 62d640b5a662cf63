"""Invite: ask customers who have no mandate to sign one."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from sqlalchemy import Connection

from connector.installation import Installation, Source, card_of
from connector.model.creditor import Creditor
from connector.model.customer import Customer, RecordKey
from connector.model.deed import DeedCode, Step
from connector.model.derived import mandate_reference
from connector.model.effect import Effect, EffectKind
from connector.model.mandate import Mandate, MandateState
from connector.model.reason import ReasonCode
from connector.ports import Feed, InvitationRequest
from connector.steps.eligibility import why_not_invited
from connector.steps.work import Progress, Work
from connector.store import cursors, customers, effects, exceptions, mandates, rereading
from connector.store.chunks import chunks
from connector.store.history import Act, RecordKind, record_name

_BATCH = 200


def run(work: Work) -> None:
    """Invite every customer whom the rules want to invite and who was never invited."""
    for source in work.installation.sources.values():
        with work.store.reading() as connection:
            candidates = list(customers.without_mandate(connection, source.name, work.installation.rules.invite.whom))
        done = 0
        for batch in chunks(candidates, _BATCH):
            with work.store.transaction() as connection:
                for customer in batch:
                    _invite(work, connection, source, customer)
            done += len(batch)
            work.progress(Progress(Step.INVITE, source.name, done, len(candidates)))
            work.check_stop()


def _invite(work: Work, connection: Connection, source: Source, customer: Customer) -> None:
    rules = work.installation.rules.invite
    record = record_name(RecordKind.CUSTOMER, customer.key)
    act = work.act()
    reason = why_not_invited(customer, (), owes=True, rules=rules)
    if reason is not None:
        if customer.direct_debit and reason.code is ReasonCode.NO_EMAIL:
            work.show(connection, Step.INVITE, record, reason)
        return
    exceptions.close(connection, [record], ReasonCode.NO_EMAIL, act.at, act.by)
    prepare(work, connection, source, customer, number=1)


def prepare(work: Work, connection: Connection, source: Source, customer: Customer, number: int) -> None:
    """Note that a customer is invited to sign their n-th mandate, and that the invitation is owed."""
    rules, act = work.installation.rules.invite, work.act()
    creditor = work.installation.creditors[source.creditor]
    mandate = Mandate(
        reference=_free_reference(connection, creditor, customer.key, number),
        creditor=creditor.id,
        customer=customer.key,
        scheme=rules.scheme,
        type=rules.type,
        state=MandateState.INVITED,
        language=customer.language or rules.language,
        debtor_name=customer.name,
    )
    mandates.add_invited(connection, mandate, act.at + timedelta(days=rules.valid_days), act)
    _hear_again(work, connection, mandate)
    effects.owe(connection, _invitation_of(work.installation, mandate), act.at)
    work.did(
        Step.INVITE,
        DeedCode.INVITE,
        customer=customer.name,
        email=customer.email,
        mandate=mandate.reference,
    )


def _free_reference(connection: Connection, creditor: Creditor, customer: RecordKey, number: int) -> str:
    """The reference of a customer's n-th mandate; of the next if a mandate that was brought in has it already."""
    for nth in count(number):
        reference = mandate_reference(creditor.mandate_prefix, creditor.id, customer, nth)
        if mandates.find(connection, reference, creditor.id) is None:
            break
    return reference


def _hear_again(work: Work, connection: Connection, mandate: Mandate) -> None:
    """What the service told of a mandate that nobody here knew any more, as after a restore, is read again."""
    service, act = work.installation.mandates.name, work.act()
    if ahead := rereading.events_of(connection, service, mandate.reference):
        rereading.forget_events(connection, service, ahead)
        cursors.move(connection, service, Feed.MANDATE_EVENTS, "", act.at)
        exceptions.close(connection, [mandates.record_of(mandate)], ReasonCode.MANDATE_UNKNOWN, act.at, act.by)


def _invitation_of(installation: Installation, mandate: Mandate) -> Effect:
    return Effect(
        key=f"invite:{mandate.creditor}/{mandate.reference}",
        kind=EffectKind.INVITE,
        target=installation.mandates.name,
        about=mandates.record_of(mandate),
        facts={"reference": mandate.reference, "creditor": mandate.creditor},
    )


class InviteDebtor:
    """Effect: prepare the mandate at the service; then, unless the service does it, mail the link."""

    def perform(self, effect: Effect, work: Work) -> str:
        """Ask the service to prepare the mandate."""
        with work.store.reading() as connection:
            request = _request(connection, work.installation, effect)
        return work.installation.mandates.invite(request).id

    def look_up(self, effect: Effect, work: Work) -> str | None:
        """Whether the service has the invitation."""
        invitation = work.installation.mandates.look_up(effect.facts["reference"])
        return invitation.id if invitation else None

    def settle(self, effect: Effect, result: str, connection: Connection, work: Work, act: Act) -> None:
        """The invitation stands; its link is mailed by us, if the service does not."""
        if work.installation.mandates.delivers_invitations:
            return
        mail = Effect(
            key=f"{effect.key}:mail",
            kind=EffectKind.MAIL_INVITATION,
            target=work.installation.mailer.name,
            about=effect.about,
            facts=effect.facts,
        )
        effects.owe(connection, mail, act.at)


def _request(connection: Connection, installation: Installation, effect: Effect) -> InvitationRequest:
    """The invitation of an effect, from the database as it stands now."""
    found = mandates.find_invited(connection, effect.facts["reference"], effect.facts["creditor"])
    customer = customers.find(connection, found.mandate.customer) if found else None
    if found is None or customer is None:
        raise LookupError(f"The mandate or customer of effect {effect.key} is gone from the database.")
    return InvitationRequest(
        reference=found.mandate.reference,
        creditor=card_of(installation.creditors[found.mandate.creditor]),
        customer=customer,
        language=found.mandate.language,
        scheme=found.mandate.scheme,
        type=found.mandate.type,
        expires_at=found.expires_at,
    )
