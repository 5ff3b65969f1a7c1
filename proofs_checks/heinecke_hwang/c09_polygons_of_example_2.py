"""C9. The four polygons that Example 2 lists do not partition the plane."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import has_full_row_rank
from ..kernel.rules import Theorem, part, together
from ..proving.cases import by_cases
from ..proving.certificates import arith
from ..proving.tactics import parts, prove, prove_for, use
from ..statements.expressions import (
    FALSE,
    REAL,
    Expression,
    both,
    forall,
    implies,
    negation,
    number,
    variable,
)
from ..verdicts import by_analysis, by_counterexample, by_kernel, by_two_roads, with_correction

# M_1 = the identity of R^2, so that the coordinates of x are the pre-activations.
NETWORK = Network.from_rationals([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [0])], name="M_1 = identity")
# The list as it is printed: polygon of theta -> the relations of (M_1 x)_1 and (M_1 x)_2 to 0.
PRINTED = {(0, 0): ("<=", "<="), (1, 0): (">", ">"), (0, 1): (">", "<="), (1, 1): (">", ">")}
CORRECTED = {(0, 0): ("<=", "<="), (1, 0): (">", "<="), (0, 1): ("<=", ">"), (1, 1): (">", ">")}
# Whether x lies in a polygon depends on the signs of M_1 x only: nine points are all cases.
POINTS = tuple(product((-1, 0, 1), repeat=2))

List = Mapping[tuple[int, int], tuple[str, str]]
Case = tuple[tuple[int, ...], tuple[int, ...], list[tuple[int, int]]]


one, two = (
    variable("y_1", REAL),
    variable("y_2", REAL),
)  # the coordinates of M_1 x: all of R^2, as M_1 is onto


def side(value: Expression, relation: str) -> Expression:
    """VALUE RELATION 0."""
    return value > 0 if relation == ">" else value <= 0


def says(polygons: List) -> Expression:
    """For every M_1 x: it lies in the polygon of each theta exactly if theta is its configuration."""
    formulas = []
    for theta, signs in polygons.items():
        listed = both(side(one, signs[0]), side(two, signs[1]))
        cell = both(*(value > 0 if bit else value <= 0 for value, bit in zip((one, two), theta, strict=True)))
        formulas += [implies(listed, cell), implies(cell, listed)]
    return forall(one, two, both(*formulas))


STATEMENT, CORRECTED_STATEMENT = says(PRINTED), says(CORRECTED)


def denial() -> Theorem:
    """(1, 1) has the configuration (1, 1), and lies in the polygon that is printed for (1, 0)."""

    def build(claim: Theorem, _: Expression) -> Theorem:
        rules = parts(use(claim, 1, 1))
        wrong = [
            rule for rule in rules if rule.conclusion.args[0].args[1].op != rule.conclusion.args[1].args[1].op
        ]
        listed = next(rule for rule in wrong if rule.conclusion.args[0].args[1].op == "<")
        inside = use(listed, together(arith(number(0) < 1), arith(number(0) < 1)))
        return arith(FALSE, part(inside, 1))

    return prove(negation(STATEMENT), build)


def correction() -> Theorem:
    """Each polygon of the corrected list is the cell, sign by sign."""

    def build(goal: Expression) -> Theorem:
        return by_cases(goal)

    return prove_for((one, two), CORRECTED_STATEMENT, build)


def check(printed: List = PRINTED, network: Network = NETWORK, corrected: List = CORRECTED) -> Finding:
    """Look up each of the nine points: it must lie in the polygon of its configuration and in no other."""
    faults, left = wrong_points(network, printed), wrong_points(network, corrected)
    as_transcribed = by_counterexample(
        *(
            f"x = {x}: its configuration is {bits}, the printed polygons that hold it: {found}"
            for x, bits, found in faults
        ),
        holds=not faults,
        hypotheses={"M_1 is onto R^2": has_full_row_rank(network.layers[0].weight)},
        networks=[network],
        points=[("x" + "'" * i, x) for i, (x, _, _) in enumerate(faults)],
        cells=list(dict.fromkeys((bits,) for _, bits, _ in faults)),
    )
    listed = by_analysis(
        "all x: nine sign patterns of M_1 x",
        [f"x = {x} lies in those of {found}" for x, _, found in left],
        cases=POINTS,
    )
    return with_correction(
        by_two_roads(by_kernel(says(printed), denial, refutes=True), as_transcribed, refutes=True),
        "; ".join(
            f"{theta}: (M_1 x)_1 {one} 0, (M_1 x)_2 {two} 0" for theta, (one, two) in corrected.items()
        ),
        by_two_roads(by_kernel(says(corrected), correction), listed),
    )


def wrong_points(network: Network, polygons: List) -> list[Case]:
    """Return the points that do not lie in the polygon of their configuration alone, with those that do."""
    cases = []
    for x in POINTS:
        (y,) = network.preactivations(x)
        bits = tuple(int(entry > 0) for entry in y)
        found = [theta for theta, signs in polygons.items() if all(map(holds, y, signs))]
        if found != [bits]:
            cases.append((x, bits, found))
    return cases


def holds(y: object, relation: str) -> bool:
    """Return whether y RELATION 0."""
    return y > 0 if relation == ">" else y <= 0  # type: ignore[operator]


CLAIM = PaperClaim(
    id="heinecke-hwang/C9",
    title="Example 2: the list of the first layer's polygons",
    sentence=r"""R^{\theta_1^1} = \{(M_1 \mathbf{x})_1 > 0\} \cap \{(M_1 \mathbf{x})_2 > 0\}, [...]
    R^{\theta_1^2} = \{(M_1 \mathbf{x})_1 > 0\} \cap \{(M_1 \mathbf{x})_2 \le 0\}, [...] R^{\theta_1^3}
    = \{M_1 \mathbf{x} > \mathbf{0}\}.""",
    source="Section 3.1, Example 2",
    reading="""With theta_1^0 = (0, 0), theta_1^1 = (1, 0), theta_1^2 = (0, 1), theta_1^3 = (1, 1): the
    four listed sets are the cells of these configurations, so each point lies in exactly one.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
