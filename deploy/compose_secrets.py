"""Random passwords for deploy/compose.yaml, in a folder that only its owner can enter; existing files are kept.

What belongs here: writing deploy/secrets. What does not: any use of them.
"""

import secrets
import sys
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent / "secrets"
USERS: Final = ("player_stats", "hiscores", "image_map", "ingestor", "web", "web_editor", "operator")
"""MongoDB's users: what each may do is in shared/wrapped_shared/src/wrapped_shared/rights.py."""
_READ_BY_A_CONTAINERS_USER: Final = frozenset({"mongo_password"})
"""MongoDB's image drops root before it reads its password, and a mounted file keeps its owner and permissions."""


def write(folder: Path) -> list[str]:
    """Write the files that are missing; return their names.

    A password is only created together with the file that repeats it in another format, so the two agree.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    postgres, mongo = (_password(folder / name) for name in ("postgres_password", "mongo_password"))
    users = {user: _password_in_uri(folder / f"{user}.env") for user in USERS}
    texts = {
        "postgres_password": postgres,
        "mongo_password": mongo,
        "dagster.env": f"DAGSTER_PG_PASSWORD={postgres}\n",
        "locations.env": "# WRAPPED_ALERT_WEBHOOK=https://... gets a line for each failed run\n",
        "mongo_users.env": _uri("wrapped", mongo)
        + "".join(f"MONGO_PASSWORD_{user.upper()}={password}\n" for user, password in users.items()),
        **{f"{user}.env": _uri(user, password) for user, password in users.items()},
    }
    missing = [name for name in texts if not (folder / name).exists()]
    for name in missing:
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(texts[name])
        if name in _READ_BY_A_CONTAINERS_USER:
            path.chmod(0o444)
    return missing


def _password(path: Path) -> str:
    return path.read_text().strip() if path.exists() else secrets.token_hex(24)


def _password_in_uri(path: Path) -> str:
    """Return the password in a file that `_uri` made, or a new one."""
    return path.read_text().split(":")[2].partition("@")[0] if path.exists() else secrets.token_hex(24)


def _uri(user: str, password: str) -> str:
    return f"MONGO_URI=mongodb://{user}:{password}@mongo:27017/?authSource=admin\n"


if __name__ == "__main__":
    made = write(FOLDER)
    sys.stdout.write(f"made {', '.join(made)} in deploy/secrets\n" if made else "deploy/secrets has them all\n")
