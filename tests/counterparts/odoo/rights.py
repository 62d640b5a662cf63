"""Groups, what they imply, and what they may do with a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tests.counterparts.odoo.errors import AccessError

if TYPE_CHECKING:
    from tests.counterparts.odoo.env import Env

USER = "base.group_user"
PORTAL = "base.group_portal"
CONTACTS = "base.group_partner_manager"
ACCESS_RIGHTS = "base.group_erp_manager"
SETTINGS = "base.group_system"
BILLING = "account.group_account_invoice"
BOOKS_READ_ONLY = "account.group_account_readonly"
ADVISER = "account.group_account_manager"
TRUST_ACCOUNTS = "account.group_validate_bank_account"
OCA_PAYMENT = "account_payment_order.group_account_payment"
DOC = "api_doc.group_allow_doc"

IMPLIED: Mapping[str, tuple[str, ...]] = {
    CONTACTS: (USER,),
    ACCESS_RIGHTS: (USER,),
    SETTINGS: (ACCESS_RIGHTS,),
    BILLING: (USER,),
    BOOKS_READ_ONLY: (USER,),
    ADVISER: (BILLING, BOOKS_READ_ONLY),
    TRUST_ACCOUNTS: (USER,),
    OCA_PAYMENT: (USER,),
    DOC: (USER,),
    USER: (),
    PORTAL: (),
}

OPERATIONS = {"read": "r", "write": "w", "create": "c", "unlink": "d"}
Access = Mapping[str, str]
"""Which letters of `OPERATIONS` each group has on a model."""


def with_implied(groups: Iterable[str]) -> frozenset[str]:
    """Groups with all that they imply."""
    found: set[str] = set()
    waiting = list(groups)
    while waiting:
        group = waiting.pop()
        if group not in found:
            found.add(group)
            waiting.extend(IMPLIED[group])
    return frozenset(found)


def may(env: Env, access: Access, operation: str) -> bool:
    """Whether the user's groups allow an operation on a model."""
    letter = OPERATIONS[operation]
    return env.is_superuser or any(letter in access.get(group, "") for group in env.groups)


def refuse(model: str, description: str, access: Access, operation: str) -> AccessError:
    """The server's words for an operation that no group of the user allows."""
    doing = {"read": "access", "write": "modify", "create": "create", "unlink": "delete"}[operation]
    allowed = [group for group, letters in access.items() if OPERATIONS[operation] in letters]
    hint = "No group currently allows this operation."
    if allowed:
        hint = "This operation is allowed for the following groups:\n" + "\n".join(f"\t- {name}" for name in allowed)
    return AccessError(
        f"You are not allowed to {doing} '{description}' ({model}) records.\n\n{hint}\n\n"
        "Contact your administrator to request access if necessary."
    )
