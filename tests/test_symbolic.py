"""Theorem 5 for all weights, held against sympy and rational networks; wrong statements are refused."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.atoms.decomposition import atomic_decomposition
from exactrelu.errors import ConfigurationError, InexactNumberError, NetworkError, NumberSyntaxError
from exactrelu.networks.configuration import Configuration
from exactrelu.symbolic import (
    SymbolicNetwork,
    check_identities,
    prove_theorem_5,
    symbolic_decomposition,
)
from exactrelu.symbolic.ring import PolynomialRing
from tests.support.drawn_networks import STEADY

A, B, C = sympy.symbols("a b c")
SHAPES = [(1, 1, 1), (2, 3, 1), (1, 2, 2, 3), (2, 1, 3, 1), (3, 2, 2, 2, 1), (1, 2, 1, 2, 1, 2)]


def full(widths):
    return Configuration(tuple((1,) * width for width in widths[1:-1]))


def patterns(widths):
    bits = itertools.product("01", repeat=sum(widths[1:-1]))
    return [Configuration.from_bits("".join(b), widths[1:-1]) for b in bits]


def sympy_matrices(widths):
    """Return W_1, ..., W_L and b_1, ..., b_L of the generic network, made by sympy alone."""
    layers = list(enumerate(itertools.pairwise(widths), start=1))
    weights = [sympy.Matrix(n, m, lambda i, j, k=k: sympy.Symbol(f"w{k}_{i}_{j}")) for k, (m, n) in layers]
    biases = [sympy.Matrix(n, 1, lambda i, _, k=k: sympy.Symbol(f"b{k}_{i}")) for k, (_, n) in layers]
    return weights, biases


def sympy_affine_map(widths, masks):
    """Return linear part and bias of the composition, by sympy's matrix products and expand."""
    weights, biases = sympy_matrices(widths)
    linear, bias = weights[0], biases[0]
    for weight, offset, mask in zip(weights[1:], biases[1:], masks, strict=True):
        diagonal = sympy.diag(*mask)
        linear, bias = weight * diagonal * linear, weight * diagonal * bias + offset
    return linear.expand(), bias.expand()


@pytest.mark.parametrize("widths", SHAPES)
def test_one_pattern_agrees_with_sympy(widths):
    for theta in patterns(widths)[-3:]:
        statement = symbolic_decomposition(SymbolicNetwork.generic(widths), theta)
        linear, bias = sympy_affine_map(widths, theta.layers)
        assert statement.linear_part() == linear
        assert statement.bias_vector() == bias
        assert check_identities(statement).proved


@pytest.mark.parametrize("widths", SHAPES)
def test_all_patterns_at_once_agree_with_sympy(widths):
    network = SymbolicNetwork.generic(widths)
    statement = symbolic_decomposition(network)
    linear, bias = sympy_affine_map(widths, network.bits)
    assert statement.linear_part() == linear
    assert statement.bias_vector() == bias
    report = check_identities(statement)
    assert report.proved
    assert report.bits == sum(widths[1:-1])
    assert report.indeterminates == sum(n * (m + 1) for m, n in itertools.pairwise(widths))


@pytest.mark.parametrize("widths", SHAPES)
def test_each_bit_pattern_of_the_universal_statement_is_that_pattern_s_statement(widths):
    network = SymbolicNetwork.generic(widths)
    universal = symbolic_decomposition(network)
    for theta in patterns(widths):
        bits = {
            s: b
            for layer, row in zip(network.bits, theta.layers, strict=True)
            for s, b in zip(layer, row, strict=True)
        }
        single = symbolic_decomposition(network, theta)
        assert check_identities(single).proved
        for i, j in itertools.product(range(widths[-2]), range(widths[1])):
            assert universal.coefficient(i, j).xreplace(bits) == single.coefficient(i, j)
        for i in range(widths[-2]):
            assert sympy.expand(universal.alpha(i).xreplace(bits)) == single.alpha(i)


