"""A group's page: totals, leaders, and its members side by side. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from wrapped_shared.models.player_stats import GroupReport
from wrapped_shared.models.reports import WrappedReport
from wrapped_shared.vocabulary import PlainStat
from wrapped_shared.words import counted, duration, period_text, short

from wrapped_cli.preview.blocks import Bars, Cards, Entry
from wrapped_cli.preview.pages import render
from wrapped_cli.preview.words import stat_text, stat_value

STATS: Final[tuple[PlainStat, ...]] = (
    "play.seconds", "movement.tiles", "loot.kills", "loot.value", "experience.total",
    "damage.dealt", "deaths.count", "exchange.earned", "play.days_played",
)  # fmt: skip
"""The stats shown for every group; kills per mob and experience per skill are too many for a page."""

_COLUMNS: Final[Sequence[tuple[str, Callable[[WrappedReport], float], Callable[[float], str]]]] = (
    ("Time", lambda report: report.play.seconds, duration),
    ("Days", lambda report: report.play.days_played, short),
    ("Tiles", lambda report: report.movement.tiles, short),
    ("Loot", lambda report: report.loot.kills, short),
    ("Worth", lambda report: report.loot.value or 0, short),
    ("XP", lambda report: report.experience.total, short),
    ("Damage", lambda report: report.damage.dealt, short),
    ("Deaths", lambda report: report.deaths.count, short),
    ("Earned", lambda report: report.exchange.earned, short),
)


def group_page(report: GroupReport, members: Sequence[WrappedReport], pages: Mapping[str, str], home: str) -> str:
    """Return the page of a group report.

    Args:
        report: the group's report.
        members: reports of its members in the period, in the order to list them.
        pages: URLs of players' pages by the `_id` of their reports.
        home: URL of the index.
    """
    leaders = {leader.stat: leader.top for leader in report.leaders}
    boards = [
        Bars(
            stat_text(stat),
            [
                Entry(e.player, stat_value(stat, e.value), e.value / (leaders[stat][0].value or 1))
                for e in leaders[stat]
            ],
        )
        for stat in STATS
        if leaders.get(stat)
    ]
    known = {member.player_key for member in members}
    without = [key for key in report.members if key not in known]
    return render(
        "group.html.j2",
        {
            "group": report.group,
            "period": period_text(report.period),
            "lead": f"{counted(len(report.members), 'member')}, {len(members)} of them with a report in this period.",
            "totals": Cards(
                [Entry(stat_text(s), stat_value(s, report.totals[s])) for s in STATS if report.totals.get(s)]
            ),
            "leaders": boards,
            "columns": [name for name, _, _ in _COLUMNS],
            "rows": [*_rows(members, pages), *((key, None, [("0", False)] * len(_COLUMNS)) for key in without)],
            "home": home,
        },
    )


def _rows(
    members: Sequence[WrappedReport], pages: Mapping[str, str]
) -> list[tuple[str, str | None, list[tuple[str, bool]]]]:
    found = []
    for member in members:
        cells = []
        for _, value, text in _COLUMNS:
            own, others = value(member), [value(other) for other in members]
            cells.append((text(own), own == max(others) > min(others)))
        found.append((member.player, pages.get(member.id), cells))
    return found
