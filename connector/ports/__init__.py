"""The ports: what an accounting package, a mandate service, a bank channel and a mailer must do.

The docstrings are the contract; the kits in tests/contract check it. Rules for every adapter:

- Two methods are required. What an adapter does not override raises `Unsupported`; `check` lists it.
- Reading never changes anything at the other side. `handled` is called once what was read is stored for good.
- A changing call carries a key. Called again with the same key it completes what is there and returns the same
  answer; it never makes a second one.
- Errors: `Retriable` only if the call surely had no effect; `UnknownOutcome` if it may have had one and the
  answer was lost; `Skippable` for this record alone; `NoAccess` if the account, the rights or the address is wrong.
- An unreadable record is a `Fault` in its batch, never an exception and never left out.
- Mailers and mandate services are called from several threads: a pass, and debtors on the signing pages.
- An adapter reads no wall clock and makes no random value: both come from its `Surroundings`.
"""

from __future__ import annotations

from connector.ports.accounting import (
    AccountingPackage,
    Feed,
    Payment,
    PaymentReturn,
    Remark,
    RemarkKind,
    SignedMandate,
    one_by_one,
)
from connector.ports.adapter import (
    Adapter,
    AdapterSettings,
    Batch,
    Document,
    Fault,
    Surroundings,
    optional,
)
from connector.ports.banks import (
    BankChannel,
    IncomingFile,
    OutgoingFile,
)
from connector.ports.chores import (
    Administrator,
    Chore,
    Kept,
    Place,
    Probe,
    Question,
)
from connector.ports.mail import (
    Attachment,
    Mail,
    Mailer,
)
from connector.ports.mandates import (
    CreditorCard,
    Invitation,
    InvitationRequest,
    MandateService,
)

__all__ = [
    "AccountingPackage",
    "Adapter",
    "AdapterSettings",
    "Administrator",
    "Attachment",
    "BankChannel",
    "Batch",
    "Chore",
    "CreditorCard",
    "Document",
    "Fault",
    "Feed",
    "IncomingFile",
    "Invitation",
    "InvitationRequest",
    "Kept",
    "Mail",
    "Mailer",
    "MandateService",
    "OutgoingFile",
    "Payment",
    "PaymentReturn",
    "Place",
    "Probe",
    "Question",
    "Remark",
    "RemarkKind",
    "SignedMandate",
    "Surroundings",
    "one_by_one",
    "optional",
]
