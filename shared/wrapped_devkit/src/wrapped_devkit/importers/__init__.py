"""Importers: what people have (a plugin file, a dump, JSON lines) into the raw database.

Reading the kinds of files, and writing rows safely, live here. Judging events does not: unsound ones are
imported like the others, and counted by the product.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wrapped_shared.mongo import MongoResource

    from wrapped_devkit.importers.load import ImportReport, Loader
    from wrapped_devkit.importers.rows import Source

Progress = Callable[["Source"], None]
"""Called now and then with the file that is being read; its `done()` of `total` tells how far it is."""


def import_paths(
    mongo: "MongoResource",
    paths: Sequence[Path],
    *,
    player: str | None = None,
    progress: Progress | None = None,
) -> "ImportReport":
    """Import files into the raw database and request the days they touch; afterwards make the indexes.

    Importing the same again adds nothing, and an import that was killed is completed by simply running it
    again. `_id`s of a dump are kept; rows without one get one that depends on their content alone.

    Args:
        mongo: the opened resource.
        paths: plugin SQLite files, mongodump folders, archives or BSON files, JSON lines; all but SQLite may
            be gzipped. Every one is looked at before the first row is written.
        player: the username that every imported event gets, whatever stood there: for a capture without a
            usable name, or to gather several captures of one person under one name. Hiscores snapshots in a
            dump keep their player.
        progress: see `Progress`.

    Returns:
        What was added, was there already, and could not be imported.

    Raises:
        DevkitError: a path cannot be read or is nothing that can be imported, or `player` is no name.
        pymongo.errors.PyMongoError: MongoDB is out of reach or refuses us.
    """
    from wrapped_shared.indexes import ensure_indexes
    from wrapped_shared.names import player_key
    from wrapped_shared.settings import first_day

    from wrapped_devkit.embedded import ensure_embedded_indexes
    from wrapped_devkit.errors import DevkitError
    from wrapped_devkit.importers.load import Loader
    from wrapped_devkit.importers.sources import sources_of

    if player is not None and player_key(player) is None:
        raise DevkitError("--player needs a name that is not empty")
    try:
        loader = Loader(mongo, first_day(), player)
    except ValueError as error:
        raise DevkitError(str(error)) from None
    for source in [source for path in paths for source in sources_of(path)]:
        _load(loader, source, progress)
    loader.flush()
    ensure_indexes(mongo.raw, mongo.analytics)
    ensure_embedded_indexes(mongo.raw)
    return loader.report


def _load(loader: "Loader", source: "Source", progress: Progress | None) -> None:
    from wrapped_devkit.importers.rows import Bad

    for number, row in enumerate(source.rows()):
        if isinstance(row, Bad):
            loader.report.count_bad(row.reason, source.where())
        else:
            loader.add(row, source.where())
        if progress is not None and number % 500 == 0:
            progress(source)
    loader.flush()
    if progress is not None:
        progress(source)
