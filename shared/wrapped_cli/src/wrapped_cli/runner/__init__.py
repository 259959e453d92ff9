"""Runs without a daemon: what `wrapped run` materialises, and how.

The command's process starts one worker (`session`) and shows what it reports (`report`); it never imports Dagster,
which takes seconds. The worker (`worker`) loads the locations once (`locations`), reads from MongoDB what there is to
do and does it in order (`work`), as runs (`plan`) on the instance (`instance`), whose events it follows (`execution`).
`processes` checks whether a run's process is alive, `launcher` does the same for the daemon of `make dev`.
"""
