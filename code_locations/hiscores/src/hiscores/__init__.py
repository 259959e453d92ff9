"""The hiscores location: a scheduled, polite, exact scrape of the OSRS Hiscores, and gains that never overstate.

`definitions` wires it up, `defs` contains the assets, checks, job and schedule, `domain` the rules (pure), `upstream`
the requests to the hiscores, `store` the reads and writes in MongoDB. No other location is imported.
"""