@STEADY
@given(st.sampled_from(SHAPES), st.data())
def test_at_rational_weights_it_is_the_rational_decomposition(widths, data):
    network = SymbolicNetwork.generic(widths)
    theta = data.draw(st.sampled_from(patterns(widths)))
    numbers = st.sampled_from([Fraction(k, q) for k in range(-3, 4) for q in (1, 2)])
    values = {s: data.draw(numbers) for s in network.indeterminates}
    rational = atomic_decomposition(network.specialised(values), theta)
    statement = symbolic_decomposition(network, theta)
    point = {s: sympy.Rational(v.numerator, v.denominator) for s, v in values.items()}
    assert {(a.last_hidden, a.first_hidden) for a in rational.atoms} == {
        (a.last_hidden, a.first_hidden) for a in statement.atoms
    }
    for atom in rational.atoms:
        assert statement.coefficient(atom.last_hidden, atom.first_hidden).subs(point) == atom.coefficient
    assert tuple(statement.bias_vector().subs(point)) == rational.bias


def test_weights_may_be_partly_rational_and_polynomial():
    net = SymbolicNetwork.from_matrices(
        [sympy.Matrix([[A], [sympy.Rational(1, 2)]]), [[B - 1, "2/3"], [0, A * B]], sympy.Matrix([[1, C]])],
        [None, sympy.Matrix([1, A]), [0]],
    )
    assert net.widths == (1, 2, 2, 1)
    assert net.indeterminates == (A, B, C)
    for theta in [None, *patterns(net.widths)]:
        assert prove_theorem_5(net, theta).proved
    statement = symbolic_decomposition(net, full(net.widths))
    assert statement.coefficient(0, 1) == sympy.Rational(2, 3)
    assert statement.linear_part() == sympy.Matrix(
        [[sympy.expand(A * (B - 1) + C * A * B / 2 + sympy.Rational(1, 3))]]
    )
    assert statement.bias_vector() == sympy.Matrix([1 + A * C])


def test_rational_networks_are_a_special_case():
    net = SymbolicNetwork.from_matrices([[[1], [-1]], [[1, 1]]])
    report = prove_theorem_5(net)
    assert (report.proved, report.indeterminates, report.bits) == (True, 0, 2)
    assert net.specialised({}).widths == (1, 2, 1)


def test_two_layers_need_theta_squared_to_be_theta():
    net = SymbolicNetwork.generic((1, 1, 1), biases=False)
    atom = symbolic_decomposition(net).atoms[0]
    product = atom.coefficient * atom.column[0] * atom.row[0]
    assert max(product.degrees()) == 3
    assert max(net.ring.reduced(product).degrees()) == 1
    assert prove_theorem_5(net).proved


def test_the_normal_form_is_zero_exactly_for_polynomials_that_vanish_on_all_bits():
    t, u, w = sympy.symbols("t u w")
    ring = PolynomialRing([t, u, w], [t, u])
    for expression in (t**2 - t, t * u**3 - t * u, w * t**5 - w * t, (t**2 - t) * (u + w**2)):
        assert ring.reduced(ring.from_sympy("p", sympy.expand(expression))) == ring.zero
    for expression in (t**2 - 1, w**2 - w, t * u - t, t**3 - u**3):
        reduced = ring.reduced(ring.from_sympy("p", expression))
        assert reduced != ring.zero
        values = {
            sympy.expand(expression.subs({t: x, u: y}))
            - sympy.expand(ring.to_sympy(reduced).subs({t: x, u: y}))
            for x, y in itertools.product((0, 1), repeat=2)
        }
        assert values == {0}


def test_dead_layers_and_empty_supports_are_proved_too():
    net = SymbolicNetwork.generic((2, 2, 2, 2, 1))
    for text in ("00|11|11", "11|00|11", "11|11|00", "00|00|00"):
        report = prove_theorem_5(net, Configuration.parse(text, (2, 2, 2)))
        assert report.proved
    statement = symbolic_decomposition(net, Configuration.parse("11|11|00", (2, 2, 2)))
    assert statement.atoms == ()
    assert (statement.latex(), statement.alpha(0), statement.coefficient(0, 0)) == ("0", 0, 0)


def test_latex_shows_coefficient_column_and_row():
    statement = symbolic_decomposition(SymbolicNetwork.generic((1, 1, 1, 1)), full((1, 1, 1, 1)))
    assert statement.latex() == (
        r"\left(w_{2 0 0}\right) \left[\begin{matrix}w_{3 0 0}\end{matrix}\right] \otimes "
        r"\left[\begin{matrix}w_{1 0 0}\end{matrix}\right]"
    )


def test_eight_by_eight_with_all_weights_and_bits_is_proved_in_seconds():
    start = time.process_time()
    report = prove_theorem_5(SymbolicNetwork.generic((8, 8, 8, 8, 8)))
    assert time.process_time() - start < 10
    assert report.proved
    assert (report.indeterminates, report.bits, report.inputs) == (288, 24, 8)
    assert (report.identities[0].entries, report.identities[0].monomials) == (64, 8**5)
    assert "proved" in str(report)


