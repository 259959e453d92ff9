"""The settings that every location with an upstream has."""

from pydantic import Field

from wrapped_shared.environment import EnvironmentSettings
from wrapped_shared.http.errors import ContactMissing


class ContactSettings(EnvironmentSettings):
    """Who we are to the operators of an upstream."""

    contact: str = Field(
        "",
        alias="WRAPPED_CONTACT",
        description="E-mail address or web page for the User-Agent; required to send requests.",
    )

    def require_contact(self) -> None:
        """Stop if there is no contact.

        Raises:
            ContactMissing: WRAPPED_CONTACT is empty; then no requests may be sent.
        """
        if not self.contact:
            raise ContactMissing
