"""The test's images, if a folder with tools can build and load them.

What belongs here: which images there are, and the next release of `hiscores`, which adds a field to the contract. What
does not: using them.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from deploy_manifests import LOCATIONS, ROOT
from wrapped_shared.collections import HISCORES_GAINS
from wrapped_shared.version import SCHEMA_VERSIONS

from cluster_check.kube import ClusterError
from cluster_check.report import Report

NEXT_SCHEMA: Final = SCHEMA_VERSIONS[HISCORES_GAINS] + 1
NEW_FIELD: Final = "days_with_snapshots"
_SHARED: Final = "shared/wrapped_shared/src/wrapped_shared"
_NEXT: Final = {
    f"{_SHARED}/version.py": (
        f"names.HISCORES_GAINS: ({NEXT_SCHEMA - 1},",
        f"names.HISCORES_GAINS: ({NEXT_SCHEMA},",
    ),
    f"{_SHARED}/models/hiscores.py": (
        "    flags: list[",
        f"    {NEW_FIELD}: Count = Field(default=0, description='Snapshots.')\n    flags: list[",
    ),
    "code_locations/hiscores/src/hiscores/store/gains.py": (
        '"flags": gains.flags,',
        f'"flags": gains.flags, "{NEW_FIELD}": len(gains.points),',
    ),
}
"""The additive change: by file, what is replaced and by what."""


def build_and_load(report: Report, tools: Path) -> None:
    """Build the images of this tree and of the next hiscores release, and load them into the cluster.

    Args:
        report: gets the timings.
        tools: a folder with the programs `build-image CONTEXT DOCKERFILE TAG` and `load TAG`.
    """
    _image(report, tools, ROOT, "wrapped-system:test", "system")
    for name in LOCATIONS:
        arguments = ["--build-arg", f"LOCATION={name}"]
        _image(report, tools, ROOT, f"wrapped-{name.replace('_', '-')}:test", "location", *arguments)
    with next_release() as context:
        arguments = ["--build-arg", "LOCATION=hiscores", "--build-arg", "VERSION=next"]
        _image(report, tools, context, "wrapped-hiscores:next", "location", *arguments)


def _image(report: Report, tools: Path, context: Path, tag: str, dockerfile: str, *arguments: str) -> None:
    with report.scene(f"Image `{tag}` built and loaded") as scene:
        file = context / "deploy" / f"{dockerfile}.Dockerfile"
        command = [str(tools / "build-image"), str(context), str(file), tag, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
        if done.returncode != 0:
            raise ClusterError((done.stdout + done.stderr)[-2000:])
        scene.notes.append((done.stdout + done.stderr).strip().splitlines()[-1])
        subprocess.run([str(tools / "load"), tag], check=True, capture_output=True, timeout=300)


@contextmanager
def next_release() -> Iterator[Path]:
    """A copy of the tracked files in which the contract has one more field."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    with tempfile.TemporaryDirectory(prefix="wrapped-next-") as folder:
        context = Path(folder)
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (context / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, context / name)
        for name, (before, after) in _NEXT.items():
            text = (context / name).read_text()
            if text.count(before) != 1:
                raise ClusterError(f"{name}: expected exactly one place for the additive change: {before.strip()}")
            (context / name).write_text(text.replace(before, after))
        yield context
