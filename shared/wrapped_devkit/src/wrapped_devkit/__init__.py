"""Tools for people and tests: an embedded MongoDB, importers, a generator, and the command `wrapped`.

Nothing here is part of a deployment: no code location imports this package, and no image holds it.
"""
