"""The kernel of proofs: what follows is proved, what does not follow is refused, whatever is tried."""

from __future__ import annotations

import dataclasses
import re
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from exactrelu.claims import ClaimVerdict
from exactrelu.claims import load_claims as load
from tests.support.claims_modules import claims_module

expressions, notation = claims_module("statements.expressions"), claims_module("statements.notation")
polynomials, rules = claims_module("kernel.polynomials"), claims_module("kernel.rules")
arithmetic, verdicts = claims_module("kernel.arithmetic"), claims_module("verdicts")
tactics, lemmas = claims_module("proving.tactics"), claims_module("proving.lemmas")
certificates = claims_module("proving.certificates")

ProofError = expressions.ProofError
variable, forall, exists = expressions.variable, expressions.forall, expressions.exists
implies, eq, total, number = expressions.implies, expressions.eq, expressions.total, expressions.number
function, FALSE = expressions.function, expressions.FALSE
x, y, z = (variable(name, "R") for name in "xyz")
i, j, k, n, m = (variable(name, "N") for name in "ijknm")
f, g = variable("f", "R", "N"), variable("g", "R", "N")
A = variable("A", "R", "N", "N")
functions = claims_module("statements.functions")
ABS, RELU = functions.ABS, functions.RELU
assume, identity = rules.assume, arithmetic.identity

LEMMAS = [
    "last_or_before",
    "zero_or_next",
    "sum_not_negative",
    "sum_monotone",
    "sum_equal",
    "term_of_sum",
    "cauchy_schwarz",
    "abs_facts",
    "abs_at_most",
    "abs_of_product",
    "abs_of_sum",
    "relu_facts",
    "root_monotone",
    "largest",
    "only_term",
    "zero_if_square",
]


def test_the_kernel_stays_small():
    files = Path(str(rules.__file__)).parent.glob("*.py")
    assert sum(len(path.read_text().splitlines()) for path in files) < 600


def test_no_page_reaches_behind_the_rules():
    folder = Path(str(verdicts.__file__)).parent
    pages = [path for path in folder.rglob("*.py") if path.parent.name != "kernel"]
    assert len(pages) > 80
    for path in pages:
        assert not re.search(r"_SEAL|import .*\bderived\b|^    derived,|setattr", path.read_text()), path


@pytest.mark.parametrize("name", LEMMAS)
def test_lemmas_are_theorems_without_hypotheses(name):
    assert getattr(lemmas, name)().hypotheses == ()


# theorems cannot be forged ---------------------------------------------------------------------------


def test_a_theorem_is_made_by_rules_only():
    with pytest.raises(ProofError, match="by hand"):
        rules.Theorem((), FALSE, "trust me", (), "", None)
    with pytest.raises((ProofError, ValueError)):
        dataclasses.replace(identity(x, x), conclusion=FALSE)


# terms -------------------------------------------------------------------------------------------------


def test_sorts_are_looked_at():
    for wrong in (
        lambda: f(x),
        lambda: f(i, j),
        lambda: total(x, n, x),
        lambda: total(i, x, f(i)),
        lambda: x + eq(x, x),
        lambda: expressions.both(x, eq(x, x)),
        lambda: eq(f, g),
        lambda: expressions.open_binder(forall(n, n >= 0), number(-1)),
        lambda: expressions.open_binder(forall(n, n >= 0), number(Fraction(1, 2))),
        lambda: variable("_1", "R"),
    ):
        with pytest.raises(ProofError):
            wrong()


def test_a_difference_of_naturals_is_no_index():
    with pytest.raises(ProofError):
        f(n - 1)


def test_nothing_is_captured_by_a_substitution():
    formula = forall(x, exists(y, x < y))
    opened = expressions.open_binder(formula, y)
    assert opened == exists(z, y < z)
    row_sums = function(i, total(j, n, A(i, j)))
    inside = expressions.open_binder(forall(f, forall(j, f(j) >= 0)), row_sums)
    assert inside == forall(i, total(j, n, A(i, j)) >= 0)
    assert inside != forall(i, total(j, n, A(j, j)) >= 0)


def test_equal_means_equal_up_to_the_names_of_bound_variables():
    assert forall(x, y, x < y) == forall(y, x, y < x) != forall(x, y, y < x)
    assert total(i, n, f(i)) == total(j, n, f(j)) != total(j, m, f(j))


