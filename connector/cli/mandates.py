"""`mandates` and `invite`: which there are, what a person tells of one, and who is asked to sign by hand."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from connector.cli.attention import person
from connector.cli.failing import DONE, FAILED
from connector.cli.opening import opened
from connector.cli.terminal import Words, fail, plain, print_json, table, write
from connector.engine import mandate_desk
from connector.errors import IllegalTransition
from connector.masking import masked_text
from connector.model.mandate import Mandate, MandateEventKind, MandateState
from connector.texts import deed_text

_HIDDEN = frozenset({"iban", "document"})


def list_mandates(config_file: Path, states: Collection[str], *, as_json: bool) -> int:
    """List mandates, those in some states only if any are given. Accounts are shown masked."""
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        found = mandate_desk.listed(it.store, [MandateState(state) for state in states])
    if as_json:
        for one in found:
            facts = {name: value for name, value in plain(one).items() if name not in _HIDDEN}
            print_json({**facts, "account": masked_text(one.iban or "")})
        return DONE
    if not found:
        write(words.say("mandate.none"))
        return DONE
    heads = (words.term("fact", name) for name in ("mandate", "customer", "state", "signed_on", "used_on"))
    write(table(heads, (_row(words, one) for one in found)))
    return DONE


def _row(words: Words, one: Mandate) -> tuple[str, ...]:
    days = {"signed_on": one.signed_on, "used_on": one.last_used_on}
    written = (words.fact(name, {name: day}) if day else "" for name, day in days.items())
    name = one.debtor_name or str(one.customer)
    return (one.reference, name, words.term("state", one.state.value), *written)


def tell(config_file: Path, reference: str, kind: str, *, iban: str = "") -> int:
    """Take over what a person says of a mandate.

    Args:
        kind: what became of it, a MandateEventKind.
        iban: with AMENDED: the debtor's other account.
    """
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        try:
            mandate, deeds = mandate_desk.tell(
                it.installation, it.store, reference, MandateEventKind(kind), person(), iban=iban
            )
        except mandate_desk.NoSuchMandate as error:
            fail(f"{error} `sepa-connector mandates list` shows them.")
            return FAILED
        except mandate_desk.NoSuchAccount as error:
            fail(f"{error} Ask for it again.")
            return FAILED
        except IllegalTransition as error:
            fail(f"{error.what} See: sepa-connector explain mandate {reference}")
            return FAILED
        for deed in deeds:
            write(deed_text(words.language, deed))
        state = words.term("state", mandate.state.value)
        write(words.say("mandate.told" if deeds else "mandate.unchanged", mandate=reference, state=state))
    return DONE


def invite(config_file: Path, customer: str) -> int:
    """Invite a customer to sign, also one whose last mandate ended or was never signed."""
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        try:
            deeds = mandate_desk.invite(it.installation, it.store, customer, person())
        except mandate_desk.NoSuchCustomer as error:
            fail(str(error))
            return FAILED
        except mandate_desk.MayNotInvite as error:
            fail(words.reason(error.reason))
            return FAILED
        for deed in deeds:
            write(deed_text(words.language, deed))
        write(words.say("mandate.invited"))
    return DONE
