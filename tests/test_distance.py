"""Distances of two networks, each number by a second road."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest

from exactrelu import Domain, Network, Search, checker, decide_equality, distance
from exactrelu.errors import ArgumentError, BudgetExhaustedError, DomainError, NetworkError
from exactrelu.polyhedra.integration import Polytope
from exactrelu.polyhedra.polyhedron import Polyhedron
from tests.support.brute_force import (
    all_bits,
    bit_widths,
    bits_of,
    configurations,
    dimension_of,
    domain_constraints,
    evaluate,
    rows_on_cell,
)
from tests.support.command_line import ABSOLUTE, domain_document, network_document
from tests.support.disguised_networks import disguised, z3_satisfiable
from tests.support.drawn_networks import Chooser, draw_network
from tests.support.seeded_cases import seeded_cases

F = Fraction
TINY = F(1, 2**60)
NORMS = ["sup", "w1inf", "l1", "l2"]
ABSOLUTE_VALUE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
ZERO = Network.from_rationals([([[0]], None)])


def zero(network: Network) -> Network:
    """The zero function with the shape of a network."""
    return Network.from_rationals([([[0] * network.inputs] * network.outputs, None)])


# one input: every break and every zero is a root of a row of some configuration ---------------------------


def candidate_breaks(network: Network, low: Fraction, high: Fraction) -> list[Fraction]:
    rows = (
        row
        for bits in all_bits(bit_widths(network))
        for layer in rows_on_cell(network, bits)
        for row in layer
    )
    roots = {-offset / normal[0] for normal, offset in rows if normal[0]}
    return sorted({low, high} | {root for root in roots if low < root < high})


def integrals(network: Network, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """The integrals of |g| (trapezium) and of g^2 (Simpson), exact between breaks and zeros."""
    one = two = F(0)
    ends = candidate_breaks(network, low, high)
    for a, b in itertools.pairwise(ends):
        values = [evaluate(network, [x])[1] for x in (a, (a + b) / 2, b)]
        for p, m, q in zip(*values, strict=True):
            one += (b - a) * (abs(p) + abs(q)) / 2
            two += (b - a) * (p**2 + 4 * m**2 + q**2) / 6
    return one, two


@pytest.mark.parametrize("seed", range(60))
def test_integrals_over_an_interval_are_those_between_breaks_and_zeros(seed):
    c = Chooser.seeded("interval", seed)
    network = draw_network(c, most_inputs=1, most_hidden=5)
    other = disguised(c, zero(network), 1)
    low, high = F(-c.integer(1, 9), 3), F(c.integer(1, 9), 2)
    expected = integrals(network, low, high)
    found = tuple(distance(network, other, Domain.box([(low, high)]), norm).power for norm in ("l1", "l2"))
    assert found == expected
    opened = Domain.from_inequalities(1, [([1], -low, ">"), ([1], -high, "<")])
    assert distance(other, network, opened, "l1").power == expected[0]


# two and three inputs: networks that are affine on the simplices x_p1 >= x_p2 >= ... of the unit cubes -----


def simplices(n: int, size: int) -> list[list[tuple[int, ...]]]:
    """The simplices of [-size, size]^n, each of volume 1 / n!."""
    result = []
    for corner in itertools.product(range(-size, size), repeat=n):
        for order in itertools.permutations(range(n)):
            vertices = [corner]
            for j in order:
                vertices.append(tuple(x + int(i == j) for i, x in enumerate(vertices[-1])))
            result.append(vertices)
    return result


def integral_of_absolute(values: list[Fraction], volume: Fraction) -> Fraction:
    """The integral of |f| over a triangle: a corner whose value has its own sign is a smaller triangle."""
    mean = sum(values) / 3
    for i, top in enumerate(values):
        p, q = values[:i] + values[i + 1 :]
        if top and top * p <= 0 and top * q <= 0:
            corner = top / 3 * (top / (top - p)) * (top / (top - q))
            return volume * abs(2 * corner - mean)
    return volume * abs(mean)


def grid_network(c: Chooser, n: int) -> Network:
    rows, offsets = [], []
    for _ in range(4):
        i, j = c.integer(0, n - 1), c.integer(0, n - 1)
        row = [0] * n
        row[i] += 1
        row[j] -= int(i != j)
        sign = c.choose([-1, 1])
        rows.append([sign * entry for entry in row])
        offsets.append(c.integer(-1, 1))
    out = [[F(c.integer(-4, 4), 3) for _ in rows] for _ in range(c.integer(1, 2))]
    return Network.from_rationals([(rows, offsets), (out, [c.integer(-1, 1) for _ in out])])


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("seed", range(8))
def test_integrals_over_a_box_are_sums_over_simplices(n, seed):
    network = grid_network(Chooser.seeded("grid", n, seed), n)
    volume = F(1, math.factorial(n))
    one = two = F(0)
    for vertices in simplices(n, 2):
        for values in zip(*(evaluate(network, vertex)[1] for vertex in vertices), strict=True):
            two += volume * (sum(values) ** 2 + sum(v**2 for v in values)) / ((n + 1) * (n + 2))
            one += integral_of_absolute(list(values), volume) if n == 2 else 0
    box = Domain.box([(-2, 2)] * n)
    assert distance(network, zero(network), box, "l2").power == two
    if n == 2:
        assert distance(network, zero(network), box, "l1").power == one


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_closed_forms_on_the_cube(n):
    total = Network.from_rationals([([[1] * n], None)])
    cube = Domain.box([(-1, 1)] * n)
    # The mean of |U_1 + ... + U_n|, U_i uniform in [-1, 1]: 1/2, 2/3, 13/16, 14/15; of the square: n/3.
    mean = [F(1, 2), F(2, 3), F(13, 16), F(14, 15)][n - 1]
    assert distance(total, zero(total), cube, "l1").power == 2**n * mean
    assert distance(total, zero(total), cube, "l2").power == F(2**n * n, 3)
    assert distance(total, zero(total), cube).power == n


@pytest.mark.parametrize(
    ("rows", "volume"),
    [
        ([(1, 1, 1, 1), (-1, -1, 1, 1), (1, -1, -1, 1), (-1, 1, -1, 1)], F(8, 3)),  # a regular simplex
        ([(*signs, 1) for signs in itertools.product((1, -1), repeat=3)], F(4, 3)),  # the octahedron
        ([(*signs, 2) for signs in itertools.product((1, -1), repeat=4)], F(32, 3)),
        ([(1, 0, 0, 1), (-1, 0, 0, 1), (0, 1, 0, 1), (0, -1, 0, 1), (0, 0, 1, 0), (1, 1, -4, 9)], F(9)),
    ],
)
def test_volumes_of_polytopes(rows, volume):
    from exactrelu.polyhedra.constraints import Relation
    from exactrelu.polyhedra.polyhedron import Functional

    n = len(rows[0]) - 1
    polyhedron = Polyhedron.universe(n)
    for row in rows:
        polyhedron.restrict(Functional(row), Relation.AT_LEAST)
    assert Polytope(polyhedron, n).volume == volume


@pytest.mark.parametrize("seed", range(20))
def test_the_integral_of_an_absolute_value_is_that_of_the_parts_that_a_cut_leaves(seed):
    from exactrelu.polyhedra.constraints import Relation
    from exactrelu.polyhedra.polyhedron import Functional

    c = Chooser.seeded("absolute", str(seed))
    n = c.integer(1, 4)
    box = Polyhedron.universe(n)
    for j in range(n):
        for sign, end in ((1, 1), (-1, c.integer(1, 3))):
            box.restrict(Functional((*(sign * int(i == j) for i in range(n)), end)), Relation.AT_LEAST)
    cut = [c.integer(-2, 2) for _ in range(n)]
    box.restrict(Functional((*cut, 2 * sum(map(abs, cut)) + 1)), Relation.AT_LEAST)
    row = [*(c.integer(-2, 2) for _ in range(n)), c.integer(-2, 2)]
    total = F(0)
    if any(row[:-1]):
        for relation in (Relation.AT_LEAST, Relation.AT_MOST):
            part = box.restricted(Functional(tuple(row)), relation)
            if part.dimension() == n:
                total += abs(Polytope(part, n).integral([F(entry) for entry in row]))
    else:
        total = abs(row[-1]) * Polytope(box, n).volume
    assert Polytope(box, n).integral_of_absolute([F(entry) for entry in row]) == total


# sup and w1inf ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("network", "domain"), seeded_cases(60, most_neurons=5))
def test_the_sup_norm_is_a_bound_that_no_smaller_number_is(network, domain):
    c = Chooser.seeded("other", network.digest)
    other = disguised(
        c, Network((*network.layers[:-1], network.layers[-1].scaled(F(c.integer(-2, 3), 2)))), 2
    )
    found = distance(network, other, domain)
    difference = network - other
    if found.point is None:
        assert dimension_of(domain.dimension, domain_constraints(domain)) == -1
        return

    def beyond(bound: Fraction, *, strict: bool) -> bool:
        def claim(outputs):
            import z3

            b = z3.RealVal(str(bound))
            sides = [(y > b, -y > b) if strict else (y >= b, -y >= b) for y in outputs]
            return z3.Or(*itertools.chain.from_iterable(sides))

        return z3_satisfiable(difference, domain, claim)

    if found.power == math.inf:
        along = [x + v for x, v in zip(found.point, found.ray, strict=True)]
        start, end = (abs(evaluate(difference, x)[1][found.output]) for x in (found.point, along))
        assert end > start
        assert beyond(F(10) ** 9, strict=True)
        return
    assert not beyond(found.power, strict=True)
    assert beyond(found.power, strict=False) == found.attained
    assert abs(evaluate(difference, found.point)[1][found.output]) == found.power
    assert domain.contains(found.point) or not found.attained
    if not found.attained:
        assert beyond(found.power - F(1, 10**9), strict=True)


@pytest.mark.parametrize(("network", "domain"), seeded_cases(60, most_neurons=5, units=25))
def test_the_semi_norm_is_the_largest_entry_over_the_cells(network, domain):
    found = distance(network, zero(network), domain, "w1inf")
    if dimension_of(domain.dimension, domain_constraints(domain)) < domain.dimension:
        return
    entries = [
        abs(entry)
        for bits, _ in configurations(network, domain, "full")
        for normal, _ in rows_on_cell(network, bits_of(bits))[-1]
        for entry in normal
    ]
    assert found.power == max(entries)


def test_on_a_line_the_derivative_is_projected():
    # relu(3 x1 + x2) on {x1 = x2}: the slope along (1, 1) is 4, the projected gradient (2, 2).
    net = Network.from_rationals([([[3, 1]], None), ([[1]], None)])
    line = Domain.from_inequalities(2, [([1, -1], 0, "=")])
    assert distance(net, zero(net), line, "w1inf").power == 2
    # relu(x1) - relu(x2) vanishes there.
    kink = Network.from_rationals([([[1, 0], [0, 1]], None), ([[1, -1]], None)])
    assert distance(kink, zero(kink), line, "w1inf").power == 0
    assert distance(kink, zero(kink), Domain.box([(1, 1)] * 2), "w1inf").power == 0


@pytest.mark.parametrize("seed", range(20))
def test_equal_networks_have_distance_zero_and_only_they(seed):
    c = Chooser.seeded("zero", seed)
    network = draw_network(c, most_inputs=2, most_hidden=4)
    other = disguised(c, network)
    box = Domain.box([(-1, 2)] * network.inputs)
    assert [distance(network, other, box, norm).power for norm in NORMS] == [0, 0, 0, 0]
    shift = Network.from_rationals([([[0] * network.inputs] * network.outputs, [TINY] * network.outputs)])
    changed = other + shift
    assert decide_equality(network, changed, box).verdict == "refuted"
    assert [distance(network, changed, box, norm).power > 0 for norm in NORMS] == [True, False, True, True]


# domains ----------------------------------------------------------------------------------------------------


def test_on_an_open_domain_the_supremum_is_not_attained():
    opened = Domain.from_inequalities(1, [([1], 1, ">"), ([1], -3, "<")])
    found = distance(ABSOLUTE_VALUE, ZERO, opened)
    assert (found.power, found.attained, found.point) == (3, False, (3,))
    half = Domain.from_inequalities(1, [([1], 3, ">="), ([1], -3, "<")])
    found = distance(ABSOLUTE_VALUE, ZERO, half)
    assert (found.power, found.attained, found.point) == (3, True, (-3,))


@pytest.mark.parametrize("norm", ["sup", "l1", "l2"])
def test_on_an_unbounded_domain_the_distance_may_be_infinite(norm):
    found = distance(ABSOLUTE_VALUE, ZERO, norm=norm)
    assert (found.power, found.value, found.attained) == (math.inf, math.inf, False)
    assert found.ray in ((1,), (-1,))


def test_integrals_are_finite_where_the_difference_vanishes_on_unbounded_cells():
    tent = Network.from_rationals([([[1, 0]] * 3, [1, 0, -1]), ([[1, -2, 1]], None)])
    other = Network.from_rationals([([[0, 0]], None)])
    strip = Domain.from_inequalities(2, [([0, 1], 0, ">="), ([0, 1], -1, "<")])
    assert [distance(tent, other, strip, norm).power for norm in NORMS] == [1, 1, 1, F(2, 3)]
    assert distance(tent, other, norm="l1").power == math.inf


def test_on_a_domain_of_lower_dimension_integrals_are_refused():
    for norm in ("l1", "l2"):
        with pytest.raises(DomainError, match=f"{norm} distance: expected a domain of dimension 1"):
            distance(ABSOLUTE_VALUE, ZERO, Domain.box([(1, 1)]), norm)
    assert distance(ABSOLUTE_VALUE, ZERO, Domain.box([(1, 1)])).power == 1


def test_on_an_empty_domain_every_distance_is_zero():
    empty = Domain.from_inequalities(1, [([1], 0, "<"), ([1], 0, ">")])
    for norm in NORMS:
        found = distance(ABSOLUTE_VALUE, ZERO, empty, norm)
        assert (found.power, found.point, found.attained) == (0, None, None)


def test_bad_arguments_are_refused():
    with pytest.raises(ArgumentError, match="norm: expected sup, w1inf, l1 or l2, got 'l3'"):
        distance(ABSOLUTE_VALUE, ZERO, norm="l3")
    with pytest.raises(NetworkError, match="expected 1 inputs"):
        distance(ABSOLUTE_VALUE, Network.from_rationals([([[1, 1]], None)]))
    with pytest.raises(BudgetExhaustedError):
        distance(ABSOLUTE_VALUE, ZERO, search=Search(max_regions=1))


# the command ------------------------------------------------------------------------------------------------


@pytest.fixture
def files(exactrelu):
    return exactrelu.file("one.json", ABSOLUTE), exactrelu.file("two.json", network_document(([["0"]], None)))


def test_the_command_prints_each_norm(exactrelu, files):
    documents = [
        exactrelu("distance", *files, "--box", "-1:3", "--norm", n, "--json", "-").json for n in NORMS
    ]
    assert [d.get("value", d.get("square")) for d in documents] == ["3", "1", "5", "28/3"]
    assert [d["norm"] for d in documents] == NORMS
    assert documents[0]["point"] == ["3"]
    assert documents[1]["configurations"] in (["01", ""], ["10", ""])
    text = exactrelu("distance", *files, "--box", "-1:3", "--norm", "l2")
    assert text.status == 0
    assert "sqrt(28/3) = ~3.055050463304" in text.out


def test_the_command_certifies_the_sup_norm(exactrelu, files, tmp_path):
    path = str(tmp_path / "c.jsonl")
    for options in (["--box", "-1:3"], []):
        assert exactrelu("distance", *files, *options, "--certificate", path).status == 0
        assert checker.check(path)
    result = exactrelu("distance", *files, "--norm", "l1", "--certificate", path)
    assert result.is_refusal("--certificate: expected --norm sup")


def test_the_command_says_infinite_with_a_ray_and_refuses_flat_domains(exactrelu, files):
    document = exactrelu("distance", *files, "--norm", "l1", "--json", "-").json
    assert (document["value"], document["attained"]) == ("inf", False)
    assert document["ray"] in (["1"], ["-1"])
    assert exactrelu("distance", *files, "--norm", "l2", "--box", "1:1").is_refusal(
        "expected a domain of dimension 1"
    )
    empty = exactrelu.file("d.json", domain_document((["1"], 0, "<"), (["1"], 0, ">")))
    assert exactrelu("distance", *files, "--domain", empty, "--json", "-").json["value"] == "0"


# few inputs, several layers: the table of vertices of the difference -------------------------------------


@pytest.mark.parametrize("step", [F(1, 16), TINY, F(2**54)])
@pytest.mark.parametrize("place", [(0, 0, 0), (0, 3, 4), (1, 0, 2), (2, 0, 1)])
def test_deep_networks_that_differ_in_one_weight_are_as_far_apart_as_the_list_of_cells_says(place, step):
    layers = [
        ([[F((7 * i + 5 * j + 3 * k) % 13 - 6, 4) for j in range(n)] for i in range(m)], [F(k - 1)] * m)
        for k, (n, m) in enumerate([(5, 5), (5, 4), (4, 2)])
    ]
    one = Network.from_rationals(layers)
    k, i, j = place
    layers[k][0][i][j] += step
    two, box = Network.from_rationals(layers), Domain.box([(0, 1)] * 5)
    found, listed = distance(one, two, box), distance(one, two, box, search=Search("ppl"))
    assert found.power == listed.power
    assert max(abs(a - b) for a, b in zip(one(found.point), two(found.point), strict=True)) == found.power


def test_the_largest_difference_on_an_open_box_is_attained_by_the_output_that_has_it_inside():
    # On 0 < x_i < 1 the first difference comes to 5 at a corner alone, the second is 5 on all of x_1 >= 5/8.
    n = 5
    rows, zeros = [[1] * n, [8] + [0] * (n - 1), [8] + [0] * (n - 1)], [[0, 0, 0], [0, 0, 0]]
    last = [[1, 0, 0], [0, 1, -1]]
    zero = Network.from_rationals([(rows, None), (zeros, None)])
    other = Network.from_rationals([(rows, [0, 0, -5]), (last, None)])
    inequalities = [([int(i == j) for i in range(n)], offset, relation)
                    for j in range(n) for offset, relation in ((0, ">"), (-1, "<"))]  # fmt: skip
    open_box = Domain.from_inequalities(n, inequalities)
    found = distance(zero, other, open_box)
    assert (found.power, found.attained, found.output) == (5, True, 1)
    assert open_box.contains(found.point)
    assert other(found.point)[1] == 5
    single = Network.from_rationals([(rows, None), (last, None)])  # the second output is zero
    corner = distance(zero, single, open_box)
    assert (corner.power, corner.attained, corner.output) == (5, False, 0)
