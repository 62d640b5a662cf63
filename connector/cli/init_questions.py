"""The questions of `init`: who collects, from which package, through which bank and mail; each answer is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import typer
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from connector.config.model import Config
from connector.config.references import is_reference
from connector.discovery import AdapterKind, adapter_class, adapter_names
from connector.errors import Fatal
from connector.model.creditor import Creditor, CreditorAddress

Complaint = Callable[[str], str | None]
"""What is wrong with an answer; None if nothing is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which adapter plays a part, and what to suggest where its settings have no default."""

    kind: AdapterKind
    prompt: str
    likely: str
    settings: Mapping[str, str]


CHOICES: Mapping[str, Choice] = {
    "source": Choice(AdapterKind.ACCOUNTING, "Accounting package", "files", {"folder": "books"}),
    "bank": Choice(AdapterKind.BANKS, "Bank channel", "folder", {"outbox": "bank/outbox", "inbox": "bank/inbox"}),
    "mandates": Choice(AdapterKind.MANDATES, "Where debtors sign", "signing", {"url": "http://localhost:8080"}),
    "mail": Choice(AdapterKind.MAIL, "How mail leaves", "folder", {"folder": "mail"}),
}
"""By the part in the config."""

_TOP = {"language": "en", "time_zone": "Europe/Brussels"}
_CREDITOR = {"name": "", "identifier": "", "iban": "", "email": ""}
_ADDRESS = {"street": "", "postcode": "", "town": "", "country": "BE"}


@dataclass
class Answers:
    """What was answered.

    Attributes:
        top, creditor, address: by key of the config.
        adapters: by part: name of the adapter and its settings.
        secrets: values that go to files of their own, by file name.
    """

    top: dict[str, str]
    creditor: dict[str, str]
    address: dict[str, str]
    adapters: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)


class Asker:
    """Gets one answer after the other: given beforehand, asked of a person, or the default.

    Args:
        given: answers by the name of the question.
    """

    def __init__(self, given: Mapping[str, str], *, ask: bool) -> None:
        self._given = dict(given)
        self._ask = ask
        self._names: list[str] = []

    def answer(self, name: str, prompt: str, default: str, complaint: Complaint, *, secret: bool = False) -> str:
        """The answer to a question.

        Raises:
            Fatal: an answer given beforehand is wrong, or there is none and nobody to ask.
        """
        self._names.append(name)
        while True:
            asked = self._ask and name not in self._given
            if asked:
                may_be_empty = complaint("") is None
                suggested = default or ("" if may_be_empty else None)
                shown = typer.prompt(prompt, default=suggested, hide_input=secret, show_default=bool(default))
                value = str(shown).strip()
            else:
                value = self._given.pop(name, default).strip()
            wrong = complaint(value)
            if wrong is None:
                return value
            if not asked:
                raise Fatal(f"{name}: {wrong}", where="init", remedy=f"Give --set {name}=VALUE ({prompt}).")
            typer.echo(f"  {wrong}")

    def refuse_left_overs(self) -> None:
        """An answer to no question is a mistake.

        Raises:
            Fatal: there is one.
        """
        if self._given:
            known = ", ".join(self._names)
            raise Fatal(f"Nothing asks for {', '.join(self._given)}.", where="--set", remedy=f"Known are: {known}.")


def ask_all(asker: Asker) -> Answers:
    """Ask everything, in the order of the config file."""
    answers = Answers(
        top=_ask_keys(asker, "", Config, _TOP),
        creditor=_ask_keys(asker, "creditor.", Creditor, _CREDITOR),
        address=_ask_keys(asker, "creditor.", CreditorAddress, _ADDRESS),
    )
    for part, choice in CHOICES.items():
        _ask_adapter(asker, answers, part, choice)
    asker.refuse_left_overs()
    return answers


def _ask_keys(asker: Asker, prefix: str, model: type[BaseModel], defaults: Mapping[str, str]) -> dict[str, str]:
    return {
        key: asker.answer(
            f"{prefix}{key}", _prompt(key, model.model_fields[key]), default, partial(_complaint, model, key)
        )
        for key, default in defaults.items()
    }


def _ask_adapter(asker: Asker, answers: Answers, part: str, choice: Choice) -> None:
    names = adapter_names(choice.kind)

    def unknown(name: str) -> str | None:
        return None if name in names else f"Choose one of {', '.join(names)}."

    prompt = f"{choice.prompt} ({', '.join(names)})"
    name = asker.answer(f"{part}.adapter", prompt, choice.likely, unknown)
    model = adapter_class(choice.kind, name).Settings
    values: dict[str, str] = {}
    for key, info in model.model_fields.items():
        if not (info.is_required() or key in model.asked):
            continue
        secret = info.annotation is SecretStr
        default = answers.creditor["email"] if key == "sender" else choice.settings.get(key) or _example(info)
        prompt = f"{name}: {_prompt(key, info)}"
        answer = asker.answer(f"{part}.{key}", prompt, default, partial(_complaint, model, key), secret=secret)
        if not answer:
            continue
        values[key] = answer
        if secret and not is_reference(values[key]):
            file = f"secret-{part}-{key}"
            answers.secrets[file] = values[key]
            values[key] = f"file:{file}"
    answers.adapters[part] = (name, values)


def _example(info: FieldInfo) -> str:
    """What to suggest for a setting that must be given: the example of its author."""
    return str(info.examples[0]) if info.examples and info.is_required() else ""


def _prompt(key: str, info: FieldInfo) -> str:
    name = key.replace("_", " ").capitalize()
    return f"{name} - {info.description.rstrip('.')}" if info.description else name


def _complaint(model: type[BaseModel], key: str, value: str) -> str | None:
    if not value and model.model_fields[key].is_required():
        return "An answer is needed."
    if is_reference(value):
        return None  # the check at the end follows it
    try:
        model.model_validate({key: value})
    except ValidationError as error:
        own = [one for one in error.errors() if one["loc"][:1] == (key,)]
        return own[0]["msg"].removeprefix("Value error, ") if own else None
    return None
