"""What each MongoDB user may do: the one table from which roles are made, and which tests enforce.

There is a user for each location, for the services around them, and for the people who run the command `wrapped`.
What belongs here: the table. What does not: making users (`wrapped_shared.mongo_users`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from wrapped_shared import collections as names
from wrapped_shared.asset_keys import HISCORES, IMAGE_MAP, PLAYER_STATS

Actions: TypeAlias = frozenset[str]

READ: Final[Actions] = frozenset({"find"})
ADD: Final[Actions] = READ | {"insert", "update"}
KEEP: Final[Actions] = ADD | {"remove"}
CLEAR: Final[Actions] = READ | {"remove"}
BUILD: Final[Actions] = frozenset({"createCollection", "createIndex", "collMod"})
"""Creating a collection, its indexes and its validator."""
INDEX: Final[Actions] = READ | {"createIndex"}
APPEND: Final[Actions] = frozenset({"insert"})
LOOK: Final[Actions] = frozenset({"listCollections", "listIndexes"})
"""On a whole database: which collections and indexes there are, not what is in them."""
EVERY: Final = ""
"""In place of a collection's name: every collection of the database."""


@dataclass(frozen=True)
class Rights:
    """What one user may do, by collection."""

    raw: Mapping[str, Actions] = field(default_factory=dict)
    """In the database with raw telemetry and snapshots."""
    analytics: Mapping[str, Actions] = field(default_factory=dict)
    """In the database with everything computed."""


def _each(actions: Actions, *collections: str) -> dict[str, Actions]:
    return dict.fromkeys(collections, actions)


_PICTURES: Final = tuple(
    f"{bucket}.{part}" for bucket in (names.SPRITES_BUCKET, names.SHARE_CARDS) for part in ("files", "chunks")
)

RIGHTS: Final[Mapping[str, Rights]] = {
    PLAYER_STATS: Rights(
        raw=_each(INDEX, *names.RAW_EVENT_COLLECTIONS),
        analytics=_each(
            KEEP | BUILD,
            names.PLAYER_DAYS,
            names.PLAYER_HOURS,
            names.PLAYER_MONTHS,
            names.PLAYER_MERGES,
            names.REPORT_REQUESTS,
            names.RANK_REQUESTS,
            names.WRAPPED_REPORTS,
            names.GROUP_REPORTS,
            names.DATA_QUALITY,
            names.REMOVALS,
        )
        | _each(CLEAR | BUILD, names.DAY_REQUESTS)
        | _each(
            ADD | BUILD,
            names.DAY_LEDGER,
            names.LOOT_MONTHS,
            names.LOOT_PRICES,
            names.TURNS,
            names.WATERMARKS,
            names.PLAN_STATE,
            names.APPLIED_NAMES,
            names.ALERTS,
        )
        | _each(READ | BUILD, names.PLAYER_NAMES, names.FORGOTTEN_PLAYERS, names.SEALED)
        | _each(READ, names.HISCORES_PLAYERS, names.UPSTREAM_HOLDS, names.UPSTREAM_REQUESTS)  # for the metrics
        | _each(
            READ,
            names.PLAYER_GROUPS,
            names.STAT_IMAGES,
            names.ITEMS,
            names.ITEM_MONTH_PRICES,
            names.HISCORES_GAINS,
            names.RUN_NOTES,
        ),
    ),
    HISCORES: Rights(
        raw=_each(INDEX, *names.RAW_EVENT_COLLECTIONS) | _each(KEEP | INDEX, names.HISCORES),
        analytics=_each(
            KEEP | BUILD,
            names.HISCORES_ROSTER,
            names.HISCORES_PLAYERS,
            names.HISCORES_GAINS,
            names.NAME_CANDIDATES,
            names.UPSTREAM_HOLDS,
        )
        | _each(ADD | BUILD, names.ACTIVITY_CATALOGUE, names.RUN_NOTES, names.ALERTS, names.UPSTREAM_REQUESTS)
        | _each(
            READ,
            names.PLAYER_DAYS,
            names.DAY_LEDGER,
            names.WRAPPED_REPORTS,
            names.PLAYER_GROUPS,
            names.PLAYER_NAMES,
            names.APPLIED_NAMES,
            names.FORGOTTEN_PLAYERS,
        ),
    ),
    IMAGE_MAP: Rights(
        analytics=_each(
            KEEP | BUILD,
            names.STAT_SUBJECTS,
            names.STAT_IMAGES,
            names.ITEMS,
            names.PRICE_REFUSALS,
            names.WIKI_ROWS,
            names.SHARE_CARDS,
            names.UPSTREAM_HOLDS,
            *_PICTURES,
        )
        | _each(CLEAR | BUILD, names.CARD_REQUESTS)
        | _each(
            ADD | BUILD,
            names.ITEM_PRICES,
            names.ITEM_MONTH_PRICES,
            names.RUN_NOTES,
            names.ALERTS,
            names.UPSTREAM_REQUESTS,
        )
        | _each(
            READ,
            names.WRAPPED_REPORTS,
            names.LOOT_MONTHS,
            names.HISCORES_GAINS,
            names.PLAYER_DAYS,
            names.PLAYER_NAMES,
        ),
    ),
    "ingestor": Rights(raw=_each(APPEND, *names.RAW_EVENT_COLLECTIONS)),
    "web": Rights(
        analytics=_each(
            READ,
            names.WRAPPED_REPORTS,
            names.GROUP_REPORTS,
            names.STAT_IMAGES,
            names.ITEMS,
            names.SHARE_CARDS,
            names.PLAYER_GROUPS,
            names.PLAYER_NAMES,
            *_PICTURES,
        )
    ),
    "web_editor": Rights(analytics=_each(KEEP, names.PLAYER_GROUPS, names.PLAYER_NAMES, names.CARD_REQUESTS)),
    "operator": Rights(raw={EVERY: KEEP | BUILD}, analytics={EVERY: KEEP | BUILD}),
}
"""By user: the locations; what writes telemetry; what shows reports; what lets players make groups, link names and ask
for cards; and people who import, forget, prune or run `wrapped run`. None may drop anything or create users."""


def role_of(user: str) -> str:
    """Return the name of a user's role, in the database `admin`."""
    return f"wrapped_{user}"


def privileges(user: str, raw: str, analytics: str) -> list[dict[str, Any]]:
    """Return the privileges of a user's role, as `createRole` takes them.

    Args:
        user: a key of `RIGHTS`.
        raw: the name of the raw database.
        analytics: the name of the analytics database.
    """
    rights = RIGHTS[user]
    found = []
    for database, collections in ((raw, rights.raw), (analytics, rights.analytics)):
        if any(actions & (BUILD | INDEX) - READ for actions in collections.values()):
            found.append(_privilege(database, EVERY, LOOK))
        found += [_privilege(database, collection, actions) for collection, actions in collections.items()]
    return found


def may_build(user: str, collection: str) -> bool:
    """Return whether a user creates the indexes and the validator of a collection, in whichever database it is."""
    rights = RIGHTS[user]
    return "createIndex" in rights.raw.get(collection, READ) | rights.analytics.get(collection, READ)


def _privilege(database: str, collection: str, actions: Actions) -> dict[str, Any]:
    return {"resource": {"db": database, "collection": collection}, "actions": sorted(actions)}
