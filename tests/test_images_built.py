"""The real images: built, inspected, and started as a cluster would start them. `make test-images` runs this.

Settings, so that any builder can be used: IMAGE_BUILD, a program that is called with the context, the Dockerfile, the
tag and further build arguments (default: `docker build` or similar); IMAGE_RUNNER, the command that runs containers
(default: docker or podman), and IMAGE_RUN_ARGS, further arguments for its `run`.
"""

import json
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from deploy_manifests import LOCATIONS

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).parents[1]
IMAGES = (*LOCATIONS, "system")
RUNNER = (
    shlex.split(os.environ.get("IMAGE_RUNNER", "")) or [tool for tool in ("docker", "podman") if shutil.which(tool)][:1]
)
HARDENED = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "all", "--security-opt", "no-new-privileges"]  # noqa: S108
HARDENED += ["--network", "none", *shlex.split(os.environ.get("IMAGE_RUN_ARGS", ""))]
REVISION = "0123456789abcdef0123456789abcdef01234567"
MATRIX = {
    "PIL": {"image_map"},
    "bs4": {"hiscores"},
    "httpx": {"hiscores", "image_map"},
    "polars": {"player_stats"},
    "pymongo": set(LOCATIONS),
    "fontpkg_bitter": {"image_map"},
    "wrapped_card": {"image_map"},
    "wrapped_shared": set(LOCATIONS),
    "wrapped_launcher": {"system"},
    **{location: {location} for location in LOCATIONS},
    "dagster": set(IMAGES),
    "dagster_postgres": set(IMAGES),
    "dagster_k8s": set(IMAGES),
    "psycopg2": set(IMAGES),
    "dagster_webserver": {"system"},
    "wrapped_cli": set(),
    "wrapped_devkit": set(),
    "secantus": set(),
    "pytest": set(),
    "hatchling": set(),
    "typer": set(),
    "psycopg": set(),
}
"""Which images can import which package."""
LOOK = """
import importlib.util, json, os, shutil, sys
found = [name for name in sys.argv[1].split(",") if importlib.util.find_spec(name)]
writable = [folder for folder, _, _ in os.walk("/app") if os.access(folder, os.W_OK)]
inside = [os.path.join(folder, name) for folder, folders, names in os.walk("/app/code") for name in folders + names]
tools = [tool for tool in ("gcc", "cc", "c++", "make", "uv", "git") if shutil.which(tool)]
venv_pip = os.path.exists("/app/.venv/bin/pip")
print(json.dumps({"found": found, "writable": writable, "inside": inside, "tools": tools, "pip": venv_pip,
                  "uid": os.getuid(), "gid": os.getgid(), "build": os.path.exists("/build"),
                  "env": sorted(os.environ)}))
"""


def command(*arguments: str, patience: float = 120) -> str:
    done = subprocess.run([*RUNNER, *arguments], capture_output=True, text=True, timeout=patience)
    assert done.returncode == 0, f"{' '.join(arguments[:3])}: {done.stderr[-2000:]}"
    return done.stdout


def tag(image: str) -> str:
    return f"localhost/wrapped-{image.replace('_', '-')}:imagetest"


def build(image: str, revision: str = REVISION) -> None:
    dockerfile = "system" if image == "system" else "location"
    extra = ["--build-arg", "VERSION=9.8.7", "--build-arg", f"REVISION={revision}"]
    extra += [] if image == "system" else ["--build-arg", f"LOCATION={image}"]
    file = f"deploy/{dockerfile}.Dockerfile"
    program = shlex.split(os.environ.get("IMAGE_BUILD", ""))
    if program:
        line = [*program, ".", file, tag(image), *extra]
    else:
        line = [*RUNNER, "build", "-f", file, "-t", tag(image), *extra, "."]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-3000:]


