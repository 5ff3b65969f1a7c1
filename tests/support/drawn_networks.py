"""Networks and domains that are drawn, degenerate ones on purpose.

Every generator takes a *chooser*: `Chooser.seeded` draws from a seeded generator (hundreds of cases, the
same on every machine), `networks` and `domains` are the hypothesis strategies over the same code.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain

Rows = list[tuple[list[Fraction], Fraction]]  # (row of W, entry of b) of one layer

STEADY = settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)

WEIGHTS: dict[str, list[Fraction]] = {
    "dyadic": [Fraction(k, 1024) for k in range(-1024, 1025, 3)],
    "integer": [Fraction(k) for k in range(-3, 4)],
    "ternary": [Fraction(k) for k in (-1, 0, 1)],
    "sparse": [Fraction(k) for k in (0, 0, 0, 1, -1, 2)],
    "thirds": [Fraction(k, 3) for k in range(-4, 5)],
    "mixed scales": [Fraction(k) * Fraction(2) ** e for k in (-3, -1, 0, 1) for e in (-40, 0, 40)],
    "huge scales": [Fraction(k) * Fraction(2) ** e for k in (-1, 0, 1) for e in (-300, 0, 300)],
}
GAPS = [Fraction(1), Fraction(1, 2**30), Fraction(1, 2**200), Fraction(-1, 2**30)]
FACTORS = [Fraction(1), Fraction(2), Fraction(1, 3), Fraction(-1), Fraction(-5, 2), Fraction(2) ** 40]


@dataclass(frozen=True)
class Chooser:
    """A source of choices, seeded or drawn by hypothesis."""

    choose: Callable[[Sequence[Any]], Any]
    integer: Callable[[int, int], int]

    @classmethod
    def seeded(cls, *seed: Any) -> Chooser:
        """Return the chooser of a seed."""
        rng = random.Random(repr(seed))  # noqa: S311 - test cases are no secrets
        return cls(rng.choice, rng.randint)

    @classmethod
    def drawn(cls, draw: Any) -> Chooser:
        """Return the chooser of a hypothesis test case."""
        return cls(lambda options: draw(st.sampled_from(options)), lambda lo, hi: draw(st.integers(lo, hi)))


# networks ---------------------------------------------------------------------------------------


def draw_network(c: Chooser, *, most_inputs: int = 3, most_hidden: int = 6) -> Network:
    """Return a network of any shape (L = 1, N_0 = 1, width 1, N_L > 1 included) with degenerate neurons."""
    kind = c.choose(list(WEIGHTS))
    inputs = c.integer(1, most_inputs)
    layers: list[Rows] = []
    left, width = most_hidden, inputs
    for _ in range(c.choose([0, 1, 1, 1, 2, 2, 2, 3, 4])):
        if not left:
            break
        outputs = c.integer(1, min(left, 4))
        rows = _rows(c, kind, outputs, width)
        for _ in range(c.choose([0, 1, 1, 2])):
            c.choose(TWISTS)(c, rows, layers)
        layers.append(rows)
        left, width = left - outputs, outputs
    layers.append(_rows(c, c.choose(["integer", kind]), c.choose([1, 1, 2, 3]), width))
    return Network.from_rationals([([w for w, _ in rows], [b for _, b in rows]) for rows in layers])


def _rows(c: Chooser, kind: str, outputs: int, inputs: int) -> Rows:
    biased = c.choose([True, True, False])
    return [
        (
            [c.choose(WEIGHTS[kind]) for _ in range(inputs)],
            c.choose(WEIGHTS[kind]) if biased else Fraction(0),
        )
        for _ in range(outputs)
    ]


def _copied(c: Chooser, rows: Rows, _: list[Rows]) -> None:
    """Make one neuron a multiple of another: duplicate, scaled or opposite."""
    one, two, factor = c.choose(range(len(rows))), c.choose(range(len(rows))), c.choose(FACTORS)
    rows[two] = ([factor * entry for entry in rows[one][0]], factor * rows[one][1])


def _parallel(c: Chooser, rows: Rows, _: list[Rows]) -> None:
    """Make one neuron parallel to another, at a distance that may be tiny."""
    one, two, factor = c.choose(range(len(rows))), c.choose(range(len(rows))), c.choose(FACTORS)
    rows[two] = ([factor * entry for entry in rows[one][0]], factor * (rows[one][1] + c.choose(GAPS)))


def _concurrent(c: Chooser, rows: Rows, _: list[Rows]) -> None:
    """Send all hyperplanes of the layer through one point."""
    point = [Fraction(c.integer(-1, 1), c.choose([1, 2])) for _ in rows[0][0]]
    for i, (weight, _bias) in enumerate(rows):
        rows[i] = (weight, -sum((a * x for a, x in zip(weight, point, strict=True)), Fraction(0)))


def _constant(c: Chooser, rows: Rows, _: list[Rows]) -> None:
    """Make one neuron zero, dead or always active."""
    i = c.choose(range(len(rows)))
    rows[i] = ([Fraction(0)] * len(rows[i][0]), Fraction(c.choose([0, -1, 1, 0])))


def _vanishing(c: Chooser, rows: Rows, layers: list[Rows]) -> None:
    """Make one neuron zero wherever two neurons before agree, as relu(x) - relu(x) is everywhere."""
    i, width = c.choose(range(len(rows))), len(rows[0][0])
    weight = [Fraction(0)] * width
    one, two = c.choose(range(width)), c.choose(range(width))
    if one != two:
        weight[one], weight[two] = Fraction(1), Fraction(-1)
        if layers and c.choose([True, False]):
            layers[-1][two] = layers[-1][one]
    rows[i] = (weight, Fraction(0))


TWISTS = [_copied, _parallel, _concurrent, _constant, _vanishing]


SLOPES = [
    (0, 1), (0, 1), (0, 1), (1, 1), (1, 1), (1, 1), ("1/4", 1), (-1, 1), (0, 0), (1, 0), (-3, -3),
    ("-1/3", -2), (3, Fraction(1, 2**60)), (Fraction(2) ** 1100, 1),
    (Fraction(2) ** -1100, Fraction(-1, 2**2600)),
]  # fmt: skip
"""Slopes of neurons: ReLU and linear units often, signs and sizes of all kinds."""


def with_drawn_units(c: Chooser, network: Network, slopes: Sequence[Any] = SLOPES) -> Network:
    """Return the network with slopes drawn for each neuron, in some layers the same for all."""
    activations = []
    for width in network.hidden_widths:
        pairs = [c.choose(slopes) for _ in range(width)]
        activations.append(Activation.of(c.choose([pairs, pairs, pairs, pairs[:1] * width])))
    return Network(network.layers, activations=activations)


# domains ----------------------------------------------------------------------------------------

_SMALL = [Fraction(k, q) for k in range(-2, 3) for q in (1, 2)]


def draw_domain(c: Chooser, dimension: int) -> Domain:
    """Return a domain of any kind: flat, open, unbounded, empty, redundant."""
    return c.choose(DOMAINS)(c, dimension)


def _unit(dimension: int, j: int, factor: Fraction | int = 1) -> list[Fraction]:
    return [Fraction(factor) if i == j else Fraction(0) for i in range(dimension)]


def _whole(_c: Chooser, n: int) -> Domain:
    return Domain.whole_space(n)


def _box(c: Chooser, n: int) -> Domain:
    return Domain.box([(c.choose([-2, -1, "-1/3"]), c.choose([1, "1/2", 3])) for _ in range(n)])


def _degenerate_box(c: Chooser, n: int) -> Domain:
    return Domain.box([(c.integer(-1, 0), c.integer(0, 1)) for _ in range(n)])


def _open_box(c: Chooser, n: int) -> Domain:
    sides = [(_unit(n, j), 1, c.choose([">", ">="])) for j in range(n)]
    return Domain.from_inequalities(n, sides + [(_unit(n, j), -1, "<") for j in range(n)])


def _any_rows(c: Chooser, n: int) -> Domain:
    """Return a few random rows: possibly empty, unbounded or thin."""
    rows = []
    for _ in range(c.integer(1, 4)):
        relation = c.choose(["<", "<=", ">=", ">", "<=", ">=", "="])
        rows.append(([c.choose(_SMALL) for _ in range(n)], c.choose(_SMALL), relation))
    return Domain.from_inequalities(n, rows)


def _cone(c: Chooser, n: int) -> Domain:
    rows = [([c.choose(_SMALL) for _ in range(n)], 0, c.choose([">=", ">"])) for _ in range(n)]
    return Domain.from_inequalities(n, rows)


def _flat(c: Chooser, n: int) -> Domain:
    """Return a domain in a hyperplane, given as an equation or as two inequalities."""
    normal, offset = [c.choose(_SMALL) for _ in range(n)], c.choose(_SMALL)
    doubled = [3 * entry for entry in normal]
    flat = c.choose(
        [
            [(normal, offset, "=")],
            [(normal, offset, "<="), (doubled, 3 * offset, ">=")],
            [(normal, offset, "="), (doubled, 3 * offset, "=")],
        ]
    )
    more = [(_unit(n, 0), c.choose(_SMALL), c.choose([">=", ">"]))] if c.choose([True, False]) else []
    return Domain.from_inequalities(n, flat + more)


def _empty(c: Chooser, n: int) -> Domain:
    """Return an empty domain; in some of them only a strict row makes it so."""
    e, minus = _unit(n, 0), _unit(n, 0, -2)
    rows = c.choose(
        [
            [(e, 0, "<="), (e, -1, ">=")],
            [(e, 0, ">"), (minus, 0, ">=")],
            [(e, 0, "<"), (e, 0, ">")],
            [([0] * n, 1, "<=")],
            [([0] * n, 0, "<")],
            [(e, 0, "="), (e, "1/1267650600228229401496703205376", "=")],
        ]
    )
    return Domain.from_inequalities(n, rows)


def _redundant(c: Chooser, n: int) -> Domain:
    """Return a domain with duplicate, scaled, implied and constant rows."""
    base = _any_rows(c, n).constraints[0]
    e = _unit(n, n - 1)
    rows = [
        (base.normal, base.offset, base.relation),
        ([7 * entry for entry in base.normal], 7 * base.offset, base.relation),
        ([0] * n, -1, "<="),
        ([0] * n, 0, c.choose(["=", "<=", ">="])),
        ([0] * n, 5, ">"),
        (e, -1, "<="),
        (e, -2, "<"),
        (e, -1, "<="),
    ]
    return Domain.from_inequalities(n, rows)


DOMAINS = [_whole, _box, _degenerate_box, _open_box, _any_rows, _any_rows, _cone, _flat, _empty, _redundant]


# strategies -------------------------------------------------------------------------------------


@st.composite
def networks(draw: Any, most_inputs: int = 3, most_hidden: int = 5) -> Network:
    """Draw a network as `draw_network` does."""
    return draw_network(Chooser.drawn(draw), most_inputs=most_inputs, most_hidden=most_hidden)


@st.composite
def networks_and_domains(draw: Any, most_inputs: int = 3, most_hidden: int = 5) -> tuple[Network, Domain]:
    """Draw a network and a domain of its input space."""
    c = Chooser.drawn(draw)
    network = draw_network(c, most_inputs=most_inputs, most_hidden=most_hidden)
    return network, draw_domain(c, network.inputs)


def rationals(most: int = 10**6) -> st.SearchStrategy[Fraction]:
    """Draw a rational, integers and zero often."""
    return st.one_of(
        st.integers(-3, 3).map(Fraction),
        st.builds(Fraction, st.integers(-most, most), st.integers(1, most)),
        st.builds(lambda k, e: Fraction(k) * Fraction(2) ** e, st.integers(-5, 5), st.integers(-300, 300)),
    )


def points(dimension: int) -> st.SearchStrategy[list[Fraction]]:
    """Draw a point; small halves are frequent, since hyperplanes pass through them."""
    small = st.sampled_from(_SMALL)
    return st.lists(st.one_of(small, rationals(50)), min_size=dimension, max_size=dimension)
