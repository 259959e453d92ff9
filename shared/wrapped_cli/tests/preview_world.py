# ruff: noqa: E501 (one line per section of a document)
"""Reports to render: a full year, one with little data, and one in which every name tries to break out of the page."""

import hashlib
import random
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

from bson import ObjectId
from PIL import Image, ImageDraw
from pymongo import ReplaceOne
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource

YEAR = 2024
HOSTILE = "\"></script><script>alert(1)</script><img src=x onerror=alert(2)>\u202e{{7*7}}&amp;'`"
_MOBS = [("Abyssal demon", 124, 1843), ("Gargoyle", 111, 920), ("Vorkath", 732, 412), ("Zulrah", 725, 268),
         ("Goblin", 2, 57), ("Dagannoth Rex", 303, 31)]  # fmt: skip
_PLACES = ["Grand Exchange", "Slayer Tower", "Lumbridge", "Catherby", "Varrock", "Al Kharid", "Falador"]
_CHANGES = [("play.seconds", 594_000.0, 530_112.0, 12.1), ("play.longest_streak_days", 41, 41, 0.0),
            ("movement.tiles", 2_481_992, 2_511_003, -1.2), ("loot.kills", 3531, 12, 29_325.0),
            ("loot.value", 412_377_201, 410_998_211, 0.3), ("deaths.count", 23, 0, None)]  # fmt: skip
_SLOTS = ["HEAD", "CAPE", "AMULET", "WEAPON", "TORSO", "SHIELD", "LEGS", "HANDS", "BOOTS"]
_SKILLS = ["ATTACK", "STRENGTH", "DEFENCE", "RANGED", "PRAYER", "MAGIC", "RUNECRAFT", "HITPOINTS", "CRAFTING", "MINING",
           "SMITHING", "FISHING", "COOKING", "FIREMAKING", "WOODCUTTING", "AGILITY", "HERBLORE", "THIEVING",
           "FLETCHING", "SLAYER", "FARMING", "CONSTRUCTION", "HUNTER"]  # fmt: skip


def _slide(stat: str, title: str, text: str, value: Any, key: str | None = None) -> dict[str, Any]:
    return {
        "stat": stat, "title": title, "text": text, "value": value, "image_key": key or f"stat:{stat}", "image": None,
    }  # fmt: skip


