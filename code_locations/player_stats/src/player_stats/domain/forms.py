"""Stored summaries of older forms, brought to the present one on reading: their raw events may be gone.

Each change of the stored form adds its step here. What a summary means is the families' business.
"""

from typing import Any

from player_stats.domain.families import FAMILIES
from player_stats.domain.interning import session_mark
from player_stats.domain.summaries import NOTHING

Document = dict[str, Any]


def present_form(summary: Document) -> Document:
    """Return a stored day or month in the present form; one that has it already is returned as it is.

    A family that is newer than the summary has its empty one: what it would have counted cannot be known.
    """
    if not FAMILIES.keys() <= summary.keys():
        summary = {**{name: NOTHING[name] for name in FAMILIES}, **summary}
    return _with_marks(summary) if summary["schema_version"] < 2 else summary


def _with_marks(summary: Document) -> Document:
    """Form 1 had the text of session ids where form 2 has their marks."""
    movement = {name: _marked(summary["movement"][name]) for name in ("positions", "energies")}
    return {
        **summary,
        "play": {**summary["play"], "edges": _marked(summary["play"]["edges"])},
        "movement": {**summary["movement"], **movement},
        "deaths": {**summary["deaths"], "edges": _marked(summary["deaths"]["edges"])},
    }


def _marked(edges: Document) -> Document:
    sides = {
        side: sorted(
            ({**edge, "session": session_mark(edge["session"])} for edge in edges[side]),
            key=lambda edge: edge["session"],
        )
        for side in ("heads", "tails")
    }
    return {**edges, **sides}
