"""The smallest number of neurons of a function that a shallow network realizes, and such a network.

Let h hyperplanes carry the kinks. Neurons with opposite directions on one hyperplane differ by a linear
function, so on each hyperplane there are one or two neurons. One neuron gives the linear part
+-1/2 kappa (x) a; two give t (x) a with any t; two on a new hyperplane give u (x) v with any u, v. Hence the
smallest number on R^d is h plus the smallest |E| + 2 rank(R mod span(a_H : H in E)), over sets E of old
hyperplanes and signs s with R = A - 1/2 sum_{H not in E} s_H kappa_H (x) a_H; constants are free in the
output bias.

On a polyhedron D only the hyperplanes count that meet its relative interior, and besides neurons that
bend there are some that are always on. The second term is then the number of `affine_remainders`, S
spanned by the a_H, H in E, and by what is constant on aff D. On a bounded D it is rank R, and E is empty.

With one output it is h, h + 1 or h + 2: R has rank at most one. Deciding even whether it is h is a
subset-sum problem, so there is a budget; within it the answer is exact, beyond it only bounds are known.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import mul

from exactrelu.errors import BudgetExhaustedError, DomainError, NetworkError
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.subspace import Subspace
from exactrelu.shallow.affine_remainders import Carriers
from exactrelu.shallow.canonical_forms import CanonicalForm, canonical_form
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.rank_one_terms import coordinates, independent_rows
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


def minimal_width(
    form: CanonicalForm, domain: Domain | None = None, *, most_sums: int = MOST_SUMS
) -> MinimalWidth:
    """Return the smallest number of neurons that realize a function on a domain, with such neurons.

    Parameters
    ----------
    form
        A canonical form on the domain. On R^d, without biases in it, the parametrization has none either.
    domain
        A polyhedron; left out, R^d. On an empty one no neuron is needed.
    most_sums
        The budget, for each number that is tried: sums of subsets, or choices of signs.

    Returns
    -------
    MinimalWidth
        Exact bounds. They agree unless the budget ran out.

    Raises
    ------
    DomainError
        If the domain lies in another space.

    Notes
    -----
    Derived here, for any output dimension, with or without biases.

    Examples
    --------
    >>> linear = canonical_form(Parametrization.from_rationals([[1], [-1]], [[1], [-1]]))
    >>> minimal_width(linear).value
    2
    >>> bent = Parametrization.from_rationals([[1, 0], [-1, 0], [0, 1], [0, -1]], [[1], [1], [1], [-1]])
    >>> square = Domain.box([(-1, 1), (-1, 1)])  # |x_1| + x_2
    >>> minimal_width(canonical_form(bent)).value, minimal_width(canonical_form(bent, square), square).value
    (3, 2)
    """
    chosen = Domain.whole_space(form.inputs) if domain is None else domain
    if chosen.dimension != form.inputs:
        raise DomainError(f"domain: expected dimension {form.inputs}, got {chosen.dimension}")
    carriers = Carriers.on(chosen)
    if carriers is None:
        zero = Parametrization(form.inputs, form.outputs, (), form.constant)
        return MinimalWidth(0, 0, 0, zero)
    count, search = len(form.kinks), _Search(form, carriers, most_sums)
    choice = search.without_trying()
    upper = search.beyond(choice)
    lower = None
    for extra in range(upper):
        found, complete = search.with_extra(extra)
        if found is not None:
            choice, upper = found, extra
            break
        if not complete and lower is None:
            lower = extra
    shallow = _realized(form, carriers, chosen, choice)
    return MinimalWidth(count, shallow.width if lower is None else count + lower, shallow.width, shallow)


def has_one_neuron_a_hyperplane(form: CanonicalForm, *, most_sums: int = MOST_SUMS) -> bool | None:
    """Return whether some network has the function on R^d with one neuron across each kink and no other.

    None if the budget ran out.

    Examples
    --------
    >>> absolute = canonical_form(Parametrization.from_rationals([[1], [-1]], [[1], [1]]))
    >>> has_one_neuron_a_hyperplane(absolute)
    False
    """
    carriers = Carriers.on(Domain.whole_space(form.inputs))
    if carriers is None:
        raise AssertionError("R^d is not empty")
    found, complete = _Search(form, carriers, most_sums).with_extra(0)
    return True if found is not None else (False if complete else None)


@dataclass(frozen=True)
class _Search:
    """The search of signs s and of a set E; ``most`` choices for each number of neurons."""

    form: CanonicalForm
    carriers: Carriers
    most: int

    def normals(self, chosen: Sequence[int]) -> list[IntegerRow]:
        """Return the a_H of some hyperplanes."""
        return [self.form.kinks[i].functional[:-1] for i in chosen]

    def without_trying(self) -> _Choice:
        """Return the better of two choices that need no search: all signs +, or doubling many normals."""
        everything = range(len(self.form.kinks))
        plain = _Choice((), tuple(everything))
        if self.carriers.is_bounded:
            return plain
        rows = [tuple(map(Fraction, row)) for row in (*self.carriers.constant, *self.normals(everything))]
        start = len(self.carriers.constant)
        basis = tuple(i - start for i in independent_rows(rows) if i >= start)
        doubled = _Choice(basis, tuple(i for i in everything if i not in basis))
        return min(plain, doubled, key=self.beyond)

    def beyond(self, choice: _Choice) -> int:
        """Return |E| plus what the remainder costs."""
        rows = _remainder(self.form, choice)
        return len(choice.doubled) + self.carriers.cost(self.normals(choice.doubled), rows)

    def with_extra(self, extra: int) -> tuple[_Choice | None, bool]:
        """Return a choice with so many neurons more than hyperplanes, and whether all were looked at."""
        complete = True
        # A neuron that is always on does what a second one on a hyperplane does.
        candidates = [
            i for i, row in enumerate(self.normals(range(len(self.form.kinks)))) if not self._is_on(row)
        ]
        for size in range(min(extra, len(candidates)), -1, -1):
            if self._is_whole_space and (extra - size) % 2:
                continue  # the rest costs 2 for each dimension
            share = self.most // max(math.comb(len(candidates), size), 1)
            for doubled in itertools.combinations(candidates, size):
                try:
                    found = self._signs(doubled, extra - size, share)
                except BudgetExhaustedError:
                    complete = False
                    break  # the next set would ask for as much
                if found is not None:
                    return found, True
        return None, complete

    def _is_on(self, row: IntegerRow) -> bool:
        return self.carriers.always_on(row) or self.carriers.always_on([-entry for entry in row])

    @property
    def _is_whole_space(self) -> bool:
        return len(self.carriers.lines) == self.form.inputs

    def _signs(self, doubled: tuple[int, ...], rest: int, most: int) -> _Choice | None:
        """Return signs for which the remainder costs at most ``rest``."""
        others = [i for i in range(len(self.form.kinks)) if i not in doubled]
        candidates: Iterable[tuple[int, ...]]
        if rest == 0:
            vectors, target = self._sign_equations(doubled, others)
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
            if self.beyond(choice) <= len(doubled) + rest:
                return choice
        return None

    def _sign_equations(
        self, doubled: tuple[int, ...], others: Sequence[int]
    ) -> tuple[list[tuple[Fraction, ...]], tuple[Fraction, ...]]:
        """Return vectors and a target: a set P of positive signs is right if its vectors have that sum.

        R = 0 modulo S says sum_{H in P} kappa (x) a = A + 1/2 sum kappa (x) a there.
        """
        free = [*self.carriers.constant, *self.normals(doubled)]
        modulo = Subspace.of_equations(free, self.form.inputs).basis
        negative = _remainder(self.form, _Choice(doubled, ()))
        target = tuple(_dot(row, v) for row in negative for v in modulo)
        vectors = []
        for i, normal in zip(others, self.normals(others), strict=True):
            sizes = [sum(map(mul, normal, v)) for v in modulo]
            vectors.append(tuple(k * size for k in self.form.kinks[i].jump for size in sizes))
        return vectors, target


def _remainder(form: CanonicalForm, choice: _Choice) -> Rows:
    """Return R = A - 1/2 sum s_H kappa_H (x) a_H over the hyperplanes that are not doubled."""
    rows = list(form.linear)
    for i, (functional, jump) in enumerate(form.kinks):
        if i not in choice.doubled:
            sign = -_HALF if i in choice.positive else _HALF
            normal = tuple(map(Fraction, functional[:-1]))
            rows = [plus_multiple(row, sign * k, normal) for row, k in zip(rows, jump, strict=True)]
    return tuple(rows)


def _dot(one: Sequence[Fraction], two: IntegerRow) -> Fraction:
    return sum((p * q for p, q in zip(one, two, strict=True)), Fraction(0))


# the parametrization ----------------------------------------------------------------------------


def _realized(form: CanonicalForm, carriers: Carriers, domain: Domain, choice: _Choice) -> Parametrization:
    """Return the parametrization of a choice; its function is checked."""
    carried, on, pairs = _carried(form, carriers, choice)
    neurons: list[Neuron] = []
    for i, (functional, jump) in enumerate(form.kinks):
        sign = 1 if i in choice.positive or i in choice.doubled else -1
        if i in carried:
            # t h + 1/2 kappa |h| = (kappa/2 + t) relu(h) + (kappa/2 - t) relu(-h)
            neurons += [_neuron(functional, 1, jump, carried[i]), _neuron(functional, -1, jump, carried[i])]
        else:
            neurons.append(_oriented(functional, sign, jump))
    neurons += [Neuron(tuple(map(Fraction, v)), u, carriers.bias(v)) for v, u in on]
    for v, u in pairs:
        neurons += [_oriented((*v, 0), sign, tuple(sign * c for c in u)) for sign in (1, -1)]
    zero = (Fraction(0),) * form.outputs
    alive = tuple(neuron for neuron in neurons if not neuron.has_zero_coefficient)
    without = Parametrization(form.inputs, form.outputs, alive, zero)
    difference = form - canonical_form(without, domain)
    if difference.kinks or any(any(row) for row in difference.linear):
        raise NetworkError("minimal width: expected an unchanged realization, got another one")
    return Parametrization(form.inputs, form.outputs, alive, difference.constant)


_Carried = list[tuple[IntegerRow, tuple[Fraction, ...]]]


def _carried(
    form: CanonicalForm, carriers: Carriers, choice: _Choice
) -> tuple[dict[int, tuple[Fraction, ...]], _Carried, _Carried]:
    """Return t_H for the doubled hyperplanes, and (v, u) of the neurons always on and of the pairs."""
    rows = _remainder(form, choice)
    normals = [form.kinks[i].functional[:-1] for i in choice.doubled]
    on, pairs = carriers.carry(normals, rows)
    free = [*carriers.constant, *normals]
    independent = independent_rows([tuple(map(Fraction, row)) for row in free])
    basis = [*(free[i] for i in independent), *on, *pairs]
    found = coordinates([tuple(map(Fraction, row)) for row in basis], rows)
    if found is None:
        raise AssertionError("the basis spans the remainder's rows")
    carried = dict.fromkeys(choice.doubled, (Fraction(0),) * form.outputs)
    start = len(carriers.constant)
    for i, t in zip(independent, found, strict=False):
        if i >= start:
            carried[choice.doubled[i - start]] = t
    first, second = len(independent), len(independent) + len(on)
    return (
        carried,
        list(zip(on, found[first:second], strict=True)),
        list(zip(pairs, found[second:], strict=True)),
    )


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
