"""Networks with many inputs, by a second road: they are networks with few inputs of weighted means.

Let g(z) = f(P z), where each coordinate of P z is a mean of inputs of its own. P takes a box onto a box, so g
has the configurations, the classes and the ranges of f, which is small enough for PPL.
"""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest

from exactrelu import Domain, Network, Search, argmax_regions, count, output_range, region_at
from exactrelu.analysis.decision_regions import _never_largest
from exactrelu.analysis.optima import output_functions
from exactrelu.documents.region import region_document
from exactrelu.networks.region import cell_rows
from exactrelu.numbers.linear_algebra import primitive
from exactrelu.numbers.points import IntegerPoint
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.linear_program import inner_points
from exactrelu.polyhedra.minimal_rows import minimal_rows
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron, SignRange
from exactrelu.polyhedra.row_polyhedron import RowPolyhedron
from exactrelu.polyhedra.row_system import RowSystem
from exactrelu.verification.ground import Ground
from exactrelu.verification.maximum import closure_of, maximum
from exactrelu.verification.property import InputSet
from exactrelu.verification.root_bounds import disjuncts_that_fail
from tests.support.drawn_networks import Chooser, draw_network
from tests.test_maximum import draw_units

F = Fraction


def means(rng: random.Random, n: int, wide: int) -> list[list[Fraction]]:
    """Return n rows of weights with sum 1, each on coordinates of its own, which share all of them."""
    places = list(range(wide))
    rng.shuffle(places)
    cuts = [0, *sorted(rng.sample(range(1, wide), n - 1)), wide]
    rows = []
    for a, b in itertools.pairwise(cuts):
        weights = {j: rng.randint(1, 4) for j in places[a:b]}
        rows.append([F(weights.get(j, 0), sum(weights.values())) for j in range(wide)])
    return rows


def widened(rng: random.Random, network: Network, wide: int) -> tuple[Network, list[list[Fraction]]]:
    """Return z -> f(P z), and P."""
    rows = means(rng, network.inputs, wide)
    first = Network.from_rationals([(rows, None)])
    return network.after(first), rows


def drawn(seed: int, wide: int, *, with_units: bool = False):
    """Return a network, a wide one, their boxes' bounds, and which coordinate each wide one belongs to."""
    c, rng = Chooser.seeded("wide", seed, wide), random.Random(seed)  # noqa: S311 - tests
    network = draw_network(c, most_inputs=3, most_hidden=5)
    network = draw_units(c, network) if with_units else network
    other, rows = widened(rng, network, wide)
    ends = [sorted((rng.randint(-2, 2), rng.randint(-2, 2))) for _ in range(network.inputs)]
    owner = [next(k for k, row in enumerate(rows) if row[j]) for j in range(wide)]
    return network, other, [(low, high + rng.choice((0, 1, 1))) for low, high in ends], owner


def box_of(bounds, owner, relations=(">=", "<=")) -> Domain:
    n, rows = len(owner), []
    for j, k in enumerate(owner):
        unit = [int(i == j) for i in range(n)]
        rows += [(unit, -bounds[k][0], relations[0]), (unit, -bounds[k][1], relations[1])]
    return Domain.from_inequalities(n, rows)


def largest(network: Network, x) -> tuple[int, ...]:
    values = network(x)
    return tuple(i for i, value in enumerate(values) if value == max(values))


def on_side(x, bounds) -> bool:
    """Whether a point is on a side of the box: what is a facet there has lower dimension for means."""
    return any(low < high and t in (low, high) for t, (low, high) in zip(x, bounds, strict=True))


# whole answers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seed", "wide"), [*((s, 12) for s in range(40)), *((s, 103) for s in range(6))])
def test_the_argmax_regions_of_a_network_of_means_are_those_of_the_network(seed, wide):
    network, other, bounds, owner = drawn(seed, wide, with_units=seed % 3 == 0)
    one = argmax_regions(network, box_of(bounds, range(len(bounds))))
    two = argmax_regions(other, box_of(bounds, owner))
    inside = [f for f in one.boundary if not on_side(f.geometry.point, bounds)]
    for wanted, got in ((one.regions, two.regions), (inside, two.boundary)):
        names = [sorted((str(r.configuration), r.classes) for r in parts) for parts in (wanted, got)]
        assert names[0] == names[1]
    assert one.cells == two.cells
    for part in (*two.regions, *two.boundary):
        assert largest(other, part.geometry.point) == part.classes


