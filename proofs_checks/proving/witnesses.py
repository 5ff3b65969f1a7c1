"""Witnesses: a rational network as functions of naturals, and its values, step by step in the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu import Network

from ..exact_networks import Bits, values_along
from ..kernel.arithmetic import axiom, identity
from ..kernel.rules import Theorem, weaken
from ..statements.expressions import (
    NATURAL,
    Expression,
    Sort,
    eq,
    forall,
    fresh,
    function,
    number,
    substitute,
    table,
)
from ..statements.functions import RELU
from ..statements.networks import W, are_bits, b, n
from ..statements.networks import theta as theta_name
from .certificates import arith
from .tactics import parts, prove, rewrite, use

_k, _i = (fresh(Sort(NATURAL), name) for name in "ki")


class NetworkWitness:
    """The functions n, W and b of a network; what stands beyond its layers is zero.

    Attributes
    ----------
    functions
        n, W and b.
    """

    def __init__(self, network: Network) -> None:
        widths: dict[tuple[int, ...], int | Fraction] = {
            (k,): width for k, width in enumerate(network.widths)
        }
        weights: dict[tuple[int, ...], int | Fraction] = {
            (k, row, column): entry
            for k, layer in enumerate(network.layers, start=1)
            for row, entries in enumerate(layer.weight)
            for column, entry in enumerate(entries)
        }
        biases: dict[tuple[int, ...], int | Fraction] = {
            (k, row): entry
            for k, layer in enumerate(network.layers, start=1)
            for row, entry in enumerate(layer.bias)
        }
        self.network = network
        self.functions = (table(widths, NATURAL), table(weights), table(biases))

    def of(self, formula: Expression) -> Expression:
        """Return the formula with this network's n, W and b for the variables."""
        for name, value in zip((n, W, b), self.functions, strict=True):
            formula = substitute(formula, name, value)
        return formula

    def values(self, y: Expression, x: Sequence[Fraction | int], forward: Theorem) -> list[list[Theorem]]:
        """Return y_{k,i} = its value, for all layers; ``forward`` says that y are pre-activations at x."""
        start, step = parts(forward)
        found = self.network.preactivations(x)
        outputs = [*found, self.network(x)]
        known = [
            [
                arith(eq(y(1, i), value), use(start, i, _below(i, self.of(n(1)))), degree=1)
                for i, value in enumerate(outputs[0])
            ]
        ]
        for k, layer in enumerate(outputs[1:]):
            relus = [self._relu(y(k + 1, p), value) for p, value in enumerate(known[k])]
            known.append(
                [
                    arith(
                        eq(y(k + 2, i), value),
                        use(step, k, i, _below(i, self.of(n(k + 2)))),
                        *relus,
                        degree=1,
                    )
                    for i, value in enumerate(layer)
                ]
            )
        return known

    def _relu(self, term: Expression, value: Theorem) -> Theorem:
        """From y = v: relu(y) = max(0, v)."""
        amount = value.conclusion.args[1]
        positive, negative = parts(use(axiom("relu"), amount))
        rule = positive if amount.data >= 0 else negative
        at_value = use(rule, arith(rule.conclusion.args[0]))
        wanted = at_value.conclusion.args[1]
        return rewrite(arith(eq(amount, term), value), lambda w: eq(RELU(w), wanted), at_value)


def _below(index: int, bound: Expression) -> Theorem:
    return arith(number(index) < bound)


def point(x: Sequence[Fraction | int]) -> Expression:
    """Return a point as a function of naturals."""
    return table({(k,): value for k, value in enumerate(x)})


class MaskedWitness(NetworkWitness):
    """The values of the map of theta of a network, at a rational point."""

    def along(
        self, z: Expression, theta: Bits, x: Sequence[Fraction | int], masks: Theorem, *bits: Theorem
    ) -> list[list[Theorem]]:
        """Return z_{k,i} = its value, for all layers; ``masks`` says that z are values of the map of theta.

        ``bits`` say what the entries of theta are, if it is not a constant function.
        """
        start, step = parts(masks)
        outputs = values_along(self.network, theta, x)
        known = [
            [
                arith(eq(z(1, i), value), use(start, i, _below(i, self.of(n(1)))), degree=1)
                for i, value in enumerate(outputs[0])
            ]
        ]
        for k, layer in enumerate(outputs[1:]):
            facts = [*known[k], *bits]
            degree = 2 if bits else 1
            known.append(
                [
                    arith(
                        eq(z(k + 2, i), value),
                        use(step, k, i, _below(i, self.of(n(k + 2)))),
                        *facts,
                        degree=degree,
                    )
                    for i, value in enumerate(layer)
                ]
            )
        return known


def constant_bits(bit: int) -> tuple[Expression, Theorem]:
    """Return the bits that are all 0, or all 1, and that they are bits of every network."""
    theta = function(_k, _i, number(bit))
    statement = forall(n, substitute(are_bits(theta_name), theta_name, theta))

    def build(_n: Expression, _k: Expression, _i: Expression, _less: Theorem, goal: Expression) -> Theorem:
        return weaken(identity(bit, bit), goal)

    return theta, prove(statement, build)
