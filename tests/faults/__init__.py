"""Faults of the databases and clocks, on purpose, and what must be true afterwards: `make test-faults`.

Each scene breaks something while real steps run, waits until all is well, and compares every document with those of a
run that nothing disturbed. What does not belong here: faults of upstreams, and killed processes (tests of locations).
"""
