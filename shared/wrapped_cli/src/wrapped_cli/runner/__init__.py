"""Runs without a daemon: what `wrapped run` materialises, and how.

The command's process starts one worker (`session`) and shows what that reports (`report`); it never imports Dagster,
which takes seconds. The worker (`worker`) loads the locations once (`locations`), asks MongoDB what there is to do and
does it in order (`work`), as runs (`plan`) on the instance (`instance`), whose events it follows (`execution`).
`processes` tells whether a run's process is there, `launcher` tells it to the daemon of `make dev`.
"""
