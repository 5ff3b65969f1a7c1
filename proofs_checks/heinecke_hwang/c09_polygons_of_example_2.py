"""C9. The four polygons that Example 2 lists do not partition the plane."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from exactrelu.claims import Claim, Finding, Verdict

from ..verdicts import by_counterexample

# M_1 = the identity of R^2. The list as it is printed: polygon of theta -> the relations of y_1 and y_2 to 0.
PRINTED = {(0, 0): ("<=", "<="), (1, 0): (">", ">"), (0, 1): (">", "<="), (1, 1): (">", ">")}
# Whether x lies in a polygon depends on the signs of its coordinates only: nine points are all cases.
POINTS = tuple(product((-1, 0, 1), repeat=2))


def check(printed: Mapping[tuple[int, int], tuple[str, str]] = PRINTED) -> Finding:
    """Look up each of the nine points: it must lie in the polygon of its configuration and in no other."""
    faults, first = [], None
    for x in POINTS:
        expected = [tuple(int(y > 0) for y in x)]
        found = [theta for theta, signs in printed.items() if all(map(holds, x, signs))]
        if found != expected:
            first = first or x
            faults.append(
                f"x = {x}: its configuration is {expected[0]}, the printed polygons that hold it: {found}"
            )
    return by_counterexample(
        "M_1 is the identity of R^2, so M_1 x = x",
        *faults,
        "corrected form: theta = (1, 0) has {(M_1 x)_1 > 0} and {(M_1 x)_2 <= 0}, theta = (0, 1) has "
        "{(M_1 x)_1 <= 0} and {(M_1 x)_2 > 0}",
        holds=not faults,
        points=[("x", (1, 1)), ("x'", (-1, 1))],
    )


def holds(y: int, relation: str) -> bool:
    """Return whether y RELATION 0."""
    return y > 0 if relation == ">" else y <= 0


CLAIM = Claim(
    id="heinecke-hwang/C9",
    title="Example 2: the list of the first layer's polygons",
    sentence=r"""R^{\theta_1^1} = \{(M_1 \mathbf{x})_1 > 0\} \cap \{(M_1 \mathbf{x})_2 > 0\}, [...]
    R^{\theta_1^2} = \{(M_1 \mathbf{x})_1 > 0\} \cap \{(M_1 \mathbf{x})_2 \le 0\}, [...] R^{\theta_1^3}
    = \{M_1 \mathbf{x} > \mathbf{0}\}.""",
    source="Section 3.1, Example 2",
    reading="""With theta_1^0 = (0, 0), theta_1^1 = (1, 0), theta_1^2 = (0, 1), theta_1^3 = (1, 1): the
    four listed sets are the cells of these configurations, so each point lies in exactly one.""",
    recorded=Verdict.REFUTED,
    check=check,
)
