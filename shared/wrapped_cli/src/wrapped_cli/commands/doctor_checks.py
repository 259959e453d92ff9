"""What `wrapped doctor` checks: one line per check, from MongoDB and this environment only.

Nothing is changed. A check that cannot run says why, and the others are still shown.
"""

import platform
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib import metadata
from typing import Any, Final

from pymongo.errors import OperationFailure
from wrapped_shared import collections as names
from wrapped_shared.http.settings import ContactSettings
from wrapped_shared.indexes import missing_indexes
from wrapped_shared.links import links_changed, links_error
from wrapped_shared.masking import masked
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import days_of_months, previous_day, today
from wrapped_shared.words import counted

from wrapped_cli.embedded import configured_uri, is_embedded
from wrapped_cli.owed import read_owed
from wrapped_cli.privacy.removal import events_since

Look = Callable[[MongoResource], str]
"""One check: returns what it found, in one line."""

_PACKAGES: Final = ("runelite-wrapped-cli", "dagster", "pymongo", "polars", "secantusdb")
_RAW_PERMISSIONS: Final = ("find", "createIndex")
_ANALYTICS_PERMISSIONS: Final = (
    "find",
    "insert",
    "update",
    "remove",
    "createIndex",
    "createCollection",
    "collMod",
)


def findings(mongo: MongoResource) -> Iterator[tuple[str, str]]:
    """Yield (check, what was found), the connection first.

    Raises:
        pymongo.errors.PyMongoError: the server cannot be reached at all.
    """
    yield "versions", versions()
    yield "connection", connection(mongo)
    yield from look_at(
        mongo,
        {
            "permissions": permissions,
            "indexes": indexes,
            "days owed": owed,
            "undated documents": undated,
            "linked names": linked,
            "forgotten players": forgotten,
            "overdue scrapes": overdue,
            "days without prices": unpriced,
            "upstream holds": holds,
            "known faults": faults,
        },
    )


def look_at(mongo: MongoResource, checks: Mapping[str, Look]) -> Iterator[tuple[str, str]]:
    """Yield the result of each check; one that the server rejects says so."""
    for name, look in checks.items():
        try:
            yield name, look(mongo)
        except OperationFailure as error:
            details = error.details or {}
            yield name, f"cannot be checked: {details.get('errmsg', 'the server rejected the request')}"


def versions() -> str:
    """Return the versions of Python and of the relevant packages that are installed."""
    found = [f"Python {platform.python_version()}"]
    for name in _PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def connection(mongo: MongoResource) -> str:
    """Return where the server is (without a password), what it is, and how fast it answers."""
    build = mongo.client.server_info()
    started = time.perf_counter()
    mongo.client.admin.command("ping")
    milliseconds = (time.perf_counter() - started) * 1000
    origin = "MONGO_URI" if configured_uri() else "embedded"
    product = f"SecantusDB {build['secantusVersion']}" if is_embedded(mongo.raw) else f"MongoDB {build.get('version')}"
    return f"{masked(mongo.server)} ({origin}), {product}, responds in {milliseconds:.0f} ms"


def permissions(mongo: MongoResource) -> str:
    """Return the required permissions that the user lacks; a server without access control grants everything."""
    status = mongo.client.admin.command({"connectionStatus": 1, "showPrivileges": True})
    info = status.get("authInfo", {})
    if not info.get("authenticatedUsers"):
        return "not authenticated: the server has no access control, or requires a user in MONGO_URI"
    privileges = info.get("authenticatedUserPrivileges", [])
    if not privileges:  # the embedded server names roles only
        roles = ", ".join(f"{r.get('role')} on {r.get('db')}" for r in info.get("authenticatedUserRoles", []))
        return f"roles: {roles or 'none'} (the server does not say what they allow)"
    wanted = [(mongo.raw_database, action) for action in _RAW_PERMISSIONS]
    wanted += [(mongo.analytics_database, action) for action in _ANALYTICS_PERMISSIONS]
    lacking = [f"{action} on {base}" for base, action in wanted if not _grants(privileges, base, action)]
    return f"missing: {', '.join(lacking)}" if lacking else "all present"


def _grants(privileges: list[dict[str, Any]], base: str, action: str) -> bool:
    allowing = (one for one in privileges if {action, "anyAction"} & set(one.get("actions", [])))
    resources = [privilege.get("resource", {}) for privilege in allowing]
    return any(
        resource.get("anyResource") or (resource.get("db") in ("", base) and resource.get("collection") == "")
        for resource in resources
    )