@pytest.mark.parametrize("seed", range(40))
def test_the_ranges_of_a_network_of_means_are_those_of_the_network(seed):
    network, other, bounds, owner = drawn(seed, 12 if seed % 8 else 103, with_units=seed % 3 == 1)
    sides = (
        [(">=", "<="), (">", "<="), (">", "<")][seed % 3] if all(a < b for a, b in bounds) else (">=", "<=")
    )
    small, large = box_of(bounds, range(len(bounds)), sides), box_of(bounds, owner, sides)
    for one, two in zip(output_range(network, small), output_range(other, large), strict=True):
        for wanted, got in ((one.minimum, two.minimum), (one.maximum, two.maximum)):
            assert (got.value, got.attained) == (wanted.value, wanted.attained)
            assert other(got.point)[0] == got.value or len(network(one.minimum.point)) > 1
            assert large.contains(got.point) or not got.attained


@pytest.mark.parametrize("seed", range(30))
def test_counts_of_a_network_of_means_are_those_of_the_network_in_all_readings(seed):
    network, other, bounds, owner = drawn(seed, 103)
    small, large = box_of(bounds, range(len(bounds))), box_of(bounds, owner)
    for reading in ("half-open", "closed", "full"):
        assert count(network, small, reading, search=Search("ppl")) == count(other, large, reading)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("ends", [(), (">=",), ("<=",)])
def test_counts_where_the_box_has_no_end(seed, ends):
    network, other, bounds, owner = drawn(seed, 103)
    one, two = (without_ends(bounds, owners, ends) for owners in (range(len(bounds)), owner))
    for reading in ("half-open", "closed", "full"):
        assert count(network, one, reading, search=Search("ppl")) == count(other, two, reading)


def without_ends(bounds, owner, ends) -> Domain:
    """Return the box with the sides ``ends`` alone; without any, the whole space."""
    n, rows = len(owner), []
    for j, k in enumerate(owner):
        unit = [int(i == j) for i in range(n)]
        rows += [(unit, -bounds[k][0 if end == ">=" else 1], end) for end in ends]
    return Domain.from_inequalities(n, rows)


@pytest.mark.parametrize("seed", range(25))
def test_the_facets_of_a_wide_cell_are_ppls(seed):
    _, other, bounds, owner = drawn(seed, 11)
    domain = box_of(bounds, owner)
    point = [F(bounds[k][0] * 5 + bounds[k][1] * 3, 8) for k in owner]
    region = region_at(other, point, domain=domain)
    rows = cell_rows(other, region.configuration, domain, region.reading)
    assert type(region.closure) is RowPolyhedron
    closure = Polyhedron.closure_of(11, rows)
    assert region.geometry == CanonicalPolyhedron.of(closure, 11)
    assert region.dimension == closure.dimension()
    strict = {row.entries for row in rows if row.relation is Relation.GREATER}
    vanishing = {row for row in strict if not closure.is_positive_on(Functional(row))}
    assert region.strict == tuple(sorted(vanishing))


# what is left out, and what is shared -------------------------------------------------------------------


def test_an_output_that_only_ties_at_a_corner_is_not_left_out_and_one_that_is_below_is():
    n = 12
    network = Network.from_rationals([([[1] * n], None), ([[0], [1], [1]], [n, 0, -1])])
    box = Domain.box([(0, 1)] * n)  # outputs n, sum and sum - 1, with sum <= n
    assert _never_largest(network, box) == {2}
    assert [r.classes for r in argmax_regions(network, box).regions] == [(0,)]
    beyond = Domain.box([(0, F(9, 8))] * n)
    assert _never_largest(network, beyond) == frozenset()  # the last one is below the second, cell by cell
    assert {r.classes for r in argmax_regions(network, beyond).regions} == {(0,), (1,)}


