"""Writing pages: one player's, or all players' and groups' with an index."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.models.reports import WrappedReport
from wrapped_shared.stat_words import stat_value
from wrapped_shared.words import counted, duration, period_text

from wrapped_cli.errors import CommandError
from wrapped_cli.preview import source
from wrapped_cli.preview.card import card_uri
from wrapped_cli.preview.cover import stage, subjects
from wrapped_cli.preview.deck import coverage_text, deck
from wrapped_cli.preview.group_page import group_page, group_picture_keys
from wrapped_cli.preview.pages import render
from wrapped_cli.preview.subjects import wanted_pictures

INDEX = "index.html"


@dataclass
class Line:
    """A line of the index: a player or a group, and their pages."""

    name: str
    note: str = ""
    seconds: float = 0
    worth: int = 0
    """What the index sorts by: play time and loot of the longest period."""
    links: list[tuple[str, str]] = field(default_factory=list)


def page_name(kind: str, period: str, key: str, suffix: str = "html") -> str:
    """Return the file name of a page, or of its picture: readable, safe on every file system, and unique."""
    slug = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:40]
    mark = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    own = slug if slug and slug.replace("-", " ") == key else f"{slug or 'name'}-{mark}"
    return f"{kind}-{own}-{period}.{suffix}"


def player_page(
    analytics: Database[Document], document: Document, home: str | None = None, *, with_card: bool = False
) -> str:
    """Return a report's page.

    Args:
        analytics: where days and pictures are.
        document: a document of `wrapped_reports`.
        home: URL of the index, if there is one.
        with_card: carry the report's card, which the page offers to save and to share.

    Raises:
        CommandError: the document does not follow the contract.
    """
    report = source.read_report(document)
    keys, items = wanted_pictures(report)
    pictures = source.pictures(analytics, [*keys, *(key for key, _ in subjects(report))], items)
    card = Markup(card_uri(analytics, document)) if with_card else None  # noqa: S704 (base64 of our own PNG)
    pictures.spent = len(card or "")
    cover = stage(report, pictures)
    slides = deck(report, source.day_ticks(analytics, report.player_key, report.period), pictures)
    return render(
        "player.html.j2",
        {
            "player": report.player,
            "period": period_text(report.period),
            "slides": slides,
            "coverage": coverage_text(report),
            "left_out": left_out_text(report),
            "stage": cover,
            "card": card,
            "card_name": page_name("wrapped", report.period, report.player_key, "png"),
            "credits": pictures.credits(),
            "home": home,
        },
        script="deck.js",
    )


def write(path: Path, content: str | bytes, option: str = "--html") -> None:
    """Write a page or a picture, where an option of the command says.

    Raises:
        CommandError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode(errors="replace") if isinstance(content, str) else content)
    except OSError as error:
        raise CommandError(f"{path} cannot be written ({error.strerror}): choose another place with {option}") from None


def write_site(
    analytics: Database[Document],
    folder: Path,
    period: str | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Path:
    """Write the pages of all players and groups, for one period or all, and return the path of their index.

    Args:
        analytics: where reports, days and pictures are.
        folder: where the pages go; existing ones are overwritten.
        period: a year or "all"; every period by default.
        progress: called after each page with the number of pages so far.

    Raises:
        CommandError: there is no report, or a file cannot be written.
    """
    chosen = {"period": period} if period else {}
    players: dict[str, Line] = {}
    pages: dict[str, str] = {}
    for written, document in enumerate(analytics[names.WRAPPED_REPORTS].find(chosen, batch_size=50), 1):
        key, of = str(document["player_key"]), str(document["period"])
        href = page_name("player", of, key)
        write(folder / href, player_page(analytics, document, INDEX))
        pages[f"{of}/{key}"] = href
        line = players.setdefault(key, Line(str(document["player"])))
        line.links.append((period_text(of), href))
        if of == "all" or not line.note:
            worth = document["loot"].get("value")
            line.seconds, line.worth = document["play"]["seconds"], worth or 0
            line.note = duration(line.seconds) + " played"
            line.note += f", loot worth {stat_value('loot.value', worth)}" if worth else ""
        progress(written)
    if not players:
        raise CommandError(f"there are no reports{f' for {period}' if period else ''}: wrapped run computes them")
    groups: dict[str, Line] = defaultdict(lambda: Line(""))
    for document in analytics[names.GROUP_REPORTS].find(chosen):
        report = source.read_group(document)
        href = page_name("group", report.period, report.group)
        members = source.reports_of(analytics, report.period, report.members)
        pictures = source.pictures(analytics, group_picture_keys(report, members), [])
        write(folder / href, group_page(report, members, pages, pictures, INDEX))
        line = groups[report.group]
        line.name, line.note = report.group, counted(len(report.members), "member")
        line.links.append((period_text(report.period), href))
    for line in (*players.values(), *groups.values()):
        line.links.sort(key=lambda link: (link[0] == period_text("all"), link[0]))
    values = {
        "lead": f"{counted(len(players), 'player')}, with one page per period. The pages work offline.",
        "players": [players[key] for key in sorted(players)],
        "groups": [groups[name] for name in sorted(groups)],
    }
    write(folder / INDEX, render("index.html.j2", values, script="index.js"))
    return folder / INDEX


def left_out_text(report: WrappedReport) -> str:
    """Return how many of the player's events were left out, in one sentence; empty if none were."""
    left_out = sum(report.quality.events_left_out.values())
    if not left_out:
        return ""
    return f"{counted(report.quality.events_read, 'event')} read; {left_out:,} invalid and left out."
