"""A case of the suite: a network on a box, and what is asked of it, as claims of an audit with a gap.

A question is a claim of `docs/audit.md` without the keys that a tool fills in; the answer is these keys.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import PurePosixPath
from random import Random
from typing import Any

from exactrelu.analysis.equality import decide_equality
from exactrelu.analysis.lipschitz import lipschitz_constant
from exactrelu.analysis.ranges import OutputRanges, output_range
from exactrelu.documents.network import vector_texts
from exactrelu.enumeration import count
from exactrelu.enumeration.effort import Search
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.numbers.decimals import decimal_text
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.matrix_norms import Norm
from exactrelu.suite.families import Box, Drawn, Family
from exactrelu.verification.linear_bound import LinearBound
from exactrelu.verification.property import Property
from exactrelu.verification.verdict import Verdict
from exactrelu.verification.verify import verify

_GRID = Fraction(1, 2**40)  # of levels

ULPS = 1024
"""How far a float program's outputs may be from the correctly rounded ones before they count as wrong."""


@dataclass(frozen=True)
class Question:
    """A claim with a gap: ``keys`` are what a tool fills in, ``answer`` has the exact values of these."""

    name: str
    claim: dict[str, Any]
    keys: tuple[str, ...]
    answer: dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A network on a box with its questions; other networks and properties that they name, by their paths."""

    name: str
    family: str
    network: Network
    box: Box
    questions: tuple[Question, ...]
    others: dict[str, Network]
    properties: dict[str, tuple[str, ...]]

    @property
    def domain(self) -> Domain:
        """The box as a domain."""
        return Domain.box(self.box)


def draw_case(family: Family, index: int, seed: int, search: Search | None = None) -> Case:
    """Return a case of a family, with exact answers; equal seeds give equal cases.

    Raises
    ------
    BudgetExhaustedError
        If a limit of the search is reached.
    """
    rng = Random(f"{seed} {family.name} {index}")  # noqa: S311 - no secrets
    drawn, name = family.draw(rng), f"{family.name}-{index}"
    maker = _Questions(name, drawn, rng, search or Search())
    questions = tuple(maker.all())
    return Case(name, family.name, drawn.network, drawn.box, questions, maker.others, maker.properties)


class _Questions:
    """What is asked of a network: everything that the box leaves a meaning."""

    def __init__(self, name: str, drawn: Drawn, rng: Random, search: Search) -> None:
        self.name, self.network, self.level = name, drawn.network, drawn.level
        self.rng, self.search = rng, search
        self.box, self.domain = drawn.box, Domain.box(drawn.box)
        self.others: dict[str, Network] = {}
        self.properties: dict[str, tuple[str, ...]] = {}

    def all(self) -> Iterator[Question]:
        for reading in Reading:
            number = count(self.network, self.domain, reading, search=self.search)
            yield self._asked(
                f"count-{reading}", {"kind": "region-count", "reading": str(reading)}, value=number
            )
        yield self._bounds()
        constant = lipschitz_constant(self.network, self.domain, Norm("inf"), search=self.search)
        yield self._asked(
            "lipschitz",
            {"kind": "lipschitz", "norm": "inf"},
            ("upper", "lower"),
            value=_text(constant.power.rational),
        )
        yield from self._properties()
        yield from self._equalities()
        if not self.domain.is_empty:
            yield self._outputs()

    def _asked(
        self, name: str, claim: dict[str, Any], also: tuple[str, ...] = (), /, **answer: Any
    ) -> Question:
        box = [[format_rational(lo), format_rational(hi)] for lo, hi in self.box]
        keys = (*(key for key in answer if key not in ("point", "outputs_there")), *also)
        return Question(f"{self.name}:{name}", claim | {"domain": {"box": box}}, keys, answer)

    def _bounds(self) -> Question:
        ranges = self._ranges
        if ranges is None:  # on an empty domain every bound holds
            return self._asked("bounds", {"kind": "bounds"}, lower=self._nothing(), upper=self._nothing())
        lower = [_text(one.minimum.value) for one in ranges]
        upper = [_text(one.maximum.value) for one in ranges]
        return self._asked("bounds", {"kind": "bounds"}, lower=lower, upper=upper)

    @cached_property
    def _ranges(self) -> OutputRanges | None:
        return output_range(self.network, self.domain, search=self.search)

    def _nothing(self) -> list[None]:
        return [None] * self.network.outputs

    def _properties(self) -> Iterator[Question]:
        for word, level in self._levels():
            bound = LinearBound.parse(f"y0 < {format_rational(level)}")  # unsafe: y0 >= level
            shape = self.network.inputs, self.network.outputs
            asked = Property.from_bounds(*shape, self.domain, [bound])
            decided = verify(self.network, asked, search=self.search)
            path = str(PurePosixPath("properties") / f"{self.name}-{word}.vnnlib")
            self.properties[path] = property_lines(self.box, self.network.outputs, level)
            answer: dict[str, Any] = {"answer": "unsat" if decided.point is None else "sat"}
            if decided.point is not None:
                answer["point"] = vector_texts(decided.point)
            claim = {"kind": "property", "property": path}
            keys = ("answer", "counterexample", "tolerance")
            yield Question(f"{self.name}:property-{word}", claim, keys, answer)

    def _levels(self) -> list[tuple[str, Fraction]]:
        """Return levels of the first output: one that is just reached, and the family's own or one missed."""
        ranges = self._ranges
        if ranges is None:
            return [("any", Fraction(0))]
        top = ranges[0].maximum.value
        if not isinstance(top, Fraction):
            return []
        reached = math.floor(top / _GRID) * _GRID  # finite decimals, which every program reads
        level = reached + _GRID if self.level is None else self.level
        return [("reached", reached), ("level", level)]

    def _equalities(self) -> Iterator[Question]:
        if self.network.depth < 2:
            return
        for word, other in (
            ("copy", _disguised(self.network, self.rng)),
            ("changed", _changed(self.network, self.rng)),
        ):
            decision = decide_equality(self.network, other, self.domain, search=self.search)
            path = str(PurePosixPath("networks") / f"{self.name}-{word}.json")
            self.others[path] = other
            answer: dict[str, Any] = {"equal": decision.verdict is Verdict.HOLDS}
            if decision.point is not None:
                answer["point"] = vector_texts(decision.point)
            yield self._asked(f"equal-{word}", {"kind": "equality", "other": path}, **answer)

    def _outputs(self) -> Question:
        points = [tuple(_between(self.rng, lo, hi) for lo, hi in self.box) for _ in range(3)]
        points.append(tuple(hi for _, hi in self.box))
        claim = {
            "kind": "outputs",
            "format": "float64",
            "points": [vector_texts(point) for point in points],
            "ulps": ULPS,
        }
        values = [self.network(point) for point in points]
        answer = {
            "outputs": [[_double(value) for value in row] for row in values],
            "exact": [vector_texts(row) for row in values],
        }
        return Question(f"{self.name}:outputs", claim, ("outputs",), answer)