@pytest.mark.parametrize("seed", range(40))
def test_disjuncts_that_fail_hold_nowhere_on_the_box(seed):
    network, _, bounds, _ = drawn(seed, 4)
    inputs = InputSet.of_domain(Domain.box(bounds))
    asked = InputSet(inputs.box, (), tuple((f,) for f in output_functions(network.outputs)))
    shut = disjuncts_that_fail(network, asked)
    for function, fails in zip(output_functions(network.outputs), shut, strict=True):
        assert not fails or maximum(network, inputs, [function]).value < 0


@pytest.mark.parametrize("seed", range(40))
def test_maxima_that_share_a_ground_are_those_that_do_not(seed):
    _, network, bounds, owner = drawn(seed, 6, with_units=seed % 2 == 0)
    inputs = closure_of(InputSet.of_domain(box_of(bounds, owner)))
    ground, functions = Ground(network, inputs), output_functions(network.outputs)
    shared = [maximum(network, inputs, [f], ground=ground) for f in (*functions, *reversed(functions))]
    alone = [maximum(network, inputs, [f]) for f in functions]
    assert [one.value for one in shared] == [one.value for one in (*alone, *reversed(alone))]
    for one, function in zip(shared, (*functions, *reversed(functions)), strict=True):
        assert function.value(one.point, network(one.point)) == one.value


# thin sets ----------------------------------------------------------------------------------------------


def thin_rows(rng: random.Random, n: int) -> list[Row]:
    """Return a box with a slice of it so thin that doubles see none, or see nothing inside."""
    rows = [Row((*(int(i == j) for i in range(n)), 0), Relation.AT_LEAST) for j in range(n)]
    rows += [Row((*(-int(i == j) for i in range(n)), 1), Relation.AT_LEAST) for j in range(n)]
    if rng.randrange(3) == 0:
        rows[n] = Row((-1, *(0,) * (n - 1), 0), Relation.AT_LEAST)  # x_0 = 0 by two inequalities
    slope, thin = [rng.randint(-3, 3) or 1 for _ in range(n)], 2 ** rng.choice((30, 60, 90))
    offset = -sum(slope) * thin // 2
    rows.append(Row((*(thin * a for a in slope), offset), Relation.AT_LEAST))
    closing = rng.choice((1, 0, -1, 1))
    rows.append(Row((*(-thin * a for a in slope), -offset + closing), Relation.AT_LEAST))
    if rng.randrange(3) == 0:
        rows.append(Row((*(rng.randint(-2, 2) for _ in range(n)), 0), Relation.EQUAL))
    return rows


@pytest.mark.parametrize("seed", range(120))
def test_thin_sets_have_ppls_dimension_facets_and_points_inside(seed):
    rng = random.Random(seed)  # noqa: S311 - tests
    n = rng.randint(2, 4)
    rows = thin_rows(rng, n)
    one, two = RowPolyhedron(n, rows), Polyhedron.closure_of(n, rows)
    assert one.is_empty() == two.is_empty()
    if one.is_empty():
        return
    assert one.dimension() == two.dimension()
    form = CanonicalPolyhedron.of(two, n)
    assert CanonicalPolyhedron.of(one, n) == form
    inside = IntegerPoint.of(one.relative_interior_point())
    assert all(inside.value(row) > 0 for row in form.facets)
    assert not any(inside.value(row) for row in form.equations)


def test_points_inside_are_proposed_for_thin_sets_in_many_dimensions():
    n = 60
    rows = list(Domain.box([(0, 1)] * n).rows)
    rows.append(Row((*[2**80] * n, -(2**80) * 7), Relation.AT_LEAST))
    rows.append(Row((*[-(2**80)] * n, 2**80 * 7 + 1), Relation.AT_LEAST))
    system = RowSystem.of(n, rows)
    assert any(all(value > 0 for _, value in system.values(point)) for point in inner_points(system))
    assert RowPolyhedron(n, rows).dimension() == n
    assert len(RowPolyhedron(n, rows).constraints()[1]) == 2 * n + 2


