"""The fibre of a realization: all parametrizations with as many neurons and the same function.

Theorem (the stronger form of Lemma A.3 in our reconstruction; with biases). Let c_i != 0 and a_i != 0, and
no two of the (a_i, b_i) lie on one line through the origin. The parametrizations with m neurons of the
same function are exactly those that come from Theta by a permutation, positive rescalings, and replacing
(a_i, b_i) by its negative for i in a set J with sum_J c_i (x) a_i = 0, the output bias changed
by sum_J c_i b_i.

Proof. The m hyperplanes {<a_i, x> + b_i = 0} are different and the function has the kink |mu_i| c_i != 0
across each, so each of the m neurons of another parametrization lies on one of them, one on each, and its
kink fixes it up to a positive factor and a sign. The signs change the linear part by -sum_J c_i (x) a_i.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.errors import NetworkError
from exactrelu.shallow.canonical_forms import canonical_form, signed_primitive
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.radicals import RadicalSum, radical
from exactrelu.shallow.steps import flip
from exactrelu.shallow.subset_sums import MOST_SUMS, subsets_with_sum


@dataclass(frozen=True)
class Fibre:
    """All parametrizations with the width and the function of ``base``: flips x permutations x rescalings.

    ``flips`` are the admissible sets J, the empty one among them, sorted.
    """

    base: Parametrization
    flips: tuple[tuple[int, ...], ...]

    def members(self) -> tuple[Parametrization, ...]:
        """Return one member for each flip, in the order and scale of ``base``."""
        return tuple(flip(self.base, chosen).after if chosen else self.base for chosen in self.flips)


@dataclass(frozen=True)
class FibreMember:
    """How a parametrization comes from ``base`` of its fibre.

    Neuron i has (a_i, b_i) = s lambda (a_j, b_j) and c_i = c_j / lambda with j = ``permutation[i]``,
    lambda = ``factors[i]`` > 0, and s = -1 if j is in ``flipped``, else 1.
    """

    permutation: tuple[int, ...]
    flipped: tuple[int, ...]
    factors: tuple[RadicalSum, ...]


def fibre_of(shallow: Parametrization, *, most_sums: int = MOST_SUMS) -> Fibre:
    """Return the fibre of a parametrization with c_i != 0 and (a_i, b_i) pairwise independent, a_i != 0.

    Raises
    ------
    NetworkError
        If a neuron is zero or constant, or two lie on one hyperplane; drop, merge or cancel first.
    BudgetExhaustedError
        If the flips cannot be found with so many sums of subsets; their list is then unknown.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[1, 0], [0, 1], [-1, -1], [1, 2]], [[1]] * 4)
    >>> fibre_of(gamma).flips
    ((), (0, 1, 2))
    """
    _require_finite_fibre(shallow)
    products = [_product(neuron) for neuron in shallow.neurons]
    zero = (Fraction(0),) * (shallow.inputs * shallow.outputs)
    return Fibre(shallow, tuple(sorted(subsets_with_sum(products, zero, most_sums))))


def locate_in_fibre(shallow: Parametrization, base: Parametrization) -> FibreMember | None:
    """Return how ``shallow`` comes from ``base``, None if it is not in the fibre of ``base``.

    It takes polynomial time: the hyperplanes fix everything.

    Raises
    ------
    NetworkError
        If ``base`` is none that `fibre_of` takes.

    Examples
    --------
    >>> base = Parametrization.from_rationals([[1, 0], [0, 1]], [[1], [1]])
    >>> locate_in_fibre(Parametrization.from_rationals([[0, 2], [1, 0]], [["1/2"], [1]]), base)
    FibreMember(permutation=(1, 0), flipped=(), factors=(<RadicalSum 2>, <RadicalSum 1>))
    """
    _require_finite_fibre(base)
    if shallow.width != base.width or canonical_form(shallow) != canonical_form(base):
        return None
    homes = {signed_primitive(neuron.functional)[0]: j for j, neuron in enumerate(base.neurons)}
    # Equal functions of m neurons, m different kinks: every neuron lies on its own hyperplane of the base.
    permutation = [homes[signed_primitive(neuron.functional)[0]] for neuron in shallow.neurons]
    ratios = [_ratio(neuron, base.neurons[j]) for neuron, j in zip(shallow.neurons, permutation, strict=True)]
    flipped = sorted(j for j, (sign, _) in zip(permutation, ratios, strict=True) if sign < 0)
    return FibreMember(tuple(permutation), tuple(flipped), tuple(factor for _, factor in ratios))


def _product(neuron: Neuron) -> tuple[Fraction, ...]:
    """Return c (x) a as one vector."""
    return tuple(c * a for c in neuron.coefficient for a in neuron.weight)


def _ratio(one: Neuron, two: Neuron) -> tuple[int, RadicalSum]:
    """Return (s, lambda) with the parameters (a, b) of ``one`` equal to s lambda times those of ``two``."""
    rational = next(p / q for p, q in zip(one.weight, two.weight, strict=True) if q)
    return (1 if rational > 0 else -1), radical(one.scale / two.scale, abs(rational))


def _require_finite_fibre(shallow: Parametrization) -> None:
    seen: dict[Sequence[int], int] = {}
    for i, neuron in enumerate(shallow.neurons):
        if neuron.is_constant or neuron.has_zero_coefficient:
            raise NetworkError(f"fibre: neuron {i}: expected a != 0 and c != 0; drop it first")
        functional, _ = signed_primitive(neuron.functional)
        other = seen.setdefault(functional, i)
        if other != i:
            raise NetworkError(
                f"fibre: neurons {other} and {i} lie on one hyperplane; merge or cancel them first"
            )
