"""The smallest number of neurons on a domain: never above what some network needs, always realized."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
import sympy

from exactrelu import Domain
from exactrelu.errors import DomainError
from exactrelu.shallow.affine_remainders import Carriers
from exactrelu.shallow.canonical_forms import canonical_form
from exactrelu.shallow.fewest_neurons import minimal_width
from exactrelu.shallow.parametrization import Neuron, Parametrization
from tests.support.drawn_networks import Chooser, draw_domain
from tests.support.drawn_parametrizations import draw_parametrization, draw_point

SQUARE = Domain.box([(-1, 1), (-1, 1)])


def shallow(weights, coefficients, biases=None, output_bias=None):
    return Parametrization.from_rationals(weights, coefficients, biases, output_bias)


def fewest(gamma, domain):
    result = minimal_width(canonical_form(gamma, domain), domain)
    assert result.parametrization.width == result.upper
    assert canonical_form(result.parametrization, domain) == canonical_form(gamma, domain)
    return result.value


ABSOLUTE_PLUS = shallow([[1, 0], [-1, 0], [0, 1], [0, -1]], [[1], [1], [1], [-1]])  # |x_1| + x_2
HALF_PLANE = Domain.from_inequalities(2, [([1, 0], 0, ">=")])
QUADRANT = Domain.from_inequalities(2, [([1, 0], 0, ">="), ([0, 1], 0, ">=")])
STRIP = Domain.from_inequalities(2, [([1, 0], 1, ">="), ([1, 0], -1, "<=")])


def linear(rows):
    """The linear map with these rows, each row by two neurons."""
    weights = [[s * a for a in row] for row in rows for s in (1, -1)]
    units = [[s * int(i == j) for j in range(len(rows))] for i in range(len(rows)) for s in (1, -1)]
    return shallow(weights, units)


@pytest.mark.parametrize(
    ("gamma", "domain", "expected"),
    [
        (ABSOLUTE_PLUS, None, 3),
        (ABSOLUTE_PLUS, SQUARE, 2),
        (ABSOLUTE_PLUS, STRIP, 3),  # x_2 is not bounded: a pair, or |x_1| doubled and ... R has rank 1
        (ABSOLUTE_PLUS, QUADRANT, 1),  # x_1 + x_2, always on
        (ABSOLUTE_PLUS, HALF_PLANE, 2),  # x_1 + x_2 is not bounded below
        (linear([[1, 0], [0, 1]]), QUADRANT, 2),
        (linear([[1, -1]]), QUADRANT, 2),  # neither it nor its negative is bounded below
        (linear([[1, 0, 0], [0, 1, 0]]), None, 4),
        (
            linear([[1, -1, 0], [0, 1, -1]]),
            Domain.from_inequalities(3, [([1, 0, 0], 0, ">="), ([0, 1, 0], 0, ">="), ([0, 0, 1], 0, ">=")]),
            3,
        ),
        (linear([[1, 0], [0, 1]]), STRIP, 3),  # one always on, a pair
        (linear([[1, 2]]), Domain.from_inequalities(2, [([1, 2], 0, "=")]), 0),  # constant there
        (shallow([[1], [-1]], [[1], [1]]), Domain.box([(0, 1)]), 1),
        (shallow([[1], [-1]], [[1], [1]]), Domain.box([(-1, 1)]), 2),
        (shallow([[1], [-1]], [[1], [1]]), Domain.from_inequalities(1, [([1], 1, ">=")]), 2),
        (shallow([[1]], [[1]]), Domain.box([(-1, 1)]), 1),
        (shallow([[1]], [[1]]), Domain.from_inequalities(1, [([1], 0, ">"), ([1], 0, "<")]), 0),
        (shallow([[1]], [[1]]), Domain.box([(2, 2)]), 0),
        # relu(x) + relu(x - 1) = 2x on [1, 2], which one neuron gives; on [0, 2] a kink at 1 and x remain.
        (shallow([[1], [1]], [[1], [1]], [0, -1]), Domain.box([(1, 2)]), 1),
        (shallow([[1], [1]], [[1], [1]], [0, -1]), Domain.box([(0, 2)]), 2),
        # two kinks whose signs give the linear part: |x| and |x - 1| less one another
        (shallow([[1], [-1]], [[1], [1]], [0, 1]), Domain.box([(-5, 5)]), 2),
    ],
)
def test_the_smallest_number_on_domains(gamma, domain, expected):
    assert fewest(gamma, domain or Domain.whole_space(gamma.inputs)) == expected


@pytest.mark.parametrize("seed", range(150))
def test_no_network_has_fewer_neurons(seed):
    """Draw few neurons, always on or bent; the function they have needs no more than they are."""
    c = Chooser.seeded("fewer", seed)
    domain = draw_domain(c, c.integer(1, 3))
    gamma = _drawn(c, domain)
    assert (found := fewest(gamma, domain)) is not None
    assert found <= gamma.width
    for _ in range(5):
        disguised = _disguised(c, gamma, domain)
        assert fewest(disguised, domain) == found


def _drawn(c, domain):
    carriers = Carriers.on(domain)
    d, outputs = domain.dimension, c.choose([1, 1, 2, 3])
    neurons = []
    for _ in range(c.integer(0, 4)):
        weight = [c.integer(-2, 2) for _ in range(d)]
        bias = Fraction(c.integer(-2, 2))
        if carriers and carriers.always_on(weight) and c.choose([True, False]):
            bias = carriers.bias(weight)
        coefficient = [c.integer(-2, 2) for _ in range(outputs)]
        neurons.append(Neuron(tuple(weight), tuple(coefficient), bias))
    return Parametrization(d, outputs, tuple(neurons), (0,) * outputs)


def _disguised(c, gamma, domain):
    """Return another network of the same function: opposite neurons, and one that is always on twice."""
    neurons = list(gamma.neurons)
    for n in gamma.neurons:
        # c relu(h) = (c + t) relu(h) - t relu(-h) - t relu(h) + t relu(-h)
        t = Fraction(c.integer(-3, 3))
        minus = tuple(-a for a in n.weight)
        neurons += [
            Neuron(n.weight, (t,) * gamma.outputs, n.bias),
            Neuron(minus, (-t,) * gamma.outputs, -n.bias),
            Neuron(minus, (t,) * gamma.outputs, -n.bias),
            Neuron(n.weight, (-t,) * gamma.outputs, n.bias),
        ]
    return Parametrization(gamma.inputs, gamma.outputs, tuple(neurons), gamma.output_bias)


@pytest.mark.parametrize("seed", range(60))
def test_on_a_box_it_is_the_kinks_and_the_least_rank_over_all_signs(seed):
    c = Chooser.seeded("box", seed)
    gamma = draw_parametrization(c, most_neurons=4, most_inputs=3, kind=c.choose(["ternary", "sparse"]))
    low = [c.integer(-2, 1) for _ in range(gamma.inputs)]
    domain = Domain.box([(lo, lo + c.integer(1, 3)) for lo in low])
    form = canonical_form(gamma, domain)
    best = min(
        sympy.Matrix(
            [
                [
                    sympy.Rational(entry.numerator, entry.denominator)
                    - sum(
                        s * sympy.Rational(k.jump[o].numerator, k.jump[o].denominator) * k.functional[j] / 2
                        for s, k in zip(signs, form.kinks, strict=True)
                    )
                    for j, entry in enumerate(row)
                ]
                for o, row in enumerate(form.linear)
            ]
        ).rank()
        for signs in itertools.product((1, -1), repeat=len(form.kinks))
    )
    assert fewest(gamma, domain) == len(form.kinks) + best


@pytest.mark.parametrize("seed", range(40))
def test_the_lemma_of_remainders_against_small_integer_vectors(seed):
    """On R^2 and R^3 with few rays: p + 2q is least among spans of small integer vectors."""
    c = Chooser.seeded("remainder", seed)
    d = c.integer(2, 3)
    rows = [([c.integer(-1, 1) for _ in range(d)], c.integer(0, 2), ">=") for _ in range(c.integer(0, 3))]
    domain = Domain.from_inequalities(d, [row for row in rows if any(row[0])])
    carriers = Carriers.on(domain)
    free = [tuple(c.integer(-1, 1) for _ in range(d))] if c.choose([True, False]) else []
    free = [row for row in free if any(row)]
    target = tuple(tuple(Fraction(c.integer(-1, 1)) for _ in range(d)) for _ in range(c.integer(1, 2)))
    assert carriers.cost(free, target) == _least_by_trying(carriers, free, target, d)


def _least_by_trying(carriers, free, target, d):
    vectors = [v for v in itertools.product(range(-2, 3), repeat=d) if next((a for a in v if a), 0) > 0]
    prices = {v: 1 if carriers.always_on(v) or carriers.always_on([-a for a in v]) else 2 for v in vectors}
    start = sympy.Matrix([[0] * d, *map(list, carriers.constant), *map(list, free)])
    wanted = [[int(a) for a in row] for row in target]

    def spans(chosen):
        basis = sympy.Matrix([*start.tolist(), *map(list, chosen)])
        return basis.rank() == sympy.Matrix([*basis.tolist(), *wanted]).rank()

    cheap = [v for v in vectors if prices[v] == 1]
    best = 2 * sympy.Matrix(wanted).rank()
    for size in range(best):
        if any(spans(chosen) for chosen in itertools.combinations(cheap, size)):
            best = min(best, size)
            break
    if best > 2:  # a pair and cheap ones
        for size in range(best - 2):
            if any(spans((*chosen, w)) for chosen in itertools.combinations(cheap, size) for w in vectors):
                best = size + 2
                break
    return best


def test_values_agree_on_points_of_the_domain():
    result = minimal_width(canonical_form(ABSOLUTE_PLUS, SQUARE), SQUARE).parametrization
    c = Chooser.seeded("points", 0)
    for _ in range(50):
        x = draw_point(c, 2)
        if SQUARE.contains(x):
            assert result(x) == ABSOLUTE_PLUS(x)


def test_with_little_budget_the_number_on_a_box_is_bounded():
    weights = [[1, k, k * k % 11] for k in range(30)]
    gamma = shallow([*weights, [0, 0, 1], [0, 0, -1]], [[2 * k + 1] for k in range(30)] + [[1], [-1]])
    box = Domain.box([(-1, 1)] * 3)
    result = minimal_width(canonical_form(gamma, box), box, most_sums=100)
    assert (result.value, result.lower, result.upper) == (None, 30, 31)


def test_the_domain_must_lie_in_the_same_space():
    with pytest.raises(DomainError, match="expected dimension 2, got 1"):
        minimal_width(canonical_form(ABSOLUTE_PLUS), Domain.box([(0, 1)]))
