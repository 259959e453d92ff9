"""Asking before something is removed for ever."""

import sys

import typer

from wrapped_cli.errors import CommandError


def confirm(question: str) -> None:
    """Ask a question; anything but yes ends the command.

    Raises:
        CommandError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise CommandError("confirm with --yes: there is nobody to ask")
    typer.confirm(question, abort=True)
