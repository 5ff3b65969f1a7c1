"""The sweep: a tiling moves with the parameter from one critical value to the next.

Just after a value every generator is a polynomial in t, and so is each form's value at it. As long as none of
these polynomials changes its sign the cutting decides the same, so the faces stay. The first root of all of
them is the next *critical* value; it need not change a configuration.

At a critical value a the generators whose signs change become rays with more zeros. Let s be the signs of
such a ray at a. A face whose closure has only generators that do not change stays as it is; all others have,
at a and on both sides, all the signs of some s that are not zero. So only the faces with these signs are
found anew, by cutting the closed set where these forms have these signs: at a, by exact arithmetic in Q(a),
and just after it. Where lines of the cells may change, weights have a pole, or the domain depends on the
parameter, everything is found anew. (docs/families.md has the proof.)
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import total_ordering
from typing import Any

from flint import fmpz_poly

from exactrelu.errors import PoleError
from exactrelu.families.configurations import BitLayout
from exactrelu.families.face_complex import FaceComplex, Generator, Signs
from exactrelu.families.homogeneous_network import (
    HomogeneousNetwork,
    Side,
    form_signature,
)
from exactrelu.families.network_family import DomainFamily, NetworkFamily
from exactrelu.families.ordered_fields import Vector, scalars_at
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.places import Place, first_root, sign_at
from exactrelu.numbers.rational_functions import common_multiple

Faces = dict[Signs, int]
"""The dimension of each face, by its signs."""


@dataclass(frozen=True)
class Tiling:
    """The tiling at a number (low = high) or on an open interval, where it does not change.

    ``low`` and ``high`` are None for -inf and inf. ``generators`` are rays whose cones, with the lines, are
    the closures of the faces: just after ``low`` on an interval; at a number either those of the interval
    before (``limits``), which are to be evaluated there, or its own.
    """

    low: AlgebraicNumber | None
    high: AlgebraicNumber | None
    faces: Faces
    generators: tuple[Generator, ...]
    line_vectors: tuple[Vector, ...]
    network: HomogeneousNetwork
    limits: bool = False

    @property
    def lines(self) -> int:
        """The dimension of the space of lines."""
        return len(self.line_vectors)

    @property
    def is_point(self) -> bool:
        """Whether it stands for one value of the parameter."""
        return self.low is not None and self.low is self.high


@dataclass(frozen=True)
class Gap:
    """A number at which the family has a pole."""

    low: AlgebraicNumber

    @property
    def high(self) -> AlgebraicNumber:
        """The number."""
        return self.low


class Sweep:
    """The tilings of a family on a domain, for all values of the parameter between two ends.

    Parameters
    ----------
    family, domain
        The networks, and where they are looked at.
    low, high
        Ends, low < high, None for -inf and inf; the tilings at finite ends are looked at too.
    checkpoint
        Called now and then; it may raise.
    """

    def __init__(
        self,
        family: NetworkFamily,
        domain: DomainFamily,
        low: AlgebraicNumber | None,
        high: AlgebraicNumber | None,
        checkpoint: Callable[[], None] = lambda: None,
    ) -> None:
        self.family = family
        self.domain = domain
        self._ends = low, high
        self._check = checkpoint
        self._poles = [layer.denominator for layer in family.layers] + [
            common_multiple(entry.denominator for entry in row.entries) for row in domain.rows
        ]
        self.layout = layout_of(family, domain)

    def __iter__(self) -> Iterator[Tiling | Gap]:
        """Yield the tilings in order: a number, an interval, a number, and so on."""
        low, high = self._ends
        if low is not None:
            yield self._at(low)
        place = Place(low, after=True)
        moving = self._anew(place)
        while (event := moving.next_event()) is not None:
            yield moving.tiling(event.number)
            self._check()
            yield from self._pass(moving, event)
            if event.everything:
                moving = self._anew(Place(event.number, after=True))
        yield moving.tiling(high)
        if high is not None:
            yield self._at(high)

    def _at(self, number: AlgebraicNumber) -> Tiling | Gap:
        """Return the tiling at a number, found anew."""
        try:
            found = self._complex(Place(number))
        except PoleError:
            return Gap(number)
        rays = tuple(found.generators.values())
        return Tiling(number, number, _dimensions(found), rays, tuple(found.lines), found.network)

    def _complex(self, place: Place, sides: list[Side] | None = None) -> FaceComplex:
        network = HomogeneousNetwork(self.family, self.domain, scalars_at(place))
        return FaceComplex(network, sides, self._check)

    def _anew(self, place: Place) -> _Moving:
        moving = _Moving(self._complex(place), place.number, self._ends[1])
        for polynomial in self._poles:
            moving.watch(polynomial, None)
        if not self.domain.is_constant:
            moving.is_local = False
        return moving

    def _pass(self, moving: _Moving, event: _Event) -> Iterator[Tiling | Gap]:
        """Yield the tiling at a critical value, and take what moves past it."""
        if event.everything:
            yield self._at(event.number)
            return
        stars = _minimal(_signs_at(generator, moving.network, event.number) for generator in event.generators)
        here = [self._star(Place(event.number), signs) for signs in stars]
        faces = moving.without(stars)
        for found, signs in zip(here, stars, strict=True):
            faces |= {s: d for s, d in _dimensions(found).items() if _extends(s, signs)}
        before = tuple(moving.generators.values())
        yield Tiling(event.number, event.number, faces, before, moving.lines, here[0].network, limits=True)
        moving.replace(event.number, stars, [self._star(Place(event.number, after=True), s) for s in stars])

    def _star(self, place: Place, signs: Signs) -> FaceComplex:
        """Return the faces where all forms have the given signs or vanish."""
        network = HomogeneousNetwork(self.family, self.domain, scalars_at(place))
        sides = [
            Side.POSITIVE if signs[0] >> j & 1 else Side.NEGATIVE if signs[1] >> j & 1 else form.side
            for j, form in enumerate(network.forms)
        ]
        return FaceComplex(network, sides, self._check)


def layout_of(family: NetworkFamily, domain: DomainFamily) -> BitLayout:
    """Return where the bits stand among the forms."""
    first, places = form_signature(family, domain)
    count = family.activations[0].bent_width if family.activations else 0
    second = places[count] if len(places) > count else 0
    return BitLayout(first, count, second, len(places) - count, family.bent_widths)


@dataclass(frozen=True)
class _Event:
    """A critical value with the generators that change, or everything."""

    number: AlgebraicNumber
    generators: list[Generator]
    everything: bool


@total_ordering
class _Entry:
    """What is watched: the first root, and whose it is, None for what concerns everything."""

    __slots__ = ("generator", "number")

    def __init__(self, number: AlgebraicNumber, generator: Generator | None) -> None:
        self.number = number
        self.generator = generator

    def __lt__(self, other: _Entry) -> bool:
        return self.number < other.number


class _Moving:
    """A tiling that moves: its faces, its generators, and their next critical values."""

    def __init__(
        self, found: FaceComplex, start: AlgebraicNumber | None, end: AlgebraicNumber | None
    ) -> None:
        self.network = found.network
        self.lines = tuple(found.lines)
        self.faces = _dimensions(found)
        self.generators: dict[Signs, Generator] = {}
        self.is_local = True
        self._start, self._end = start, end
        self._heap: list[_Entry] = []
        for generator in found.generators.values():
            self._add(generator)
        for pivot in found.pivots:
            self.watch(pivot, None)
        for generator, forms in found.dropped:
            for form in self.network.forms[:forms]:
                self.watch(generator.value(self.network, form), None)

    def _add(self, generator: Generator) -> None:
        self.generators[generator.signs] = generator
        self._push(_values(generator, self.network), generator)

    def watch(self, polynomial: fmpz_poly, generator: Generator | None) -> None:
        """Watch the first root of a polynomial."""
        self._push([polynomial], generator)

    def _push(self, polynomials: Iterable[fmpz_poly], generator: Generator | None) -> None:
        root = first_root(polynomials, self._start, self._end)
        if root is not None:
            heapq.heappush(self._heap, _Entry(root, generator))

    def next_event(self) -> _Event | None:
        """Return the next critical value before the end."""
        while self._heap and self._is_gone(self._heap[0]):
            heapq.heappop(self._heap)
        if not self._heap:
            return None
        number, changing = self._heap[0].number, []
        while self._heap and self._heap[0].number == number:
            entry = heapq.heappop(self._heap)
            if not self._is_gone(entry):
                changing.append(entry.generator)
        generators = [generator for generator in changing if generator is not None]
        return _Event(number, generators, not self.is_local or len(generators) < len(changing))

    def _is_gone(self, entry: _Entry) -> bool:
        generator = entry.generator
        return generator is not None and self.generators.get(generator.signs) is not generator

    def tiling(self, high: AlgebraicNumber | None) -> Tiling:
        """Return the tiling from here to the next critical value."""
        rays = tuple(self.generators.values())
        return Tiling(self._start, high, dict(self.faces), rays, self.lines, self.network)

    def without(self, stars: list[Signs]) -> Faces:
        """Return the faces that have none of the given signs."""
        return {s: d for s, d in self.faces.items() if not any(_extends(s, star) for star in stars)}

    def replace(self, number: AlgebraicNumber, stars: list[Signs], found: list[FaceComplex]) -> None:
        """Go past a critical value: faces and generators with the given signs are those that were found."""
        self._start, self.network = number, found[0].network
        self.faces = self.without(stars)
        for signs in [s for s in self.generators if any(_extends(s, star) for star in stars)]:
            del self.generators[signs]
        for part, star in zip(found, stars, strict=True):
            self.faces |= {s: d for s, d in _dimensions(part).items() if _extends(s, star)}
            for generator in part.generators.values():
                if _extends(generator.signs, star) and generator.signs not in self.generators:
                    self._add(generator)


def _dimensions(found: FaceComplex) -> Faces:
    return {face.signs: face.dimension for face in found.faces}


def _values(generator: Generator, network: HomogeneousNetwork) -> list[Any]:
    """Return the values of the forms that are not zero."""
    signed = generator.positive | generator.negative
    return [generator.value(network, form) for j, form in enumerate(network.forms) if signed >> j & 1]


def _signs_at(generator: Generator, network: HomogeneousNetwork, number: AlgebraicNumber) -> Signs:
    """Return the signs of a generator at the critical value: those that do not vanish there."""
    kept = sum(
        1 << j
        for j, form in enumerate(network.forms)
        if (generator.positive | generator.negative) >> j & 1
        and sign_at(generator.value(network, form), number)
    )
    return generator.positive & kept, generator.negative & kept


def _extends(signs: Signs, star: Signs) -> bool:
    return signs[0] & star[0] == star[0] and signs[1] & star[1] == star[1]


def _minimal(found: Iterable[Signs]) -> list[Signs]:
    """Return the signs that extend no others."""
    every = sorted(set(found))
    return [s for s in every if not any(_extends(s, other) and s != other for other in every)]
