"""``exactrelu distance NET NET2 [DOMAIN]``."""

from __future__ import annotations

import argparse
from fractions import Fraction
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import (
    add_domain,
    add_network,
    add_search,
    add_second_network,
    domain_of,
    pair_of,
    search_of,
)
from exactrelu.cli.outputs import (
    add_certificate,
    domain_text,
    pair_facts,
    print_facts,
    print_written,
    write_json,
)
from exactrelu.errors import ArgumentError
from exactrelu.numbers.rationals import format_rational
from exactrelu.numbers.text import rounded_text, vector_text

if TYPE_CHECKING:
    from exactrelu.analysis.distances import Distance
    from exactrelu.networks.network import Network

_DIGITS = 12
_LONGEST = 60


SUMMARY = "the exact distance of two networks on a domain"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_second_network(parser)
    parser.add_argument(
        "--norm",
        choices=["sup", "w1inf", "l1", "l2"],
        default="sup",
        help="supremum (default), largest entry of the derivative, or integrals; the largest or the sum "
        "over the outputs",
    )
    add_domain(parser)
    add_search(parser)
    add_certificate(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print the exact distance of two networks, and where it is attained."""
    from exactrelu.analysis.distances import DistanceNorm, distance
    from exactrelu.documents.distance import distance_document
    from exactrelu.documents.region import pair_header
    from exactrelu.enumeration import require_engine

    networks = pair_of(arguments)
    domain = domain_of(arguments, networks[0].inputs)
    engine, norm = require_engine(arguments.engine), DistanceNorm(arguments.norm)
    if arguments.certificate and norm is not DistanceNorm.SUP:
        raise ArgumentError(f"--certificate: expected --norm sup, got --norm {norm}")
    with search_of(arguments, engine) as search:
        found = distance(*networks, domain, norm, search=search)
        if arguments.certificate:
            from exactrelu.certificates.certify import certify

            certify(found, arguments.certificate, search=search)
    if arguments.json:
        header = pair_header("exactrelu-distance", networks, domain, engine)
        write_json(arguments.json, header | distance_document(networks, found))
    if arguments.json != "-":
        print_facts(
            [
                *pair_facts(arguments, networks),
                ("domain", domain_text(arguments, domain)),
                ("norm", str(norm)),
                *_facts(networks, found),
            ]
        )
        print_written(arguments.certificate)
    return 0


def _facts(networks: tuple[Network, Network], found: Distance) -> list[tuple[str, str]]:
    from exactrelu.analysis.distances import DistanceNorm
    from exactrelu.documents.network import vector_texts

    facts = [("distance", _value_text(found))]
    if found.attained is not None:
        facts.append(("attained", "yes" if found.attained else "no"))
    if found.point is not None:
        ray = "" if found.ray is None else f" + t ({', '.join(vector_texts(found.ray))})"
        facts.append(("point", vector_text(found.point) + ray))
    if found.output is not None:
        entry = "" if found.input is None else f", input {found.input}"
        facts.append(("entry", f"output {found.output}{entry}"))
    if found.norm is DistanceNorm.W1INF and found.point is not None:
        facts += [("configurations", ", ".join(str(net.configuration(found.point)) for net in networks))]
    return facts


def _value_text(found: Distance) -> str:
    """Return the exact value where it is not too long, and its decimal."""
    from exactrelu.numbers.algebraic import AlgebraicNumber

    if not isinstance(found.power, Fraction):
        return str(found.power)
    exact, decimal = format_rational(found.power), rounded_text(found.power)
    if isinstance(found.value, AlgebraicNumber):
        if found.value.rational is None:
            exact, decimal = f"sqrt({exact})", f"~{found.value.decimal(_DIGITS)}"
        else:
            exact, decimal = format_rational(found.value.rational), rounded_text(found.value.rational)
    if len(exact) > _LONGEST:
        return decimal
    return exact if exact == decimal else f"{exact} = {decimal}"
