"""Benchmarks of `player_stats`: `python -m bench` in the location's folder, or `make bench`.

Machines are noisy, so speeds are ratios of two measurements in one run. None of this is a test.
"""