def _text(value: Any) -> Any:
    return format_rational(value) if isinstance(value, Fraction) else str(value)


def _double(value: Fraction) -> float | str:
    """Return the nearest double, a text where that is infinite."""
    try:
        return float(value)
    except OverflowError:
        return "inf" if value > 0 else "-inf"


def _between(rng: Random, lo: Fraction, hi: Fraction) -> Fraction:
    return lo + (hi - lo) * Fraction(rng.randint(0, 64), 64)


def _disguised(network: Network, rng: Random) -> Network:
    """Return the same function: first-layer neurons in another order, each times a power of 2."""
    first, second, *rest = network.layers
    order = rng.sample(range(first.outputs), first.outputs)
    scales = [Fraction(2) ** rng.randint(-2, 2) for _ in order]
    rows = [[scale * entry for entry in first.rows[i]] for i, scale in zip(order, scales, strict=True)]
    columns = [
        [*(row[i] / scale for i, scale in zip(order, scales, strict=True)), row[-1]] for row in second.rows
    ]
    maps = [AffineMap(RationalMatrix.from_rows(entries, len(entries[0]))) for entries in (rows, columns)]
    return Network((*maps, *rest))


def _changed(network: Network, rng: Random) -> Network:
    """Return the network with one entry of its last layer changed by an ulp of a double of its size."""
    last = network.layers[-1]
    row, column = rng.randrange(last.outputs), rng.randrange(last.inputs)
    rows = [list(entries) for entries in last.rows]
    rows[row][column] += abs(rows[row][column]) / 2**51 or Fraction(1, 2**60)
    return network.with_last(AffineMap(RationalMatrix.from_rows(rows, last.inputs + 1)))


def property_lines(box: Box, outputs: int, level: Fraction) -> tuple[str, ...]:
    """Return a VNN-LIB 1.0 file: x in the box, and the first output is at least the level."""
    lines = [f"(declare-const X_{i} Real)" for i in range(len(box))]
    lines += [f"(declare-const Y_{j} Real)" for j in range(outputs)]
    for i, (lo, hi) in enumerate(box):
        lines += [f"(assert (>= X_{i} {decimal_text(lo)}))", f"(assert (<= X_{i} {decimal_text(hi)}))"]
    return (*lines, f"(assert (>= Y_0 {decimal_text(level)}))")
