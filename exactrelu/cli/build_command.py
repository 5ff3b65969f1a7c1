"""``exactrelu build FUNCTION -o FILE``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import add_search, search_of
from exactrelu.cli.outputs import add_result, print_facts, print_written, write_json
from exactrelu.errors import NotShallowError
from exactrelu.numbers.text import vector_text
from exactrelu.verification.verdict import Verdict

if TYPE_CHECKING:
    from exactrelu.construction.build import Built
    from exactrelu.construction.max_min import MaxMinForm
    from exactrelu.construction.piecewise import PiecewiseAffine
    from exactrelu.construction.realization import RealizationDecision

SUMMARY = "a network that is a given piecewise affine function, proved"
_STATUS = {Verdict.HOLDS: 0, Verdict.REFUTED: 1, Verdict.UNKNOWN: 3}


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("function", metavar="FUNCTION", help="a function file (exactrelu-function)")
    add_result(parser, "-o", "--out-file", help="the network to write (.json, .onnx, .nnet)")
    parser.add_argument(
        "--method",
        choices=["auto", "shallow", "max-min"],
        default="auto",
        help="one hidden layer where that is enough, else by a max-min form (auto, default); or one of them",
    )
    add_search(parser)
    parser.set_defaults(inputs=("function",))


def execute(arguments: argparse.Namespace) -> int:
    """Build a network from a function, and prove that it is the function."""
    from exactrelu.construction.build import build
    from exactrelu.documents.functions import build_document
    from exactrelu.enumeration import require_engine
    from exactrelu.formats.function_file import load_function

    try:
        with search_of(arguments, require_engine(arguments.engine)) as search:
            function = load_function(arguments.function)
            built = build(function, arguments.method, search=search)
    except NotShallowError as error:
        return _not_shallow(arguments, error)
    if arguments.out_file and built.decision.verdict is not Verdict.REFUTED:
        from exactrelu.documents.network import write_network

        write_network(built.network, arguments.out_file)
    if arguments.json:
        write_json(arguments.json, build_document(built))
    if arguments.json != "-":
        print_facts(_facts(arguments, built))
        print_written(arguments.out_file)
    return _STATUS[built.decision.verdict]


def _not_shallow(arguments: argparse.Namespace, error: NotShallowError) -> int:
    from exactrelu.documents.functions import obstruction_document

    if arguments.json:
        head = {"format": "exactrelu-build", "version": 1, "network": None, "method": "shallow"}
        write_json(arguments.json, head | {"obstruction": obstruction_document(error.obstruction)})
    if arguments.json != "-":
        print_facts([("function", arguments.function), ("one layer", f"is not enough: {error.obstruction}")])
    return 1


def _facts(arguments: argparse.Namespace, built: Built) -> list[tuple[str, str]]:
    facts = [
        ("function", f"{arguments.function} ({function_text(built.function)})"),
        ("domain", str(built.function.domain)),
        ("network", "-".join(map(str, built.network.widths))),
    ]
    if built.obstruction is not None:
        facts.append(("one layer", f"is not enough: {built.obstruction}"))
    elif built.form is None:
        facts.append(("one layer", "is enough"))
    if built.form is not None:
        facts.append(("max-min form", terms_text(built.form)))
    return [*facts, *_verdict(built.decision)]


def _verdict(decision: RealizationDecision) -> list[tuple[str, str]]:
    if decision.verdict is Verdict.HOLDS:
        return [("verdict", f"holds: the network is the function ({decision.cells} cells seen)")]
    if decision.verdict is Verdict.UNKNOWN:
        return [("verdict", f"unknown: {decision.reason}")]
    named = (("point", decision.point), ("expected", decision.expected), ("got", decision.got))
    return [("verdict", "refuted"), *((name, vector_text(value or ())) for name, value in named)]


def function_text(function: PiecewiseAffine | MaxMinForm) -> str:
    """Return what a function is given by."""
    from exactrelu.construction.max_min import MaxMinForm

    if isinstance(function, MaxMinForm):
        return f"max-min form: {terms_text(function)}"
    return f"pieces: {len(function.pieces)}"


def terms_text(form: MaxMinForm) -> str:
    """Return the sizes of a max-min form."""
    terms = sum(map(len, form.terms))
    largest = max(len(term) for terms in form.terms for term in terms)
    return f"{terms} terms of at most {largest} of {form.affine.outputs} affine functions"
