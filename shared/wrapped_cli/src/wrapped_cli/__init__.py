"""What people use: the command `wrapped`, with importers, the runner, an embedded MongoDB, reports and their pages.

Nothing here is deployed: no code location imports this package, and no image contains it. Synthetic data and stand-ins
for the OSRS services are in `wrapped_devkit`.
"""
