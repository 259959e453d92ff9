"""Events to import, and imports like those of `wrapped import`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from wrapped_cli.importers import import_files
from wrapped_cli.importers.load import FileReport, together
from wrapped_cli.importers.look import look_at
from wrapped_shared.mongo import MongoResource


def tick(number: int, player: str = "Wren", **more: Any) -> dict[str, Any]:
    """A game tick as the plugin writes it."""
    return {
        "timestamp": 1_690_000_000_000 + 600 * number, "username": player, "event": "game-tick", "tickCount": number,
        "sessionId": "s", "data": {"energy": 1, "pad": "x" * 200}, **more,
    }  # fmt: skip


def import_paths(mongo: MongoResource, paths: Sequence[Path], *, player: str | None = None) -> FileReport:
    """Import files that all contain rows; return the result for all together."""
    found = look_at(paths, player)
    assert not found.refused
    return together(import_files(mongo, found))
