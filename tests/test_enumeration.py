"""Enumeration against brute force, closed formulas and the papers' counterexamples."""

from __future__ import annotations

import itertools
import tracemalloc
import weakref
from collections import Counter
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.enumeration import (
    Problem,
    Reached,
    Search,
    count,
    engine_names,
    enumerate_leaves,
    regions,
    resolve_engine,
)
from exactrelu.errors import (
    ArgumentError,
    BudgetExhaustedError,
    ConfigurationError,
    DomainError,
    NetworkError,
)
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import region_of
from exactrelu.numbers.linear_algebra import reduce_modulo
from exactrelu.polyhedra.domain import Domain
from tests.support import brute_force
from tests.support.drawn_networks import (
    STEADY,
    Chooser,
    draw_domain,
    draw_network,
    networks,
    networks_and_domains,
)

READINGS = [reading.value for reading in Reading]
LINE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])


def texts(network, domain=None, reading="half-open", **more):
    return [str(region.configuration) for region in regions(network, domain, reading, **more)]


def found(network, domain, reading):
    return [(str(r.configuration), r.dimension) for r in regions(network, domain, reading)]


def one_layer(weight, bias=None):
    return Network.from_rationals([(weight, bias), ([[1] * len(weight)], None)])


# counts and configurations ------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(25))
def test_configurations_and_dimensions_equal_brute_force_over_all_sign_patterns(seed):
    for case in range(12):
        c = Chooser.seeded("enumeration", seed, case)
        network = draw_network(c)
        domain = draw_domain(c, network.inputs)
        for reading in READINGS:
            expected = brute_force.configurations(network, domain, reading)
            assert found(network, domain, reading) == expected, (seed, case, reading)


@pytest.mark.parametrize("seed", range(12))
def test_configurations_and_dimensions_equal_what_z3_decides(seed):
    c = Chooser.seeded("z3", seed)
    network = draw_network(c, most_hidden=4)
    domain = draw_domain(c, network.inputs)
    for reading in READINGS:
        assert found(network, domain, reading) == brute_force.z3_configurations(network, domain, reading)


@pytest.mark.parametrize("seed", range(12))
def test_larger_networks_equal_brute_force_too(seed):
    for case in range(6):
        c = Chooser.seeded("larger", seed, case)
        network = draw_network(c, most_inputs=4, most_hidden=8)
        domain = draw_domain(c, network.inputs)
        for reading in READINGS:
            assert found(network, domain, reading) == brute_force.configurations(network, domain, reading)


@STEADY
@given(networks_and_domains(most_hidden=4), st.sampled_from(READINGS))
def test_any_drawn_network_equals_brute_force(case, reading):
    network, domain = case
    assert found(network, domain, reading) == brute_force.configurations(network, domain, reading)


def _has_vanishing_neuron(region):
    """Whether a pre-activation is zero on the whole cell."""
    rows = [row for y in region.preactivations[:-1] for row in y.integer_rows()]
    return any(not any(reduce_modulo(row, region.geometry.equations)) for row in rows)


def test_the_drawn_cases_include_every_degeneracy():
    seen = Counter()
    for seed, case in itertools.product(range(25), range(12)):
        c = Chooser.seeded("enumeration", seed, case)
        network = draw_network(c)
        domain = draw_domain(c, network.inputs)
        constraints = brute_force.domain_constraints(domain)
        size = brute_force.dimension_of(network.inputs, constraints)
        rows = [brute_force.primitive_entries(row[:-1], row[-1]) for row in network.layers[0].rows]
        seen["empty"] += size < 0
        seen["thin"] += 0 <= size < network.inputs
        seen["whole space"] += not constraints
        seen["strict rows"] += any(c.relation in "<>" for c in constraints)
        seen["constant rows"] += any(not any(c.normal) for c in constraints)
        seen["L = 1"] += network.depth == 1
        seen["N_0 = 1"] += network.inputs == 1
        seen["N_L > 1"] += network.outputs > 1
        seen["width 1"] += 1 in network.hidden_widths
        seen["three hidden layers"] += network.depth > 3
        if network.depth > 1:
            seen["duplicate"] += len(set(rows)) < len(rows)
            seen["opposite"] += any(any(a) and tuple(-x for x in a) in rows for a in rows)
            seen["constant neuron"] += any(not any(row[:-1]) for row in rows)
            seen["readings differ"] += count(network) > count(network, reading="full")
            full = regions(network, domain, "full")
            seen["vanishes on a cell"] += any(map(_has_vanishing_neuron, full))
        entries = [abs(w) for layer in network.layers for row in layer.rows for w in row if w]
        seen["2^300 and 2^-300"] += bool(entries) and max(entries) >= 2**300 * min(entries)
    assert min(seen.values()) >= 10, seen


