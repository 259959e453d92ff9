"""The share card of a report, with its pictures from MongoDB.

What belongs here: reading the pictures. What does not: what a card says and looks like (`wrapped_card`).
"""

import base64

from pymongo.database import Database
from wrapped_card.content import card_content
from wrapped_card.drawing import draw_card
from wrapped_shared.documents import Document

from wrapped_cli.preview import source


def card_png(analytics: Database[Document], document: Document, size: str) -> bytes:
    """Return the card of a report as PNG.

    Args:
        analytics: where the pictures are.
        document: a document of `wrapped_reports`.
        size: a key of `wrapped_card.drawing.SIZES`.

    Raises:
        CommandError: the document does not follow the contract.
    """
    source.read_report(document)
    content = card_content(document)
    keys = [key for feature in content.features for key in feature.picture_keys]
    items = [int(key.removeprefix("item:")) for key in keys if key.startswith("item:")]
    pictures = source.pictures(analytics, keys, items)
    shown: dict[str, bytes] = {}

    def find(key: str) -> str | None:
        found = pictures.sprite(key)
        if found is None:
            return None
        file_id, data = found
        shown[file_id] = data
        return file_id

    return draw_card(content.with_pictures(find), size, shown)


def card_uri(analytics: Database[Document], document: Document) -> str:
    """Return the upright card of a report as a data URI, for a page that needs no other file. See `card_png`."""
    return f"data:image/png;base64,{base64.b64encode(card_png(analytics, document, '1080x1920')).decode()}"
