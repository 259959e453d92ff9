"""Upgrades stored summaries of older versions when they are read, as their raw events may be gone.

Every change of the stored shape adds its step here. What a summary means is up to the families.
"""

from wrapped_shared.documents import Document

from player_stats.domain.families import FAMILIES
from player_stats.domain.interning import session_hash
from player_stats.domain.summaries import NOTHING


def upgraded(summary: Document) -> Document:
    """Return a stored day or month in the current shape; one that has it already is returned as it is.

    A family that is newer than the summary is empty: what it would have counted is unknown.
    """
    if not FAMILIES.keys() <= summary.keys():
        empty: Document = {**NOTHING}
        summary = {**{name: empty[name] for name in FAMILIES}, **summary}
    if summary["schema_version"] < 2:
        summary = _with_hashes(summary)
    return _with_best_drops(summary) if summary["schema_version"] < 3 else summary


def _with_hashes(summary: Document) -> Document:
    """Hash session ids: version 1 stored their text."""
    movement = {name: _hashed(summary["movement"][name]) for name in ("positions", "energies")}
    return {
        **summary,
        "play": {**summary["play"], "edges": _hashed(summary["play"]["edges"])},
        "movement": {**summary["movement"], **movement},
        "deaths": {**summary["deaths"], "edges": _hashed(summary["deaths"]["edges"])},
    }


def _with_best_drops(summary: Document) -> Document:
    """Mark the best drop of each item as unknown: versions 1 and 2 stored only how many there were."""
    mobs = [{**mob, "items": [{**item, "most": None} for item in mob["items"]]} for mob in summary["loot"]["mobs"]]
    return {**summary, "loot": {**summary["loot"], "mobs": mobs, "best": None}}


def _hashed(edges: Document) -> Document:
    sides = {
        side: sorted(
            ({**edge, "session": session_hash(edge["session"])} for edge in edges[side]),
            key=lambda edge: edge["session"],
        )
        for side in ("heads", "tails")
    }
    return {**edges, **sides}
