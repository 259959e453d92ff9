"""Where the devkit keeps its files: `.wrapped/` in the root of the project.

Only paths are worked out here; nothing is made.
"""

from pathlib import Path

_MARK = "workspace.yaml"  # lies in the root of the project and nowhere else


def project_root() -> Path:
    """Return the root of the project: from the current folder upwards, else where this package lies.

    Outside any checkout (an installed devkit) the current folder takes its place.
    """
    here = Path.cwd()
    for start in (here, Path(__file__).resolve().parent):
        for folder in (start, *start.parents):
            if (folder / _MARK).is_file() and (folder / "shared" / "wrapped_cli").is_dir():
                return folder
    package = Path(__file__).resolve().parents[5]
    return package if (package / "shared" / "wrapped_cli").is_dir() else here


def state_dir() -> Path:
    """Return the folder `.wrapped` of the project, ignored by git, for everything made at run time."""
    return project_root() / ".wrapped"


def default_data_dir() -> Path:
    """Return the data folder of the embedded MongoDB when no other is asked for."""
    return state_dir() / "mongo"
