"""A report on the terminal: a heading and a table for each section; one without a layout of its own lists its fields.

Everything shown comes from telemetry and is shown as plain text: no markup, no control characters.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from wrapped_shared.models.report_sections import BestDrop, ExchangeItem, Gear, LootItem, Sections
from wrapped_shared.models.reports import WrappedReport
from wrapped_shared.stat_words import stat_heading, stat_value
from wrapped_shared.words import counted, duration, plain

from wrapped_cli.standings import place
from wrapped_cli.text import clean, number, shown

_TOP: Final = 10
_WORDS: Final = frozenset({"place", "slot", "item", "mob", "drops", "skill", "kind", "name", "stat"})


def print_report(console: Console, report: WrappedReport) -> None:
    """Print a report."""
    coverage = report.coverage
    console.rule(shown(f"{report.player} – {report.period}"))
    console.print(
        shown(f"{coverage.first_day} to {coverage.last_day}, {counted(coverage.days_tracked, 'day')} tracked")
    )
    for slide in report.slides:
        console.print(shown(f"  • {slide.title}: {slide.text}", 300))
    stored = report.model_dump()
    for name in (*Sections.model_fields, *(report.model_extra or {})):
        if name in _PRINTERS:
            _PRINTERS[name](console, report)
        else:
            _print_section(console, plain(name), stored[name])
    _print_hiscores(console, report)
    ranks = [(stat_heading(rank.stat), stat_value(rank.stat, rank.value), place(rank)) for rank in report.ranks]
    _table(console, "Ranks", ("stat", "value", "rank"), ranks, top=20)
    _heading(console, f"{counted(report.quality.events_read, 'event')} read")
    for reason, count in sorted(report.quality.events_left_out.items()):
        console.print(shown(f"  left out: {number(count)} × {reason}"))


def _print_section(console: Console, title: str, section: object) -> None:
    """Print the fields of a section, or the rows of a list, as they are; anything else is no section."""
    if isinstance(section, Mapping):
        _pairs(console, title, [(_words(name), _value(value)) for name, value in section.items()])
    elif isinstance(section, list):
        names = list(dict.fromkeys(name for row in section if isinstance(row, Mapping) for name in row))
        rows = [[_value(row.get(name)) for name in names] for row in section if isinstance(row, Mapping)]
        _table(console, title, [_words(name) for name in names], rows)


def _words(field: object) -> str:
    return clean(field, 40).replace("_", " ")


def _value(value: object) -> str:
    if isinstance(value, Mapping | list):
        return counted(len(value), "entry", "entries")
    return "–" if value is None else number(value)


def _play(report: WrappedReport) -> list[tuple[str, str]]:
    play, hours = report.play, report.play.hours
    busiest = f"{max(range(len(hours)), key=lambda h: hours[h]):02d}:00 UTC" if any(hours) else "–"
    return [
        ("time", duration(play.seconds)),
        ("ticks", number(play.ticks)),
        ("sessions", number(play.sessions)),
        ("longest session", duration(play.longest_session_seconds)),
        ("days played", number(play.days_played)),
        ("longest streak", counted(play.longest_streak_days, "day")),
        ("best day", _or_dash(play.best_day)),
        ("best month", _or_dash(play.best_month)),
        ("busiest hour", busiest),
    ]


def _movement(report: WrappedReport) -> list[tuple[str, str]]:
    movement, tile = report.movement, report.movement.favourite_tile
    return [
        ("tiles", number(movement.tiles)),
        ("walked", number(movement.tiles_walked)),
        ("run", number(movement.tiles_run)),
        ("energy used", f"{number(movement.energy_spent)}%"),
        ("favourite tile", f"{tile.x}, {tile.y} ({counted(tile.ticks, 'tick')})" if tile else "–"),
    ]


def _print_places(console: Console, report: WrappedReport) -> None:
    rows = [(spot.name, number(spot.ticks), duration(spot.seconds)) for spot in report.places]
    _table(console, "Places", ("place", "ticks", "time"), rows)


def _print_equipment(console: Console, report: WrappedReport) -> None:
    worn = [(plain(gear.slot), _item(gear), number(gear.ticks), duration(gear.seconds)) for gear in report.equipment]
    _table(console, "Equipment", ("slot", "item", "ticks", "time"), worn)


def _print_deaths(console: Console, report: WrappedReport) -> None:
    places = [(spot.name, number(spot.count)) for spot in report.deaths.places]
    _table(console, f"Deaths: {number(report.deaths.count)}", ("place", "deaths"), places)


def _print_loot(console: Console, report: WrappedReport) -> None:
    loot, rows = report.loot, []
    for mob in loot.mobs:
        drops = ", ".join(f"{number(item.quantity)} × {_item(item)}" for item in mob.items[:3])
        value = "–" if mob.value is None else number(mob.value)
        rows.append((mob.name, number(mob.combat_level), number(mob.kills), value, drops))
    worth = "" if loot.value is None else f" worth {counted(loot.value, 'coin')}"
    title = f"Loot: {counted(loot.kills, 'loot drop')}{worth}, {counted(loot.players_looted, 'player')} looted"
    _table(console, title, ("mob", "level", "kills", "coins", "drops"), rows)
    best = loot.best_drop
    if best is not None:
        drop = f"{number(best.quantity)} × {_item(best)} from {clean(best.mob, 40)} in {best.month}"
        console.print(shown(f"Best drop: {drop}, worth {counted(best.value, 'coin')}"))


def _print_experience(console: Console, report: WrappedReport) -> None:
    experience = report.experience
    skills = sorted(experience.skills.items(), key=lambda entry: (-entry[1].gained, entry[0]))
    rows = [(plain(name), number(gain.gained), number(gain.levels_gained)) for name, gain in skills]
    title = f"Experience: {number(experience.total)} XP in total, best day {_or_dash(experience.best_day)}"
    _table(console, title, ("skill", "gained", "levels"), rows, top=30)


def _print_exchange(console: Console, report: WrappedReport) -> None:
    exchange = report.exchange
    rows = [(_item(item), number(item.bought), number(item.sold)) for item in exchange.items]
    spent, earned = counted(exchange.spent, "coin"), counted(exchange.earned, "coin")
    filled = counted(exchange.offers_filled, "offer")
    title = f"Grand Exchange: {spent} spent, {earned} earned before tax, {filled} filled"
    _table(console, title, ("item", "bought", "sold"), rows)


def _print_hiscores(console: Console, report: WrappedReport) -> None:
    gains = report.hiscores
    if gains is None:
        return
    rows: list[Sequence[object]] = []
    for kind, gained in (("skills", gains.skills), ("bosses", gains.bosses), ("activities", gains.activities)):
        ordered = sorted(gained.items(), key=lambda entry: (-entry[1], entry[0]))
        rows += [(kind, name, number(value)) for name, value in ordered[:_TOP]]
    title = f"Hiscores: {gains.from_:%Y-%m-%d} to {gains.to:%Y-%m-%d}"
    _table(console, title, ("kind", "name", "gained"), rows, top=3 * _TOP)


_PRINTERS: Final[Mapping[str, Callable[[Console, WrappedReport], None]]] = {
    "play": lambda console, report: _pairs(console, "Play", _play(report)),
    "movement": lambda console, report: _pairs(console, "Movement", _movement(report)),
    "places": _print_places,
    "equipment": _print_equipment,
    "loot": _print_loot,
    "experience": _print_experience,
    "deaths": _print_deaths,
    "exchange": _print_exchange,
}
"""The sections that have a layout of their own."""


def _pairs(console: Console, title: str, pairs: Iterable[tuple[str, str]]) -> None:
    table = Table(show_header=False)
    for name, value in pairs:
        table.add_row(shown(name), shown(value))
    _heading(console, title)
    console.print(table)


def _table(
    console: Console, title: str, header: Sequence[str], rows: Sequence[Sequence[object]], top: int = _TOP
) -> None:
    """Print the first `top` rows under a title; without rows, the title alone."""
    if not rows:
        _heading(console, title if ":" in title else f"{title}: none")
        return
    _heading(console, f"{title} (first {top} of {len(rows)})" if len(rows) > top else title)
    table = Table()
    for name in header:
        table.add_column(shown(name), justify="left" if name in _WORDS else "right")
    for row in rows[:top]:
        table.add_row(*(shown(value, 60) for value in row))
    console.print(table)


def _heading(console: Console, title: str) -> None:
    console.print()
    console.print(shown(title), style="bold")


def _item(item: Gear | LootItem | BestDrop | ExchangeItem) -> str:
    return f"item {item.item_id}" if item.name is None else clean(item.name, 40)


def _or_dash(text: str | None) -> str:
    return "–" if text is None else clean(text)
