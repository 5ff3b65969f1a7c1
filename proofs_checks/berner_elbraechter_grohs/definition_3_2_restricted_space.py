"""Definition 3.2. In the restricted space a function fixes its parametrization up to the order of neurons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import permutations

from exactrelu import Neuron, Parametrization
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..parametrization_texts import written_parametrization
from ..stability_proofs.corollary import definition_3_2, definition_3_2_statement
from ..statements.expressions import Expression
from ..traced_formulas import canonical_form, fibre_of, restricted_space_violations
from ..tried_pairs import restricted_pairs
from ..verdicts import Failure, by_cases, by_kernel, by_two_roads

_DRAWN = [p for pair in restricted_pairs("definition 3.2", 60) for p in pair]
# Each clause fails once: unbalanced; two equal directions; a last coordinate that is not positive.
OUTSIDE = (
    Parametrization.from_rationals([[1, 2]], [[1]]),
    Parametrization.from_rationals([[1, 2], [2, 4]], [[2], [-4]]),
    Parametrization.from_rationals([[1, 1], [3, 0]], [[1], [3]]),
    Parametrization.from_rationals([[1, 1], [-1, 2]], [[1], [2]]),
)


def is_member(theta: Parametrization) -> bool:
    """Decide the clauses from the numbers (the last one for i with a_i != 0)."""
    sizes = [(max(map(abs, n.weight)), max(map(abs, n.coefficient))) for n in theta.neurons]
    pairs = zip(theta.neurons, sizes, strict=True)
    unit = [tuple(entry / a for entry in n.weight) for n, (a, _) in pairs if a]
    return (
        all(a == c for a, c in sizes)
        and len(set(unit)) == len(unit)
        and all(min(row[-2:]) > 0 for row in unit)
    )


def check(
    members: Sequence[Parametrization] = tuple(_DRAWN),
    outside: Sequence[Parametrization] = OUTSIDE,
    decide: Callable[[Parametrization], bool] = is_member,
    statement: Expression | None = None,
) -> Finding:
    """Prove uniqueness; decide membership in two ways, and that no flip or rescaling stays in the space."""
    wanted = definition_3_2_statement() if statement is None else statement
    proved = by_kernel(
        wanted, definition_3_2, "d = n + 2; the three clauses of the space stand in the statement"
    )
    return by_two_roads(proved, trial(members, outside, decide))


def trial(
    members: Sequence[Parametrization],
    outside: Sequence[Parametrization],
    decide: Callable[[Parametrization], bool],
) -> Finding:
    """Decide membership and uniqueness one by one."""

    def failure(theta: Parametrization) -> Failure | None:
        expected = theta not in outside
        if not decide(theta) == (not restricted_space_violations(theta)) == expected:
            return f"{written_parametrization(theta)}: membership is {decide(theta)}, not {expected}"
        return uniqueness_failure(theta) if expected else None

    return by_cases(
        (*members, *outside) if members else (),
        failure,
        f"{len(members)} of the space, {len(outside)} with one clause violated",
        "for those of the space: the fibre has no flip but the empty one, and rescaled neurons are "
        "unbalanced; so "
        "Phi in the space with R(Phi) = R(Theta) is a permutation of Theta",
        noun="parametrizations",
    )


def uniqueness_failure(theta: Parametrization) -> Failure | None:
    """See that all Phi of the space with R(Phi) = R(Theta) are the permutations of Theta."""
    if fibre_of(theta).flips != ((),):
        return f"{written_parametrization(theta)} has the flips {fibre_of(theta).flips}"
    first, *rest = theta.neurons
    if is_member(_with(theta, (first.rescaled(Fraction(3, 2)), *rest))):
        return "a rescaled neuron is still balanced"
    for order in permutations(theta.neurons):
        phi = _with(theta, order)
        if not is_member(phi) or canonical_form(phi) != canonical_form(theta):
            return "a permutation leaves the space or changes the function"
    return None


def _with(theta: Parametrization, neurons: Sequence[Neuron]) -> Parametrization:
    return Parametrization(theta.inputs, theta.outputs, tuple(neurons), theta.output_bias)


CLAIM = PaperClaim(
    id="berner/definition-3.2",
    title="Definition 3.2: the restricted space, where functions fix parametrizations up to order",
    sentence="""In order to satisfy Conditions C.3a and C.3b we need to restrict the parametrization space
    in a way which also restricts the corresponding space of realizations. One possibility to do so is the
    following approach""",
    source="Section 3, Definition 3.2",
    reading="""Our reconstruction: ||a_i||_inf = ||c_i||_inf for all i; a_i, a_j of different directions for
    i != j with a_i, a_j != 0; the last two coordinates of a_i positive if a_i != 0 (or for all i: see B6).
    Within the space R(Phi) = R(Theta) holds for the permutations of Theta only.""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
