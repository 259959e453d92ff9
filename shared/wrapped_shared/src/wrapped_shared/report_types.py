"""Parts of a report as plain documents: a TypedDict for each model, for whoever builds or reads them as such.

Models validate at the edges; inside, documents are dicts, and a misspelt field fails the type checker. What a field
means stands in the model of the same name (`wrapped_shared.models`); a test holds the two against each other.
The sections of a report are typed by whoever makes them.
"""

from typing import NotRequired, TypedDict

from wrapped_shared.vocabulary import SlideStat


class Coverage(TypedDict):
    """See `reports.Coverage`."""

    first_day: str
    last_day: str
    days_tracked: int


class Rank(TypedDict):
    """See `reports.Rank`."""

    stat: str
    value: float
    top_percent: float
    of_players: int


class SlideImage(TypedDict):
    """See `reports.SlideImage`; `file_id` is an ObjectId."""

    file_id: object
    width: int
    height: int


class Slide(TypedDict):
    """See `reports.Slide`; a slide is built without its picture, which is put in when the report is written."""

    stat: SlideStat
    title: str
    text: str
    value: int | float | str
    image_key: str | None
    image: NotRequired[SlideImage | None]


class Quality(TypedDict):
    """See `reports.Quality`."""

    events_read: int
    events_left_out: dict[str, int]
