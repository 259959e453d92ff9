"""The base of every location's settings: read from the environment in the step that needs them, never at import.

What belongs here: how settings are read and how an invalid one is reported. What does not: the settings of a location,
and those needed to load its definitions (`wrapped_shared.settings`).
"""

from typing import Self

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from wrapped_shared.settings import SettingsError


class EnvironmentSettings(BaseSettings):
    """Settings from environment variables: each field's alias names its variable; an empty variable is not set."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", str_strip_whitespace=True)

    @classmethod
    def load(cls) -> Self:
        """Read the environment.

        Raises:
            SettingsError: a variable has an invalid value; one line that names it, without the value.
        """
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            name = first["loc"][0] if first["loc"] else "a setting"
            raise SettingsError(f"{name} is not valid: {first['msg']}") from None
