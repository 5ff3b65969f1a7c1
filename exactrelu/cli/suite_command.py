"""``exactrelu suite DIR``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import UsageError, add_limits, file_name, natural, positive, search_of
from exactrelu.cli.outputs import print_facts, print_table, print_written, progress, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exactrelu.enumeration.effort import Search
    from exactrelu.suite.cases import Case
    from exactrelu.suite.scores import Scores

SUMMARY = "a regression suite for other tools: networks, properties, exact answers; and its scores"
_LONGEST = 200
_WRONG = 1


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("folder", metavar="DIR", type=file_name, help="the folder of the suite")
    parser.add_argument(
        "--size", type=positive, default=3, metavar="N", help="cases of each family (default 3)"
    )
    parser.add_argument("--seed", type=natural, default=0, metavar="N", help="equal seeds, equal suites")
    parser.add_argument(
        "--score",
        metavar="RESULTS",
        type=file_name,
        help="score a tool's answers (docs/suite.md); exit status 1 if one is wrong or unreadable",
    )
    add_limits(parser)
    parser.set_defaults(inputs=("score",))


def execute(arguments: argparse.Namespace) -> int:
    """Write a suite, or score a file of results against one."""
    if arguments.score is not None:
        return _score(arguments)
    from exactrelu.suite.written_suite import write_suite

    if arguments.json:
        raise UsageError("--json: expected with --score, got without")
    header = {"seed": arguments.seed, "size": arguments.size}
    with search_of(arguments) as search:
        cases = progress(_cases(arguments, search), "cases")
        questions = write_suite(arguments.folder, cases, header)
    print_facts([("questions", str(questions))])
    print_written(arguments.folder)
    return 0


def _cases(arguments: argparse.Namespace, search: Search) -> Iterator[Case]:
    from exactrelu.suite.cases import draw_case
    from exactrelu.suite.families import families

    for family in families():
        for index in range(arguments.size):
            yield draw_case(family, index, arguments.seed, search)


def _score(arguments: argparse.Namespace) -> int:
    from exactrelu.suite.scores import Mark, score
    from exactrelu.suite.written_suite import score_document

    with search_of(arguments) as search:
        scores = score(arguments.folder, arguments.score, search)
    if arguments.json:
        write_json(arguments.json, score_document(scores))
    if arguments.json != "-":
        counts = ", ".join(f"{scores.count(mark)} {mark}" for mark in Mark)
        print_facts([("tool", scores.tool), ("answers", counts)])
        _print_tables(scores)
        print_written(arguments.json)
    return _WRONG if scores.count(Mark.WRONG) or scores.count(Mark.UNREADABLE) else 0


def _print_tables(scores: Scores) -> None:
    from exactrelu.suite.scores import Mark

    kinds = sorted({one.kind for one in scores.marked})
    rows = []
    for family, counts in scores.table.items():
        cells = [counts[kind] for kind in kinds]
        shown = [f"{cell[str(Mark.RIGHT)]}/{sum(cell.values()) - cell[str(Mark.MISSING)]}" for cell in cells]
        rows.append((family, *shown))
    print_table(("right/answered", *kinds), rows)
    for mark, heading in ((Mark.WRONG, "the truth"), (Mark.UNREADABLE, "why")):
        told = [(one.question, one.summary[:_LONGEST]) for one in scores.marked if one.mark is mark]
        if told:
            print_table((mark.value, heading), told)
