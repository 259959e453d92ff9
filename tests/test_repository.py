"""Rules for the repository as a whole: locks, hosts, sizes."""

import re
import subprocess
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Written in two halves, so that this file does not name them.
REGISTRY_HOSTS = [
    f"{name}.{domain}"
    for name, domain in (
        ("pypi", "org"),
        ("pypi", "python.org"),
        ("pythonhosted", "org"),
        ("piwheels", "org"),
        ("anaconda", "(org|com)"),
        ("npmjs", "(org|com)"),
        ("yarnpkg", "com"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("proxy.golang", "org"),
        ("docker", "(io|com)"),
        ("ghcr", "io"),
        ("gcr", "io"),
        ("quay", "io"),
        ("registry.k8s", "io"),
        ("mcr.microsoft", "com"),
        ("public.ecr", "aws"),
        ("pkg", "dev"),
        ("debian", "org"),
        ("ubuntu", "com"),
        ("alpinelinux", "org"),
    )
]
LOCATION_LOCKS = sorted(ROOT.glob("code_locations/*/requirements.lock"))
PROJECTS = sorted([*ROOT.glob("code_locations/*/pyproject.toml"), *ROOT.glob("shared/*/pyproject.toml")])
BUILD_LOCK = ROOT / "deploy/build.lock"
LOCKS = [ROOT / "requirements-dev.lock", ROOT / "deploy/requirements.lock", BUILD_LOCK, *LOCATION_LOCKS]


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_locks_are_pinned_and_hashed_and_name_no_host(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    requirements = re.findall(r"^([a-z0-9][^\s]*)", text, flags=re.MULTILINE | re.IGNORECASE)
    assert requirements
    assert all("==" in requirement for requirement in requirements)
    assert text.count("--hash=sha256:") >= len(requirements)
    if lock != BUILD_LOCK:
        assert "sqlalchemy==2.0." in text  # 2.1 would read postgresql:// as psycopg 3


def test_every_location_has_its_own_lock() -> None:
    folders = {path.parent.name for path in ROOT.glob("code_locations/*/pyproject.toml")}
    assert folders == {lock.parent.name for lock in LOCATION_LOCKS}


def test_every_committed_lock_is_checked() -> None:
    assert {path for path in committed() if path.suffix == ".lock"} == set(LOCKS)


def declared(project: Path) -> list[str]:
    """A package's declared dependencies, without this repository's packages."""
    table = tomllib.loads(project.read_text())["project"]
    optional = table.get("optional-dependencies", {}).values()
    return [one for one in [*table["dependencies"], *chain(*optional)] if not one.startswith("runelite-wrapped-")]


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.parent.name)
def test_every_dependency_is_declared_with_one_version_and_locked_to_it(project: Path) -> None:
    own = project.parent / "requirements.lock"
    locked = (own if own.is_file() else LOCKS[0]).read_text()
    for one in declared(project):
        pinned, _, marker = one.partition(";")
        assert re.fullmatch(r"[a-z0-9-]+==[^*\s]+", pinned.strip()), one
        assert re.search(rf"^{re.escape(pinned.strip())} {';' if marker else ''}", locked, flags=re.MULTILINE), one


def test_no_lock_with_hosts_is_committed() -> None:
    assert not [path for path in committed() if path.name in ("uv.lock", "package-lock.json", "poetry.lock")]


def test_no_committed_file_names_a_package_or_image_host() -> None:
    hosts = re.compile("|".join(host.replace(".", r"\.") for host in REGISTRY_HOSTS).encode())
    naming = {
        str(path.relative_to(ROOT)): sorted({found.group().decode() for found in hosts.finditer(path.read_bytes())})
        for path in committed()
    }
    assert not {name: found for name, found in naming.items() if found}


def test_source_files_stay_small() -> None:
    large = {
        str(path.relative_to(ROOT)): lines
        for path in committed()
        if path.suffix == ".py" and (lines := len(path.read_text().splitlines())) > 300
    }
    assert not large
