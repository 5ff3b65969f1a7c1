"""``exactrelu function NET [DOMAIN]``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from exactrelu.cli.build_command import terms_text
from exactrelu.cli.inputs import (
    UsageError,
    add_domain,
    add_network,
    add_search,
    domain_of,
    network_of,
    search_of,
    time_limit_of,
)
from exactrelu.cli.outputs import (
    add_result,
    domain_text,
    network_text,
    print_facts,
    print_written,
    write_json,
)
from exactrelu.numbers.text import functional_text

if TYPE_CHECKING:
    from exactrelu.construction.tropical import TropicalPair, TropicalPolynomial
    from exactrelu.networks.network import Network
    from exactrelu.polyhedra.domain import Domain

SUMMARY = "a network as a function: its convex pieces, a max-min form, or two tropical polynomials"
_SHOWN = 8
_Answer = tuple[dict[str, Any], list[tuple[str, str]]]


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_domain(parser)
    add_search(parser)
    parser.add_argument(
        "--form",
        choices=["pieces", "max-min", "tropical"],
        default="pieces",
        help="pieces (default) or max-min, which `build` reads; or f = p - q, p and q tropical polynomials",
    )
    parser.add_argument(
        "--hull",
        choices=["upper", "all"],
        help="monomials of tropical polynomials: those of the upper hull (default), or all vertices",
    )
    add_result(parser, "-o", "--out-file", help="the function to write")
    add_result(
        parser, "--draw", help="draw the Newton polygons of p and q for two inputs (.svg or .png; tropical)"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Print a network as a function."""
    for option in ("hull", "draw"):
        if getattr(arguments, option) and arguments.form != "tropical":
            raise UsageError(f"--{option}: expected with --form tropical, got without")
    network = network_of(arguments)
    if arguments.draw:
        from exactrelu.drawing import require_drawable

        require_drawable(network, arguments.draw)
    domain = domain_of(arguments, network.inputs)
    document, facts = (_tropical if arguments.form == "tropical" else _form)(arguments, network, domain)
    if arguments.out_file:
        write_json(arguments.out_file, document)
    if arguments.json:
        write_json(arguments.json, document)
    if "-" not in (arguments.json, arguments.out_file):
        print_facts([("network", network_text(arguments, network)), *facts])
        print_written(arguments.out_file, arguments.draw)
    return 0


def _form(arguments: argparse.Namespace, network: Network, domain: Domain) -> _Answer:
    from exactrelu.construction.max_min import max_min_form
    from exactrelu.construction.network_pieces import function_of_network
    from exactrelu.documents.functions import function_document
    from exactrelu.enumeration import require_engine

    with search_of(arguments, require_engine(arguments.engine)) as search:
        function = function_of_network(network, domain, search=search)
        form = max_min_form(function) if arguments.form == "max-min" else None
    facts = [("domain", domain_text(arguments, domain)), ("convex pieces", str(len(function.pieces)))]
    if form is not None:
        facts.append(("max-min form", terms_text(form)))
    return function_document(form or function), facts


def _tropical(arguments: argparse.Namespace, network: Network, domain: Domain) -> _Answer:
    from exactrelu.construction.tropical import tropical_pair
    from exactrelu.documents.functions import tropical_document

    if not domain.is_whole_space:
        raise UsageError("--form tropical: expected the whole space, got a domain")
    hull = arguments.hull or "upper"
    with time_limit_of(arguments):
        pair = tropical_pair(network, hull)
    if arguments.draw:
        _draw(arguments.draw, pair)
    return tropical_document(pair, hull), _pair_facts(pair)


def _draw(path: str, pair: TropicalPair) -> None:
    from exactrelu.drawing.newton_polygons import NewtonPolygon, draw_newton_polygons

    named = [
        (f"{name}{k}", polynomial)
        for k, both in enumerate(zip(pair.positive, pair.negative, strict=True))
        for name, polynomial in zip("pq", both, strict=True)
    ]
    draw_newton_polygons([NewtonPolygon(name, p.subdivision) for name, p in named], path)


def _pair_facts(pair: TropicalPair) -> list[tuple[str, str]]:
    facts = []
    for k, polynomials in enumerate(zip(pair.positive, pair.negative, strict=True)):
        facts += [(f"{name}{k}", _polynomial_text(p)) for name, p in zip("pq", polynomials, strict=True)]
    return facts


def _polynomial_text(polynomial: TropicalPolynomial) -> str:
    rows = polynomial.monomials
    shown = ", ".join(map(functional_text, rows[:_SHOWN])) + (", ..." if len(rows) > _SHOWN else "")
    vertices = len(polynomial.newton_polytope)
    return f"max({shown}): {len(rows)} monomials; the Newton polytope has {vertices} vertices"
