"""Section 3.1: some vectors of bits are no configurations."""

from __future__ import annotations

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import all_bits, configurations, texts
from ..kernel.rules import Theorem, witness
from ..proving.certificates import arith
from ..proving.tactics import parts, prove_for
from ..statements.expressions import FALSE, REAL, Expression, both, exists, forall, negation, variable
from ..verdicts import by_analysis, by_kernel, by_two_roads

# y_1 = (x, x - 1): the second neuron is active only where the first one is, so 01 has no point, not even
# closed.
NETWORK = Network.from_rationals([([[1], [1]], [0, -1]), ([[1, 1]], [0])], name="y_1 = (x, x - 1)")


slope, shift, slope_2, shift_2, point = (variable(name, REAL) for name in ("w", "b", "v", "c", "x"))
# y_1 = (w x + b, v x + c) on R: no x has the bits 01, not even in the closed cell.
IN_CELL = both(slope * point + shift <= 0, slope_2 * point + shift_2 >= 0)
STATEMENT = exists(slope, shift, slope_2, shift_2, forall(point, negation(IN_CELL)))


def proof() -> Theorem:
    """y_1 = (x, x - 1): x <= 0 and x >= 1 is impossible."""
    nowhere = both(1 * point + 0 <= 0, 1 * point + (-1) >= 0)
    claim = prove_for((point,), forall(point, negation(nowhere)), lambda cell, _: arith(FALSE, *parts(cell)))
    return witness(claim, STATEMENT, 1, 0, 1, -1)


def check(network: Network = NETWORK, statement: Expression = STATEMENT) -> Finding:
    """Prove it; and list the vectors that are configurations in neither reading: one example is enough."""
    either = {*configurations(network), *configurations(network, "closed")}
    missing = [theta for theta in all_bits(network) if theta not in either]
    finding = by_analysis(
        "the claim that there are such networks, by this one",
        [] if missing else ["this network is no example: every vector is a configuration"],
        f"configurations, half-open or closed: {texts(sorted(either))}; not among them: {texts(missing)}",
    )
    return by_two_roads(by_kernel(statement, proof), Finding(finding.verdict, finding.evidence, (network,)))


CLAIM = PaperClaim(
    id="heinecke-hwang/section-3-1-not-all-vectors",
    title="not every vector of bits is a configuration",
    sentence=r"""Note however that not all 2^{N_k} possible vectors $\theta_k \in \{0,1\}^{N_k}$ are
    part of a configuration""",
    source="Section 3.1, first paragraph",
    reading="""There is a network with a vector of bits that is no configuration (for some networks all
    are, see Example 2).""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
