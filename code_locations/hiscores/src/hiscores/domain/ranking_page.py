"""The links on the ranking page (HTML), which give the activities that the site lists, by name and slug.

What belongs here: parsing the page with BeautifulSoup. What does not: fetching it, and what the rows mean.

The list of categories is `div#contentCategory`: skills are `a[href^="overall?table="]`, activities are
`a.activity-link.<slug>` whose `table` counts all rows, including those that the page does not link. The site breaks
texts over several lines. The list mixes clues, minigames and bosses.
"""

from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from hiscores.domain.rows import activity_name, skill_name


class PageError(ValueError):
    """The page has no known list of categories."""


@dataclass(frozen=True, slots=True)
class Link:
    """A linked table."""

    name: str
    slug: str
    """Empty for a skill."""


@dataclass(frozen=True, slots=True)
class RankingPage:
    """The linked tables in page order."""

    skills: tuple[Link, ...]
    activities: tuple[Link, ...]

    def slugs(self) -> dict[str, str]:
        """Return the slug of each linked activity, by name."""
        return {link.name: link.slug for link in self.activities}


def read_ranking_page(html: str) -> RankingPage:
    """Parse the links of a ranking page.

    Raises:
        PageError: there is no list of categories, or no activity in it.
    """
    content = BeautifulSoup(html, "html.parser").find("div", id="contentCategory")
    if not isinstance(content, Tag):
        raise PageError("the page has no list of categories")
    skills: list[Link] = []
    activities: list[Link] = []
    for anchor in content.find_all("a", href=True):
        name = " ".join(anchor.get_text().replace("\ufffd", " ").split())
        href = str(anchor["href"])
        classes = _classes(anchor)
        if not name or "overall" not in href:
            continue
        if "activity-link" in classes:
            slug = next((word for word in classes if word != "activity-link"), "")
            activities.append(Link(activity_name(name), slug))
        else:
            skills.append(Link(skill_name(name), ""))
    if not activities:
        raise PageError("the page does not link any activity")
    return RankingPage(tuple(skills), tuple(activities))


def _classes(anchor: Tag) -> list[str]:
    value = anchor.get("class")
    words = value if isinstance(value, list) else str(value or "").split()
    return [str(word) for word in words if str(word).strip()]
