"""The stand-in wiki's content: tables of rows, pages, redirects and files, from facts and a seed.

What belongs here: what exists, and how a test changes it (a new picture, a moved page). What does not: serving requests
(`wiki`), the look of a picture (`wiki_draw`).
"""

import hashlib
import random
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from wrapped_devkit.osrs_server import wiki_facts as facts
from wrapped_devkit.osrs_server.wiki_draw import Drawing, draw, uploaded

FIRST_UPLOAD = datetime(2024, 5, 1, 12, tzinfo=UTC)
FIRST_EXTRA_ID = 40_000


@dataclass
class File:
    """One file and its current version."""

    name: str
    theme: str
    revision: int = 0
    drawing: Drawing | None = field(default=None, repr=False)

    def drawn(self) -> Drawing:
        """The picture of the current version, drawn on first use."""
        if self.drawing is None:
            self.drawing = draw(self.name, self.theme, self.revision)
        return self.drawing

    @property
    def timestamp(self) -> str:
        """Time of the last upload, as the API writes it."""
        return (FIRST_UPLOAD + timedelta(days=self.revision)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Page:
    """One page: its best image and whether it is a disambiguation."""

    image: str | None = None
    disambiguation: bool = False


class Bestiary:
    """Everything in the stand-in wiki; safe to change while it is serving requests."""

    def __init__(self, *, extra_mobs: int = 0, extra_items: int = 0, seed: int = 0) -> None:
        """Fill it with the facts, generated mobs (about a tenth share a name) and generated items."""
        self.lock = threading.RLock()
        self.files: dict[str, File] = {}
        self.pages: dict[str, Page] = {}
        self.redirects: dict[str, tuple[str, str | None]] = dict(facts.REDIRECTS)
        self.tables: dict[str, list[dict[str, Any]]] = {"infobox_monster": [], "infobox_npc": [], "infobox_item": []}
        self.prices: list[dict[str, Any]] = []
        self._add_facts()
        self._add_extras(extra_mobs, seed)
        for number in range(extra_items):
            self._add_item(FIRST_EXTRA_ID + number, f"Curio {number}")
        for name in facts.MISSING_FILES:
            del self.files[name]

    # --- what tests change ---

    def touch(self, name: str) -> None:
        """Upload another picture under a file's name."""
        with self.lock:
            file = self.files[name]
            self.files[name] = File(name, file.theme, file.revision + 1)

    def remove_file(self, name: str) -> None:
        """Delete a file; pages and rows still name it."""
        with self.lock:
            del self.files[name]

    def add_file(self, name: str, theme: str = "mob") -> None:
        """Upload a new file."""
        with self.lock:
            self.files.setdefault(name, File(name, theme))

    def upload(self, name: str, data: bytes, size: tuple[int, int] | None = None) -> None:
        """Upload bytes unchanged; the API says that they are a picture of this size (by default, their own size)."""
        with self.lock:
            before = self.files.get(name)
            self.files[name] = File(name, "mob", before.revision + 1 if before else 0, uploaded(name, data, size))

    def add_monster(self, row: facts.Row) -> None:
        """Add a row of `infobox_monster` with its page and files."""
        with self.lock:
            self._add_row("infobox_monster", row)

    def move_page(self, old: str, new: str) -> None:
        """Move a page, leaving a redirect; rows follow."""
        with self.lock:
            self.pages[new] = self.pages.pop(old)
            self.redirects[old] = (new, None)
            for row in self.tables["infobox_monster"]:
                if row.get("page_name") == old:
                    row["page_name"] = new
                    row["page_name_sub"] = row["page_name_sub"].replace(old, new, 1)

    def mobs(self) -> list[tuple[str, int, list[int]]]:
        """Every mob as a report would name it: (name, combat level, npc ids), sorted."""
        with self.lock:
            found: dict[tuple[str, int], set[int]] = {}
            for row in self.tables["infobox_monster"]:
                level = str(row.get("combat_level", "")).split("\x7f")[0]
                if level and "page_name" in row:
                    ids = row.get("id") or []
                    texts = ids.split(",") if isinstance(ids, str) else ids
                    numbers = {int(text) for text in texts if text.strip().isdecimal()}
                    name = str(row.get("name") or row["page_name"]).replace(facts.MARKER, "")
                    found.setdefault((name, int(level)), set()).update(numbers)
            return [(name, level, sorted(ids)) for (name, level), ids in sorted(found.items())]

    # --- filling ---

    def _add_facts(self) -> None:
        for row in facts.MONSTERS:
            self._add_row("infobox_monster", row)
        for number, boss in enumerate(facts.BOSSES):
            ids = [str(facts.FIRST_BOSS_ID + 10 * number)]
            row = facts.Row(boss, ids=ids, images=[f"File:{boss}.png"], level=str(200 + number))
            self._add_row("infobox_monster", row)
        for row in facts.PEOPLE:
            self._add_row("infobox_npc", row)
        self.tables["infobox_monster"].append({})  # a page without a name does occur
        for item_id, name in facts.ITEMS.items():
            self._add_item(item_id, name)
        self.prices += [{"id": key, "name": name} for key, name in {**facts.ITEMS, **facts.PRICED_ONLY}.items()]
        for place in facts.PLACES:
            self._add_page(place, f"{place}.png", "place")
        for title in facts.DISAMBIGUATIONS:
            self._add_page(title, f"{title} (disambiguation).png", "icon", disambiguation=True)
        for icon in facts.ICONS:
            self.add_file(icon, "icon")
        for skill in facts.SKILLS:
            self._add_page(skill, f"{skill} icon.png", "icon")
        self._add_page("Barrows", "Barrows.jpg", "place")
        self._add_page("Ghost town", None, "place")

    def _add_row(self, table: str, row: facts.Row) -> None:
        stored: dict[str, Any] = {
            "page_name": row.page,
            "page_name_sub": f"{row.page}#{row.version}" if row.version else row.page,
        }
        if row.name:
            stored["name"] = row.name
        if row.ids:
            stored["npc_id" if table == "infobox_npc" else "id"] = row.ids
        if row.images:
            stored["image"] = row.images
        if row.level is not None:
            stored["combat_level"] = row.level
        self.tables[table].append(stored)
        names = [_file_name(image) for image in ([row.images] if isinstance(row.images, str) else row.images)]
        for name in names:
            self.add_file(name, "mob")
        self._add_page(row.page, names[-1] if names else None, "mob")

    def _add_item(self, item_id: int, name: str) -> None:
        images = list(facts.PILES) if item_id == 995 else [f"{name}.png"]
        for image in images:
            self.add_file(image, "item")
        self.tables["infobox_item"].append(
            {
                "page_name": name,
                "page_name_sub": name,
                "item_name": name,
                "item_id": [str(item_id)],
                "image": [f"File:{image}" for image in images],
            }
        )
        self._add_page(name, images[-1], "item")

    def _add_page(self, title: str, image: str | None, theme: str, *, disambiguation: bool = False) -> None:
        if image is not None:
            self.add_file(image, theme)
        self.pages.setdefault(title, Page(image, disambiguation))

    def _add_extras(self, count: int, seed: int) -> None:
        chance = random.Random(f"bestiary/{seed}")
        name = ""
        for number in range(count):
            shares = bool(name) and chance.random() < 0.1
            name = name if shares else _extra_name(number)
            level = 1 + number
            style = chance.choice(("{n}", "{n} (Level {l})", "{n} (level-{l})", "{n} (lv {l})", "{n} ({l}, 1)"))
            image = style.format(n=name, l=level) + ".png"
            row = facts.Row(
                name,
                f"Level {level}" if shares else "",
                ids=[str(FIRST_EXTRA_ID + 3 * number + turn) for turn in range(chance.randint(1, 3))],
                images=[f"File:{image}"],
                level=str(level),
            )
            self._add_row("infobox_monster", row)


def _file_name(image: str) -> str:
    text = image.replace(facts.MARKER, "").removeprefix("[[").split("|")[0]
    return text.removeprefix("File:")


def _extra_name(number: int) -> str:
    digest = hashlib.sha256(f"mob {number}".encode()).digest()
    first = ("Ashen", "Brine", "Cinder", "Dusky", "Elder", "Fen", "Gilded", "Hollow", "Ivory", "Jagged")
    second = ("crawler", "warden", "imp", "hound", "wyrm", "shade", "beetle", "giant", "moth", "knight")
    return f"{first[digest[0] % 10]} {second[digest[1] % 10]} {number}"
