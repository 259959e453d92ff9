"""The work of the image map, joined from `domain`, `upstream` and `store`, without Dagster.

Assets call it, and so do benchmarks and tests.
"""
