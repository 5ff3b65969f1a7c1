"""A virtual environment for each peer, below build/, with its pinned version from PyPI."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

PEERS = {"regioncam": "0.5.2", "affinitree": "0.23.0", "relucent": "1.0.0"}
VERIFIERS = {"maraboupy": "2.0.0"}
_MORE = {  # what a peer needs in one version
    "relucent": ("gurobipy==13.0.3",),
    "maraboupy": ("onnx==1.19.1", "onnxruntime==1.32.0"),
}
_NEWEST = {"affinitree": (3, 12)}  # there are no wheels for later releases of Python
_BUILD = Path(__file__).resolve().parents[2] / "build" / "peers"


class NotInstalledError(RuntimeError):
    """A peer could not be installed here; the message says why."""


def python_of(peer: str) -> Path:
    """Return the Python that has the peer or the verifier, installing it first.

    Raises
    ------
    NotInstalledError
        If it cannot be installed; a word about that goes to stderr, too.
    """
    version, more = (PEERS | VERIFIERS)[peer], _MORE.get(peer, ())
    folder = _BUILD / f"{peer}-{version}"
    python, stamp = folder / "bin" / "python", folder / "installed"
    if stamp.exists():
        return python
    try:
        _install(peer, (f"{peer}=={version}", *more), folder, python)
    except (OSError, subprocess.CalledProcessError, LookupError) as error:
        print(f"{peer} is left out: {error}", file=sys.stderr)
        raise NotInstalledError(_in_short(error)) from error
    stamp.touch()
    return python


def _install(peer: str, packages: tuple[str, ...], folder: Path, python: Path) -> None:
    print(f"installing {' '.join(packages)}", file=sys.stderr)
    subprocess.run([_base_python(_NEWEST.get(peer)), "-m", "venv", "--clear", folder], check=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    subprocess.run([*pip, *packages], check=True)


def _in_short(error: Exception) -> str:
    """Return why an installation failed, without folders of this machine."""
    if isinstance(error, subprocess.CalledProcessError):
        step = "pip install" if "pip" in error.cmd else "a virtual environment"
        return f"{step} fails (exit status {error.returncode})"
    return str(error) if isinstance(error, LookupError) else "its environment cannot be made"


def _base_python(newest: tuple[int, int] | None) -> str:
    """Return this Python, or one on the path that is old enough."""
    if newest is None or sys.version_info[:2] <= newest:
        return sys.executable
    for minor in range(newest[1], 7, -1):
        found = shutil.which(f"python{newest[0]}.{minor}")
        if found:
            return found
    raise LookupError(f"no Python up to {newest[0]}.{newest[1]} was found")
