"""`wrapped osrs-server`: stand-ins for the hiscores, the wiki and the price service, in the foreground."""

from typing import Annotated

import typer

Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port on 127.0.0.1; 0 = any free port.")]
Fault = Annotated[
    list[str] | None,
    typer.Option(
        "--fault",
        metavar="NAME[:SHARE][@PATH]",
        help="Inject a fault into all requests, a share of them (503:0.3), or those below a path; may be repeated.",
    ),
]
Players = Annotated[int, typer.Option("--players", min=1, max=1_000_000, help="Number of players.")]


def register(app: typer.Typer) -> None:
    """Add the command `osrs-server`."""
    app.command("osrs-server")(osrs_server)


def osrs_server(port: Port = 8077, fault: Fault = None, players: Players = 2_250) -> None:
    """Serve stand-ins for the hiscores, the wiki and the price service on 127.0.0.1 until interrupted."""
    from wrapped_cli.errors import CommandError

    from wrapped_devkit.osrs_server.serve import build

    try:
        stand_in = build(port=port, players=players, faults=fault or [])
    except ValueError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"cannot listen on 127.0.0.1:{port}: {error.strerror}") from None
    url = stand_in.server.url
    typer.echo(f"The stand-in OSRS server is running at {url} (stop it with Ctrl+C). For the other commands:")
    for variable in ("HISCORES_BASE_URL", "WIKI_BASE_URL", "PRICES_BASE_URL"):
        typer.echo(f"export {variable}={url}")
    typer.echo("export WRAPPED_CONTACT=you@example.org HISCORES_REQUESTS_PER_SECOND=0 WIKI_REQUESTS_PER_SECOND=0")
    typer.echo("export WIKI_LEAST_ROWS=0 PRICES_LEAST_ROWS=0")
    stand_in.server.serve_forever()