def test_the_brute_force_sees_one_changed_weight():
    changed = Network.from_rationals([([[1], [-1]], ["0", "1/1024"]), ([[1, 1]], None)])
    whole = Domain.whole_space(1)
    for reading in READINGS:
        assert found(LINE, whole, reading) != brute_force.configurations(changed, whole, reading)


def test_opposite_neurons_on_the_line_have_three_four_and_two_configurations():
    assert texts(LINE) == ["00", "01", "10"]
    assert texts(LINE, reading="closed") == ["00", "01", "10", "11"]
    assert texts(LINE, reading="full") == ["01", "10"]
    assert [count(LINE, reading=reading) for reading in READINGS] == [3, 4, 2]


def test_a_network_without_hidden_layers_has_the_one_empty_configuration():
    affine = Network.from_rationals([([[1, 2]], [3])])
    for reading in READINGS:
        assert found(affine, None, reading) == [("", 2)]
        assert found(affine, Domain.box([(0, 0), (0, 1)]), reading) == [("", 1)]


def test_a_zero_neuron_doubles_the_closed_count_only():
    with_zero = one_layer([[1], [-1], [0]])
    assert texts(with_zero, reading="closed") == [b + z for b in ("00", "01", "10", "11") for z in "01"]
    assert texts(with_zero) == ["000", "010", "100"]
    assert texts(with_zero, reading="full") == ["010", "100"]


def test_a_bias_free_network_has_at_least_two_to_the_m_closed_configurations():
    network = Network.from_rationals([([[1, 2], [3, -1]], None), ([[1, 1], [1, -1]], None), ([[1, 1]], None)])
    assert texts(network, reading="closed") == [brute_force.text(b) for b in brute_force.all_bits((2, 2))]


def test_duplicate_neurons_switch_together_and_opposite_ones_apart():
    twins = one_layer([[1, 1], [3, 3], [-2, -2]], [-1, -3, 2])
    assert texts(twins, reading="full") == ["001", "110"]
    assert found(twins, None, "half-open") == [("000", 1), ("001", 2), ("110", 2)]


def test_a_gap_of_two_to_the_minus_two_hundred_between_parallel_neurons_is_a_cell():
    gap = Fraction(1, 2**200)
    network = one_layer([[1], [2**300]], [0, gap * 2**300])
    assert texts(network, reading="full") == ["00", "01", "11"]
    middle = region_of(network, Configuration(((0, 1),)), reading="full")
    assert middle.geometry.vertices == [(-gap,), (Fraction(0),)]


def test_a_neuron_that_vanishes_on_a_cell_has_bit_zero_there_and_both_bits_in_closed():
    network = Network.from_rationals(
        [([[1], [1]], None), ([[1, -1]], None), ([[1]], None)]
    )  # relu(x)-relu(x)
    assert texts(network) == texts(network, reading="full") == ["00|0", "11|0"]
    closed = [a + b for a in ("00", "01", "10", "11") for b in ("|0", "|1")]
    assert texts(network, reading="closed") == closed  # at the origin everything is zero


# closed formulas ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("inputs", "neurons"), [(1, 1), (1, 6), (2, 3), (2, 6), (3, 5), (3, 7), (4, 6)])
def test_a_generic_layer_has_zaslavskys_number_of_cells_in_every_reading(inputs, neurons):
    curve = [
        [t**j for j in range(1, inputs + 1)] for t in range(1, neurons + 1)
    ]  # any inputs rows independent
    network = one_layer(curve, [t ** (inputs + 1) for t in range(1, neurons + 1)])  # no common points
    expected = sum(comb(neurons, i) for i in range(inputs + 1))
    assert [count(network, reading=reading) for reading in READINGS] == [expected] * 3


@pytest.mark.parametrize(("inputs", "neurons"), [(1, 3), (2, 1), (2, 4), (3, 3), (3, 6), (4, 5)])
def test_a_generic_central_layer_has_the_central_formula_in_full_and_all_closed_configurations(
    inputs, neurons
):
    curve = [[(-1) ** t * t**j for j in range(inputs)] for t in range(1, neurons + 1)]
    network = one_layer(curve)
    full = 2 * sum(comb(neurons - 1, i) for i in range(inputs))
    assert count(network, reading="full") == full
    assert count(network, reading="closed") == 2**neurons
    all_zero_is_full = "0" * neurons in texts(network, reading="full")
    assert count(network) == full + (not all_zero_is_full)  # the origin is the one thin cell