# normal forms ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (lambda: (x + y) ** 2, lambda: x**2 + 2 * x * y + y**2),
        (lambda: f(i + 1 + j), lambda: f(j + 1 + i)),
        (lambda: total(i, n, x * f(i)), lambda: x * total(i, n, f(i))),
        (lambda: total(i, n, x), lambda: n * x),
        (lambda: total(i, 3, f(i)), lambda: f(0) + f(1) + f(2)),
        (lambda: total(i, n, total(j, m, A(i, j))), lambda: total(j, m, total(i, n, A(i, j)))),
        (lambda: total(i, n, f(i)) ** 2, lambda: total(i, n, total(j, n, f(i) * f(j)))),
        (lambda: total(i, n, total(j, i, A(i, j))), lambda: total(k, n, total(i, k, A(k, i)))),
        (lambda: total(i, n, ABS(total(j, m, A(i, j)))), lambda: total(j, n, ABS(total(i, m, A(j, i))))),
    ],
)  # fmt: skip
def test_these_are_one_number(one, two):
    assert identity(one(), two()).hypotheses == ()


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (lambda: x * x, lambda: x),
        (lambda: f(i), lambda: f(j)),
        (lambda: total(i, n, f(i)), lambda: total(i, n + 1, f(i))),
        (lambda: total(i, n, total(j, n, A(i, j))), lambda: total(i, n, A(i, i))),
        (lambda: total(i, n, total(j, m, A(i, j))), lambda: total(i, n, total(j, m, A(j, i)))),
        (lambda: total(i, n, total(j, i, A(i, j))), lambda: total(i, n, total(j, i, A(j, i)))),
        (lambda: total(i, n, f(i) ** 2), lambda: total(i, n, f(i)) ** 2),
        (lambda: total(i, n, ABS(total(j, n, A(i, j)))), lambda: total(i, n, ABS(total(j, n, A(j, j))))),
        (lambda: total(i, n, f(i) * total(j, n, g(j))), lambda: total(i, n, f(i) * g(i))),
        (lambda: ABS(x), lambda: RELU(x)),
    ],
)  # fmt: skip
def test_these_are_not(one, two):
    with pytest.raises(ProofError):
        identity(one(), two())


def test_normal_forms_of_sums_agree_with_their_values_on_tables():
    """A second road: identities that the normal form accepts or not, against numbers."""
    a = expressions.table({(0,): 2, (1,): 3, (2,): -1})
    b = expressions.table({(0, 0): 1, (0, 1): -2, (1, 0): 5, (1, 1): Fraction(1, 2), (2, 2): 7})
    terms = [
        total(i, k, f(i) * total(j, k, A(i, j))),
        total(i, k, total(j, k, A(i, j) * f(j))),
        total(i, k, total(j, i, A(i, j))),
        total(i, k, f(i)) * total(j, k, A(j, j)),
        total(i, k, total(j, k, A(i, j))),
        total(j, k, total(i, k, f(i) * A(i, j))),
    ]

    def value(term):
        for name, thing in ((k, number(3)), (f, a), (A, b)):
            term = expressions.substitute(term, name, thing)
        return polynomials.canonical(term).data

    for one, two in product(terms, repeat=2):
        if polynomials.canonical(one) == polynomials.canonical(two):
            assert value(one) == value(two)
    assert polynomials.canonical(terms[0]) == polynomials.canonical(terms[5])
    assert value(terms[0]) == value(terms[5]) == -2 + Fraction(33, 2) - 7


# rules ---------------------------------------------------------------------------------------------------


def test_a_hypothesis_is_kept_until_it_is_discharged():
    theorem = assume(x >= 1)
    assert theorem.hypotheses == (x >= 1,)
    with pytest.raises(ProofError, match="speaks of"):
        rules.generalize(theorem, x)
    assert rules.discharge(x >= 1, theorem).hypotheses == ()
    assert rules.discharge(x >= 2, theorem).hypotheses == (x >= 1,)


def test_detach_wants_the_very_hypothesis():
    rule = rules.discharge(x >= 1, assume(x >= 1))
    with pytest.raises(ProofError):
        rules.detach(rule, assume(x >= 0))
    with pytest.raises(ProofError):
        rules.detach(assume(x >= 1), assume(x >= 1))


