"""What all Wrapped code locations share: the data contract and access to MongoDB.

Names, models, schemas, indexes and the Mongo resource belong here. Code for a single location does not, and neither
does code that only people or tests need (`wrapped_cli`, `wrapped_devkit`).
"""
