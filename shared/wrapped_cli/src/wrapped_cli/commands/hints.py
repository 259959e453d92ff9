"""A hint on stderr about names that may be mistyped: for commands that accept names without a report, too."""

from collections.abc import Iterable

import typer
from wrapped_shared.mongo import MongoResource

from wrapped_cli.known_names import unknown
from wrapped_cli.text import clean


def hint_at_unknown(mongo: MongoResource, names: Iterable[str]) -> None:
    """Say which of the names have no report, and which known names are like them."""
    for name in names:
        if hint := unknown(mongo.analytics, name):
            typer.echo(f"wrapped: {clean(hint, 300)}", err=True)
