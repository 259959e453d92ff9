"""The hiscores part of the stand-in: `index_lite.json` of every table, and the ranking pages.

What belongs here: serving the hiscores paths, with the faults that change a response's content.
What does not: the figures (`hiscores_players`), and faults that any upstream can have (`base`).
"""

import html
from typing import Any, Final

from wrapped_shared.hiscores_rows import SKILLS

from wrapped_devkit.osrs_server.base import Request, Response, Route, StandInServer
from wrapped_devkit.osrs_server.hiscores_players import Row, SeededPlayers, Table, lookup_key
from wrapped_devkit.osrs_server.hiscores_rows import ACTIVITIES, UNLINKED

MODES: Final[dict[str, Table]] = {
    "hiscore_oldschool": "main",
    "hiscore_oldschool_ironman": "ironman",
    "hiscore_oldschool_hardcore_ironman": "hardcore",
    "hiscore_oldschool_ultimate": "ultimate",
}
NEW_ROW: Final = "Bandosian Wyrm"
"""The row that the fault `added-row` inserts in the middle."""
MOVED_ROW: Final = "Zulrah"
"""The row that `moved-row` puts before all other bosses."""
REMOVED_ROW: Final = "Obor"
"""The row that `removed-row` removes."""
NEW_NAME: Final = "x "
"""The new name of a player under the fault `renamed` is this prefix and their old name."""
ROWS_PER_PAGE: Final = 25


class Hiscores:
    """The part."""

    name = "hiscores"
    server: StandInServer
    """Set by whoever assembles the server; it has the fault plan, for the faults that apply to players."""

    def __init__(self, players: SeededPlayers) -> None:
        self.players = players
        self.renamed: dict[str, str] = {}
        """Old key → new key of players renamed by a test."""

    def routes(self) -> list[Route]:
        """The paths of the hiscores."""
        modes = "|".join(MODES)
        return [
            Route(rf"/m=({modes})/index_lite\.json", self._player),
            Route(rf"/m=({modes})/overall(?:\.ws)?", self._ranking),
        ]

    def rename(self, old: str, new: str) -> None:
        """From now on the account of `old` has the name `new`, and `old` is on no table."""
        self.renamed[lookup_key(old)] = lookup_key(new)

    def account(self, key: str) -> str | None:
        """The account (its first name) that has a name now; None if there is none."""
        for old, new in self.renamed.items():
            if key == new:
                return old
        if key in self.renamed:
            return None
        plan = self.server.faults
        if key.startswith(NEW_NAME):  # the new name of a player under the fault `renamed`
            old = key.removeprefix(NEW_NAME)
            return old if plan.meets_player("renamed", old) else key
        if plan.meets_player("renamed", key):
            return None
        return key

    def payload(self, name: str, table: Table, now: float, fault: str = "") -> dict[str, Any] | None:
        """The JSON response for a name; None if the table does not have it."""
        account = self.account(lookup_key(name))
        if account is None:
            return None
        if self.server.faults.meets_player("de-ironed", account):
            self.players.left_iron.setdefault(account, now)
        rows = self.players.rows(account, table, now)
        if rows is None:
            return None
        if self.server.faults.meets_player("unranked", account):
            rows = [Row(-1, 0, 0), *[Row(-1, -1, 1)] * (len(SKILLS) - 1)], [Row(-1, -1)] * len(ACTIVITIES)
        skills = [
            {"id": number, "name": skill, "rank": row.rank, "level": row.level, "xp": row.value}
            for number, (skill, row) in enumerate(zip(SKILLS, rows[0], strict=True))
        ]
        names = [name for name, _ in ACTIVITIES]
        activities = _changed(list(zip(names, rows[1], strict=True)), fault)
        return {
            "skills": skills,
            "activities": [
                {"id": number, "name": name, "rank": row.rank, "score": row.value}
                for number, (name, row) in enumerate(activities)
            ],
        }

    def _player(self, request: Request) -> Response:
        answer = self.payload(request.query.get("player", ""), MODES[request.match[1]], request.now, request.fault)
        if answer is None:
            return Response.not_found()
        if request.fault == "broken-row":
            del answer["activities"][40]["score"]
        if request.fault == "other-json":
            answer = {"hiscores": answer["skills"]}
        return Response.json(answer)

    def _ranking(self, request: Request) -> Response:
        table = request.query.get("table", "0")
        page = request.query.get("page", "1")
        if not (table.isdigit() and page.isdigit()) or int(page) < 1:
            return Response.not_found()
        skill = request.query.get("category_type") != "1"
        if int(table) >= (len(SKILLS) if skill else len(ACTIVITIES)):
            return Response.not_found()
        activities = [name for name, _ in _changed([(name, Row(-1, -1)) for name, _ in ACTIVITIES], request.fault)]
        rows = self._rows(MODES[request.match[1]], int(table), request.now, skill=skill)
        start = (int(page) - 1) * ROWS_PER_PAGE
        return Response(200, _page(activities, rows[start : start + ROWS_PER_PAGE], start).encode())

    def _rows(self, table: Table, number: int, now: float, *, skill: bool) -> list[tuple[str, Row]]:
        found = ((name, self.players.rows(name, table, now)) for name in self.players.names()[:200])
        listed = [(name, rows[0 if skill else 1][number]) for name, rows in found if rows is not None]
        return sorted((item for item in listed if item[1].rank > 0), key=lambda item: -item[1].value)


def _changed(rows: list[tuple[str, Row]], fault: str) -> list[tuple[str, Row]]:
    """The activities after a fault that changes the list of rows."""
    names = [name for name, _ in rows]
    if fault == "added-row":
        rows.insert(names.index("Barrows Chests"), (NEW_ROW, Row(5, 12)))
    if fault == "moved-row":
        row = rows.pop(names.index(MOVED_ROW))
        rows.insert(names.index("Abyssal Sire"), row)
    if fault == "removed-row":
        rows.pop(names.index(REMOVED_ROW))
    return rows


def _page(activities: list[str], rows: list[tuple[str, Row]], start: int) -> str:
    """A ranking page, structured like the site's: links broken over lines, five or three cells per row."""
    skills = "\n".join(
        f'<a href="overall?table={n}#headerHiscores" class="    {name}    ">\n  {name}\n</a>'
        for n, name in enumerate(SKILLS)
    )
    links = "\n".join(
        f'<a href="overall?category_type=1&table={n}#headerHiscores" class="activity-link {_slug(name)}">'
        + html.escape(name).replace(" ", "\n  ", 1)
        + "</a>"
        for n, name in enumerate(activities)
        if n >= UNLINKED
    )
    table = "\n".join(
        '<tr class="personal-hiscores__row">'
        + ('<td class="right"></td>' if row.level >= 0 else "")
        + f'<td class="right">{start + place}</td>'
        + f'<td class="left"><a href="hiscorepersonal?user1={name}">{name}</a></td>'
        + (f"<td>{row.level}</td>" if row.level >= 0 else "")
        + f'<td class="right">\n{row.value:,}\n</td></tr>'
        for place, (name, row) in enumerate(rows, 1)
    )
    return (
        "<!doctype html>\n<html><head><title>Old School Hiscores</title></head><body id='body'>"
        f'<div id="contentCategory">\n{skills}\n<span style="color: #d9c27e;">----</span>\n{links}\n</div>'
        f"<table><tbody>{table}</tbody></table></body></html>\n"
    )


def _slug(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
