"""What a local minimum in the parameters says of one among the realizations: the functions of networks.

A realization f is a local minimum if no g = R(Phi) near f has a smaller loss. Proposition 1.2 leads from the
parameters to it where R is inverse stable; Corollary 1.4 names the space on which that is so (C.1 to C.3) and
the radius r^2 / 16. Example A.1 shows that elsewhere it fails: a neuron that f does not need can be moved to
any place, in one step, and the new function is as near to f as its coefficient is small.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.enumeration import regions
from exactrelu.enumeration.effort import Search
from exactrelu.losses.local_minimum import LocalMinimum
from exactrelu.losses.sample_pass import SamplePass
from exactrelu.losses.training_data import Loss
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import primitive_from_rationals
from exactrelu.numbers.points import Point
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.stability.restricted_space import Violation, restricted_space_violations
from exactrelu.stability.stability_constants import SHARP, THEOREM_3_3
from exactrelu.verification.verdict import Verdict


@dataclass(frozen=True)
class FreeNeuron:
    """A neuron that f does not need, and what it is of use for.

    Parameters
    ----------
    neuron
        From 0.
    weight, bias
        v and beta: f + eps relu(v.x + beta) e_k has a smaller loss for all small eps of one sign, and is
        |eps| ||v||_inf away from f in the seminorm W^{1,inf}.
    output, sign
        k, and the sign of eps.
    """

    neuron: int
    weight: Point
    bias: Fraction
    output: int
    sign: int


@dataclass(frozen=True)
class Realization:
    """Whether the function is a local minimum among those of networks of the same shape.

    Parameters
    ----------
    verdict, reason
        The decision, and what decided it.
    free_neuron
        If a neuron that is not needed refutes it: how.
    violations
        The clauses of Definition 3.2 that fail; None where Corollary 1.4 does not speak of the network.
    radius, sharper_radius
        If the parameters are a local minimum of radius r in the space of Definition 3.2: r^2 / 16 of
        Corollary 1.4, and r^2 / 8, since 2 sqrt(2) serves in Theorem 3.3.
    """

    verdict: Verdict
    reason: str
    free_neuron: FreeNeuron | None = None
    violations: tuple[Violation, ...] | None = None
    radius: Fraction | None = None
    sharper_radius: Fraction | None = None


def realization_minimum(
    through: SamplePass, loss: Loss, decided: LocalMinimum, search: Search
) -> Realization:
    """Decide whether the function of the parameters is a local minimum of the loss among realizations.

    Notes
    -----
    Berner, Elbraechter & Grohs, Proposition 1.2, Corollary 1.4 and Example A.1.
    """
    violations = _violations(through)
    if decided.verdict is Verdict.HOLDS and decided.is_global:
        return Realization(Verdict.HOLDS, "no parameters have a smaller loss", violations=violations)
    if decided.verdict is Verdict.REFUTED:
        return Realization(Verdict.REFUTED, "parameters as near as one likes have one", violations=violations)
    free = _free_neuron(through, search) if loss is Loss.SQUARED else None
    if free is not None:
        reason = f"neuron {free.neuron} is not needed, and is of use elsewhere"
        return Realization(Verdict.REFUTED, reason, free, violations)
    if violations == () and decided.verdict is Verdict.HOLDS and decided.radius is not None:
        radii = (constant.realization_radius(decided.radius) for constant in (THEOREM_3_3, SHARP))
        reason = "Corollary 1.4, among the functions of its restricted space"
        return Realization(Verdict.HOLDS, reason, None, violations, *radii)
    return Realization(Verdict.UNKNOWN, "no rule decides it", violations=violations)


def _violations(through: SamplePass) -> tuple[Violation, ...] | None:
    """Return the clauses that fail; None unless a shallow ReLU network reads (x, 1, -1), without biases."""
    if through.biases or through.network.depth != 2 or not through.network.is_relu:
        return None
    if any([*x[-2:]] != [1, -1] for x in through.data.inputs) or any(through.network.layers[1].bias):
        return None
    return restricted_space_violations(Parametrization.of_network(through.network))


# a neuron that is not needed --------------------------------------------------------------------------


def _free_neuron(through: SamplePass, search: Search) -> FreeNeuron | None:
    network = through.network
    if network.depth != 2 or not network.is_relu:
        return None
    if not through.biases and any(b for layer in network.layers for b in layer.bias):
        return None
    neuron = next(_not_needed(network), None)
    if neuron is None:
        return None
    for k, row in enumerate(through.slopes_of_loss(Loss.SQUARED)):
        for v in _directions(through, search):
            gain = sum(u * y for u, y in zip(row, _values(through, v), strict=True) if y > 0)
            if gain:
                weight, bias = v[: network.inputs], (*v, Fraction(0))[network.inputs]
                return FreeNeuron(neuron, weight, bias, k, -1 if gain > 0 else 1)
    return None


def _not_needed(network: Network) -> Iterator[int]:
    """Yield the neurons without a coefficient, without a positive value, and parallel to one before."""
    first, last = network.layers
    rows = [primitive_from_rationals((*w, b)) for w, b in zip(first.weight, first.bias, strict=True)]
    for i, (*weight, bias) in enumerate(rows):
        is_idle = not any(row[i] for row in last.weight)
        is_dead = not any(weight) and bias <= 0
        if is_idle or is_dead or rows[i] in rows[:i]:
            yield i


def _directions(through: SamplePass, search: Search) -> Iterator[Point]:
    """Yield a point of each full cell of the hyperplanes {(v, beta) : v . x^n + beta = 0}."""
    rows = [[*x, *([Fraction(1)] if through.biases else [])] for x in through.data.inputs]
    unique = [list(row) for row in dict.fromkeys(map(tuple, rows)) if any(row)]
    if not unique:
        return
    samples = Network.from_rationals([(unique, None), ([[1] * len(unique)], None)])
    for region in regions(samples, None, Reading.FULL, search=search):
        yield region.point


def _values(through: SamplePass, v: Point) -> list[Fraction]:
    points = [(*x, Fraction(1)) if through.biases else x for x in through.data.inputs]
    return [sum((a * b for a, b in zip(x, v, strict=True)), Fraction(0)) for x in points]
