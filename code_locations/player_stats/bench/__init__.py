"""Benchmarks of `player_stats`: `python -m bench` in the location's folder, or `make bench`.

Machines are noisy, so speed is told as ratios of two things measured in one run. Nothing here is a test.
"""
