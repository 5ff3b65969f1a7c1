"""Cancelling opposite pairs: relu(h) and relu(-h) differ by the linear function h.

On one hyperplane {h = 0}, h = <a, x> + b,

    p relu(h) + q relu(-h) = (p + q) relu(h) - q h,

so all pairs together can be replaced by single neurons (p + q) relu(h) plus one affine function with
linear part L = - sum q (x) a. Its constant goes into the output bias. L itself needs neurons, unless it
vanishes: a neuron more on a hyperplane {h = 0} gives any t (x) a,

    t h + k relu(h) = (k + t) relu(h) - t relu(-h),

and two neurons u relu(<v, x>) - u relu(-<v, x>) give u (x) v. Of these two ways the one with fewer neurons
is taken: as many old hyperplanes as a basis of their normals needs for L, or rank L new ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.rank_one_terms import Rows, coordinates, independent_rows, rank_factors
from exactrelu.shallow.step_results import StepResult, plus_multiple, with_neurons
from exactrelu.shallow.steps import direction_of

Vector = tuple[Fraction, ...]


@dataclass(frozen=True)
class _Pair:
    """All neurons on one hyperplane: p relu(h) + q relu(-h), where h is the functional of ``first``."""

    first: Neuron
    members: tuple[int, ...]
    p: Vector
    q: Vector

    @property
    def kink(self) -> Vector:
        return plus_multiple(self.p, Fraction(1), self.q)


def cancel(shallow: Parametrization) -> StepResult:
    """Replace opposite pairs by single neurons, up to a linear part that is collected over all pairs.

    Neurons on the hyperplane of a pair are merged on the way. The neuron of a pair stands where the first
    of its neurons stood; a second one, where the linear part needs it, stands behind it; neurons on new
    hyperplanes come last. Where no neuron is saved nothing changes, so cancelling again changes nothing.

    Examples
    --------
    >>> absolute = Parametrization.from_rationals([[1], [-1]], [[1], [1]])
    >>> cancel(absolute).account
    ('no opposite pair can be saved',)
    >>> plane = [[1, 0], [0, 1], [-1, -1], [-1, 0], [0, -1], [1, 1]]  # the sum of the first three is zero
    >>> cancel(Parametrization.from_rationals(plane, [[1]] * 6)).after.width
    3
    """
    current, account = shallow, []
    while True:
        shorter, sentences = _cancelled(current)
        if shorter.width >= current.width:
            break
        account += sentences
        current = shorter
    return StepResult("cancel", shallow, current, tuple(account or ["no opposite pair can be saved"]))


def _cancelled(shallow: Parametrization) -> tuple[Parametrization, list[str]]:
    """Return the parametrization with every pair cancelled as far as L allows, and an account."""
    pairs = _opposite_pairs(shallow)
    linear = _linear_part(shallow, pairs)
    carried = _carried_by_pairs(pairs, linear)
    added: list[Neuron] = []
    if 2 * len(rank_factors(linear)) < sum(_cost(pair, t) for pair, t in zip(pairs, carried, strict=True)):
        carried = [(Fraction(0),) * shallow.outputs] * len(pairs)
        added = _new_hyperplanes(linear)
    return _assembled(shallow, pairs, carried, added)


def _opposite_pairs(shallow: Parametrization) -> list[_Pair]:
    """Return the hyperplanes with neurons on both sides, in the order of their first neurons."""
    members: dict[IntegerRow, list[int]] = {}
    for i, neuron in enumerate(shallow.neurons):
        if not neuron.is_constant and not neuron.has_zero_coefficient:
            members.setdefault(direction_of(neuron)[0], []).append(i)
    pairs = [_pair(shallow, indices) for indices in members.values()]
    return [pair for pair in pairs if pair is not None]


def _pair(shallow: Parametrization, indices: list[int]) -> _Pair | None:
    first = shallow.neurons[indices[0]]
    entry = next(k for k, value in enumerate(first.weight) if value)
    sides = {True: (Fraction(0),) * shallow.outputs, False: (Fraction(0),) * shallow.outputs}
    signs = set()
    for i in indices:
        factor = shallow.neurons[i].weight[entry] / first.weight[entry]
        sides[factor > 0] = plus_multiple(sides[factor > 0], abs(factor), shallow.neurons[i].coefficient)
        signs.add(factor > 0)
    return _Pair(first, tuple(indices), sides[True], sides[False]) if len(signs) == 2 else None


def _linear_part(shallow: Parametrization, pairs: list[_Pair]) -> Rows:
    """Return L = - sum q (x) a."""
    rows = [(Fraction(0),) * shallow.inputs for _ in range(shallow.outputs)]
    for pair in pairs:
        rows = [plus_multiple(row, -q, pair.first.weight) for row, q in zip(rows, pair.q, strict=True)]
    return tuple(rows)


def _carried_by_pairs(pairs: list[_Pair], linear: Rows) -> list[Vector]:
    """Return t for each pair with L = sum t (x) a, zero for the pairs outside a basis of the normals."""
    basis = independent_rows([pair.first.weight for pair in pairs])
    found = coordinates([pairs[i].first.weight for i in basis], linear)
    if found is None:  # L is a combination of the normals of the pairs
        raise AssertionError("the linear part lies in the span of the pairs' normals")
    zero = (Fraction(0),) * len(linear)
    chosen = dict(zip(basis, found, strict=True))
    return [chosen.get(i, zero) for i in range(len(pairs))]


def _cost(pair: _Pair, carried: Vector) -> int:
    """Return how many neurons more the pair has because it carries t."""
    return len(_neurons_of(pair, carried)) - len(_neurons_of(pair, (Fraction(0),) * len(carried)))


def _neurons_of(pair: _Pair, carried: Vector) -> list[Neuron]:
    """Return the neurons of (p + q + t) relu(h) - t relu(-h), without zero ones."""
    n = pair.first
    total = plus_multiple(pair.kink, Fraction(1), carried)
    opposite = tuple(-entry for entry in carried)
    neurons = [
        Neuron(n.weight, total, n.bias, n.scale),
        Neuron(tuple(-entry for entry in n.weight), opposite, -n.bias, n.scale),
    ]
    return [neuron for neuron in neurons if not neuron.has_zero_coefficient]


def _new_hyperplanes(linear: Rows) -> list[Neuron]:
    return [
        Neuron(tuple(sign * entry for entry in v), tuple(sign * entry for entry in u))
        for u, v in rank_factors(linear)
        for sign in (1, -1)
    ]


def _assembled(
    shallow: Parametrization, pairs: list[_Pair], carried: list[Vector], added: list[Neuron]
) -> tuple[Parametrization, list[str]]:
    places = {pair.members[0]: (pair, t) for pair, t in zip(pairs, carried, strict=True)}
    paired = {i for pair in pairs for i in pair.members}
    neurons, bias, account = [], shallow.output_bias, []
    for i, neuron in enumerate(shallow.neurons):
        if i in places:
            pair, t = places[i]
            neurons += _neurons_of(pair, t)
            # - q h before, and t h = (p + q + t) relu(h) - t relu(-h) - (p + q) relu(h) now.
            bias = plus_multiple(bias, -pair.first.bias, plus_multiple(pair.q, Fraction(1), t))
            account.append(_sentence(pair, t))
        elif i not in paired:
            neurons.append(neuron)
    if added:
        account.append(f"the linear part is carried by {len(added)} new neurons")
    return with_neurons(shallow, [*neurons, *added], bias), account


def _sentence(pair: _Pair, carried: Vector) -> str:
    left = {0: "none is left", 1: "one neuron is left", 2: "still two neurons"}[
        len(_neurons_of(pair, carried))
    ]
    part = ", which carry a part of the linear function" if any(carried) else ""
    return f"neurons {', '.join(map(str, pair.members))} are opposite: {left}{part}"
