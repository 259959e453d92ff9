"""Checks of the map as stored in MongoDB; they call no upstream and can be run on their own at any time."""

import hashlib
from functools import partial

import dagster as dg
from wrapped_shared.asset_keys import ITEMS_KEY, STAT_IMAGES_KEY
from wrapped_shared.collections import STAT_IMAGES
from wrapped_shared.definitions import warning
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.words import counted

from image_map.defs.common import asset_check, wants_contact
from image_map.domain.items import invalid_items
from image_map.domain.sprites import image_format
from image_map.store.images import names_and_bases, unnamed_share
from image_map.store.sprites import loose_chunks, orphans, referenced, stored_bytes

MOST_FALLBACKS = 0.10
MOST_UNNAMED = 0.10

_check = partial(asset_check, asset=STAT_IMAGES_KEY)


@_check(description="Passes if at most 10% of the subjects show a drawn fallback.")
def share_of_fallbacks(mongo: MongoResource) -> dg.AssetCheckResult:
    """Count entries without a picture from the wiki."""
    with clear_errors(mongo):
        states = [entry.get("status") for entry in mongo.analytics[STAT_IMAGES].find({}, {"status": 1})]
    drawn = sum(1 for status in states if status != "found")
    share = drawn / len(states) if states else 0.0
    return warning(
        passed=share <= MOST_FALLBACKS,
        description=f"{drawn} of {counted(len(states), 'subject')} drawn ({share:.1%})",
        metadata={"drawn": drawn, "subjects": len(states), "share": share, **wants_contact()},
    )


@_check(description="Passes if every file that an entry refers to exists, is complete, and is a PNG.")
def sprites_open(mongo: MongoResource) -> dg.AssetCheckResult:
    """Read every file once and compare it with its hash."""
    with clear_errors(mongo):
        wanted = referenced(mongo.analytics)
        whole = {file_id for file_id, data in stored_bytes(mongo.analytics) if _is_whole(file_id, data)}
    broken = sorted(map(str, wanted - whole))
    return dg.AssetCheckResult(
        passed=not broken,
        description=f"{len(broken)} of {counted(len(wanted), 'file')} missing or broken"
        + (f", the first: {broken[0]}; run stat_images with redownload: true" if broken else ""),
        metadata={"files": len(wanted), "broken": len(broken)},
    )


@_check(description="Passes if every file and chunk in the bucket is referenced.")
def no_orphan_files(mongo: MongoResource) -> dg.AssetCheckResult:
    """Look for unreferenced files and for leftovers of killed writes."""
    with clear_errors(mongo):
        loose = orphans(mongo.analytics) | loose_chunks(mongo.analytics)
    return warning(
        passed=not loose,
        description=f"{counted(len(loose), 'unreferenced file')}, removed by the next run of stat_images",
        metadata={"orphans": len(loose)},
    )


def _is_whole(file_id: object, data: bytes) -> bool:
    return image_format(data) == "PNG" and hashlib.sha256(data).hexdigest().startswith(str(file_id))


@asset_check(
    asset=ITEMS_KEY,
    description="Passes if every item has a name and every base id refers to a base item; otherwise notes and "
    "placeholders would have no price or another item's. Fails, because reports would show it.",
)
def names_and_bases_are_valid(mongo: MongoResource) -> dg.AssetCheckResult:
    """Look at every item's name and base id."""
    with clear_errors(mongo):
        items = names_and_bases(mongo.analytics)
    wrong = invalid_items(items)
    shown = ", ".join(map(str, wrong[:10]))
    of_all = counted(len(items), "item")
    return dg.AssetCheckResult(
        passed=not wrong,
        description=f"{len(wrong)} of {of_all}: {shown}" if wrong else f"all {of_all} valid",
        metadata={"items": len(items), "wrong": len(wrong)},
    )


@asset_check(
    asset=ITEMS_KEY,
    description="Passes if at least 90% of reported items have a name. Only warns: new items appear "
    "in the wiki later than in the game, and without WRAPPED_CONTACT not before a new version of our own table.",
)
def reported_items_have_names(mongo: MongoResource) -> dg.AssetCheckResult:
    """Compare the items that need a picture with those that have a name."""
    with clear_errors(mongo):
        unnamed, needed = unnamed_share(mongo.analytics)
    return warning(
        passed=unnamed <= MOST_UNNAMED * needed,
        description=f"{unnamed} of {counted(needed, 'item')} in reports without a name",
        metadata={"unnamed": unnamed, "needed": needed},
    )
