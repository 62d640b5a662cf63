"""Which models a database has, by where its mandates live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from tests.counterparts.odoo.fields import Field, link, of
from tests.counterparts.odoo.homes import Home
from tests.counterparts.odoo.models import (
    attachments,
    customising,
    ledger,
    mandates,
    moves,
    partners,
    payments,
    people,
    reference,
    threads,
    wizards,
)
from tests.counterparts.odoo.models.base import Model
from tests.counterparts.odoo.rights import BILLING, BOOKS_READ_ONLY, Access


class Matches(Model):
    """account.partial.reconcile: which line pays which."""

    name = "account.partial.reconcile"
    description = "Partial Reconcile"
    access: ClassVar[Access] = {BOOKS_READ_ONLY: "r", BILLING: "rwcd"}
    indexed = ("debit_move_id", "credit_move_id")

    def declare(self, home: Home) -> Iterable[Field]:
        """Fields of a match."""
        yield link("debit_move_id", "account.move.line", required=True)
        yield link("credit_move_id", "account.move.line", required=True)
        yield from of("monetary", "amount")


ALWAYS: tuple[type[Model], ...] = (
    people.Users,
    people.Groups,
    people.Companies,
    people.ApiKeys,
    reference.Countries,
    reference.Currencies,
    reference.Languages,
    reference.Tags,
    reference.ExternalIds,
    partners.Partners,
    partners.BankAccounts,
    partners.Banks,
    threads.Messages,
    threads.MessageSubtypes,
    threads.Activities,
    threads.ActivityTypes,
    attachments.Attachments,
    ledger.Accounts,
    ledger.Journals,
    ledger.PaymentMethodLines,
    ledger.PaymentMethods,
    ledger.PaymentTerms,
    ledger.PaymentTermLines,
    moves.Moves,
    moves.MoveLines,
    Matches,
    payments.Payments,
    wizards.RegisterPayment,
    wizards.ReverseEntry,
    customising.IrModels,
    customising.IrFields,
    customising.IrFieldSelections,
    customising.Views,
    customising.Modules,
)
BY_HOME: dict[Home, tuple[type[Model], ...]] = {
    Home.VANILLA: (),
    Home.OCA: (ledger.PaymentModes, mandates.OcaMandates),
    Home.ENTERPRISE: (mandates.EnterpriseMandates, payments.BatchPayments),
    Home.DIRECT_DEBIT: (mandates.DirectDebitMandates, payments.BatchPayments),
}
MODULES = ("base", "account", "l10n_be", "base_iban", "contacts", "mail")
MODULES_BY_HOME = {
    Home.VANILLA: (),
    Home.OCA: ("account_payment_mode", "account_banking_mandate", "account_banking_sepa_direct_debit"),
    Home.ENTERPRISE: ("account_accountant", "account_batch_payment", "account_sepa_direct_debit"),
    Home.DIRECT_DEBIT: ("account_accountant", "account_batch_payment", "account_direct_debit"),
}


def models_of(version: int, home: Home) -> Iterator[Model]:
    """The models, each knowing its fields on the version."""
    for kind in (*ALWAYS, *BY_HOME[home]):
        yield kind(version, home)
