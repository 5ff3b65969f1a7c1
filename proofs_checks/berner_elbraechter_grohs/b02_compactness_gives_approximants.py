"""B2. Theorem 1.3, proof: S compact in the closure of R(P) does not give approximants in Omega_N."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from exactrelu import Parametrization
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim

from ..kernel.rules import Theorem
from ..stability_proofs.closed_part import corrected
from ..stability_proofs.compactness import corrected_statement
from ..stability_proofs.one_variable import compactness_statement
from ..stability_proofs.square_family import compactness_fails
from ..statements.expressions import Expression
from ..verdicts import by_analysis, by_counterexample, by_kernel, by_two_roads, with_correction

# S = {t f : 0 <= t <= 1} with f(x) = x^2 on [-1, 1], the uniform norm, Lambda = 0 on S and 1 elsewhere, C =
# 0.
F = (0, 0, 1)
PIECES = range(1, 21)
STATEMENT = compactness_statement()
REPAIRED = corrected_statement()


def denial() -> Theorem:
    """By t x^2: of them only 0 is a realization, as these are affine on some interval."""
    return compactness_fails()


def check(
    f: Sequence[int] = F,
    pieces: Sequence[int] = PIECES,
    statement: Expression = STATEMENT,
    repaired: Expression = REPAIRED,
) -> Finding:
    """Refute the step by S = {t x^2}; compute the distances to all realizations and to those in S."""
    refuted = by_kernel(
        statement,
        denial,
        "the statement is a part of the claim: one hidden layer, d = D = 1, the uniform norm on [-1, 1], and "
        "S = {F(t, .) : 0 <= t <= 1}, compact as a 1-Lipschitz image of [0, 1]; denied by F(t, x) = t x^2",
        refutes=True,
    )
    return with_correction(
        by_two_roads(refuted, computed(f, pieces), refutes=True),
        "S' = closure of S intersected with R(P), where R(P) is over all widths; Omega_N is the same",
        corrected_finding(repaired),
    )


def computed(f: Sequence[int], pieces: Sequence[int]) -> Finding:
    """Decide which functions of S are realizations, and compare the distances to all of them and to those."""
    errors = {n: interpolation_error(f, n) for n in pieces}
    realizable = not any(f[2:])  # affine: one or two neurons and a bias
    far = Fraction(0) if realizable else sup_norm(f)
    eta = far / 2
    shown = ", ".join(f"{n}: {errors[n]}" for n in (1, 2, 10) if n in errors)
    return by_counterexample(
        f"f has the coefficients {tuple(f)}; S = {{t f : 0 <= t <= 1}} is compact and convex, and Lambda = "
        "0 on S, 1 "
        "elsewhere, is quasi-convex: all its sublevel sets are convex",
        f"S lies in the closure of R(P): distance of f to its interpolation in n + 1 points, n neurons: "
        f"{shown}",
        "t f with t > 0 is no realization, so Omega_N holds the parametrizations of 0 alone, and sup over S "
        f"of the distance to R(Omega_N) is {far}",
        f"(46) with eta = {eta} fails for every architecture; R is inverse stable on Omega_N with every s "
        "> 0, "
        "since R(Omega_N) = {0}",
        holds=realizable,
        hypotheses={
            "S lies in the closure of R(P): distances n^-2 or less": bool(errors)
            and all(error <= Fraction(1, n * n) for n, error in errors.items())
        },
    )


def interpolation_error(f: Sequence[int], n: int) -> Fraction:
    """Return ||f - interpolation||_inf on [-1, 1] for a quadratic f and n equal pieces: |f_2| / n^2.

    The interpolation is built as a network and compared with f at its knots, and halfway, where a chord of a
    parabola is farthest from it.
    """
    knots = [Fraction(2 * i, n) - 1 for i in range(n + 1)]
    network = interpolation(f, knots)
    if any(network((x,))[0] != value(f, x) for x in knots):
        raise ArithmeticError("the network does not interpolate")
    halfway = [(x + y) / 2 for x, y in pairwise(knots)]
    error = max(abs(network((x,))[0] - value(f, x)) for x in halfway)
    if error != abs(f[2] if len(f) > 2 else 0) * Fraction(2, n) ** 2 / 4:
        raise ArithmeticError("the error is not that of a chord of a parabola")
    return error


def interpolation(f: Sequence[int], knots: Sequence[Fraction]) -> Parametrization:
    """Return f(-1) + sum (change of slope at knot i) relu(x - knot i)."""
    values = [value(f, x) for x in knots]
    slopes = [(values[i + 1] - values[i]) / (knots[i + 1] - knots[i]) for i in range(len(knots) - 1)]
    changes = [slope - before for slope, before in zip(slopes, [Fraction(0), *slopes], strict=False)]
    count = len(changes)
    return Parametrization.from_rationals(
        [[1]] * count, [[c] for c in changes], [-x for x in knots[:count]], [values[0]]
    )


def value(f: Sequence[int], x: Fraction) -> Fraction:
    """Return f(x)."""
    return sum((c * x**i for i, c in enumerate(f)), Fraction(0))


def sup_norm(f: Sequence[int]) -> Fraction:
    """Return ||c x^2|| on [-1, 1]."""
    return max(abs(value(f, Fraction(x))) for x in (-1, 0, 1))


def corrected_finding(statement: Expression) -> Finding:
    """Prove the step for S'; compute that sums of multiples of networks side by side are networks."""
    proved = by_kernel(
        statement,
        corrected,
        "S' is convex and compact, as the proof of Theorem 1.3 needs; R(Phi) is in S if and only if it is in "
        "S', so Omega_N is the same; for large N each f in S' is near some R(Phi), Phi in Omega_N: (46)",
        "compact: each open cover has a finite one in it; of architectures as in theorem-1.3: larger ones "
        "realize more, two have a common larger one, mixtures of realizations are realizations",
    )
    return by_two_roads(proved, side_by_side_trial())


