"""Wording: what the pages say about an account, a field or a code, in the debtor's language."""

from __future__ import annotations

from collections.abc import Iterable

from bankfiles.pain008.model import Scheme
from connector.mails.addresses import country_name
from connector.model.customer import Language
from connector.signing.account import Account
from connector.signing.details import Problem
from connector.texts import say


def consent(language: Language, scheme: Scheme) -> str:
    """The sentence beside the box that is ticked."""
    return say(language, f"signing.sign.consent_{scheme.value.lower()}")


def code(language: Language, key: str, **facts: object) -> str:
    """A sentence of the page on which the code is given."""
    return say(language, f"signing.code.{key}", **facts)


def of_problems(language: Language, problems: Iterable[Problem]) -> dict[str, str]:
    """The sentence of each field that must be put right."""
    return {problem.name: _of_problem(language, problem) for problem in problems}


def of_account(language: Language, account: Account) -> str:
    """What is wrong with an account, or that it looks right and whose it is."""
    if account.problem is not None:
        return _of_problem(language, Problem("iban", f"iban.{account.problem}", account.facts))
    return say(language, "signing.sign.bank" if account.bank else "signing.sign.right", bank=account.bank)


def _of_problem(language: Language, problem: Problem) -> str:
    facts: dict[str, object] = dict(problem.facts)
    if "country" in facts:
        facts["country"] = country_name(str(facts["country"]), language)
    return say(language, f"signing.problem.{problem.key}", **facts)