def indexes(mongo: MongoResource) -> str:
    """Return which indexes of the contract are missing."""
    missing = missing_indexes(mongo.raw, mongo.analytics)
    if not missing:
        return "all present"
    more = f" and {len(missing) - 4} more" if len(missing) > 4 else ""
    return f"{len(missing)} missing: {', '.join(missing[:4])}{more} (wrapped run creates them)"


def owed(mongo: MongoResource) -> str:
    """Return what is owed, since when, and why, as recorded; nothing is searched for."""
    found = read_owed(mongo.analytics)
    if not found.planned:
        return "nothing computed yet: wrapped run reads everything"
    to_come = f"; {found.to_come:,} more in the future" if found.to_come else ""
    return found.in_words() + (" (wrapped run computes it)" if found.due else "") + to_come


def undated(mongo: MongoResource) -> str:
    """Return how many documents have no valid timestamp, as last counted."""
    read = {}
    for name in names.RAW_EVENT_COLLECTIONS:
        found = mongo.analytics[names.DATA_QUALITY].find_one({"_id": f"{name}|undated"})
        if found is not None:
            read[name] = int(found.get("read", 0))
    if not read:
        return "not counted yet (wrapped run counts them)"
    some = [f"{name} {count:,}" for name, count in read.items() if count]
    return ", ".join(some) or "none"


def linked(mongo: MongoResource) -> str:
    """Return how many names are linked, whether that is applied, and how many candidates there are."""
    links = mongo.analytics[names.PLAYER_NAMES].estimated_document_count()
    candidates = mongo.analytics[names.NAME_CANDIDATES].estimated_document_count()
    shown = counted(links, "link") if links else "none"
    if links_changed(mongo.analytics):
        shown += ", changed (wrapped run applies it)"
    elif error := links_error(mongo.analytics):
        shown += f", not applied: {error}"
    return f"{shown}; {counted(candidates, 'candidate')} (wrapped rename --list)" if candidates else shown


def forgotten(mongo: MongoResource) -> str:
    """Return how many names are forgotten, and what is stored about them nevertheless."""
    count = mongo.analytics[names.FORGOTTEN_PLAYERS].count_documents({})
    if not count:
        return "none"
    unfinished = mongo.analytics[names.FORGOTTEN_PLAYERS].count_documents({"removed": False})
    stored = events_since(mongo.raw, mongo.analytics)
    parts = [counted(count, "name")]
    parts += [f"removal unfinished for {counted(unfinished, 'name')}"] if unfinished else []
    parts += [f"{counted(stored, 'raw document')} stored since"] if stored else []
    return ", ".join(parts) + (" (wrapped forget --sweep removes it)" if unfinished or stored else "")


def overdue(mongo: MongoResource) -> str:
    """Return how many players should have been looked up on the hiscores by now."""
    late = mongo.analytics[names.HISCORES_PLAYERS].count_documents({"next_due": {"$lt": datetime.now(UTC)}})
    return counted(late, "player") if late else "none"


def unpriced(mongo: MongoResource) -> str:
    """Return how many days of the months with loot have no item prices, and since when."""
    months = [str(month["_id"]) for month in mongo.analytics[names.LOOT_MONTHS].find({}, {"_id": 1})]
    needed = days_of_months(months, previous_day(today()))
    if not needed:
        return "none needed: there is no loot yet"
    within = {"_id": {"$gte": needed[0], "$lte": needed[-1]}}
    stored = {str(day["_id"]) for day in mongo.analytics[names.ITEM_PRICES].find(within, {"_id": 1})}
    missing = [day for day in needed if day not in stored]
    if not missing:
        return f"none of {len(needed):,}"
    how = "wrapped run requests them" if ContactSettings.load().contact else "set WRAPPED_CONTACT first"
    return f"{len(missing):,} of {counted(len(needed), 'day')}, the oldest {missing[0]} ({how})"


def holds(mongo: MongoResource) -> str:
    """Return which upstreams are on hold, until when, and why."""
    from wrapped_shared.holds import holds_in_force  # loads Dagster

    return "; ".join(map(str, holds_in_force(mongo.analytics))) or "none"


def faults(mongo: MongoResource) -> str:
    """Return which faults each location's alerts know, and which are not yet delivered."""
    parts = []
    for noted in mongo.analytics[names.ALERTS].find({}).sort("_id", 1):  # one for each location
        known = [f"{fault['fault']}{'' if fault['delivered_at'] else ' (not delivered)'}" for fault in noted["faults"]]
        more = f" and {len(known) - 3} more" if len(known) > 3 else ""
        parts += [f"{noted['_id']}: {', '.join(known[:3])}{more}"] if known else []
    return "; ".join(parts) or "none (a daemon looks for them)"
