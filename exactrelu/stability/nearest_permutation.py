"""The permutation of one parametrization's neurons that is nearest to another one, in the norm inf."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from exactrelu.errors import NetworkError
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.stability.bottleneck import BottleneckAssignment, bottleneck_assignment
from exactrelu.stability.norms import Real, as_rational, difference, largest, parameters


def nearest_permutation(
    gamma: Parametrization, theta: Parametrization, checkpoint: Callable[[], None] = lambda: None
) -> BottleneckAssignment:
    """Return the permutation p of Theta's neurons that is nearest to Gamma, with a proof.

    The largest difference of a parameter of neuron i of Gamma and neuron p(i) of Theta is least.

    ``value`` is that difference, exactly, ``rows`` and ``columns`` prove that no permutation has a smaller
    one: every pair of a row with a column that is not listed differs by at least ``value``. Without neurons
    the value is None.

    Raises
    ------
    NetworkError
        If the shapes differ.

    Examples
    --------
    >>> weights = [[1], [2], [5]], [[4], [3], [1]]
    >>> gamma, theta = (Parametrization.from_rationals(a, [[1]] * 3) for a in weights)
    >>> nearest_permutation(gamma, theta)
    BottleneckAssignment(value=Fraction(1, 1), permutation=(2, 1, 0), rows=(1,), columns=())
    """
    shapes = [(p.inputs, p.width, p.outputs) for p in (gamma, theta)]
    if shapes[0] != shapes[1]:
        raise NetworkError(
            f"permutation: expected parametrizations of one shape, got {shapes[0]} and {shapes[1]}"
        )
    left, right = ([list(parameters(n)) for n in p.neurons] for p in (gamma, theta))
    # Rounded costs propose a permutation and an obstruction; both are checked exactly.
    rounded = _rounded_costs(gamma, theta)
    if rounded is not None:
        proposed = bottleneck_assignment(rounded, checkpoint)
        value = largest(_difference(left[i], right[j]) for i, j in enumerate(proposed.permutation))
        if _obstructs(proposed, left, right, value):
            return replace(proposed, value=as_rational(value) if left else None)
    best = bottleneck_assignment([[_difference(p, q) for q in right] for p in left], checkpoint)
    return replace(best, value=as_rational(best.value) if left else None)


def _difference(one: Sequence[Real], two: Sequence[Real]) -> Real:
    return largest(difference(p, q) for p, q in zip(one, two, strict=True))


def _obstructs(
    proposed: BottleneckAssignment, left: list[list[Real]], right: list[list[Real]], value: Real
) -> bool:
    """Return whether every pair of an obstructing row and a column that is not listed differs by >= value."""
    others = [j for j in range(len(right)) if j not in proposed.columns]
    return all(
        any(difference(p, q) >= value for p, q in zip(left[i], right[j], strict=True))
        for i in proposed.rows
        for j in others
    )


def _rounded_costs(gamma: Parametrization, theta: Parametrization) -> list[list[float]] | None:
    """Return the differences of all pairs in floating point, None if a number is out of its range."""
    try:
        left, right = (np.array([_rounded(n) for n in p.neurons], dtype=np.float64) for p in (gamma, theta))
    except OverflowError:
        return None
    return [np.abs(right - row).max(axis=1).tolist() for row in left]


def _rounded(neuron: Neuron) -> list[float]:
    root = float(neuron.scale) ** 0.25
    if root == 0:
        raise OverflowError
    return [*(float(a) * root for a in neuron.functional), *(float(c) / root for c in neuron.coefficient)]