def full_report(player: str = "Iron Heron", *, name: Any = lambda text: text, seed: int = 3) -> dict[str, Any]:
    """A report with every slide; `name` maps each name that comes from outside to another."""
    dice = random.Random(seed)
    key = player.lower()
    xp = {
        skill: {"gained": int(4_000_000 * 0.82**i) + 17, "levels_gained": 9 - i // 3} for i, skill in enumerate(_SKILLS)
    }
    months = {f"{YEAR}-{m:02d}": dice.randrange(20_000, 160_000) for m in range(1, 13) if m != 4}
    ticks = sum(months.values())
    hours = [int(ticks / 24 * (0.2 + abs(((h - 5) % 24) - 3) / 9)) for h in range(24)]
    best_month = max(months, key=lambda month: months[month])
    ranks = [("play.seconds", ticks * 0.6, 0.4), ("loot.kills", 3531, 2.1), ("kills:" + name("Abyssal demon"), 1843, 0.2),
             ("xp:SLAYER", 4_000_017, 1.3), ("movement.tiles", 2_481_992, 3.9), ("damage.dealt", 812_331, 5.0)]  # fmt: skip
    start = datetime(YEAR, 1, 3, tzinfo=UTC)
    return {
        "_id": f"{YEAR}/{key}", "schema_version": 1, "player": player, "player_key": key, "period": str(YEAR),
        "generated_at": start,
        "coverage": {"first_day": f"{YEAR}-01-03", "last_day": f"{YEAR}-12-30", "days_tracked": 241},
        "play": {"ticks": ticks, "seconds": round(ticks * 0.6, 1), "sessions": 512, "longest_session_seconds": 30_420.0,
                 "days_played": 238, "longest_streak_days": 41, "best_day": f"{YEAR}-07-13", "best_month": best_month,
                 "hours": hours, "months": months},
        "movement": {"tiles": 2_481_992, "tiles_walked": 800_311, "tiles_run": 1_681_681, "energy_spent": 412_377.21,
                     "favourite_tile": {"x": 3164, "y": 3487, "ticks": 12_331}},
        "places": [{"name": name(p), "ticks": int(ticks * 0.5**(i + 1)), "seconds": round(ticks * 0.6 * 0.5**(i + 1), 1)}
                   for i, p in enumerate(_PLACES)],
        "equipment": [{"slot": slot, "item_id": 4_000 + i, "name": name(f"{slot.capitalize()} of the wise owl"),
                       "ticks": 90_000 - i * 7000, "seconds": 54_000.0 - i * 4200} for i, slot in enumerate(_SLOTS)],
        "loot": {"kills": 3531, "players_looted": 2, "value": 412_377_201, "best_drop": {"item_id": 5_001, "name": name("Thing 01"),
                 "quantity": 1, "value": 187_412_003, "mob": name("Abyssal demon"), "combat_level": 124, "month": f"{YEAR}-07"}, "mobs": [
            {"name": name(mob), "combat_level": level, "npc_ids": [i], "kills": kills, "items": [
                {"item_id": 5_000 + i * 10 + j, "name": name(f"Thing {i}{j}") if j else None,
                 "quantity": 10 ** (7 - j) // (i + 1), "value": 187_412_003 // (i + 1) // 4**j if j else None} for j in range(7)]}
            for i, (mob, level, kills) in enumerate(_MOBS)]},
        "experience": {"total": sum(v["gained"] for v in xp.values()), "skills": xp, "favourite_skill": "ATTACK",
                       "best_day": f"{YEAR}-07-13"},
        "deaths": {"count": 23, "places": [{"name": name("Instance"), "count": 14}, {"name": name("Lumbridge"), "count": 9}]},
        "damage": {"dealt": 812_331, "taken": 203_114, "biggest_hit": 78},
        "exchange": {"spent": 412_000_311, "earned": 2_988_744_136, "offers_filled": 871, "items": [
            {"item_id": 6_000 + i, "name": name(f"Ware {i}"), "bought": 90_000 // (i + 1), "sold": 120 * i} for i in range(8)]},
        "hiscores": {"from": start, "to": start + timedelta(days=357), "ratings": {}, "skills": {"Overall": 21_413_377, "Slayer": 4_100_000, "Attack": 2_000_000},
                     "bosses": {name("Vorkath"): 412, name("Zulrah"): 268}, "activities": {}, "flags": [],
                     "points": [{"at": start + timedelta(days=i), "overall_xp": 400_000_000 + 60_000 * i + 900 * (i % 7) ** 3 * (i > 120)}
                                for i in range(0, 360, 3)]},
        "before": {"period": str(YEAR - 1), "changes": [{"stat": stat, "value": value, "before": was, "percent": percent}
                   for stat, value, was, percent in _CHANGES]},
        "prayer": {"points_used": 31_022},
        "ranks": [{"stat": stat, "value": value, "top_percent": top, "of_players": 1204} for stat, value, top in ranks],
        "slides": [
            _slide("play_time", "Time played", "Played for 164 h in 512 sessions on 238 days.", ticks * 0.6),
            _slide("best_month", "Best month", f"Played for 26 h in July {YEAR}.", best_month),
            _slide("favourite_mob", "Most killed", f"{name('Abyssal demon')} (level 124): 1,843 kills.",
                   name("Abyssal demon"), "npc:Abyssal demon#124"),
            _slide("favourite_place", "Favourite place", f"Spent 82 h at {name('Grand Exchange')}.",
                   name("Grand Exchange"), "place:Grand Exchange"),
            _slide("favourite_gear", "Favourite gear", f"{name('Head of the wise owl')}: worn for 15 h.", 4_000, "item:4000"),
            _slide("favourite_skill", "Favourite skill", "Gained 4,000,017 XP and 9 levels in Attack.", "ATTACK", "skill:ATTACK"),
            _slide("tiles", "Distance", "2,481,992 tiles covered: 1,681,681 running, 800,311 walking.", 2_481_992),
            _slide("deaths", "Deaths", "23 deaths, most often in instances.", 23),
            _slide("loot", "Loot", "3,531 loot drops from 6 kinds of mobs.", 3531),
            _slide("best_drop", "Best drop", f"{name('Thing 01')} from {name('Abyssal demon')} (level 124): 187,412,003 coins.",
                   187_412_003, "item:5001"),
            _slide("damage", "Damage", "812,331 damage dealt, 203,114 taken. Biggest hit: 78.", 812_331),
            _slide("exchange", "Grand Exchange", "412,000,311 coins spent and 2,988,744,136 coins earned before tax on the "
                   "Grand Exchange, 871 offers filled.", 2_988_744_136),
            _slide("hiscores", "On the Hiscores", f"Hiscores: +21,413,377 XP and 412 more {name('Vorkath')} kills.",
                   name("Vorkath"), "boss:Vorkath"),
            _slide("rank", "Among all players", f"Top 0.2% of 1,204 tracked players by {name('Abyssal demon')} kills.", 0.2),
            _slide("closing", "In one sentence", f"{name('Abyssal demon')} makes up 52% of all kills: 1,843 of 3,531.", "mob",
                   "npc:Abyssal demon#124")],
        "quality": {"events_read": 1_812_331, "events_left_out": {"timestamp": 12}},
    }  # fmt: skip


def thin_report(player: str = "New Wren") -> dict[str, Any]:
    """A report with under an hour tracked: only play time is shown."""
    report = full_report(player)
    report["play"] |= {"ticks": 900, "seconds": 540.0, "months": {f"{YEAR}-07": 900}}
    report["slides"] = [{**report["slides"][0], "text": "Played for 9 min in 1 session on 1 day."}]
    report["coverage"] = {"first_day": f"{YEAR}-07-13", "last_day": f"{YEAR}-07-13", "days_tracked": 1}
    return report


def hostile_report() -> dict[str, Any]:
    """A report whose player and every name in it are hostile."""
    report = full_report(HOSTILE, name=lambda text: f"{text} {HOSTILE}")
    report["player_key"], report["_id"] = "hostile key</script>", f"{YEAR}/hostile key</script>"
    return report


def days_of(report: dict[str, Any]) -> list[dict[str, Any]]:
    """A plausible year: some play on most days."""
    dice = random.Random(11)
    day, found = date(YEAR, 1, 3), []
    while day <= date(YEAR, 12, 30):
        if day.month != 4 and dice.random() < 0.72:
            ticks = int(dice.betavariate(1.4, 3) * 26_000 * (1.5 if day.weekday() > 4 else 1)) + 60
            identity = f"{report['player_key']}|{day}"
            found.append(
                {"_id": identity, "player_key": report["player_key"], "day": str(day), "play": {"ticks": ticks}}
            )
        day += timedelta(days=1)
    return found


def _png(label: str, size: int) -> bytes:
    dice = random.Random(label)
    picture = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    colour = tuple(dice.randrange(60, 230) for _ in range(3))
    draw.ellipse((size * 0.15, size * 0.08, size * 0.85, size * 0.95), fill=(*colour, 255))
    draw.rectangle((size * 0.35, size * 0.4, size * 0.65, size * 0.6), fill=(255, 255, 255, 200))
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def store(mongo: MongoResource, *reports: dict[str, Any], pictures: bool = True) -> None:
    """Store reports, their days and the pictures for the subjects of the full report in MongoDB."""
    for report in reports:
        mongo.analytics[names.WRAPPED_REPORTS].replace_one({"_id": report["_id"]}, report, upsert=True)
        days = [ReplaceOne({"_id": day["_id"]}, day, upsert=True) for day in days_of(report)]
        mongo.analytics[names.PLAYER_DAYS].bulk_write(days, ordered=False)
    if not pictures:
        return
    keys = [f"npc:{mob}#{level}" for mob, level, _ in _MOBS] + [f"place:{place}" for place in _PLACES]
    keys += [f"skill:{skill}" for skill in _SKILLS] + ["boss:Vorkath", "boss:Zulrah"]
    keys += [f"stat:{slide['stat']}" for slide in full_report()["slides"]]
    keys += [f"item:{i}" for base in (4_000, 5_000, 6_000) for i in range(base, base + 9)]
    files: dict[ObjectId, bytes] = {}
    entries = []
    for key in sorted(set(keys)):
        sizes = {size: _picture(key, pixels, files) for size, pixels in (("sprite", 240), ("thumbnail", 96))}
        entries.append(
            {"_id": key, "attribution": f"File:{key}.png, drawn for a test; for nothing but tests.", **sizes}
        )
    mongo.analytics[names.STAT_IMAGES].insert_many(entries)
    bucket, now = names.SPRITES_BUCKET, datetime.now(UTC)
    mongo.analytics[f"{bucket}.files"].insert_many(
        [
            {"_id": f, "length": len(data), "chunkSize": 261_120, "uploadDate": now, "filename": str(f)}
            for f, data in files.items()
        ]
    )
    mongo.analytics[f"{bucket}.chunks"].insert_many(
        [{"files_id": f, "n": 0, "data": data} for f, data in files.items()]
    )
    mongo.analytics[f"{bucket}.chunks"].create_index([("files_id", 1), ("n", 1)], unique=True)


def _picture(key: str, pixels: int, files: dict[ObjectId, bytes]) -> dict[str, Any]:
    data = _png(f"{key}{pixels}", pixels)
    file_id = ObjectId(hashlib.sha256(data).digest()[:12])
    files[file_id] = data
    return {"file_id": file_id, "width": pixels, "height": pixels}
