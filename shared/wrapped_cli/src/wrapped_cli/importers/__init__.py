"""Importers: what people have (a plugin file, a dump, JSON) into the raw database.

Reading every file format, and writing rows safely, live here. Validating events does not: invalid ones are imported
like the others, and counted when days are computed. An import first inspects the files (`look_at`), then connects and
writes (`import_files`).
"""

from collections.abc import Callable
from functools import partial

from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource

from wrapped_cli.embedded import ensure_embedded_indexes
from wrapped_cli.importers.load import FileReport, Loader
from wrapped_cli.importers.look import Found
from wrapped_cli.importers.rows import Source

Progress = Callable[[int, Source], None]
"""Called now and then with the number of files done and the file being read: its `done()` of `total`."""


def import_files(mongo: MongoResource, found: Found, progress: Progress = lambda *_: None) -> list[FileReport]:
    """Import files into the raw database and request the days they touch; then create the indexes.

    Importing the same file again adds nothing, and running a killed import again completes it. `_id`s are kept; rows
    without one get an `_id` that depends only on their content.

    Args:
        mongo: the opened resource.
        found: what `look_at` found.
        progress: see `Progress`.

    Returns:
        For each file what was added, what already existed, and what could not be imported.

    Raises:
        CommandError: a file can no longer be read.
        pymongo.errors.PyMongoError: MongoDB cannot be reached or rejects the request.
    """
    loader = Loader(mongo, found.first_day, found.player)
    reports = [loader.load(source, partial(progress, number, source)) for number, source in enumerate(found.files)]
    ensure_indexes(mongo.raw, mongo.analytics)
    ensure_embedded_indexes(mongo.raw)
    return reports
