"""The hiscores location: a scheduled, polite, exact scrape of the OSRS Hiscores, and gains that never lie.

`definitions` wires, `defs` holds the assets, checks, job and schedule, `domain` the rules (pure), `upstream`
the conversation with the hiscores, `store` the reads and writes in MongoDB. No other location is imported.
"""
