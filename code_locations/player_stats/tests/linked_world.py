"""Players who change their names, and the months, merges and reports that must result."""

from collections.abc import Iterable
from typing import Any

from merging_world import FIRST_DAY, LAST_DAY, Document, MergingWorld
from naive_player_stats import naive_reports
from naive_player_stats.chains import holder_of
from player_stats.domain.families import FAMILIES
from player_stats.domain.regions import region_names
from player_stats.domain.slots import SLOTS
from player_stats.domain.summaries import Summary, merge_all
from player_stats.store.linked_names import apply_links, chains_now, place_requests
from player_stats.store.reports import make_owed_reports
from wrapped_shared import collections as names

SECTIONS = ("player", "player_key", "period", "coverage", *FAMILIES, "quality")
RESULTS = (
    names.PLAYER_DAYS, names.PLAYER_HOURS, names.PLAYER_MONTHS, names.PLAYER_MERGES, names.WRAPPED_REPORTS,
    names.GROUP_REPORTS, names.DATA_QUALITY, names.REPORT_REQUESTS,
)  # fmt: skip


class LinkedWorld(MergingWorld):
    """A world in which links are written and removed, as by a person or the web app."""

    def link(self, old: str, now: str, day: str) -> None:
        link = {"_id": f"{old}|{day}", "old": old, "now": now, "from_day": day}
        self.analytics[names.PLAYER_NAMES].replace_one({"_id": link["_id"]}, link, upsert=True)

    def unlink(self, old: str, day: str) -> None:
        self.analytics[names.PLAYER_NAMES].delete_one({"_id": f"{old}|{day}"})

    def links(self) -> list[tuple[str, str, str]]:
        """The links that apply, as the reference takes them."""
        return [(link.old, link.now, link.from_day) for link in chains_now(self.analytics).tenures.links]

    def update(self, steps: int = 1) -> None:
        """Read what is owed, apply the links and make the reports, as one run in so many steps does."""
        self.read_all()
        apply_links(self.analytics)
        chains = chains_now(self.analytics)
        place_requests(self.analytics, chains.names, chains)
        for step in range(steps):
            make_owed_reports(self.analytics, slots=(SLOTS * step // steps, SLOTS * (step + 1) // steps))

    def results(self) -> dict[str, list[Document]]:
        """All results as they are stored, without what says when they were written."""
        unchanging: dict[str, Any] = {"generated_at": 0, "revision": 0}
        return {name: list(self.analytics[name].find({}, unchanging).sort("_id", 1)) for name in RESULTS}

    def check(self) -> None:
        """Check that months, merges and reports are those of the existing events under the links that apply."""
        links = self.links()
        days: dict[str, list[tuple[str, int, Summary]]] = {}
        for day, found in self.days().items():
            for name, summary in found.items():
                holder = holder_of(name, day, links)
                if holder is not None:
                    days.setdefault(holder[0], []).append((day, -holder[1], summary))
        whole: dict[str, Summary] = {}
        closed: dict[tuple[str, str], Summary] = {}
        for key, found_days in days.items():
            ordered = sorted(found_days, key=lambda one: one[:2])
            whole[key] = merge_all(summary for _, _, summary in ordered)
            for month in {day[:7] for day, _, _ in ordered} - {ordered[-1][0][:7]}:
                closed[key, month] = merge_all(summary for day, _, summary in ordered if day[:7] == month)
        assert self._stored(names.PLAYER_MONTHS, "month") == closed
        merges = self.analytics[names.PLAYER_MERGES].find({"level": {"$ne": "hours"}})
        assert {one["player_key"] for one in merges} <= whole.keys()
        self._check_against_reference(links, {day[:4] for found_days in days.values() for day, _, _ in found_days})
        assert self.analytics[names.REPORT_REQUESTS].find_one() is None

    def _check_against_reference(self, links: list[tuple[str, str, str]], years: Iterable[str]) -> None:
        expected = {}
        for period in (*years, "all"):
            reports = naive_reports(
                self.documents,
                period,
                first_day=FIRST_DAY,
                today=LAST_DAY,
                region_names=region_names(),
                links=links,
                **self.as_set,
            )
            expected |= {f"{period}/{key}": report for key, report in reports.items()}
        found = {one["_id"]: one for one in self.analytics[names.WRAPPED_REPORTS].find()}
        assert found.keys() == expected.keys()
        for identity, report in expected.items():
            for section in SECTIONS:
                assert found[identity][section] == report[section], (identity, section)
