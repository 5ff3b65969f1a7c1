"""Section 3.2: more rows of W_1 need not give more atoms."""

from __future__ import annotations

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..exact_networks import configurations, linear_part, text
from ..verdicts import by_counterexample

# relu(x), then with a second neuron that is never active: y = -1.
NARROW = Network.from_rationals([([[1]], [0]), ([[1]], [0])], name="relu(x)")
WIDE = Network.from_rationals([([[1], [0]], [0, -1]), ([[1, 1]], [0])], name="relu(x), one row more in W_1")


def most_atoms(network: Network) -> int:
    """Return the largest number |spt theta_1| of atoms of an affine piece (L = 2)."""
    return max(sum(theta[0]) for theta in configurations(network))


def check(narrow: Network = NARROW, wide: Network = WIDE) -> Finding:
    """Count the atoms before and after the first layer is widened."""
    kept, added = narrow.layers[0].rows, wide.layers[0].rows
    rows = [len(network.layers[0].weight) for network in (narrow, wide)]
    atoms = [most_atoms(network) for network in (narrow, wide)]
    pieces = [
        {text(theta): str(linear_part(net, theta)[0][0]) for theta in configurations(net)}
        for net in (narrow, wide)
    ]
    return by_counterexample(
        f"rows of W_1: {rows[0]}, then {rows[1]}; most atoms of a piece: {atoms[0]}, then {atoms[1]}",
        f"linear parts by configuration: {pieces[0]}, then {pieces[1]}",
        holds=atoms[1] > atoms[0],
        hypotheses={
            "L = 2": narrow.depth == wide.depth == 2,
            "W_1 keeps its rows and gets one more": added[: len(kept)] == kept
            and len(added) == len(kept) + 1,
            "W_2 keeps its columns": all(
                row[: len(kept)] == before
                for row, before in zip(wide.layers[1].weight, narrow.layers[1].weight, strict=True)
            ),
        },
        networks=[narrow, wide],
        points=[
            (f"network {number}, in the cell of {region.configuration}", region.point)
            for number, net in enumerate((narrow, wide), start=1)
            for region in regions(net)
        ],
        cells=[theta for net in (narrow, wide) for theta in configurations(net)],
    )


CLAIM = PaperClaim(
    id="heinecke-hwang/section-3-2-more-atoms",
    title="more rows of W_1 give more atoms",
    sentence=r"""Thus, increasing the number of rows of W_1 and the number of columns of W_L (i.e., the
    widths of layers 1 and $L-1$) increases the number of atoms in expressing all affine transform
    pieces of M_L .""",
    source="Section 3.2, first paragraph",
    reading="""If a row is added to W_1 and a column to W_2 (L = 2), some affine piece has more atoms
    than any had before.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
)