def inspected(image: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(command("image", "inspect", tag(image)))[0]
    return found


@pytest.fixture(scope="module")
def built() -> dict[str, float]:
    """The size of each image in MB, once all are built."""
    if not RUNNER:
        pytest.skip("no docker or podman found: set IMAGE_RUNNER")
    sizes = {}
    for image in IMAGES:
        began = time.monotonic()
        build(image)
        sizes[image] = round(inspected(image)["Size"] / 1e6)
        print(f"{image}: {sizes[image]} MB, built in {time.monotonic() - began:.0f} s")  # noqa: T201
    return sizes


@pytest.fixture(scope="module")
def looked(built: dict[str, float]) -> dict[str, dict[str, Any]]:
    """What a process in each image sees, started as a cluster would start it."""
    names = ",".join(MATRIX)
    return {
        image: json.loads(command("run", "--rm", *HARDENED, tag(image), "python", "-c", LOOK, names))
        for image in IMAGES
    }


def test_each_image_can_import_only_its_own_packages(looked: dict[str, dict[str, Any]]) -> None:
    found = {name: {image for image in IMAGES if name in looked[image]["found"]} for name in MATRIX}
    for name, images in found.items():
        print(f"{name:18}", *(f"{image if image in images else '-':14}" for image in IMAGES))  # noqa: T201
    assert found == MATRIX


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_contains_no_tools_tests_or_secrets(image: str, looked: dict[str, dict[str, Any]]) -> None:
    seen = looked[image]
    assert (seen["uid"], seen["gid"]) == (10001, 10001)
    assert seen["writable"] == []
    assert seen["tools"] == []
    assert not seen["pip"]
    assert not seen["build"]
    assert not [path for path in seen["inside"] if "/tests" in path or path.endswith((".lock", ".toml"))]
    assert not [name for name in seen["env"] if any(word in name for word in ("PASSWORD", "SECRET", "TOKEN", "URI"))]


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_says_what_it_is_and_how_it_starts(image: str, built: dict[str, float]) -> None:
    config = inspected(image)["Config"]
    assert config["User"] == "10001:10001"
    assert not config.get("Entrypoint")
    assert config["Cmd"][0] == ("dagster-webserver" if image == "system" else "dagster")
    assert config["Labels"]["org.opencontainers.image.version"] == "9.8.7"
    assert config["Labels"]["org.opencontainers.image.revision"] == REVISION
    assert config["Labels"]["org.opencontainers.image.title"] == f"wrapped-{image}"


def test_another_release_is_not_served_from_the_cache_but_shares_the_dependency_layer(
    built: dict[str, float],
) -> None:
    before = inspected("hiscores")["RootFS"]["Layers"]
    build("hiscores", revision="f" * 40)
    after = inspected("hiscores")
    release = command("run", "--rm", *HARDENED, tag("hiscores"), "cat", "/app/code/release")
    assert after["Config"]["Labels"]["org.opencontainers.image.revision"] == "f" * 40
    assert release == f"wrapped-hiscores 9.8.7 {'f' * 40}\n"
    assert after["RootFS"]["Layers"][:-1] == before[:-1]  # all except the last, our own code
    build("hiscores")


@pytest.fixture
def started(request: pytest.FixtureRequest, built: dict[str, float]) -> Iterator[str]:
    """An image's container, without network, settings and privileges; removed afterwards."""
    image = request.param
    arguments = ["run", "-d", *HARDENED]
    line: list[str] = []
    if image == "system":  # with a temporary instance, since there is no PostgreSQL here
        arguments += ["--env", "DAGSTER_HOME=/tmp"]
        line = ["dagster-webserver", "-h", "127.0.0.1", "-p", "3000", "--empty-workspace"]
    container = command(*arguments, tag(image), *line).strip().splitlines()[-1]
    try:
        yield container
    finally:
        command("rm", "-f", container)


HEALTHY = {
    "location": ["dagster", "api", "grpc-health-check", "-p", "4000"],
    "system": ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:3000/server_info', timeout=5)"],
}


@pytest.mark.parametrize(
    ("started", "check"), [*((name, "location") for name in LOCATIONS), ("system", "system")], indirect=["started"]
)
def test_it_is_healthy_read_only_and_unprivileged_without_settings_and_stops_gracefully(
    started: str, check: str
) -> None:
    began = time.monotonic()
    while subprocess.run([*RUNNER, "exec", started, *HEALTHY[check]], capture_output=True).returncode != 0:
        running = command("inspect", "--format", "{{.State.Running}}", started).strip()
        logs = subprocess.run([*RUNNER, "logs", started], capture_output=True, text=True)
        assert running == "true", logs.stderr[-2000:]
        assert time.monotonic() - began < 90, logs.stderr[-2000:]
        time.sleep(0.5)
    print(f"healthy after {time.monotonic() - began:.1f} s")  # noqa: T201
    command("stop", "-t", "20", started)
    assert command("inspect", "--format", "{{.State.ExitCode}}", started).strip() == "0"
