"""Which methods of a model may be called from outside, and how their arguments are bound."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from tests.counterparts.odoo.errors import AccessError, ServerFault

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env
    from tests.counterparts.odoo.models.base import Model

Method = TypeVar("Method", bound=Callable[..., Any])


def on_model(method: Method) -> Method:
    """A method that takes no ids: `method(self, env, ...)`."""
    method.__takes_ids__ = False  # type: ignore[attr-defined]
    return method


def on_records(method: Method) -> Method:
    """A method of records: `method(self, env, ids, ...)`."""
    method.__takes_ids__ = True  # type: ignore[attr-defined]
    return method


def since(version: int) -> Callable[[Method], Method]:
    """A method that older versions do not have."""

    def mark(method: Method) -> Method:
        method.__since__ = version  # type: ignore[attr-defined]
        return method

    return mark


class UnknownMethod(ServerFault):
    """There is no such public method: an AttributeError over JSON-RPC, 404 over json2."""


def find(model: Model, name: str, version: int) -> Callable[..., Any]:
    """A public method of a model.

    Raises:
        AccessError: the name is private.
        UnknownMethod: there is none.
    """
    if name.startswith("_"):
        raise AccessError(f"Private methods (such as '{model.name}.{name}') cannot be called remotely.")
    method: Any = getattr(model, name, None)
    if not hasattr(method, "__takes_ids__") or getattr(method, "__since__", 0) > version:
        raise UnknownMethod("builtins.AttributeError", f"The method '{model.name}.{name}' does not exist")
    found: Callable[..., Any] = method
    return found


def takes_ids(method: Callable[..., Any]) -> bool:
    """Whether the first argument is the ids."""
    return bool(method.__takes_ids__)  # type: ignore[attr-defined]


def bind(method: Callable[..., Any], env: Env, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[[], Any]:
    """The call, ready to be made.

    Raises:
        TypeError: the arguments do not fit the method.
    """
    bound = inspect.signature(method).bind(env, *args, **kwargs)
    return lambda: method(*bound.args, **bound.kwargs)


_ONLY_READ = frozenset(
    {
        "read",
        "search",
        "search_read",
        "search_count",
        "fields_get",
        "context_get",
        "check_access_rights",
        "has_access",
        "has_group",
        "get_external_id",
        "check_object_reference",
        "retrieve_acc_type",
    }
)


def changes(call: str) -> bool:
    """Whether a call, as "model.method", may change something."""
    return bool(call) and call.rpartition(".")[2] not in _ONLY_READ
