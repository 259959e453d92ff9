"""The rules of the image map: pure functions that import neither Dagster nor pymongo."""
