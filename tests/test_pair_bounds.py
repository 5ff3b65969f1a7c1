"""Bounds of two networks' difference are bounds, by exact arithmetic at corners and inner points."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from exactrelu import Network
from exactrelu.bounds import pair_batch
from exactrelu.bounds.pair_batch import PairBatch, pair_layers
from exactrelu.bounds.pair_relaxation import Span, relax_pairs
from exactrelu.networks.paired_networks import PairedNetworks
from tests.support.drawn_networks import Chooser, draw_network
from tests.support.near_copies import near_copy
from tests.test_linear_bounds import drawn_boxes, points_of, with_drawn_units

F = Fraction


def drawn_pair(c: Chooser, *, any_units: bool = False) -> tuple[Network, Network]:
    network = draw_network(c)
    if any_units:
        network = with_drawn_units(c, network)
    return network, near_copy(c, network)


def bounded(pair: PairedNetworks, low: np.ndarray, high: np.ndarray) -> PairBatch:
    layers = pair_layers(pair)
    lower = [np.full((len(low), layer.rows.outputs), -np.inf) for layer in layers]
    spans = [np.full((len(low), len(layer.pairs.firsts)), np.inf) for layer in layers]
    batch = PairBatch(
        layers,
        (low, high),
        (lower, [-bound for bound in lower]),
        [Span(-span, span.copy()) for span in spans],
    )
    for _ in layers:
        batch.advance()
    return batch


# the change of coordinates ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(80))
def test_the_joint_network_is_the_difference_and_its_coordinates_are_those_of_pairs(seed):
    c = Chooser.seeded("coordinates", seed)
    one, two = drawn_pair(c, any_units=seed % 2 == 1)
    pair = PairedNetworks.of(one, two)
    if pair is None:
        return
    low, high = drawn_boxes(c, one.inputs, 1)
    for point in points_of(c, low[0], high[0]):
        joint = pair.joint(point)
        assert joint == tuple(a - b for a, b in zip(one(point), two(point), strict=True))
        values, exact = list(point), pair.joint.preactivations(point)
        for k, (pairs, units) in enumerate(zip(pair.pairs, pair.joint.activations, strict=True)):
            rows = list(pair.differences[k](values))
            expected, own = list(exact[k]), list(units(exact[k]))
            assert pair.seconds[k] is None or list(pair.seconds[k](values)) == [
                expected[j] for j in pairs.seconds
            ]
            for i, j in zip(pairs.firsts, pairs.seconds, strict=True):
                expected[j] -= exact[k][i]
                own[j] -= units(exact[k])[i]
            assert rows == expected
            values = own
        assert pair.last(values) == joint


def test_equal_neurons_are_shared_also_if_they_are_permuted_and_rescaled():
    one = Network.from_rationals([([[1, 2], [3, -1], [0, 5]], [1, 2, 3]), ([[1, 1, 1]], None)])
    two = Network.from_rationals([([[0, 10], [1, 2], ["3", "-9/8"]], [6, 1, 2]), ([["1/2", 1, 1]], None)])
    pair = PairedNetworks.of(one, two)
    assert (pair.joint.widths, pair.pairs[0].firsts) == ((2, 4, 1), (1,))
    assert pair.last.weight == ((0, 0, 0, -1),)
    assert PairedNetworks.of(one, one).joint.widths == (2, 3, 1)
    assert PairedNetworks.of(one, one).last.weight == ((0, 0, 0),)


def test_networks_of_other_depth_or_without_a_neuron_in_common_are_no_pair():
    one = Network.from_rationals([([[1, 2]], [1]), ([[1]], None)])
    assert PairedNetworks.of(one, one.deepened(3)) is None
    assert PairedNetworks.of(one, Network.from_rationals([([[1, -2]], [9]), ([[1]], None)])) is None
    affine = Network.from_rationals([([[1, 2]], None)])
    assert PairedNetworks.of(affine, affine) is None


# the relaxation -----------------------------------------------------------------------------------------


def spans(*ends: tuple[float, float]) -> list[Span]:
    return [Span(np.array([[low]]), np.array([[high]])) for low, high in ends]


@pytest.mark.parametrize("seed", range(200))
def test_both_lines_hold_at_each_value_of_two_units(seed):
    c = Chooser.seeded("pair lines", seed)
    scale = c.choose([F(1), F(1, 2**60), F(2) ** 300, F(1, 2**300)])
    points = []
    for _ in range(12):
        y = F(c.integer(-8, 8), c.choose([1, 3, 4])) * c.choose([F(1), scale])
        points.append((y, y + F(c.integer(-8, 8), c.choose([1, 64])) * scale))
    sides = [[p[0] for p in points], [p[1] for p in points], [p[1] - p[0] for p in points]]
    ends = [
        (np.nextafter(float(min(side)), -np.inf), np.nextafter(float(max(side)), np.inf)) for side in sides
    ]
    found = relax_pairs(*spans(*ends))
    s, t, s2, t2 = (F(float(part[0, 0])) for part in found[:4])
    for y, y2 in points:
        r, d = max(y2, F(0)) - max(y, F(0)), y2 - y
        assert s * d - t <= r <= s2 * d + t2
        assert abs(r) <= F(float(found.size[0, 0]))


def test_where_both_signs_are_known_and_equal_the_lines_are_exact():
    on = relax_pairs(*spans((1, 2), (0, 3), (-1, 1)))
    assert [float(part[0, 0]) for part in on[:4]] == [1, 0, 1, 0]
    off = relax_pairs(*spans((-2, -1), (-3, 0), (-1, 1)))
    assert [float(part[0, 0]) for part in off[:4]] == [0, 0, 0, 0]
    assert off.size[0, 0] == 0


def test_small_differences_of_units_with_open_signs_cost_little_and_large_ones_are_relaxed_apart():
    near = relax_pairs(*spans((-1, 1), (-1, 1), (-(2.0**-20), 2.0**-20)))
    assert near.together.all()
    assert 0 < near.low_shift[0, 0] <= 2.0**-21 * (1 + 1e-9)
    far = relax_pairs(*spans((-1, 9), (-9, 1), (-18, 2)))
    assert not far.together.any()


# the batch ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(150))
def test_exact_preactivations_and_differences_lie_between_the_bounds(seed):
    c = Chooser.seeded("pair bounds", seed)
    pair = PairedNetworks.of(*drawn_pair(c, any_units=seed % 2 == 1))
    if pair is None:
        return
    low, high = drawn_boxes(c, pair.joint.inputs, 3)
    assert not violations(c, pair, bounded(pair, low, high))


def violations(c: Chooser, pair: PairedNetworks, batch: PairBatch) -> list[str]:
    """What exact values at drawn points say against the bounds of a batch."""
    found = []
    for b in range(len(batch.low)):
        for point in points_of(c, batch.low[b], batch.high[b]):
            for k, values in enumerate(pair.joint.preactivations(point)):
                seconds = pair.pairs[k].seconds
                change = [values[j] - values[i] for i, j in zip(pair.pairs[k].firsts, seconds, strict=True)]
                for name, exact, lower, upper in (
                    ("y", values, batch.lower[k][b], batch.upper[k][b]),
                    ("d", change, batch.differences[k].lower[b], batch.differences[k].upper[b]),
                ):
                    for y, lo, hi in zip(exact, lower.tolist(), upper.tolist(), strict=True):
                        if not (lo == -np.inf or F(lo) <= y) or not (hi == np.inf or y <= F(hi)):
                            found.append(f"{name} = {y} is not in [{lo}, {hi}]")
                own, live = coordinates(pair, point, k), batch.live[k + 1]
                assert all(not own[i] for i in set(range(len(own))) - set(live.tolist()))
                for i, size in zip(live, batch.sizes[k + 1][b].tolist(), strict=True):
                    if size < np.inf and abs(own[i]) > F(size):
                        found.append(f"{own[i]} is larger than {size}")
    return found


@pytest.mark.parametrize("seed", range(100))
def test_a_form_bounds_its_target_at_every_point_whatever_the_slopes(seed):
    c = Chooser.seeded("pair forms", seed)
    pair = PairedNetworks.of(*drawn_pair(c, any_units=seed % 2 == 1))
    if pair is None:
        return
    low, high = drawn_boxes(c, pair.joint.inputs, 2)
    batch = bounded(pair, low, high)
    row = np.array([[float(c.integer(-3, 3)) for _ in range(pair.joint.layers[-1].inputs)]])
    live = batch.live[-1]
    unders = [
        np.where(r.unstable[:, None, :], float(c.integer(0, 1)), r.under[:, None, :])
        for r in batch.relaxations
    ]
    for slopes in (None, unders):
        form = batch.substitute(batch.hidden, row[:, live], np.array([0.5]), unders=slopes)
        for b in range(len(low)):
            for point in points_of(c, low[b], high[b]):
                exact = F(1, 2) + sum(F(row[0, i]) * coordinates(pair, point)[i] for i in live)
                terms = zip(form.coefficients[b, 0].tolist(), point, strict=True)
                assert sum((F(a) * x for a, x in terms), F(float(form.constant[b, 0]))) <= exact
                assert F(float(form.least[b, 0])) <= exact


def coordinates(pair: PairedNetworks, point: list[Fraction], k: int = -1) -> list[Fraction]:
    """The values of a hidden layer, z' - z in the place of each z'."""
    values = list(pair.joint.activations[k](pair.joint.preactivations(point)[k]))
    for i, j in zip(pair.pairs[k].firsts, pair.pairs[k].seconds, strict=True):
        values[j] -= values[i]
    return values


def drawn_deep_pair(seed: int) -> PairedNetworks:
    """A pair with differences that grow from layer to layer."""
    c = Chooser.seeded("deep pair", seed)
    widths = [2, 4, 4, 4, 1]
    one = [
        ([[F(c.integer(-64, 64), 64) for _ in range(a)] for _ in range(b)], [F(c.integer(-64, 64), 64)] * b)
        for a, b in pairwise(widths)
    ]
    two = [([[a + F(c.integer(-4, 4), 256) for a in row] for row in w], b) for w, b in one]
    return PairedNetworks.of(*(Network.from_rationals(layers) for layers in (one, two)))


BROKEN = {
    "a shift left out": lambda r: r._replace(low_shift=r.low_shift * 0, high_shift=r.high_shift * 0),
    "half a shift": lambda r: r._replace(low_shift=r.low_shift / 2, high_shift=r.high_shift / 2),
    "lines exchanged": lambda r: r._replace(low_slope=r.high_slope, low_shift=-r.high_shift),
    "always equal signs": lambda r: r._replace(low_slope=r.low_slope * 0 + 1, low_shift=r.low_shift * 0),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_relaxation_that_is_wrong_would_be_seen(name, monkeypatch):
    honest = pair_batch.relax_pairs
    monkeypatch.setattr(pair_batch, "relax_pairs", lambda *spans: BROKEN[name](honest(*spans)))
    seen = []
    for seed in range(12):
        pair, c = drawn_deep_pair(seed), Chooser.seeded("seen", seed)
        seen += violations(c, pair, bounded(pair, *drawn_boxes(c, 2, 3)))
    assert seen


def test_differences_stay_small_where_bounds_of_both_networks_are_wide():
    pair = drawn_deep_pair(1)
    batch = bounded(pair, np.array([[-1.0, -1.0]]), np.array([[1.0, 1.0]]))
    wide = (batch.upper[-1] - batch.lower[-1]).max()
    assert (batch.differences[-1].upper - batch.differences[-1].lower).max() < wide / 5
