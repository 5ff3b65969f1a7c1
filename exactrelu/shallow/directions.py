"""Neurons whose weight vectors have the same or opposite directions; zero weight vectors have none."""

from __future__ import annotations

from exactrelu.numbers.linear_algebra import IntegerRow, primitive_from_rationals
from exactrelu.shallow.parametrization import Neuron, Parametrization

Pair = tuple[int, int]


def direction(neuron: Neuron) -> IntegerRow | None:
    """Return the primitive integer vector in the direction of a, None if a = 0."""
    return None if neuron.is_constant else primitive_from_rationals(neuron.weight)


def neurons_by_direction(shallow: Parametrization) -> dict[IntegerRow, list[int]]:
    """Return the neurons with a_i != 0, grouped by direction, groups in the order of their first neurons.

    Examples
    --------
    >>> neurons_by_direction(Parametrization.from_rationals([[2, 4], [0, 0], [1, 2]], [[1]] * 3))
    {(1, 2): [0, 2]}
    """
    groups: dict[IntegerRow, list[int]] = {}
    for i, neuron in enumerate(shallow.neurons):
        key = direction(neuron)
        if key is not None:
            groups.setdefault(key, []).append(i)
    return groups


def same_direction(shallow: Parametrization) -> Pair | None:
    """Return two neurons i < j whose weight vectors have the same direction, None if there are none."""
    pairs = [(group[0], group[1]) for group in neurons_by_direction(shallow).values() if len(group) > 1]
    return min(pairs, default=None)


def opposite_directions(one: Parametrization, two: Parametrization | None = None) -> Pair | None:
    """Return neurons i of ``one`` and j of ``two`` with opposite directions, None if there are none.

    Without ``two`` both are neurons of ``one``, i < j.

    Examples
    --------
    >>> opposite_directions(Parametrization.from_rationals([[1, 2], [3, 1], [-3, -6]], [[1]] * 3))
    (0, 2)
    """
    groups = neurons_by_direction(one)
    others = groups if two is None else neurons_by_direction(two)
    pairs = []
    for key, group in groups.items():
        partners = others.get(tuple(-entry for entry in key), [])
        if partners:
            pairs.append((group[0], partners[0]))
    if two is None:
        pairs = [(i, j) for i, j in pairs if i < j]
    return min(pairs, default=None)
