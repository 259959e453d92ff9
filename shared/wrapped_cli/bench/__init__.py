"""What `wrapped run` costs beside the work itself, as ratios: `python -m bench` in this package's folder."""
