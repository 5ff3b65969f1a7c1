"""One claim of a claims file, read key by key; errors name the file and the claim's index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from exactrelu.audit.claim_numbers import EXACT, FLOATS, extended_of, number_of
from exactrelu.errors import DomainError, ExactReluError
from exactrelu.formats.strict_json import Node, require_format
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import Extended, brief
from exactrelu.polyhedra.constraints import LinearConstraint, Relation
from exactrelu.polyhedra.domain import Domain

COMMON_KEYS = ("kind", "id", "note", "numbers")


@dataclass(frozen=True)
class ClaimNode:
    """A claim's JSON object, with what its file says for all claims."""

    node: Node
    network: Network
    domain: Domain
    numbers: str
    folder: Path

    def require_keys(self, required: Collection[str], optional: Collection[str] = ()) -> None:
        """Check that the required keys are there, and no unknown ones."""
        self.node.require_keys(("kind", *required), (*COMMON_KEYS[1:], *optional))

    def __contains__(self, key: str) -> bool:
        return key in self.node.value

    def child(self, key: str) -> Node:
        """Return the value under a key that is there."""
        return self.node.child(key)

    def number(self, key: str) -> Fraction:
        """Return the number under a key."""
        return number_of(self.child(key), self.numbers)

    def extended(self, key: str) -> Extended:
        """Return the number under a key, possibly infinite."""
        return extended_of(self.child(key), self.numbers)

    def tolerance(self, key: str = "tolerance") -> Fraction | None:
        """Return the stated tolerance, None if none is stated."""
        if key not in self:
            return None
        value = self.number(key)
        if value < 0:
            raise self.child(key).fail("a tolerance of at least 0", brief(value))
        return value

    def natural(self, key: str, least: int = 0, most: int | None = None) -> int:
        """Return the integer under a key."""
        value = self.child(key).number()
        if value.denominator != 1 or value < least or (most is not None and value > most):
            bound = (
                f"an integer of at least {least}" if most is None else f"an integer from {least} to {most}"
            )
            raise self.child(key).fail(bound)
        return int(value)

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        """Return the text under a key, one of those that are allowed."""
        return choice_of(self.child(key), allowed)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return the boolean under a key."""
        if key not in self:
            return default
        value = self.child(key).value
        if not isinstance(value, bool):
            raise self.child(key).fail("true or false")
        return value

    def vector(self, node: Node, length: int, what: str) -> Point:
        """Return the numbers at a node, as many as are expected."""
        items = node.items()
        if len(items) != length:
            raise node.fail(f"{length} numbers, {what}", str(len(items)))
        return tuple(number_of(item, self.numbers) for item in items)

    def point(self, key: str) -> Point:
        """Return the point of the input space under a key."""
        return self.vector(self.child(key), self.network.inputs, "the network's inputs")

    def points(self, key: str) -> tuple[Point, ...]:
        """Return the points of the input space under a key."""
        what = "the network's inputs"
        return tuple(self.vector(item, self.network.inputs, what) for item in self.child(key).items())

    def own_domain(self) -> Domain:
        """Return the domain of this claim, the file's without one of its own."""
        if "domain" not in self:
            return self.domain
        return domain_at(self.child("domain"), self.network.inputs, self.numbers)

    def depth(self) -> int | None:
        """Return K of Theta_K, None for all hidden layers."""
        return self.natural("depth", 0, self.network.depth - 1) if "depth" in self else None

    def configurations(self, key: str, widths: Sequence[int]) -> tuple[Configuration, ...]:
        """Return the configurations under a key."""
        found = []
        for item in self.child(key).items():
            try:
                found.append(Configuration.parse(item.text(), widths))
            except ExactReluError as error:
                expected, _, got = str(error).partition("expected ")[2].rpartition(", got ")
                raise item.fail(expected, got) from None
        return tuple(found)

    def other_network(self, key: str) -> tuple[Network, str]:
        """Return the network in the file under a key, which is named from the claims file's folder."""
        from exactrelu.formats import load_network

        name = self.child(key).text()
        try:
            other = load_network(self.folder / name)
        except ExactReluError as error:
            raise self.child(key).fail("the file of a network", str(error)) from None
        shape, expected = (other.inputs, other.outputs), (self.network.inputs, self.network.outputs)
        if shape != expected:
            raise self.child(key).fail("a network {} -> {}".format(*expected), "one {} -> {}".format(*shape))
        return other, name

    def constraint(self, item: Node) -> LinearConstraint:
        """Return the constraint input . x + output . f(x) + offset RELATION 0 at a node, on (x, f(x))."""
        item.require_keys(("offset", "relation"), ("input", "output"))
        lengths = {"input": self.network.inputs, "output": self.network.outputs}
        normal: list[Fraction] = []
        for key, length in lengths.items():
            if key in item.value:
                normal.extend(self.vector(item.child(key), length, f"the network's {key}s"))
            else:
                normal.extend((Fraction(0),) * length)
        relation = Relation(choice_of(item.child("relation"), list(Relation)))
        return LinearConstraint(tuple(normal), number_of(item.child("offset"), self.numbers), relation)


def choice_of(node: Node, allowed: Sequence[str]) -> str:
    """Return the text at a node, one of those that are allowed."""
    if not isinstance(node.value, str) or node.value not in allowed:
        raise node.fail(f"one of {', '.join(allowed)}")
    return node.value


def numbers_of(node: Node, default: str) -> str:
    """Return what JSON numbers mean in the object at a node."""
    if "numbers" not in node.value:
        return default
    return choice_of(node.child("numbers"), (EXACT, *FLOATS))


def domain_at(node: Node, dimension: int, numbers: str) -> Domain:
    """Return the domain at a node: null, ``{"box": [[lo, hi], ...]}`` or ``{"inequalities": [...]}``."""
    if node.value is None:
        return Domain.whole_space(dimension)
    node.require_keys((), ("box", "inequalities", "format", "version"))
    if "format" in node.value or "version" in node.value:
        require_format(node, "exactrelu-domain")
    if ("box" in node.value) == ("inequalities" in node.value):
        raise node.fail("one of the keys box, inequalities", "both" if "box" in node.value else "none")
    try:
        if "box" in node.value:
            return _box_at(node.child("box"), dimension, numbers)
        rows = node.child("inequalities").items()
        return Domain(dimension, tuple(_row_at(row, dimension, numbers) for row in rows))
    except DomainError as error:
        expected, _, got = str(error).partition("expected ")[2].rpartition(", got ")
        raise node.fail(expected, got) from None


def _box_at(node: Node, dimension: int, numbers: str) -> Domain:
    items = node.items()
    if len(items) != dimension:
        raise node.fail(f"{dimension} intervals, one for each input", str(len(items)))
    bounds = []
    for item in items:
        ends = item.items()
        if len(ends) != 2:
            raise item.fail("an interval [LO, HI]", f"{len(ends)} numbers")
        bounds.append((number_of(ends[0], numbers), number_of(ends[1], numbers)))
    return Domain.box(bounds)


def _row_at(row: Node, dimension: int, numbers: str) -> LinearConstraint:
    row.require_keys(("normal", "offset", "relation"))
    normal = [number_of(item, numbers) for item in row.child("normal").items()]
    if len(normal) != dimension:
        raise row.child("normal").fail(f"{dimension} numbers, one for each input", str(len(normal)))
    relation = Relation(choice_of(row.child("relation"), list(Relation)))
    return LinearConstraint(tuple(normal), number_of(row.child("offset"), numbers), relation)
