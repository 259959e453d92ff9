"""How a report looks on a terminal: a heading and a table for each family.

Everything shown comes from telemetry and is shown as plain text: no markup, no control characters.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from wrapped_devkit.cli.text import clean, duration, number, shown

if TYPE_CHECKING:
    from rich.console import Console

Part = dict[str, Any]
_TOP = 10
_WORDS = frozenset({"place", "slot", "item", "mob", "drops", "skill", "kind", "name", "stat"})


def print_report(console: "Console", report: Part) -> None:
    """Print a document of `wrapped_reports`; fields that it lacks are shown as empty."""
    coverage = _part(report, "coverage")
    console.rule(shown(f"{report.get('player')} – {report.get('period')}"))
    first, last = coverage.get("first_day"), coverage.get("last_day")
    console.print(shown(f"{first} to {last}, {coverage.get('days_tracked')} day(s) tracked"))
    for slide in _list(report, "slides"):
        console.print(shown(f"  • {slide.get('title')}: {slide.get('text')}", 300))
    _pairs(console, "Play", _play(_part(report, "play")))
    _pairs(console, "Movement", _movement(_part(report, "movement")))
    _print_places(console, report)
    _print_equipment(console, report)
    _print_loot(console, _part(report, "loot"))
    _print_experience(console, _part(report, "experience"))
    _print_deaths(console, _part(report, "deaths"))
    damage = _part(report, "damage")
    _pairs(console, "Damage", [(name.replace("_", " "), number(damage.get(name, 0))) for name in _DAMAGE])
    _print_exchange(console, _part(report, "exchange"))
    _print_hiscores(console, report.get("hiscores"))
    _print_ranks(console, report)
    _print_quality(console, _part(report, "quality"))


_DAMAGE = ("dealt", "taken", "biggest_hit")


def _play(play: Part) -> list[tuple[str, str]]:
    hours = play.get("hours") or []
    busiest = f"{max(range(len(hours)), key=lambda h: hours[h]):02d}:00 UTC" if any(hours) else "–"
    return [
        ("time", duration(play.get("seconds", 0))),
        ("ticks", number(play.get("ticks", 0))),
        ("sessions", number(play.get("sessions", 0))),
        ("longest session", duration(play.get("longest_session_seconds", 0))),
        ("days played", number(play.get("days_played", 0))),
        ("longest streak", f"{number(play.get('longest_streak_days', 0))} day(s)"),
        ("best day", _or_dash(play.get("best_day"))),
        ("best month", _or_dash(play.get("best_month"))),
        ("busiest hour", busiest),
    ]


def _movement(movement: Part) -> list[tuple[str, str]]:
    tile = movement.get("favourite_tile")
    where = f"{tile.get('x')}, {tile.get('y')} ({number(tile.get('ticks'))} ticks)" if tile else "–"
    return [
        ("tiles", number(movement.get("tiles", 0))),
        ("walked", number(movement.get("tiles_walked", 0))),
        ("run", number(movement.get("tiles_run", 0))),
        ("energy spent", f"{number(movement.get('energy_spent', 0))} %"),
        ("favourite tile", where),
    ]


def _print_places(console: "Console", report: Part) -> None:
    rows = [(p.get("name"), number(p.get("ticks")), duration(p.get("seconds"))) for p in _list(report, "places")]
    _table(console, "Places", ("place", "ticks", "time"), rows)


def _print_equipment(console: "Console", report: Part) -> None:
    rows = [
        (gear.get("slot"), _item(gear), number(gear.get("ticks")), duration(gear.get("seconds")))
        for gear in _list(report, "equipment")
    ]
    _table(console, "Equipment", ("slot", "item", "ticks", "time"), rows)


def _print_loot(console: "Console", loot: Part) -> None:
    rows = []
    for mob in _list(loot, "mobs"):
        drops = ", ".join(f"{number(i.get('quantity'))} × {_item(i)}" for i in _list(mob, "items")[:3])
        rows.append((mob.get("name"), number(mob.get("combat_level")), number(mob.get("kills")), drops))
    kills, looted = number(loot.get("kills", 0)), number(loot.get("players_looted", 0))
    _table(console, f"Loot: {kills} kills, {looted} players looted", ("mob", "level", "kills", "drops"), rows)


def _print_experience(console: "Console", experience: Part) -> None:
    skills = sorted(_part(experience, "skills").items(), key=lambda entry: (-entry[1].get("gained", 0), entry[0]))
    rows = [(name, number(gain.get("gained")), number(gain.get("levels_gained"))) for name, gain in skills]
    best = _or_dash(experience.get("best_day"))
    title = f"Experience: {number(experience.get('total', 0))} in all, best day {best}"
    _table(console, title, ("skill", "gained", "levels"), rows, top=30)


def _print_deaths(console: "Console", deaths: Part) -> None:
    rows = [(place.get("name"), number(place.get("count"))) for place in _list(deaths, "places")]
    _table(console, f"Deaths: {number(deaths.get('count', 0))}", ("place", "deaths"), rows)


def _print_exchange(console: "Console", exchange: Part) -> None:
    spent, earned = number(exchange.get("spent", 0)), number(exchange.get("earned", 0))
    filled = number(exchange.get("offers_filled", 0))
    rows = [(_item(i), number(i.get("bought")), number(i.get("sold"))) for i in _list(exchange, "items")]
    title = f"Grand Exchange: {spent} spent, {earned} earned, {filled} offers filled"
    _table(console, title, ("item", "bought", "sold"), rows)


def _print_hiscores(console: "Console", gains: object) -> None:
    if not isinstance(gains, dict):
        return
    rows: list[Sequence[object]] = []
    for kind in ("skills", "bosses", "activities"):
        ordered = sorted(_part(gains, kind).items(), key=lambda entry: (-entry[1], entry[0]))
        rows += [(kind, name, number(gained)) for name, gained in ordered[:_TOP]]
    title = f"Hiscores: {gains.get('from')} to {gains.get('to')}"
    _table(console, title, ("kind", "name", "gained"), rows, top=3 * _TOP)


def _print_ranks(console: "Console", report: Part) -> None:
    rows = [
        (
            r.get("stat"),
            number(r.get("value")),
            f"top {number(r.get('top_percent'))} %",
            number(r.get("of_players")),
        )
        for r in _list(report, "ranks")
    ]
    _table(console, "Ranks", ("stat", "value", "rank", "of players"), rows, top=20)


def _print_quality(console: "Console", quality: Part) -> None:
    left_out = _part(quality, "events_left_out")
    _heading(console, f"{number(quality.get('events_read', 0))} events read")
    for reason, count in sorted(left_out.items()):
        console.print(shown(f"  left out: {number(count)} × {reason}"))


def _pairs(console: "Console", title: str, pairs: Iterable[tuple[str, str]]) -> None:
    from rich.table import Table

    table = Table(show_header=False)
    for name, value in pairs:
        table.add_row(name, shown(value))
    _heading(console, title)
    console.print(table)


def _table(
    console: "Console", title: str, header: Sequence[str], rows: Sequence[Sequence[object]], top: int = _TOP
) -> None:
    """Print the first `top` rows under a title; without rows, the title alone."""
    from rich.table import Table

    if not rows:
        _heading(console, title if ":" in title else f"{title}: none")
        return
    _heading(console, f"{title} (first {top} of {len(rows)})" if len(rows) > top else title)
    table = Table()
    for name in header:
        table.add_column(name, justify="left" if name in _WORDS else "right")
    for row in rows[:top]:
        table.add_row(*(shown(value, 60) for value in row))
    console.print(table)


def _heading(console: "Console", title: str) -> None:
    console.print()
    console.print(shown(title), style="bold")


def _item(part: Part) -> str:
    name = part.get("name")
    return f"item {part.get('item_id')}" if name is None else clean(name, 40)


def _part(document: Part, name: str) -> Part:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _list(document: Part, name: str) -> list[Part]:
    found = document.get(name)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _or_dash(value: object) -> str:
    return "–" if value is None else clean(value)
