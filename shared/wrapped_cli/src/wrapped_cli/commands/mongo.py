"""`wrapped mongo`: the embedded MongoDB in the background."""

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Data folder; defaults to .wrapped/mongo in the project.")
]
Port = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="Port on 127.0.0.1; defaults to a free one.")
]


mongo = typer.Typer(help="Start or stop the embedded MongoDB, which runs in the background.")


@mongo.command()
def start(data_dir: DataDir = None, port: Port = None) -> None:
    """Start the server, or print where it is already running."""
    from wrapped_cli import embedded

    server = embedded.start(data_dir, port)
    typer.echo(f"MongoDB is running at {server.uri} (process {server.pid}, data in {server.data_dir})")
    if server.data_dir != embedded.default_data_dir().resolve():
        typer.echo(f"For the other commands: export MONGO_URI='{server.uri}'")


@mongo.command()
def stop(data_dir: DataDir = None) -> None:
    """Stop the server and wait until its data is on disk."""
    from wrapped_cli import embedded

    folder = data_dir or embedded.default_data_dir()
    typer.echo("stopped" if embedded.stop(data_dir) else f"no MongoDB is running on {folder}")


@mongo.command()
def uri(data_dir: DataDir = None) -> None:
    """Print the URI of the running server."""
    from wrapped_cli import embedded
    from wrapped_cli.errors import CommandError

    server = embedded.running(data_dir)
    if server is None:
        folder = data_dir or embedded.default_data_dir()
        raise CommandError(f"no MongoDB is running on {folder}: start it with wrapped mongo start")
    typer.echo(server.uri)
