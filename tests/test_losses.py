"""Losses on data: gradients beside symbolic ones, minima beside drawn perturbations and descents."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import sympy

import exactrelu as package
from exactrelu.analysis.graph import corners_between
from exactrelu.errors import ArgumentError, FormatError
from exactrelu.formats.training_data_file import load_data
from exactrelu.losses.least_squares import least_squares
from exactrelu.losses.loss_report import training_loss
from exactrelu.losses.piecewise_gradient import piecewise_gradient
from exactrelu.losses.sample_pass import SamplePass
from exactrelu.losses.second_order import falls_along
from exactrelu.losses.shallow_minima import shallow_minima
from exactrelu.losses.training_data import Loss, TrainingData
from exactrelu.networks.network import Network
from exactrelu.verification.verdict import Verdict

HOLDS, REFUTED, UNKNOWN = Verdict.HOLDS, Verdict.REFUTED, Verdict.UNKNOWN
TENT = TrainingData.of([0, 1, 2], [0, 1, 0])


def net(*layers):
    return Network.from_rationals(list(layers))


def drawn(rng, widths, slopes=None):
    """Return a network of small integers, many of them zero."""
    layers = [
        (
            [[rng.choice([-2, -1, 0, 0, 1, 2]) for _ in range(a)] for _ in range(b)],
            [rng.choice([-1, 0, 1]) for _ in range(b)],
        )
        for a, b in pairwise(widths)
    ]
    activations = [package.Activation.of([slopes] * b) for b in widths[1:-1]] if slopes else []
    return Network.from_rationals(layers, activations=activations)


def drawn_data(rng, d, outputs, size):
    points = [[rng.randint(-2, 2) for _ in range(d)] for _ in range(size)]
    return TrainingData.of(points, [[rng.randint(-2, 2) for _ in range(outputs)] for _ in range(size)])


def symbolic_gradient(network, data, kind):
    """Return the derivative by sympy, with the signs that the samples have; no kinks are allowed."""
    symbols, layers = [], []
    for layer in network.layers:
        rows = []
        for row in layer.rows:
            fresh = [sympy.Symbol(f"t{len(symbols) + j}") for j in range(len(row))]
            symbols += fresh
            rows.append(fresh)
        layers.append(rows)
    total = sympy.Integer(0)
    for x, target in zip(data.inputs, data.targets, strict=True):
        values, exact = [sympy.Rational(str(entry)) for entry in x], network.preactivations(x)
        for k, rows in enumerate(layers):
            values = [sum(a * b for a, b in zip(row, [*values, 1], strict=True)) for row in rows]
            if k < len(exact):
                slopes = network.activations[k].slopes
                values = [
                    v * sympy.Rational(str(s[1] if y > 0 else s[0]))
                    for v, y, s in zip(values, exact[k], slopes, strict=True)
                ]
        for value, y, f in zip(values, target, network(x), strict=True):
            residual = value - sympy.Rational(str(y))
            total += residual**2 if kind is Loss.SQUARED else residual * int(np.sign(f - y))
    at = dict(
        zip(
            symbols,
            [sympy.Rational(str(e)) for layer in network.layers for row in layer.rows for e in row],
            strict=True,
        )
    )
    return tuple(Fraction(str(sympy.diff(total, s).subs(at))) / data.size for s in symbols)


@pytest.mark.parametrize("kind", list(Loss))
@pytest.mark.parametrize("slopes", [None, ("1/4", 2)])
def test_the_gradient_is_that_of_sympy(kind, slopes):
    rng, compared = random.Random(7), 0  # noqa: S311
    while compared < 6:
        network = drawn(rng, rng.choice([(1, 2, 1), (2, 2, 2), (1, 2, 2, 1), (2, 3)]), slopes)
        data = drawn_data(rng, network.inputs, network.outputs, 3)
        through = SamplePass(network, data)
        if through.kinks or not all(r for row in through.residuals for r in row):
            continue
        compared += 1
        assert training_loss(network, data, kind).gradient == symbolic_gradient(network, data, kind)


def test_pieces_are_the_gradients_that_are_met_nearby():
    """Each reached piece is the gradient at some near parameters, and no other gradient is met there."""
    rng, compared = random.Random(3), 0  # noqa: S311
    while compared < 12:
        network = drawn(rng, rng.choice([(1, 2, 1), (2, 2, 1), (1, 1, 2, 1)]))
        data = drawn_data(rng, network.inputs, 1, 3)
        through = SamplePass(network, data)
        if not 0 < len(through.kinks) < 5:
            continue
        compared += 1
        kind = rng.choice(list(Loss))
        found = piecewise_gradient(through, kind)
        possible = _vectors(found, reached=False)
        for _ in range(30):
            step = {j: Fraction(rng.randint(-50, 50), 10**9) for j in range(through.parameters)}
            near = through.moved(step)
            if near.kinks or not all(r for row in near.residuals for r in row):
                continue
            met = near.gradient(near.slopes_of_loss(kind), {})
            assert min(
                max(map(abs, (a - b for a, b in zip(met, v, strict=True)))) for v in possible
            ) < Fraction(1, 10**4)
        for block in found.blocks:
            for piece in block.pieces:
                if piece.is_reached and len(found.blocks) == 1:
                    near = through.moved({j: x / 10**9 for j, x in piece.cone.direction().items()})
                    signs = {e: s for e, s in piece.signs.items() if len(e) == 3}
                    assert all(
                        (near.preactivations[k][i][n] > 0) == (s > 0) for (k, i, n), s in signs.items()
                    )


def _vectors(found, *, reached):
    totals = [found.smooth]
    for block in found.blocks:
        pieces = [p.gradient for p in block.pieces if p.is_reached or not reached]
        totals = [tuple(a + b for a, b in zip(t, g, strict=True)) for t in totals for g in pieces]
    return totals


# local minima -----------------------------------------------------------------------------------------


def test_verdicts_stand_against_drawn_perturbations():
    rng, seen = random.Random(11), {HOLDS: 0, REFUTED: 0, UNKNOWN: 0}  # noqa: S311
    for _ in range(150):
        network = drawn(rng, rng.choice([(1, 1, 1), (1, 2, 1), (2, 2, 1), (1, 2, 2), (1, 1, 1, 1)]))
        data = drawn_data(rng, network.inputs, network.outputs, rng.choice([1, 2, 3]))
        kind = rng.choice(list(Loss))
        report = training_loss(network, data, kind, biases=rng.random() < 0.7)
        minimum = report.minimum
        seen[minimum.verdict] += 1
        if minimum.verdict is REFUTED:
            assert minimum.better.loss(kind) < report.loss
        if minimum.verdict is HOLDS:
            assert report.stationarity.verdict is not REFUTED
            radius = minimum.radius or Fraction(1, 10**6)
            for _ in range(40):
                step = {
                    j: radius * rng.choice([-1, 0, 1, Fraction(rng.randint(-9, 9), 10)])
                    for j in range(report.through.parameters)
                    if report.through.biases or not report.through.name(j).startswith("b")
                }
                assert report.through.moved(step).loss(kind) >= report.loss
    assert min(seen.values()) > 0


def test_the_radius_of_example_a1_is_half_of_r():
    dead, data = net(([[3, 0]], None), ([[0]], None)), TrainingData.of([[-1, 1], [-1, -1]], [1, -1])
    report = training_loss(dead, data, biases=False)
    assert (report.loss, report.minimum.verdict, report.minimum.radius) == (1, HOLDS, Fraction(3, 2))
    free = report.realization.free_neuron
    assert report.realization.verdict is REFUTED
    for eps in (Fraction(1, 10), Fraction(1, 10**6)):
        moved = net(([list(free.weight)], [free.bias]), ([[free.sign * eps]], None))
        assert SamplePass(moved, data).loss(Loss.SQUARED) < 1

    closer = SamplePass(net(([[3, 0]], None), ([[0]], None)), data).moved(
        {0: Fraction(-3), 1: Fraction(1), 3: Fraction(1, 9)}
    )
    assert closer.loss(Loss.SQUARED) < 1  # within r = 3 it is false


@pytest.mark.parametrize(
    ("layers", "verdict", "radius"),
    [
        ([([[1]], [-5]), ([[1]], ["1/3"])], HOLDS, 1),  # off at all samples: the mean
        ([([[1]], [-5]), ([[1]], ["1/4"])], REFUTED, None),
        ([([[0]], [0]), ([[0]], ["1/3"])], REFUTED, None),  # of use, to higher order only
        ([([[1]], [-5]), ([[0]], ["1/3"])], HOLDS, "5/1"),
        ([([[1]], [-5]), ([[2]], [-1]), ([[1]], ["1/3"])], HOLDS, None),
        ([([["1/3"]], [0]), ([[1]], [0])], REFUTED, None),
    ],
)
def test_minima_known_by_hand(layers, verdict, radius):
    minimum = training_loss(net(*layers), TENT).minimum
    assert minimum.verdict is verdict
    if verdict is HOLDS and len(layers) == 2:
        assert minimum.radius == min(Fraction(5 - x, x + 1) for x in (0, 1, 2)) if radius == "5/1" else True
        assert minimum.radius is not None


def test_a_saddle_of_two_outputs_is_refuted_along_a_line():
    saddle = net(([[0]], [1]), ([[0], [0]], [0, 0]))
    data = TrainingData.of([-1, 1], [[-1, 0], [1, 0]])
    report = training_loss(saddle, data)
    assert (report.stationarity.verdict, report.minimum.verdict) == (HOLDS, REFUTED)
    deep = net(([[1]], [3]), ([[0]], [1]), ([[0]], [0]))
    assert training_loss(deep, TrainingData.of([-1, 1], [-1, 1])).minimum.verdict is REFUTED


def test_a_line_that_rises_is_no_proof():
    through = SamplePass(net(([[1]], [5]), ([[1]], [-5])), TrainingData.of([0, 1], [0, 1]))
    assert not falls_along(through, {0: Fraction(1)})


# all minima of a shallow network ----------------------------------------------------------------------


def test_least_squares_satisfies_the_conditions_of_karush_kuhn_tucker():
    rng = random.Random(5)  # noqa: S311
    for _ in range(60):
        rows = rng.randint(1, 4)
        columns = [tuple(Fraction(rng.randint(-2, 2)) for _ in range(rows)) for _ in range(rng.randint(0, 5))]
        target = tuple(Fraction(rng.randint(-3, 3)) for _ in range(rows))
        free = [(Fraction(1),) * rows] if rng.random() < 0.5 else []
        weights, others = least_squares(columns, free, target)
        residual = list(target)
        for t, column in zip((*weights, *others), (*columns, *free), strict=True):
            residual = [r - t * a for r, a in zip(residual, column, strict=True)]
        gains = [sum(a * r for a, r in zip(column, residual, strict=True)) for column in columns]
        assert all(w >= 0 and g <= 0 and not w * g for w, g in zip(weights, gains, strict=True))
        assert not any(sum(a * r for a, r in zip(column, residual, strict=True)) for column in free)


@pytest.mark.parametrize("biases", [True, False])
@pytest.mark.parametrize("width", [1, 2])
def test_no_descent_by_doubles_ends_below_the_least_loss(biases, width):
    rng = np.random.default_rng(width)
    data = TrainingData.of(
        [[-1, 2], [1, 1], [2, -1], [0, 1]][: 3 + (width == 1)], [1, -1, 2, 0][: 3 + (width == 1)]
    )
    found = shallow_minima(data, width, biases=biases)
    x, y = (np.array(points, dtype=float) for points in (data.inputs, data.targets))
    reached = [_descended(rng, x, y[:, 0], width, biases=biases) for _ in range(12)]
    assert min(reached) >= float(found.best.loss) - 1e-9
    assert min(reached) <= float(found.best.loss) + 0.05
    assert found.best.verdict is HOLDS
    for minimum in found.spurious:
        assert training_loss(minimum.network, data, biases=biases).minimum.verdict is HOLDS
        assert minimum.loss > found.best.loss


def _descended(rng, x, y, width, *, biases):
    w, b, c, e = rng.normal(size=(width, x.shape[1])), np.zeros(width), rng.normal(size=width), 0.0
    for _ in range(3000):
        z = x @ w.T + b
        h = np.maximum(z, 0)
        r = 2 * (h @ c + e - y) / len(y)
        g = (r[:, None] * c) * (z > 0)
        w, c = w - 0.02 * g.T @ x, c - 0.02 * h.T @ r
        if biases:
            b, e = b - 0.02 * g.sum(axis=0), e - 0.02 * r.sum()
    return float(np.mean((np.maximum(x @ w.T + b, 0) @ c + e - y) ** 2))


def test_the_tent_has_a_spurious_minimum():
    found = shallow_minima(TENT, 1)
    assert (found.best.loss, [one.loss for one in found.spurious]) == (Fraction(1, 6), [Fraction(2, 9)])
    assert shallow_minima(TENT, 2).best.loss == 0
    assert shallow_minima(TrainingData.of([[0]], [3]), 1, biases=False).best.loss == 9


def test_what_minima_refuse():
    with pytest.raises(ArgumentError, match="one target a sample, got 2"):
        shallow_minima(TrainingData.of([1], [[1, 2]]), 1)
    with pytest.raises(package.errors.BudgetExhaustedError, match="at most 20000"):
        shallow_minima(TENT, 9)


# realizations, files, the command ---------------------------------------------------------------------


def test_corollary_1_4_gives_radii_where_its_conditions_hold():
    data = TrainingData.of([[-9, 1, -1], [-9, 1, -1]], [1, -1])
    balanced = net(([[3, 1, 2]], None), ([[3]], None))
    found = training_loss(balanced, data, biases=False)
    assert found.realization.violations == ()
    assert found.realization.verdict is HOLDS  # nothing is better than the mean
    idle = net(([[3, 1, 2]], None), ([[2]], None))
    assert [str(v) for v in training_loss(idle, data, biases=False).realization.violations] == [
        "balanced: fails at neuron 0"
    ]
    local = training_loss(balanced, TrainingData.of([[-9, 1, -1], [-8, 1, -1]], [1, -1]), biases=False)
    radius = local.minimum.radius
    assert local.realization.violations == ()
    assert (local.realization.radius, local.realization.sharper_radius) == (radius**2 / 16, radius**2 / 8)


def test_data_is_read_exactly(tmp_path):
    table = tmp_path / "d.csv"
    table.write_text("a,b,y\n0.1, 1/3 ,-2e-1\n\n1,2,3\n", encoding="utf-8")
    expected = TrainingData.of([["1/10", "1/3"], [1, 2]], [["-1/5"], [3]])
    assert load_data(table, 2, 1) == expected
    document = {
        "format": "exactrelu-data",
        "version": 1,
        "inputs": [["0.1", "1/3"], ["1", "2"]],
        "targets": [["-0.2"], ["3"]],
    }
    (tmp_path / "d.json").write_text(json.dumps(document), encoding="utf-8")
    assert load_data(tmp_path / "d.json", 2, 1) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "d.csv: expected at least one sample, got none"),
        ("x,y\n", "d.csv: expected at least one sample, got none"),
        ("1,2,3\n", r"line 1: expected 2 columns \(1 inputs, 1 targets\), got 3"),
        ("1,2\n3,nan\n", "line 2, column 2: expected a number, got 'nan'"),
        ("x,2\n", "line 1, column 1: expected a number, got 'x'"),
    ],
)
def test_wrong_tables_are_one_line(tmp_path, text, message):
    (tmp_path / "d.csv").write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=message):
        load_data(tmp_path / "d.csv", 1, 1)


def test_data_must_fit_the_network():
    with pytest.raises(ArgumentError, match="expected 1 inputs and 1 targets a sample, got 2 and 1"):
        training_loss(net(([[1]], None)), TrainingData.of([[1, 2]], [1]))
    with pytest.raises(ArgumentError, match=r"inputs\[1\]: expected 1 numbers, got 2"):
        TrainingData.of([[1], [1, 2]], [1, 1])
    with pytest.raises(ArgumentError, match="loss: expected squared or absolute"):
        training_loss(net(([[1]], None)), TENT, "hinge")


def test_the_command(tmp_path, exactrelu):
    command = exactrelu
    network, table = tmp_path / "n.json", tmp_path / "d.csv"
    package.write_network(net(([[1]], [-5]), ([[1]], ["1/3"])), network)
    table.write_text("x,y\n0,0\n1,1\n2,0\n", encoding="utf-8")
    answer = command(
        "loss", str(network), str(table), "--global", "--stability", "4,1/2", "--decide", "minimum"
    )
    assert answer.status == 0
    for part in (
        "2/9",
        "radius          at least 1",
        "1/16 among realizations",
        "least loss      1/6",
        "spurious",
    ):
        assert part in answer.out
    document = json.loads(command("loss", str(network), str(table), "--global", "--json", "-").out)
    assert document["local_minimum"] == {
        "verdict": "holds",
        "reason": document["local_minimum"]["reason"],
        "global": False,
        "radius": "1",
    }
    assert document["minima"]["best"]["loss"] == "1/6"
    package.write_network(net(([[1]], [0]), ([[1]], [0])), network)
    refuted = command("loss", str(network), str(table), "--decide", "minimum", "--json", "-")
    assert refuted.status == 1
    better = json.loads(refuted.out)["local_minimum"]
    assert Fraction(better["better_loss"]) < Fraction(json.loads(refuted.out)["loss"])
    assert set(better["better_parameters"]) <= {"W1[0,0]", "b1[0]", "W2[0,0]", "b2[0]"}
    assert command("loss", str(network), str(table), "--stability", "4").status == 2


def test_the_graph_of_one_input_is_drawn_the_same_each_time(tmp_path, exactrelu):
    package.write_network(net(([[1]], [-5]), ([[1]], ["1/3"])), tmp_path / "n.json")
    (tmp_path / "d.csv").write_text("0,0\n1,1\n2,0\n", encoding="utf-8")
    for name in ("one.svg", "two.svg"):
        assert (
            exactrelu(
                "loss", f"{tmp_path}/n.json", f"{tmp_path}/d.csv", "--global", "--draw", f"{tmp_path}/{name}"
            ).status
            == 0
        )
    pictures = [(tmp_path / name).read_bytes() for name in ("one.svg", "two.svg")]
    assert pictures[0] == pictures[1]
    assert b"svg" in pictures[0]
    assert exactrelu("loss", f"{tmp_path}/n.json", f"{tmp_path}/d.csv", "--draw", "x.pdf").is_refusal(
        ".svg or .png"
    )
    package.write_network(net(([[1, 1]], None)), tmp_path / "plane.json")
    (tmp_path / "plane.csv").write_text("0,0,1\n", encoding="utf-8")
    refused = exactrelu("loss", f"{tmp_path}/plane.json", f"{tmp_path}/plane.csv", "--draw", "x.svg")
    assert refused.is_refusal("needs 1 input, got 2")


def test_corners_are_all_bends():
    tent = net(([[1], [1], [1]], [0, -1, -2]), ([[1, -2, 1]], None))
    corners = corners_between(tent, Fraction(-1), Fraction(5, 2))
    assert [(x, y) for x, (y,) in corners] == [(-1, 0), (0, 0), (1, 1), (2, 0), (Fraction(5, 2), 0)]
