"""TLS to both databases with a private CA: the right one works, a wrong CA or name is refused in one clear line."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster_postgres.utils import DagsterPostgresException
from deploy_manifests import ROOT
from deployed_processes import PASSWORD, Addresses, start_postgres
from mongo_access import PASSWORDS, guarded_server, uri_of
from private_ca import Authority, new_authority
from tls_in_front import with_tls
from wrapped_shared.mongo import MongoResource, MongoUnavailable

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")]


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return new_authority(tmp_path_factory.mktemp("ours") / "ca")


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return new_authority(tmp_path_factory.mktemp("another") / "ca")


@pytest.fixture(scope="module")
def mongo_over_tls(ours: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with users and a certificate for 127.0.0.1; yields the connection string without TLS options."""
    certificate, key = ours.issue("127.0.0.1")
    options = ["--tls-cert-file", str(certificate), "--tls-key-file", str(key)]
    with guarded_server(tmp_path_factory.mktemp("mongo"), *options) as address:
        yield uri_of(address, "web") + "&serverSelectionTimeoutMS=3000"


def test_mongodb_is_used_over_tls_with_the_ca_that_the_uri_names(mongo_over_tls: str, ours: Authority) -> None:
    with MongoResource(uri=f"{mongo_over_tls}&tls=true&tlsCAFile={ours.certificate}").open() as mongo:
        assert mongo.analytics["wrapped_reports"].find_one({}) is None


def test_mongodb_with_a_certificate_of_another_ca_or_name_is_refused_in_one_line(
    mongo_over_tls: str, ours: Authority, another: Authority
) -> None:
    by_name = mongo_over_tls.replace("@127.0.0.1:", "@localhost:")
    tried = {
        f"{mongo_over_tls}&tls=true&tlsCAFile={another.certificate}": "certificate verify failed",
        f"{by_name}&tls=true&tlsCAFile={ours.certificate}": "certificate is not valid for 'localhost'",
        f"{mongo_over_tls}&tls=true&tlsCAFile=/no/such/ca.crt": "not readable",
    }
    for uri, reason in tried.items():
        with pytest.raises(MongoUnavailable) as refused, MongoResource(uri=uri).open() as mongo:
            mongo.analytics["wrapped_reports"].find_one({})
        message = str(refused.value)
        assert reason in message
        assert "\n" not in message
        assert PASSWORDS["web"] not in message
        assert "of+web" not in message


@pytest.fixture(scope="module")
def postgres_over_tls(ours: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """PostgreSQL with a certificate for its address; yields the address."""
    addresses = Addresses()
    address, behind = addresses.next(), addresses.next()
    server = start_postgres(tmp_path_factory.mktemp("postgres") / "data", behind)
    try:
        with with_tls(address, behind, *ours.issue(address)):
            yield address
    finally:
        server.end()


def runs_counted(home: Path, monkeypatch: pytest.MonkeyPatch, host: str, **settings: object) -> int:
    """Use the deployment's instance, which has no runs, with these settings of TLS."""
    home.mkdir()
    shutil.copy(ROOT / "deploy" / "dagster.yaml", home)
    named = {"HOST": host, "PORT": "5432", "DB": "dagster", "USERNAME": "dagster", "PASSWORD": PASSWORD}
    for name, value in {**{f"DAGSTER_PG_{name}": value for name, value in named.items()}, **settings}.items():
        monkeypatch.setenv(name, str(value))
    with dg.DagsterInstance.from_config(str(home)) as instance:
        return instance.get_runs_count()


def test_dagster_uses_postgresql_over_tls_and_verifies_ca_and_name(
    postgres_over_tls: str, ours: Authority, another: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": ours.certificate}
    assert runs_counted(tmp_path / "right", monkeypatch, postgres_over_tls, **verify) == 0
    with pytest.raises(DagsterPostgresException) as wrong_ca:
        runs_counted(tmp_path / "ca", monkeypatch, postgres_over_tls, **verify | {"PGSSLROOTCERT": another.certificate})
    assert "certificate verify failed" in reasons(wrong_ca.value)
    monkeypatch.setenv("PGHOSTADDR", postgres_over_tls)  # the same server by another name
    with pytest.raises(DagsterPostgresException) as wrong_name:
        runs_counted(tmp_path / "name", monkeypatch, "another.example", **verify)
    assert 'does not match host name "another.example"' in reasons(wrong_name.value)
    for refused in (wrong_ca, wrong_name):
        assert PASSWORD not in reasons(refused.value)


def reasons(error: BaseException | None) -> str:
    """What an error and its causes say."""
    return f"{error}\n{reasons(error.__cause__ or error.__context__)}" if error else ""
