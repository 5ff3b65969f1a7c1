"""The canonical form of cells, against PPL's generators, z3 and basic solutions; cells as sets."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.enumeration import regions
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import region_of
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron, SignRange, is_feasible
from tests.support import brute_force
from tests.support.brute_force import Constraint, ppl
from tests.support.drawn_networks import STEADY, Chooser, draw_domain, networks_and_domains, points

READINGS = [reading.value for reading in Reading]


def canonical(n, *rows):
    """Return the canonical form of rows (entries, relation)."""
    closure = Polyhedron.closure_of(n, [Row(entries, Relation(relation)) for entries, relation in rows])
    return CanonicalPolyhedron.of(closure, n)


def contents(form):
    """Return everything that the canonical form fixes."""
    return (form.ambient, form.equations, form.facets, form.vertices, form.rays, form.lines, form.bounded)


def constraints_of(form):
    equations = [Constraint(tuple(map(Fraction, e[:-1])), Fraction(e[-1]), "=") for e in form.equations]
    facets = [Constraint(tuple(map(Fraction, f[:-1])), Fraction(f[-1]), ">=") for f in form.facets]
    return equations, facets


def pivots(rows):
    return [next(j for j, entry in enumerate(row) if entry) for row in rows]


def generated(n, vertices, rays, lines):
    """Return PPL's closed polyhedron of generators, built from them directly."""
    system = ppl.Generator_System()
    for vertex in vertices:
        scale = math.lcm(*(entry.denominator for entry in vertex))
        system.insert(ppl.point(ppl.Linear_Expression([int(e * scale) for e in vertex], 0), scale))
    for ray in rays:
        system.insert(ppl.ray(ppl.Linear_Expression(list(ray), 0)))
    for line in lines:
        scale = math.lcm(*(entry.denominator for entry in line))
        system.insert(ppl.line(ppl.Linear_Expression([int(e * scale) for e in line], 0)))
    polyhedron = ppl.C_Polyhedron(system)
    if polyhedron.space_dimension() < n:  # PPL drops trailing zero coordinates
        polyhedron.add_space_dimensions_and_project(n - polyhedron.space_dimension())
    return polyhedron


def constrained(n, constraints):
    polyhedron = ppl.C_Polyhedron(n, "universe")
    for normal, offset, relation in constraints:
        expression = ppl.Linear_Expression([int(a) for a in normal], int(offset))
        polyhedron.add_constraint(expression == 0 if relation == "=" else expression >= 0)
    return polyhedron


def is_proper_subset(one, two):
    return two.contains(one) and not one.contains(two)


def check_canonical(form, n):
    """Assert every clause of the contract, each by a road of its own."""
    equations, facets = constraints_of(form)
    for row in (*form.equations, *form.facets):
        assert math.gcd(*row) == 1
    # equations: reduced row echelon, primitive, positive lead; facets zero in their pivots, sorted
    lead = pivots(form.equations)
    assert lead == sorted(set(lead))
    assert all(row[p] > 0 for row, p in zip(form.equations, lead, strict=True))
    assert all(row[p] == 0 for row in form.facets for p in lead)
    assert all(one[p] == 0 for p, one in itertools.product(lead, form.equations) if pivots([one]) != [p])
    assert list(form.facets) == sorted(set(form.facets))
    # the dimension that the equations say is that of the set
    assert form.dimension == n - len(equations) == brute_force.dimension_of(n, equations + facets)
    # minimal: without a facet the set grows, and so it does without an equation
    for i, facet in enumerate(facets):
        others = facets[:i] + facets[i + 1 :]
        assert brute_force.is_feasible(n, [*equations, *others, facet._replace(relation="<")])
    # generators and constraints describe one set, and no generator can be spared
    whole = constrained(n, equations + facets)
    assert generated(n, form.vertices, form.rays, form.lines) == whole
    for i in range(len(form.vertices)):
        fewer = form.vertices[:i] + form.vertices[i + 1 :]
        assert not fewer or is_proper_subset(generated(n, fewer, form.rays, form.lines), whole)
    for i in range(len(form.rays)):
        fewer = form.rays[:i] + form.rays[i + 1 :]
        assert is_proper_subset(generated(n, form.vertices, fewer, form.lines), whole)
    # lines: reduced row echelon with pivots 1; vertices and rays zero there, primitive, sorted
    lead = pivots(form.lines)
    assert [list(line) for line in form.lines] == brute_force.reduced_echelon(form.lines)
    assert all(row[p] == 0 for row in (*form.vertices, *form.rays) for p in lead)
    assert all(math.gcd(*ray) == 1 for ray in form.rays)
    assert list(form.vertices) == sorted(set(form.vertices))
    assert list(form.rays) == sorted(set(form.rays))
    assert form.bounded == (not form.rays and not form.lines)
    # the point lies in the relative interior
    assert all(c.value(form.point) == 0 for c in equations)
    assert all(c.value(form.point) > 0 for c in facets)


