"""C15. Theorem 5 (11): the linear part is a sum of atoms whose coefficients are path sums.

All weights and bits are indeterminates; a bit theta_{k,i} as a factor stands for "i in spt theta_k". The
proof is an induction on L. S_L is the matrix of path sums, D_k = diag(theta_k). If (11) holds for L, so
W_L D_{L-1} ... D_1 W_1 = W_L D_{L-1} S_L D_1 W_1, then for L + 1 the left side is W_{L+1} D_L times it, and
the right side is (11) with S_{L+1} = W_L D_{L-1} S_L: a path is a shorter path and one more weight.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import diagonal, times
from ..indeterminates import WIDTH_ARGUMENT, Indeterminates, Polynomials, difference, width_failures
from ..verdicts import by_proof

BASE = (2, 3)
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


def longer(weight: Polynomials, bits: Sequence[Any], shorter: Polynomials) -> Polynomials:
    """The path sums S_{L+1} from W_L, theta_{L-1} and S_L: split off the last weight of a path."""
    return [
        [
            sum(row[i] * bits[i] * shorter[i][first] for i in range(len(bits)))
            for first in range(len(shorter[0]))
        ]
        for row in weight
    ]


def linear_part(net: Indeterminates) -> Polynomials:
    """W_L diag(theta_{L-1}) ... diag(theta_1) W_1."""
    result: Polynomials = net.weights[1]
    for k in range(2, net.depth + 1):
        result = times(net.weights[k], diagonal(net.bits[k - 1]), result)
    return result


def sum_of_atoms(net: Indeterminates, coefficients: Polynomials) -> Polynomials:
    """(11): the sum over spt theta_{L-1} and spt theta_1 of c w_{L,:i_{L-1}} (x) w_{1,i_1:}."""
    result = [[0] * net.widths[0] for _ in range(net.widths[-1])]
    for last, first in product(range(net.widths[-2]), range(net.widths[1])):
        both = net.bits[-1][last] * net.bits[1][first] if net.depth > 2 else net.bits[1][first]
        factor = both * coefficients[last][first]
        for i, row in enumerate(result):
            for j in range(len(row)):
                row[j] = row[j] + factor * net.weights[net.depth][i][last] * net.weights[1][first][j]
    return result


def check(
    widths: Sequence[tuple[int, ...]] = WIDTHS,
    coefficient: Callable[[Indeterminates, int, int], Any] = path_sum,
    recursion: Callable[[Polynomials, Sequence[Any], Polynomials], Polynomials] = longer,
) -> Finding:
    """Compare W_L diag(theta_{L-1}) ... diag(theta_1) W_1 with (11): base, induction step, widths."""

    def path_sums(net: Indeterminates) -> Polynomials:
        return [[coefficient(net, i, j) for j in range(net.widths[1])] for i in range(net.widths[-2])]

    def eleven(net: Indeterminates) -> Polynomials:
        return sum_of_atoms(net, path_sums(net))

    # The step. In the networks of four layers here W_2 stands for S_L, W_3 for W_L and W_4 for W_{L+1}.
    def next_times_eleven(net: Indeterminates) -> Polynomials:
        eleven_of_l = sum_of_atoms(net.first_layers(3), net.weights[2])
        return times(net.weights[4], diagonal(net.bits[3]), eleven_of_l)

    def eleven_of_next(net: Indeterminates) -> Polynomials:
        return sum_of_atoms(net, recursion(net.weights[3], net.bits[2], net.weights[2]))

    failures = [f"L = {depth} of the base is missing" for depth in BASE if (2,) * (depth + 1) not in widths]
    for net in (Indeterminates(*shape) for shape in widths):
        found = difference(linear_part(net), eleven(net))
        failures += [] if found is None else [f"L = {net.depth}: {found}"]
        if net.depth > 3:
            shorter = path_sums(net.first_layers(net.depth - 1))
            found = difference(path_sums(net), recursion(net.weights[-2], net.bits[-2], shorter))
            failures += [] if found is None else [f"path sums of L = {net.depth} from shorter ones: {found}"]
    two = Indeterminates(2, 2, 2, 2, 2)
    found = difference(next_times_eleven(two), eleven_of_next(two))
    failures += [] if found is None else [f"induction step: {found}"]
    if not failures:
        failures = [text for depth in BASE for text in width_failures(linear_part, *(3,) * (depth + 1))]
        failures += [text for depth in BASE for text in width_failures(eleven, *(3,) * (depth + 1))]
        failures += width_failures(next_times_eleven, 3, 3, 3, 3, 3)
        failures += width_failures(eleven_of_next, 3, 3, 3, 3, 3)
    depths = ", ".join(str(len(shape) - 1) for shape in widths)
    return by_proof(
        "all L >= 2, all widths, all weights and all supports",
        failures,
        f"L = {depths}: the difference of both sides is the zero polynomial in all weights and bits; L = 2 "
        "and L = 3 are the base",
        "step from L to L + 1, for an indeterminate matrix S: W_{L+1} D_L (W_L D_{L-1} S D_1 W_1), the "
        "brackets as the sum (11), is the sum (11) with W_L D_{L-1} S in the place of S",
        "the path sums of L + 1 are W_L D_{L-1} S if those of L are S: of a path i_1, ..., i_L split off the "
        "last weight w_{L, i_L i_{L-1}} and collect the paths with the same i_{L-1}; with the sum over all "
        f"paths written out, compared for every L up to {max(map(len, widths), default=1) - 1}",
        WIDTH_ARGUMENT,
        "an atom is w (x) v; it has rank one unless w or v is zero (see theorem-5-i)",
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/C15",
    title="Theorem 5 (11): the linear part is the sum of atoms with path sums",
    sentence=r"""the linear part of \mathcal{M}_L^{θ} the linear combination [...] \sum_{i_{L-1}\in
    \operatorname{spt}\theta_{L-1}, i_1\in \operatorname{spt}\theta_1} c_{i_{L-1},i_1}
    \mathbf{w}_{L,i_{L-1}} \otimes \mathbf{w}_{1,i_1},\tag{11}""",
    source="Theorem 5 (iii), (11), with (i) and (ii) as L = 2 and L = 3",
    reading="""W_L diag(theta_{L-1}) ... diag(theta_1) W_1 equals (11), with w_{L,:i} the i-th column of
    W_L and w_{1,i:} the i-th row of W_1 (the transcription leaves out colons), for all weights and all
    theta.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
