"""``exactrelu reparametrize NET --steps STEPS [DOMAIN] [-o FILE]``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from exactrelu.cli.deep_steps import print_deep_step
from exactrelu.cli.inputs import (
    add_domain,
    add_network,
    domain_of,
    network_of,
    parametrization_of,
)
from exactrelu.cli.outputs import (
    add_certificate,
    add_result,
    domain_text,
    network_text,
    print_facts,
    print_rows,
    print_written,
    shallow_text,
    write_json,
)
from exactrelu.errors import NetworkError
from exactrelu.numbers.rationals import format_rational
from exactrelu.numbers.text import vector_text

if TYPE_CHECKING:
    from exactrelu.networks.network import Network
    from exactrelu.shallow.parametrization import Neuron, Parametrization
    from exactrelu.shallow.step_results import StepResult


SUMMARY = "steps that change parameters but not the function"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_domain(parser)
    parser.add_argument(
        "--steps",
        required=True,
        metavar="STEPS",
        help="comma-separated, neurons from 0: drop, merge, cancel, embed, balance (or balance:2), "
        "flip:0+2, permute:2+0+1, rescale:0=3/2+1=2, pad:5; with a domain or more hidden layers: hull, drop, "
        "merge, linear, compose, signs, values, compress, balance, permute:LAYER:2+0+1, rescale:LAYER:0=3/2",
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
    from exactrelu.networks.network import Network

    found = _shallow_or_deep(arguments)
    if isinstance(found, Network):
        return _execute_deep(arguments, found)
    return _execute_shallow(arguments, found)


def _shallow_or_deep(arguments: argparse.Namespace) -> Parametrization | Network:
    """Return the network in the form that its steps take: one of one hidden layer, or any with a domain."""
    if arguments.box is not None or arguments.domain is not None:
        return network_of(arguments)
    try:
        return parametrization_of(arguments)
    except NetworkError:
        network = network_of(arguments)
        if network.depth <= 2:
            raise
        return network


def _execute_deep(arguments: argparse.Namespace, network: Network) -> int:
    from exactrelu.deep.step_list import reparametrize_deep
    from exactrelu.documents.compression import deep_steps_document
    from exactrelu.documents.network import write_network

    domain = domain_of(arguments, network.inputs)
    steps = reparametrize_deep(network, arguments.steps, domain)
    after = steps[-1].after
    if arguments.certificate:
        from exactrelu.certificates.compression import certify_deep_steps

        certify_deep_steps(arguments.certificate, network, steps, domain)
    if arguments.out_file:
        write_network(after, arguments.out_file)
    if arguments.json:
        write_json(arguments.json, deep_steps_document(network, domain, steps))
    if arguments.json != "-":
        print_facts(
            [("network", network_text(arguments, network)), ("domain", domain_text(arguments, domain))]
        )
        for step in steps:
            print_deep_step(step)
        print_written(arguments.out_file, arguments.certificate)
    return 0


def _execute_shallow(arguments: argparse.Namespace, shallow: Parametrization) -> int:
    from exactrelu.documents.parametrization import write_parametrization
    from exactrelu.documents.shallow import steps_document
    from exactrelu.shallow.step_list import reparametrize

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
