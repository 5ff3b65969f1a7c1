"""Networks whose weights, biases and bits are indeterminates, so that an identity holds for all at once.

Why two neurons in every layer are enough (`width_failures` looks at each step). Each side of an identity such
as (11) is a matrix of polynomials with three properties:

1. a product of variables names at most two neurons of a layer;
2. setting all that belongs to a neuron to zero gives the side for the network without that neuron;
3. renaming the neurons of a layer renames the variables.

Suppose that both sides differ for some widths. Then their difference has a product of variables with a
coefficient that is not zero. Remove the neurons that it does not name, but keep (or first add) so many that
every layer has two: by 1 and 2 the product stays, with its coefficient. By 3 the neurons that are left may
be called 1 and 2. So the sides differ for two neurons in every layer too. Hence an identity that holds for
two neurons in every layer holds for all widths. (Outputs, and inputs where there is no sum over them, are
the rows and columns of the matrix: an entry names one of them.)

What is left is the number L of layers: an induction does it, whose step is again an identity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from flint import Ordering, fmpz_mpoly_ctx

Polynomials = list[list[Any]]


class Indeterminates:
    """Indeterminate matrices W_1, ..., W_L, biases b_1, ..., b_L, bits theta_1, ..., theta_{L-1} and input x.

    Attributes
    ----------
    weights, biases, bits
        ``weights[l]`` is W_l, ``biases[l]`` is b_l, ``bits[k]`` is theta_k; position 0 is not used.
    point
        The input x.
    """

    def __init__(self, *widths: int) -> None:
        shapes = list(zip(widths[1:], widths, strict=False))
        depth = len(shapes)
        names = [
            *(f"w{l}_{i}_{j}" for l, (m, n) in enumerate(shapes, 1) for i in range(m) for j in range(n)),
            *(f"b{l}_{i}" for l, (m, _) in enumerate(shapes, 1) for i in range(m)),
            *(f"t{k}_{i}" for k in range(1, depth) for i in range(widths[k])),
            *(f"x_{j}" for j in range(widths[0])),
        ]
        variables = dict(zip(names, fmpz_mpoly_ctx.get(names, Ordering.lex).gens(), strict=True))
        self.depth = depth
        self.widths = widths
        self.weights: list[Polynomials] = [[]]
        self.biases: list[list[Any]] = [[]]
        self.bits: list[list[Any]] = [[]]
        for l, (m, n) in enumerate(shapes, start=1):
            self.weights.append([[variables[f"w{l}_{i}_{j}"] for j in range(n)] for i in range(m)])
            self.biases.append([variables[f"b{l}_{i}"] for i in range(m)])
        for k in range(1, depth):
            self.bits.append([variables[f"t{k}_{i}"] for i in range(widths[k])])
        self.point = [variables[f"x_{j}"] for j in range(widths[0])]

    def first_layers(self, depth: int) -> Indeterminates:
        """Return the network of the first ``depth`` layers, with the same variables."""
        first = object.__new__(Indeterminates)
        first.depth, first.widths, first.point = depth, self.widths[: depth + 1], self.point
        first.weights, first.biases = self.weights[: depth + 1], self.biases[: depth + 1]
        first.bits = self.bits[:depth]
        return first

    def rearranged(self, layer: int, neurons: Sequence[int]) -> Indeterminates:
        """Return the network where a layer (0: the input) has only the given neurons, in this order."""
        changed = self.first_layers(self.depth)
        changed.widths = tuple(_replaced(self.widths, layer, len(neurons)))
        changed.weights[layer + 1] = [[row[i] for i in neurons] for row in self.weights[layer + 1]]
        if layer == 0:
            changed.point = [self.point[i] for i in neurons]
        else:
            changed.weights[layer] = [self.weights[layer][i] for i in neurons]
            changed.biases[layer] = [self.biases[layer][i] for i in neurons]
            changed.bits[layer] = [self.bits[layer][i] for i in neurons]
        return changed

    def with_zeros(self, layer: int, neuron: int) -> Indeterminates:
        """Return the network where all that belongs to a neuron (in layer 0: to an input) is zero."""
        zero = 0 * self.point[0]
        changed = self.first_layers(self.depth)
        changed.weights[layer + 1] = [_replaced(row, neuron, zero) for row in self.weights[layer + 1]]
        if layer == 0:
            changed.point = _replaced(self.point, neuron, zero)
        else:
            changed.weights[layer] = _replaced(self.weights[layer], neuron, [zero] * self.widths[layer - 1])
            changed.biases[layer] = _replaced(self.biases[layer], neuron, zero)
            changed.bits[layer] = _replaced(self.bits[layer], neuron, zero)
        return changed


def _replaced(entries: Sequence[Any], position: int, new: Any) -> list[Any]:
    return [*entries[:position], new, *entries[position + 1 :]]


def difference(left: Polynomials, right: Polynomials) -> str | None:
    """Return the first entry in which two matrices of polynomials differ, None if they are equal."""
    for i, (one, two) in enumerate(zip(left, right, strict=True)):
        for j, (a, b) in enumerate(zip(one, two, strict=True)):
            if a != b:
                return f"entry ({i}, {j}): {a} is not {b}"
    return None


WIDTH_ARGUMENT = (
    "all widths: (1) a product of variables names at most two neurons of a layer; (2) a neuron whose "
    "weights, bias and bit are zero may be left out; (3) neurons may be renamed. If the sides differed for "
    "some widths, keep only the neurons that one product with a non-zero coefficient names: they would "
    "differ for two neurons a layer. With two neurons a layer they are equal. (1), (2) and (3) were computed "
    "for each side with three neurons a layer"
)


def width_failures(
    side: Callable[[Indeterminates], Polynomials], *widths: int, summed_layers: Sequence[int] = ()
) -> list[str]:
    """Look for a failure of 1, 2 or 3 (see the top of this file) in one side of an identity.

    The layers over which the side sums are the hidden ones; name them if the inputs, layer 0, are among them.
    """
    net = Indeterminates(*widths)
    whole = side(net)
    failures = []
    most = max(neurons_named(entry) for row in whole for entry in row)
    if most > 2:
        failures.append(f"a product of variables names {most} neurons of a layer")
    for layer in summed_layers or range(1, net.depth):
        for neuron in range(net.widths[layer]):
            others = [i for i in range(net.widths[layer]) if i != neuron]
            names = f"neuron {neuron} of layer {layer}"
            if difference(side(net.with_zeros(layer, neuron)), side(net.rearranged(layer, others))):
                failures.append(f"without {names} the side is another one than with zeros for it")
            if difference(whole, side(net.rearranged(layer, [neuron, *others]))):
                failures.append(f"with {names} called the first one the side is another one")
    return failures


def neurons_named(polynomial: Any) -> int:
    """Return how many different neurons of one layer a product of variables in the polynomial names."""
    if isinstance(polynomial, int):
        return 0
    names = polynomial.context().names()
    most = 0
    for exponents in polynomial.monoms():
        named = defaultdict(set)
        for name, exponent in zip(names, exponents, strict=True):
            if exponent:
                for layer, neuron in _neurons_of(name):
                    named[layer].add(neuron)
        most = max([most, *map(len, named.values())])
    return most


def _neurons_of(name: str) -> list[tuple[int, int]]:
    """Return layer and number of the neurons that a variable belongs to; layer 0 is the input."""
    if name.startswith("x"):
        return [(0, int(name[2:]))]
    layer, *numbers = map(int, name[1:].split("_"))
    return [(layer - back, number) for back, number in enumerate(numbers)]
