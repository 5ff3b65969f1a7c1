"""Equation (21). The semi-norm is a maximum over the cells of an arrangement, and does not depend on U."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from exactrelu import Domain, Parametrization, gradient_distance, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.rules import Theorem, together
from ..parametrization_texts import written_parametrization
from ..stability_proofs.gradients import cone, cone_statement, derivative, derivative_statement
from ..statements.expressions import Expression, both
from ..tried_pairs import Pair, restricted_pairs, scalar_pairs
from ..verdicts import Failure, by_argument, by_cases, by_kernel, by_two_roads

PAIRS = (*scalar_pairs("equation 21", 60), *restricted_pairs("equation 21", 15, most_neurons=3))
EDGES = (Fraction(1, 2**100), Fraction(1, 3))


def seminorm(one: Parametrization, two: Parametrization) -> Fraction:
    """Return the maximum of (21) over the cells of the hyperplanes whose kinks differ."""
    return gradient_distance(one, two).value


def proof() -> Theorem:
    """Derivatives off the hyperplanes, and that they are constant along rays."""
    return together(derivative(), cone())


def check(
    pairs: Sequence[Pair] = PAIRS,
    value_of: Callable[[Parametrization, Parametrization], Fraction] = seminorm,
    statement: Expression | None = None,
) -> Finding:
    """Prove the derivatives off the hyperplanes; compare (21) with the gradients of all full cells."""
    wanted = both(derivative_statement(), cone_statement()) if statement is None else statement
    return by_argument(
        by_two_roads(by_kernel(wanted, proof), trial(pairs, value_of)),
        "the essential supremum of the gradient is the supremum off the hyperplanes: these are "
        "finitely many, of measure 0, or all of the space where a weight is 0",
    )


def trial(pairs: Sequence[Pair], value_of: Callable[[Parametrization, Parametrization], Fraction]) -> Finding:
    """Compare (21) with the gradients of all full cells of R(Theta) - R(Gamma), on R^d and on small boxes."""

    def failure(pair: Pair) -> Failure | None:
        gamma, theta = pair
        expected = value_of(theta, gamma)
        difference = theta.network() - gamma.network()
        boxes = [None, *(Domain.box([(-edge, edge / 2)] * gamma.inputs) for edge in EDGES)]
        for box in boxes:
            cells = regions(difference, box, "full")
            entries = [abs(entry) for cell in cells for row in cell.affine_map.weight for entry in row]
            if max(entries) != expected:
                names = f"{written_parametrization(theta)}, {written_parametrization(gamma)}"
                return f"{names}: the cells give {max(entries)}, (21) gives {expected}"
        return None

    return by_cases(
        pairs,
        failure,
        f"for U = R^d and for the boxes [-r, r/2]^d, r = {', '.join(map(str, EDGES))}: every cell is a "
        "cone, so it meets each neighbourhood of 0",
    )


CLAIM = PaperClaim(
    id="berner/equation-21",
    title="(21): the semi-norm as a maximum over cells, independent of U",
    sentence="""In (21) one can see that in our setting is independent of (as long as contains a
    neighbourhood of the origin) and will thus be abbreviated by .""",
    source="Section 2, (21)",
    reading="""Our reconstruction: |R(Theta) - R(Gamma)|_{W^{1,inf}(U)} is the largest absolute entry of the
    difference of sums of c_i (x) a_i over the active neurons, over the cells of the arrangement of all a_i,
    if U contains a neighbourhood of 0.""",
    recorded=ClaimVerdict.ARGUED,
    check=check,
)
