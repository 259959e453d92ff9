"""Print the CycloneDX bill of materials of one image: `sbom.py LOCATION|system`.

`cyclonedx-py` writes it from the lock that the image is installed from. What belongs here: which lock and package that
is, leaving out what the lock has for other platforms, and adding what the image's operating system lists. What does
not: getting that list out of an image (`images.mk`).
"""

import argparse
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

from debian.deb822 import Packages
from packaging.requirements import Requirement

ROOT: Final = Path(__file__).resolve().parents[1]
_IMAGE_PLATFORM: Final = {
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}


def bill(image: str, version: str, python: str = "3.11", status: Path | None = None) -> dict[str, Any]:
    """Return the bill of materials of an image as CycloneDX 1.5; the same lock gives the same document.

    Args:
        image: a folder of code_locations, or `system`.
        version: the image's version.
        python: the image's Python, "major.minor".
        status: the image's /var/lib/dpkg/status; without it, the packages of the base image are not listed.
    """
    folder = ROOT / "code_locations" / image
    package, lock = folder, folder / "requirements.lock"
    if image == "system":
        package, lock = ROOT / "shared" / "wrapped_launcher", ROOT / "deploy" / "requirements.lock"
    own = [
        f"{name} @ file:shared/{name.removeprefix('runelite-').replace('-', '_')}" for name in _shared_packages(package)
    ]
    environment = {**_IMAGE_PLATFORM, "python_version": python, "python_full_version": f"{python}.0"}
    pins = lock.read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    installed = [pin for pin in pins if _is_for(environment, pin)]
    command = ["-m", "cyclonedx_py", "requirements", "--sv", "1.5", "--output-reproducible"]
    command += ["--no-validate"]  # the tool writes what it validates; validation takes five times as long as the rest
    command += ["--pyproject", str(package / "pyproject.toml"), "-"]
    done = subprocess.run(
        [sys.executable, *command], input="\n".join([*own, *installed]), capture_output=True, text=True, check=True
    )
    document: dict[str, Any] = json.loads(done.stdout)
    document["metadata"]["component"] |= {"type": "container", "version": version}
    if status is not None:
        document["components"] += _system_packages(status)
    return document


def _system_packages(status: Path) -> list[dict[str, Any]]:
    """Return the components of a Debian system, sorted; advisories name their source packages."""
    found = []
    with status.open(encoding="utf-8") as file:
        for package in Packages.iter_paragraphs(file, use_apt_pkg=False):
            if package.get("Status", "install ok installed").endswith(" installed"):
                name, version = package["Package"], package["Version"]
                purl = f"pkg:deb/debian/{name}@{version}?arch={package['Architecture']}"
                properties = [{"name": "debian:source", "value": package.get("Source", name).partition(" ")[0]}]
                found.append(
                    {
                        "type": "library",
                        "bom-ref": purl,
                        "name": name,
                        "version": version,
                        "purl": purl,
                        "properties": properties,
                    }
                )
    return sorted(found, key=lambda component: component["purl"])


def _shared_packages(package: Path) -> list[str]:
    """Return which packages of this repository a location's package declares."""
    declared = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    names = [Requirement(one).name for one in declared]
    return sorted(name for name in names if name.startswith("runelite-wrapped-"))


def _is_for(environment: dict[str, str], pin: str) -> bool:
    marker = Requirement(pin.partition("--hash")[0]).marker
    return marker is None or marker.evaluate(environment)


def main(arguments: list[str]) -> None:
    """Print the bill of materials of the named image."""
    images = sorted(path.parent.name for path in ROOT.glob("code_locations/*/requirements.lock"))
    parser = argparse.ArgumentParser(description="Print the CycloneDX bill of materials of an image.")
    parser.add_argument("image", choices=[*images, "system"], help="a folder of code_locations, or system")
    parser.add_argument("--version", default="0.1.0", help="the image's version")
    parser.add_argument("--python", default="3.11", help="the image's Python")
    parser.add_argument("--status", type=Path, help="the image's /var/lib/dpkg/status, for its system packages")
    chosen = parser.parse_args(arguments)
    json.dump(bill(chosen.image, chosen.version, chosen.python, chosen.status), sys.stdout, indent=2)


if __name__ == "__main__":
    main(sys.argv[1:])
