"""The command `wrapped`: its entry point, and the one place where errors become a line and an exit code.

Each command is a module named after it. The work is done elsewhere and imported only when the command is
called, so that `wrapped --help` and shell completion stay fast.
"""

import os
import sys

_INTERRUPTED = 130  # 128 + SIGINT, as shells count


def main() -> None:
    """Run the command `wrapped` with the arguments of this process and exit."""
    from wrapped_cli.commands.output import forgive_output

    forgive_output()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command `wrapped` and return its exit code.

    Every error is one line on stderr; the exit code is 2 for wrong usage, 130 when interrupted, else 1. With
    `WRAPPED_DEBUG` set, unexpected errors show their traceback.
    """
    try:
        from wrapped_cli.commands.app import call

        code = call(arguments)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return _fail("interrupted", _INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the last resort: people get a line, never a traceback
        return _explain(error)


def _explain(error: Exception) -> int:
    from wrapped_cli.errors import CommandError

    mongo = sys.modules.get("wrapped_shared.mongo")  # heavy; if it raised the error, it is already loaded
    if isinstance(error, CommandError) or (mongo is not None and isinstance(error, mongo.MongoUnavailable)):
        return _fail(str(error), 1)
    if os.environ.get("WRAPPED_DEBUG"):
        raise error
    hint = "set WRAPPED_DEBUG=1 to see where"
    return _fail(f"unexpected {type(error).__name__}: {error} ({hint})", 1)


def _fail(message: str, code: int) -> int:
    from wrapped_cli.text import clean

    sys.stdout.flush()
    print(f"wrapped: {clean(message, 2000)}", file=sys.stderr)  # noqa: T201 - errors leave the command here
    return code
