"""From functions to networks and back: built, proved, and rebuilt from the network's own forms."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from fractions import Fraction

import pytest

import exactrelu
from exactrelu.analysis.equality import decide_equality
from exactrelu.construction import max_min
from exactrelu.construction.build import build
from exactrelu.construction.cover import convex_union, merged, uncovered_point
from exactrelu.construction.max_min import MaxMinForm, max_min_form
from exactrelu.construction.max_min_network import max_min_network
from exactrelu.construction.network_pieces import function_of_network
from exactrelu.construction.one_hidden_layer import Obstruction, one_layer_form
from exactrelu.construction.piecewise import AffinePiece, PiecewiseAffine, function_from_pieces
from exactrelu.construction.realization import decide_realization
from exactrelu.construction.triangulations import function_from_breakpoints, function_from_triangulation
from exactrelu.errors import BudgetExhaustedError, FunctionError, NetworkError, NotShallowError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.verdict import Verdict
from tests.support.drawn_networks import Chooser, draw_domain, draw_network


def square_mesh(n, value):
    """Return vertices, values and triangles of the square [0, n]^2, each unit square cut at its diagonal."""
    vertices = list(itertools.product(range(n + 1), repeat=2))
    place = {vertex: k for k, vertex in enumerate(vertices)}
    simplices = [
        [place[(i, j)], place[corner], place[(i + 1, j + 1)]]
        for i, j in itertools.product(range(n), repeat=2)
        for corner in ((i + 1, j), (i, j + 1))
    ]
    return vertices, [value(vertex) for vertex in vertices], simplices


def cube_mesh(value):
    """Return the six tetrahedra of the cube [0, 1]^3 along its diagonal."""
    vertices = list(itertools.product((0, 1), repeat=3))
    simplices = []
    for order in itertools.permutations(range(3)):
        path = [(0, 0, 0)]
        for axis in order:
            path.append(tuple(int(i == axis) or x for i, x in enumerate(path[-1])))
        simplices.append([vertices.index(point) for point in path])
    return vertices, [value(vertex) for vertex in vertices], simplices


def points_of(function: PiecewiseAffine):
    """Return points of each piece: a relatively inner one, its vertices, and one along each ray."""
    for piece in function.pieces:
        points, rays, lines = piece.cell.generators()
        inside = piece.cell.relative_interior_point()
        yield from (inside, *points)
        yield from (tuple(a + 3 * b for a, b in zip(inside, ray, strict=True)) for ray in [*rays, *lines])


def assert_built(function, method="auto"):
    """Build, see the proof, take the second road (equality on each piece, values at points), rebuild."""
    built = build(function, method)
    assert built.decision.verdict is Verdict.HOLDS
    assert built.network.is_relu
    pieces = (
        function
        if isinstance(function, PiecewiseAffine)
        else function_of_network(built.network, function.domain)
    )
    for piece in pieces.pieces:
        assert exactrelu.are_equal(built.network, Network((piece.affine_map,)), piece.domain)
    for point in points_of(pieces):
        assert built.network(point) == function(point)
    own = max_min_form(function_of_network(built.network, function.domain))
    again = build(own, "max-min")
    assert again.decision.verdict is Verdict.HOLDS
    assert exactrelu.are_equal(again.network, built.network, function.domain)
    return built


# what the judge names --------------------------------------------------------------------------------


def test_the_maximum_of_five_numbers_has_three_hidden_layers_and_comes_back_from_its_own_form():
    identity = AffineMap.from_rationals([[int(i == j) for j in range(5)] for i in range(5)])
    largest = MaxMinForm(identity, (tuple((j,) for j in range(5)),), Domain.whole_space(5))
    built = build(largest)
    assert built.decision.verdict is Verdict.HOLDS
    assert built.network.depth - 1 == 3
    assert isinstance(built.obstruction, Obstruction)
    function = function_of_network(built.network)
    assert len(function.pieces) == 5
    own = max_min_form(function)
    assert sorted(own.affine.rows) == sorted(identity.rows)
    assert sorted(own.terms[0]) == [(j,) for j in range(5)]
    again = max_min_network(own)
    assert exactrelu.are_equal(again, built.network)
    rng = random.Random(5)  # noqa: S311
    for _ in range(50):
        point = [Fraction(rng.randint(-9, 9), rng.randint(1, 9)) for _ in range(5)]
        assert built.network(point) == again(point) == (max(point),)


def test_the_hat_on_a_triangulated_square_needs_two_layers_inside_and_one_where_its_bends_end_at_the_border():
    inside = function_from_triangulation(*square_mesh(4, lambda v: int(v == (2, 2))))
    built = assert_built(inside)
    assert built.obstruction is not None
    assert built.network.depth - 1 > 1
    whole = function_from_triangulation(*square_mesh(2, lambda v: int(v == (1, 1))))
    assert assert_built(whole).network.widths == (2, 5, 1)


@pytest.mark.parametrize("seed", range(4))
def test_random_functions_in_the_plane(seed):
    rng = random.Random(seed)  # noqa: S311
    assert_built(
        function_from_triangulation(*square_mesh(2 + seed % 2, lambda _: Fraction(rng.randint(-4, 4), 2)))
    )


@pytest.mark.parametrize("seed", range(4))
def test_random_functions_in_space(seed):
    rng = random.Random(seed)  # noqa: S311
    assert_built(function_from_triangulation(*cube_mesh(lambda _: rng.randint(-3, 3))))


@pytest.mark.parametrize("seed", range(25))
def test_the_pieces_of_degenerate_networks_become_networks_again(seed):
    c = Chooser.seeded("construction", seed)
    net = draw_network(c, most_inputs=2, most_hidden=4)
    domain = draw_domain(c, net.inputs)
    if domain.is_empty:
        return
    function = function_of_network(net, domain)
    checked = function_from_pieces([(piece.domain, piece.affine_map) for piece in function.pieces], domain)
    built = assert_built(checked)
    assert exactrelu.are_equal(built.network, net, domain)


def test_a_piece_is_cut_where_no_term_for_all_of_it_stays_below_the_function(monkeypatch):
    up, below = ([0, 1], 0, ">="), ([0, 1], 0, "<=")
    fan = [
        ([up], [0, 0]),
        ([below, ([1, 1], 0, ">=")], [0, 1]),
        ([([1, 1], 0, "<="), ([4, 3], 0, ">=")], ["1/3", "4/3"]),
        ([([4, 3], 0, "<="), ([2, 1], 0, ">=")], ["-13/3", "-13/6"]),
        ([below, ([2, 1], 0, "<=")], [0, 0]),
    ]
    function = function_from_pieces(
        [(Domain.from_inequalities(2, rows), AffineMap.from_rationals([row])) for rows, row in fan]
    )
    halves, cuts = max_min._Search._halves, []
    monkeypatch.setattr(max_min._Search, "_halves", lambda *a: cuts.append(a) or halves(*a))
    assert_built(function, "max-min")
    assert cuts
    monkeypatch.setattr(max_min._Search, "_excess", lambda *_: None)  # no term is checked any more
    wrong = max_min_form(function)
    assert decide_realization(max_min_network(wrong), function).verdict is Verdict.REFUTED


# shapes of domains -----------------------------------------------------------------------------------


def test_one_dimension_has_the_fewest_neurons_and_slopes_at_both_ends():
    zigzag = function_from_breakpoints([(0, 0), ("1/2", 1), (1, 0), (2, "-1/3")], left=-1, right=0)
    built = assert_built(zigzag)
    assert built.network.widths == (1, 4, 1)
    assert [zigzag((x,))[0] for x in (-2, "1/4", "3/2", 7)] == [
        2,
        Fraction(1, 2),
        Fraction(-1, 6),
        Fraction(-1, 3),
    ]
    assert assert_built(zigzag, "max-min").network.depth - 1 == 3


def test_affine_and_constant_functions_have_no_hidden_layer():
    line = function_from_breakpoints([(0, [1, 5]), (1, [3, 5])], left=[2, 0], right=[2, 0])
    assert assert_built(line).network.widths == (1, 2)
    assert assert_built(line, "max-min").network.widths == (1, 2)


def test_unbounded_pieces_with_rays_and_lines():
    strip = Domain.from_inequalities(2, [([1, 1], 0, ">=")])
    other = Domain.from_inequalities(2, [([1, 1], 0, "<")])
    maps = [AffineMap.from_rationals([[2, 2], [0, 1]]), AffineMap.from_rationals([[-1, -1], [0, 1]])]
    built = assert_built(function_from_pieces(list(zip([strip, other], maps, strict=True))))
    assert built.network.depth == 2


@pytest.mark.parametrize("method", ["auto", "max-min"])
def test_a_domain_of_lower_dimension_and_one_that_is_a_point(method):
    edge = Domain.from_inequalities(2, [([1, 1], -1, "="), ([1, 0], 0, ">=")])
    left, right = (replace(edge, constraints=(*edge.constraints, *half.constraints)) for half in (
        Domain.from_inequalities(2, [([1, 0], -1, "<=")]), Domain.from_inequalities(2, [([1, 0], -1, ">=")])
    ))  # fmt: skip
    tent = function_from_pieces(
        [(left, AffineMap.from_rationals([[1, 0]])), (right, AffineMap.from_rationals([[0, 1]], [1]))], edge
    )
    assert assert_built(tent, method).network((3, -2)) == (-1,)
    point = Domain.from_inequalities(1, [([1], -2, "=")])
    assert assert_built(
        function_from_pieces([(point, AffineMap.from_rationals([[5]]))], point), method
    ).network((2,)) == (10,)


def test_pieces_may_overlap_stick_out_and_be_flat_where_they_agree():
    box = Domain.box([(0, 2), (0, 1)])
    absolute = [AffineMap.from_rationals([[sign, 0]], [-sign]) for sign in (1, -1)]
    cells = [Domain.box([(1, 5), (-1, 3)]), Domain.box([(-3, 1), (-1, 3)]), Domain.box([(0, "1/2"), (0, 1)]),
             Domain.box([(1, 1), (0, 9)]), Domain.box([(7, 8), (0, 1)])]  # fmt: skip
    maps = [
        absolute[0],
        absolute[1],
        absolute[1],
        AffineMap.from_rationals([[0, 0]]),
        AffineMap.from_rationals([[9, 9]]),
    ]
    built = assert_built(function_from_pieces(list(zip(cells, maps, strict=True)), box))
    assert built.network.widths == (2, 2, 1)


# what is refused ----------------------------------------------------------------------------------------

PLUS, MINUS = (Domain.from_inequalities(1, [([1], 0, relation)]) for relation in (">=", "<="))
ONE, TWO = AffineMap.from_rationals([[1]]), AffineMap.from_rationals([[2]], [1])


@pytest.mark.parametrize(
    ("pieces", "message"),
    [
        ([(PLUS, ONE)], r"a gap at \(-1\)"),
        (
            [(PLUS, ONE), (MINUS, TWO)],
            r"pieces\[0\] and pieces\[1\].* a discontinuity at \(0\): \(0\) and \(1\)",
        ),
        ([(PLUS, ONE), (MINUS, ONE), (Domain.box([(1, 3)]), TWO)], r"an overlap at \(2\): \(2\) and \(5\)"),
        (
            [(PLUS, ONE), (MINUS, AffineMap.from_rationals([[1], [1]]))],
            r"pieces\[1\]: expected a map R\^1 -> R\^1",
        ),
        ([], "at least one"),
        ([(Domain.box([(0, 0)]), ONE)], "a gap at"),
    ],
)
def test_pieces_that_are_no_function_are_refused_with_a_point(pieces, message):
    with pytest.raises(FunctionError, match=message):
        function_from_pieces(pieces)


def test_values_that_differ_along_a_ray_only_are_seen():
    half, other = (Domain.from_inequalities(2, [([0, 1], 0, relation)]) for relation in (">=", "<="))
    maps = AffineMap.from_rationals([[1, 0]]), AffineMap.from_rationals([[0, 0]])
    with pytest.raises(FunctionError, match="a discontinuity at"):
        function_from_pieces(list(zip((half, other), maps, strict=True)))


@pytest.mark.parametrize(
    ("vertices", "values", "simplices", "message"),
    [
        ([(0, 0), (1, 1), (2, 2)], [0, 0, 0], [[0, 1, 2]], "a flat one: "),
        ([(0, 0), (1, 0), (0, 1)], [0, 0, 0], [[0, 1]], "expected 3 vertices, got 2"),
        ([(0, 0), (1, 0), (0, 1)], [0, 0, 0], [[0, 1, 3]], "expected indices from 0 to 2, got 3"),
        ([(0, 0), (1, 0), (0, 1), (5, 5)], [0] * 4, [[0, 1, 2]], r"vertices\[3\]: expected in some simplex"),
        ([(0, 0), (1, 0), (0, 1)], [0, 0], [[0, 1, 2]], "values: expected 3"),
        (
            [(0, 0), (2, 0), (0, 2), (1, 1), (2, 2)],
            [0, 0, 0, 5, 0],
            [[0, 1, 2], [1, 3, 4], [2, 3, 4]],
            "a discontinuity",
        ),
        ([(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1)], [0] * 5, [[0, 1, 2], [0, 3, 4]], "a gap at"),
        ([(0,), (1,), (2,)], [0, 0, [1, 2]], [[0, 1], [1, 2]], r"values\[2\]: expected 1 values, got 2"),
    ],
)
def test_what_is_no_triangulation_is_refused(vertices, values, simplices, message):
    with pytest.raises(FunctionError, match=message):
        function_from_triangulation(vertices, values, simplices)


def test_a_hanging_vertex_is_fine_where_values_agree():
    vertices, simplices = [(0, 0), (2, 0), (0, 2), (1, 1), (2, 2)], [[0, 1, 2], [1, 3, 4], [2, 3, 4]]
    assert_built(function_from_triangulation(vertices, [0, 0, 0, 0, 3], simplices))


def test_a_hat_on_the_star_of_a_vertex_that_is_not_convex_is_zero_outside():
    vertices = [(0, 0), (2, 0), ("1/2", "1/2"), (0, 2), (-1, -1)]
    star = [[0, 1, 2], [0, 2, 3], [0, 3, 4], [0, 4, 1]]
    with pytest.raises(FunctionError, match="a gap at"):
        function_from_triangulation(vertices, [1, 0, 0, 0, 0], star)
    hat = function_from_triangulation(vertices, [1, 0, 0, 0, 0], star, outside=0)
    assert hat.domain.is_whole_space
    built = assert_built(hat)
    assert [built.network(x)[0] for x in ((0, 0), (1, 1), ("1/4", "1/4"), (9, -9), (1, 0))] == [
        1, 0, Fraction(1, 2), 0, Fraction(1, 2)]  # fmt: skip
    with pytest.raises(FunctionError, match="and outside: expected equal values, got a discontinuity at"):
        function_from_triangulation(vertices, [1, 0, 0, 1, 0], star, outside=0)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([], "at least one"),
        ([(0, 1)], "one point alone"),
        ([(0, 1), (0, 2)], r"points\[1\]: expected x greater than 0"),
    ],
)
def test_breakpoints_that_are_no_function_are_refused(points, message):
    with pytest.raises(FunctionError, match=message):
        function_from_breakpoints(points)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ((), "outputs: expected"),
        (((),), r"outputs\[0\]: expected"),
        ((((),),), r"outputs\[0\]\[0\]"),
        ((((2,),),), "from 0 to 1"),
    ],
)
def test_what_is_no_max_min_form_is_refused(terms, message):
    with pytest.raises(FunctionError, match=message):
        MaxMinForm(AffineMap.from_rationals([[1], [2]]), terms, Domain.whole_space(1))


# the proof, with objects that are broken -------------------------------------------------------------------


def broken_networks(network: Network):
    """Yield networks with one number of the last two layers changed by 2^-60."""
    tiny = Fraction(1, 2**60)
    for k in (network.depth - 1, network.depth - 2):
        for i, row in enumerate(network.layers[k].rows):
            for j, entry in enumerate(row):
                rows = [list(other) for other in network.layers[k].rows]
                rows[i][j] = entry + tiny
                layer = AffineMap.from_rationals([r[:-1] for r in rows], [r[-1] for r in rows])
                yield Network((*network.layers[:k], layer, *network.layers[k + 1 :]))


def test_a_network_that_differs_by_one_tiny_weight_is_refuted_with_a_point_where_it_does():
    function = function_from_triangulation(*square_mesh(2, lambda v: v[0] * (v[1] - 1)))
    built = build(function, "max-min")
    for given in (function, built.form):
        refuted = 0
        for network in broken_networks(built.network):
            decision = decide_realization(network, given)
            same = decide_equality(network, built.network, function.domain).verdict is Verdict.HOLDS
            assert (decision.verdict is Verdict.HOLDS) == same
            if not same:
                assert decision.expected == function(decision.point)
                assert decision.got == network(decision.point) != decision.expected
                refuted += 1
        assert refuted > 10


def test_a_form_with_a_term_too_many_too_few_or_too_small_is_refuted():
    function = function_from_breakpoints([(0, 0), (1, 1), (2, 0), (3, 2)])
    built = build(function, "max-min")
    form = built.form
    assert form is not None
    assert form.terms == (((0, 1), (2,)),)
    for terms in (((0,), (2,)), ((0, 1),), ((2,),), ((0, 1, 2),), ((0, 1), (1,)), ((0, 1), (2,), (0,))):
        wrong = MaxMinForm(form.affine, (terms,), form.domain)
        decision = decide_realization(built.network, wrong)
        assert decision.verdict is Verdict.REFUTED
        assert wrong(decision.point) == decision.expected != built.network(decision.point)


def test_a_function_with_a_piece_changed_is_refuted():
    function = function_from_breakpoints([(0, 0), (1, 1), (2, 0)])
    network = build(function).network
    first, second = function.pieces
    wrong = PiecewiseAffine(function.domain, (first, AffinePiece(second.cell, ONE)))
    assert decide_realization(network, wrong).verdict is Verdict.REFUTED
    hole = PiecewiseAffine(function.domain, (first,))
    with pytest.raises(ArithmeticError, match="do not cover"):
        decide_realization(network, hole)


def test_limits_and_shapes():
    function = function_from_triangulation(*square_mesh(3, lambda v: (-1) ** sum(v)))
    network = build(function, "max-min").network
    decision = decide_realization(network, function, search=exactrelu.Search(max_regions=3))
    assert decision.verdict is Verdict.UNKNOWN
    assert "more than 3" in decision.reason
    with pytest.raises(BudgetExhaustedError):
        function_of_network(network, function.domain, search=exactrelu.Search(max_regions=3))
    with pytest.raises(NetworkError, match="expected 2 inputs and 1 outputs"):
        decide_realization(Network((ONE,)), function)


# one hidden layer ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_functions_of_one_hidden_layer_are_found_to_be_such_with_no_more_neurons(seed):
    c = Chooser.seeded("one layer", seed)
    net = draw_network(c, most_inputs=3, most_hidden=5).first_layers(1)
    outputs = c.integer(1, 2)
    last = [[c.integer(-2, 2) for _ in range(net.outputs)] for _ in range(outputs)]
    net = Network((net.layers[0], AffineMap.from_rationals(last)))
    function = function_of_network(net)
    form = one_layer_form(function)
    assert form == exactrelu.canonical_form(net)
    assert sum(build(function).network.hidden_widths) <= net.hidden_widths[0]


def test_the_obstruction_names_points_with_different_jumps():
    quarter = MaxMinForm(
        AffineMap.from_rationals([[1, 0], [0, 1], [0, 0]]), (((0, 1), (2,)),), Domain.whole_space(2)
    )
    with pytest.raises(NotShallowError, match="the gradient jumps by") as caught:
        build(quarter, "shallow")
    found = caught.value.obstruction
    function = function_of_network(max_min_network(quarter))
    normal = found.hyperplane[:-1]
    step = Fraction(1, 1000)
    for point, jump in ((found.point, found.jump), (found.other_point, found.other_jump)):
        ahead, behind = (tuple(x + s * step * a for x, a in zip(point, normal, strict=True)) for s in (1, -1))
        second = function(ahead)[0] + function(behind)[0] - 2 * function(point)[0]
        assert second == jump[0] * step * sum(a * a for a in normal)
    assert found.jump != found.other_jump


def test_a_jump_that_ends_inside_a_piece_or_changes_along_the_line_is_an_obstruction():
    corner = function_from_triangulation(*square_mesh(4, lambda v: int(v == (2, 2))))
    assert isinstance(one_layer_form(corner), Obstruction)
    spokes = [[0, 1, 2], [0, 2, 3], [1, 2, 4], [2, 3, 4]]
    for height, is_shallow in (("1", True), ("1/2", False)):  # the spokes go on beyond the middle, or not
        corners = [(0, 0), (2, 0), (1, height), (0, 2), (2, 2)]
        found = one_layer_form(function_from_triangulation(corners, [0, 0, 1, 0, 1], spokes))
        assert isinstance(found, Obstruction) != is_shallow
    heights = {(2, 0): 1, (2, 1): 1, (2, 2): 3}
    steeper = one_layer_form(function_from_triangulation(*square_mesh(2, lambda v: heights.get(v, 0))))
    assert isinstance(steeper, Obstruction)
    assert (steeper.hyperplane, {*steeper.jump, *steeper.other_jump}) == ((1, 0, -1), {1, 3})


# covers ----------------------------------------------------------------------------------------------


def test_covers_are_decided_by_points_and_convex_unions_are_found():
    square = Domain.box([(0, 2), (0, 2)]).closure
    quarters = [Domain.box([(i, i + 1), (j, j + 1)]).closure for i in (0, 1) for j in (0, 1)]
    assert uncovered_point(square, quarters) is None
    assert [sorted(piece.constraints()[1]) for piece in merged(quarters)] == [sorted(square.constraints()[1])]
    for k in range(4):
        others = quarters[:k] + quarters[k + 1 :]
        x, y = uncovered_point(square, others)
        assert (x > 1, y > 1) == (k > 1, k % 2 == 1)
        assert len(merged(others)) == 2
    assert convex_union(quarters[0], quarters[3]) is None
    assert convex_union(quarters[0], quarters[1]) is not None


def test_a_point_outside_avoids_flat_parts_through_the_middle():
    square = Domain.box([(0, 2), (0, 2)]).closure
    flat = [
        Domain.from_inequalities(2, [(normal, offset, "=")]).closure
        for normal, offset in (([1, 0], -1), ([1, -1], 0))
    ]
    x, y = uncovered_point(square, flat)
    assert x not in (1, y)


@pytest.mark.parametrize(
    "size", [Fraction(10) ** 400, Fraction(1, 10**400), Fraction(10) ** 9 + Fraction(1, 10**9)]
)
def test_covers_are_exact_where_doubles_see_nothing(size):
    whole = Domain.box([(0, size)]).closure
    tiny = size / 10**40
    left, right, near = (
        Domain.box([ends]).closure for ends in ((0, size / 3), (size / 3, size), (size / 3 + tiny, size))
    )
    assert uncovered_point(whole, [left, right]) is None
    (x,) = uncovered_point(whole, [left, near])
    assert 0 < x - size / 3 < tiny
    assert uncovered_point(whole, []) is not None
