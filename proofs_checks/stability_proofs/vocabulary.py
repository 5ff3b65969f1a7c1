"""The names under which statements on inverse stability show their formulas, with what each says."""

from __future__ import annotations

from functools import cache

from ..statements.expressions import NATURAL, REAL, TRUTH, Sort
from ..statements.notation import Definition
from ..statements.vocabulary import named
from . import (
    architectures,
    compactness,
    comparison,
    independent_jumps,
    kinks,
    large_architectures,
    merged_networks,
    names,
    partners,
    regularized_problem,
    restricted_space,
    swaps,
    theorem_3_1,
    theorem_a_2,
    uniqueness,
)

FUN = "Realization"
_NUMBER, _INDEX, _STEP = Sort(REAL), Sort(NATURAL), Sort(REAL, (REAL,))
_VECTOR, _MATRIX = Sort(REAL, (NATURAL,)), Sort(REAL, (NATURAL, NATURAL))
_PERMUTATION = Sort(NATURAL, (NATURAL,))
_NETWORK = (_MATRIX, _MATRIX)


@cache
def definitions() -> tuple[Definition, ...]:
    """Return the definitions, larger ones first, so that they are recognised whole."""
    return (*_networks(), *_pairs(), *_abstract(), *_vectors())


def _networks() -> tuple[Definition, ...]:
    restricted = (*_NETWORK, _INDEX, _INDEX, _INDEX)
    return (
        named("restricted", restricted_space.is_restricted, *restricted),
        named("restricted-neurons", restricted_space.is_strictly_restricted, *restricted),
        named("balanced", restricted_space.is_balanced, *restricted),
        named("distinct-directions", restricted_space.has_distinct_directions, _MATRIX, _INDEX, _INDEX),
        named("positive-ends", restricted_space.has_positive_ends, _MATRIX, _INDEX, _INDEX),
        named("no-opposite-pair", merged_networks.has_no_opposite_pair, _MATRIX, _INDEX, _INDEX),
        named("independent-directions", independent_jumps.is_independent, _MATRIX, _INDEX, _INDEX),
        named("linearly-independent", uniqueness.is_linearly_independent, _MATRIX, _INDEX, _INDEX),
        named("no-zero-neuron", partners.has_no_zero_neuron, *restricted),
        named("controlled", theorem_3_1.is_controlled, _MATRIX, _VECTOR, _INDEX, _INDEX, _NUMBER, _NUMBER),
    )


def _pairs() -> tuple[Definition, ...]:
    pair = (*_NETWORK, *_NETWORK, _INDEX, _INDEX, _INDEX)
    letters = "a, c, b, e, m, d, D"
    list_of_one = (_VECTOR, _MATRIX, _INDEX)
    return (
        named(
            "realizations-near",
            restricted_space.realizations_near,
            *(*pair, _NUMBER, _STEP),
            parameters=f"{letters}, delta, H",
        ),
        named(
            "gradients-near",
            kinks.cells_at_most,
            *(*list_of_one, *list_of_one, _INDEX, _NUMBER, _STEP),
            parameters="c, a, n, e, b, m, d, delta, H",
        ),
        named("same-realization", restricted_space.same_realization, *pair),
        named(
            "parameters-near",
            restricted_space.parameters_near,
            *(*pair, _NUMBER),
            parameters=f"{letters}, bound",
        ),
        named("nowhere-opposite", comparison.is_nowhere_opposite, *_NETWORK, _INDEX, _INDEX),
        named("matches", comparison.matches, _MATRIX, _INDEX, _MATRIX, _INDEX, _INDEX),
        named("permutation", swaps.is_permutation, _PERMUTATION, _INDEX),
        named("one-to-one", swaps.is_one_to_one, _PERMUTATION, _INDEX),
        named("classes", kinks.classes, _MATRIX, _INDEX, _VECTOR, _VECTOR, _VECTOR, _INDEX),
    )


def _abstract() -> tuple[Definition, ...]:
    """Return what Theorem 1.3 and its kind say of architectures, norms, sets and losses."""
    norm, mix = Sort(REAL, (FUN, FUN)), Sort(FUN, (REAL, FUN, FUN))
    loss, member = Sort(REAL, (FUN,)), Sort(TRUTH, (FUN,))
    return (
        named("architectures", architectures.architectures),
        named("totally-bounded", architectures.is_totally_bounded),
        named("nearly-optimal", large_architectures.is_nearly_optimal),
        named("realized", architectures.is_realized, Sort(FUN)),
        named("in-part", compactness.in_part, Sort(FUN)),
        named("minima", large_architectures.are_minima, _NUMBER),
        named("norm-distance", compactness.is_norm_distance),
        named("distance-and-mixtures", theorem_a_2.is_distance, norm, mix),
        named("convex-set", theorem_a_2.is_convex_set, member, mix),
        named("convex-loss", theorem_a_2.is_convex_on, loss, member, mix),
        named("lipschitz-loss", theorem_a_2.is_lipschitz_on, loss, member, norm, _NUMBER),
        named("compact", compactness.is_compact, member),
        named("approximation", compactness.approximation),
        named("all-networks", regularized_problem.has_all_networks),
        named("realizes", regularized_problem.realizes),
    )


def _vectors() -> tuple[Definition, ...]:
    return (
        named("generic", kinks.is_generic, _MATRIX, _INDEX, _VECTOR, _INDEX),
        named("step", names.is_step, _STEP),
        named("largest-entry", restricted_space.is_norm, _NUMBER, _VECTOR, _INDEX),
        named("zero", names.is_zero, _VECTOR, _INDEX),
        named("multiple", names.is_multiple, _VECTOR, _NUMBER, _VECTOR, _INDEX),
        named("parallel", names.is_parallel, _VECTOR, _VECTOR, _INDEX),
    )
