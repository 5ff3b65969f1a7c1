"""What is degenerate in a parametrization, which theorem still applies to it, and which step repairs it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import IntegerRow, RationalMatrix, rank
from exactrelu.shallow.balancing import BalanceNorm, is_balanced
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.radicals import RadicalSum, radical
from exactrelu.shallow.steps import direction_of
from exactrelu.shallow.subset_sums import MOST_SUMS
from exactrelu.stability.repair import Asked, Failures, repair_of, why_irreparable
from exactrelu.stability.restricted_space import restricted_space_violations


@dataclass(frozen=True)
class Unbalanced:
    """A neuron with ||a|| != ||c|| in the norm inf."""

    neuron: int
    weight_norm: RadicalSum
    coefficient_norm: RadicalSum


@dataclass(frozen=True)
class FlipCost:
    """What it costs to replace a_i by -a_i for all i in J: ``change`` = ||sum_J c_i (x) a_i||_inf.

    That is the distance |R(flipped) - R(Gamma)| in the semi-norm of W^{1,inf}. ``smallest`` is the least
    ||c_i (x) a_i||_inf, i in J. J is *near-opposite* if 2 ``change`` < ``smallest``, as in Example 2.5: the
    flipped function is then so near that the proof of Theorem 3.1 matches each neuron of J with one on its
    hyperplane, while that one may look the other way. With ``change`` = 0 the flip is admissible.
    """

    neurons: tuple[int, ...]
    change: Fraction
    smallest: Fraction

    @property
    def is_near_opposite(self) -> bool:
        """Whether 2 change < smallest."""
        return 2 * self.change < self.smallest


@dataclass(frozen=True)
class Applicability:
    """Why a theorem fails (nothing: it applies), and steps after which it applies.

    After the steps ``repair`` no hypothesis fails and no neuron is zero or constant. It is None if no steps
    were found; then ``irreparable`` says why no parametrization of the function will do, None if one may.
    """

    theorem: str
    failures: tuple[str, ...]
    repair: tuple[str, ...] | None
    irreparable: str | None = None

    @property
    def applies(self) -> bool:
        """Whether no hypothesis fails."""
        return not self.failures


@dataclass(frozen=True)
class DegeneracyReport:
    """All degeneracies of a parametrization, neurons counted from 0.

    ``parallel`` holds the classes of neurons whose (a, b) are positive multiples of one another, ``opposite``
    the pairs with (a_j, b_j) a negative multiple of (a_i, b_i). ``cheapest_flip`` is the set J of two or more
    neurons with the least quotient change / smallest (then the fewest neurons, then the first), among the
    neurons that are neither zero nor constant; ``all_flips_tried`` tells whether all sets were looked at,
    or only the smaller ones that the budget allows, so that a cheaper one may exist.
    """

    unbalanced: tuple[Unbalanced, ...]
    zero: tuple[int, ...]
    constant: tuple[int, ...]
    parallel: tuple[tuple[int, ...], ...]
    opposite: tuple[tuple[int, int], ...]
    cheapest_flip: FlipCost | None
    all_flips_tried: bool
    theorems: tuple[Applicability, ...]

    @property
    def opposite_classes(self) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
        """The opposite pairs by their lines: the neurons of one side, and those of the other.

        Each neuron of the first class is opposite to each of the second; the first holds the least neuron.
        """
        others: dict[int, set[int]] = {}
        for i, j in self.opposite:
            others.setdefault(i, set()).add(j)
            others.setdefault(j, set()).add(i)
        sides = {(tuple(sorted(others[min(two)])), tuple(sorted(two))) for two in others.values()}
        return tuple(sorted((one, two) for one, two in sides if one < two))

    @property
    def near_opposite(self) -> FlipCost | None:
        """The cheapest flip if it is near-opposite, else None."""
        flip = self.cheapest_flip
        return flip if flip is not None and flip.is_near_opposite else None


def degeneracy_report(function: Parametrization | Network, *, most_sums: int = MOST_SUMS) -> DegeneracyReport:
    """Return what is degenerate in a parametrization and which theorems apply to it.

    Parameters
    ----------
    function
        A parametrization, or a network with L = 2.
    most_sums
        How many sets of neurons are looked at for the cheapest flip, small ones first; and the budget for
        signs of kinks, where a repair needs them.

    Raises
    ------
    NetworkError
        If the network has another number of layers.

    Notes
    -----
    Berner, Elbraechter & Grohs, our reconstruction of Theorems 3.1 and 3.3, Lemma A.3 and Examples 2.2 to
    2.5. Of Theorem 3.1 only what concerns Gamma alone is looked at: C.2, C.3 (a) for Gamma, D = 1, no
    biases; C.1 holds for some beta always, and for balanced Gamma with beta = (2 delta)^(1/2).

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[1, 0], [2, 0], [-1, 0]], [[1], [1], [1]])
    >>> report = degeneracy_report(gamma)
    >>> report.parallel, report.opposite, [bad.neuron for bad in report.unbalanced]
    (((0, 1),), ((0, 2), (1, 2)), [1])
    >>> [(item.theorem, item.applies, item.repair) for item in report.theorems][0]
    ('Theorem 3.1', False, None)
    """
    shallow = Parametrization.of_network(function) if isinstance(function, Network) else function
    zero = tuple(i for i, neuron in enumerate(shallow.neurons) if neuron.is_zero)
    constant = tuple(i for i, n in enumerate(shallow.neurons) if n.is_constant and not n.is_zero)
    alive = [i for i in range(shallow.width) if i not in zero and i not in constant]
    cheapest, complete = _cheapest_flip(shallow, alive, most_sums)
    return DegeneracyReport(
        _unbalanced(shallow),
        zero,
        constant,
        _parallel(shallow),
        _opposite(shallow),
        cheapest,
        complete,
        _theorems(shallow, most_sums),
    )


def _unbalanced(shallow: Parametrization) -> tuple[Unbalanced, ...]:
    return tuple(
        Unbalanced(i, _norm(neuron, neuron.weight, 1), _norm(neuron, neuron.coefficient, -1))
        for i, neuron in enumerate(shallow.neurons)
        if not is_balanced(neuron, BalanceNorm.MAX)
    )


def _norm(neuron: Neuron, part: Sequence[Fraction], exponent: int) -> RadicalSum:
    """Return r^(exponent / 4) ||part||_inf."""
    return radical(neuron.scale**exponent, max(map(abs, part)))


def _lines(shallow: Parametrization) -> dict[IntegerRow, list[tuple[int, int]]]:
    """Return, for each line of directions (a, b), the neurons on it with their signs; a = 0 is left out."""
    lines: dict[IntegerRow, list[tuple[int, int]]] = {}
    for i, neuron in enumerate(shallow.neurons):
        if not neuron.is_constant:
            functional, sign = direction_of(neuron)
            lines.setdefault(functional, []).append((i, sign))
    return lines


def _parallel(shallow: Parametrization) -> tuple[tuple[int, ...], ...]:
    classes = [
        tuple(i for i, sign in members if sign == side)
        for members in _lines(shallow).values()
        for side in (1, -1)
    ]
    return tuple(sorted(members for members in classes if len(members) > 1))


def _opposite(shallow: Parametrization) -> tuple[tuple[int, int], ...]:
    pairs = [
        (i, j)
        for members in _lines(shallow).values()
        for (i, one), (j, two) in itertools.combinations(members, 2)
        if one != two
    ]
    return tuple(sorted(pairs))


# the cheapest flip ------------------------------------------------------------------------------


def _cheapest_flip(
    shallow: Parametrization, alive: Sequence[int], most_sums: int
) -> tuple[FlipCost | None, bool]:
    """Return the cheapest flip among the sets that the budget allows, and whether these are all."""
    matrix = _product_matrix(shallow, alive)
    denominator, products = matrix.denominator, dict(zip(alive, matrix.integer_rows(), strict=True))
    sizes = {i: max(map(abs, product)) for i, product in products.items()}
    best: tuple[Fraction, FlipCost] | None = None
    sets = itertools.chain.from_iterable(
        itertools.combinations(alive, size) for size in range(2, len(alive) + 1)
    )
    tried = 0
    for chosen in itertools.islice(sets, most_sums):
        tried += 1
        change = max(map(abs, map(sum, zip(*(products[i] for i in chosen), strict=True))))
        smallest = min(sizes[i] for i in chosen)
        quotient = Fraction(change, smallest)
        if best is None or quotient < best[0]:
            cost = FlipCost(chosen, Fraction(change, denominator), Fraction(smallest, denominator))
            best = (quotient, cost)
    everything = 2 ** len(alive) - 1 - len(alive)
    return (None if best is None else best[1]), tried == everything


def _product_matrix(shallow: Parametrization, alive: Sequence[int]) -> RationalMatrix:
    """Return the matrix with the row c (x) a for each neuron."""
    rows = [[c * a for c in shallow.neurons[i].coefficient for a in shallow.neurons[i].weight] for i in alive]
    return RationalMatrix.from_rows(rows, shallow.inputs * shallow.outputs)


# the theorems -----------------------------------------------------------------------------------


def _theorems(shallow: Parametrization, most_sums: int) -> tuple[Applicability, ...]:
    unbiased, independent = Asked.UNBIASED, Asked.INDEPENDENT
    judged = partial(_judged, shallow, most_sums)
    return (
        judged("Theorem 3.1", theorem_3_1_failures, {Asked.SCALAR, unbiased}),
        judged("Theorem 3.3", theorem_3_3_failures, None),
        judged("Lemma A.3", lemma_a3_failures, {unbiased, independent}),
        judged("Lemma A.3, stronger form", fibre_failures, set()),
    )


def _judged(
    shallow: Parametrization, most_sums: int, theorem: str, failures: Failures, asked: set[Asked] | None
) -> Applicability:
    """Return why the theorem fails and what repairs it; ``asked`` is None for the restricted space."""
    found = failures(shallow)
    if not found:
        return Applicability(theorem, (), ())
    steps = repair_of(shallow, failures, restricted=asked is None, most_sums=most_sums)
    why = None if steps is not None or asked is None else why_irreparable(shallow, asked, most_sums)
    return Applicability(theorem, found, steps, why)


def theorem_3_1_failures(shallow: Parametrization) -> tuple[str, ...]:
    """Return which hypotheses of Theorem 3.1 that concern Gamma alone fail.

    Examples
    --------
    >>> theorem_3_1_failures(Parametrization.from_rationals([[1], [-1]], [[1, 0], [0, 1]]))
    ('D = 2, not 1', 'C.3 (a): opposite directions')
    """
    found = _without_biases(shallow)
    if shallow.outputs != 1:
        found.append(f"D = {shallow.outputs}, not 1")
    if _parallel(shallow):
        found.append("C.2: the same direction twice")
    if _opposite(shallow):
        found.append("C.3 (a): opposite directions")
    return tuple(found)


def theorem_3_3_failures(shallow: Parametrization) -> tuple[str, ...]:
    """Return which clauses of Definition 3.2, the hypothesis of Theorem 3.3, fail.

    Examples
    --------
    >>> theorem_3_3_failures(Parametrization.from_rationals([[1, 0]], [[2]]))
    ('not balanced', 'the last two entries of a weight are not positive')
    """
    if not restricted_space_violations(shallow):
        return ()
    found = _without_biases(shallow)
    if shallow.inputs < 2:
        found.append("d = 1, not at least 2")
    if _unbalanced(shallow):
        found.append("not balanced")
    if _parallel(shallow):
        found.append("the same direction twice")
    if any(min(neuron.weight[-2:]) <= 0 for neuron in shallow.neurons if not neuron.is_constant):
        found.append("the last two entries of a weight are not positive")
    return tuple(found)


def lemma_a3_failures(shallow: Parametrization) -> tuple[str, ...]:
    """Return which hypotheses of Lemma A.3 fail: independent weights, c_i != 0, no biases.

    Examples
    --------
    >>> lemma_a3_failures(Parametrization.from_rationals([[1], [2]], [[1], [0]]))
    ('the weights are linearly dependent', 'some c_i = 0')
    """
    found = _without_biases(shallow)
    weights = [neuron.weight for neuron in shallow.neurons]
    integers = RationalMatrix.from_rows(weights, shallow.inputs).integer_rows()
    if rank(integers, shallow.inputs) < shallow.width:
        found.append("the weights are linearly dependent")
    if any(neuron.has_zero_coefficient for neuron in shallow.neurons):
        found.append("some c_i = 0")
    return tuple(found)


def fibre_failures(shallow: Parametrization) -> tuple[str, ...]:
    """Return which hypotheses of the stronger form of Lemma A.3 fail; biases are allowed.

    Examples
    --------
    >>> fibre_failures(Parametrization.from_rationals([[1], [-2]], [[1], [1]]))
    ('two neurons on one hyperplane',)
    """
    found = []
    if any(neuron.is_constant or neuron.has_zero_coefficient for neuron in shallow.neurons):
        found.append("some a_i = 0 or c_i = 0")
    if any(len(members) > 1 for members in _lines(shallow).values()):
        found.append("two neurons on one hyperplane")
    return tuple(found)


def _without_biases(shallow: Parametrization) -> list[str]:
    return ["biases"] if shallow.has_biases else []
