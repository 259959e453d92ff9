"""The collection `activity_catalogue`: the rows of the hiscores, and the rows that the last scrape saw.

A row is `{_id: "skills:<folded name>" | "activities:<folded name>", name, group, kind, position, slug | null,
linked: true | false | null}`; `#observed` has the rows as the last scrape saw them, and `#page` the time at which the
ranking page was last read.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pymongo.database import Database
from wrapped_shared.bulk import make_equal
from wrapped_shared.collections import ACTIVITY_CATALOGUE
from wrapped_shared.documents import Document
from wrapped_shared.stored.hiscores import CatalogueRow, ObservedList, ObservedRows, RankingPageRead
from wrapped_shared.version import SCHEMA_VERSIONS

OBSERVED: Final = "#observed"
PAGE: Final = "#page"


def load_rows(analytics: Database[Document]) -> list[Document]:
    """Return the catalogue's rows, skills and activities each in the site's order."""
    rows = [d for d in analytics[ACTIVITY_CATALOGUE].find({}) if not str(d["_id"]).startswith("#")]
    return sorted(rows, key=lambda row: (row["group"] != "skills", row["position"]))


def save_rows(analytics: Database[Document], before: Sequence[Document], after: Sequence[CatalogueRow]) -> int:
    """Replace the stored rows with `after`; returns how many documents were touched."""
    stored = {row["_id"]: row for row in before}
    return make_equal(analytics[ACTIVITY_CATALOGUE], stored, {row["_id"]: row for row in after})


def load_observed(analytics: Database[Document]) -> Document | None:
    """Return what the last scrape saw: `{lists: [{skills: [names], activities: [names]}]}`, the most frequent first."""
    return analytics[ACTIVITY_CATALOGUE].find_one({"_id": OBSERVED})


def save_observed(analytics: Database[Document], lists: list[ObservedList]) -> None:
    """Store what a scrape saw."""
    document: ObservedRows = {
        "_id": OBSERVED,
        "schema_version": SCHEMA_VERSIONS[ACTIVITY_CATALOGUE],
        "lists": lists,
    }
    analytics[ACTIVITY_CATALOGUE].replace_one({"_id": OBSERVED}, document, upsert=True)


def page_read_at(analytics: Database[Document]) -> datetime | None:
    """Return when the ranking page was last read."""
    return (analytics[ACTIVITY_CATALOGUE].find_one({"_id": PAGE}) or {}).get("read_at")


def save_page_read(analytics: Database[Document], moment: datetime) -> None:
    """Store when the ranking page was read."""
    document: RankingPageRead = {"_id": PAGE, "schema_version": SCHEMA_VERSIONS[ACTIVITY_CATALOGUE], "read_at": moment}
    analytics[ACTIVITY_CATALOGUE].replace_one({"_id": PAGE}, document, upsert=True)
