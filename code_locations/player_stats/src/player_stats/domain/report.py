"""From a player's merged summary of a period to the sections of his Wrapped report.

Sums, order and units are settled here. Slides, ranks and the hiscores section are added by their own modules.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from wrapped_shared.periods import month_of
from wrapped_shared.version import SCHEMA_VERSION

from player_stats.domain.families import equipment, exchange, movement
from player_stats.domain.numbers import percent_energy, seconds
from player_stats.domain.regions import place_name
from player_stats.domain.summaries import Summary
from player_stats.domain.values import saturated

Report = dict[str, Any]
ItemNames = Mapping[int, str]


def report_id(period: str, player_key: str) -> str:
    """Return the `_id` of a report."""
    return f"{period}/{player_key}"


def build_report(player_key: str, period: str, summary: Summary, items: ItemNames) -> Report:
    """Return the report of a player and period, without slides, ranks, hiscores and `generated_at`.

    Args:
        player_key: the normalised name.
        period: "YYYY" or "all".
        summary: the merge of all his days of the period; at least one.
        items: names by item id, where they are known.
    """
    days = summary["days"]
    return {
        "_id": report_id(period, player_key),
        "schema_version": SCHEMA_VERSION,
        "player": summary["last"]["name"],
        "player_key": player_key,
        "period": period,
        "coverage": {"first_day": days[0], "last_day": days[-1], "days_tracked": len(days)},
        "play": _play(summary["play"]),
        "movement": _movement(summary["movement"]),
        "places": _places(summary["places"]),
        "equipment": _equipment(summary["equipment"], items),
        "loot": _loot(summary["loot"], items),
        "experience": _experience(summary["experience"]),
        "deaths": _deaths(summary["deaths"]),
        "damage": {name: summary["damage"][name] for name in ("dealt", "taken", "biggest_hit")},
        "exchange": _exchange(summary["exchange"], items),
        "quality": {
            "events_read": summary["quality"]["read"],
            "events_left_out": dict(sorted(summary["quality"]["left_out"].items())),
        },
    }


def item_ids(summary: Summary) -> set[int]:
    """Return the ids of all items that a summary names."""
    return (
        {row["item"] for row in summary["equipment"]["worn"]}
        | {item["item"] for mob in summary["loot"]["mobs"] for item in mob["items"]}
        | exchange.items(summary["exchange"])
    )


def best(counts: Mapping[str, int]) -> str | None:
    """Return the key with the greatest count, ties to the smaller key; None without any."""
    return min(counts, key=lambda key: (-counts[key], key)) if counts else None


def longest_streak(days: list[str]) -> int:
    """Return the length of the longest run of adjacent days."""
    longest = run = 0
    previous: date | None = None
    for day in map(date.fromisoformat, sorted(days)):
        run = run + 1 if previous is not None and day - previous == timedelta(days=1) else 1
        longest, previous = max(longest, run), day
    return longest


def _play(play: dict[str, Any]) -> dict[str, Any]:
    months: dict[str, int] = {}
    for day, ticks in play["days"].items():
        months[month_of(day)] = months.get(month_of(day), 0) + ticks
    return {
        "ticks": play["ticks"],
        "seconds": seconds(play["ticks"]),
        "sessions": play["sessions"],
        "longest_session_seconds": seconds(play["longest"]),
        "days_played": len(play["days"]),
        "longest_streak_days": longest_streak(list(play["days"])),
        "best_day": best(play["days"]),
        "best_month": best(months),
        "hours": list(play["hours"]),
        "months": dict(sorted(months.items())),
    }


def _movement(summary: dict[str, Any]) -> dict[str, Any]:
    return {
        "tiles": summary["walked"] + summary["run"],
        "tiles_walked": summary["walked"],
        "tiles_run": summary["run"],
        "energy_spent": percent_energy(summary["energy"]),
        "favourite_tile": movement.favourite_tile(summary),
    }


def _named_counts(rows: list[dict[str, Any]], count: str) -> list[tuple[str, int]]:
    """Add up regions by place name; most first, ties by name."""
    counts: dict[str, int] = {}
    for row in rows:
        name = place_name(row["region"])
        counts[name] = counts.get(name, 0) + row[count]
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def _places(places: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"name": name, "ticks": ticks, "seconds": seconds(ticks)}
        for name, ticks in _named_counts(places["regions"], "ticks")
    ]


def _equipment(summary: dict[str, Any], items: ItemNames) -> list[dict[str, Any]]:
    gear = [
        {
            "slot": equipment.SLOTS[row["slot"]],
            "item_id": row["item"],
            "name": items.get(row["item"]),
            "ticks": row["ticks"],
            "seconds": seconds(row["ticks"]),
        }
        for row in summary["worn"]
    ]
    return sorted(gear, key=lambda row: (-row["ticks"], row["slot"], row["item_id"]))


def _loot(loot: dict[str, Any], items: ItemNames) -> dict[str, Any]:
    mobs = [
        {
            "name": mob["name"],
            "combat_level": mob["level"],
            "npc_ids": list(mob["npc_ids"]),
            "kills": mob["kills"],
            "items": [
                {"item_id": row["item"], "name": items.get(row["item"]), "quantity": row["quantity"]}
                for row in sorted(mob["items"], key=lambda row: (-row["quantity"], row["item"]))
            ],
        }
        for mob in sorted(loot["mobs"], key=lambda mob: (-mob["kills"], mob["name"], mob["level"]))
    ]
    return {
        "kills": sum(mob["kills"] for mob in mobs),
        "mobs": mobs,
        "players_looted": loot["players_looted"],
    }


def _experience(experience: dict[str, Any]) -> dict[str, Any]:
    gains = {row["skill"]: row for row in experience["skills"] if row["gained"]}
    return {
        "total": saturated(sum(row["gained"] for row in gains.values())),
        "skills": {
            skill: {"gained": gains[skill]["gained"], "levels_gained": gains[skill]["levels"]}
            for skill in sorted(gains)
        },
        "favourite_skill": best({skill: row["gained"] for skill, row in gains.items()}),
        "best_day": best(experience["days"]),
    }


def _deaths(deaths: dict[str, Any]) -> dict[str, Any]:
    places = [{"name": name, "count": count} for name, count in _named_counts(deaths["regions"], "count")]
    return {"count": deaths["count"], "places": places}


def _exchange(summary: dict[str, Any], items: ItemNames) -> dict[str, Any]:
    totals = exchange.totals(summary)
    traded = sorted(totals["items"], key=lambda row: (-(row["bought"] + row["sold"]), row["item"]))
    return {
        "spent": totals["spent"],
        "earned": totals["earned"],
        "offers_filled": totals["filled"],
        "items": [
            {
                "item_id": row["item"],
                "name": items.get(row["item"]),
                "bought": row["bought"],
                "sold": row["sold"],
            }
            for row in traded
        ],
    }