def test_the_count_does_not_depend_on_positive_scales_of_the_neurons():
    c = Chooser.seeded("scales")
    for _ in range(10):
        weight = [[c.integer(-3, 3) for _ in range(2)] for _ in range(4)]
        scales = [c.choose([1, Fraction(1, 2**300), 2**300, Fraction(7, 3)]) for _ in weight]
        scaled = [[s * a for a in row] for s, row in zip(scales, weight, strict=True)]
        for reading in READINGS:
            assert texts(one_layer(weight), None, reading) == texts(one_layer(scaled), None, reading)


# the counterexamples of the papers' claims (Heinecke & Hwang) ---------------------------------------


def test_c4_the_closed_and_the_half_open_cell_of_the_identity_differ_at_zero():
    identity = one_layer([[1]])
    theta = Configuration(((1,),))
    assert not region_of(identity, theta).contains((0,))
    assert region_of(identity, theta, reading="closed").contains((0,))
    assert region_of(identity, theta).strict == ((1, 0),)


def test_c8_a_zero_first_layer_does_not_make_every_bit_zero():
    network = Network.from_rationals([([[0]], [0]), ([[1]], [1]), ([[1]], None)])
    assert texts(network) == texts(network, reading="full") == ["0|1"]
    closed = list(regions(network, reading="closed"))
    assert [str(r.configuration) for r in closed] == ["0|1", "1|1"]
    assert all(r.geometry.facets == r.geometry.equations == () for r in closed)


def test_c10_a_dead_second_layer_is_active_if_its_bias_is_positive():
    network = Network.from_rationals([([[1, 0], [0, 1]], None), ([[1, 1]], [1]), ([[1]], None)])
    assert str(network.configuration((-1, -1))) == "00|1"
    assert [t for t in texts(network) if t.startswith("00")] == ["00|1"]


def test_c11_the_papers_example_has_seven_regions():
    network = Network.from_rationals([([[1, 0], [0, 1]], None), ([[1, 1]], [-1]), ([[1]], None)])
    assert count(network) == count(network, reading="full") == 7


def test_c12_closed_cells_of_a_zero_layer_overlap_in_their_interiors():
    network = one_layer([[0, 0]])
    closed = list(regions(network, reading="closed"))
    assert [(str(r.configuration), r.dimension) for r in closed] == [("0", 2), ("1", 2)]
    assert all(r.contains((5, 7)) for r in closed)
    assert texts(network) == ["0"]


def test_c13_the_half_open_cells_of_the_line_include_a_point():
    assert found(LINE, None, "half-open") == [("00", 0), ("01", 1), ("10", 1)]


# depth (Proposition 3) ----------------------------------------------------------------------------


@STEADY
@given(networks_and_domains(most_inputs=2), st.sampled_from(READINGS))
def test_theta_of_the_next_layer_refines_theta_and_every_configuration_has_a_child(case, reading):
    network, domain = case
    layers = len(network.hidden_widths)
    levels = [list(regions(network, domain, reading, depth=k)) for k in range(layers + 1)]
    for k, (coarse, fine) in enumerate(itertools.pairwise(levels)):
        assert {r.configuration.prefix(k) for r in fine} == {r.configuration for r in coarse}
        parents = {r.configuration: r for r in coarse}
        for child in fine:
            parent = parents[child.configuration.prefix(k)]
            inner, outer = child.geometry, parent.geometry
            for row in (*outer.facets, *outer.equations):
                values = [brute_force.Constraint(row[:-1], row[-1], ">=").value(v) for v in inner.vertices]
                assert all(value >= 0 for value in values)


@STEADY
@given(networks(most_inputs=2), st.sampled_from(READINGS))
def test_depth_k_is_the_enumeration_of_the_first_layers(network, reading):
    for k in range(len(network.hidden_widths) + 1):
        short = network.first_layers(k + 1)
        assert texts(network, reading=reading, depth=k) == texts(short, reading=reading)
        for region in regions(network, reading=reading, depth=k):
            rows = brute_force.rows_on_cell(short, region.configuration.layers)[-1]
            assert list(zip(region.affine_map.weight, region.affine_map.bias, strict=True)) == rows
    assert count(network, reading=reading, depth=len(network.hidden_widths)) == count(
        network, reading=reading
    )


@pytest.mark.parametrize("depth", [-1, 2])
def test_a_depth_that_the_network_does_not_have_is_refused(depth):
    with pytest.raises(NetworkError, match="expected 0 to 1"):
        Problem.of(LINE, depth=depth)


# the stream ---------------------------------------------------------------------------------------


@STEADY
@given(networks_and_domains(), st.sampled_from(READINGS))
def test_leaves_come_sorted_without_repetition_and_their_bits_are_those_of_the_configuration(case, reading):
    problem = Problem.of(*case, reading)
    plain = [(leaf.configuration, leaf.bits, leaf.dimension) for leaf in enumerate_leaves(problem)]
    assert plain == sorted(set(plain))
    assert [str(c) for c, _, _ in plain] == sorted(str(c) for c, _, _ in plain)
    assert [bits for _, bits, _ in plain] == [bytes(bit for _, _, bit in c.bits()) for c, _, _ in plain]


