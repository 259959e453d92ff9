"""Makes the MongoDB users of `wrapped_shared.rights`: `python -m wrapped_shared.mongo_users [--print]`.

MONGO_URI is that of an administrator who may create users and roles. A user is made, or given a new password, if the
environment has MONGO_PASSWORD_<NAME> for it, such as MONGO_PASSWORD_PLAYER_STATS. Roles are always brought up to date,
and missing indexes and validators created. `--print` only prints the roles, for mongosh.

What belongs here: carrying out the table. What does not: the rights themselves.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pymongo import MongoClient

from wrapped_shared.collections import ANALYTICS_DATABASE, RAW_DATABASE
from wrapped_shared.documents import Document
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource, MongoUnavailable
from wrapped_shared.rights import RIGHTS, privileges, role_of

_ADMIN: Final = "admin"
_PASSWORD: Final = "MONGO_PASSWORD_"  # noqa: S105 - the prefix of a variable's name


def make_roles(client: MongoClient[Document], raw: str = RAW_DATABASE, analytics: str = ANALYTICS_DATABASE) -> None:
    """Create each user's role, or replace its privileges.

    Args:
        client: an administrator's.
        raw: the name of the raw database.
        analytics: the name of the analytics database.
    """
    database = client[_ADMIN]
    for user in RIGHTS:
        found = database.command("rolesInfo", role_of(user))["roles"]
        verb = "updateRole" if found else "createRole"
        database.command(verb, role_of(user), privileges=privileges(user, raw, analytics), roles=[])


def make_users(client: MongoClient[Document], passwords: Mapping[str, str]) -> None:
    """Create users, or replace their passwords; each gets its role and no other.

    Args:
        client: an administrator's.
        passwords: by user.
    """
    database = client[_ADMIN]
    for user, password in passwords.items():
        verb = "updateUser" if database.command("usersInfo", user)["users"] else "createUser"
        database.command(verb, user, pwd=password, roles=[{"role": role_of(user), "db": _ADMIN}])


def passwords_of(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the passwords in an environment, by user."""
    found = {user: environment.get(f"{_PASSWORD}{user.upper()}", "") for user in RIGHTS}
    return {user: password for user, password in found.items() if password}


def for_mongosh() -> str:
    """Return the roles as statements for mongosh, run by an administrator who makes the users themselves."""
    lines = []
    for user in RIGHTS:
        role: dict[str, Any] = {"privileges": privileges(user, RAW_DATABASE, ANALYTICS_DATABASE), "roles": []}
        name = json.dumps(role_of(user))
        lines.append(
            f"admin = db.getSiblingDB({json.dumps(_ADMIN)}); role = {json.dumps(role)};\n"
            f"admin.getRole({name}) ? admin.updateRole({name}, role) : admin.createRole({{role: {name}, ...role}});\n"
        )
    return "".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Make roles, users, indexes and validators, and say which; return the exit code."""
    if "--print" in arguments:
        sys.stdout.write(for_mongosh())
        return 0
    passwords = passwords_of(os.environ)
    try:
        with MongoResource().open() as mongo:
            make_roles(mongo.client)
            make_users(mongo.client, passwords)
            created = ensure_indexes(mongo.raw, mongo.analytics).created
    except MongoUnavailable as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(
        f"{len(RIGHTS)} roles; users: {', '.join(passwords) or f'none (set {_PASSWORD}<NAME>)'}; "
        f"{len(created)} indexes and validators created\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
