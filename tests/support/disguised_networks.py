"""Networks that look different and are the same function, and a second road to whether two networks agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import z3

from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.networks.relu_networks import as_relu
from exactrelu.polyhedra.domain import Domain
from tests.support.drawn_networks import Chooser

Layer = tuple[list[list[Fraction]], list[Fraction]]
FACTORS = [Fraction(1, 3), Fraction(2), Fraction(7, 5), Fraction(2) ** 300, Fraction(2) ** -300]


def layers_of(network: Network) -> list[Layer]:
    """Return the layers as lists (W, b)."""
    return [([list(row) for row in layer.weight], list(layer.bias)) for layer in network.layers]


def _hidden(c: Chooser, layers: list[Layer]) -> int | None:
    return c.choose(range(len(layers) - 1)) if len(layers) > 1 else None


def permuted(c: Chooser, layers: list[Layer]) -> None:
    """Reverse or rotate the neurons of a hidden layer."""
    if (k := _hidden(c, layers)) is None:
        return
    size = len(layers[k][0])
    order = [(i + c.integer(0, size)) % size for i in range(size)]
    order = list(dict.fromkeys([*order, *range(size)]))[::-1]
    layers[k] = ([layers[k][0][i] for i in order], [layers[k][1][i] for i in order])
    layers[k + 1] = ([[row[i] for i in order] for row in layers[k + 1][0]], layers[k + 1][1])


def rescaled(c: Chooser, layers: list[Layer]) -> None:
    """Multiply a neuron by a positive factor, and divide what reads it."""
    if (k := _hidden(c, layers)) is None:
        return
    i, factor = c.choose(range(len(layers[k][0]))), c.choose(FACTORS)
    layers[k][0][i] = [factor * entry for entry in layers[k][0][i]]
    layers[k][1][i] *= factor
    for row in layers[k + 1][0]:
        row[i] /= factor


def duplicated(c: Chooser, layers: list[Layer]) -> None:
    """Repeat a neuron and share its coefficients."""
    if (k := _hidden(c, layers)) is None:
        return
    i, share = c.choose(range(len(layers[k][0]))), Fraction(c.integer(-3, 3), 2)
    layers[k][0].append(list(layers[k][0][i]))
    layers[k][1].append(layers[k][1][i])
    for row in layers[k + 1][0]:
        row.append(share * row[i])
        row[i] -= row[-1]


def with_dead_neuron(c: Chooser, layers: list[Layer]) -> None:
    """Add a neuron that is never active, or that nothing reads."""
    if (k := _hidden(c, layers)) is None:
        return
    read = c.choose([True, False])
    width = len(layers[k][0][0])
    dead = k > 0 or not read  # values of a hidden layer are not negative, inputs may be
    layers[k][0].append([Fraction(-1 if dead else 0)] * width)
    layers[k][1].append(Fraction(-1 if read else 1))
    for row in layers[k + 1][0]:
        row.append(Fraction(5 if read else 0))


def with_identity_layer(c: Chooser, layers: list[Layer]) -> None:
    """Insert a layer that passes a hidden layer on."""
    if (k := _hidden(c, layers)) is None:
        return
    size = len(layers[k][0])
    unit = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
    layers.insert(k + 1, (unit, [Fraction(0)] * size))


def with_split_layer(c: Chooser, layers: list[Layer]) -> None:
    """Insert a hidden layer: y = relu(y) - relu(-y)."""
    k = c.choose(range(len(layers)))
    weight, bias = layers[k]
    size = len(weight)
    if size > 3:
        return
    layers[k] = (weight + [[-w for w in row] for row in weight], bias + [-b for b in bias])
    join = [
        [Fraction(int(i == j)) for j in range(size)] + [Fraction(-int(i == j)) for j in range(size)]
        for i in range(size)
    ]
    layers.insert(k + 1, (join, [Fraction(0)] * size))


DISGUISES: list[Callable[[Chooser, list[Layer]], None]] = [
    permuted,
    rescaled,
    duplicated,
    with_dead_neuron,
    with_identity_layer,
    with_split_layer,
]


def disguised(c: Chooser, network: Network, steps: int = 4) -> Network:
    """Return a network of ReLUs that looks different and is the same function."""
    layers = layers_of(as_relu(network))
    for _ in range(steps):
        c.choose(DISGUISES)(c, layers)
    return Network.from_rationals(layers)


# the second road: z3, from the definition -----------------------------------------------------------


def z3_outputs(network: Network, inputs: Sequence[z3.ArithRef]) -> list[z3.ArithRef]:
    """Return the outputs as terms."""
    current = list(inputs)
    for k, layer in enumerate(network.layers):
        values = [
            z3.Sum(
                z3.RealVal(str(b)), *(z3.RealVal(str(w)) * x for w, x in zip(row, current, strict=True) if w)
            )
            for row, b in zip(layer.weight, layer.bias, strict=True)
        ]
        last = k == len(network.layers) - 1
        current = values if last else z3_units(network.activations[k], values)
    return current


def z3_units(activation: Activation, values: Sequence[z3.ArithRef]) -> list[z3.ArithRef]:
    """Return the values of neurons as terms: s- y for y <= 0, s+ y for y > 0."""
    pairs = [[z3.RealVal(str(slope)) for slope in pair] for pair in activation.slopes]
    return [z3.If(y > 0, above * y, below * y) for y, (below, above) in zip(values, pairs, strict=True)]


def z3_domain(domain: Domain, inputs: Sequence[z3.ArithRef]) -> list[z3.BoolRef]:
    """Return the constraints of a domain."""
    result = []
    for row in domain.constraints:
        terms = [z3.RealVal(str(a)) * x for a, x in zip(row.normal, inputs, strict=True)]
        value = z3.Sum(z3.RealVal(str(row.offset)), *terms)
        relations = {"<": value < 0, "<=": value <= 0, "=": value == 0, ">=": value >= 0, ">": value > 0}
        result.append(relations[str(row.relation)])
    return result


def z3_satisfiable(
    network: Network, domain: Domain, claim: Callable[[list[z3.ArithRef]], z3.BoolRef]
) -> bool:
    """Return whether the outputs satisfy the claim at some point of the domain."""
    inputs = [z3.Real(f"x{j}") for j in range(domain.dimension)]
    solver = z3.SolverFor("QF_LRA")
    solver.add(*z3_domain(domain, inputs), claim(z3_outputs(network, inputs)))
    verdict = solver.check()
    assert verdict != z3.unknown
    return verdict == z3.sat


def z3_differ(one: Network, two: Network, domain: Domain) -> bool:
    """Return whether the networks differ at some point of the domain."""
    inputs = [z3.Real(f"x{j}") for j in range(domain.dimension)]
    solver = z3.SolverFor("QF_LRA")
    pairs = zip(z3_outputs(one, inputs), z3_outputs(two, inputs), strict=True)
    solver.add(*z3_domain(domain, inputs), z3.Or(*(a != b for a, b in pairs)))
    verdict = solver.check()
    assert verdict != z3.unknown
    return verdict == z3.sat
