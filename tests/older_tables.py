"""The instance's tables as an older Dagster left them, with a run in them, to test `dagster instance migrate`.

What belongs here: creating them from current tables, by Dagster's own downgrades. What does not: migrating them.
"""

from importlib import import_module
from pathlib import Path
from typing import Final

import dagster as dg
import yaml
from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster._core.storage.sql import run_alembic_downgrade
from dagster_postgres.utils import pg_alembic_config
from deployed_processes import PASSWORD, ask_postgres
from sqlalchemy import create_engine

OLDER: Final = "284a732df317"
"""The revision of July 2024: before runs recorded their backfill, and before backfills had tags."""
STORED_BY_THE_OLDER: Final = "stored_by_the_older_dagster"


def make_older_tables(folder: Path, host: str) -> str:
    """Create tables of the revision OLDER in the empty database at a host; return the id of the run in them."""
    storage = {
        "scheme": "postgresql+psycopg2",
        "hostname": host,
        "port": 5432,
        "db_name": "dagster",
        "username": "dagster",
        "password": PASSWORD,
    }
    folder.mkdir()
    config = {"storage": {"postgres": {"postgres_db": storage}}, "telemetry": {"enabled": False}}
    (folder / "dagster.yaml").write_text(yaml.safe_dump(config))

    @dg.asset(name=STORED_BY_THE_OLDER)
    def stored() -> None:
        """Store a run and a materialisation."""

    with dg.DagsterInstance.from_config(str(folder)) as instance:
        quiet = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}
        run_id = dg.materialize([stored], instance=instance, run_config=quiet).run_id
    engine = create_engine(f"postgresql+psycopg2://dagster:{PASSWORD}@{host}:5432/dagster")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        run_alembic_downgrade(_migrations(), connection, OLDER)
    engine.dispose()
    assert revision(host) == OLDER
    return run_id


def revision(host: str) -> str:
    """Return the revision of the tables at a host."""
    return str(ask_postgres(host, "SELECT version_num FROM alembic_version"))


def newest_revision() -> str:
    """Return the revision of this Dagster's tables."""
    return str(ScriptDirectory.from_config(_migrations()).get_current_head())


def _migrations() -> Config:
    return pg_alembic_config(str(import_module("dagster_postgres.run_storage.run_storage").__file__))
