"""Remove from an image's site-packages what no process in it uses: `slim.py SITE_PACKAGES`, while it is built.

What belongs here: what is removed and why that is safe. What does not: which packages are installed (the locks). It
depends on nothing but Python.
"""

import compileall
import py_compile
import shutil
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

UNUSED: Final = {
    "**/tests": "the tests of the packages",
    "**/*.pyi": "types, for editors",
    "**/*.pxd": "sources of extensions",
    "**/*.pyx": "sources of extensions",
    "**/*.[ch]": "sources of extensions",
    "kubernetes/aio": "a second client, for asyncio; Dagster uses the first",
    "numpy/_core/include": "for compiling against numpy",
    "numpy/_core/lib": "for compiling against numpy",
    "numpy/distutils": "for compiling against numpy",
    "numpy/f2py": "for compiling Fortran",
    "aiohttp": "only kubernetes/aio imports it",
}
"""What is deleted, by pattern, and what it is."""
ONLY_BYTECODE: Final = (
    "bson", "dns", "google", "kubernetes", "numpy", "oauthlib", "polars", "pyasn1", "pyasn1_modules", "pydantic",
    "pygments", "pymongo", "sqlalchemy", "urllib3",
)  # fmt: skip
"""Large packages of which only the bytecode stays: a traceback names file and line, without its text.

Not Dagster and alembic: migrations are found by their source files.
"""
WITHOUT_DOCSTRINGS: Final = ("kubernetes",)
"""Generated code of which a third is docstrings; its bytecode has none."""
_UNCHECKED: Final = py_compile.PycInvalidationMode.UNCHECKED_HASH
KEPT: Final = ("numpy/_core/tests/_natype.py", "numpy/_core/tests/__init__.py")
"""What numpy.testing imports from its tests."""


def unused(site: Path) -> Iterator[Path]:
    """Yield the files and folders that are deleted."""
    kept = {site / name for name in KEPT}
    for pattern in UNUSED:
        for path in sorted(site.glob(pattern)):
            if any(one.is_relative_to(path) for one in kept):
                yield from (inside for inside in path.iterdir() if inside not in kept)
            elif path not in kept:
                yield path


def stripped_size(data: bytes) -> int:
    """Return where the last part of a 64-bit ELF file ends that is loaded: symbols and debug information follow it.

    Zero if the file is something else.
    """
    if data[:6] != b"\x7fELF\x02\x01":
        return 0
    (start,) = struct.unpack_from("<Q", data, 0x20)
    size, count = struct.unpack_from("<HH", data, 0x36)
    ends: list[int] = [64 + size * count]
    for number in range(count):
        offset, in_file = struct.unpack_from("<Q16xQ", data, start + number * size + 8)
        ends.append(offset + in_file)
    return max(ends)


def strip(path: Path) -> None:
    """Cut off what the dynamic linker does not read, and the table that lists it."""
    data = bytearray(path.read_bytes())
    end = stripped_size(bytes(data))
    if 0 < end < len(data):
        struct.pack_into("<Q", data, 0x28, 0)  # e_shoff
        struct.pack_into("<HHH", data, 0x3A, 0, 0, 0)  # e_shentsize, e_shnum, e_shstrndx
        path.write_bytes(data[:end])


def slim(site: Path) -> None:
    """Delete what is unused, strip the extensions, and compile the rest."""
    for path in list(unused(site)):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for path in sorted(site.rglob("*.so*")):
        strip(path)
    for folder in ONLY_BYTECODE:
        _only_bytecode(site / folder)
    compileall.compile_dir(site, quiet=2, workers=1, invalidation_mode=_UNCHECKED)


def _only_bytecode(folder: Path) -> None:
    """Replace the sources in a folder by their bytecode; what does not compile stays."""
    optimize = 2 if folder.name in WITHOUT_DOCSTRINGS else 0
    for source in sorted(folder.rglob("*.py")):
        compiled = str(source.with_suffix(".pyc"))
        if py_compile.compile(str(source), compiled, quiet=2, optimize=optimize, invalidation_mode=_UNCHECKED):
            source.unlink()


if __name__ == "__main__":
    slim(Path(sys.argv[1]))