@st.composite
def systems(draw):
    """Draw (dimension, rows) of a non-empty closed polyhedron, often thin, unbounded or with lines."""
    n = draw(st.integers(1, 4))
    entry = st.integers(-3, 3)
    row = st.tuples(*[entry] * (n + 1), st.sampled_from([">=", ">=", ">=", "="]))
    rows = [(tuple(r[:-1]), r[-1]) for r in draw(st.lists(row, max_size=6))]
    if draw(st.booleans()):  # through one point, so that it is not empty and faces are degenerate
        rows = [((*entries[:-1], -sum(entries[:-1])), relation) for entries, relation in rows]
    closed = [Constraint(tuple(map(Fraction, e[:-1])), Fraction(e[-1]), r) for e, r in rows]
    if not brute_force.is_feasible(n, closed):
        rows = []
    return n, rows


@STEADY
@given(systems())
def test_the_canonical_form_keeps_its_contract(system):
    n, rows = system
    check_canonical(canonical(n, *rows), n)


@STEADY
@given(systems(), st.data())
def test_equal_sets_have_equal_canonical_forms(system, data):
    n, rows = system
    form = canonical(n, *rows)
    other = []
    for entries, relation in data.draw(st.permutations(rows)):
        factor = data.draw(st.sampled_from([1, 2, 7, 2**80]))
        scaled = tuple(factor * entry for entry in entries)
        negative = tuple(-entry for entry in entries)
        if relation == "=":
            other += data.draw(
                st.sampled_from([[(negative, "=")], [(scaled, ">="), (negative, ">=")], [(scaled, "=")] * 2])
            )
        else:
            other.append((scaled, relation))
    other += [((0,) * n + (1,), ">="), ((0,) * (n + 1), "="), ((0,) * (n + 1), ">=")]
    if rows:
        one, two = data.draw(st.sampled_from(rows))[0], data.draw(st.sampled_from(rows))[0]
        other.append((tuple(a + b for a, b in zip(one, two, strict=True)), ">="))  # implied
        other.append(((*one[:-1], one[-1] + 1), ">="))  # weaker
    assert contents(canonical(n, *other)) == contents(form)
    equations, facets = constraints_of(form)
    own = [(tuple(map(int, (*c.normal, c.offset))), c.relation) for c in equations + facets]
    assert contents(canonical(n, *own)) == contents(form)


@STEADY
@given(systems())
def test_the_vertices_of_a_pointed_polyhedron_are_its_basic_solutions(system):
    n, rows = system
    form = canonical(n, *rows)
    if form.lines:
        return
    found = set()
    for chosen in itertools.combinations([entries for entries, _ in rows], n):
        echelon = brute_force.reduced_echelon([[Fraction(e) for e in entries] for entries in chosen])
        if pivots(echelon) != list(range(n)):
            continue
        x = tuple(-row[-1] for row in echelon)
        closed = [Constraint(tuple(map(Fraction, e[:-1])), Fraction(e[-1]), r) for e, r in rows]
        if all(c.holds(x) for c in closed):
            found.add(x)
    assert form.vertices == sorted(found)


