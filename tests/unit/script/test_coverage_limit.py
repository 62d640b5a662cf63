"""The limit on branches that the tests must take."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[3] / "script" / "coverage_limit.py"


def told(covered: int) -> tuple[int, str]:
    """Exit code and words for a report in which so many of 100 branches of connector were taken."""
    report = {
        "files": {
            "connector/a.py": {
                "summary": {"num_branches": 100, "covered_branches": covered, "missing_branches": 100 - covered}
            },
            "adapters/b.py": {"summary": {"num_branches": 100, "covered_branches": 0, "missing_branches": 100}},
        }
    }
    run = subprocess.run(
        [sys.executable, PROGRAM], input=json.dumps(report), capture_output=True, text=True, check=False
    )
    return run.returncode, run.stdout


def test_enough_branches_pass() -> None:
    assert told(90) == (
        0,
        "bankfiles: 100.0 % of branches taken (at least 90 %)\nconnector: 90.0 % of branches taken (at least 90 %)\n",
    )


def test_too_few_branches_fail_and_the_worst_files_are_named() -> None:
    code, words = told(89)
    assert code == 1
    assert "connector/a.py: 11 not taken" in words
