"""The nine families of statistics, one module each.

Every family has the same three functions over its summary, a plain document that MongoDB can store:
`empty()`, `summarise(frame)` for many players at once, and `merge(earlier, later)` for two adjacent stretches of
one player's telemetry, so that `summarise(x + y) == merge(summarise(x), summarise(y))` wherever the cut lies.
"""
