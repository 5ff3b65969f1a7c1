"""From the faces of a tiling to its configurations, in the three readings.

The signs of all neurons on a face say which configurations it counts for: in the half-open reading the one
with bit 1 where a neuron is positive, in the closed one all those that differ from it where neurons vanish,
and in the full one that of a face that has the dimension of the domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exactrelu.families.face_complex import Signs
from exactrelu.networks.reading import Reading

_LISTED = 1 << 17
"""So many configurations at most are listed; larger sets are kept as decision diagrams."""

Cube = tuple[int, int]
"""Bits that are 1, and bits that are free."""


@dataclass(frozen=True)
class BitLayout:
    """Where the bits of a configuration stand among the forms: two runs, one after the other."""

    first: int
    count: int
    second: int
    more: int
    widths: tuple[int, ...]

    def bits(self, forms: int) -> int:
        """Return the bits, that of the first neuron lowest."""
        low = (forms >> self.first) & ((1 << self.count) - 1)
        return low | ((forms >> self.second) & ((1 << self.more) - 1)) << self.count

    @property
    def size(self) -> int:
        """The number of bits."""
        return self.count + self.more

    def text(self, bits: int) -> str:
        """Return a configuration as text, its layers apart."""
        digits = "".join(str(bits >> i & 1) for i in range(self.size))
        parts, start = [], 0
        for width in self.widths:
            parts.append(digits[start : start + width])
            start += width
        return "|".join(parts)


@dataclass(frozen=True, repr=False)
class Configurations:
    """The configurations of a tiling in each reading; ``==`` compares the sets.

    Each is a set of integers, the bit of the first neuron lowest.
    """

    layout: BitLayout
    half_open: frozenset[int]
    full: frozenset[int]
    closed: frozenset[int] | Diagram

    @classmethod
    def of(cls, layout: BitLayout, faces: Mapping[Signs, int], strict: int) -> Configurations:
        """Return the configurations of faces with their dimensions; all ``strict`` forms must be positive."""
        inside = [(signs, d) for signs, d in faces.items() if signs[0] & strict == strict]
        top = max((d for _, d in inside), default=0)
        every = (1 << layout.size) - 1
        cubes: set[Cube] = set()
        full = set()
        for (positive, negative), dimension in inside:
            bits = layout.bits(positive)
            cubes.add((bits, every & ~bits & ~layout.bits(negative)))
            if dimension == top:
                full.add(bits)
        return cls(layout, frozenset(bits for bits, _ in cubes), frozenset(full), union(cubes, layout.size))

    def __repr__(self) -> str:
        return f"<Configurations {', '.join(f'{self.count(r)} {r}' for r in Reading)}>"

    def count(self, reading: Reading) -> int:
        """Return how many there are in a reading."""
        found = self.of_reading(reading)
        return found.count if isinstance(found, Diagram) else len(found)

    def texts(self, reading: Reading) -> list[str] | None:
        """Return them as sorted texts, None if there are more than 131072."""
        found = self.of_reading(reading)
        return None if isinstance(found, Diagram) else sorted(map(self.layout.text, found))

    def differs(self, other: Configurations | None, reading: Reading) -> bool:
        """Return whether the sets of a reading differ; from no tiling every one does."""
        return other is None or self.of_reading(reading) != other.of_reading(reading)

    def of_reading(self, reading: Reading) -> frozenset[int] | Diagram:
        """Return the set of a reading."""
        if reading is Reading.CLOSED:
            return self.closed
        return self.full if reading is Reading.FULL else self.half_open


# unions of cubes ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Diagram:
    """A large set of bit vectors as a reduced ordered decision diagram, which is unique.

    ``root`` is True, False or (level, subset without the bit, subset with it).
    """

    root: Any
    count: int


def union(cubes: set[Cube], size: int) -> frozenset[int] | Diagram:
    """Return the union of cubes: a set of integers, or a diagram if it has more than 2^17 elements.

    Examples
    --------
    >>> sorted(union({(1, 2), (0, 1)}, 2))
    [0, 1, 3]
    >>> union({(0, (1 << 40) - 1)}, 40).count == 2**40
    True
    """
    if sum(1 << free.bit_count() for _, free in cubes) <= _LISTED:
        return frozenset(bits | part for bits, free in cubes for part in _subsets(free))
    root = _Builder(size).node(0, frozenset(cubes))
    count = _count(root, 0, size, {})
    return Diagram(root, count) if count > _LISTED else frozenset(_members(root, 0, size))


def _subsets(mask: int) -> Iterator[int]:
    part = mask
    while True:
        yield part
        if not part:
            return
        part = (part - 1) & mask


class _Builder:
    """Diagrams of unions of cubes, each made once."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: dict[tuple[int, frozenset[Cube]], Any] = {}

    def node(self, level: int, cubes: frozenset[Cube]) -> Any:
        """Return the diagram of the bits from a level on; the cubes are shifted by it."""
        if not cubes:
            return False
        if (0, (1 << (self._size - level)) - 1) in cubes:
            return True
        key = level, cubes
        if key not in self._known:
            sides = [
                self.node(level + 1, frozenset((b >> 1, f >> 1) for b, f in cubes if f & 1 or b & 1 == bit))
                for bit in (0, 1)
            ]
            self._known[key] = sides[0] if sides[0] == sides[1] else (level, *sides)
        return self._known[key]


def _count(node: Any, level: int, size: int, known: dict[Any, int]) -> int:
    if isinstance(node, bool):
        return (1 << (size - level)) if node else 0
    if node not in known:
        known[node] = sum(_count(side, node[0] + 1, size, known) for side in node[1:])
    count: int = known[node] << (node[0] - level)
    return count


def _members(node: Any, level: int, size: int) -> Iterable[int]:
    if node is False:
        return
    if level == size:
        yield 0
        return
    sides = node[1:] if not isinstance(node, bool) and node[0] == level else (node, node)
    for bit, side in enumerate(sides):
        for rest in _members(side, level + 1, size):
            yield bit | rest << 1
