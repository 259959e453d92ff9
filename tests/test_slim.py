"""What `deploy/slim.py` leaves of installed packages still works, and is the same each time."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
EXTENSION = "import yaml; print(yaml.load('a: [1, 2]', Loader=yaml.CSafeLoader), yaml._yaml.__file__)"


def slimmed(site: Path) -> dict[str, bytes]:
    """A copy of an installed package with an extension, slimmed; its files."""
    shutil.copytree(Path(yaml.__file__).parent, site / "yaml", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("yaml/tests/test_it.py", "yaml/a.pyi", "kubernetes/aio/client.py", "kubernetes/models.py"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text("def fails():\n    raise KeyError('x')\n")
    script = str(ROOT / "deploy" / "slim.py")
    subprocess.run([sys.executable, script, "."], cwd=site, check=True, env={"PYTHONHASHSEED": "0"})
    return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def python(site: Path, program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-S", "-c", program]
    return subprocess.run(command, env={"PYTHONPATH": str(site)}, capture_output=True, text=True)


def test_a_stripped_extension_is_smaller_and_works(tmp_path: Path) -> None:
    (extension,) = [name for name in slimmed(tmp_path) if name.endswith(".so")]
    done = python(tmp_path, EXTENSION)
    assert done.stdout == f"{{'a': [1, 2]}} {tmp_path / extension}\n", done.stderr
    whole = Path(yaml.__file__).parents[1] / extension
    assert (tmp_path / extension).stat().st_size < whole.stat().st_size


def test_only_what_is_unused_is_gone_and_the_rest_is_compiled(tmp_path: Path) -> None:
    names = {name for name in slimmed(tmp_path) if not name.endswith(".so")}
    sources = {path.name for path in Path(yaml.__file__).parent.glob("*.py")}
    tag = sys.implementation.cache_tag
    compiled = {f"yaml/__pycache__/{name.removesuffix('.py')}.{tag}.pyc" for name in sources}
    assert names == {*(f"yaml/{name}" for name in sources), *compiled, "kubernetes/models.pyc"}


def test_a_traceback_through_bytecode_names_file_and_line(tmp_path: Path) -> None:
    slimmed(tmp_path)
    done = python(tmp_path, "import kubernetes.models as found; found.fails()")
    assert 'kubernetes/models.py", line 2, in fails' in done.stderr


def test_two_builds_leave_the_same_bytes(tmp_path: Path) -> None:
    first, second = (slimmed(tmp_path / name) for name in ("one", "two"))
    assert first.keys() == second.keys()
    assert {name for name in first if first[name] != second[name]} == set()


@pytest.mark.parametrize("data", [b"", b"\x7fELF\x01\x01" + 60 * b"\0", b"GROUP ( libx.so )"])
def test_files_other_than_64_bit_programs_are_left_alone(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.so").write_bytes(data)
    subprocess.run([sys.executable, str(ROOT / "deploy" / "slim.py"), str(tmp_path)], check=True)
    assert (tmp_path / "x.so").read_bytes() == data
