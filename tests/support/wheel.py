"""Build the wheel and the source distribution, and try the wheel in clean environments.

Run as a program (`make wheel`): ``python -m tests.support.wheel [PYTHON ...]``. Every Python that is named,
or else every Python 3.11 to 3.14 on the PATH, gets an environment of its own in a new folder, with the wheel
and what it depends on, and answers there, away from the checkout.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
MINORS = (11, 12, 13, 14)
ABSOLUTE_VALUE = {
    "format": "exactrelu-network",
    "version": 1,
    "layers": [{"weight": [["1"], ["-1"]]}, {"weight": [["1", "1"]]}],
}
COUNTS = {"half-open": 3, "closed": 4, "full": 2}
"""Of the absolute value, by hand: see the README's three readings."""


class NotAsExpectedError(Exception):
    """The wheel does not do what it should."""


def main(words: Sequence[str] | None = None) -> int:
    """Build, install, try; return 0, or 1 with a line that says what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pythons", nargs="*", help="interpreters; those on the PATH, if none is named")
    pythons = parser.parse_args(words).pythons or found_pythons()
    try:
        wheel = built()
        for python in pythons:
            sys.stdout.write(f"{wheel.name}, {tried(wheel, python)}\n")
    except NotAsExpectedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def found_pythons() -> list[str]:
    """Return the Pythons on the PATH that start, the running one if there is none."""
    names = [shutil.which(f"python3.{minor}") for minor in MINORS]
    return [name for name in names if name and starts_up(name)] or [sys.executable]


def starts_up(python: str) -> bool:
    """Say whether an interpreter runs at all: a version manager's stand-in need not."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def built() -> Path:
    """Return the new wheel in ``dist/``; the source distribution lies beside it."""
    shutil.rmtree(DIST, ignore_errors=True)
    said([sys.executable, "-m", "build", "--outdir", str(DIST), str(ROOT)], ROOT)
    (wheel,) = DIST.glob("*.whl")
    return wheel


def tried(wheel: Path, python: str) -> str:
    """Install the wheel for a Python and return what it says of itself.

    Raises
    ------
    NotAsExpectedError
        If it cannot be installed, a command fails, or an answer is wrong.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        said([python, "-m", "venv", str(folder / "environment")], folder)
        inner = str(folder / "environment" / "bin" / "python")
        said([inner, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)], folder)
        version = said([inner, "-m", "exactrelu", "--version"], folder)
        see_answers([inner, "-m", "exactrelu"], inner, folder)
        return f"{said([python, '--version'], folder)}: {version}"


def see_answers(command: list[str], python: str, folder: Path) -> None:
    """Ask an installed package and compare what it says with what is known."""
    network = folder / "absolute.json"
    network.write_text(json.dumps(ABSOLUTE_VALUE), encoding="utf-8")
    for reading, expected in COUNTS.items():
        regions = [*command, "regions", str(network), "--cells", reading, "--count", "--json", "-"]
        see(f"{reading} cells", json.loads(said(regions, folder))["count"], expected)
    certificate = folder / "absolute.jsonl"
    said([*command, "range", str(network), "--box", "-1:2", "--certificate", str(certificate)], folder)
    checker = said([python, "-c", "import exactrelu.checker; print(exactrelu.checker.__file__)"], folder)
    said([python, checker, str(certificate)], folder)
    see("C10", "refuted" in said([*command, "claims", "C10"], folder), expected=True)


def see(what: str, got: object, expected: object) -> None:
    """Raise `NotAsExpectedError` if two values differ."""
    if got != expected:
        raise NotAsExpectedError(f"{what}: expected {expected}, got {got}")


def said(command: list[str], folder: Path) -> str:
    """Return what a command writes, run in a folder, without a checkout on its path."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotAsExpectedError(f"{' '.join(command)}: status {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
