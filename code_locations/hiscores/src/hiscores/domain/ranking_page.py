"""The links on the ranking page (HTML), which give the activities that the site lists, by name and slug.

What belongs here: parsing the page with BeautifulSoup. What does not: fetching it, and what the rows mean.

The list of categories is `div#contentCategory`, in which activities are `a.activity-link.<slug>`; the other links are
those of skills. The site breaks texts over several lines. The list mixes clues, minigames and bosses.
"""

from bs4 import BeautifulSoup, Tag

from hiscores.domain.rows import activity_name


class PageError(ValueError):
    """The page has no known list of categories."""


def read_ranking_page(html: str) -> dict[str, str]:
    """Return the slug of each activity that a ranking page links, by name.

    Raises:
        PageError: there is no list of categories, or no activity in it.
    """
    content = BeautifulSoup(html, "html.parser").find("div", id="contentCategory")
    if not isinstance(content, Tag):
        raise PageError("the page has no list of categories")
    slugs: dict[str, str] = {}
    for anchor in content.find_all("a", href=True):
        name = " ".join(anchor.get_text().replace("\ufffd", " ").split())
        classes = _classes(anchor)
        if name and "overall" in str(anchor["href"]) and "activity-link" in classes:
            slugs[activity_name(name)] = next((word for word in classes if word != "activity-link"), "")
    if not slugs:
        raise PageError("the page does not link any activity")
    return slugs


def _classes(anchor: Tag) -> list[str]:
    value = anchor.get("class")
    words = value if isinstance(value, list) else str(value or "").split()
    return [str(word) for word in words if str(word).strip()]
