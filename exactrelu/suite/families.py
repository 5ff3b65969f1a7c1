"""The families of the suite, each aimed at one kind of fault of programs that compute with floats.

Every weight is a double, so that each network can be written in every format without being rounded. A family
draws as many different networks as it is asked for; equal seeds give equal networks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from exactrelu.networks.network import Network

Box = tuple[tuple[Fraction, Fraction], ...]
Rows = list[list[Fraction]]

_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Drawn:
    """A network of a family on a box, and a level at which an output is compared where the family has one."""

    network: Network
    box: Box
    level: Fraction | None = None


@dataclass(frozen=True)
class Family:
    """A kind of degenerate networks: its name, what goes wrong on it, and how one is drawn."""

    name: str
    aim: str
    draw: Callable[[Random], Drawn]


def families() -> tuple[Family, ...]:
    """Return all families, in a fixed order.

    Examples
    --------
    >>> [family.name for family in families()][:3]
    ['coincident', 'concurrent', 'touching']
    """
    return (
        Family(
            "coincident",
            "several neurons bend along one line, in equal and in opposite directions",
            _coincident,
        ),
        Family("concurrent", "many lines pass through one point", _concurrent),
        Family("touching", "cells meet the domain, or each other, in a point or an edge alone", _touching),
        Family("gap-30", "parallel bends at a distance of 2^-30: float32 sees one", lambda r: _gap(r, 30)),
        Family(
            "gap-52", "parallel bends at a distance of 2^-52: doubles hardly see two", lambda r: _gap(r, 52)
        ),
        Family(
            "absorption", "2^54 is added and taken away again: a double loses what lies between", _absorption
        ),
        Family("denormal", "weights near 2^-1074, which a large factor brings back", _denormal),
        Family("huge", "weights of 2^600, whose products overflow", _huge),
        Family("dead", "a layer that is off on the whole domain, by a little", _dead),
        Family("tie", "two outputs that are equal on a part of the domain", _tie),
        Family("one-point", "a domain of one point, where neurons are exactly 0", _one_point),
        Family("empty", "an empty domain: a lower bound above its upper one", _empty),
        Family("spike", "a peak of width 10^-6", _spike),
        Family(
            "tolerance", "a level that is missed by 2^-40: valid within a tolerance, and wrong", _tolerance
        ),
    )


# families ---------------------------------------------------------------------------------------------


def _square(inputs: int, reach: int = 1) -> Box:
    return ((Fraction(-reach), Fraction(reach)),) * inputs


def _dyadic(rng: Random, bits: int = 4) -> Fraction:
    return Fraction(rng.randint(-(2**bits), 2**bits), 2 ** (bits - 1))


def _nonzero(rng: Random) -> Fraction:
    return rng.choice((-1, 1)) * Fraction(rng.randint(1, 16), 8)


def _output(rng: Random, width: int, outputs: int = 1) -> tuple[Rows, list[Fraction]]:
    return [[_nonzero(rng) for _ in range(width)] for _ in range(outputs)], [
        _dyadic(rng) for _ in range(outputs)
    ]


def _net(*layers: tuple[Sequence[Sequence[Fraction]], Sequence[Fraction]]) -> Network:
    return Network.from_rationals([([list(row) for row in weight], list(bias)) for weight, bias in layers])


def _coincident(rng: Random) -> Drawn:
    base = [(_nonzero(rng), _dyadic(rng), _dyadic(rng, 3) / 4) for _ in range(2)]
    factors = [Fraction(1), Fraction(2 ** rng.randint(0, 3)), Fraction(-1), Fraction(-3)]
    rows = [[f * a, f * b, f * c] for a, b, c in base for f in factors]
    rng.shuffle(rows)
    first = [row[:2] for row in rows], [row[2] for row in rows]
    second = [[Fraction(rng.randint(-2, 2)) for _ in rows] for _ in range(2)], [Fraction(0), _dyadic(rng)]
    return Drawn(_net(first, second, _output(rng, 2)), _square(2))


def _concurrent(rng: Random) -> Drawn:
    x, y = Fraction(rng.randint(-3, 3), 8), Fraction(rng.randint(-3, 3), 8)
    normals = [(Fraction(a), Fraction(b)) for a, b in ((1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 3))]
    rng.shuffle(normals)
    rows, biases = [list(normal) for normal in normals[:5]], [-(a * x + b * y) for a, b in normals[:5]]
    return Drawn(_net((rows, biases), _output(rng, 5)), _square(2))


def _touching(rng: Random) -> Drawn:
    corner = rng.choice((-1, 1)), rng.choice((-1, 1))
    rows = [
        [Fraction(corner[0]), Fraction(corner[1])],
        [Fraction(corner[0]), Fraction(0)],
        [_nonzero(rng), _nonzero(rng)],
    ]
    first = rows, [Fraction(-2), Fraction(-1), Fraction(0)]  # 0 at a corner, on an edge
    second = (
        [[Fraction(1), Fraction(1), Fraction(-1)], [Fraction(0), Fraction(0), Fraction(-1)]],
        [Fraction(0)] * 2,
    )
    return Drawn(_net(first, second, _output(rng, 2)), _square(2))


def _gap(rng: Random, bits: int) -> Drawn:
    a, b, c = _nonzero(rng), _nonzero(rng), Fraction(rng.choice((1, -1)), 2)
    rows = [[a, b], [a, b], [-a, -b]]
    first = rows, [c, c + Fraction(1, 2**bits), -c - Fraction(2, 2**bits)]
    scale = Fraction(2) ** rng.randint(0, 4)
    return Drawn(_net(first, ([[scale, -scale, Fraction(1)]], [_dyadic(rng)])), _square(2))


def _absorption(rng: Random) -> Drawn:
    big, slope = Fraction(2**54), Fraction(rng.choice((1, 3, 5)), 8)
    first = [[slope], [Fraction(1)]], [big, Fraction(0)]
    second = [[Fraction(1), Fraction(rng.randint(1, 3))], [Fraction(1), Fraction(0)]], [-big, -big - _HALF]
    level = slope + second[0][0][1]
    return Drawn(_net(first, second, ([[Fraction(1), Fraction(-1)]], [Fraction(0)])), _square(1), level)


def _denormal(rng: Random) -> Drawn:
    small, back = Fraction(1, 2 ** rng.randint(1060, 1074)), Fraction(2**500)
    first = [[small * rng.choice((1, -1))], [-small]], [Fraction(0), small * rng.randint(0, 1)]
    second = [[back, Fraction(0)], [Fraction(0), back]], [Fraction(0)] * 2
    third = [[back, -back]], [Fraction(rng.randint(-1, 1))]
    return Drawn(_net(first, second, third), _square(1))


def _huge(rng: Random) -> Drawn:
    big = Fraction(2**600)
    first = [[big, Fraction(1)], [big, Fraction(-1)]], [Fraction(0)] * 2
    second = [[big, -big], [-big, big]], [Fraction(rng.randint(-1, 1))] * 2
    return Drawn(_net(first, second, ([[1 / big, -1 / big]], [Fraction(0)])), _square(2))


def _dead(rng: Random) -> Drawn:
    signs = [(rng.choice((1, -1)), rng.choice((1, -1))) for _ in range(3)]
    reach = Fraction(2) if rng.random() < _HALF else Fraction(2) + Fraction(1, 2**50)
    first = [[Fraction(a), Fraction(b)] for a, b in signs], [-reach] * 3  # 0 at a corner, or just below
    second = [[_nonzero(rng) for _ in signs] for _ in range(2)], [_dyadic(rng), Fraction(-1)]
    return Drawn(_net(first, second, _output(rng, 2)), _square(2))


def _tie(rng: Random) -> Drawn:
    first = (
        [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)], [_nonzero(rng), _nonzero(rng)]],
        [Fraction(0)] * 3,
    )
    row = [_nonzero(rng) for _ in range(3)]
    return Drawn(_net(first, ([row, [row[0], row[1], Fraction(0)]], [_HALF] * 2)), _square(2))


def _one_point(rng: Random) -> Drawn:
    x = tuple(Fraction(rng.randint(-8, 8), 8) for _ in range(2))
    rows = [[_nonzero(rng), _nonzero(rng)] for _ in range(3)]
    biases = [-sum((a * b for a, b in zip(row, x, strict=True)), Fraction(0)) for row in rows]
    biases[2] += Fraction(1, 2**40)
    return Drawn(_net((rows, biases), _output(rng, 3)), tuple((v, v) for v in x))


def _empty(rng: Random) -> Drawn:
    rows = [[_nonzero(rng), _nonzero(rng)] for _ in range(3)]
    box = ((Fraction(1), Fraction(1) - Fraction(1, 2 ** rng.choice((1, 40)))), (Fraction(-1), Fraction(1)))
    return Drawn(_net((rows, [_dyadic(rng) for _ in range(3)]), _output(rng, 3)), box)


def _spike(rng: Random) -> Drawn:
    middle, width = Fraction(rng.randint(-7, 7), 8) + Fraction(1, 2**12), Fraction(1, 2**20)
    first = [[Fraction(1)]] * 3, [width - middle, -middle, -width - middle]
    second = [[1 / width, -2 / width, 1 / width]], [Fraction(0)]
    return Drawn(_net(first, second), _square(1), Fraction(3, 4))


def _tolerance(rng: Random) -> Drawn:
    a, b = Fraction(rng.randint(1, 8), 8), Fraction(rng.randint(1, 8), 8)
    first = (
        [[Fraction(1), Fraction(0)], [Fraction(-1), Fraction(0)], [Fraction(0), Fraction(1)]],
        [Fraction(0)] * 3,
    )
    return Drawn(_net(first, ([[a, a, b]], [Fraction(0)])), _square(2), a + b + Fraction(1, 2**40))
