"""What every command raises for options that cannot be combined, or a missing one."""

import typer


class UsageError(typer.TyperException):
    """Invalid usage; the message says what to write instead."""

    exit_code = 2
