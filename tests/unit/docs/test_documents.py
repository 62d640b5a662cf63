"""What the documents say agrees with the sources, and what they point at is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from connector.cli.app import app
from connector.config import read
from connector.errors import RECOVERY

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
DONE = 0
COMMAND = re.compile(r"(?:^ {4}|`|bin/)sepa-connector ([a-z]+)(?: ([a-z][a-z-]+))?", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))
def test_every_link_leads_to_a_file(document: Path) -> None:
    links = [link for link in LINK.findall(document.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        document = ahead.pop()
        if document not in reached:
            reached.add(document)
            links = LINK.findall(document.read_text(encoding="utf-8"))
            ahead += [
                (document.parent / link).resolve() for link in links if link.endswith(".md") and "://" not in link
            ]
    assert [str(document.relative_to(ROOT)) for document in DOCUMENTS if document not in reached] == []


@pytest.mark.parametrize("name", ["README.md", "docs/operations.md"])
def test_the_table_of_exit_codes_has_every_code(name: str) -> None:
    section = (ROOT / name).read_text(encoding="utf-8").partition("Exit codes of `sync`")[2]
    table = section.partition("|---")[2].partition("\n\n")[0]
    told = {int(code) for code in re.findall(r"^\| (\d) \|", table, re.MULTILINE)}
    assert told == {DONE} | {row.exit_code for row in RECOVERY}


def test_every_command_that_a_document_names_exists() -> None:
    commands = typer.main.get_command(app)
    assert isinstance(commands, TyperGroup)
    missing = [
        f"{document.name}: sepa-connector {name} {below}"
        for document in DOCUMENTS
        for name, below in COMMAND.findall(document.read_text(encoding="utf-8"))
        if not _exists(commands, name, below)
    ]
    assert missing == []


def _exists(commands: TyperGroup, name: str, below: str) -> bool:
    context = typer.Context(commands)
    command = commands.get_command(context, name)
    if isinstance(command, TyperGroup):
        return command.get_command(typer.Context(command, parent=context, info_name=name), below) is not None
    return command is not None


def test_the_configuration_in_the_readme_is_right(tmp_path: Path) -> None:
    example = re.search(
        r"^```yaml\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    assert example
    file = tmp_path / "config.yaml"
    file.write_text(example[1], encoding="utf-8")
    _, problems = read(file, {"SEPA_CONNECTOR_SECRET": "x" * 32})
    assert [str(problem) for problem in problems] == []
