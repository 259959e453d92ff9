"""The `image_map` code location: a clean picture in MongoDB for everything a Wrapped report can name.

`domain` contains the rules (pure), `upstream` sends requests to the wiki, `store` reads and writes MongoDB, `work`
combines them without Dagster, `defs` turns that into assets and `definitions` wires the location.
"""