def test_cases_must_be_exhaustive_and_end_in_one_conclusion():
    order = arithmetic.trichotomy(x, y)
    less, equal, more = (assume(part) for part in order.conclusion.args)
    with pytest.raises(ProofError, match="3 branches"):
        rules.cases(order, less, equal)
    with pytest.raises(ProofError):
        rules.cases(order, less, equal, more)
    wrong = rules.cases(order, *(certificates.arith(x <= y, t, assume(x <= y)) for t in (less, equal, more)))
    assert (x <= y) in wrong.hypotheses


def test_obtain_needs_a_new_variable_of_the_right_sort():
    some = assume(exists(x, x < y))
    with pytest.raises(ProofError):
        rules.obtain(some, assume(y < y + 1), y)
    with pytest.raises(ProofError):
        rules.obtain(some, assume(z < y), z)
    with pytest.raises(ProofError, match="sort"):
        rules.obtain(some, arithmetic.natural(n), n)


def test_an_induction_needs_its_base_and_its_step():
    claim = forall(n, f(n) >= 0)
    base, step = assume(f(0) >= 0), assume(forall(n, implies(f(n) >= 0, f(n + 1) >= 0)))
    assert rules.induction(claim, base, step).conclusion == claim
    for wrong in (
        (assume(f(1) >= 0), step),
        (base, assume(forall(n, implies(f(n) >= 0, f(n + 2) >= 0)))),
        (base, assume(implies(f(n) >= 0, f(n + 1) >= 0))),
        (base, assume(forall(n, implies(f(n) >= 1, f(n + 1) >= 0)))),
    ):
        with pytest.raises(ProofError, match="induction"):
            rules.induction(claim, *wrong)
    with pytest.raises(ProofError, match="in N"):
        rules.induction(forall(x, x >= 0), base, step)


def test_a_witness_must_do():
    assert rules.witness(identity(2 * number(3), 6), exists(n, eq(2 * n, 6)), 3).hypotheses == ()
    with pytest.raises(ProofError):
        rules.witness(identity(2 * number(3), 6), exists(n, eq(2 * n, 6)), 2)


def test_choice_gives_a_function_of_all_that_was_quantified_before():
    theorem = rules.choice(assume(forall(x, exists(y, x < y))))
    h = variable("h", "R", "R")
    assert theorem.conclusion == exists(h, forall(x, x < h(x)))
    with pytest.raises(ProofError):
        rules.choice(assume(exists(y, forall(x, x < y))))


def test_recursion_defines_what_it_says():
    h = variable("h", "R", "N")
    found = rules.recursion(x, forall(k, z, z * y)).conclusion
    assert found == exists(h, expressions.both(eq(h(0), x), forall(k, eq(h(k + 1), h(k) * y))))


def test_leibniz_replaces_what_was_named():
    theorem = rules.leibniz(assume(eq(i, j)), forall(k, eq(f(k), f(i))))
    assert theorem.conclusion == implies(eq(f(i), f(i)), eq(f(j), f(i)))


# certificates -------------------------------------------------------------------------------------------


def test_a_certificate_must_add_up():
    positive = assume(x >= 0)
    assert arithmetic.certificate(x * x >= 0, [(positive, positive)]).conclusion == (x * x >= 0)
    for summands in ([], [(positive,)], [(positive, positive, 2)], [(positive, positive), (1,)]):
        with pytest.raises(ProofError):
            arithmetic.certificate(x * x >= 0, summands)


def test_multipliers_of_inequalities_are_rationals_that_are_not_negative():
    with pytest.raises(ProofError):
        arithmetic.certificate(-x >= 0, [(assume(x >= 0), -1)])
    with pytest.raises(ProofError):
        arithmetic.certificate(x * y >= 0, [(assume(x >= 0), y)])
    assert arithmetic.certificate(x * y >= 0, [(assume(eq(0, x)), y)]).hypotheses


def test_a_strict_goal_needs_a_positive_summand_and_an_equation_only_equations():
    weak, strict = assume(x >= 0), assume(x > 0)
    with pytest.raises(ProofError, match="positive"):
        arithmetic.certificate(x > 0, [(weak,)])
    with pytest.raises(ProofError, match="positive"):
        arithmetic.certificate(x > 0, [(strict, 0), (weak,)])
    with pytest.raises(ProofError, match="positive"):
        arithmetic.certificate(x * x > 0, [(weak, strict)])
    with pytest.raises(ProofError, match="equation"):
        arithmetic.certificate(eq(x, 0), [(assume(x <= 0),)])
    assert arithmetic.certificate(x * x > 0, [(strict, strict)]).conclusion == (x * x > 0)


