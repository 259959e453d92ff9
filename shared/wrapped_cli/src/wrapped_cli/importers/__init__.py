"""Importers: what people have (a plugin file, a dump, JSON) into the raw database.

Reading the kinds of files, and writing rows safely, live here. Judging events does not: unsound ones are
imported like the others, and counted by the product. An import first looks (`look_at`), then connects and writes
(`import_files`).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wrapped_shared.mongo import MongoResource

    from wrapped_cli.importers.load import FileReport, Loader
    from wrapped_cli.importers.look import Found
    from wrapped_cli.importers.rows import Source

Progress = Callable[[int, "Source"], None]
"""Called now and then with the number of files done and the one that is being read: its `done()` of `total`."""


def import_files(mongo: "MongoResource", found: "Found", progress: Progress | None = None) -> "list[FileReport]":
    """Import files into the raw database and request the days they touch; afterwards make the indexes.

    Importing the same again adds nothing, and an import that was killed is completed by simply running it
    again. `_id`s are kept; rows without one get one that depends on their content alone.

    Args:
        mongo: the opened resource.
        found: what `look_at` found.
        progress: see `Progress`.

    Returns:
        For each file what was added, was there already, and could not be imported.

    Raises:
        CommandError: a file cannot be read any more.
        pymongo.errors.PyMongoError: MongoDB is out of reach or refuses us.
    """
    from wrapped_shared.indexes import ensure_indexes

    from wrapped_cli.embedded import ensure_embedded_indexes
    from wrapped_cli.importers.load import Loader

    loader = Loader(mongo, found.first_day, found.player)
    reports = []
    for number, source in enumerate(found.files):
        _load(loader, source, number, progress)
        reports.append(loader.take_report(source))
    ensure_indexes(mongo.raw, mongo.analytics)
    ensure_embedded_indexes(mongo.raw)
    return reports


def _load(loader: "Loader", source: "Source", number: int, progress: Progress | None) -> None:
    from wrapped_cli.importers.rows import Bad

    for count, row in enumerate(source.rows()):
        if isinstance(row, Bad):
            loader.report.count_bad(row.reason, source.where())
        else:
            loader.add(row, source.where())
        if progress is not None and count % 500 == 0:
            progress(number, source)
    loader.flush()
