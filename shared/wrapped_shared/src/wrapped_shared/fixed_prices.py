"""Items whose price never changes, because they are money.

What belongs here: their prices, which `image_map` stores and `player_stats` needs even without stored prices. What does
not: the prices of traded items (the collection `item_month_prices`).
"""

from collections.abc import Mapping
from typing import Final

COINS: Final = 995
PLATINUM_TOKEN: Final = 13_204

FIXED_PRICES: Final[Mapping[int, int]] = {COINS: 1, PLATINUM_TOKEN: 1_000}
"""Price in coins by item id, in every month."""