def test_division_is_by_what_is_positive():
    goal = y >= 0
    product_of = assume(x * y >= 0)
    assert arithmetic.certificate(goal, [(product_of,)], assume(x > 0)).conclusion == goal
    for other in (assume(x >= 0), assume(eq(0, x))):
        with pytest.raises(ProofError, match="p > 0"):
            arithmetic.certificate(goal, [(product_of,)], other)


def test_naturals_are_discrete_and_reals_are_not():
    assert arithmetic.next_natural(assume(i < j)).conclusion == (i + 1 <= j)
    with pytest.raises(ProofError):
        arithmetic.next_natural(assume(x < y))
    with pytest.raises(ProofError):
        arithmetic.next_natural(assume(i <= j))
    with pytest.raises(ProofError):
        arithmetic.natural(x)


@pytest.mark.parametrize(
    ("facts", "goal"),
    [
        ([], x * x > 0),
        ([x <= y], x * x <= y * y),
        ([x * x <= y * y], x <= y),
        ([], x * y <= x * x),
        ([x * y >= 0, x >= 0], y >= 0),
    ],
)
def test_false_inequalities_are_not_proved(facts, goal):
    with pytest.raises(ProofError, match="no certificate"):
        certificates.arith(goal, arithmetic.square(x), arithmetic.square(x - y), *map(assume, facts))


# what a page says and what was proved ----------------------------------------------------------------------

STATEMENT = forall(x, y, implies(x >= 0, y >= x, x * x <= y * y))


def proof():
    return tactics.prove(STATEMENT, lambda _x, _y, h, k, goal: certificates.arith(goal, h, k))


def test_a_statement_that_comes_out_of_the_kernel_is_proved():
    finding = verdicts.by_kernel(STATEMENT, proof)
    assert finding.verdict is ClaimVerdict.PROVED
    assert finding.statements[0].text == "for all x in R, y in R: 0 <= x and x <= y => x^2 <= y^2"
    assert finding.statements[0].latex.startswith(r"\forall x \in \mathbb{R}, y \in \mathbb{R}:")


@pytest.mark.parametrize(
    "other",
    [
        forall(x, y, implies(x >= 0, y >= x, x * x < y * y)),
        forall(x, y, implies(y >= x, x * x <= y * y)),
        forall(x, y, implies(x >= 0, y >= x, x * x <= 2 * y * y)),
        forall(x, exists(y, implies(x >= 0, y >= x, x * x <= y * y))),
        forall(y, x, implies(x >= 0, y >= x, x * x <= y * y)),
        expressions.open_binder(STATEMENT, number(1)),
        forall(n, y, implies(n >= 0, y >= n, n * n <= y * y)),
    ],
)
def test_a_theorem_that_is_not_the_statement_proves_nothing(other):
    assert verdicts.by_kernel(other, proof).verdict is ClaimVerdict.UNTRIED


def test_a_theorem_with_hypotheses_proves_nothing():
    assert verdicts.by_kernel(x >= 0, lambda: assume(x >= 0)).verdict is ClaimVerdict.UNTRIED


def test_a_proof_that_fails_proves_nothing():
    assert verdicts.by_kernel(x >= 0, lambda: certificates.arith(x >= 0)).verdict is ClaimVerdict.UNTRIED


def test_a_refutation_is_a_proof_of_the_negation():
    claim = forall(x, x * x >= x)
    half = number(Fraction(1, 2))

    def denial():
        return tactics.prove(
            expressions.negation(claim),
            lambda h, goal: certificates.arith(goal, rules.instantiate(h, half)),
        )

    assert verdicts.by_kernel(claim, denial, refutes=True).verdict is ClaimVerdict.REFUTED
    assert verdicts.by_kernel(claim, denial).verdict is ClaimVerdict.UNTRIED
    assert verdicts.by_kernel(forall(x, x * x > x), denial, refutes=True).verdict is ClaimVerdict.UNTRIED


