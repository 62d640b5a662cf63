"""Aftermath: what is done about an effect that was not made, or of which nobody knows whether it was."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from connector.engine import circuit
from connector.errors import ConnectorError, Retriable, Skippable, UnknownOutcome, Unsupported
from connector.model.deed import Step
from connector.model.effect import Effect, EffectState
from connector.model.reason import Reason, ReasonCode
from connector.steps.handler import Handler
from connector.steps.unreachable import retried, show_unreachable
from connector.steps.work import Work
from connector.store import effects, exceptions
from connector.store.history import RecordKind, record_name


def look_up(work: Work, step: Step, handler: Handler, effect: Effect) -> None:
    """Ask the other side whether an uncertain effect was made. If it can't tell, a person is asked."""
    try:
        result = retried(work, effect.target, partial(handler.look_up, effect, work))
    except Retriable as error:
        show_unreachable(work, step, effect.target, error)
        return
    except (Unsupported, UnknownOutcome, Skippable) as error:
        _ask_a_person(work, step, effect, error)
        return
    act = work.act()
    with work.store.transaction() as connection:
        exceptions.close(connection, [record_of(effect)], ReasonCode.EFFECT_UNCERTAIN, act.at, act.by)
        if result is None:
            effects.mark(connection, effect, EffectState.PENDING, act, error="looked up: not done")
        elif effects.mark(connection, effect, EffectState.DONE, act, result=result):
            handler.settle(effect, result, connection, work, act)


def _ask_a_person(work: Work, step: Step, effect: Effect, error: ConnectorError) -> None:
    facts = {
        "target": effect.target,
        "effect": effect.kind.value,
        "about": effect.about,
        "why": error.what,
        "remedy": error.remedy,
    }
    with work.store.transaction() as connection:
        work.show(connection, step, record_of(effect), Reason(ReasonCode.EFFECT_UNCERTAIN, facts))
        if isinstance(error, Skippable) and not isinstance(error, Unsupported):
            circuit.refused(work, connection, step, effect.target)


def not_made(work: Work, step: Step, handler: Handler, of_call: Sequence[Effect], error: ConnectorError) -> None:
    """Act on the kind of error: wait, look up, show to a person, or stop the pass.

    Args:
        of_call: the effects of one call to which there was no answer but this error.
    """
    match error:
        case Retriable():
            put_back(work, of_call, error.what)
            show_unreachable(work, step, of_call[0].target, error)
        case UnknownOutcome():
            for effect in of_call:
                _look_up_lost(work, step, handler, effect, error)
        case Skippable():
            _fail(work, step, of_call, error)
        case _:
            put_back(work, of_call, error.what)
            raise error


def put_back(work: Work, of_call: Sequence[Effect], why: str) -> None:
    """They surely had no effect: they wait for the next pass."""
    with work.store.transaction() as connection:
        for effect in of_call:
            effects.mark(connection, effect, EffectState.PENDING, work.act(), error=why)


def _look_up_lost(work: Work, step: Step, handler: Handler, effect: Effect, error: UnknownOutcome) -> None:
    with work.store.transaction() as connection:
        lost = effects.mark(connection, effect, EffectState.UNKNOWN, work.act(), error=error.what)
    if lost is not None and work.may_call(effect.target):
        look_up(work, step, handler, lost)


def _fail(work: Work, step: Step, of_call: Sequence[Effect], error: Skippable) -> None:
    """The other side refused: a person decides. What it has no way of is left to be done by hand."""
    missing = isinstance(error, Unsupported)
    state = EffectState.LEFT if missing else EffectState.FAILED
    with work.store.transaction() as connection:
        for effect in of_call:
            facts = {"target": effect.target, "about": effect.about, "why": error.what, "remedy": error.remedy}
            code = ReasonCode.EFFECT_FAILED
            if isinstance(error, Unsupported):
                code, facts = ReasonCode.FEATURE_MISSING, facts | {"feature": error.feature}
            if effects.mark(connection, effect, state, work.act(), error=error.what):
                work.show(connection, step, record_of(effect), Reason(code, facts))
        if not missing:
            circuit.refused(work, connection, step, of_call[0].target)


def record_of(effect: Effect) -> str:
    """Name of a change in history and Exceptions."""
    return record_name(RecordKind.EFFECT, effect.key)
