"""The overhead of `wrapped run`, as ratios: `python -m bench` in this package's folder."""
