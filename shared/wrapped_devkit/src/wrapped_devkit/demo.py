"""The sample data of `wrapped demo`: loading it, and the stand-in upstreams that go with it.

Computing and showing belong to the commands; the players and their year to `generator`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from unittest.mock import patch

from wrapped_cli.embedded import resolve_uri
from wrapped_cli.embedded.paths import state_dir
from wrapped_cli.player_names import link_names
from wrapped_shared.collections import HISCORES, PLAYER_GROUPS
from wrapped_shared.mongo import MongoResource
from wrapped_shared.names import player_key
from wrapped_shared.stored.player_stats import PlayerGroup

from wrapped_devkit.generator.loading import load
from wrapped_devkit.generator.profiles import PROFILES
from wrapped_devkit.generator.year import last_snapshot_id, year_of_days
from wrapped_devkit.osrs_server.hiscores_players import Row
from wrapped_devkit.osrs_server.serve import build, upstream_settings

SAMPLE_GROUP: Final = "The Riverside Otters"
"""A group of some of the sample players, as the web app would write it."""


def preview_folder() -> Path:
    """Return the folder for the demo's pages."""
    return state_dir() / "preview"


def load_sample() -> dict[str, int]:
    """Load the sample year, its group and its linked names; return the documents added by collection.

    If everything is there already, nothing is added.
    """
    with MongoResource(uri=resolve_uri()).open() as mongo:
        group: PlayerGroup = {"_id": SAMPLE_GROUP, "members": [profile.last_name for profile in PROFILES[:6]]}
        mongo.analytics[PLAYER_GROUPS].replace_one({"_id": SAMPLE_GROUP}, group, upsert=True)
        added = load(mongo.raw, mongo.analytics, year_of_days())
        for profile in PROFILES:
            if profile.renamed:
                link_names(mongo.analytics, profile.name, *profile.renamed)
        return added


@contextmanager
def stand_in() -> Iterator[None]:
    """Run the stand-ins on loopback and point this process's settings at them; the real upstreams are never called.

    The hiscores say of the sample players what the last snapshot of the year says.
    """
    running = build(players=50)
    running.players.known = _figures()
    with patch.dict(os.environ, upstream_settings(running.server.url)), running.server:
        yield


def _figures() -> dict[str, dict[str, Row]]:
    """Return the rows of the sample players' last snapshots, by player key."""
    ids = [last_snapshot_id(profile) for profile in PROFILES]
    with MongoResource(uri=resolve_uri()).open() as mongo:
        return {
            str(player_key(snapshot["player"])): {
                **{name: Row(row["rank"], row["experience"], row["level"]) for name, row in snapshot["skills"].items()},
                **{name: Row(row["rank"], row["kills"]) for name, row in snapshot["bosses"].items()},
            }
            for snapshot in mongo.raw[HISCORES].find({"_id": {"$in": ids}})
        }
