"""The model of `forgotten_players`, which `wrapped forget` writes and every location respects."""

from pydantic import Field

from wrapped_shared.models.base import BsonDate, Count, Day, Part


class ForgottenPlayer(Part):
    """`forgotten_players`: names whose events are skipped everywhere, written by `wrapped forget`.

    The hash keeps a name out of plain sight but does not protect against guessing: names are short and public.
    """

    id: str = Field(
        alias="_id",
        pattern=r"^[0-9a-f]{64}\|(\d{4}-\d{2}-\d{2}|\*)$",
        description="`<SHA-256 of the UTF-8 player_key, hex>|<until or *>`.",
    )
    until: Day | None = Field(description="The last day that is skipped (UTC); null = forever.")
    since: Day | None = Field(
        None,
        description="The first day that is skipped (UTC), where another player held the name before; null or absent = "
        "there is none.",
    )
    at: BsonDate = Field(description="When the player was forgotten.")
    player: str | None = Field(
        None, description="The hash of the name the player held last, the same for all their names."
    )
    ticket: Count = Field(
        0, description="The last turn before this was written: days that later turns read may leave the player out."
    )
    removed: bool = Field(
        False,
        description="Whether everything stored at that time was removed; until then `wrapped forget --sweep` "
        "removes it.",
    )
