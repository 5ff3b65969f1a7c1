"""Compile the kernels: ``python -m exactrelu.kernels.build``.

Only the standard library is imported here: the build hook of the wheel runs this file by its path, before
anything is installed. Without a C compiler there is no library, and that is no error.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
LIBRARY = "compiled.so"  # ctypes loads a file of any name on any system
INTERFACE = 2
"""To be raised when functions change what they take; the digest of the sources notices all else."""

# No -ffast-math, nothing fused: the proofs of the error bounds count every rounding (docs/float-filter.md).
FLAGS = ("-O3", "-std=c99", "-fno-fast-math", "-ffp-contract=off", "-fPIC", "-shared")
_COMPILERS = ("cc", "gcc", "clang")
_SECONDS = 300


def sources(folder: Path = FOLDER) -> list[Path]:
    """Return the C files and headers, sorted by name."""
    return sorted([*folder.glob("*.c"), *folder.glob("*.h")])


def digest(folder: Path = FOLDER) -> str:
    """Return the SHA-256 of interface number, flags and sources: what a library was made of."""
    total = hashlib.sha256(f"{INTERFACE} {' '.join(FLAGS)}\n".encode())
    for path in sources(folder):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        total.update(f"{path.name} {len(text)}\n".encode() + text)
    return total.hexdigest()


def compilers() -> list[list[str]]:
    """Return the commands of the C compilers that are to be tried: $CC alone, if it is set."""
    chosen = os.environ.get("CC", "").strip()
    if chosen:
        return [shlex.split(chosen)]
    return [[path] for path in map(shutil.which, _COMPILERS) if path]


def build(target: Path = FOLDER / LIBRARY, folder: Path = FOLDER) -> str | None:
    """Compile the sources to ``target`` and return the compiler; None, and no library, if none can.

    What stands at ``target`` is replaced at once or removed, never half-written.
    """
    complaints = []
    with tempfile.TemporaryDirectory() as name:
        fresh = Path(name) / LIBRARY
        for compiler in compilers():
            complaint = _compiled(compiler, fresh, folder)
            if complaint is None:
                _put(fresh, target)
                return " ".join(compiler)
            complaints.append(f"{' '.join(compiler)}: {complaint}")
    target.unlink(missing_ok=True)
    for complaint in complaints:
        sys.stderr.write(f"exactrelu: kernels were not compiled: {complaint}\n")
    return None


def _compiled(compiler: list[str], target: Path, folder: Path) -> str | None:
    """Run a compiler; return None if the library is there, else why not."""
    defined = f'-DEXACTRELU_DIGEST="{digest(folder)}"', f"-DEXACTRELU_INTERFACE={INTERFACE}"
    files = [str(path) for path in sources(folder) if path.suffix == ".c"]
    command = [*compiler, *FLAGS, *defined, "-o", str(target), *files, "-lm"]
    try:
        done = subprocess.run(  # noqa: S603 - the compiler of whoever installs
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    if done.returncode or not target.exists():
        return (done.stderr.strip().splitlines() or ["no library"])[0]
    return None


def _put(fresh: Path, target: Path) -> None:
    """Move a library to its place in one step."""
    beside = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.copyfile(fresh, beside)
    beside.replace(target)


def main() -> int:
    """Compile beside the sources; say by what."""
    compiler = build()
    found = f"compiled by {compiler}" if compiler else "no C compiler: the NumPy versions serve"
    sys.stdout.write(f"kernels: {found}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
