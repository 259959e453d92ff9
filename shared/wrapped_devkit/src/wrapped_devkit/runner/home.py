"""The folder of the Dagster instance that `wrapped` uses: `DAGSTER_HOME`, else .wrapped/dagster in the project."""

import os
import shutil
from pathlib import Path

from wrapped_devkit.embedded import project_root
from wrapped_devkit.errors import DevkitError


def dagster_home() -> Path:
    """Return the instance's folder; a new or empty one gets the settings of deploy/local/dagster.yaml.

    Raises:
        DevkitError: DAGSTER_HOME is no folder and cannot be made one.
    """
    configured = os.environ.get("DAGSTER_HOME")
    own = project_root() / ".wrapped" / "dagster"
    home = Path(configured).expanduser().resolve() if configured else own
    try:
        home.mkdir(parents=True, exist_ok=True)
        if home == own or not any(home.iterdir()):
            shutil.copyfile(project_root() / "deploy" / "local" / "dagster.yaml", home / "dagster.yaml")
    except OSError as error:
        raise DevkitError(f"DAGSTER_HOME cannot be used: {home}: {error.strerror} - set it to a folder") from None
    return home
