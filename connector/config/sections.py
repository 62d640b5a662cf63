"""The config model with the settings of the adapters that are used, flattened beside their names.

Each use of an adapter becomes a model that is both the section of ours and the `Settings` of the adapter's class; which
one applies is told by the key `adapter`. So pydantic finds all mistakes at once, whosever key it is, and an editor's
schema knows them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, create_model

from connector.config.model import AdapterSection, BankSection, Config, CreditorSection, SourceSection
from connector.discovery import AdapterKind, adapter_class, adapter_names
from connector.errors import ConfigError

Chosen = Mapping[AdapterKind, Sequence[str]]
"""Names of the adapters whose settings the model knows."""

_UNKNOWN = ""


def config_model(chosen: Chosen, *, lenient: bool = True) -> type[Config]:
    """The model for these adapters.

    Args:
        lenient: take the section of any other adapter as well, and say that there is no such adapter.
    """

    def choice(kind: AdapterKind, section: type[AdapterSection]) -> Any:
        return _choice(kind, section, chosen.get(kind, ()), lenient=lenient)

    bank = choice(AdapterKind.BANKS, BankSection)
    creditor = create_model("Creditor", __base__=CreditorSection, bank=(bank, _field(CreditorSection, "bank")))
    source: Any = choice(AdapterKind.ACCOUNTING, SourceSection)
    fields: dict[str, Any] = {
        "creditors": (_tuple_of(creditor), _field(Config, "creditors")),
        "sources": (_tuple_of(source), _field(Config, "sources")),
        "mandates": (choice(AdapterKind.MANDATES, AdapterSection), _field(Config, "mandates")),
        "mail": (choice(AdapterKind.MAIL, AdapterSection), _field(Config, "mail")),
    }
    return create_model("Config", __base__=Config, **fields)


def _tuple_of(member: Any) -> Any:
    return tuple[member, ...]


def _field(model: type[BaseModel], name: str) -> Any:
    return model.model_fields[name]


def _choice(kind: AdapterKind, section: type[AdapterSection], names: Sequence[str], *, lenient: bool) -> Any:
    members: list[Any] = [Annotated[_flattened(kind, section, name), Tag(name)] for name in names]
    if lenient:
        members.append(Annotated[_unknown(kind), Tag(_UNKNOWN)])
    if len(members) == 1:
        return members[0]
    return Annotated[Union[tuple(members)], Discriminator(_discriminator(frozenset(names)))]  # noqa: UP007


def _discriminator(names: frozenset[str]) -> Callable[[Any], str]:
    def name_of(value: Any) -> str:
        name = value.get("adapter") if isinstance(value, dict) else getattr(value, "adapter", None)
        return name if name in names else _UNKNOWN

    return name_of


def _flattened(kind: AdapterKind, section: type[AdapterSection], name: str) -> type[AdapterSection]:
    settings = adapter_class(kind, name).Settings
    twice = section.model_fields.keys() & settings.model_fields.keys()
    if twice:
        raise ConfigError(
            f"The adapter {name!r} has settings named {', '.join(sorted(twice))}, which are keys of ours.",
            remedy="Its author must name them otherwise.",
        )
    bases: Any = (section, settings)
    one_name: Any = Literal[name]
    adapter = (one_name, _field(AdapterSection, "adapter"))
    return cast(
        "type[AdapterSection]",
        create_model(f"{kind.value}_{name}", __base__=bases, __doc__=settings.__doc__, adapter=adapter),
    )


class _AnyKeys(BaseModel):
    model_config = ConfigDict(extra="ignore")


def _unknown(kind: AdapterKind) -> type[BaseModel]:
    def refused(name: str) -> str:
        try:
            adapter_class(kind, name)
        except ConfigError as error:
            raise ValueError(str(error)) from error
        return name

    installed = Field(description=f"Installed are: {', '.join(adapter_names(kind))}.")
    return create_model("Unknown", __base__=_AnyKeys, adapter=(Annotated[str, AfterValidator(refused)], installed))
