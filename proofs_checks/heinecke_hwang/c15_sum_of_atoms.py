"""C15. Theorem 5 (11): the linear part is a sum of atoms whose coefficients are path sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from exactrelu.claims import Claim, Finding, Verdict

from ..exact_networks import diagonal, times
from ..indeterminates import Indeterminates, difference
from ..verdicts import by_proof

# All weights and all bits are indeterminates; a bit theta_{k,i} as a factor stands for "i in spt theta_k".
# Two neurons in every layer are enough (see indeterminates.py); L = 2, ..., 6 are done one by one.
WIDTHS = tuple((2,) * (depth + 1) for depth in range(2, 7))


def path_sum(net: Indeterminates, last: int, first: int) -> Any:
    """c_{i_{L-1}, i_1}: the sum over i_{L-2}, ..., i_2 of w_{L-1, i_{L-1} i_{L-2}} ... w_{2, i_2 i_1}."""
    if net.depth == 2:
        return int(last == first)  # one index: the sum (11) has an atom for each i_1
    total = 0
    for inner in product(*(range(net.widths[k]) for k in range(2, net.depth - 1))):
        path = (first, *inner, last)  # i_1, i_2, ..., i_{L-1}
        term = 1
        for k in range(2, net.depth):
            term = net.weights[k][path[k - 1]][path[k - 2]] * term
            term = net.bits[k][path[k - 1]] * term if k < net.depth - 1 else term
        total = total + term
    return total


def sum_of_atoms(
    net: Indeterminates, coefficient: Callable[[Indeterminates, int, int], Any]
) -> list[list[Any]]:
    """(11): the sum over spt theta_{L-1} and spt theta_1 of c w_{L,:i_{L-1}} (x) w_{1,i_1:}."""
    result = times(
        net.weights[net.depth], diagonal([0] * net.widths[-2]), [[0] * net.widths[0]] * net.widths[-2]
    )
    for last, first in product(range(net.widths[-2]), range(net.widths[1])):
        both = net.bits[-1][last] * net.bits[1][first] if net.depth > 2 else net.bits[1][first]
        factor = both * coefficient(net, last, first)
        for i, row in enumerate(result):
            for j in range(len(row)):
                row[j] = row[j] + factor * net.weights[net.depth][i][last] * net.weights[1][first][j]
    return result


def check(
    widths: Sequence[tuple[int, ...]] = WIDTHS,
    coefficient: Callable[[Indeterminates, int, int], Any] = path_sum,
) -> Finding:
    """Compare W_L diag(theta_{L-1}) ... diag(theta_1) W_1 with (11) as matrices of polynomials."""
    failures = []
    for shape in widths:
        net = Indeterminates(*shape)
        linear: list[list[Any]] = net.weights[1]
        for k in range(2, net.depth + 1):
            linear = times(net.weights[k], diagonal(net.bits[k - 1]), linear)
        found = difference(linear, sum_of_atoms(net, coefficient))
        failures += [] if found is None else [f"L = {net.depth}: {found}"]
    depths = ", ".join(str(len(shape) - 1) for shape in widths)
    return by_proof(
        f"L = {depths}: all weights, all supports and, by the argument on widths, all widths",
        failures,
        "for every L the difference of both sides is the zero polynomial in all weights and bits",
        "an atom is w (x) v; it has rank one unless w or v is zero (see theorem-5-i)",
    )


CLAIM = Claim(
    id="heinecke-hwang/C15",
    title="Theorem 5 (11): the linear part is the sum of atoms with path sums",
    sentence=r"""the linear part of \mathcal{M}_L^{θ} the linear combination [...] \sum_{i_{L-1}\in
    \operatorname{spt}\theta_{L-1}, i_1\in \operatorname{spt}\theta_1} c_{i_{L-1},i_1}
    \mathbf{w}_{L,i_{L-1}} \otimes \mathbf{w}_{1,i_1},\tag{11}""",
    source="Theorem 5 (iii), (11), with (i) and (ii) as L = 2 and L = 3",
    reading="""W_L diag(theta_{L-1}) ... diag(theta_1) W_1 equals (11), with w_{L,:i} the i-th column of
    W_L and w_{1,i:} the i-th row of W_1 (the transcription leaves out colons), for all weights and all
    theta.""",
    recorded=Verdict.PROVED,
    check=check,
)
