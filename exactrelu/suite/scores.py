"""Scoring a tool's answers to a suite: each answer fills a claim, and the claim is audited.

A file of results is::

    {"format": "exactrelu-suite-results", "version": 1, "tool": "some tool 1.2", "numbers": "float64",
     "answers": {"coincident-0:count-full": {"value": 12}, "tie-1:property-level": {"answer": "unsat"}}}

``numbers`` is what a JSON number means, as in docs/audit.md (exact if it is left out). Files that an answer
names, such as a counterexample, are looked for from the folder of the results. What is not answered is
counted as such and is no fault; an answer that cannot be read is one, and the others are scored all the same.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

from exactrelu.audit.claims_file import claims_of_document
from exactrelu.audit.judgement import AuditClaim, judge
from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import ArgumentError, ExactReluError, FormatError
from exactrelu.formats import load_network
from exactrelu.formats.strict_json import JsonNumber, Node, parse_json, read_json, require_format
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import format_rational
from exactrelu.verification.verdict import Verdict

_READABLE = "an answer that can be read"
_FILES = {"property", "other"}  # keys of questions that name files of the suite


class Mark(StrEnum):
    """What an answer is worth."""

    RIGHT = "right"
    WRONG = "wrong"
    UNREADABLE = "unreadable"  # a NaN for a bound, a key that was not asked for, a file that is not there
    UNDECIDED = "undecided"  # by the judge, within its limits
    MISSING = "missing"


_MARKS = {Verdict.HOLDS: Mark.RIGHT, Verdict.REFUTED: Mark.WRONG, Verdict.UNKNOWN: Mark.UNDECIDED}


@dataclass(frozen=True)
class Marked:
    """A question with what became of the answer; ``truth`` and ``summary`` are the audit's.

    Of an answer that cannot be read the ``summary`` says why.
    """

    question: str
    family: str
    kind: str
    mark: Mark
    truth: Any = None
    summary: str = ""


@dataclass(frozen=True)
class Scores:
    """The marks of a tool."""

    tool: str
    marked: tuple[Marked, ...]

    @cached_property
    def table(self) -> Mapping[str, Mapping[str, Counter[str]]]:
        """How often each mark was given, by family and kind of question."""
        table: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        for one in self.marked:
            table[one.family][one.kind][str(one.mark)] += 1
        return table

    def count(self, mark: Mark) -> int:
        """Return how often a mark was given."""
        return sum(one.mark is mark for one in self.marked)


def score(folder: str | Path, results: str | Path, search: Search | None = None) -> Scores:
    """Score a file of results against a suite.

    Parameters
    ----------
    folder
        A suite, as `exactrelu suite` writes it.
    results
        The tool's answers.
    search
        Limits of each audit; its time limit is for all together.

    Raises
    ------
    FormatError
        If a file is not what it should be, or an answer is to no question of the suite; the message names
        file and place.
    OSError
        If a file cannot be read.
    """
    return _scores(Path(folder), read_json(results), started(search))


def _scores(folder: Path, document: Node, clock: Search) -> Scores:
    manifest = read_json(folder / "manifest.json")
    require_format(manifest, "exactrelu-suite", 1)
    require_format(document, "exactrelu-suite-results", 1)
    document.require_keys(("format", "version", "tool", "answers"), ("numbers", "note"))
    answers = document.child("answers")
    known = {
        item.child("id").text()
        for case in manifest.child("cases").items()
        for item in case.child("questions").items()
    }
    for name in answers.value:
        if name not in known:
            raise answers.child(name).fail("a question of the suite", repr(name))
    marked = tuple(
        one for case in manifest.child("cases").items() for one in _of_case(folder, case, document, clock)
    )
    return Scores(document.child("tool").text(), marked)


def judged_answer(folder: str | Path, question: str, answer: Mapping[str, Any]) -> Marked:
    """Return what one answer to a question is worth; numbers in it mean the decimals that are written.

    Fractions and NumPy's arrays and numbers are taken, too.

    Raises
    ------
    FormatError
        As `score`, and if the answer cannot be read.
    """
    results = {
        "format": "exactrelu-suite-results",
        "version": 1,
        "tool": "answer",
        "answers": {question: dict(answer)},
    }
    document = parse_json("answer", json.dumps(results, default=_plain).encode())
    scores = _scores(Path(folder), document, Search())
    marked = next(one for one in scores.marked if one.question == question)
    if marked.mark is Mark.UNREADABLE:
        raise document.child("answers").child(question).fail(_READABLE, marked.summary)
    return marked


def _plain(value: Any) -> Any:
    """Return what JSON has no word for in words that it has."""
    if isinstance(value, Fraction):
        return format_rational(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    raise ArgumentError(f"answer: expected numbers, texts and lists, got {type(value).__name__}")


def _of_case(folder: Path, case: Node, document: Node, search: Search) -> Iterator[Marked]:
    answers, network = document.child("answers"), None
    family = case.child("family").text()
    for item in case.child("questions").items():
        name, kind = item.child("id").text(), item.child("claim").child("kind").text()
        if name not in answers.value:
            yield Marked(name, family, kind, Mark.MISSING)
            continue
        network = network or load_network(folder / case.child("networks").child("native").text())
        try:
            claim = _claim(folder, network, item, document)
        except FormatError as error:
            yield Marked(name, family, kind, Mark.UNREADABLE, None, _why(error))
            continue
        judgement = judge(claim, network, search)
        yield Marked(name, family, kind, _MARKS[judgement.verdict], judgement.truth, judgement.summary)


def _why(error: FormatError) -> str:
    return error.got if error.expected == _READABLE else f"expected {error.expected}, got {error.got}"


def _claim(folder: Path, network: Network, item: Node, document: Node) -> AuditClaim:
    """Return the claim that an answer makes of a question."""
    answer = document.child("answers").child(item.child("id").text())
    answer.require_keys((), tuple(key.text() for key in item.child("answer").items()))
    claim = {
        key: str((folder / value).resolve()) if key in _FILES else value
        for key, value in item.child("claim").value.items()
    }
    claim |= answer.value | ({"numbers": document.value["numbers"]} if "numbers" in document.value else {})
    filled = {"format": "exactrelu-audit-claims", "version": JsonNumber("1"), "claims": [claim]}
    node = Node(document.file, "", filled)
    try:
        (named,) = claims_of_document(node, network, Path(document.file).parent).claims
    except (ExactReluError, OSError) as error:
        short = str(error).removeprefix(f"{document.file}: ").removeprefix("claims[0].")
        raise answer.fail(_READABLE, short) from None
    return named.claim
