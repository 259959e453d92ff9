"""A CycloneDX bill of materials for one image, from the lock it is installed from: `sbom.py LOCATION|system`.

What belongs here: turning a lock into the standard's JSON. What does not: resolving (the lock does) and the packages
of the base image, which its own publisher lists.
"""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from packaging.markers import Marker
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parents[1]
_PIN: Final = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)\s*(?:;\s*(?P<marker>[^\\]+?))?\s*\\?$")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_IMAGE_PLATFORM: Final = {
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
}


class SbomError(Exception):
    """A lock is missing or has a line that is not a pin; the message says which."""


def locked(lock: str, python: str = "3.11") -> list[tuple[str, str, list[str]]]:
    """Return what a lock installs in an image: canonical name, version and SHA-256 hashes, by name.

    Args:
        lock: the text of a hashed requirements file.
        python: the image's Python, "major.minor".

    Raises:
        SbomError: a line that is neither a pin, a hash nor a comment.
    """
    environment = {**_IMAGE_PLATFORM, "python_version": python, "python_full_version": f"{python}.0"}
    found: list[tuple[str, str, list[str]]] = []
    hashes: list[str] = []
    for line in lock.splitlines():
        if mark := _HASH.search(line):
            hashes.append(mark[1])
        elif pin := _PIN.match(line):
            hashes = []  # hashes of a package for another platform are left out too
            if not pin["marker"] or Marker(pin["marker"]).evaluate(environment):
                found.append((canonicalize_name(pin["name"]), pin["version"], hashes))
        elif line.strip() and not line.lstrip().startswith("#"):
            raise SbomError(f"no pin: {line.strip()[:80]}")
    return sorted(found)


def lock_of(image: str) -> Path:
    """Return the lock that an image is installed from: a location's, or that of `system`."""
    if image == "system":
        return ROOT / "deploy" / "requirements.lock"
    return ROOT / "code_locations" / image / "requirements.lock"


def bill(image: str, version: str, python: str = "3.11") -> dict[str, Any]:
    """Return the bill of materials of an image as CycloneDX 1.5; the same lock gives the same document.

    Raises:
        SbomError: there is no such image, or its lock cannot be read.
    """
    path = lock_of(image)
    if not path.is_file():
        raise SbomError(f"there is no image {image!r}: name a folder of code_locations, or system")
    text = path.read_text()
    own = ("wrapped-launcher",) if image == "system" else ("wrapped-shared", image)
    parts = [*(_component(name, version, []) for name in own), *(_component(*pin) for pin in locked(text, python))]
    name = f"wrapped-{image.replace('_', '-')}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{name}/{version}/{text}')}",
        "version": 1,
        "metadata": {"component": {"type": "container", "bom-ref": name, "name": name, "version": version}},
        "components": parts,
        "dependencies": [{"ref": name, "dependsOn": [part["bom-ref"] for part in parts]}],
    }


def _component(name: str, version: str, hashes: list[str]) -> dict[str, Any]:
    name = canonicalize_name(name)
    purl = f"pkg:pypi/{name}@{version}"
    component: dict[str, Any] = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    if hashes:  # one for each file that the lock allows: each platform's wheel
        component["hashes"] = [{"alg": "SHA-256", "content": content} for content in hashes]
    return component


def main(arguments: list[str]) -> int:
    """Print the bill of materials of the named image."""
    parser = argparse.ArgumentParser(description="Print the CycloneDX bill of materials of an image.")
    parser.add_argument("image", help="a folder of code_locations, or system")
    parser.add_argument("--version", default="0.1.0", help="the image's version")
    parser.add_argument("--python", default="3.11", help="the image's Python")
    chosen = parser.parse_args(arguments)
    try:
        document = bill(chosen.image, chosen.version, chosen.python)
    except SbomError as error:
        sys.stderr.write(f"sbom: {error}\n")
        return 1
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
