"""Lemma A.5. If sum_J c_i (x) a_i = 0, replacing a_i by -a_i for i in J does not change the function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from exactrelu import Parametrization, canonical_form, reparametrize
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.rules import restate
from ..stability_proofs.flips import flips_keep
from ..stability_proofs.names import below, dot, row
from ..statements.expressions import NATURAL, REAL, Expression, either, eq, forall, implies, total, variable
from ..statements.functions import RELU
from ..verdicts import by_analysis, by_kernel, by_two_roads

CASES = (
    (Parametrization.from_rationals([[1, 0], [0, 1], [-1, -1], [5, 2]], [[1], [1], [1], [3]]), (0, 1, 2)),
    (Parametrization.from_rationals([[1, 0], [0, 1], [-1, -2]], [[2, -4], [4, -8], [2, -4]]), (0, 1, 2)),
    (Parametrization.from_rationals([[1, 2], [3, 6]], [[-3], [1]]), (0, 1)),
)


m, d, D, i, j, k = (variable(name, NATURAL) for name in ("m", "d", "D", "i", "j", "k"))
a, c = (variable(name, REAL, NATURAL, NATURAL) for name in ("a", "c"))
s, x = variable("s", REAL, NATURAL), variable("x", REAL, NATURAL)
# s_i is -1 for i in J and 1 elsewhere: 1 - s_i is 2 in J and 0 elsewhere
SIGNS = below(i, m, either(eq(s(i), 1), eq(s(i), -1)))
SUM = below(k, D, below(j, d, eq(total(i, m, (1 - s(i)) * c(i, k) * a(i, j)), 0)))
FLIPPED = total(i, m, c(i, k) * RELU(s(i) * dot(row(a, i), x, d)))
STATEMENT = forall(
    *(m, d, D, a, c, s),
    implies(
        SIGNS, SUM, forall(x, below(k, D, eq(FLIPPED, total(i, m, c(i, k) * RELU(dot(row(a, i), x, d))))))
    ),
)


def relu(t: Any, sign: int) -> Any:
    """t_+ for a t of the given sign."""
    return t if sign > 0 else 0 * t


def check(
    positive_part: Callable[[Any, int], Any] = relu,
    cases: Sequence[tuple[Parametrization, Sequence[int]]] = CASES,
    statement: Expression = STATEMENT,
) -> Finding:
    """Prove it; show t_+ - (-t)_+ = t for both signs; flip some parametrizations and compare forms."""
    return by_two_roads(
        by_kernel(statement, lambda: restate(flips_keep(), STATEMENT)), trial(positive_part, cases)
    )


def trial(
    positive_part: Callable[[Any, int], Any], cases: Sequence[tuple[Parametrization, Sequence[int]]]
) -> Finding:
    """Compute the identity, and flip."""
    from flint import Ordering, fmpz_mpoly_ctx

    (t,) = fmpz_mpoly_ctx.get(("t",), Ordering.lex).gens()
    failures = [
        f"for t of sign {sign}: t_+ - (-t)_+ = {positive_part(t, sign) - positive_part(-t, -sign)}"
        for sign in (1, -1)
        if positive_part(t, sign) - positive_part(-t, -sign) != t
    ]
    flipped = []
    for theta, chosen in cases:
        neurons = [theta.neurons[i] for i in chosen]
        total = {sum(n.coefficient[k] * n.weight[j] for n in neurons) for k, j in _places(theta)}
        if total != {0}:
            failures.append(f"the hypothesis fails: sum_J c_i (x) a_i has the entries {sorted(total)}")
            continue
        step = reparametrize(theta, [f"flip:{'+'.join(map(str, chosen))}"])[-1]
        flipped.append((theta.network(), tuple(chosen), step.after.network()))
        if canonical_form(step.after) != canonical_form(theta):
            failures.append(f"flipping {tuple(chosen)} changes the function")
    return by_analysis(
        "all J, a_i, c_i with sum_J c_i (x) a_i = 0",
        failures,
        "sum_J c_i relu(<a_i, x>) - sum_J c_i relu(-<a_i, x>) = sum_J c_i <a_i, x> = (sum_J c_i (x) a_i) "
        "x, by "
        "t_+ - (-t)_+ = t, which was computed for both signs of t",
        f"{len(cases)} parametrizations were flipped and have equal canonical forms",
        cases=flipped,
    )


def _places(theta: Parametrization) -> list[tuple[int, int]]:
    return [(k, j) for k in range(theta.outputs) for j in range(theta.inputs)]


CLAIM = PaperClaim(
    id="berner/lemma-A.5",
    title="Lemma A.5: admissible flips",
    sentence="""but not zero, since otherwise reparametrization would be possible (see Lemma A.5).""",
    source="Appendix A.2.1, Lemma A.5 (its statement is wholly lost; Section 2.2 says what it is for)",
    reading="""Our reconstruction: if sum_J c_i (x) a_i = 0, then sum_J c_i relu(<a_i, x>) = sum_J c_i
    relu(<-a_i, x>).""",
    recorded=ClaimVerdict.PROVED,
    check=check,
)
