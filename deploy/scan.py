"""Compare bills of materials with known advisories, offline: `scan.py --advisories FILE_OR_FOLDER BILL...`.

Advisories are files of the OSV format (ossf.github.io/osv-schema): one advisory, a list of them, or a folder of such
files, as osv.dev exports them for an ecosystem. What belongs here: which listed package an advisory is about. What does
not: getting advisories, and deciding what to do about one.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

from debian.debian_support import NativeVersion
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

Advisory: TypeAlias = dict[str, Any]
Part: TypeAlias = tuple[str, str, str]
"""A package: its ecosystem, "PyPI" or "Debian", its name and version."""
_ORDER: Final[dict[str, Callable[[str], Any]]] = {"PyPI": Version, "Debian": NativeVersion}


def parts(bill: dict[str, Any]) -> Iterator[Part]:
    """Yield the packages of a CycloneDX bill that have a version."""
    for component in bill.get("components", []):
        purl = component.get("purl", "")
        if purl.startswith("pkg:pypi/") and "version" in component:
            yield "PyPI", canonicalize_name(component["name"]), component["version"]
        elif purl.startswith("pkg:deb/debian/"):
            yield "Debian", _source(component), component["version"]


def _source(component: dict[str, Any]) -> str:
    """Return the source package, which advisories name."""
    properties = {item["name"]: item["value"] for item in component.get("properties", [])}
    return str(properties.get("debian:source", component["name"]))


def read(place: Path) -> Iterator[Advisory]:
    """Yield the advisories of a file or a folder, without the withdrawn.

    Raises:
        ValueError: a file has no advisory.
    """
    for file in sorted(place.rglob("*.json")) if place.is_dir() else [place]:
        found = json.loads(file.read_text(encoding="utf-8"))
        for advisory in found if isinstance(found, list) else [found]:
            if not isinstance(advisory, dict) or not {"id", "affected"} <= advisory.keys():
                raise ValueError(f"{file} is not an advisory in the OSV format")
            if "withdrawn" not in advisory:
                yield advisory


def matches(advisories: list[Advisory], wanted: set[Part]) -> list[tuple[Part, str, str]]:
    """Return each package with an advisory about it, the advisory's id, and its summary, sorted."""
    by_name: dict[tuple[str, str], list[tuple[Advisory, dict[str, Any]]]] = defaultdict(list)
    for advisory in advisories:
        for affected in advisory["affected"]:
            package = affected.get("package", {})
            ecosystem = str(package.get("ecosystem", "")).partition(":")[0]
            name = str(package.get("name", ""))
            by_name[ecosystem, canonicalize_name(name) if ecosystem == "PyPI" else name].append((advisory, affected))
    return sorted(
        {
            (part, advisory["id"], str(advisory.get("summary", "")))
            for part in wanted
            for advisory, affected in by_name[part[0], part[1]]
            if _concerns(affected, part)
        }
    )


def _concerns(affected: dict[str, Any], part: Part) -> bool:
    ecosystem, _, version = part
    if version in affected.get("versions", []):
        return True
    order = _ORDER[ecosystem]
    ranges = [one for one in affected.get("ranges", []) if one["type"] in {"ECOSYSTEM", "SEMVER"}]
    return any(_within(one["events"], order(version), order) for one in ranges)


def _within(events: list[dict[str, str]], version: Any, order: Callable[[str], Any]) -> bool:
    """Return whether the last event before a version introduced the fault."""
    inside = False
    for event in sorted(events, key=lambda one: _key(next(iter(one.values())), order)):
        ((kind, text),) = event.items()
        if kind == "introduced" and (text == "0" or order(text) <= version):
            inside = True
        if (kind == "fixed" and order(text) <= version) or (kind == "last_affected" and order(text) < version):
            inside = False
    return inside


def _key(text: str, order: Callable[[str], Any]) -> tuple[bool, Any]:
    return (text != "0", order(text))


def main(arguments: list[str]) -> int:
    """Print what is known about the bills' packages; return 1 if there is anything, 2 if that is unknown."""
    parser = argparse.ArgumentParser(description="Compare bills of materials with advisories in the OSV format.")
    parser.add_argument("--advisories", type=Path, required=True, help="a file or a folder of advisories")
    parser.add_argument("bills", type=Path, nargs="+", help="CycloneDX files, from `make sbom`")
    chosen = parser.parse_args(arguments)
    try:
        advisories = list(read(chosen.advisories))
        listed = {bill: set(parts(json.loads(bill.read_text(encoding="utf-8")))) for bill in chosen.bills}
        found = {bill: matches(advisories, packages) for bill, packages in listed.items()}
    except (OSError, ValueError, KeyError, InvalidVersion) as error:
        sys.stderr.write(f"the scan failed: {error}\n")
        return 2
    for bill, hits in found.items():
        for (ecosystem, name, version), advisory, summary in hits:
            sys.stdout.write(f"{bill.name}: {name} {version} ({ecosystem}): {advisory} {summary}\n")
        summary = f"{len(listed[bill])} packages compared with {len(advisories)} advisories, {len(hits)} findings"
        sys.stdout.write(f"{bill.name}: {summary}\n")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
