"""The smallest number of neurons of a function that a shallow network realizes, and such a network.

Let h hyperplanes carry the kinks. Neurons with opposite directions on one hyperplane differ by a linear
function, so on each hyperplane there are one or two neurons. One neuron gives the linear part
+-1/2 kappa (x) a; two give t (x) a with any t; two on a new hyperplane give u (x) v with any u, v. Hence the
smallest number is h plus the smallest |E| + 2 rank(R mod span(a_H : H in E)), over sets E of old hyperplanes
and signs s with R = A - 1/2 sum_{H not in E} s_H kappa_H (x) a_H; constants are free in the output bias.

It is h, h + 1 or h + 2 where D = 1: R has rank at most one. Deciding even whether it is h is a subset-sum
problem, so there is a budget; within it the answer is exact, beyond it only bounds are known.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import mul

from exactrelu.errors import BudgetExhaustedError, NetworkError
from exactrelu.numbers.linear_algebra import (
    IntegerRow,
    RationalMatrix,
    echelon,
    pivot_column,
    primitive_from_rationals,
    rank,
)
from exactrelu.polyhedra.subspace import Subspace
from exactrelu.shallow.canonical_forms import CanonicalForm, canonical_form
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.rank_one_terms import coordinates, independent_rows, rank_factors
from exactrelu.shallow.step_results import plus_multiple
from exactrelu.shallow.subset_sums import MOST_SUMS, subsets_with_sum

Rows = tuple[tuple[Fraction, ...], ...]
_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class MinimalWidth:
    """Bounds for the smallest number of neurons; ``parametrization`` has ``upper`` of them.

    ``hyperplanes`` is h, the number of hyperplanes with a kink. Where the budget was enough
    ``lower == upper``; else the smallest number is unknown.
    """

    hyperplanes: int
    lower: int
    upper: int
    parametrization: Parametrization

    @property
    def value(self) -> int | None:
        """The smallest number of neurons, None if it is unknown."""
        return self.lower if self.lower == self.upper else None


@dataclass(frozen=True)
class _Choice:
    """Two neurons on the hyperplanes ``doubled``; on the others the sign +1 in ``positive``, else -1."""

    doubled: tuple[int, ...]
    positive: tuple[int, ...]


def minimal_width(form: CanonicalForm, *, most_sums: int = MOST_SUMS) -> MinimalWidth:
    """Return the smallest number of neurons that realize a function on R^d, with such a parametrization.

    Parameters
    ----------
    form
        A canonical form on R^d. Without biases in it, the parametrization has none either.
    most_sums
        The budget, for each number that is tried: sums of subsets, or choices of signs.

    Returns
    -------
    MinimalWidth
        Exact bounds. They agree unless the budget ran out.

    Notes
    -----
    Derived here, for any output dimension, with or without biases.

    Examples
    --------
    >>> linear = canonical_form(Parametrization.from_rationals([[1], [-1]], [[1], [-1]]))
    >>> minimal_width(linear).value
    2
    >>> bent = canonical_form(Parametrization.from_rationals([[1, 0], [-1, 0], [0, 1]], [[1], [3], [1]]))
    >>> result = minimal_width(bent)
    >>> result.hyperplanes, result.value
    (2, 3)
    """
    count = len(form.kinks)
    choice = _everything_positive(form)
    upper = _extra(form, choice)
    lower = None
    for extra in range(upper):
        found, complete = _search(form, extra, most_sums)
        if found is not None:
            choice, upper = found, extra
            break
        if not complete and lower is None:
            lower = extra
    shallow = _realized(form, choice)
    return MinimalWidth(count, shallow.width if lower is None else count + lower, shallow.width, shallow)


def _everything_positive(form: CanonicalForm) -> _Choice:
    """Return the better of two choices that need no search: all signs +, or doubling a basis of normals."""
    normals = [kink.functional[:-1] for kink in form.kinks]
    everything = range(len(normals))
    plain = _Choice((), tuple(everything))
    basis = tuple(independent_rows([tuple(map(Fraction, normal)) for normal in normals]))
    doubled = _Choice(basis, tuple(i for i in everything if i not in basis))
    return min(plain, doubled, key=lambda choice: _extra(form, choice))


def _extra(form: CanonicalForm, choice: _Choice) -> int:
    """Return |E| + 2 rank(R mod span(a_H : H in E))."""
    return len(choice.doubled) + 2 * _rank_modulo(form, _remainder(form, choice), choice.doubled)


def _rank_modulo(form: CanonicalForm, rows: Rows, doubled: Sequence[int]) -> int:
    normals = [form.kinks[i].functional[:-1] for i in doubled]
    integers = RationalMatrix.from_rows(rows, form.inputs).integer_rows()
    return rank([*normals, *integers], form.inputs) - rank(normals, form.inputs)


def _remainder(form: CanonicalForm, choice: _Choice) -> Rows:
    """Return R = A - 1/2 sum s_H kappa_H (x) a_H over the hyperplanes that are not doubled."""
    rows = list(form.linear)
    for i, (functional, jump) in enumerate(form.kinks):
        if i not in choice.doubled:
            sign = -_HALF if i in choice.positive else _HALF
            normal = tuple(map(Fraction, functional[:-1]))
            rows = [plus_multiple(row, sign * k, normal) for row, k in zip(rows, jump, strict=True)]
    return tuple(rows)


# the search -------------------------------------------------------------------------------------


def _search(form: CanonicalForm, extra: int, most_sums: int) -> tuple[_Choice | None, bool]:
    """Return a choice with so many neurons more than hyperplanes, and whether the search was complete."""
    complete = True
    count = len(form.kinks)
    for rank_left in range(extra // 2 + 1):
        size = extra - 2 * rank_left
        share = most_sums // max(math.comb(count, size), 1)
        for doubled in itertools.combinations(range(count), size):
            try:
                found = _signs(form, doubled, rank_left, share)
            except BudgetExhaustedError:
                complete = False
                break  # the next set would ask for as much
            if found is not None:
                return found, True
    return None, complete


def _signs(form: CanonicalForm, doubled: tuple[int, ...], rank_left: int, most: int) -> _Choice | None:
    """Return signs for which R modulo the normals of ``doubled`` has rank at most ``rank_left``."""
    others = [i for i in range(len(form.kinks)) if i not in doubled]
    candidates: Iterable[tuple[int, ...]]
    if rank_left == 0:
        vectors, target = _sign_equations(form, doubled, others)
        candidates = subsets_with_sum(vectors, target, most)
    else:
        if 2 ** len(others) > most:
            raise BudgetExhaustedError(f"more than {most} choices of signs")
        candidates = (
            tuple(i for i, bit in enumerate(bits) if bit)
            for bits in itertools.product((1, 0), repeat=len(others))
        )
    for subset in candidates:
        choice = _Choice(doubled, tuple(others[i] for i in subset))
        if _extra(form, choice) <= len(doubled) + 2 * rank_left:
            return choice
    return None


def _sign_equations(
    form: CanonicalForm, doubled: tuple[int, ...], others: Sequence[int]
) -> tuple[list[tuple[Fraction, ...]], tuple[Fraction, ...]]:
    """Return vectors and a target: a set P of positive signs is right if its vectors have that sum.

    R = 0 modulo the normals of ``doubled`` says sum_{H in P} kappa (x) a = A + 1/2 sum kappa (x) a there.
    """
    normals = [kink.functional[:-1] for kink in form.kinks]
    modulo = Subspace.of_equations([normals[i] for i in doubled], form.inputs).basis
    negative = _remainder(form, _Choice(doubled, ()))
    target = tuple(_dot(row, v) for row in negative for v in modulo)
    vectors = []
    for i in others:
        sizes = [sum(map(mul, normals[i], v)) for v in modulo]
        vectors.append(tuple(k * size for k in form.kinks[i].jump for size in sizes))
    return vectors, target


def _dot(one: Sequence[Fraction], two: IntegerRow) -> Fraction:
    return sum((p * q for p, q in zip(one, two, strict=True)), Fraction(0))


# the parametrization ----------------------------------------------------------------------------


def _realized(form: CanonicalForm, choice: _Choice) -> Parametrization:
    """Return the parametrization of a choice; its function is checked."""
    carried, left = _carried(form, choice)
    neurons: list[Neuron] = []
    for i, (functional, jump) in enumerate(form.kinks):
        sign = 1 if i in choice.positive or i in choice.doubled else -1
        if i in carried:
            # t h + 1/2 kappa |h| = (kappa/2 + t) relu(h) + (kappa/2 - t) relu(-h)
            neurons += [_neuron(functional, 1, jump, carried[i]), _neuron(functional, -1, jump, carried[i])]
        else:
            neurons.append(_oriented(functional, sign, jump))
    for u, v in rank_factors(left):
        neurons += [Neuron(v, u), Neuron(tuple(-a for a in v), tuple(-c for c in u))]
    zero = (Fraction(0),) * form.outputs
    alive = tuple(neuron for neuron in neurons if not neuron.has_zero_coefficient)
    without = Parametrization(form.inputs, form.outputs, alive, zero)
    difference = form - canonical_form(without)
    if difference.kinks or any(any(row) for row in difference.linear):
        raise NetworkError("minimal width: expected an unchanged realization, got another one")
    return Parametrization(form.inputs, form.outputs, alive, difference.constant)


def _carried(form: CanonicalForm, choice: _Choice) -> tuple[dict[int, tuple[Fraction, ...]], Rows]:
    """Return t_H for the doubled hyperplanes, and what of R new hyperplanes have to carry."""
    rows = _remainder(form, choice)
    normals = [tuple(map(Fraction, form.kinks[i].functional[:-1])) for i in choice.doubled]
    independent = independent_rows(normals)
    left = _reduced_rows(rows, [normals[i] for i in independent])
    spanned = tuple(plus_multiple(row, Fraction(-1), rest) for row, rest in zip(rows, left, strict=True))
    found = coordinates([normals[i] for i in independent], spanned)
    zero = (Fraction(0),) * form.outputs
    carried = dict.fromkeys(choice.doubled, zero)
    for position, t in zip(independent, found or (), strict=True):
        carried[choice.doubled[position]] = t
    return carried, left


def _reduced_rows(rows: Rows, normals: Sequence[tuple[Fraction, ...]]) -> Rows:
    """Return the rows reduced modulo the span of the normals."""
    basis = echelon([primitive_from_rationals(normal) for normal in normals], len(rows[0]))
    reduced = []
    for row in rows:
        current = row
        for base in basis:
            pivot = pivot_column(base)
            factor = -current[pivot] / base[pivot]
            current = plus_multiple(current, factor, tuple(map(Fraction, base)))
        reduced.append(current)
    return tuple(reduced)


def _neuron(
    functional: tuple[int, ...], sign: int, jump: tuple[Fraction, ...], carried: tuple[Fraction, ...]
) -> Neuron:
    """Return (kappa/2 + sign t) relu(sign h)."""
    coefficient = tuple(k / 2 + sign * t for k, t in zip(jump, carried, strict=True))
    return _oriented(functional, sign, coefficient)


def _oriented(functional: tuple[int, ...], sign: int, coefficient: tuple[Fraction, ...]) -> Neuron:
    """Return c relu(sign h)."""
    entries = [Fraction(sign * entry) for entry in functional]
    return Neuron(tuple(entries[:-1]), coefficient, entries[-1])
