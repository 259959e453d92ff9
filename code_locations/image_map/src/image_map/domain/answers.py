"""What the wiki says of a file or a page, as plain facts.

Asking for them is `upstream`'s business, following them `chains`'.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What `imageinfo` tells of a file that exists."""

    title: str
    """Canonical `File:…` title, behind redirects."""
    url: str
    """Address of the file as it was uploaded, without its cache-busting query."""
    fetch: str
    """Path and query of what to fetch: a rendering of bounded size where the wiki makes one, else the file."""
    sha1: str
    """Of the file as it was uploaded: what changes with a new upload."""
    timestamp: str
    usable: bool
    """Whether what is to be fetched is a picture within our bounds, by what the wiki says of it."""


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What the wiki has under a title."""

    title: str
    """Final title, behind redirects."""
    section: str | None
    """Section that the last redirect points to."""
    image: str | None
    """`File:…` title of its best image; None for disambiguation pages."""
