"""The cover's pictures: the player's own mobs, items and places, the most telling first. Pure."""

from typing import Final

from wrapped_shared.models.reports import WrappedReport

from wrapped_cli.preview.blocks import Entry
from wrapped_cli.preview.source import Pictures
from wrapped_cli.preview.subjects import most_killed, worn_most

MOST: Final = 5
"""How many pictures a cover shows: one large, the others around it."""


def subjects(report: WrappedReport) -> list[tuple[str, str]]:
    """Return (picture key, name) of what the cover may show, the most telling first."""
    best, mobs, worn = report.loot.best_drop, most_killed(report), worn_most(report)
    found = [(f"npc:{mob.name}#{mob.combat_level}", mob.name) for mob in mobs[:1]]
    found += [(f"item:{best.item_id}", best.name or "")] if best else []
    gear = [worn[slot] for slot in ("WEAPON", "HEAD", "TORSO", "CAPE", "SHIELD") if slot in worn]
    found += [(f"item:{item.item_id}", item.name or "") for item in gear[:2]]
    found += [(f"npc:{mob.name}#{mob.combat_level}", mob.name) for mob in mobs[1:2]]
    found += [(f"item:{item.item_id}", item.name or "") for item in gear[2:]]
    found += [(slide.image_key, slide.title) for slide in report.slides if slide.image_key and len(found) < MOST]
    return list(dict(found).items())


def stage(report: WrappedReport, pictures: Pictures) -> list[Entry]:
    """Return the pictures of the cover with their names; fewer than three say nothing, so then none."""
    found: list[Entry] = []
    for key, name in subjects(report):
        item = int(key.removeprefix("item:")) if key.removeprefix("item:").isdigit() else None
        picture = pictures.item(item, large=True) if item is not None else pictures.get(key, large=True)
        if picture and len(found) < MOST:
            found.append(Entry(name, "", picture=picture))
    return found if len(found) >= 3 else []
