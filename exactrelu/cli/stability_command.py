"""``exactrelu stability GAMMA THETA``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from exactrelu.cli.inputs import (
    add_limits,
    add_reading_of_files,
    add_sums,
    bounds_of,
    reading_of,
    search_of,
)
from exactrelu.cli.outputs import add_certificate, print_facts, print_rows, print_written, write_json
from exactrelu.errors import ArgumentError
from exactrelu.numbers.rationals import rational_at
from exactrelu.numbers.text import number_text, vector_text

if TYPE_CHECKING:
    from exactrelu.enumeration.effort import Search
    from exactrelu.shallow.parametrization import Parametrization
    from exactrelu.stability.inverse_stability import StabilityReport
    from exactrelu.stability.lemma_a7 import LemmaA7Constant
    from exactrelu.stability.norms import SupDistance


SUMMARY = "inverse stability of a pair of shallow networks (L = 2)"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "gamma", metavar="GAMMA", help="the parametrization to stay near to: .json, .onnx, .nnet"
    )
    parser.add_argument("theta", metavar="THETA", help="a parametrization of the realization g to reach")
    parser.set_defaults(inputs=("gamma", "theta"))
    add_reading_of_files(parser)
    parser.add_argument("--beta", metavar="P/Q", help="the beta of Theorem 3.1, C.1 (default: the smallest)")
    parser.add_argument(
        "--positivity",
        choices=["support", "all"],
        default="support",
        help="whose weight vectors must have positive coordinates in Definition 3.2 (default: non-zero ones)",
    )
    parser.add_argument("--radius", metavar="P/Q", help="a radius among parameters, for Proposition 1.2")
    parser.add_argument("--box", metavar="BOX", help="the sup norm on LO:HI, too (or LO:HI,LO:HI,...)")
    parser.add_argument("--lemma-a7", action="store_true", help="the constant of Lemma A.7 for Gamma, too")
    add_sums(parser)
    add_limits(parser)
    add_certificate(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Report delta, Theorem 3.1 with its Phi, and Theorem 3.3 for a pair of shallow networks."""
    from exactrelu.cli.stability_tables import print_report
    from exactrelu.documents.parametrization import parametrization_digest
    from exactrelu.documents.stability import stability_document
    from exactrelu.stability.inverse_stability import inverse_stability

    gamma, theta = (_loaded(arguments, path) for path in (arguments.gamma, arguments.theta))
    with search_of(arguments) as search:
        report = inverse_stability(
            gamma,
            theta,
            beta=None if arguments.beta is None else rational_at("--beta", arguments.beta),
            positivity=arguments.positivity,
            search=search,
            most_sums=arguments.max_sums,
        )
        extras = _Extras(arguments, gamma, theta, search)
    if arguments.certificate:
        _certify(arguments.certificate, report)
    if arguments.json:
        header = {
            "format": "exactrelu-stability",
            "version": 1,
            "gamma": parametrization_digest(gamma),
            "theta": parametrization_digest(theta),
            "positivity": arguments.positivity,
        }
        write_json(arguments.json, header | stability_document(report) | extras.document())
    if arguments.json != "-":
        print_report(arguments, report)
        extras.show()
        print_written(arguments.certificate)
    return 0


def _certify(path: str, report: StabilityReport) -> None:
    from exactrelu.certificates.shallow import certify_theorem_31

    if report.theorem_31 is None:
        raise ArgumentError(f"--certificate: expected a pair for Theorem 3.1; {report.why_not_31}")
    certify_theorem_31(path, report.gamma, report.theta, report.theorem_31, report.gradients)


def _loaded(arguments: argparse.Namespace, path: str) -> Parametrization:
    from exactrelu.formats.shallow_file import load_parametrization

    return load_parametrization(path, **reading_of(arguments))


class _Extras:
    """What is reported when it is asked for: radii, the sup norm on a box, the constant of Lemma A.7."""

    def __init__(
        self, arguments: argparse.Namespace, gamma: Parametrization, theta: Parametrization, search: Search
    ) -> None:
        from exactrelu.polyhedra.domain import Domain
        from exactrelu.stability.lemma_a7 import lemma_a7_constant
        from exactrelu.stability.norms import sup_distance
        from exactrelu.stability.stability_constants import SHARP, THEOREM_3_3

        self.radius = None if arguments.radius is None else rational_at("--radius", arguments.radius)
        self.radii = None
        if self.radius is not None:
            self.radii = [s.realization_radius(self.radius) for s in (THEOREM_3_3, SHARP)]
        self.sup: SupDistance | None = None
        if arguments.box is not None:
            box = Domain.box(bounds_of(arguments.box, gamma.inputs, "--box"))
            self.sup = sup_distance(theta, gamma, box, search=search)
        self.box = arguments.box
        self.lemma: LemmaA7Constant | None = None
        if arguments.lemma_a7:
            self.lemma = lemma_a7_constant([neuron.weight for neuron in gamma.neurons], search=search)

    def document(self) -> dict[str, Any]:
        from exactrelu.documents.stability import lemma_a7_document, radii_document, sup_document

        result: dict[str, Any] = {}
        if self.radius is not None and self.radii is not None:
            result |= radii_document(self.radius, self.radii)
        if self.sup is not None:
            result |= sup_document(self.box, self.sup)
        if self.lemma is not None:
            result |= lemma_a7_document(self.lemma)
        return result

    def show(self) -> None:
        if self.radius is not None and self.radii is not None:
            r, four, sharp = (number_text(x) for x in (self.radius, *self.radii))
            sys.stdout.write("\nProposition 1.2: from parameters to realizations, on the restricted space\n")
            print_facts([("radius", r), ("with s = 4", four), ("s = 2 sqrt(2)", sharp)])
        if self.sup is not None:
            sys.stdout.write(f"\nSup norm of R(Theta) - R(Gamma) on the box {self.box}\n")
            at = f"{number_text(self.sup.value)} at {vector_text(self.sup.point)}, output {self.sup.output}"
            print_facts([("sup", at)])
        if self.lemma is not None:
            self._show_lemma(self.lemma)

    def _show_lemma(self, found: LemmaA7Constant) -> None:
        sys.stdout.write("\nLemma A.7 for the directions of Gamma\n")
        print_facts(
            [
                ("C'", f"{number_text(found.gradient_constant)}: |h|_W1inf <= C' |h|_inf on (-1,1)^d"),
                ("C_A", f"{found.constant} = 2 sqrt(C')"),
                ("attained at", f"{vector_text(found.point)}, input {found.input}, by the h with"),
            ]
        )
        rows = [(str(i), number_text(c)) for i, c in enumerate(found.coefficients)]
        print_rows(("neuron", "c"), rows)
