"""`mandates import` and `mandates export`: mandates from a file and into one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from connector.cli.attention import person
from connector.cli.failing import DONE
from connector.cli.new_files import create
from connector.cli.opening import opened
from connector.cli.progress import count_shown
from connector.cli.terminal import Words, fail, print_json, write
from connector.engine import mandate_export
from connector.engine.mandate_export import GivenOut
from connector.engine.mandate_import import Outcome, Told, bring_in
from connector.engine.mandate_sheet import open_sheet, write_sheet
from connector.engine.mandate_statement import Finding
from connector.errors import Fatal
from connector.masking import masked_text
from connector.texts import say
from connector.texts.telling import tell

_DONE_IN_PART = 3  # as `sync` with exceptions
_TOLD_MAX = 20
"""Mandates that are told one by one; the rest of them is counted. What is refused is told to the last row."""

_EVERY = 100  # rows between two steps of the progress


def import_mandates(config_file: Path, file: Path, *, dry_run: bool, as_json: bool) -> int:
    """Bring in the mandates of a file, and tell of each row what became of it. Ends with 3 if some were refused."""
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        sheet = open_sheet(file)
        tell_row = _print_row if as_json else _Narrator().tell
        with count_shown(_say(words, "progress"), sheet.lines) as show:

            def take(told: Told) -> None:
                tell_row(words, told)
                if told.line % _EVERY == 0:
                    show(told.line)

            counts = bring_in(it.installation, it.store, sheet, person(), rehearsal=dry_run, tell=take)
        (_print_counts if as_json else _tell_counts)(words, counts, dry_run)
    return _DONE_IN_PART if counts[Outcome.REFUSED] else DONE


class _Narrator:
    """Tells a person of rows, as they come: the first mandates that are taken, and all that needs a look."""

    def __init__(self) -> None:
        self._taken = 0

    def tell(self, words: Words, told: Told) -> None:
        if told.outcome is Outcome.REFUSED:
            key = "refused" if told.reference else "unreadable"
            for finding in told.findings:
                _write(words, key, line=told.line, mandate=told.reference, reason=_sentence(words, finding))
            return
        if told.outcome is Outcome.TAKEN and told.mandate is not None:
            self._taken += 1
            if self._taken <= _TOLD_MAX:
                one = told.mandate
                state, account = words.term("state", one.state.value), masked_text(one.iban or "")
                facts = {"mandate": one.reference, "customer": one.debtor_name, "account": account, "state": state}
                _write(words, "taken", line=told.line, **facts)
        for finding in told.findings:
            _write(words, "remark", line=told.line, reason=_sentence(words, finding))


def _tell_counts(words: Words, counts: Mapping[Outcome, int], rehearsal: bool) -> None:
    taken, there, refused = (counts[outcome] for outcome in Outcome)
    if taken > _TOLD_MAX:
        write(words.say("more", count=taken - _TOLD_MAX))
    _write(words, "counts", rows=taken + there + refused, taken=taken, there=there, refused=refused)
    if rehearsal:
        _write(words, "rehearsed")
    elif taken:
        write(words.say("mandate.told"))
    if refused:
        _write(words, "again")


def _print_row(words: Words, told: Told) -> None:
    mandate = told.mandate
    findings = [{"code": one.code, "facts": one.facts, "text": _sentence(words, one)} for one in told.findings]
    known = (
        {"customer": mandate.customer, "state": mandate.state, "account": masked_text(mandate.iban or "")}
        if mandate is not None
        else {}
    )
    row = {"kind": "mandate", "line": told.line, "reference": told.reference, "outcome": told.outcome}
    print_json({**row, **known, "findings": findings})


def _print_counts(_words: Words, counts: Mapping[Outcome, int], rehearsal: bool) -> None:
    by_outcome = {outcome.value: counts[outcome] for outcome in Outcome}
    print_json({"kind": "result", "dry_run": rehearsal, "rows": sum(counts.values()), **by_outcome})


def export_mandates(config_file: Path, file: Path | None, *, as_json: bool) -> int:
    """Write the mandates into a new file that its owner alone may read, or to standard output."""
    given_out = GivenOut()
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        if file is None and as_json:
            raise Fatal("--json tells of a file that is written.", where="export", remedy="Name a file, too.")
        with it.store.reading() as connection:
            rows = mandate_export.rows(connection, given_out)
            if file is None:
                write_sheet(sys.stdout, rows)
            else:
                with count_shown(_say(words, "progress"), mandate_export.how_many(connection)) as show:
                    _write_file(file, _counted(rows, show))
    if as_json:
        counts = {"count": given_out.count, "left_out": given_out.left_out, "untold": given_out.untold}
        print_json({"kind": "result", "file": file, **counts})
        return DONE
    to_person = write if file else fail  # standard output is the list itself
    to_person(_say(words, "exported", count=given_out.count, file=str(file)) if file else _say(words, "printed"))
    for key, count in (("left_out", given_out.left_out), ("untold", given_out.untold)):
        if count:
            to_person(_say(words, key, count=count))
    return DONE


def _write_file(file: Path, rows: Iterator[Mapping[str, str]]) -> None:
    """Write a new file, whole or not at all. A spreadsheet knows by its mark that it is in UTF-8."""
    handle = create(file, "export")
    with ExitStack() as on_failure:
        on_failure.callback(file.unlink, missing_ok=True)
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as stream:
            write_sheet(stream, rows)
        on_failure.pop_all()


def _counted(rows: Iterator[Mapping[str, str]], show: Callable[[int], None]) -> Iterator[Mapping[str, str]]:
    for done, row in enumerate(rows, 1):
        yield row
        if done % _EVERY == 0:
            show(done)


def _sentence(words: Words, finding: Finding) -> str:
    return tell(words.language, f"import.finding.{finding.code.value}", finding.facts)


def _say(words: Words, key: str, **facts: object) -> str:
    return say(words.language, f"import.{key}", **facts)


def _write(words: Words, key: str, **facts: object) -> None:
    write(masked_text(_say(words, key, **facts)))
