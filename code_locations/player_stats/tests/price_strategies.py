"""Hypothesis strategies for item prices and base items, made for the items of `telemetry_strategies`."""

from hypothesis import strategies as st
from telemetry_strategies import pick

month_prices = st.dictionaries(
    pick("2022-11", "2023-01", "2023-06", "2023-12", "2024-01", "2024-02", "2024-05", "2024-09"),
    st.dictionaries(pick(526, 527, 0, 995), pick(1, 2, 0, 7, 1_000, 2**31 - 1), max_size=3),
    max_size=4,
)
"""Prices by month and item; no month of telemetry has prices of its own for all items."""
base_items = pick({}, {527: 526}, {527: 526, 0: 995}, {0: 527, 7: 13204})
"""Base items by the id of a note or placeholder."""