@STEADY
@given(systems(), st.data())
def test_the_sign_range_of_a_functional_is_what_z3_finds(system, data):
    n, rows = system
    entries = data.draw(st.tuples(*[st.integers(-2, 2)] * (n + 1)))
    closed = [Constraint(tuple(map(Fraction, e[:-1])), Fraction(e[-1]), r) for e, r in rows]
    normal, offset = tuple(map(Fraction, entries[:-1])), Fraction(entries[-1])
    signs = "".join(
        sign
        for sign, relation in (("-", "<"), ("0", "="), ("+", ">"))
        if brute_force.z3_point(n, [*closed, Constraint(normal, offset, relation)]) is not None
    )
    expected = {
        "+": SignRange.POSITIVE,
        "0+": SignRange.NONNEGATIVE,
        "0": SignRange.ZERO,
        "-0": SignRange.NONPOSITIVE,
        "-": SignRange.NEGATIVE,
        "-0+": SignRange.MIXED,
    }[signs]
    polyhedron = Polyhedron.closure_of(n, [Row(e, Relation(r)) for e, r in rows])
    assert polyhedron.sign_range(Functional(entries)) is expected


# hand-made shapes ---------------------------------------------------------------------------------


def test_the_square_with_redundant_rows():
    form = canonical(
        2, ((2, 0, 2), ">="), ((-1, 0, 1), ">="), ((0, 3, 3), ">="), ((0, -1, 1), ">="), ((1, 1, 2), ">=")
    )
    assert form.equations == ()
    assert form.facets == ((-1, 0, 1), (0, -1, 1), (0, 1, 1), (1, 0, 1))
    assert form.vertices == [(-1, -1), (-1, 1), (1, -1), (1, 1)]
    assert (form.rays, form.lines, form.bounded, form.dimension, form.point) == ([], [], True, 2, (0, 0))


def test_a_half_plane_has_a_line_a_ray_and_one_representative_of_its_minimal_face():
    form = canonical(2, ((2, 4, -3), ">="))  # 2x + 4y >= 3
    assert form.lines == [(1, Fraction(-1, 2))]
    assert form.vertices == [(0, Fraction(3, 4))]
    assert form.rays == [(0, 1)]
    assert not form.bounded


def test_the_representative_of_a_minimal_face_is_zero_in_the_pivots_of_the_lines():
    form = canonical(4, ((-1, 1, -3, 2, 0), ">="), ((0, 0, -1, 3, 1), ">="))
    assert form.lines == [(1, 0, Fraction(-3, 7), Fraction(-1, 7)), (0, 1, Fraction(3, 7), Fraction(1, 7))]
    assert form.vertices == [(0, 0, Fraction(-2, 7), Fraction(-3, 7))]  # both rows zero, x = y = 0
    check_canonical(form, 4)


def test_the_whole_space_has_no_facet_the_origin_and_unit_lines():
    form = canonical(2)
    assert contents(form) == (2, (), (), [(0, 0)], [], [(1, 0), (0, 1)], False)
    assert form.point == (0, 0)


def test_a_segment_in_space_given_by_pairs_of_inequalities():
    form = canonical(
        3,
        ((1, 1, 0, -1), ">="),
        ((-2, -2, 0, 2), ">="),  # x + y = 1
        ((1, -1, 2, 0), "="),
        ((0, 1, 0, 0), ">="),
        ((0, -2, 0, 1), ">="),
    )
    # x = 1 - y and z = y - 1/2 with 0 <= y <= 1/2, written with z free
    assert form.equations == ((2, 0, 2, -1), (0, 2, -2, -1))
    assert form.facets == ((0, 0, -1, 0), (0, 0, 2, 1))
    assert form.vertices == [(Fraction(1, 2), Fraction(1, 2), 0), (1, 0, Fraction(-1, 2))]
    assert form.dimension == 1


def test_a_point_is_all_equations():
    form = canonical(2, ((3, 0, -1), "="), ((0, 1, 0), ">="), ((0, -1, 0), ">="))
    assert contents(form) == (2, ((3, 0, -1), (0, 1, 0)), (), [(Fraction(1, 3), 0)], [], [], True)
    assert form.point == (Fraction(1, 3), 0)


def test_a_sliver_of_width_two_to_the_minus_three_hundred_has_an_interior_point():
    form = canonical(1, ((2**300, -1), ">="), ((-(2**300), 2), ">="))
    assert form.vertices == [(Fraction(1, 2**300),), (Fraction(1, 2**299),)]
    assert Fraction(1, 2**300) < form.point[0] < Fraction(1, 2**299)