def side_by_side_trial() -> Finding:
    """R(P) is a linear space: compare a mixture of two networks with the two side by side."""
    one, two = (
        interpolation(F, [Fraction(-1), Fraction(0), Fraction(1)]),
        interpolation(F, [Fraction(-1), Fraction(1)]),
    )
    share = Fraction(1, 3)
    points = [Fraction(x, 7) for x in range(-7, 8)]
    both = side_by_side(one, two, share)
    failures = [
        f"at {x} the network side by side differs"
        for x in points
        if both((x,))[0] != share * one((x,))[0] + (1 - share) * two((x,))[0]
    ]
    return by_analysis(
        "the mixture",
        failures,
        "networks side by side, computed for one pair at 15 points",
        cases=(PIECES, points),
    )


def side_by_side(one: Parametrization, two: Parametrization, share: Fraction) -> Parametrization:
    """Return share R(one) + (1 - share) R(two)."""
    parts = ((one, share), (two, 1 - share))
    neurons = [(n.weight, [part * c for c in n.coefficient], n.bias) for p, part in parts for n in p.neurons]
    weights, coefficients, biases = zip(*neurons, strict=True)
    last = sum((part * p.output_bias[0] for p, part in parts), Fraction(0))
    return Parametrization.from_rationals(weights, coefficients, biases, [last])


CLAIM = PaperClaim(
    id="berner/B2",
    title="Theorem 1.3, proof: compactness gives architectures with (46)",
    sentence="""Then compactness of implies the existence of an architecture such that for every with the
    approximability assumption (46) is satisfied.""",
    source="Appendix A.1.2, proof of Theorem 1.3",
    reading="""Our reconstruction: if S = {f : Lambda(f) <= C} is compact in the closure of R(P), then for
    every eta > 0 all f in S are within eta of some R(Phi), Phi in Omega_N = {Phi : Lambda(R(Phi)) <= C},
    for large N. Convex S are the sets {Lambda <= C} of quasi-convex Lambda.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
