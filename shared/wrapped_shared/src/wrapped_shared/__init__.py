"""What every Wrapped code location shares: the data contract and the way to MongoDB.

Here belong names, models, schemas, indexes and the Mongo resource. What only one location computes
does not belong here, and neither does what people or tests alone need (`wrapped_cli`, `wrapped_devkit`).
"""
