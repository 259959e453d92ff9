"""A group's page: totals, leaders, and its members side by side, with their pictures. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from wrapped_card.content import with_noun
from wrapped_shared.models.player_stats import GroupReport, Leader
from wrapped_shared.models.reports import WrappedReport
from wrapped_shared.stat_words import stat_heading, stat_value
from wrapped_shared.vocabulary import PlainStat
from wrapped_shared.words import counted, duration, period_text, plain, short

from wrapped_cli.preview.blocks import Bars, Cards, Entry, Leaders
from wrapped_cli.preview.pages import render
from wrapped_cli.preview.source import Picture, Pictures
from wrapped_cli.preview.subjects import most_killed

STATS: Final = tuple(stat for stat in get_args(PlainStat) if stat != "play.longest_streak_days")
"""The stats that get a board of their own: streaks do not add up."""
_MOBS: Final = 12
"""How many mobs are listed with their leader: bosses first, then those killed most."""

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


@dataclass(frozen=True)
class Member:
    """A member: name, page, their favourite's picture, and the cells of the table with whether each is the best."""

    name: str
    href: str | None
    note: str
    picture: Picture | None
    cells: Sequence[tuple[str, bool]]


def group_picture_keys(report: GroupReport, members: Sequence[WrappedReport]) -> list[str | None]:
    """Return the subjects whose pictures the page may show."""
    skills = [f"skill:{leader.stat.removeprefix('xp:')}" for leader in report.leaders if leader.stat.startswith("xp:")]
    mobs = _mob_keys(members)
    return [*skills, *(mobs.get(name) for name, _ in _mobs(report, members)), *map(_own_key, members)]


def group_page(
    report: GroupReport, members: Sequence[WrappedReport], pages: Mapping[str, str], pictures: Pictures, home: str
) -> str:
    """Return the page of a group report.

    Args:
        report: the group's report.
        members: reports of its members in the period, in the order to list them.
        pages: URLs of players' pages by the `_id` of their reports.
        pictures: the pictures of the page.
        home: URL of the index.
    """
    leaders = {leader.stat: leader for leader in report.leaders}
    known = {member.player_key for member in members}
    nothing = [("0", False)] * len(_COLUMNS)
    without = [Member(key, None, "no report", None, nothing) for key in report.members if key not in known]
    return render(
        "group.html.j2",
        {
            "group": report.group,
            "period": period_text(report.period),
            "lead": _lead(len(report.members), len(members)),
            "totals": Cards(
                [Entry(stat_heading(s), stat_value(s, report.totals[s])) for s in STATS if report.totals.get(s)]
            ),
            "boards": [_board(leaders[stat]) for stat in STATS if stat in leaders and _is_led(leaders[stat])],
            "lists": [
                found for found in (_skills(report, members, pictures), _bosses(report, members, pictures)) if found
            ],
            "columns": [name for name, _, _ in _COLUMNS],
            "members": [*_members(members, pages, pictures), *without],
            "credits": pictures.credits(),
            "home": home,
        },
    )


def _lead(members: int, with_report: int) -> str:
    """Return how many members there are, and how many of them have a report, in one sentence."""
    share = "all" if with_report == members else f"{with_report:,}" if with_report else "none"
    having = f"{share} of them with" if members > 1 else "with" if with_report else "without"
    return f"{counted(members, 'member')}, {having} a report in this period."


def _is_led(leader: Leader) -> bool:
    """Return whether somebody has anything of a stat."""
    return bool(leader.top and leader.top[0].value)


def _board(leader: Leader) -> Bars:
    most, tops = leader.top[0].value, [top for top in leader.top if top.value]
    rows = [Entry(top.player, stat_value(leader.stat, top.value), top.value / most) for top in tops]
    return Bars(stat_heading(leader.stat), rows)


def _first(leader: Leader, label: str, value: str, picture: Picture | None, members: Sequence[WrappedReport]) -> Entry:
    """Return who leads; if several do, all that the group report names, and how many others."""
    most = leader.top[0].value
    names = [top.player for top in leader.top if top.value == most]
    others = 0
    if len(names) == len(leader.top) < len(members):
        others = sum(_value_of(leader.stat, member) == most for member in members) - len(names)
    return Entry(
        label,
        value,
        picture=picture,
        note=", ".join(names) + (f" and {counted(others, 'other')}" if others > 0 else ""),
    )


def _value_of(stat: str, member: WrappedReport) -> int:
    """Return a member's experience in a skill or kills of a mob."""
    kind, _, name = stat.partition(":")
    if kind == "xp":
        gain = member.experience.skills.get(name)
        return gain.gained if gain else 0
    return sum(mob.kills for mob in member.loot.mobs if mob.name == name)


def _skills(report: GroupReport, members: Sequence[WrappedReport], pictures: Pictures) -> Leaders | None:
    rows = []
    for leader in report.leaders:
        kind, _, skill = leader.stat.partition(":")
        if kind == "xp" and _is_led(leader):
            value = f"{short(leader.top[0].value)} XP"
            rows.append(_first(leader, plain(skill), value, pictures.get(f"skill:{skill}"), members))
    return Leaders("By skill", rows) if rows else None


def _bosses(report: GroupReport, members: Sequence[WrappedReport], pictures: Pictures) -> Leaders | None:
    keys = _mob_keys(members)
    rows = [
        _first(leader, name, with_noun(leader.top[0].value, "kill"), pictures.get(keys.get(name)), members)
        for name, leader in _mobs(report, members)
    ]
    return Leaders("By boss and mob", rows) if rows else None


def _mobs(report: GroupReport, members: Sequence[WrappedReport]) -> list[tuple[str, Leader]]:
    """Return the mobs to list by name: those that the hiscores know as bosses first, then those killed most."""
    bosses = {name for member in members if member.hiscores for name in member.hiscores.bosses}
    found = [
        (leader.stat.removeprefix("kills:"), leader)
        for leader in report.leaders
        if leader.stat.startswith("kills:") and _is_led(leader)
    ]
    return sorted(found, key=lambda row: (row[0] not in bosses, -report.totals.get(row[1].stat, 0), row[0]))[:_MOBS]


def _mob_keys(members: Sequence[WrappedReport]) -> dict[str, str]:
    """Return picture keys of mobs by name, at the level that was killed most by one member."""
    mobs = sorted((mob for member in members for mob in member.loot.mobs), key=lambda mob: mob.kills)
    return {mob.name: f"npc:{mob.name}#{mob.combat_level}" for mob in mobs}


def _own_key(member: WrappedReport) -> str | None:
    """Return the key of the picture that stands for a member: what they killed most, else their favourite skill."""
    mobs = most_killed(member)
    if mobs:
        return f"npc:{mobs[0].name}#{mobs[0].combat_level}"
    return f"skill:{member.experience.favourite_skill}" if member.experience.favourite_skill else None


def _members(members: Sequence[WrappedReport], pages: Mapping[str, str], pictures: Pictures) -> list[Member]:
    found = []
    for member in members:
        cells = []
        for _, value, text in _COLUMNS:
            own, others = value(member), [value(other) for other in members]
            cells.append((text(own), own == max(others) > min(others)))
        note = f"{duration(member.play.seconds)} played"
        picture = pictures.get(_own_key(member))
        found.append(Member(member.player, pages.get(member.id), note, picture, cells))
    return found
