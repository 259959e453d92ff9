"""The folder of the Dagster instance that `wrapped` uses: `DAGSTER_HOME`, else .wrapped/dagster in the project."""

import os
import shutil
from pathlib import Path

from wrapped_cli.embedded import project_root
from wrapped_cli.errors import CommandError


def dagster_home() -> Path:
    """Return the instance's folder; it gets the settings in deploy/local/dagster.yaml unless it has its own.

    Raises:
        CommandError: DAGSTER_HOME is not a folder and cannot be created.
    """
    configured = os.environ.get("DAGSTER_HOME")
    own = project_root() / ".wrapped" / "dagster"
    settings = project_root() / "deploy" / "local" / "dagster.yaml"
    home = Path(configured).expanduser().resolve() if configured else own
    try:
        home.mkdir(parents=True, exist_ok=True)
        if home == own or not any(home.iterdir()) or _is_ours(home / "dagster.yaml", settings):
            shutil.copyfile(settings, home / "dagster.yaml")
    except OSError as error:
        raise CommandError(f"DAGSTER_HOME cannot be used: {home}: {error.strerror} - set it to a folder") from None
    return home


def _is_ours(found: Path, settings: Path) -> bool:
    """Return whether settings were copied from here, perhaps by an earlier version: they begin with the same line."""
    return found.is_file() and found.read_text().partition("\n")[0] == settings.read_text().partition("\n")[0]
