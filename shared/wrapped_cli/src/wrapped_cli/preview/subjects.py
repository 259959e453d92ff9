"""What the slides show of a report's lists, and the pictures they need. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from wrapped_shared.mob_kills import mobs_by_kills
from wrapped_shared.models.report_sections import Gear, LootItem, Mob
from wrapped_shared.models.reports import WrappedReport

SHOWN: Final = 6
"""How many mobs, places, items and skills a chart shows."""
_LOOTED: Final = 12


def most_killed(report: WrappedReport) -> list[Mob]:
    """Return the mobs with most kills, each over its combat levels and under the level killed most.

    The report lists each level by itself, those worth most first.
    """
    mobs = {(mob.name, mob.combat_level): mob for mob in report.loot.mobs}
    by_name: dict[str, list[Mob]] = defaultdict(list)
    for mob in report.loot.mobs:
        by_name[mob.name].append(mob)
    killed = mobs_by_kills((mob.name, mob.combat_level, mob.kills) for mob in report.loot.mobs)
    return [
        mobs[name, level].model_copy(update={"kills": kills, "items": _added(by_name[name])})
        for name, level, kills in killed[:SHOWN]
    ]


def worn_most(report: WrappedReport) -> dict[str, Gear]:
    """Return for each slot the gear worn longest; the report lists the longest first."""
    worn: dict[str, Gear] = {}
    for gear in report.equipment:
        worn.setdefault(gear.slot, gear)
    return worn


def most_looted(report: WrappedReport) -> list[LootItem]:
    """Return the items that were worth most over all mobs; those without a price last, by quantity."""
    return _added(report.loot.mobs)[:_LOOTED]


def _added(mobs: Iterable[Mob]) -> list[LootItem]:
    items: dict[int, LootItem] = {}
    for item in (item for mob in mobs for item in mob.items):
        known = items.get(item.item_id)
        quantity, value = item.quantity + (known.quantity if known else 0), item.value
        if known and known.value is not None:
            value = known.value + (value or 0)
        items[item.item_id] = LootItem(item_id=item.item_id, name=item.name, quantity=quantity, value=value)
    return sorted(items.values(), key=lambda item: (-(item.value or 0), -item.quantity, item.item_id))


def best_dropper(report: WrappedReport) -> Mob | None:
    """Return the mob of the best drop."""
    best = report.loot.best_drop
    wanted = (best.mob, best.combat_level) if best else None
    return next((mob for mob in report.loot.mobs if (mob.name, mob.combat_level) == wanted), None)


def top(values: Mapping[str, int], limit: int) -> Sequence[tuple[str, int]]:
    """Return the greatest values, equal ones by name."""
    return sorted(values.items(), key=lambda row: (-row[1], row[0]))[:limit]


def hiscores_keys(report: WrappedReport) -> list[str]:
    """Return the picture keys of the bosses and skills that the hiscores slide may show."""
    if report.hiscores is None:
        return []
    bosses, skills = top(report.hiscores.bosses, SHOWN), top(report.hiscores.skills, SHOWN + 1)
    return [f"boss:{name}" for name, _ in bosses] + [f"skill:{name.upper()}" for name, _ in skills]


def wanted_pictures(report: WrappedReport) -> tuple[list[str | None], list[int]]:
    """Return the subjects and item ids whose pictures the deck may show."""
    mobs, best, dropper = most_killed(report), report.loot.best_drop, best_dropper(report)
    keys: list[str | None] = [slide.image_key for slide in report.slides]
    keys += [f"npc:{mob.name}#{mob.combat_level}" for mob in mobs]
    keys += [f"npc:{best.mob}#{best.combat_level}"] if best else []
    keys += [f"place:{place.name}" for place in report.places[:SHOWN]]
    keys += [f"skill:{skill}" for skill in report.experience.skills]
    keys += hiscores_keys(report)
    items = [gear.item_id for gear in worn_most(report).values()]
    items += [item.item_id for mob in [*mobs[:1], *([dropper] if dropper else [])] for item in mob.items[: SHOWN + 1]]
    items += [best.item_id] if best else []
    items += [item.item_id for item in most_looted(report)]
    items += [item.item_id for item in report.exchange.items[:SHOWN]]
    return keys, items
