"""Where the command and the devkit keep their files: `.wrapped/` in the project root.

Only paths are computed here; nothing is created.
"""

from pathlib import Path

_MARK = "workspace.yaml"  # exists in the project root and nowhere else


def project_root() -> Path:
    """Return the project root: searched from the current folder upwards, then from this package's folder.

    Outside a checkout (an installed package), the current folder is used.
    """
    here = Path.cwd()
    for start in (here, Path(__file__).resolve().parent):
        for folder in (start, *start.parents):
            if (folder / _MARK).is_file() and (folder / "shared" / "wrapped_cli").is_dir():
                return folder
    package = Path(__file__).resolve().parents[5]
    return package if (package / "shared" / "wrapped_cli").is_dir() else here


def state_dir() -> Path:
    """Return the project's folder `.wrapped`, ignored by git, for everything created at run time."""
    return project_root() / ".wrapped"


def default_data_dir() -> Path:
    """Return the default data folder of the embedded MongoDB."""
    return state_dir() / "mongo"
