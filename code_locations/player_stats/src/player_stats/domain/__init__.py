"""The statistics, as pure functions over columns and plain documents.

Nothing here knows Dagster or MongoDB; whatever comes in was decoded by `player_stats.store`.
"""
