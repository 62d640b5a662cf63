"""The outbox: make the changes that the steps owe the outside world, each exactly once in effect.

Write down, then do, then write down. An effect is marked as being sent before the call; found so by a later pass, or
left without an answer, its outcome is unknown: it is looked up by its key at the other side, never repeated blindly.
In a rehearsal everything is done but the call itself: what follows from it is seen as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from connector.engine import circuit
from connector.engine.aftermath import look_up, not_made, put_back
from connector.engine.lease import Scope
from connector.errors import ConnectorError, NotYet, Skippable, UnknownOutcome
from connector.model.deed import Step
from connector.model.effect import Effect, EffectKind, EffectState
from connector.steps.book import RegisterPayment, RegisterReturn
from connector.steps.handler import Handler, Together
from connector.steps.invite import InviteDebtor
from connector.steps.mail import MailInvitation, MailNotice
from connector.steps.send_file import SendFile
from connector.steps.show import Show
from connector.steps.unreachable import reached, retried
from connector.steps.users_changes import CancelMandate
from connector.steps.work import Progress, Work
from connector.steps.write_back import StoreMandate
from connector.store import effects
from connector.store.chunks import chunks

HANDLERS: Mapping[EffectKind, Handler] = {
    EffectKind.INVITE: InviteDebtor(),
    EffectKind.CANCEL_MANDATE: CancelMandate(),
    EffectKind.STORE_MANDATE: StoreMandate(),
    EffectKind.REGISTER_PAYMENT: RegisterPayment(),
    EffectKind.REGISTER_RETURN: RegisterReturn(),
    EffectKind.SHOW: Show(),
    EffectKind.SEND_FILE: SendFile(),
    EffectKind.MAIL_INVITATION: MailInvitation(),
    EffectKind.MAIL_NOTICE: MailNotice(),
}

KINDS_OF_STEP: Mapping[Step, tuple[EffectKind, ...]] = {
    Step.INVITE: (EffectKind.INVITE, EffectKind.MAIL_INVITATION),
    Step.FOLLOW: (EffectKind.CANCEL_MANDATE,),
    Step.WRITE_BACK: (EffectKind.STORE_MANDATE,),
    Step.NOTIFY: (EffectKind.MAIL_NOTICE,),
    Step.SUBMIT: (EffectKind.SEND_FILE,),
    Step.RECONCILE: (EffectKind.REGISTER_PAYMENT, EffectKind.REGISTER_RETURN),
    Step.SHOW: (EffectKind.SHOW,),
}
"""What is made after each step, in the order in which it was owed."""

_REHEARSED = "rehearsed"
_PAGE = 500
_TRIES_IN_A_PASS = 3


def clear_up(work: Work, step: Step) -> None:
    """Find out what became of effects that a killed pass or a lost answer left uncertain, before the step decides."""
    for kind in KINDS_OF_STEP.get(step, ()):
        for effect in _uncertain(work, kind):
            ours = work.targets is None or effect.target in work.targets
            if ours and work.may_call(effect.target):
                look_up(work, step, HANDLERS[kind], effect)
            work.check_stop()


def _uncertain(work: Work, kind: EffectKind) -> list[Effect]:
    """The effects of a kind whose outcome is unknown, oldest first. Nearly always there are none: that only reads."""
    with work.store.reading() as connection:
        found = effects.uncertain(connection, kind)
    if any(effect.state is EffectState.SENDING for effect in found):
        with work.store.transaction() as connection:
            for effect in effects.uncertain(connection, kind):
                if effect.state is EffectState.SENDING and _sender_is_gone(work, effect):
                    why = "the pass ended during the call"
                    effects.mark(connection, effect, EffectState.UNKNOWN, work.act(), error=why)
            found = effects.uncertain(connection, kind)
    return [effect for effect in found if effect.state is EffectState.UNKNOWN]


def _sender_is_gone(work: Work, effect: Effect) -> bool:
    """Whether whoever was making an effect had what we hold now: then it does so no more."""
    return not effect.sender or Scope.named(work.scope).overlaps(Scope.named(effect.sender))


def make(work: Work, step: Step) -> None:
    """Make all effects that belong to a step, left-overs of earlier passes first."""
    if kinds := KINDS_OF_STEP.get(step, ()):
        _Making(work, step, kinds).all()


class _Making:
    """The effects of one step being made."""

    def __init__(self, work: Work, step: Step, kinds: Sequence[EffectKind]) -> None:
        self._work = work
        self._step = step
        self._kinds = kinds
        self._made: tuple[Effect, str] | None = None  # and not written down yet
        self._waiting: set[str] = set()  # keys that are left for the next pass
        self._tries: Counter[str] = Counter()
        self._answered: set[str] = set()  # targets
        self._half_open: dict[str, bool] = {}  # targets that get one call to begin with
        self._done = 0

    def all(self) -> None:
        """Walk over them, and again as long as one that was made let others of its lane go."""
        page, called = self._page(), 0
        total = self._count() if page else 0
        while page:
            for batch in self._batches(page):
                called += self._take(batch)
                self._work.progress(Progress(self._step, batch[0].kind.value, self._done, max(self._done, total)))
            self._settle()
            page = self._page(page[-1].seq) if len(page) == _PAGE else []
            if not page and called:
                page, called = self._page(), 0
        for target in sorted(self._answered - self._work.unreachable.keys()):
            reached(self._work, target)
        self._work.check_stop()

    def _count(self) -> int:
        with self._work.store.reading() as connection:
            return effects.count_pending(connection, self._kinds)

    def _page(self, after: int = 0) -> list[Effect]:
        """The next effects, at most one of each lane."""
        with self._work.store.reading() as connection:
            return effects.pending(
                connection,
                self._kinds,
                after=after,
                limit=_PAGE,
                targets=self._work.targets,
                not_to=self._work.unreachable.keys() | self._work.resting,
            )

    def _batches(self, page: Iterable[Effect]) -> Iterator[Sequence[Effect]]:
        """What goes into one call: many of one kind to one target where the other side takes that, else one."""
        groups: dict[tuple[EffectKind, str], list[Effect]] = {}
        for effect in page:
            groups.setdefault((effect.kind, effect.target), []).append(effect)
        for (kind, _), group in groups.items():
            handler = HANDLERS[kind]
            yield from chunks(group, handler.size if isinstance(handler, Together) else 1)

    def _take(self, batch: Sequence[Effect]) -> int:
        """Make the effects of a batch that may be made now. Returns how many."""
        target = batch[0].target
        ready = [effect for effect in batch if effect.key not in self._waiting]
        if not ready or not self._work.may_call(target):
            return 0
        if self._is_half_open(target):
            ready = ready[:1]
        taken = self._settle(ready)
        if not taken:
            self._work.check_stop()
            return 0
        for effect in taken:
            self._tries[effect.key] += 1
            if self._tries[effect.key] == _TRIES_IN_A_PASS:
                self._waiting.add(effect.key)
        handler = HANDLERS[taken[0].kind]
        if isinstance(handler, Together):
            self._call_together(handler, taken)
        else:
            self._call(handler, taken[0])
        self._answered.add(target)
        self._done += len(taken)
        return len(taken)

    def _settle(self, following: Sequence[Effect] = ()) -> list[Effect]:
        """Write down what was made and, in the same transaction, that the following are being sent.

        Returns those that are ours to send: none if the pass shall stop, or others took them.
        """
        work, act = self._work, self._work.act()
        made, self._made = self._made, None
        if made is None and not following:
            return []
        with work.store.transaction() as connection:
            if made is not None:
                effect, result = made
                if effects.mark(connection, effect, EffectState.DONE, act, result=result):
                    HANDLERS[effect.kind].settle(effect, result, connection, work, act)
            if work.stop.is_set():
                return []
            taken = (
                effects.mark(connection, effect, EffectState.SENDING, act, sender=work.scope) for effect in following
            )
            return [effect for effect in taken if effect is not None]

    def _call(self, handler: Handler, effect: Effect) -> None:
        work = self._work
        try:
            perform = partial(handler.perform, effect, work)
            result = _REHEARSED if work.rehearsal else retried(work, effect.target, perform)
        except NotYet:
            self._waiting.add(effect.key)
            put_back(work, [effect], "")
        except ConnectorError as error:
            not_made(work, self._step, handler, [effect], error)
        else:
            self._made = (effect, result)
            self._it_goes_well(effect.target)

    def _call_together(self, handler: Together, batch: Sequence[Effect]) -> None:
        """Make many in one call; each answer is written down as it comes."""
        work, rest = self._work, list(batch)

        def perform() -> None:
            answers = iter([_REHEARSED] * len(rest)) if work.rehearsal else handler.perform_together(list(rest), work)
            for answer in answers:
                effect = rest.pop(0)
                if isinstance(answer, Skippable):
                    not_made(work, self._step, handler, [effect], answer)
                    continue
                self._made = (effect, answer)
                self._settle()
                self._it_goes_well(effect.target)

        try:
            retried(work, batch[0].target, perform)
            if rest:
                raise UnknownOutcome(f"{batch[0].target} did not answer to {len(rest)} of {len(batch)} changes.")
        except ConnectorError as error:
            not_made(work, self._step, handler, rest, error)

    def _is_half_open(self, target: str) -> bool:
        if target not in self._half_open:
            self._half_open[target] = circuit.is_open(self._work, target)
        return self._half_open[target]

    def _it_goes_well(self, target: str) -> None:
        if self._is_half_open(target):
            circuit.close(self._work, target)
            self._half_open[target] = False