# the check can refuse ----------------------------------------------------------------------------


def atom_changed(statement, place, **change):
    atoms = list(statement.atoms)
    atoms[place] = replace(atoms[place], **change)
    return {"atoms": tuple(atoms)}


def swapped_coefficients(statement):
    one, two = statement.atoms[0], statement.atoms[1]
    rest = statement.atoms[2:]
    return {
        "atoms": (replace(one, coefficient=two.coefficient), replace(two, coefficient=one.coefficient), *rest)
    }


def transposed(statement):
    return {
        "atoms": tuple(
            replace(a, last_hidden=a.first_hidden, first_hidden=a.last_hidden) for a in statement.atoms
        )
    }


SUM, MIDDLE, FACTORS, ALPHA, BIAS, VALUE = (
    identity.formula for identity in prove_theorem_5(SymbolicNetwork.generic((1, 1, 1))).identities
)
PERTURBATIONS = {
    "wrong coefficient": (
        lambda s: atom_changed(s, 0, coefficient=s.atoms[0].coefficient * 2),
        {SUM, MIDDLE},
    ),
    "wrong by a constant": (
        lambda s: atom_changed(s, 3, coefficient=s.atoms[3].coefficient + 1),
        {SUM, MIDDLE},
    ),
    "dropped atom": (lambda s: {"atoms": s.atoms[:-1]}, {SUM, MIDDLE}),
    "doubled atom": (lambda s: {"atoms": (*s.atoms, s.atoms[0])}, {SUM, MIDDLE}),
    "swapped coefficients": (swapped_coefficients, {SUM, MIDDLE}),
    "swapped indices": (transposed, {MIDDLE, FACTORS}),
    "wrong column": (lambda s: atom_changed(s, 0, column=s.atoms[0].column[::-1]), {SUM, FACTORS}),
    "wrong row": (lambda s: atom_changed(s, 0, row=s.atoms[1].row), {SUM, FACTORS}),
    "wrong alpha": (lambda s: {"alphas": ((0, s.alphas[1][1]), *s.alphas[1:])}, {ALPHA, VALUE}),
    "dropped alpha": (lambda s: {"alphas": s.alphas[1:]}, {ALPHA, VALUE}),
    "wrong bias": (lambda s: {"bias": (s.bias[0] + s.bias[1], s.bias[1])}, {BIAS, VALUE}),
    "swapped bias": (lambda s: {"bias": s.bias[::-1]}, {BIAS, VALUE}),
}


@pytest.mark.parametrize("widths", [(2, 2, 2, 2), (2, 2, 2, 2, 2)])
@pytest.mark.parametrize("universal", [True, False])
@pytest.mark.parametrize("name", PERTURBATIONS)
def test_a_perturbed_statement_is_refused(name, universal, widths):
    network = SymbolicNetwork.generic(widths)
    right = symbolic_decomposition(network, None if universal else full(widths))
    change, formulas = PERTURBATIONS[name]
    report = check_identities(replace(right, **change(right)))
    assert check_identities(right).proved
    assert not report.proved
    assert {mismatch.formula for mismatch in report.mismatches} == formulas
    assert all(mismatch.difference != 0 for mismatch in report.mismatches)
    assert "refuted" in str(report)


def test_without_theta_squared_being_theta_the_universal_statement_is_refused():
    network = SymbolicNetwork.generic((2, 2, 2, 1))
    ring = PolynomialRing(network.ring.symbols)  # no symbol is a bit
    statement = symbolic_decomposition(network)
    assert check_identities(statement).proved
    ring_free = replace(network, ring=ring)
    report = check_identities(symbolic_decomposition(ring_free))
    assert {mismatch.formula for mismatch in report.mismatches} == {SUM, VALUE}


def test_an_atom_of_an_inactive_neuron_is_refused():
    network = SymbolicNetwork.generic((1, 2, 1, 1))
    theta = Configuration.parse("10|1", (2, 1))
    all_active = symbolic_decomposition(network, full(network.widths))
    report = check_identities(replace(all_active, configuration=theta))
    assert {SUM, MIDDLE, ALPHA, BIAS} <= {mismatch.formula for mismatch in report.mismatches}


