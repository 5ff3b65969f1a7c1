"""The instances of a folder in the layout of the verification competition."""

from __future__ import annotations

import csv
import gzip
import shutil
from dataclasses import dataclass
from pathlib import Path

_WORDS = {
    "sat": "refuted",
    "violated": "refuted",
    "refuted": "refuted",
    "unsat": "holds",
    "holds": "holds",
}


@dataclass(frozen=True)
class Instance:
    """A network and a property, both as files, with the seconds that the list grants."""

    network: Path
    specification: Path
    seconds: float

    @property
    def name(self) -> str:
        """Network and property without folders and suffixes."""
        return f"{stem(self.network.name)} {stem(self.specification.name)}"


def stem(name: str) -> str:
    """Return the name of a file without folders, ``.gz`` and its suffix."""
    return Path(Path(name).name.removesuffix(".gz")).stem


def instances_of(folder: Path) -> list[Instance]:
    """Return the instances that ``instances.csv`` lists; a file that is not there may be there packed.

    Raises
    ------
    OSError
        If the list or a file cannot be found.
    """
    found = []
    with (folder / "instances.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if row:
                network, prop, seconds = (field.strip() for field in row[:3])
                found.append(Instance(_file(folder, network), _file(folder, prop), float(seconds)))
    return found


def _file(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            return path
    raise FileNotFoundError(2, "No such file, plain or packed", str(folder / name))


def unpacked(path: Path, folder: Path) -> Path:
    """Return the path of a file that is not packed, unpacking it into a folder if it is."""
    if path.suffix != ".gz":
        return path
    target = folder / path.name.removesuffix(".gz")
    with gzip.open(path) as packed, target.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    return target


def expected_verdicts(path: Path) -> dict[str, str]:
    """Return the verdicts that a CSV file publishes, by `Instance.name`; others (timeout, ...) are left out.

    Of each row three fields count: one that names an ``.onnx`` file, one that names a ``.vnnlib`` file, and
    one of the words sat, unsat, violated, holds, refuted. The competition's result files are such.
    """
    found = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            fields = [field.strip() for field in row]
            plain = [field.removesuffix(".gz") for field in fields]
            network = next((field for field in plain if field.endswith(".onnx")), None)
            prop = next((field for field in plain if field.endswith(".vnnlib")), None)
            verdict = next((_WORDS[field.lower()] for field in fields if field.lower() in _WORDS), None)
            if network and prop and verdict:
                found[f"{stem(network)} {stem(prop)}"] = verdict
    return found
