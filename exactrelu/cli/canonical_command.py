"""``exactrelu canonical NET [DOMAIN] [--minimal] [--fibre]``."""

from __future__ import annotations

import argparse
import sys
from fractions import Fraction
from typing import TYPE_CHECKING

from exactrelu.cli.inputs import (
    add_domain,
    add_network,
    add_sums,
    add_time_limit,
    domain_of,
    parametrization_of,
    time_limit_of,
)
from exactrelu.cli.outputs import (
    add_certificate,
    domain_text,
    print_facts,
    print_rows,
    print_written,
    shallow_text,
    write_json,
)
from exactrelu.errors import ArgumentError
from exactrelu.numbers.text import functional_text, vector_text

if TYPE_CHECKING:
    from exactrelu.polyhedra.domain import Domain
    from exactrelu.shallow.canonical_forms import CanonicalForm
    from exactrelu.shallow.fewest_neurons import MinimalWidth
    from exactrelu.shallow.parametrization import Parametrization
    from exactrelu.shallow.reduced_fibre import ReducedFibre

DONE, UNKNOWN = 0, 3


SUMMARY = "the canonical form of a shallow network's function (L = 2)"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    add_network(parser)
    add_domain(parser)
    parser.add_argument(
        "--minimal", action="store_true", help="the smallest number of neurons on the domain, too"
    )
    parser.add_argument(
        "--fibre", action="store_true", help="the sets of neurons that can be flipped, too: the whole fibre"
    )
    add_sums(parser)
    add_time_limit(parser)
    add_certificate(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print the canonical form of a shallow network's function."""
    from exactrelu.documents.canonical import canonical_document, fibre_document, minimal_document
    from exactrelu.shallow.canonical_forms import canonical_form
    from exactrelu.shallow.fewest_neurons import minimal_width
    from exactrelu.shallow.reduced_fibre import reduced_fibre

    shallow = parametrization_of(arguments)
    domain = domain_of(arguments, shallow.inputs)
    if arguments.fibre and not domain.is_whole_space:
        raise ArgumentError("--fibre: expected no domain, got one; it is about all of R^d")
    if arguments.certificate and not domain.is_whole_space:
        raise ArgumentError("--certificate: expected no domain, got one; it is about all of R^d")
    with time_limit_of(arguments):
        form = canonical_form(shallow, domain)
        minimal = minimal_width(form, domain, most_sums=arguments.max_sums) if arguments.minimal else None
        fibre = reduced_fibre(shallow, most_sums=arguments.max_sums) if arguments.fibre else None
    if arguments.certificate:
        from exactrelu.certificates.shallow import certify_canonical_form

        certify_canonical_form(arguments.certificate, shallow, form)
    if arguments.json:
        document = canonical_document(shallow, domain, form)
        document |= {} if minimal is None else {"minimal": minimal_document(minimal)}
        document |= {} if fibre is None else {"fibre": fibre_document(fibre)}
        write_json(arguments.json, document)
    if arguments.json != "-":
        _print(arguments, shallow, domain, form)
        if minimal is not None:
            _print_minimal(minimal)
        if fibre is not None:
            _print_fibre(fibre)
        print_written(arguments.certificate)
    unknown = (fibre is not None and fibre.unknown is not None) or (
        minimal is not None and minimal.value is None
    )
    return UNKNOWN if unknown else DONE


def _print(
    arguments: argparse.Namespace, shallow: Parametrization, domain: Domain, form: CanonicalForm
) -> None:
    rows = (functional_text((*row, entry)) for row, entry in zip(form.linear, form.constant, strict=True))
    print_facts(
        [
            ("network", shallow_text(arguments, shallow)),
            ("domain", domain_text(arguments, domain)),
            ("function", form.digest),
            ("formula", "f(x) = 1/2 sum jump |h(x)| + affine part"),
            ("affine part", "(" + ", ".join(rows) + ")"),
            ("kinks", str(len(form.kinks))),
        ]
    )
    if form.kinks:
        kinks = [(functional_text(tuple(map(Fraction, h))), vector_text(jump)) for h, jump in form.kinks]
        print_rows(("h(x)", "jump"), kinks)


def _print_minimal(minimal: MinimalWidth) -> None:
    value = minimal.value
    number = str(value) if value is not None else f"unknown: from {minimal.lower} to {minimal.upper}"
    print_facts([("fewest neurons", number), ("", f"{minimal.hyperplanes} hyperplanes carry the kinks")])


def _print_fibre(fibre: ReducedFibre) -> None:
    if fibre.steps:
        names = ",".join(result.name for result in fibre.steps)
        print_facts([("fibre", f"of the {fibre.base.width} neurons after {names}")])
    if fibre.unknown is not None:
        print_facts([("fibre", f"unknown: {fibre.unknown}")])
        return
    print_facts([("fibre", f"{len(fibre.flips)} sets of neurons to flip, x permutations x rescalings")])
    for chosen in fibre.flips:
        sys.stdout.write(f"  {{{', '.join(map(str, chosen))}}}\n")
