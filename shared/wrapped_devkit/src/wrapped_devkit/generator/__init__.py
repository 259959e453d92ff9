"""Seeded synthetic telemetry, realistic or hostile, as a stream or loaded into MongoDB.

Belongs here: nothing but the public names. `telemetry` makes the stream, `loading` writes it, `player` and
its neighbours tell what happens, `hostile` spoils copies, `catalogue` holds the facts of the game.
"""

from wrapped_devkit.generator.loading import write
from wrapped_devkit.generator.telemetry import estimate, generate

__all__ = ["estimate", "generate", "write"]
