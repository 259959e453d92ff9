"""What is in an image, who built it and what is known against it: bills, advisories, provenance.

What belongs here: the scripts `scan`, `provenance` and `sbom` in `deploy`, and targets that call them. What does not:
the Dockerfiles (`test_images`), built images (`test_images_built`).
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[1]
STATUS: Final = """\
Package: openssl
Status: install ok installed
Architecture: amd64
Version: 3.0.17-1~deb12u3
Description: a toolkit
 of many lines

Package: libssl3
Status: install ok installed
Architecture: amd64
Source: openssl (3.0.17)
Version: 3.0.17-1~deb12u3

Package: removed
Status: deinstall ok config-files
Architecture: amd64
Version: 1
"""


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "deploy" / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_the_bill_lists_the_packages_of_the_system_with_their_sources(tmp_path: Path) -> None:
    (tmp_path / "status").write_text(STATUS)
    done = run("sbom.py", "hiscores", "--status", tmp_path / "status")
    listed = {
        one["name"]: one for one in json.loads(done.stdout)["components"] if one.get("purl", "").startswith("pkg:deb/")
    }
    assert set(listed) == {"openssl", "libssl3"}
    assert listed["libssl3"]["purl"] == "pkg:deb/debian/libssl3@3.0.17-1~deb12u3?arch=amd64"
    assert listed["libssl3"]["properties"] == [{"name": "debian:source", "value": "openssl"}]


def test_an_unknown_image_has_no_bill_of_materials() -> None:
    done = run("sbom.py", "wiki")
    assert done.returncode == 2
    assert "'wiki' (choose from " in done.stderr


def test_our_packages_have_names_of_their_own_and_no_lock_asks_an_index_for_one() -> None:
    projects = [*ROOT.glob("shared/*/pyproject.toml"), *ROOT.glob("code_locations/*/pyproject.toml")]
    names = {tomllib.loads(path.read_text())["project"]["name"] for path in projects}
    assert len(names) == len(projects)
    assert all(name.startswith("runelite-wrapped-") for name in names)
    for lock in [*ROOT.glob("deploy/*.lock"), *ROOT.glob("code_locations/*/*.lock"), ROOT / "requirements-dev.lock"]:
        assert "wrapped" not in lock.read_text(), lock.name


def bill(folder: Path, **packages: str) -> Path:
    """A bill with the packages of PyPI that are named, and openssl."""
    components: list[dict[str, Any]] = [
        {"name": name, "version": version, "purl": f"pkg:pypi/{name}@{version}"} for name, version in packages.items()
    ]
    source = {"name": "debian:source", "value": "openssl"}
    purl = "pkg:deb/debian/libssl3@3.0.17-1~deb12u3?arch=amd64"
    components.append({"name": "libssl3", "version": "3.0.17-1~deb12u3", "purl": purl, "properties": [source]})
    path = folder / "image.cdx.json"
    path.write_text(json.dumps({"components": [*components, {"name": "ours", "purl": "pkg:pypi/ours"}]}))
    return path


def advisory(name: str, *events: dict[str, str], ecosystem: str = "PyPI", **more: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    affected = {"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges, **more}
    return {"id": f"TEST-{name}", "summary": "a hole", "affected": [affected]}


SINCE_2: Final = ({"introduced": "2.0"}, {"fixed": "2.10"})


@pytest.mark.parametrize(
    ("known", "version", "found"),
    [
        (advisory("Pillow", *SINCE_2), "1.9", False),
        (advisory("Pillow", *SINCE_2), "2.0", True),
        (advisory("Pillow", *SINCE_2), "2.9", True),  # as a number, not as a text
        (advisory("Pillow", *SINCE_2), "2.10", False),
        (advisory("Pillow", {"introduced": "0"}, {"last_affected": "3"}), "3", True),
        (advisory("Pillow", {"introduced": "0"}, {"last_affected": "3"}), "3.0.1", False),
        (advisory("Pillow", {"introduced": "4"}, {"fixed": "5"}, {"introduced": "0"}, {"fixed": "1"}), "4.1", True),
        (advisory("Pillow", {"introduced": "4"}, {"fixed": "5"}, {"introduced": "0"}, {"fixed": "1"}), "2", False),
        (advisory("Pillow", versions=["7.0"]), "7.0", True),
        (advisory("pillow-simd", {"introduced": "0"}), "7.0", False),
        (advisory("Pillow", {"introduced": "0"}, ecosystem="npm"), "7.0", False),
        ({**advisory("Pillow", {"introduced": "0"}), "withdrawn": "2026-01-01T00:00:00Z"}, "7.0", False),
        (advisory("openssl", {"introduced": "0"}, {"fixed": "3.0.17-1~deb12u4"}, ecosystem="Debian:12"), "1", True),
        (advisory("openssl", {"introduced": "0"}, {"fixed": "3.0.17-1~deb12u3"}, ecosystem="Debian:12"), "1", False),
    ],
)
def test_the_scan_finds_exactly_what_an_advisory_is_about(
    tmp_path: Path, known: dict[str, Any], version: str, found: bool
) -> None:
    (tmp_path / "known.json").write_text(json.dumps([known]))
    done = run("scan.py", "--advisories", tmp_path / "known.json", bill(tmp_path, pillow=version))
    assert done.returncode == (1 if found else 0), done.stderr
    assert (known["id"] in done.stdout) == found
    assert "2 packages compared" in done.stdout


def test_a_scan_of_a_folder_reads_every_advisory_in_it(tmp_path: Path) -> None:
    (tmp_path / "osv").mkdir()
    for name in ("pillow", "polars"):
        (tmp_path / "osv" / f"{name}.json").write_text(json.dumps(advisory(name, {"introduced": "0"})))
    done = run("scan.py", "--advisories", tmp_path / "osv", bill(tmp_path, pillow="1", polars="2"))
    assert "pillow 1 (PyPI): TEST-pillow a hole" in done.stdout
    assert "polars 2 (PyPI): TEST-polars a hole" in done.stdout


def test_a_scan_that_could_not_compare_says_so_and_is_no_success(tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("{}")
    for advisories in (tmp_path / "missing.json", tmp_path / "no.json"):
        done = run("scan.py", "--advisories", advisories, bill(tmp_path))
        assert done.returncode == 2
        assert done.stderr.startswith("the scan failed: ")
        assert done.stderr.count("\n") == 1


IMAGE: Final = f"registry.example/wrapped/hiscores@sha256:{'a' * 64}"
BASE: Final = f"python:3.11.14-slim-bookworm@sha256:{'b' * 64}"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "images.pem"
    assert run("provenance.py", "keys", "--key", path).returncode == 0
    return path


def provenance(key: Path, image: str = IMAGE) -> subprocess.CompletedProcess[str]:
    lock = ROOT / "code_locations" / "hiscores" / "requirements.lock"
    return run("provenance.py", "sign", "--key", key, "--image", image, "--base", BASE, "--revision", "c" * 40, lock)


def checked(key: Path, made: Path, image: str = IMAGE) -> subprocess.CompletedProcess[str]:
    return run("provenance.py", "verify", "--key", f"{key}.pub", "--image", image, made)


def test_a_provenance_says_what_an_image_was_built_from_and_is_verified(tmp_path: Path, key: Path) -> None:
    made = tmp_path / "made.json"
    made.write_text(provenance(key).stdout)
    assert key.stat().st_mode & 0o777 == 0o600
    done = checked(key, made)
    assert (done.returncode, done.stdout) == (0, f"built from commit {'c' * 40}\n")


def test_another_image_another_key_and_a_changed_provenance_are_refused(tmp_path: Path, key: Path) -> None:
    made = tmp_path / "made.json"
    made.write_text(provenance(key).stdout)
    other = checked(key, made, IMAGE.replace("a", "d"))
    assert (other.returncode, other.stderr.count("\n")) == (1, 1)
    run("provenance.py", "keys", "--key", tmp_path / "theirs.pem")
    assert "not by this key" in checked(tmp_path / "theirs.pem", made).stderr
    envelope = json.loads(made.read_text())
    envelope["payload"] = envelope["payload"][:-8] + "AAAA" + envelope["payload"][-4:]
    made.write_text(json.dumps(envelope))
    assert "was changed" in checked(key, made).stderr


def test_a_tag_is_signed_for_nobody_and_a_key_is_never_overwritten(key: Path) -> None:
    done = provenance(key, "registry.example/wrapped/hiscores:1.0")
    assert (done.returncode, done.stdout) == (1, "")
    assert "has no digest" in done.stderr
    before = key.read_bytes()
    assert run("provenance.py", "keys", "--key", key).returncode == 1
    assert key.read_bytes() == before


@pytest.mark.parametrize("base", ["python:3.11.14-slim-bookworm", "python@sha256:1234", ""])
def test_no_image_is_built_from_a_base_without_a_digest(base: str) -> None:
    command = ["make", "-s", "image-hiscores", f"BASE_IMAGE={base}", "IMAGE_BUILDER=false"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "the base image has no digest: run 'make base-image'" in done.stderr


@pytest.mark.parametrize("base", [BASE, "localhost/python:3.11-slim-bookworm"])
def test_an_image_is_built_from_the_base_that_is_given(base: str) -> None:
    command = ["make", "-sn", "image-hiscores", f"BASE_IMAGE={base}", "IMAGE_BUILDER=podman"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert f"--build-arg BASE_IMAGE={base} " in done.stdout
    assert "podman build --timestamp 1577836800 " in done.stdout
