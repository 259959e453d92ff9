"""Which models the documents of each collection follow, in the order of the contract page.

A collection with several kinds of documents has several models; the first one is that of its main kind.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from pydantic import BaseModel
from wrapped_shared import collections as names
from wrapped_shared.models import VALIDATED_MODELS
from wrapped_shared.models.hiscores import (
    CatalogueRow,
    HiscoresSnapshot,
    ObservedRows,
    RankingPageRead,
    RosterEntry,
)
from wrapped_shared.models.image_map import BucketChunk, BucketFile, CardFile, WikiRows, WikiTable
from wrapped_shared.models.player_stats import PlayerGroup
from wrapped_shared.models.raw import RAW_EVENT_MODELS

Models: TypeAlias = tuple[type[BaseModel], ...]


def _validated(*collections: str) -> dict[str, Models]:
    return {collection: (VALIDATED_MODELS[collection],) for collection in collections}


RAW: Final[Mapping[str, Models]] = {
    **{collection: (model,) for collection, model in RAW_EVENT_MODELS.items()},
    names.HISCORES: (HiscoresSnapshot,),
}
"""Models of the collections of the raw database."""

_MAIN: Final = (
    names.WRAPPED_REPORTS,
    names.GROUP_REPORTS,
    names.STAT_IMAGES,
    names.SHARE_CARDS,
    names.ITEMS,
    names.ITEM_PRICES,
    names.ITEM_MONTH_PRICES,
    names.HISCORES_GAINS,
    names.HISCORES_PLAYERS,
    names.NAME_CANDIDATES,
)
_READ: Final[Mapping[str, Models]] = {
    **_validated(*_MAIN),
    f"{names.SPRITES_BUCKET}.files": (BucketFile,),
    f"{names.SPRITES_BUCKET}.chunks": (BucketChunk,),
    f"{names.SHARE_CARDS}.files": (CardFile,),
    f"{names.SHARE_CARDS}.chunks": (BucketChunk,),
}
_WRITTEN: Final[Mapping[str, Models]] = {
    names.PLAYER_GROUPS: (PlayerGroup,),
    **_validated(names.PLAYER_NAMES, names.SEALED, names.FORGOTTEN_PLAYERS, names.DAY_REQUESTS, names.CARD_REQUESTS),
    names.HISCORES_ROSTER: (RosterEntry,),
}
_WORKING: Final[Mapping[str, Models]] = {
    **_validated(*(collection for collection in VALIDATED_MODELS if collection not in (*_READ, *_WRITTEN))),
    names.ACTIVITY_CATALOGUE: (CatalogueRow, ObservedRows, RankingPageRead),
    names.WIKI_ROWS: (WikiRows, WikiTable),
}

ANALYTICS: Final[Mapping[str, Models]] = {**_READ, **_WRITTEN, **_WORKING}
"""Models of the collections of the analytics database."""

CHAPTERS: Final[Mapping[str, Mapping[str, Models]]] = {
    f"`{names.ANALYTICS_DATABASE}`: what a web app reads": _READ,
    f"`{names.ANALYTICS_DATABASE}`: what people and the web app may write": _WRITTEN,
    f"`{names.RAW_DATABASE}`: telemetry and snapshots": RAW,
    f"`{names.ANALYTICS_DATABASE}`: working collections, of no use to others": _WORKING,
}
"""The collections by chapter of the contract page."""
