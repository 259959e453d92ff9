"""Reading and writing MongoDB: queries, batches and bulk writes.

Statistics are computed in `player_stats.domain`. Nothing here depends on Dagster.
"""
