"""Options that many commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_CONFIG = Path("config.yaml")
CONFIG_VARIABLE = "SEPA_CONNECTOR_CONFIG"


def chosen_config(context: typer.Context, value: Path) -> Path:
    """The file named after the command, else before it, else in the environment, else the default."""
    source = context.get_parameter_source("config")
    if source is not None and source.name == "COMMANDLINE":
        return value
    return Path(context.find_root().params.get("config", value))


ConfigFile = Annotated[Path, typer.Option("--config", metavar="FILE", help="Config file.", callback=chosen_config)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
