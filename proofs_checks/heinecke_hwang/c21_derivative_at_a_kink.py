"""C21. (13) with derivative 1 at y = 0 is not the gradient there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import inner_point, linear_part, text, transposed, written
from ..kernel.arithmetic import axiom
from ..kernel.rules import Theorem, part, together
from ..proving.certificates import arith
from ..proving.existence import linear_parts_exist
from ..proving.lemmas import abs_facts
from ..proving.refutations import Values, conclusion_of, denied, with_pre_activations
from ..proving.tactics import parts, use, with_witness
from ..proving.witnesses import NetworkWitness, constant_bits, point
from ..statements.decompositions import V, linear_parts
from ..statements.expressions import (
    FALSE,
    NATURAL,
    REAL,
    Expression,
    both,
    eq,
    exists,
    forall,
    function,
    implies,
    number,
    total,
    variable,
)
from ..statements.functions import ABS
from ..statements.networks import W, b, below, h, i, j, n, pre_activations, t, v, x, y
from ..tried_networks import tried_networks
from ..verdicts import Failure, by_counterexample, by_kernel, by_trial, by_two_roads, with_correction
from . import equation_13_inside_cells
from .c23_gradient_differences import one_where_not_negative

# relu(x) - relu(-x) = x, whose derivative is 1 everywhere.
NETWORK = Network.from_rationals([([[1], [-1]], [0, 0]), ([[1, -1]], [0])], name="relu(x) - relu(-x) = x")
X = (0,)
NETWORKS = tuple(tried_networks("C21", count=24))


def one_at_zero(y: Any) -> int:
    """Return the entry of Sigma as after (13): 1 if y >= 0."""
    return int(y >= 0)


def zero_at_zero(y: Any) -> int:
    """Return theta as in (6): 1 if y > 0."""
    return int(y > 0)


def by_13(network: Network, x: Sequence[Any], bit: Callable[[Any], int]) -> list[list[Fraction]]:
    """Return the columns of W_L Sigma_{L-1} ... Sigma_1 W_1 at x."""
    sigma = tuple(tuple(map(bit, y)) for y in network.preactivations(x))
    return transposed(linear_part(network, sigma))


def quotients(network: Network, x: Sequence[Any], step: Fraction) -> list[list[Fraction]]:
    """Return the difference quotients at x, one for each input."""
    moved = [[a + step * (i == j) for j, a in enumerate(x)] for i in range(network.inputs)]
    return [[(a - b) / step for a, b in zip(network(place), network(x), strict=True)] for place in moved]


# With diag(theta) for Sigma, which it is where no pre-activation is zero, (13) is the gradient of L^theta.
CORRECTED = equation_13_inside_cells.STATEMENT


# The product of (13) for L(y) = y and k = 0, V_L with Sigma for theta, is the derivative at x: along each d,
# y_L(x + t d) - y_L(x) = t V_L d up to epsilon |t|.
d, epsilon, delta = variable("d", REAL, NATURAL), variable("epsilon", REAL), variable("delta", REAL)
sigma = variable("sigma", REAL, NATURAL, NATURAL)
STEP = v(h + 1, i) - y(h + 1, i) - t * total(j, n(0), V(h + 1, i, j) * d(j))
NEAR = forall(
    *(t, v),
    implies(
        both(-delta < t, t < delta, pre_activations(v, function(j, x(j) + t * d(j)))),
        below(i, n(h + 1), ABS(STEP) <= epsilon * ABS(t)),
    ),
)
STATEMENT = forall(
    *(n, W, b, h, x, y, sigma, V),
    implies(
        both(pre_activations(y, x), one_where_not_negative(sigma, y), linear_parts(V, sigma)),
        forall(d, epsilon, implies(epsilon > 0, exists(delta, both(delta > 0, NEAR)))),
    ),
)


def denial() -> Theorem:
    """At 0, V_2 is 2, and relu(t) - relu(-t) = t: a step t > 0 differs from 2t by t, not by t/2 or less."""
    network, ones = NetworkWitness(NETWORK), constant_bits(1)[0]
    origin, right = point(X), function(j, number(1))

    def build(claim: Theorem) -> Theorem:
        def with_values(values: Values) -> Theorem:
            ((y, forward),) = values
            known = [fact for layer in network.values(y, X, forward) for fact in layer]

            def with_parts(linear: Expression, rule: Theorem) -> Theorem:
                says = use(claim, *network.functions, 1, origin, y, ones, linear)
                says = use(conclusion_of(says, forward, rule, *known), right, Fraction(1, 2))
                small = arith(number(0) < Fraction(1, 2))
                return with_witness(
                    use(says, small),
                    lambda delta, near: _too_far(network, known, _slope(linear, rule), delta, near),
                )

            return with_witness(use(linear_parts_exist(), *network.functions[:2], ones), with_parts)

        return with_pre_activations(network.functions, [origin], with_values)

    return denied(STATEMENT, build)


def _slope(linear: Expression, rule: Theorem) -> Theorem:
    """V_2 = 1 * 1 + (-1) * (-1) = 2."""
    start, step = parts(rule)
    inside = arith(number(0) < 1)
    first = [use(start, row, arith(number(row) < 2), 0, inside) for row in (0, 1)]
    return arith(eq(linear(2, 0, 0), 2), use(step, 0, 0, inside, 0, inside), *first, degree=1)


def _too_far(
    network: NetworkWitness, known: list[Theorem], slope: Theorem, delta: Expression, near: Theorem
) -> Theorem:
    positive, close = parts(near)
    step = delta * Fraction(1, 2)
    place = function(j, number(0) + step * 1)
    inside = [arith(-delta < step, positive), arith(step < delta, positive)]

    def with_values(values: Values) -> Theorem:
        ((v, forward),) = values
        start, following = parts(forward)
        first = [use(start, row, arith(number(row) < 2)) for row in (0, 1)]
        up, down = (parts(use(axiom("relu"), v(1, row))) for row in (0, 1))
        active = use(up[0], arith(v(1, 0) >= 0, first[0], positive))
        dead = use(down[1], arith(v(1, 1) <= 0, first[1], positive))
        output = use(following, 0, 0, arith(number(0) < 1))
        bound = use(close, step, v, together(*inside, forward), 0, arith(number(0) < 1))
        size = arith(eq(ABS(step), step), use(part(use(axiom("abs"), step), 0), arith(step >= 0, positive)))
        least = parts(use(abs_facts(), bound.conclusion.args[0].args[1]))[2]
        facts = (bound, least, size, output, active, dead, first[0], slope, positive, *known)
        return arith(FALSE, *facts, degree=1, multipliers=[step])

    return with_pre_activations(network.functions, [place], with_values)


def check(
    network: Network = NETWORK,
    x: Sequence[Any] = X,
    networks: Sequence[Network] = NETWORKS,
    places: Callable[[Network], Iterator[Sequence[Fraction]]] | None = None,
    statement: Expression = STATEMENT,
) -> Finding:
    """Compare (13), for L(y) = y and k = 0, with difference quotients to both sides."""
    step = Fraction(1, 1000)
    right, left = quotients(network, x, step)[0], quotients(network, x, -step)[0]
    found = by_13(network, x, one_at_zero)[0]
    sigma = tuple(tuple(map(one_at_zero, y)) for y in network.preactivations(x))
    as_transcribed = by_counterexample(
        *(f"y_{k} = {written(y)}" for k, y in enumerate(network.preactivations(x), start=1)),
        f"W_2 Sigma W_1 with Sigma = 1 at y = 0, as after (13): {written(found)}",
        f"with 0 at y = 0, as in (6): {written(by_13(network, x, zero_at_zero)[0])}",
        f"difference quotients to the right and to the left (step {step}): {written(right)}, {written(left)}",
        holds=found == right == left,
        hypotheses={"the network maps R to R": network.inputs == network.outputs == 1},
        networks=[network],
        points=[("x", x)],
        cells=[sigma],
        loss="L(y) = y, so dL/dy_L = 1 everywhere and beta = 0",
    )

    def failure(net: Network) -> Failure | None:
        for place in (places or smooth_points)(net):
            sides = [quotients(net, place, Fraction(sign, 2**20)) for sign in (1, -1)]
            if not by_13(net, place, one_at_zero) == sides[0] == sides[1]:
                return f"at {written(place)}, Sigma as in {text(net.configuration(place).layers)}"
        return None

    tried = by_trial(
        networks,
        failure,
        "at the inner point of each cell where none is zero, difference quotients with steps +- 2^-20",
    )
    return with_correction(
        by_two_roads(by_kernel(statement, denial, refutes=True), as_transcribed, refutes=True),
        "with diag(theta) for Sigma, (13) is the gradient of L^theta; the two are the same where no "
        "pre-activation is zero",
        by_two_roads(by_kernel(CORRECTED, equation_13_inside_cells.proof), tried),
    )


def smooth_points(network: Network) -> Iterator[Sequence[Fraction]]:
    """Yield the inner points of cells where no pre-activation is zero."""
    for region in regions(network):
        if all(all(ys) for ys in network.preactivations(inner_point(region))):
            yield inner_point(region)


CLAIM = PaperClaim(
    id="heinecke-hwang/C21",
    title="(13) with derivative 1 at a kink gives the derivative",
    sentence=r"""is a diagonal matrix with entries 0 or 1, corresponding to the value of the directional
    derivative of the rectifier function, which is $\partial a_{l,i}/\partial y_{l,i} = 1$ if $y_{l,i}
    \geq 0$ and 0 otherwise.""",
    source="Section 3.2, after (13)",
    reading="""For L(y) = y and k = 0, the product of (13) with Sigma = 1 where y >= 0 is the derivative
    of the network, at kinks as well (two-sided difference quotients).""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