def test_the_contract_checker_refuses_a_redundant_facet_and_a_wrong_vertex():
    form = canonical(1, ((1, 0), ">="), ((-1, 1), ">="))
    check_canonical(form, 1)
    wrong = CanonicalPolyhedron(form._polyhedron, 1, form.equations, ((-1, 1), (1, 0), (1, 1)))
    with pytest.raises(AssertionError):
        check_canonical(wrong, 1)
    shrunk = CanonicalPolyhedron(form._polyhedron, 1, form.equations, ((-1, 2), (1, 0)))
    with pytest.raises(AssertionError):
        check_canonical(shrunk, 1)


def test_canonical_forms_of_equal_sets_compare_equal():
    one, two = canonical(1, ((1, 0), ">=")), canonical(1, ((2, 0), ">="), ((1, 1), ">="))
    assert one == two
    assert hash(one) == hash(two)


@STEADY
@given(st.data())
def test_mixed_systems_are_feasible_exactly_if_brute_force_and_z3_say_so(data):
    c = Chooser.drawn(data.draw)
    domain = draw_domain(c, data.draw(st.integers(1, 3)))
    constraints = brute_force.domain_constraints(domain)
    expected = brute_force.z3_point(domain.dimension, constraints) is not None
    assert is_feasible(domain.dimension, domain.rows) == expected
    assert brute_force.is_feasible(domain.dimension, constraints) == expected


# regions ------------------------------------------------------------------------------------------


@STEADY
@given(networks_and_domains(most_hidden=4), st.sampled_from(READINGS))
def test_the_geometry_of_every_region_keeps_the_contract_and_is_its_closure(case, reading):
    network, domain = case
    for region in regions(network, domain, reading):
        form, n = region.geometry, network.inputs
        check_canonical(form, n)
        bits = region.configuration.layers
        relaxed = [
            c._replace(relation={"<": "<=", ">": ">="}.get(c.relation, c.relation))
            for c in brute_force.cell_constraints(network, domain, bits, reading)
        ]
        equations, facets = constraints_of(form)
        own = brute_force.nnc_polyhedron(n, relaxed)
        assert own == brute_force.nnc_polyhedron(n, equations + facets)
        assert region.dimension == form.dimension


@STEADY
@given(networks_and_domains(most_hidden=4), st.sampled_from(READINGS))
def test_strict_lists_the_rows_that_vanish_somewhere_on_the_closure(case, reading):
    network, domain = case
    n = network.inputs
    for region in regions(network, domain, reading):
        equations, facets = constraints_of(region.geometry)
        rows = set()
        for c in brute_force.cell_constraints(network, domain, region.configuration.layers, reading):
            if c.relation in "<>":  # `<` and `>`; of the neurons only the active ones are strict
                sign = 1 if c.relation == ">" else -1
                zero = [*equations, *facets, c._replace(relation="=")]
                if brute_force.is_feasible(n, zero):
                    rows.add(brute_force.primitive_entries([sign * a for a in c.normal], sign * c.offset))
        assert region.strict == tuple(sorted(rows))


def test_strict_has_no_duplicates_and_leaves_out_what_does_not_touch_the_closure():
    network = Network.from_rationals([([[2], [3], [1]], [0, 0, 1]), ([[1, 1, 1]], None)])
    region = region_of(network, Configuration(((1, 1, 1),)))
    assert (region.strict, region.geometry.facets) == (((1, 0),), ((1, 0),))
    closed = region_of(network, Configuration(((1, 1, 1),)), reading="closed")
    assert (closed.strict, closed.geometry.facets) == ((), ((1, 0),))


def test_a_strict_domain_row_is_listed_in_every_reading():
    domain = Domain.from_inequalities(1, [([2], -2, "<"), ([0], 1, ">"), ([1], 0, ">=")])
    network = Network.from_rationals([([[1]], [5]), ([[1]], None)])
    for reading in READINGS:
        (region,) = regions(network, domain, reading)
        assert region.strict == ((-1, 1),)
        assert region.geometry.vertices == [(0,), (1,)]


# cells --------------------------------------------------------------------------------------------


