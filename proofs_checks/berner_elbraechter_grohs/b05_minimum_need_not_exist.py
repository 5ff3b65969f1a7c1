"""B5. The problem (17) need not have a minimum: min must be inf."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from exactrelu import Parametrization, reparametrize, restricted_space_violations
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim
from exactrelu.numbers.linear_algebra import primitive_from_rationals, rank
from exactrelu.shallow.embedding import embed

from ..exact_networks import dot, transposed, written
from ..stability_proofs.corollary import claim_2, claim_2_statement
from ..stability_proofs.no_minimum import minimum_statement, no_minimum
from ..statements.expressions import Expression
from ..verdicts import by_analysis, by_counterexample, by_kernel, by_two_roads, with_correction

# Two neurons, no output bias: (17) with d = 2, N_1 = 1, D = 2. Labels of rank 2, a row for each sample.
SAMPLES = ((0, 0), (1, 0), (0, 1))
LABELS = ((0, 1), (1, 0), (-1, 0))
CERTIFICATE = (0, 1, 1)
EPSILONS = tuple(Fraction(1, k) for k in (1, 2, 10, 1000, 2**60))


def near_optimal(eps: Fraction) -> Parametrization:
    """Return neurons with values (1, eps, 0), (1, 0, eps) on the samples; outputs Y + (0; (0, eps); 0)."""
    return Parametrization.from_rationals(
        [[eps - 1, -1], [-1, eps - 1]], [[1 / eps, 1], [-1 / eps, 0]], [1, 1]
    )


def check(
    labels: Sequence[Sequence[int]] = LABELS,
    certificate: Sequence[int] = CERTIFICATE,
    epsilons: Sequence[Fraction] = EPSILONS,
    statement: Expression | None = None,
) -> Finding:
    """Deny it; compute members of (17) whose loss tends to 0, and the certificate that none has loss 0."""
    members = [embedded(near_optimal(eps)) for eps in epsilons]
    losses = [loss(star, labels) for star in members]
    excluded = excludes_zero(labels, certificate)
    shown = "; ".join(
        f"eps = {e}: {value}" for e, value in zip(epsilons, losses, strict=True) if e.denominator < 99
    )
    as_transcribed = by_counterexample(
        f"samples x = {', '.join(map(written, SAMPLES))}, labels y = {', '.join(map(written, labels))}, "
        "two neurons",
        f"the mean squared loss of members of the restricted space: {shown}; it is eps^2 / 3",
        f"no member has loss 0: the outputs are u_1 c_1^T + u_2 c_2^T with u_i >= 0, the neurons' values "
        "on the "
        f"samples. Labels of rank 2 would make u_1, u_2 a basis of their column space, so n.u_i = 0 for n = "
        f"{tuple(certificate)}, which is orthogonal to it; n, u_i >= 0, so u_i is zero where n is not, and "
        "so are the labels: they are not",
        holds=not (excluded and tends_to_zero(epsilons, losses)),
        hypotheses={"the parametrizations lie in the restricted space": all(map(is_admissible, members))},
        networks=[near_optimal(Fraction(1, 10)).network()],
    )
    wanted = minimum_statement() if statement is None else statement
    denied = by_kernel(wanted, no_minimum, "for d = 2, two neurons, D = 2 and these samples", refutes=True)
    return with_correction(
        by_two_roads(denied, as_transcribed, refutes=True),
        "inf instead of min in (14), (15), (17), (18)",
        by_two_roads(
            by_kernel(claim_2_statement(), claim_2),
            by_analysis(
                "inf(17) <= inf(15)",
                [
                    f"{p.width} neurons: the loss changes"
                    for p in map(near_optimal, epsilons)
                    if changes(p, labels)
                ],
                "the embedding of Lemma A.6 keeps all outputs on (x, 1, -1), so the loss of each member of "
                "(15)",
                cases=(SAMPLES, LABELS, CERTIFICATE, EPSILONS),
            ),
        ),
    )


def tends_to_zero(epsilons: Sequence[Fraction], losses: Sequence[Fraction]) -> bool:
    """Return whether the losses are eps^2 / 3, for several eps of which one is tiny."""
    several = len(set(epsilons)) >= 3 and min(epsilons, default=Fraction(1)) <= Fraction(1, 2**50)
    return several and list(losses) == [eps * eps / 3 for eps in epsilons]


def embedded(gamma: Parametrization) -> Parametrization:
    """Return Gamma in the restricted space; the neuron of the output bias, which is zero, is dropped."""
    return reparametrize(embed(gamma).after, ["drop"])[-1].after


def loss(star: Parametrization, labels: Sequence[Sequence[int]]) -> Fraction:
    """Return the mean of ||R(x, 1, -1) - y||_2^2."""
    outputs = [star((*x, 1, -1)) for x in SAMPLES]
    squares = (
        (g - y) ** 2
        for out, label in zip(outputs, labels, strict=True)
        for g, y in zip(out, label, strict=True)
    )
    return sum(squares, Fraction(0)) / len(SAMPLES)


def excludes_zero(labels: Sequence[Sequence[int]], certificate: Sequence[int]) -> bool:
    """Check n >= 0, n^T Y = 0, Y of rank 2, and a row of Y that is not zero where n is not zero."""
    rows = [primitive_from_rationals(list(map(Fraction, row))) for row in labels if any(row)]
    orthogonal = all(dot(certificate, column) == 0 for column in transposed(labels))
    hit = any(n and any(row) for n, row in zip(certificate, labels, strict=True))
    return min(certificate) >= 0 and orthogonal and hit and rank(rows, len(labels[0])) == 2


def is_admissible(star: Parametrization) -> bool:
    """Return whether it has two neurons and lies in the restricted space."""
    return star.width == 2 and not restricted_space_violations(star)


def changes(gamma: Parametrization, labels: Sequence[Sequence[int]]) -> bool:
    """Return whether the embedding has another loss."""
    outputs = [gamma(x) for x in SAMPLES]
    squares = (
        (g - y) ** 2
        for out, label in zip(outputs, labels, strict=True)
        for g, y in zip(out, label, strict=True)
    )
    return loss(embed(gamma).after, labels) != sum(squares, Fraction(0)) / len(SAMPLES)


CLAIM = PaperClaim(
    id="berner/B5",
    title="the global minimum of (17) exists",
    sentence="""The global minimum of (17) is at least as good as the global minimum of (15), i.e.""",
    source="Section 1.3, Corollary 1.4, claim 2",
    reading="""Our reconstruction: the problem (17), to minimise the mean squared loss over the space of
    Definition 3.2, has a minimum.""",
    recorded=ClaimVerdict.REFUTED,
    check=check,
    corrected=ClaimVerdict.PROVED,
)
