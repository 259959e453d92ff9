"""Asking for confirmation before something is removed for good."""

import sys

import typer

from wrapped_cli.errors import CommandError


def confirm(question: str) -> None:
    """Ask a question; any answer but yes ends the command.

    Raises:
        CommandError: standard input is not a terminal.
    """
    if not sys.stdin.isatty():
        raise CommandError("not a terminal: confirm with --yes")
    typer.confirm(question, abort=True)
