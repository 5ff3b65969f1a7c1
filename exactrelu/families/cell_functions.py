"""What is tracked over the tilings: the range of each output, Lipschitz constants, the size of gradients.

The supremum of an output is taken at a vertex, or is infinite along a ray; the slopes are those of the cells
of full dimension. Vertices and slopes are rational functions of the parameter as long as the tiling stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flint import fmpq_poly, fmpz_poly

from exactrelu.families.configurations import BitLayout
from exactrelu.families.envelopes import Envelopes
from exactrelu.families.face_complex import Generator
from exactrelu.families.network_family import NetworkFamily
from exactrelu.families.piecewise_functions import Step, Value
from exactrelu.families.sweep import Tiling
from exactrelu.numbers.places import Place, roots_between
from exactrelu.numbers.rational_functions import RationalFunction

Matrix = tuple[tuple[RationalFunction, ...], ...]


Term = tuple[int, int]
"""An output and a sign."""


class _Values:
    """The outputs at a generator (x, w): y / (s w) at a vertex, a positive multiple of y on a ray."""

    def __init__(self, height: RationalFunction, scale: RationalFunction, ys: Sequence[Any]) -> None:
        self.height = height
        self._scale = scale
        self._ys = ys
        self._along: dict[Term, RationalFunction] = {}
        self._at: dict[Term, RationalFunction] = {}

    def along(self, term: Term) -> RationalFunction:
        """Return the slope of a signed output, times a positive factor."""
        if term not in self._along:
            value = _function(self._ys[term[0]])
            self._along[term] = value if term[1] > 0 else -value
        return self._along[term]

    def at(self, term: Term) -> RationalFunction:
        """Return the value of a signed output at the vertex."""
        if term not in self._at:
            self._at[term] = self.along(term) / (self._scale * self.height)
        return self._at[term]


class OutputValues:
    """The outputs at the generators of tilings: values at vertices, slopes along rays."""

    def __init__(self, family: NetworkFamily, envelopes: Envelopes) -> None:
        self._last = len(family.layers) - 1
        self._known: dict[Generator, _Values] = {}
        self._envelopes = envelopes

    def supremum(self, tiling: Tiling, terms: Sequence[Term]) -> list[Step]:
        """Return the supremum of the largest of the sign y_k on the domain, ``terms`` the pairs (k, sign)."""
        vertices, rays = self._split(tiling, terms)
        if tiling.is_point and tiling.low is not None:
            place = Place(tiling.low)
            return [(tiling.low, tiling.high, self._largest(vertices, rays, place))]
        turns = sorted({r for ray in rays for r in roots_between(ray.numerator, tiling.low, tiling.high)})
        steps: list[Step] = []
        for low, high in zip([tiling.low, *turns], [*turns, tiling.high], strict=True):
            if any(_sign(ray, Place(low, after=True)) > 0 for ray in rays):
                steps.append((low, high, math.inf))
            else:
                steps += self._envelopes.maximum_steps(vertices, low, high)
            if high is not tiling.high and high is not None:
                steps.append((high, high, self._largest(vertices, rays, Place(high))))
        return steps

    def breakpoints(self, tiling: Tiling, first: int) -> list[Step]:
        """Return, for one input, the vertices where a neuron, a form from ``first`` on, vanishes."""
        steps: list[Step] = []
        for generator in tiling.generators:
            signed = generator.positive | generator.negative
            forms = len(tiling.network.forms)
            if generator.positive & 1 and signed >> first != (1 << (forms - first)) - 1:
                x, w = map(_function, generator.coordinates)
                steps.append((tiling.low, tiling.high, x / w))
        return steps

    def _split(
        self, tiling: Tiling, terms: Sequence[Term]
    ) -> tuple[list[RationalFunction], list[RationalFunction]]:
        """Return the values at vertices, and the slopes along rays; each once."""
        place = Place(tiling.low, after=not tiling.is_point)
        vertices: dict[RationalFunction, None] = {}
        rays = dict.fromkeys(self._along_lines(tiling, terms))
        for generator in tiling.generators:
            values = self._of(generator, tiling)
            if _sign(values.height, place):
                vertices |= dict.fromkeys(map(values.at, terms))
            else:
                rays |= dict.fromkeys(map(values.along, terms))
        return list(vertices), list(rays)

    def _of(self, generator: Generator, tiling: Tiling) -> _Values:
        if generator not in self._known:
            ys = generator.preactivations(tiling.network, self._last)
            scale = RationalFunction(tiling.network.scale, fmpz_poly([1]))
            self._known[generator] = _Values(_function(generator.coordinates[-1]), scale, ys)
        return self._known[generator]

    def _largest(
        self, vertices: Iterable[RationalFunction], rays: Iterable[RationalFunction], place: Place
    ) -> Value:
        if any(_sign(ray, place) > 0 for ray in rays):
            return math.inf
        return self._envelopes.maximum_at(vertices, place)

    def _along_lines(self, tiling: Tiling, terms: Sequence[Term]) -> list[RationalFunction]:
        """Return the slopes of the outputs along the lines, both ways; only a single affine map has some."""
        if self._last:
            return []
        values = [tiling.network.values(0, line[:-1], line[-1]) for line in tiling.line_vectors]
        slopes = [_function(value[k]) for value in values for k, _ in terms]
        return [*slopes, *(-slope for slope in slopes)]


class CellSlopes:
    """The linear parts on the cells of full dimension."""

    def __init__(self, family: NetworkFamily, layout: BitLayout, strict: int, envelopes: Envelopes) -> None:
        self._family = family
        self._layout = layout
        self._strict = strict
        self._envelopes = envelopes
        self._known: dict[int, Matrix] = {}

    def matrices(self, tiling: Tiling) -> list[Matrix] | None:
        """Return the linear parts, each once; None if the domain is not of full dimension."""
        inside = [(s, d) for s, d in tiling.faces.items() if s[0] & self._strict == self._strict]
        top = max((d for _, d in inside), default=0)
        if top + tiling.lines != self._family.inputs + 1:
            return None
        cells = {self._layout.bits(s[0]) for s, d in inside if d == top}
        return list(dict.fromkeys(self._matrix(bits) for bits in cells))

    def _matrix(self, bits: int) -> Matrix:
        if bits not in self._known:
            self._known[bits] = linear_part(self._family, bits)
        return self._known[bits]

    def largest(
        self, tiling: Tiling, sums: Callable[[Matrix], Iterable[Sequence[RationalFunction]]]
    ) -> list[Step]:
        """Return the largest of sums of sizes of entries: ``sums`` gives the entries of each."""
        found = self.matrices(tiling)
        if found is None:
            return [(tiling.low, tiling.high, None)]
        groups = dict.fromkeys(tuple(group) for matrix in found for group in sums(matrix))
        if tiling.is_point and tiling.low is not None:
            place = Place(tiling.low)
            value = self._envelopes.maximum_at(
                [self._envelopes.size_at(group, tiling.low) for group in groups], place
            )
            return [(tiling.low, tiling.high, value)]
        ends = tiling.low, tiling.high
        terms = (f for group in groups for f in self._envelopes.sizes(group, *ends))
        return self._envelopes.maximum_steps(terms, *ends)


def linear_part(family: NetworkFamily, bits: int) -> Matrix:
    """Return the linear part on the cell of a configuration, outputs by inputs."""
    below: list[list[Any]] = [
        [fmpz_poly([int(i == j)]) for j in range(family.inputs)] for i in range(family.inputs)
    ]
    denominator: Any = fmpz_poly([1])
    for k, layer in enumerate(family.layers):
        columns = list(zip(*below, strict=True))
        rows = [row[:-1] for row in layer.numerators]
        below = [
            [sum((a * b for a, b in zip(row, column, strict=True)), fmpz_poly([])) for column in columns]
            for row in rows
        ]
        denominator *= layer.denominator
        if k < len(family.activations):
            activation = family.activations[k]
            own = [bits >> i & 1 for i in range(activation.bent_width)]
            bits >>= activation.bent_width
            slopes = activation.integer_slopes(own)
            below = [[slope * entry for entry in row] for slope, row in zip(slopes, below, strict=True)]
            denominator *= activation.denominator
    return tuple(tuple(RationalFunction.of(entry, denominator) for entry in row) for row in below)


def _function(value: Any) -> RationalFunction:
    """Return a number that the tiling computes with as a rational function that has this value."""
    if isinstance(value, fmpz_poly):
        return RationalFunction.of(value, fmpz_poly([1]))
    if isinstance(value, fmpq_poly):
        return RationalFunction.of(value.numer(), fmpz_poly([value.denom()]))
    return RationalFunction.of(fmpz_poly([value.p]), fmpz_poly([value.q]))


def _sign(function: RationalFunction, place: Place) -> int:
    return place.sign(function.numerator)  # the denominators here are positive integers