def test_words_make_a_finding_argued_and_are_named():
    finding = verdicts.by_argument(verdicts.by_kernel(STATEMENT, proof), "the rest is clear")
    assert (finding.verdict, finding.words) == (ClaimVerdict.ARGUED, ("the rest is clear",))
    nothing = verdicts.untried("no case")
    assert verdicts.by_argument(nothing, "the rest is clear") is nothing


def test_no_claim_is_recorded_as_untried():
    assert all(claim.recorded is not ClaimVerdict.UNTRIED for claim in load())


# terms that were put together by hand -------------------------------------------------------------------


def everything_is_zero_by(loose):
    """Try to show: if f(0) = 0 for one f, all values are 0, with a variable that another binder binds."""
    from_loose = rules.generalize(assume(loose), y)
    return rules.discharge(loose, from_loose)


def test_a_part_of_a_formula_is_no_formula_as_another_binder_would_capture_its_variable():
    loose = forall(x, eq(x, 0)).args[0]
    with pytest.raises(ProofError, match="other binders"):
        assume(loose)
    with pytest.raises(ProofError, match="other binders"):
        forall(y, loose)
    with pytest.raises(ProofError):
        everything_is_zero_by(loose)
    with pytest.raises(ProofError):
        rules.excluded_middle(implies(loose, FALSE))


def test_an_index_of_a_normal_form_captures_no_factor():
    """If it did, (sum_j g(j)) f(k) would be sum_j g(j) f(j) for all k: 1 = 0 for g = (1, 0), f = (0, 1)."""
    ((monomial, _),) = polynomials.polynomial(total(j, n, g(j))).items()
    ((index, _),) = monomial.sums
    apart, captured = total(j, n, g(j)) * f(index), total(j, n, g(j) * f(j))
    assert polynomials.polynomial(apart) != polynomials.polynomial(captured)
    with pytest.raises(ProofError):
        identity(apart, captured)
    with pytest.raises(ProofError, match="ill-formed"):
        identity(f(index), f(index))


def by_hand(op, args, sort, data=None):
    return expressions.Expression(op, args, expressions.Sort(sort), data)


def test_terms_with_a_wrong_sort_or_a_name_out_of_thin_air_are_in_no_theorem():
    minus_one = by_hand("number", (), "N", Fraction(-1))
    real, natural = expressions.Sort("R"), expressions.Sort("N")
    body = by_hand("<=", (number(0), by_hand("bound", (), "N", 0)), "P")
    for forged in (
        minus_one >= 0,
        by_hand("apply", (f, x), "R") >= 0,
        by_hand("apply", (ABS, number(-1)), "N") >= 0,
        by_hand("+", (x, y), "N") >= 0,
        by_hand("var", (), "R", "_99999999999") >= 0,
        by_hand("var", (), "R", "_#0") >= 0,
        by_hand("var", (), "R", ("x",)) >= 0,
        expressions.Expression("forall", (body,), expressions.Sort("P"), real),
        expressions.Expression("sum", (x, by_hand("bound", (), "N", 0)), natural, natural) >= 0,
        by_hand("and", (eq(x, x),), "P"),
        by_hand("or", (), "P"),
        by_hand("implies", (x, eq(x, x)), "P"),
        by_hand("so it is", (), "P"),
    ):
        with pytest.raises(ProofError, match="formula"):
            assume(forged)
    with pytest.raises(ProofError, match="formula"):
        arithmetic.natural(minus_one)


def test_a_bound_variable_is_not_shown_by_the_name_of_a_free_one():
    assert notation.text(exists(y, y > x)) == "there are y in R: x < y"
    captured = expressions.open_binder(forall(x, exists(y, x < y)), y)
    assert notation.text(captured) == "there are y' in R: y < y'"
    assert notation.text(eq(total(i, i, f(i)), x)) == "sum[i' < i] f(i') = x"
    one, two = (expressions.fresh(expressions.Sort("R"), "t") for _ in "ab")
    assert notation.text(one < two) == "t < t'"
    assert notation.text(variable("x", "N") < x) == "x < x'"


def test_bound_variables_keep_their_names_in_normal_forms():
    for value, name in enumerate(("q", "qq", "quotient"), start=17):
        q = variable(name, "R")
        shown = notation.text(polynomials.canonical(forall(q, q >= value)))
        assert shown == f"for all {name} in R: 0 <= -{value} + {name}"
