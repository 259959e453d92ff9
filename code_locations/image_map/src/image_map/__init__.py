"""The `image_map` code location: a clean picture in MongoDB for everything that a Wrapped report can name.

`domain` holds the rules (pure), `upstream` asks the wiki, `store` reads and writes MongoDB, `work` joins
them without Dagster, `defs` makes assets of it and `definitions` wires the location.
"""
