"""The questions of a suite as parameters of a test."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from exactrelu.formats.strict_json import Node, read_json, require_format
from exactrelu.suite.scores import Mark, judged_answer


@dataclass(frozen=True)
class SuiteQuestion:
    """A question of a suite: name, family, kind, the network's files, the box, the claim with its gap."""

    name: str
    family: str
    kind: str
    networks: dict[str, Path]
    box: tuple[tuple[Fraction, Fraction], ...]
    claim: dict[str, Any]
    folder: Path

    def check(self, answer: dict[str, Any]) -> None:
        """Raise ``AssertionError`` with the exact truth if a tool's answer is wrong.

        Parameters
        ----------
        answer
            The keys that the question asks for; numbers as in a file of results, floats by their decimals;
            fractions and NumPy's arrays and numbers are taken, too.

        Raises
        ------
        AssertionError
            If the answer is wrong.
        FormatError
            If it cannot be read, or the question does not ask for one of its keys.
        ArgumentError
            If there is something in it that is no number, text or list.
        """
        marked = judged_answer(self.folder, self.name, answer)
        if marked.mark is not Mark.RIGHT:
            raise AssertionError(f"{self.name}: {marked.mark}: {marked.summary}")


def suite_questions(folder: str | Path) -> list[SuiteQuestion]:
    """Return the questions of a suite, as ``exactrelu suite`` writes it, in order.

    Raises
    ------
    FormatError
        If the folder holds no suite.
    """
    root = Path(folder)
    manifest = read_json(root / "manifest.json")
    require_format(manifest, "exactrelu-suite", 1)
    return [
        _question(root, case, item)
        for case in manifest.child("cases").items()
        for item in case.child("questions").items()
    ]


def _question(root: Path, case: Node, item: Node) -> SuiteQuestion:
    box = tuple((pair.items()[0].number(), pair.items()[1].number()) for pair in case.child("box").items())
    return SuiteQuestion(
        item.child("id").text(),
        case.child("family").text(),
        item.child("claim").child("kind").text(),
        {name: root / path for name, path in case.child("networks").value.items()},
        box,
        item.child("claim").value,
        root,
    )
