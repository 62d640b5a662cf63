"""Golden files: each tests/golden/config/NAME.yaml has all its mistakes told as NAME.expected.txt says.

Which adapters and profiles there are is left out of it.
A new pair is made by writing the YAML and running the test: what was told is left beside it as NAME.actual.txt.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connector.config import read

GOLDEN = Path(__file__).parents[3] / "golden" / "config"


@pytest.mark.parametrize("broken", sorted(GOLDEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_broken_config_is_told_in_full(broken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)
    config, problems = read(Path(broken.name), {"GIVEN": "given-elsewhere", "EMPTY": ""})
    told = "".join(f"{problem}\n" for problem in problems)
    told = re.sub(r"(Installed are:|choose one of) [^.]*", r"\1 ...", told)
    actual = broken.with_suffix(".actual.txt")
    expected = broken.with_suffix(".expected.txt")
    actual.write_text(told, encoding="utf-8")
    assert config is None
    assert told == (expected.read_text(encoding="utf-8") if expected.exists() else "")
    assert "hunter22" not in told
    assert "given-elsewhere" not in told.lower()
    actual.unlink()
