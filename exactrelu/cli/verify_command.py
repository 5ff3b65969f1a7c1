"""``exactrelu verify NET PROPERTY`` and ``exactrelu verify NET [DOMAIN] --bound BOUND``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from exactrelu.cli.inputs import (
    UsageError,
    add_domain,
    add_network,
    add_time_limit,
    bounds_of,
    domain_of,
    network_of,
    search_of,
)
from exactrelu.cli.outputs import (
    add_certificate,
    add_result,
    network_text,
    print_facts,
    print_written,
    write_json,
)
from exactrelu.cli.status_line import status_line
from exactrelu.cli.workers import add_workers, one_thread_each, workers_of
from exactrelu.verification.verdict import Verdict

if TYPE_CHECKING:
    from fractions import Fraction

    from exactrelu.enumeration.effort import Search
    from exactrelu.networks.network import Network
    from exactrelu.verification.decision import PropertyDecision
    from exactrelu.verification.property import Property

_STATUS = {Verdict.HOLDS: 0, Verdict.REFUTED: 1, Verdict.UNKNOWN: 3}
_MEANING = {
    Verdict.HOLDS: "no input is unsafe",
    Verdict.REFUTED: "the point is unsafe",
    Verdict.UNKNOWN: "not decided",
}

SUMMARY = "whether a network has a property: a VNN-LIB file, or bounds on the line"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    parser.add_argument(
        "property",
        metavar="PROPERTY",
        nargs="?",
        help="a VNN-LIB 1.0 file (.vnnlib or .vnnlib.gz) that describes the unsafe points",
    )
    parser.set_defaults(inputs=("property",))
    add_domain(parser)
    parser.add_argument(
        "--bound",
        action="append",
        metavar="BOUND",
        help="what should hold on the domain, such as 'y0 - 2 y1 <= x0 + 5/2' (repeatable)",
    )
    add_result(
        parser, "--witness", help="write the unsafe point in the competition's format, in exact decimals"
    )
    add_certificate(parser)
    add_time_limit(parser)
    add_workers(parser, "share a long search")


def execute(arguments: argparse.Namespace) -> int:
    """Decide whether a network has a property."""
    from exactrelu.documents.verify import verify_document

    _see_one_property(arguments)
    one_thread_each()
    with (
        search_of(arguments) as search,
        workers_of(arguments) as workers,
        nullcontext(search) if workers.progress else status_line(search) as watched,
    ):
        from exactrelu.verification.verify import verify

        network = network_of(arguments)
        prop = _property(arguments, network)
        decision = verify(
            network,
            prop,
            search=watched,
            workers=None if arguments.certificate else workers,  # cuts are kept in one process
            trees=arguments.certificate is not None,
        )
        certificate = _write_certificate(arguments, decision, watched)
    witness = _write_witness(arguments, decision)
    if arguments.json:
        write_json(
            arguments.json, verify_document(decision) | _asked(arguments, network) | witness | certificate
        )
    if arguments.json != "-":
        _print(arguments, decision, witness | certificate)
    return _STATUS[decision.verdict]


def _see_one_property(arguments: argparse.Namespace) -> None:
    has_domain = arguments.box is not None or arguments.domain is not None
    if arguments.property is None and not arguments.bound:
        raise UsageError("verify: expected PROPERTY or --bound, got neither")
    if arguments.property is not None and (arguments.bound or has_domain):
        option = "--bound" if arguments.bound else "--box" if arguments.box is not None else "--domain"
        raise UsageError(f"verify: expected PROPERTY, which says where it is meant, or {option}, got both")


def _property(arguments: argparse.Namespace, network: Network) -> Property:
    from exactrelu.formats.vnnlib import read_property
    from exactrelu.verification.property import Property

    shape = network.inputs, network.outputs
    if arguments.property is not None:
        return read_property(arguments.property, *shape)
    if arguments.box is not None:  # of an image's pixels, whose constraints would fill the memory
        return Property.from_bounds(
            *shape, bounds_of(arguments.box, network.inputs, "--box"), arguments.bound
        )
    return Property.from_bounds(*shape, domain_of(arguments, network.inputs), arguments.bound)


def _asked(arguments: argparse.Namespace, network: Network) -> dict[str, Any]:
    """Return bounds and domain where they were on the line."""
    from exactrelu.documents.network import domain_document

    if arguments.property is not None:
        return {}
    domain = domain_of(arguments, network.inputs)
    return {"domain": domain_document(domain), "bounds": arguments.bound}


def _write_witness(arguments: argparse.Namespace, decision: PropertyDecision) -> dict[str, Any]:
    """Write the witness; return its text, or why there is none."""
    from exactrelu.documents.witness import Witness, decimal_witness
    from exactrelu.writing.atomic_file import write_atomically

    if not arguments.witness or decision.point is None:
        return {}
    found = decimal_witness(decision.network, decision.property, decision.point)
    if isinstance(found, Witness):
        write_atomically(arguments.witness, [found.text()])
        return {"witness": arguments.witness}
    return {"witness": None, "no_witness": found.reason}


def _write_certificate(
    arguments: argparse.Namespace, decision: PropertyDecision, search: Search
) -> dict[str, Any]:
    """Write the certificate of what holds; elsewhere the point is the evidence, or there is none."""
    if not arguments.certificate or decision.verdict is not Verdict.HOLDS:
        return {}
    from exactrelu.certificates.properties import certify_property

    certify_property(arguments.certificate, decision, search)
    return {"certificate": arguments.certificate}


def _print(arguments: argparse.Namespace, decision: PropertyDecision, witness: dict[str, Any]) -> None:
    facts = [("network", network_text(arguments, decision.network))]
    if arguments.property is not None:
        facts.append(("property", arguments.property))
    else:
        box = arguments.box
        text = str(domain_of(arguments, decision.network.inputs)) if box is None else f"box {box}"
        facts.append(("domain", text))
        facts += [("bound", bound) for bound in arguments.bound]
    facts.append(("verdict", f"{decision.verdict} ({_MEANING[decision.verdict]})"))
    if decision.point is not None and decision.outputs is not None:
        facts += [("point", _exact_text(decision.point)), ("outputs", _exact_text(decision.outputs))]
    if decision.verdict is Verdict.UNKNOWN:
        facts += [("reason", str(decision.reason)), ("so far", str(decision.standing()))]
    else:
        facts.append(("boxes", f"{decision.boxes:,}"))
    facts.append(("seconds", f"{decision.seconds:.2f}"))
    if "no_witness" in witness:
        facts.append(("no witness", witness["no_witness"]))
    print_facts(facts)
    print_written(witness.get("witness"), witness.get("certificate"))


def _exact_text(values: Sequence[Fraction]) -> str:
    from exactrelu.documents.network import vector_texts

    return f"({', '.join(vector_texts(values))})"
