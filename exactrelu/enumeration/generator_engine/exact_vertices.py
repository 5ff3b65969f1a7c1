"""Exact coordinates of all vertices of a block of cells, in the order of their birth.

A vertex that was cut out of the edge from p to q is where the row of its neuron is zero on that edge. Which
row that is, any cell C that has the vertex knows.

Lemma. Let v be a relative interior point of the edge [p, q] of a cell that was cut by neuron (k, i), let C be
a final cell whose closure holds v, and P the cell of the bits of C in the layers before k. Then the closure
of P holds [p, q], and so does that of every shorter prefix.

Proof. No neuron of a layer before k changes its sign along the open edge, for the cell was split at all of
them; so each has on it the sign that it has at v. The row of every neuron of the first layer is the same
everywhere; where its sign at v is not zero, C has it, and where it is zero it is so on all of [p, q]. So on
[p, q] the values of the first layer are those that the bits of C select, the pre-activations of the second
are the rows composed by them, and so on.

So one row, two products and one combination make a vertex exact, with the bits of a cell that has it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import gcd
from operator import mul

from exactrelu.enumeration.generator_engine.exact_values import Homogeneous
from exactrelu.enumeration.generator_engine.pedigree import Pedigree


def make_exact(
    pedigree: Pedigree,
    nodes: Sequence[int],
    cells: Sequence[int],
    row_of: Callable[[int, int, int], Sequence[int]],
) -> list[Homogeneous]:
    """Return the primitive coordinates (X, t) of the nodes, each a vertex of the cell beside it.

    ``row_of(cell, layer, neuron)`` is a positive multiple of the neuron's pre-activation on the cell of the
    cell's bits before the layer.
    """
    pedigree.settle(nodes)  # in machine integers; what they do not hold is left
    known = pedigree.known
    births = dict(zip(nodes, pedigree.births[:, list(nodes)].T.tolist(), strict=True))
    for node, cell in zip(nodes, cells, strict=True):
        stack = [] if node in known else [node]
        while stack:
            top = stack[-1]
            birth = births.get(top)
            if birth is None:  # no vertex of these cells any more
                birth = births[top] = pedigree.births[:, top].tolist()
            one, two, layer, neuron = birth
            p, q = known.get(one), known.get(two)
            if p is None or q is None:
                stack += [parent for parent, x in ((one, p), (two, q)) if x is None]
                continue
            stack.pop()
            row = row_of(cell, layer, neuron)
            a, b = sum(map(mul, row, p)), sum(map(mul, row, q))  # a > 0 > b: y is zero at a q - b p
            point = [a * z - b * x for x, z in zip(p, q, strict=True)]
            common = gcd(*point)
            known[top] = tuple(point) if common == 1 else tuple([x // common for x in point])
    return [known[node] for node in nodes]
