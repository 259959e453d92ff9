"""The command tree. What a command does is in the module named after it.

Other packages can add commands: an entry point in the group `wrapped.commands` names a `register(app)`.
"""

import sys
from importlib.metadata import entry_points
from importlib.metadata import version as package_version
from typing import Annotated, Final

import typer

from wrapped_cli.commands.doctor import doctor
from wrapped_cli.commands.export import export
from wrapped_cli.commands.forget import forget
from wrapped_cli.commands.group import group
from wrapped_cli.commands.import_ import import_
from wrapped_cli.commands.metrics import metrics
from wrapped_cli.commands.mongo import mongo
from wrapped_cli.commands.prune import prune
from wrapped_cli.commands.rebuild import rebuild
from wrapped_cli.commands.rename import rename
from wrapped_cli.commands.report import report
from wrapped_cli.commands.run_ import run
from wrapped_cli.text import clean

_INTERRUPTED: Final = 130

app = typer.Typer(name="wrapped", rich_markup_mode=None, pretty_exceptions_enable=False)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wrapped {package_version('runelite-wrapped-cli')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version)
    ] = False,
) -> None:
    """Wrapped statistics for Old School RuneScape: import telemetry, compute reports, view them."""


for command in (import_, run, rebuild, report, rename, group, export, forget, prune, doctor, metrics):
    app.command(command.__name__.removesuffix("_"))(command)
app.add_typer(mongo, name="mongo")
for added in sorted(entry_points(group="wrapped.commands")):
    added.load()(app)


def call(arguments: list[str]) -> int:
    """Run a command line and return its exit code; wrong usage is one line on stderr and exit code 2.

    Raises:
        KeyboardInterrupt: the user pressed Ctrl-C.
        Exception: anything the command raised.
    """
    try:
        code = app(args=arguments or ["--help"], prog_name="wrapped", standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.TyperException as error:
        message = clean(error.format_message().rstrip("."), 2000)
        print(f"wrapped: {message} (see wrapped --help)", file=sys.stderr)  # noqa: T201
        return error.exit_code
    if code == _INTERRUPTED:  # how typer reports an interruption
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0