def test_a_difference_is_the_left_side_minus_the_right_side():
    network = SymbolicNetwork.generic((1, 1, 1), biases=False)
    statement = symbolic_decomposition(network, full((1, 1, 1)))
    report = check_identities(
        replace(statement, **atom_changed(statement, 0, coefficient=network.ring.one * 3))
    )
    w1, w2 = sympy.symbols("w1_0_0 w2_0_0")
    assert [(m.formula, m.place, m.difference) for m in report.mismatches] == [
        (SUM, (0, 0), -2 * w1 * w2),
        (MIDDLE, (0, 0), -2),
    ]


@pytest.mark.parametrize("change", [{"last_hidden": -1}, {"first_hidden": 2}, {"column": ()}, {"row": ()}])
def test_statements_that_name_no_neuron_or_have_wrong_lengths_are_an_error(change):
    statement = symbolic_decomposition(SymbolicNetwork.generic((1, 2, 2, 1)))
    with pytest.raises(NetworkError, match="statement: expected"):
        check_identities(replace(statement, **atom_changed(statement, 0, **change)))


# bad input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        ([[[1]]], NetworkError, "at least 2"),
        ([], NetworkError, "at least 2"),
        ([[[1]], [[1, 2]]], NetworkError, r"layers\[1\].weight: expected 1 columns"),
        ([[[1], [1, 2]], [[1]]], NetworkError, r"layers\[0\].weight\[1\]: expected 1 entries"),
        ([[[]], [[1]]], NetworkError, "at least one row"),
        ([[[0.5]], [[1]]], InexactNumberError, r"layers\[0\].weight\[0\]\[0\].*float"),
        ([[[1]], [[0.5 * A]]], InexactNumberError, r"layers\[1\].weight\[0\]\[0\].*floats"),
        ([[[sympy.Float("0.5")]], [[1]]], InexactNumberError, "floats"),
        ([[[1 / A]], [[1]]], NetworkError, "expected a polynomial over the rationals"),
        ([[[sympy.sqrt(2)]], [[1]]], NetworkError, "expected a polynomial over the rationals"),
        ([[[sympy.oo]], [[1]]], NetworkError, "expected a polynomial over the rationals"),
        ([[[sympy.I * A]], [[1]]], NetworkError, "expected a polynomial over the rationals"),
        ([[[A**B]], [[1]]], NetworkError, "expected a polynomial over the rationals"),
        ([[[sympy.sqrt(2) * A]], [[1]]], NetworkError, "expected a polynomial over the rationals"),
        ([[[sympy.exp(A)]], [[1]]], NetworkError, "expected a polynomial over the rationals"),
        ([[["a"]], [[1]]], NumberSyntaxError, "expected a rational"),
        ([[[sympy.Symbol("theta1_0")]], [[1]]], NetworkError, "theta1_0 is the name"),
        ([[[sympy.Symbol("x0")]], [[1]]], NetworkError, "x0 is the name"),
    ],
)
def test_bad_matrices_are_refused_with_their_place(weights, error, message):
    with pytest.raises(error, match=message):
        SymbolicNetwork.from_matrices(weights)


def test_bad_biases_widths_patterns_and_values_are_refused():
    with pytest.raises(NetworkError, match=r"layers\[0\].bias: expected 1 entries, got 2"):
        SymbolicNetwork.from_matrices([[[1]], [[1]]], [[1, 2], None])
    with pytest.raises(NetworkError, match="biases: expected 2"):
        SymbolicNetwork.from_matrices([[[1]], [[1]]], [None])
    with pytest.raises(NetworkError, match="positive"):
        SymbolicNetwork.generic((1, 0, 1))
    net = SymbolicNetwork.generic((1, 1, 1))
    with pytest.raises(ConfigurationError, match="expected widths"):
        prove_theorem_5(net, Configuration(((1, 1),)))
    with pytest.raises(NetworkError, match="values: expected one for each indeterminate"):
        net.specialised({})
    with pytest.raises(NetworkError, match="paths: expected at most"):
        symbolic_decomposition(SymbolicNetwork.generic((1, 101, 100, 100, 1), biases=False))


def test_symbols_of_one_name_but_different_assumptions_are_different():
    positive = sympy.Symbol("a", positive=True)
    net = SymbolicNetwork.from_matrices([[[A]], [[positive]]])
    assert set(net.indeterminates) == {A, positive}
    assert symbolic_decomposition(net, full((1, 1, 1))).linear_part() == sympy.Matrix([[A * positive]])