def in_canonical_cell(region, x):
    """Return whether x lies in the closure that is printed, minus the zero sets of the strict rows."""

    def value(row):
        return sum((a * b for a, b in zip(row[:-1], x, strict=True)), Fraction(row[-1]))

    geometry = region.geometry
    return (
        all(value(row) == 0 for row in geometry.equations)
        and all(value(row) >= 0 for row in geometry.facets)
        and all(value(row) != 0 for row in region.strict)
    )


@STEADY
@given(st.data())
def test_half_open_cells_partition_the_points_of_the_domain(data):
    network, domain = data.draw(networks_and_domains())
    cells = list(regions(network, domain))
    chosen = [r.point for r in cells] + [v for r in cells for v in r.geometry.vertices]
    chosen += [tuple(data.draw(points(network.inputs))) for _ in range(5)]
    inside = [
        x for x in chosen if all(c.holds(x) for c in brute_force.domain_constraints(domain))
    ]  # vertices are points of the closure
    for x in inside:
        assert [r.contains(x) for r in cells].count(True) == 1
        (home,) = (r for r in cells if in_canonical_cell(r, x))
        assert home.contains(x)
        hidden, _ = brute_force.evaluate(network, x)
        assert str(home.configuration) == brute_force.text(
            tuple(tuple(int(y > 0) for y in layer) for layer in hidden)
        )
    for x in chosen:
        if x not in inside:
            assert not any(r.contains(x) or in_canonical_cell(r, x) for r in cells)


@STEADY
@given(st.data())
def test_closed_and_full_cells_agree_with_their_printed_geometry(data):
    network, domain = data.draw(networks_and_domains(most_hidden=4))
    for reading in ("closed", "full"):
        cells = list(regions(network, domain, reading))
        chosen = [v for r in cells for v in (r.point, *r.geometry.vertices)]
        chosen += [tuple(data.draw(points(network.inputs))) for _ in range(3)]
        for region, x in itertools.product(cells, chosen):
            assert region.contains(x) == in_canonical_cell(region, x)


def test_a_partition_with_a_dropped_cell_leaves_a_point_without_a_home():
    line = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    cells = [r for r in regions(line) if str(r.configuration) != "00"]
    assert not any(r.contains((0,)) for r in cells)


@STEADY
@given(networks_and_domains(), st.sampled_from(READINGS))
def test_each_affine_map_equals_the_network_at_the_point_the_vertices_and_along_the_rays(case, reading):
    network, domain = case
    for region in regions(network, domain, reading):
        geometry = region.geometry
        base = geometry.vertices[0]
        ends = [region.point, *geometry.vertices]
        directions = [*geometry.rays, *geometry.lines, *([-e for e in line] for line in geometry.lines)]
        ends += [tuple(b + 3 * e for b, e in zip(base, d, strict=True)) for d in directions]
        for x in ends:
            hidden, output = brute_force.evaluate(network, x)
            assert list(region.affine_map(x)) == output == list(network(x))
            assert [list(affine(x)) for affine in region.affine_maps] == [*hidden, output]
        rows = brute_force.rows_on_cell(network, region.configuration.layers)
        for layer, affine in zip(rows, region.affine_maps, strict=True):
            assert [(tuple(w), b) for w, b in zip(affine.weight, affine.bias, strict=True)] == layer


@STEADY
@given(networks_and_domains(), st.sampled_from(READINGS))
def test_region_of_a_configuration_is_the_enumerated_region_or_none(case, reading):
    network, domain = case
    enumerated = {r.configuration: r for r in regions(network, domain, reading)}
    for bits in brute_force.all_bits(network.hidden_widths):
        configuration = Configuration(bits)
        region, other = region_of(network, configuration, domain, reading), enumerated.get(configuration)
        assert (region is None) == (other is None)
        if region is not None:
            one, two = region.geometry, other.geometry
            assert (one.equations, one.facets, one.vertices) == (two.equations, two.facets, two.vertices)
            assert (one.rays, one.lines, region.strict) == (two.rays, two.lines, other.strict)
            assert (region.dimension, region.affine_maps) == (other.dimension, other.affine_maps)


def test_an_enumerated_half_open_region_contains_its_relative_interior_point():
    network = Network.from_rationals([([[1, 0], [0, 1], [1, 1]], [0, 0, -1]), ([[1, 1, 1]], None)])
    for region in regions(network):
        assert region.contains(region.point)
