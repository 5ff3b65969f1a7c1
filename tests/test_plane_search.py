"""The kernel of the plane finds what the NumPy road and brute force find, and its bounds hold."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest

from exactrelu import Domain, Network, Search
from exactrelu.enumeration import Problem, count_configurations
from exactrelu.enumeration.generator_engine.first_cells import first_cells
from exactrelu.enumeration.generator_engine.plane_rows import PlaneRows
from exactrelu.enumeration.generator_engine.plane_search import PlaneProblem, plane_kernel
from exactrelu.errors import ArgumentError
from exactrelu.kernels import library
from exactrelu.kernels.plane import Event
from tests.support.brute_force import configurations
from tests.support.drawn_networks import TWISTS, Chooser, draw_domain, draw_network, with_drawn_units
from tests.support.engine_agreement import READINGS
from tests.support.plane_bound_check import broken_bounds

pytestmark = pytest.mark.skipif(library.compiled() is None, reason=f"kernels: {library.described()}")

BOX = Domain.box([(-1, 1)] * 2)
KINDS = ["ternary", "small", "gaps", "huge", "rational"]


def planar(problem):
    """The problem for the kernel; None if it is not in the plane."""
    start = first_cells(problem)
    own = start and plane_kernel(problem, start)
    return PlaneProblem(own, problem, start) if own else None


def by_numpy(problem, monkeypatch):
    with monkeypatch.context() as context:
        context.setenv(library.SWITCH, "0")
        return count_configurations(problem, search=Search("generators"))


def never():
    return None


def weight(c, kind):
    small = Fraction(c.integer(-3, 3))
    match kind:
        case "ternary":
            return Fraction(c.integer(-1, 1))
        case "small":
            return small
        case "gaps":
            return small + c.choose([0, 0, 1, -1]) * Fraction(1, 2 ** c.choose([30, 52, 53, 100, 200]))
        case "huge":
            return small * Fraction(2) ** c.choose([0, 0, 60, 300, -300, 1000, -1080, 2600])
        case _:
            return Fraction(c.integer(-7, 7), c.choose([1, 3, 7]))


def drawn_in_the_plane(*seed):
    """A network of more neurons than others are drawn with, many of them coincident or concurrent."""
    c = Chooser.seeded("plane", *seed)
    kind, depth = c.choose(KINDS), c.choose([1, 1, 2, 2, 3])
    widths = [2, *(c.integer(2, {1: 12, 2: 6, 3: 4}[depth]) for _ in range(depth))]
    layers = []
    for inputs, outputs in itertools.pairwise(widths):
        biased = c.choose([True, True, False])
        rows = [
            ([weight(c, kind) for _ in range(inputs)], weight(c, kind) if biased else Fraction(0))
            for _ in range(outputs)
        ]
        for _ in range(c.choose([0, 1, 2, 4])):
            c.choose(TWISTS)(c, rows, layers)
        layers.append(rows)
    layers.append([([Fraction(1)] * widths[-1], Fraction(0))])
    network = Network.from_rationals([([w for w, _ in rows], [b for _, b in rows]) for rows in layers])
    if c.choose([False, False, False, True]):
        network = with_drawn_units(c, network)
    return network, c.choose([None, BOX, draw_domain(c, 2)])


# counts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_counts_are_those_of_brute_force(seed):
    served = 0
    for case in range(20):
        c = Chooser.seeded("plane by brute force", seed, case)
        network = draw_network(c, most_inputs=3, most_hidden=6)
        domain = draw_domain(c, network.inputs)
        for reading in READINGS:
            problem = planar(Problem.of(network, domain, reading))
            if problem:
                served += 1
                assert problem.count(never) == len(configurations(network, domain, reading.value)), case
    assert served


@pytest.mark.parametrize("seed", range(10))
def test_counts_are_those_of_the_other_road(seed, monkeypatch):
    for case in range(15):
        network, domain = drawn_in_the_plane(seed, case)
        for reading in READINGS[: 3 if sum(network.hidden_widths) <= 8 else 2]:
            problem = Problem.of(network, domain, reading)
            own = planar(problem)
            if own:
                assert own.count(never) == by_numpy(problem, monkeypatch), (case, reading)


def integers(widths, most, seed=0):
    rng = random.Random(seed)  # noqa: S311 - test cases are no secrets
    rows = [
        (
            [[rng.randint(-most, most) for _ in range(m)] for _ in range(n)],
            [rng.randint(-most, most) for _ in range(n)],
        )
        for m, n in itertools.pairwise(widths)
    ]
    return Network.from_rationals(rows)


@pytest.mark.parametrize("reading", READINGS[:2])
@pytest.mark.parametrize(
    ("widths", "most"), [((2, 24, 24, 1), 8), ((2, 40, 1), 3), ((2, 12, 12, 12, 1), 100)]
)
@pytest.mark.parametrize("domain", [None, BOX])
def test_larger_networks_with_many_lines_through_one_point(reading, widths, most, domain, monkeypatch):
    problem = Problem.of(integers(widths, most), domain, reading)
    assert planar(problem).count(never) == by_numpy(problem, monkeypatch)


def test_a_hundred_tangents_of_a_circle_are_a_cell_of_a_hundred_corners():
    # (1 - s^2, 2 s) / (1 + s^2) is on the circle; the lines n x = 1 bound a polygon with a corner each.
    slopes = [Fraction(k, 50) for k in range(-50, 50)]
    normals = [((1 - s * s) / (1 + s * s), 2 * s / (1 + s * s)) for s in slopes]
    weight = [list(n) for n in normals] + [[-a, -b] for a, b in normals]
    network = Network.from_rationals([(weight, [-1] * 200), ([[1] * 200], None)])
    problem = Problem.of(network, None, "full")
    # Simple but for the opposite pairs, which are parallel: 1 + n + pairs that meet.
    assert planar(problem).count(never) == 1 + 200 + (200 * 199 // 2 - 100) - _coincidences(normals)


def _coincidences(normals):
    """How many cells are missing because more than two of the lines n x = 1, -n x = 1 meet in a point."""
    lines = [(*n, Fraction(-1)) for n in normals] + [(-a, -b, Fraction(-1)) for a, b in normals]
    points = {}
    for i, u in enumerate(lines):
        for j, v in enumerate(lines[:i]):
            t = u[0] * v[1] - u[1] * v[0]
            if t:
                point = ((u[1] * v[2] - u[2] * v[1]) / t, (u[2] * v[0] - u[0] * v[2]) / t)
                points.setdefault(point, set()).update((i, j))
    return sum(len(through) * (len(through) - 1) // 2 - (len(through) - 1) for through in points.values())


# questions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_bounds_hold_at_every_corner(seed):
    checked = exact = 0
    for case in range(6):
        network, domain = drawn_in_the_plane("bounds", seed, case)
        for reading in ("full", "half-open"):
            own = planar(Problem.of(network, domain, reading))
            if own:
                wrong, more, zero = broken_bounds(own)
                assert wrong == [], case
                checked, exact = checked + more, exact + zero
    assert checked
    assert checked > exact


@pytest.mark.parametrize("reading", READINGS)
def test_a_search_that_asks_for_every_sign_finds_the_same(reading, monkeypatch):
    for case in range(10):
        network, domain = drawn_in_the_plane("doubt", case)
        problem = Problem.of(network, domain, reading)
        own = planar(problem)
        if own and sum(network.hidden_widths) <= 8:
            assert _asking(own, PlaneRows.signs) == by_numpy(problem, monkeypatch)


def test_answers_that_are_wrong_end_in_an_error_or_a_number_and_never_in_a_crash():
    rng, errors = random.Random(1), 0  # noqa: S311
    for case in range(60):
        network, domain = drawn_in_the_plane("lies", case)
        own = planar(Problem.of(network, domain, rng.choice(READINGS)))
        if own:
            try:
                assert _asking(own, lambda _, q: rng.choices((-1, 0, 1), k=len(q.asked)), steps=400) >= 0
            except ArithmeticError:
                errors += 1
    assert errors


def _asking(own, answers, steps=None):
    search = own._search()
    search.doubt()
    for polygon in own.chart.polygons:
        rows = PlaneRows(own._problem.network, own.chart, polygon)
        search.begin(own._arrays.cell(polygon, own._problem.network.hidden_widths[0]))
        event = Event.BUSY
        while event is not Event.DONE:
            event = search.step()
            if event is Event.QUESTIONS:
                search.answer(answers(rows, search.questions()))
            if steps is not None:
                steps -= 1
                if steps < 0:
                    return search.count
    return search.count


def test_answers_that_do_not_fit_are_refused():
    own = planar(Problem.of(integers((2, 4, 1), 3), BOX, "full"))
    search = own._search()
    search.doubt()
    search.begin(own._arrays.cell(own.chart.polygons[0], 4))
    assert search.step() is Event.QUESTIONS
    asked = len(search.questions().asked)
    for signs in ([], [0] * (asked + 1), [2] * asked):
        with pytest.raises(ArgumentError, match=f"expected {asked} signs"):
            search.answer(signs)


def test_a_budget_ends_a_search_between_its_steps():
    own = planar(Problem.of(integers((2, 300, 1), 1000), None, "full"))
    calls = []

    def enough():
        calls.append(1)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        own.count(enough)
    assert len(calls) == 1
