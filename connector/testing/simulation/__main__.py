"""Run the simulator: what script/simulate does."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from connector.testing.simulation.play import DAYS, Outcome
from connector.testing.simulation.seeds import Plan, play_all

_FAILURES_MAX = 5


def main(words: Sequence[str] | None = None) -> int:
    """Entry point. Returns 0 if every rule held in every seed, 1 if not, 2 if what was asked makes no sense."""
    parser = argparse.ArgumentParser(
        prog="script/simulate",
        description="Play weeks of a whole installation in a hostile world, once for each seed.",
    )
    parser.add_argument("--seeds", type=int, default=300, help="how many seeds are played (300)")
    parser.add_argument("--start", type=int, default=1, help="the first seed (1)")
    parser.add_argument("--days", type=int, default=DAYS, help=f"days of hostility in each ({DAYS})")
    parser.add_argument("--database", default="", metavar="URL", help="PostgreSQL; databases are made beside this one")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (one for each processor)")
    parser.add_argument("--plain", action="store_true", help="people have no habits, as in the oldest kept seeds")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end")
    parser.add_argument("--trace", action="store_true", help="print the trace of every seed, not of failed ones alone")
    asked = parser.parse_args(words)
    if min(asked.seeds, asked.days, asked.jobs) < 1:
        parser.error("--seeds, --days and --jobs are at least 1.")
    seeds = range(asked.start, asked.start + asked.seeds)
    told = _Told(len(seeds), quiet=asked.json, every_trace=asked.trace)
    for outcome in play_all(Plan(seeds, asked.days, asked.database, min(asked.jobs, len(seeds)), asked.plain)):
        told.take(outcome)
    told.end(as_json=asked.json)
    return 1 if told.failed else 0


@dataclass
class _Told:
    """Tells how it goes: progress on a terminal, failures as they come, the sum at the end."""

    seeds: int
    quiet: bool
    every_trace: bool
    played: int = 0
    passes: int = 0
    collections: int = 0
    failed: list[Outcome] = field(default_factory=list)

    def take(self, outcome: Outcome) -> None:
        """One more was played."""
        self.played += 1
        self.passes += outcome.passes
        self.collections += outcome.collections
        if not outcome.holds:
            self.failed.append(outcome)
        if self.quiet:
            return
        if self.every_trace or (not outcome.holds and len(self.failed) <= _FAILURES_MAX):
            self._say("\n".join(outcome.trace))
        if not outcome.holds:
            for breach in outcome.breaches:
                self._say(f"seed {outcome.seed}, {outcome.day}: {breach.rule} {breach.seen}")
            self._say(f"Replay: {outcome.replay}")
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{self.played} of {self.seeds} seeds, {len(self.failed)} failed ")
            sys.stderr.flush()

    def end(self, *, as_json: bool) -> None:
        """Tell the sum."""
        if as_json:
            self._say(json.dumps(self._sum()))
        else:
            self._say(
                f"{self.played} seeds, {self.passes} passes, {self.collections} collections at the bank: "
                f"{len(self.failed)} seeds failed."
            )

    def _sum(self) -> dict[str, object]:
        return {
            "seeds": self.played,
            "passes": self.passes,
            "collections": self.collections,
            "failed": [
                {
                    "seed": one.seed,
                    "day": one.day.isoformat(),
                    "breaches": [{"rule": breach.rule, "seen": breach.seen} for breach in one.breaches],
                }
                for one in self.failed
            ],
        }

    @staticmethod
    def _say(text: str) -> None:
        sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    raise SystemExit(main())
