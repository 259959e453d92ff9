"""The image map's work, combining `domain`, `upstream` and `store`, without Dagster.

Assets, benchmarks and tests call it.
"""
