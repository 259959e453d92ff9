"""What people use: the command `wrapped`, with importers, the runner, an embedded MongoDB, reports and their pages.

Nothing here is part of a deployment: no code location imports this package, and no image holds it. Synthetic data and
stand-ins for the OSRS services are `wrapped_devkit`'s.
"""
