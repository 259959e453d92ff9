"""What the wiki says about a file or a page, as plain facts.

Requesting them belongs to `upstream`, following them to `chains`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What `imageinfo` says about a file that exists."""

    title: str
    """Canonical `File:…` title, after redirects."""
    url: str
    """URL of the uploaded file, without its cache-busting query."""
    fetch: str
    """Path and query of what to fetch: a rendering of bounded size if the wiki makes one, else the file."""
    sha1: str
    """Of the uploaded file: it changes with a new upload."""
    timestamp: str
    usable: bool
    """Whether, according to the wiki, what would be fetched is a picture within our limits."""


@dataclass(frozen=True, slots=True)
class PageInfo:
    """What the wiki has under a title."""

    title: str
    """Final title, after redirects."""
    section: str | None
    """Section that the last redirect points to."""
    image: str | None
    """`File:…` title of its best image; None for disambiguation pages."""
