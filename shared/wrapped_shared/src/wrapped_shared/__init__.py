"""What every Wrapped code location shares: the data contract and the way to MongoDB.

Here belong names, models, schemas, indexes and the Mongo resource. What only one location computes
does not belong here, and neither does anything that people or tests alone need (see `wrapped_devkit`).
"""
