"""Reading and writing MongoDB: queries, batches and bulk writes.

Nothing is computed here; that is `player_stats.domain`'s. Nothing here knows Dagster.
"""
