"""C9. The four polygons that Example 2 lists do not partition the plane."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import has_full_row_rank
from ..verdicts import by_counterexample, by_proof, with_correction

# M_1 = the identity of R^2, so that the coordinates of x are the pre-activations.
NETWORK = Network.from_rationals([([[1, 0], [0, 1]], [0, 0]), ([[1, 1]], [0])], name="M_1 = identity")
# The list as it is printed: polygon of theta -> the relations of (M_1 x)_1 and (M_1 x)_2 to 0.
PRINTED = {(0, 0): ("<=", "<="), (1, 0): (">", ">"), (0, 1): (">", "<="), (1, 1): (">", ">")}
CORRECTED = {(0, 0): ("<=", "<="), (1, 0): (">", "<="), (0, 1): ("<=", ">"), (1, 1): (">", ">")}
# Whether x lies in a polygon depends on the signs of M_1 x only: nine points are all cases.
POINTS = tuple(product((-1, 0, 1), repeat=2))

List = Mapping[tuple[int, int], tuple[str, str]]
Case = tuple[tuple[int, ...], tuple[int, ...], list[tuple[int, int]]]


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
    return with_correction(
        as_transcribed,
        "; ".join(
            f"{theta}: (M_1 x)_1 {one} 0, (M_1 x)_2 {two} 0" for theta, (one, two) in corrected.items()
        ),
        by_proof(
            "all x: nine sign patterns of M_1 x",
            [f"x = {x} lies in those of {found}" for x, _, found in left],
        ),
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
