"""Seeded synthetic telemetry, realistic or hostile, as a stream or loaded into MongoDB.

Belongs here: only the public names. `telemetry` produces the stream, `loading` writes it, `player` and the modules next
to it simulate what happens, `hostile` adds invalid copies, `catalogue` contains facts about the game.
"""

from wrapped_devkit.generator.loading import write
from wrapped_devkit.generator.telemetry import estimate, generate

__all__ = ["estimate", "generate", "write"]
