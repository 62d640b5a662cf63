"""`mandates proof`: the signed document of a mandate and the evidence of its signature, as files."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from connector.cli.failing import DONE, FAILED
from connector.cli.new_files import create
from connector.cli.opening import Opened, opened
from connector.cli.terminal import Words, fail, print_json, table, write
from connector.signing.proof import Proof, proof_of
from connector.store import mandates
from connector.texts import say


def run(config_file: Path, reference: str, folder: Path, *, as_json: bool) -> int:
    """Write both files, and tell whether the evidence is as it was written down. Ends with 1 if it is not."""
    with opened(config_file) as it:
        words = Words(it.installation.language, it.config.time_zone)
        proof = _proof(it, reference)
    if proof is None:
        fail(words.say("proof.none", mandate=reference))
        return FAILED
    files = _written(proof, folder)
    (_print if as_json else _tell)(words, proof, files)
    return FAILED if proof.faults else DONE


def _proof(it: Opened, reference: str) -> Proof | None:
    with it.store.reading() as connection:
        mandate = mandates.find(connection, reference)
        return proof_of(connection, it.installation.mandates.name, mandate) if mandate else None


def _written(proof: Proof, folder: Path) -> list[Path]:
    document = Path(proof.document.name)
    evidence = json.dumps(proof.evidence(), ensure_ascii=False, indent=2).encode()
    contents = {document.name: proof.document.content}
    if proof.entries:
        contents[f"{document.stem}.evidence.json"] = evidence
    with ExitStack() as undo:  # both or none
        for name, content in contents.items():
            with os.fdopen(create(folder / name, "proof"), "wb") as stream:
                undo.callback((folder / name).unlink)
                stream.write(content)
        undo.pop_all()
    return [folder / name for name in contents]


def _tell(words: Words, proof: Proof, files: list[Path]) -> None:
    if proof.entries:
        rows = (
            (str(entry.number), words.when(entry.at), say(words.language, f"signing.event.{entry.kind}"))
            for entry in proof.entries
        )
        write(table(words.columns("number", "at", "what"), rows))
    for file in files:
        write(words.say("proof.written", file=str(file)))
    if proof.faults:
        write(words.say("proof.broken", why="; ".join(proof.faults)))
    elif proof.entries:
        write(words.say("proof.whole", count=len(proof.entries)))
    else:
        write(words.say("proof.elsewhere"))


def _print(_words: Words, proof: Proof, files: list[Path]) -> None:
    facts: Mapping[str, object] = {
        "kind": "proof",
        "reference": proof.mandate.reference,
        "files": files,
        "sha256": proof.document.sha256,
        "entries": len(proof.entries),
        "faults": proof.faults,
    }
    print_json(facts)
