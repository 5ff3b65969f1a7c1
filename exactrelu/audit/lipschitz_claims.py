"""Claims about the Lipschitz constant of a network.

A claimed number is compared with the exact constant by squares, so a square root (``{"sqrt": q}``) may be
claimed, and the algebraic constant of the norm 2 is compared exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from exactrelu.analysis.lipschitz import LipschitzConstant, lipschitz_constant
from exactrelu.audit.claim_node import ClaimNode, choice_of
from exactrelu.audit.claim_numbers import number_of
from exactrelu.audit.judgement import Judgement, verdict_of
from exactrelu.audit.summary_text import number_text
from exactrelu.documents.lipschitz import constant_document
from exactrelu.documents.network import vector_texts
from exactrelu.enumeration.effort import Search
from exactrelu.errors import ArgumentError
from exactrelu.formats.strict_json import JsonNumber, Node
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import region_of
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import brief
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.matrix_norms import Norm

SIDES = ("upper", "lower", "value")
_ITERATIONS = 200


@dataclass(frozen=True)
class LipschitzClaim:
    """The claim that the Lipschitz constant K on ``domain`` is at most, at least or equal to a number.

    ``side`` is ``upper``, ``lower`` or ``value``. ``signed_square`` is v |v| for the claimed number v.
    """

    side: str
    signed_square: Fraction
    norm: Norm
    domain: Domain

    def __post_init__(self) -> None:
        if self.side not in SIDES:
            raise ArgumentError(f"side: expected one of {', '.join(SIDES)}, got {self.side!r}")

    @classmethod
    def read(cls, node: ClaimNode) -> LipschitzClaim:
        """Return the claim of a claims file."""
        node.require_keys(("norm",), (*SIDES, "domain"))
        sides = [side for side in SIDES if side in node]
        if len(sides) != 1:
            raise node.node.fail(f"one of the keys {', '.join(SIDES)}", ", ".join(sides) or "none")
        norm = Norm(choice_of(_norm_node(node), list(map(str, Norm))))
        return cls(sides[0], _signed_square(node, sides[0]), norm, node.own_domain())

    def judge(self, network: Network, search: Search) -> Judgement:
        """Return whether the bound holds, with the exact constant and a cell that attains it."""
        constant = lipschitz_constant(network, self.domain, self.norm, search=search)
        square = constant.power if self.norm is Norm.TWO else constant.power**2
        truth: dict[str, Any] = {"norm": str(self.norm), **constant_document(constant)}
        value = constant.value
        shown = f"~{value.decimal(12)}" if value.rational is None else number_text(value.rational)
        summary = f"the constant is {shown}"
        if constant.configuration is not None:
            summary += f", on the cell {str(constant.configuration)!r}"
        holds = {
            "upper": square <= self.signed_square,
            "lower": square >= self.signed_square,
            "value": square == self.signed_square,
        }[self.side]
        if not holds and square > self.signed_square:
            pair = steep_pair(network, self.domain, constant, max(self.signed_square, Fraction(0)))
            truth["points"] = None if pair is None else [vector_texts(x) for x in pair]
        truth["attained"] = square == self.signed_square
        return Judgement(verdict_of(holds), truth, summary)


def _norm_node(node: ClaimNode) -> Node:
    """Return the norm as a text: the JSON numbers 1 and 2 name their norms too."""
    child = node.child("norm")
    if isinstance(child.value, JsonNumber) and child.value.text in (str(Norm.ONE), str(Norm.TWO)):
        return replace(child, value=child.value.text)
    return child


def _signed_square(node: ClaimNode, key: str) -> Fraction:
    child = node.child(key)
    if isinstance(child.value, dict) and "sqrt" in child.value:
        child.require_keys(("sqrt",))
        root = number_of(child.child("sqrt"), node.numbers)
        if root < 0:
            raise child.child("sqrt").fail("a number of at least 0", brief(root))
        return root
    value = node.number(key)
    return value * abs(value)


def steep_pair(
    network: Network, domain: Domain, constant: LipschitzConstant, square: Fraction
) -> tuple[Point, Point] | None:
    """Return points x, y of the domain with |f(x) - f(y)|^2 > square |x - y|^2, None if none is found.

    They are looked for in the cell that attains the constant: along the columns of the unit ball for the
    norms 1 and inf, along the power iteration's vectors for 2. The pair itself is checked exactly.
    """
    if constant.configuration is None or constant.point is None:
        return None
    region = region_of(network, constant.configuration, domain, Reading.FULL)
    if region is None:
        return None
    x = constant.point
    for direction in _directions(constant, domain):
        step = Fraction(1)
        while not region.contains(y := tuple(a + step * v for a, v in zip(x, direction, strict=True))):
            step /= 2
        rise = tuple(a - b for a, b in zip(network(y), network(x), strict=True))
        run = tuple(a - b for a, b in zip(y, x, strict=True))
        if _norm_squared(rise, constant.norm) > square * _norm_squared(run, constant.norm):
            return x, y
    return None


def _directions(constant: LipschitzConstant, domain: Domain) -> Iterator[Point]:
    """Yield directions of the domain, not zero, in which the cell's linear part may be steep."""
    matrix = constant.linear_part
    if matrix is None:
        return
    projector = domain.directions.projector.rows()
    rows = matrix.rows()
    size = len(projector)
    candidates: Iterator[Point]
    if constant.norm is Norm.ONE:
        candidates = (tuple(Fraction(int(i == j)) for i in range(size)) for j in range(size))
    elif constant.norm is Norm.INFINITY:
        candidates = (tuple(Fraction(1 if entry >= 0 else -1) for entry in row) for row in rows)
    else:
        candidates = _power_iteration(rows, projector)
    for candidate in candidates:
        direction = _times(projector, candidate)
        if any(direction):
            yield direction


def _power_iteration(rows: tuple[Point, ...], projector: tuple[Point, ...]) -> Iterator[Point]:
    """Yield vectors that turn towards the largest singular one; they are rounded, and only proposals."""
    columns = tuple(zip(*rows, strict=True))
    vector = _times(projector, tuple(Fraction(j + 2, j + 1) for j in range(len(columns))))
    for _ in range(_ITERATIONS):
        yield vector
        vector = _times(projector, _times(columns, _times(rows, vector)))
        largest = max(map(abs, vector))
        if not largest:
            return
        vector = tuple(Fraction(round(entry / largest * 2**64), 2**64) for entry in vector)


def _times(rows: tuple[Point, ...], vector: Point) -> Point:
    return tuple(sum((a * b for a, b in zip(row, vector, strict=True)), Fraction(0)) for row in rows)


def _norm_squared(vector: Point, norm: Norm) -> Fraction:
    if norm is Norm.TWO:
        return sum((entry**2 for entry in vector), Fraction(0))
    sizes = [abs(entry) for entry in vector]
    return (sum(sizes, Fraction(0)) if norm is Norm.ONE else max(sizes)) ** 2
