"""What tests and the demo use: a telemetry generator, stand-ins for the OSRS services, pytest fixtures.

Adds the commands `demo`, `generate` and `osrs-server` to `wrapped`. No code location imports this package, and no
image contains it.
"""
