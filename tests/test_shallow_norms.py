"""The W^{1,inf} distance of shallow realizations, against brute force; parameter distances; the sup norm."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

import exactrelu
from exactrelu.errors import BudgetExhaustedError, DomainError, NetworkError
from exactrelu.numbers.linear_algebra import primitive
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.radicals import square_root
from exactrelu.stability import gradient_difference
from exactrelu.stability.arrangement_sweep import largest_sums_by_sweep
from exactrelu.stability.central_arrangement import largest_sums
from exactrelu.stability.gradient_difference import gradient_distance
from exactrelu.stability.norms import parameter_distance, sup_distance
from exactrelu.stability.sign_search import largest_sum_by_search, point_off
from tests.support.brute_force import Constraint, is_feasible, rank
from tests.support.drawn_networks import Chooser
from tests.support.drawn_parametrizations import draw_parametrization

ZERO = Fraction(0)


def of(weights, coefficients, biases=None, last=None):
    return Parametrization.from_rationals(weights, coefficients, biases, last)


def drawn_pair(c: Chooser) -> tuple[Parametrization, Parametrization]:
    """Return two parametrizations of one shape, degenerate ones among them; sometimes one function twice."""
    one = draw_parametrization(c, most_neurons=3, biased=c.choose([True, False]))
    if c.choose([False] * 5 + [True]):
        return one, Parametrization(one.inputs, one.outputs, one.neurons[::-1], one.output_bias)
    while True:
        two = draw_parametrization(c, most_neurons=3, biased=one.has_biases)
        if (two.inputs, two.outputs) == (one.inputs, one.outputs):
            return one, two


@pytest.mark.parametrize("part", range(4))
def test_delta_is_the_largest_gradient_entry_over_all_full_cells_of_the_difference_network(part):
    for seed in range(150):
        one, two = drawn_pair(Chooser.seeded("full cells", part, seed))
        cells = exactrelu.regions(one.network() - two.network(), reading="full")
        largest = max(abs(entry) for cell in cells for row in cell.affine_map.weight for entry in row)
        assert gradient_distance(one, two).value == largest


def signed_gradient(shallow: Parametrization, signs) -> list[list[Fraction]]:
    active = [n for n, s in zip(shallow.neurons, signs, strict=True) if s > 0]
    return [
        [sum((n.coefficient[k] * n.weight[j] for n in active), ZERO) for j in range(shallow.inputs)]
        for k in range(shallow.outputs)
    ]


def test_delta_is_the_largest_entry_over_all_sign_vectors_that_have_a_point():
    for seed in range(60):
        c = Chooser.seeded("sign vectors", seed)
        one, two = drawn_pair(c)
        both = [*one.neurons, *two.neurons]
        largest = ZERO
        for signs in product((1, -1), repeat=len(both)):
            rows = [
                Constraint(tuple(s * a for a in n.weight), s * n.bias, ">")
                for s, n in zip(signs, both, strict=True)
                if any(n.weight)
            ]
            if is_feasible(one.inputs, rows):
                first = signed_gradient(one, signs[: one.width])
                second = signed_gradient(two, signs[one.width :])
                gaps = (
                    abs(p - q) for r, t in zip(first, second, strict=True) for p, q in zip(r, t, strict=True)
                )
                largest = max(largest, *gaps)
        assert gradient_distance(one, two).value == largest


def test_the_attaining_point_lies_on_no_hyperplane_and_the_difference_quotient_there_is_delta():
    for seed in range(150):
        one, two = drawn_pair(Chooser.seeded("attained", seed))
        found = gradient_distance(one, two)
        for shallow, bits in zip((one, two), found.configurations, strict=True):
            assert all(any(n.weight) <= (n.preactivation(found.point) != 0) for n in shallow.neurons)
            assert bits == shallow.network().configuration(found.point)
        step = Fraction(1, 2**3000)  # stays in the cell
        moved = tuple(x + step * (j == found.input) for j, x in enumerate(found.point))
        difference = one.network() - two.network()
        quotient = (difference(moved)[found.output] - difference(found.point)[found.output]) / step
        assert abs(quotient) == found.value


def test_delta_is_a_distance_of_realizations():
    for seed in range(60):
        c = Chooser.seeded("distance", seed)
        one, two = drawn_pair(c)
        assert gradient_distance(one, two).value == gradient_distance(two, one).value
        assert gradient_distance(one, one).value == 0
        total = Parametrization(
            one.inputs,
            one.outputs,
            (
                *one.neurons,
                *(Neuron(n.weight, tuple(-e for e in n.coefficient), n.bias) for n in two.neurons),
            ),
            one.output_bias,
        )
        nothing = Parametrization(one.inputs, one.outputs, (), one.output_bias)
        assert gradient_distance(total, nothing).value == gradient_distance(one, two).value


def test_a_weight_that_is_2_to_the_minus_200_away_is_seen():
    gamma = of([[1, 0], [0, 1]], [[1], [1]])
    theta = of([[1, Fraction(1, 2**200)], [0, 1]], [[1], [1]])
    assert gradient_distance(gamma, theta).value == 1  # between the two lines
    assert gradient_distance(gamma, of([[1, 0], [0, 1]], [[1], [1 + Fraction(1, 2**200)]])).value == Fraction(
        1, 2**200
    )


def test_kinks_that_agree_drop_out():
    gamma = of([[1, 0], [0, 1], [1, 1]], [[1], [2], [3]])
    theta = of([[2, 0], [0, 1], [-1, -1]], [["1/2"], [2], [3]])  # the third one is flipped
    found = gradient_distance(gamma, theta)
    assert (found.hyperplanes, found.value) == (0, 3)


def test_biases_restrict_the_cells_to_those_that_exist():
    # relu(x) - relu(x - 1) has slopes 0, 1, 0: never -1, although the second neuron alone has slope -1.
    found = gradient_distance(of([[1], [1]], [[1], [-1]], [0, -1]), of([[1]], [[0]]))
    assert (found.value, 0 < found.point[0] < 1) == (1, True)


def test_constants_do_not_count():
    assert gradient_distance(of([[1]], [[1]], [0], [5]), of([[1], [0]], [[1], [3]], [0, 2])).value == 0


def test_other_shapes_are_refused():
    with pytest.raises(NetworkError, match="expected functions of one shape"):
        gradient_distance(of([[1]], [[1]]), of([[1, 0]], [[1]]))


def test_a_budget_that_runs_out_is_no_answer():
    c = Chooser.seeded("budget")
    pair = [
        of(
            [[c.integer(-9, 9) or 1 for _ in range(3)] for _ in range(20)],
            [[c.integer(1, 9)] for _ in range(20)],
        )
        for _ in range(2)
    ]
    with pytest.raises(BudgetExhaustedError):
        gradient_distance(*pair, search=exactrelu.Search(time_limit=1e-9))


def test_a_wrong_value_is_refused_where_it_is_checked():
    gamma, theta = of([[1]], [[1]]), of([[1]], [[3]])
    point = (Fraction(1),)
    assert gradient_difference._checked(gamma, theta, (Fraction(2), 0, 0), point, 1).value == 2
    with pytest.raises(ArithmeticError):
        gradient_difference._checked(gamma, theta, (Fraction(3), 0, 0), point, 1)


# arrangements -------------------------------------------------------------------------------------


def drawn_arrangement(c: Chooser) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]], int | None]:
    size, big = c.integer(1, 5), c.choose([1, 1, 2, 2**70, 2**1100])
    rows = set()
    for _ in range(c.integer(1, 7)):
        row = primitive([c.integer(-2, 2) * c.choose([1, big]) for _ in range(size)])
        if any(row):
            lead = next(entry for entry in row if entry)
            rows.add(tuple(entry if lead > 0 else -entry for entry in row))
    normals = sorted(rows) or [(*(0,) * (size - 1), 1)]
    weights = [tuple(c.integer(-3, 3) * c.choose([1, big]) for _ in range(2)) for _ in normals]
    return normals, weights, c.choose([None, *range(len(normals))])


def brute_sums(normals, weights, oriented):
    best = [None] * len(weights[0])
    for signs in product((1, -1), repeat=len(normals)):
        if oriented is not None and signs[oriented] < 0:
            continue
        rows = [
            Constraint([Fraction(s * a) for a in h], ZERO, ">") for s, h in zip(signs, normals, strict=True)
        ]
        if is_feasible(len(normals[0]), rows):
            sums = [sum(s * w[k] for s, w in zip(signs, weights, strict=True)) for k in range(len(best))]
            best = [b if b is not None and b >= t else t for b, t in zip(best, sums, strict=True)]
    return best


def value_at(point, normals, weights, column):
    dots = [sum(a * x for a, x in zip(h, point, strict=True)) for h in normals]
    assert all(dots)
    return sum((1 if dot > 0 else -1) * w[column] for dot, w in zip(dots, weights, strict=True))


@pytest.mark.parametrize("part", range(3))
def test_sweep_search_and_brute_force_find_the_same_largest_sums(part):
    for seed in range(50):
        normals, weights, oriented = drawn_arrangement(Chooser.seeded("arrangement", part, seed))
        expected = brute_sums(normals, weights, oriented)
        ways = [largest_sums(normals, weights, oriented)]
        ways.append(
            [largest_sum_by_search(normals, column, oriented) for column in zip(*weights, strict=True)]
        )
        if rank([[Fraction(a) for a in h] for h in normals]) == len(normals[0]) > 1:
            ways.append(largest_sums_by_sweep(normals, weights, oriented))
        for found in ways:
            assert [one.value for one in found] == expected
            for column, one in enumerate(found):
                assert value_at(one.point, normals, weights, column) == one.value
                if oriented is not None:
                    assert sum(a * x for a, x in zip(normals[oriented], one.point, strict=True)) > 0


def test_lines_that_floats_cannot_tell_apart_are_sorted_exactly():
    step = Fraction(1, 2**200)
    lines = [(1, int((1 + k * step) * 2**200)) for k in (3, 1, 2, 0)]
    lines = [(2**200, second) for _, second in lines]
    expected = brute_sums(lines, [(1,), (-1,), (1,), (-1,)], None)
    assert [one.value for one in largest_sums_by_sweep(lines, [(1,), (-1,), (1,), (-1,)])] == expected


def test_a_point_is_moved_off_hyperplanes_without_leaving_its_side_of_the_others():
    normals = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, -1, 0)]
    x, y, z = point_off((5, 5, 0), normals)
    assert x > 0 < y
    assert x != y
    assert z != 0


# distances ----------------------------------------------------------------------------------------


def test_the_parameter_distance_is_the_largest_difference_of_an_entry():
    gamma = of([[1, 2]], [[3]], [4], [5])
    assert parameter_distance(gamma, of([[1, 2]], [[3]], [4], ["11/2"])) == Fraction(1, 2)
    assert parameter_distance(gamma, of([[1, 2]], [["1/3"]], [4], [5])) == Fraction(8, 3)
    assert parameter_distance(gamma, of([[1, 2]], [[3]], [-4], [5])) == 8


def test_the_parameter_distance_of_balanced_neurons_is_a_root():
    gamma = Parametrization(1, 1, (Neuron((1,), (2,), scale=4),), (0,))  # (sqrt 2) and 2 / sqrt 2
    theta = of([[1]], [[1]])
    assert parameter_distance(gamma, theta) == square_root(2) - 1
    assert parameter_distance(gamma, gamma) == 0


def test_parametrizations_of_other_widths_have_no_distance():
    with pytest.raises(NetworkError, match="one shape"):
        parameter_distance(of([[1]], [[1]]), of([[1], [2]], [[1], [1]]))


def test_the_sup_norm_is_attained_and_not_exceeded():
    for seed in range(20):
        c = Chooser.seeded("sup", seed)
        one, two = drawn_pair(c)
        found = sup_distance(one, two, exactrelu.Domain.box([(-1, 2)] * one.inputs))
        gap = [abs(p - q) for p, q in zip(one(found.point), two(found.point), strict=True)]
        assert gap[found.output] == max(gap) == found.value
        for _ in range(20):
            x = [Fraction(c.integer(-5, 10), 5) for _ in range(one.inputs)]
            assert max(abs(p - q) for p, q in zip(one(x), two(x), strict=True)) <= found.value


def test_the_sup_norm_wants_a_bounded_domain_with_points():
    gamma, theta = of([[1]], [[1]]), of([[1]], [[2]])
    with pytest.raises(DomainError, match="bounded"):
        sup_distance(gamma, theta, exactrelu.Domain.whole_space(1))
