"""The outbox: make the changes that the steps owe the outside world, each exactly once in effect.

Write down, then do, then write down. An effect is marked as being sent before the call; found so by a later pass, or
left without an answer, its outcome is unknown: it is looked up by its key at the other side, never repeated blindly.
In a rehearsal everything is done but the call itself: what follows from it is seen as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from connector.errors import ConnectorError, NotYet, Retriable, Skippable, UnknownOutcome, Unsupported
from connector.model.deed import Step
from connector.model.effect import Effect, EffectKind, EffectState
from connector.model.reason import Reason, ReasonCode
from connector.steps.book import RegisterPayment, RegisterReturn
from connector.steps.handler import Handler
from connector.steps.invite import InviteDebtor
from connector.steps.mail import MailInvitation, MailNotice
from connector.steps.submit import SendFile
from connector.steps.unreachable import reached, retried, show_unreachable
from connector.steps.work import Progress, Work
from connector.steps.write_back import StoreMandate
from connector.store import effects, exceptions
from connector.store.history import RecordKind, record_name

HANDLERS: Mapping[EffectKind, Handler] = {
    EffectKind.INVITE: InviteDebtor(),
    EffectKind.STORE_MANDATE: StoreMandate(),
    EffectKind.REGISTER_PAYMENT: RegisterPayment(),
    EffectKind.REGISTER_RETURN: RegisterReturn(),
    EffectKind.SEND_FILE: SendFile(),
    EffectKind.MAIL_INVITATION: MailInvitation(),
    EffectKind.MAIL_NOTICE: MailNotice(),
}

_REHEARSED = "rehearsed"
KINDS_OF_STEP: Mapping[Step, tuple[EffectKind, ...]] = {
    Step.INVITE: (EffectKind.INVITE, EffectKind.MAIL_INVITATION),
    Step.WRITE_BACK: (EffectKind.STORE_MANDATE,),
    Step.NOTIFY: (EffectKind.MAIL_NOTICE,),
    Step.SUBMIT: (EffectKind.SEND_FILE,),
    Step.RECONCILE: (EffectKind.REGISTER_PAYMENT, EffectKind.REGISTER_RETURN),
}
"""What is made after each step; a payment before its return."""


def dispatch(work: Work, step: Step) -> None:
    """Make all effects that belong to a step, left-overs of earlier passes first."""
    for kind in KINDS_OF_STEP.get(step, ()):
        _clear_up(work, step, kind)
        _make_all(work, step, kind)


def _clear_up(work: Work, step: Step, kind: EffectKind) -> None:
    """Find out what became of effects that a killed pass or a lost answer left uncertain."""
    with work.store.transaction() as connection:
        for effect in effects.in_state(connection, kind, EffectState.SENDING):
            effects.mark(connection, effect, EffectState.UNKNOWN, work.act(), error="the pass ended during the call")
        uncertain = effects.in_state(connection, kind, EffectState.UNKNOWN)
    for effect in uncertain:
        if effect.target not in work.unreachable:
            _look_up(work, step, effect)
        work.check_stop()


def _look_up(work: Work, step: Step, effect: Effect) -> None:
    handler = HANDLERS[effect.kind]
    try:
        result = retried(partial(handler.look_up, effect, work))
    except Retriable as error:
        show_unreachable(work, step, effect.target, error)
        return
    except (Unsupported, UnknownOutcome, Skippable) as error:
        facts = {"target": effect.target, "about": effect.about, "why": error.what, "remedy": error.remedy}
        with work.store.transaction() as connection:
            work.show(connection, step, _record(effect), Reason(ReasonCode.EFFECT_UNCERTAIN, facts))
        return
    act = work.act()
    with work.store.transaction() as connection:
        exceptions.close(connection, [_record(effect)], ReasonCode.EFFECT_UNCERTAIN, act.at, act.by)
        if result is None:
            effects.mark(connection, effect, EffectState.PENDING, act, error="looked up: not done")
        else:
            effects.mark(connection, effect, EffectState.DONE, act, result=result)
            handler.settle(effect, result, connection, work, act)


def _make_all(work: Work, step: Step, kind: EffectKind) -> None:
    """Make pending effects one by one. The end of one and the start of the next are one transaction."""
    handler = HANDLERS[kind]
    with work.store.reading() as connection:
        total = effects.count_pending(connection, kind)
    waiting: set[str] = set()
    answered: set[str] = set()
    made: tuple[Effect, str] | None = None
    done = 0
    while True:
        current = _settle_and_take(work, kind, handler, made, waiting)
        if current is None:
            break
        made = None
        try:
            made = (current, _REHEARSED if work.rehearsal else retried(partial(handler.perform, current, work)))
        except NotYet:
            waiting.add(current.key)
            _put_back(work, current, "")
        except ConnectorError as error:
            _not_made(work, step, current, error)
        answered.add(current.target)
        done += 1
        work.progress(Progress(step, kind.value, done, total))
    for target in sorted(answered - work.unreachable):
        reached(work, target)
    work.check_stop()


def _settle_and_take(
    work: Work, kind: EffectKind, handler: Handler, made: tuple[Effect, str] | None, waiting: set[str]
) -> Effect | None:
    """Write down what was made, and mark the next one as being sent; none if the pass shall stop."""
    act = work.act()
    with work.store.transaction() as connection:
        if made is not None:
            effect, result = made
            effects.mark(connection, effect, EffectState.DONE, act, result=result)
            handler.settle(effect, result, connection, work, act)
        if work.stop.is_set():
            return None
        following = effects.next_pending(connection, kind, not_to=work.unreachable, not_keys=waiting)
        if following is not None:
            effects.mark(connection, following, EffectState.SENDING, act)
        return following


def _not_made(work: Work, step: Step, effect: Effect, error: ConnectorError) -> None:
    """Act on the kind of error: wait, look up, show to a person, or stop the pass."""
    match error:
        case Retriable():
            _put_back(work, effect, error.what)
            show_unreachable(work, step, effect.target, error)
        case UnknownOutcome():
            with work.store.transaction() as connection:
                effects.mark(connection, effect, EffectState.UNKNOWN, work.act(), error=error.what)
            _look_up(work, step, effect)
        case Skippable():
            _fail(work, step, effect, error)
        case _:
            _put_back(work, effect, error.what)
            raise error


def _put_back(work: Work, effect: Effect, why: str) -> None:
    """It surely had no effect: it waits for the next pass."""
    with work.store.transaction() as connection:
        effects.mark(connection, effect, EffectState.PENDING, work.act(), error=why)


def _fail(work: Work, step: Step, effect: Effect, error: Skippable) -> None:
    """The other side refused: a person decides."""
    facts = {"target": effect.target, "about": effect.about, "why": error.what, "remedy": error.remedy}
    code = ReasonCode.EFFECT_FAILED
    if isinstance(error, Unsupported):
        code, facts = ReasonCode.FEATURE_MISSING, facts | {"feature": error.feature}
    with work.store.transaction() as connection:
        effects.mark(connection, effect, EffectState.FAILED, work.act(), error=error.what)
        work.show(connection, step, _record(effect), Reason(code, facts))


def _record(effect: Effect) -> str:
    return record_name(RecordKind.EFFECT, effect.key)