@pytest.mark.parametrize("level", [F(1), F(1, 10**9), F(1, 2**50), F(0)])
def test_a_decision_boundary_near_a_corner_is_a_facet_and_one_that_touches_it_is_none(level):
    n = 60
    network = Network.from_rationals([([[1] * n, [0] * n], [0, level])])
    found = argmax_regions(network, Domain.box([(0, 1)] * n))
    assert [region.classes for region in found.regions] == ([(0,), (1,)] if level else [(0,)])
    assert [facet.classes for facet in found.boundary] == ([(0, 1)] if level else [])
    for facet in found.boundary:
        assert facet.geometry.dimension == n - 1
        assert sum(facet.geometry.point) == level
        assert min(facet.geometry.point) > 0


@pytest.mark.parametrize("kind", ["a vertex", "a face", "a face of a cone"])
def test_flat_sets_in_many_dimensions_have_the_rows_that_vanish_on_them(kind):
    n = 40
    box = list(Domain.box([(0, 1)] * n).rows)
    if kind == "a face of a cone":
        box = [row for row in box if row.entries[-1] == 0]  # the orthant
    taken = n if kind == "a vertex" else 7
    touching = Row((*[-1] * taken, *[0] * (n - taken), 0), Relation.AT_LEAST)
    polyhedron = RowPolyhedron(n, [*box, touching])
    assert polyhedron.dimension() == n - taken
    inside = polyhedron.relative_interior_point()
    assert all((x == 0) == (j < taken) for j, x in enumerate(inside))


def test_sides_that_other_rows_cut_off_are_no_facets():
    n = 12
    box = list(Domain.box([(0, 1)] * n).rows)
    cut = Row((2, *[1] * (n - 1), -n), Relation.AT_LEAST)  # 2 x_0 + the others >= 12: x_0 >= 1/2
    inside = IntegerPoint([15] * n, 16)
    facets = minimal_rows(RowSystem.of(n, [*box, cut]), [], inside)
    assert (1, *(0,) * (n - 1), 0) not in facets
    assert cut.entries in facets
    assert CanonicalPolyhedron.of(RowPolyhedron(n, [*box, cut]), n).facets == tuple(facets)
    loose = Row((2, *[1] * (n - 1), 0), Relation.AT_LEAST)
    assert minimal_rows(RowSystem.of(n, [*box, loose]), [], inside) == sorted(row.entries for row in box)


@pytest.mark.parametrize("part", [F(1, 3), F(1, 300), F(1, 10**9)])
def test_all_facets_of_a_box_with_a_corner_left_are_found(part):
    """Of a small corner the far sides are cut off, of a larger one the rays miss them, but points do not."""
    n = 14
    corner = Row(
        primitive([-part.denominator] * n + [part.numerator * n]), Relation.AT_LEAST
    )  # sum <= n part
    rows = [*Domain.box([(0, 1)] * n).rows, corner]
    polyhedron = RowPolyhedron(n, rows)
    facets = CanonicalPolyhedron.of(polyhedron, n).facets
    assert len(facets) == n + 1 + n * (part * n > 1)
    assert set(facets) <= {row.entries for row in rows}
    assert polyhedron.dimension() == n


def test_generators_of_wide_boxes_are_left_out_of_documents_and_others_are_not():
    wide = Network.from_rationals([([[1] * 40], None), ([[1]], None)])
    region = region_at(wide, [F(1, 2)] * 40, domain=Domain.box([(0, 1)] * 40))
    document = region_document(region)
    assert "vertices" not in document
    assert len(document["inequalities"]) == 80
    assert document["bounded"]
    half = region_document(region_at(wide, [1] * 40))
    assert len(half["lines"]) == 39
    assert len(half["rays"]) == 1


def test_points_that_are_known_decide_signs_and_cuts_keep_only_their_own():
    n = 11
    polyhedron = RowPolyhedron(n, Domain.box([(0, 1)] * n).rows)
    polyhedron.add_point((F(1, 2),) * n)
    total = Functional((*[1] * n, -5))
    assert polyhedron.sign_range(total) is SignRange.MIXED
    part = polyhedron.restricted(total, Relation.AT_MOST)
    assert part.sign_range(total) is SignRange.NONPOSITIVE
    assert part.sign_range(Functional((*[1] * n, -6))) is SignRange.NEGATIVE
