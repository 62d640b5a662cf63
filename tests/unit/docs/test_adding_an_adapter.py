"""The adapter in docs/adding-an-adapter.md and its test are run as they stand there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from connector.errors import Retriable, Unsupported
from connector.model.effect import EffectKind

GUIDE = Path(__file__).parents[3] / "docs" / "adding-an-adapter.md"


def _room(name: str, code: str) -> ModuleType:
    module = sys.modules[name] = ModuleType(name)
    exec(compile(code, f"{GUIDE} {name}", "exec"), module.__dict__)
    return module


_adapter, _its_test = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
_room("ledgerbook", _adapter)
kit = _room("test_ledgerbook", _its_test)

TestLedgerbook = kit.TestLedgerbook


def test_an_export_that_is_not_there_can_be_tried_again_later(tmp_path: Path) -> None:
    package = kit.LedgerbookWorld(tmp_path).open()
    (tmp_path / "export.json").unlink()
    assert [probe.ok for probe in package.check()] == [False]
    with pytest.raises(Retriable):
        list(package.read_invoices(""))


def test_what_it_leaves_out_is_known_beforehand(tmp_path: Path) -> None:
    package = kit.LedgerbookWorld(tmp_path).open()
    assert [name for name, has in package.features().items() if not has] == [
        "read_mandates",
        "store_mandates",
        "register_return",
        "show",
    ]
    with pytest.raises(Unsupported):
        package.look_up(EffectKind.STORE_MANDATE, "M-1")
