"""Exporting a player: every raw event and snapshot, the summaries of sealed days and the links of names, as JSON lines.

Each line is `{"collection": ..., "document": ...}` in MongoDB's canonical Extended JSON, as `wrapped import` reads it.
"""

import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bson import json_util
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.seal import sealed_before

from wrapped_cli.errors import CommandError
from wrapped_cli.privacy.queries import raw_queries
from wrapped_cli.privacy.who import Player


def export(raw: Database[Any], analytics: Database[Any], player: Player, path: Path) -> Counter[str]:
    """Write a player's documents to a gzipped file; return how many by collection.

    The file appears under its name only when it is complete.

    Raises:
        CommandError: the file cannot be written.
    """
    written = Counter[str]()
    part = path.with_name(f".{path.name}.part")
    try:
        with gzip.open(part, "wt", encoding="utf-8") as file:
            for name, document in _documents(raw, analytics, player):
                line = {"collection": name, "document": document}
                file.write(json_util.dumps(line, json_options=json_util.CANONICAL_JSON_OPTIONS) + "\n")
                written[name] += 1
        part.replace(path)
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    return written


def _documents(raw: Database[Any], analytics: Database[Any], player: Player) -> Iterator[tuple[str, Any]]:
    for name, query in raw_queries(raw, player.held):
        yield from ((name, document) for document in raw[name].find(query))
    sealed = sealed_before(analytics) or ""
    for held in player.held:
        days = {"$gte": held.first or "", "$lt": min(sealed, f"{held.last};") if held.last else sealed}
        found = analytics[names.PLAYER_DAYS].find({"player_key": held.name, "day": days})
        yield from ((names.PLAYER_DAYS, document) for document in found)
    own = [held.name for held in player.held]
    for link in analytics[names.PLAYER_NAMES].find({"old": {"$in": own}, "now": {"$in": own}}):
        yield names.PLAYER_NAMES, link
