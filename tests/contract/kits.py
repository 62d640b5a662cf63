"""The contract kits: what an adapter of each port must hold to, for our own adapters and for yours.

Write a world - the other side of your adapter, see tests/contract/worlds.py - and join:

    class TestMyPackage(AccountingContract):
        @pytest.fixture
        def world(self, tmp_path: Path) -> AccountingWorld:
            return MyWorld(tmp_path)

Each rule is a test of its own name. A rule about a feature that the adapter does not have is skipped, or checks that
the adapter says so.
"""

from tests.contract.accounting import AccountingContract
from tests.contract.banks import BankContract
from tests.contract.mailers import MailerContract
from tests.contract.mandates import MandateServiceContract
from tests.contract.worlds import AccountingWorld, BankWorld, MailWorld, MandateWorld

__all__ = [
    "AccountingContract",
    "AccountingWorld",
    "BankContract",
    "BankWorld",
    "MailWorld",
    "MailerContract",
    "MandateServiceContract",
    "MandateWorld",
]
