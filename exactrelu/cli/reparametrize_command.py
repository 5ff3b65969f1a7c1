"""``exactrelu reparametrize NET --steps STEPS [-o FILE]``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import add_network, parametrization_of
from exactrelu.cli.outputs import (
    add_certificate,
    add_result,
    print_facts,
    print_rows,
    print_written,
    shallow_text,
    write_json,
)
from exactrelu.numbers.rationals import format_rational
from exactrelu.numbers.text import vector_text

if TYPE_CHECKING:
    from exactrelu.shallow.parametrization import Neuron, Parametrization
    from exactrelu.shallow.step_results import StepResult


SUMMARY = "steps that change parameters but not the function (L = 2)"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    parser.add_argument(
        "--steps",
        required=True,
        metavar="STEPS",
        help="comma-separated, neurons from 0: drop, merge, cancel, embed, balance (or balance:2), "
        "flip:0+2, permute:2+0+1, rescale:0=3/2+1=2, pad:5",
    )
    add_result(
        parser,
        "-o",
        "--out-file",
        help="write the new network (.json, native format; version 2 where it has radicals)",
    )
    add_certificate(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Apply reparametrization steps, say what each did, and write the result."""
    from exactrelu.documents.parametrization import write_parametrization
    from exactrelu.documents.shallow import steps_document
    from exactrelu.shallow.step_list import reparametrize

    shallow = parametrization_of(arguments)
    results = reparametrize(shallow, arguments.steps)
    after = results[-1].after
    if arguments.out_file:
        write_parametrization(after, arguments.out_file)
    if arguments.certificate:
        from exactrelu.certificates.shallow import certify_reparametrization

        certify_reparametrization(arguments.certificate, results)
    if arguments.json:
        write_json(arguments.json, steps_document(shallow, results))
    if arguments.json != "-":
        print_facts([("network", shallow_text(arguments, shallow))])
        for result in results:
            _print_step(result)
        _print_neurons(after)
        if arguments.out_file:
            print_facts([("written to", arguments.out_file)])
        print_written(arguments.certificate)
    return 0


def _print_step(result: StepResult) -> None:
    where = " at (x, 1, -1)" if result.on_slice else ""
    sys.stdout.write(f"\n{result.name}: {result.before.width} -> {result.after.width} neurons\n")
    sys.stdout.writelines(f"  {sentence}\n" for sentence in result.account)
    sys.stdout.write(f"  same function{where}: canonical form {result.form_after.digest} before and after\n")


def _print_neurons(shallow: Parametrization) -> None:
    sys.stdout.write("\nResult: the sum of c relu(a.x + b)")
    sys.stdout.write(f", plus {vector_text(shallow.output_bias)}\n")
    if not shallow.is_rational:
        sys.stdout.write("a and b are to be multiplied by r^(1/4), c to be divided by it\n")
    print_rows(("neuron", "a", "b", "c", "r"), [_row(i, n) for i, n in enumerate(shallow.neurons)])


def _row(index: int, neuron: Neuron) -> tuple[str, ...]:
    return (
        str(index),
        vector_text(neuron.weight),
        vector_text((neuron.bias,))[1:-1],
        vector_text(neuron.coefficient),
        format_rational(neuron.scale),
    )
