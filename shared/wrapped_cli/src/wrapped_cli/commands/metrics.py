"""`wrapped metrics`: what Prometheus watches, printed, written to a file or served by `wrapped_shared.metrics`."""

from pathlib import Path
from typing import Annotated

import typer


def metrics(
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the metrics to a file for the node exporter.")
    ] = None,
    serve: Annotated[
        int | None, typer.Option("--serve", min=1, max=65535, help="Serve the metrics on this port until interrupted.")
    ] = None,
) -> None:
    """Show what is owed, how fresh reports are, and what upstreams refuse, in Prometheus' text format."""
    from wrapped_shared import metrics as shared

    from wrapped_cli.commands.connection import opened
    from wrapped_cli.errors import CommandError

    if out is not None and serve is not None:
        raise CommandError("choose --out or --serve, not both")
    with opened() as mongo:
        try:
            if serve is not None:
                shared.serve(mongo, serve, "127.0.0.1")
            elif out is not None:
                shared.write(mongo, out)
            else:
                typer.echo(shared.text(mongo), nl=False)
        except OSError as error:
            raise CommandError(f"the metrics cannot be {'served' if serve else 'written'}: {error.strerror}") from None
