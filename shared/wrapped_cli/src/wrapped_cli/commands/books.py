"""The location that keeps the books about raw events, for commands that remove events."""

from wrapped_shared.asset_keys import PLAYER_STATS

from wrapped_cli.errors import CommandError
from wrapped_cli.runner.locations import Location, UnusableLocation, load
from wrapped_cli.runner.workspace import choose, location_modules


def bookkeeper() -> Location:
    """Return the location that must remove events itself, because it knows what was counted.

    Raises:
        CommandError: it cannot be loaded.
    """
    try:
        return load(PLAYER_STATS, choose(location_modules(), [PLAYER_STATS])[PLAYER_STATS])
    except UnusableLocation as error:
        raise CommandError(str(error)) from None
