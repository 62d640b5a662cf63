"""The command `sepa-connector`: what a person or a scheduler types."""

from __future__ import annotations


def main() -> None:
    """Entry point of the command."""
    from connector.cli.app import app

    app()