def huge():
    c = Chooser.seeded("huge")
    shape = (4, 40, 40, 1)
    return Network.from_rationals(
        [
            (
                [[Fraction(c.integer(-1024, 1024), 1024) for _ in range(a)] for _ in range(b)],
                [Fraction(c.integer(-1024, 1024), 1024) for _ in range(b)],
            )
            for a, b in itertools.pairwise(shape)
        ]
    )


def test_the_first_leaves_of_a_huge_network_arrive_and_memory_stays_flat():
    stream = enumerate_leaves(Problem.of(huge(), Domain.box([(0, 1)] * 4)))
    last = next(stream).configuration
    tracemalloc.start()
    used = []
    for _ in range(4):
        for leaf in itertools.islice(stream, 500):
            assert isinstance(leaf, Reached)
            assert leaf.configuration > last
            last = leaf.configuration
        used.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert used[-1] - used[0] < 200_000  # fifteen hundred kept leaves would take 900,000


def test_regions_that_nobody_keeps_are_freed():
    network = one_layer([[t, t * t] for t in range(1, 9)], [t**3 for t in range(1, 9)])
    alive = [weakref.ref(region) for region in regions(network)]
    assert len(alive) == 37
    assert sum(ref() is not None for ref in alive) == 0


def test_a_budget_of_exactly_the_count_suffices_and_one_less_raises():
    assert count(LINE, search=Search(max_regions=3)) == 3
    with pytest.raises(BudgetExhaustedError, match="more than 2 regions"):
        count(LINE, search=Search(max_regions=2))
    with pytest.raises(BudgetExhaustedError):
        list(regions(LINE, search=Search(max_regions=0)))


def test_regions_are_limited_in_each_enumeration_and_a_value_can_be_used_again():
    search = Search("ppl", max_regions=3)
    assert [count(LINE, search=search), len(list(regions(LINE, search=search)))] == [3, 3]


def test_the_clock_of_a_search_starts_with_the_call_or_once_before_it(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("exactrelu.enumeration.effort.time.monotonic", lambda: now[0])
    search = Search(time_limit=10)
    shared = search.started()
    assert (search.deadline, shared.deadline) == (None, 1010.0)
    now[0] = 1010.5
    assert shared.started() is shared
    assert count(LINE, search=search) == 3  # its ten seconds begin here
    with pytest.raises(BudgetExhaustedError, match="time limit of 10 seconds ran out"):
        count(LINE, search=shared)
    with pytest.raises(BudgetExhaustedError, match="time limit of 10 seconds ran out"):
        count(LINE, search=shared.with_engine("ppl"))
    assert Search().started().deadline is None


def test_searches_compare_by_what_was_asked_for():
    search = Search("lp", 5, 2.5)
    assert search.started() == search
    assert repr(search) == "Search(engine='lp', max_regions=5, time_limit=2.5)"
    assert len({search, search.started(), search.with_engine("ppl")}) == 2


def test_a_time_limit_that_is_over_raises_before_any_region():
    with pytest.raises(BudgetExhaustedError, match="time limit"):
        next(regions(huge(), search=Search(time_limit=1e-9)))
    with pytest.raises(BudgetExhaustedError, match="time limit"):
        count(huge(), reading="closed", search=Search(time_limit=0.2))


def test_an_unknown_engine_or_reading_and_a_misfit_domain_are_refused():
    with pytest.raises(ValueError, match="engine: expected one of auto, ppl, generators"):
        count(LINE, search=Search("nope"))
    with pytest.raises(ValueError, match="nope"):
        Problem.of(LINE, reading="nope")
    with pytest.raises(DomainError, match="expected dimension 1"):
        Problem.of(LINE, Domain.whole_space(2))
    assert engine_names()[0] == "auto"
    assert resolve_engine("auto", Problem.of(LINE)) == "generators"


def test_a_configuration_of_another_shape_is_a_configuration_error():
    with pytest.raises(ConfigurationError):
        region_of(LINE, Configuration(((0, 1, 1),)))
    with pytest.raises(ConfigurationError):
        region_of(LINE, Configuration(()))


@pytest.mark.parametrize("limits", [{"max_regions": -1}, {"time_limit": 0}, {"time_limit": -1}])
def test_a_budget_that_makes_no_sense_is_refused(limits):
    with pytest.raises(ArgumentError, match=r"(max_regions|time_limit): expected"):
        Search(**limits)
