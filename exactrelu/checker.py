"""Check a certificate about ReLU networks: ``python -m exactrelu.checker FILE``, or this file alone.

It needs nothing but Python 3.11, searches nothing, reads the file once, keeps one branch of its tree in
memory, and trusts no number that it has not recomputed in exact integers. The format and its terms are
defined in ``docs/certificates.md``; each rule below carries the sketch of the proof that what it accepts is
true. Exit status: 0 valid, 1 invalid, 2 not a certificate, larger than the limits (options raise them), or
nothing to write the verdict to.

A *row* is a primitive integer vector (a_1, ..., a_n, c) that stands for the affine function a.x + c; its
*relation* to 0 is ``>``, ``>=`` or ``=``. ``place`` says where a value stands in the file.
"""

from __future__ import annotations

import sys

if __name__ == "__main__" and not globals()["__spec__"] and not sys.flags.safe_path:
    del sys.path[0]  # as a script in its folder: the ``numbers`` there must not stand for Python's

if __name__ == "__main__":
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a word

import hashlib
import io
import json
import math
import os
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from contextvars import ContextVar
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn, TextIO

DIGITS = 1_000_000  # of the format's longest numerator, denominator or integer
LINE = 1 << 28  # bytes of its longest line, the line feed included
NESTING = 16  # its values are nested less deeply
SUM = 16  # hexadecimal digits of the sum that ends each line
MAGIC = "exactrelu-certificate"
RATIONAL = re.compile(r"(-?(?:0|[1-9][0-9]*))(?:/([1-9][0-9]*))?")
CHILDREN = {"half-open": (">=", ">"), "closed": (">=", ">="), "full": (">", ">")}  # of -y: bit 0, of y: bit 1
STEPS = {"equation", "interior", "split", "zero", "impossible", "thin", "reached"}
STEPS |= {"cut", "bend", "closed", "linear"}  # of properties

Row = list[int]
Matrix = list[list[Fraction]]
Integral = tuple[list[Row], int]  # a matrix as integer rows over one positive denominator
Bits = list[list[int]]


class InvalidCertificateError(Exception):
    """The certificate does not prove its claim: ``reason`` says what is wrong at ``place``."""

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place}: {reason}")


class NotACertificateError(InvalidCertificateError):
    """The file does not even begin like a certificate."""


class BeyondLimitsError(InvalidCertificateError):
    """The certificate is larger than the limits, at ``most`` so much: nothing is said about it."""

    def __init__(self, place: str, most: str) -> None:
        self.most = most
        super().__init__(place, f"expected {most}, got more")


def refuse(place: str, expected: str, got: object) -> NoReturn:
    shown = ""
    try:
        for piece in json.JSONEncoder(default=str).iterencode(got):
            shown += piece
            if len(shown) > 100:
                break
    except ValueError:
        shown = "a number that is too long to print"
    raise InvalidCertificateError(place, f"expected {expected[:300]}, got {shown[:100]}")


# limits: a small file must not fill the memory, or a day ------------------------------------------------


class Limits(NamedTuple):
    """How much a file may ask for. They are no part of the format, whose own are larger."""

    line: int = 1 << 26  # bytes of a line
    elements: int = 1 << 22  # commas, [ and { of a line; of numbers that follow from it, SPREAD times as many
    digits: int = 100_000  # of a numerator, a denominator, an integer


BITS = 320  # of a number that takes twice as much memory as a small one
SPREAD = 2  # a sparse row of a few bytes becomes a dense one, and narrow layers multiply to wide maps


class Room:
    """What is left of the limits for one file."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.numbers = limits, SPREAD * limits.elements

    def take(self, place: str, numbers: int, bits: int = 0) -> None:
        """Take room for numbers of so many bits that are held as long as the file is read."""
        self.see(place, numbers, bits)
        self.numbers -= numbers * (1 + bits // BITS)

    def see(self, place: str, numbers: int, bits: int = 0) -> None:
        """See that there is room for numbers that are held for a while; long ones count more than once."""
        if numbers * (1 + bits // BITS) > self.numbers:
            beyond(place, "elements", f"{SPREAD * self.limits.elements} numbers in what follows from it")


UNLIMITED = Room(Limits(LINE, 1 << 62, DIGITS))  # where nothing is read from a file
ROOM = ContextVar("ROOM", default=UNLIMITED)


def beyond(place: str, limit: str, most: str) -> NoReturn:
    raise BeyondLimitsError(place, f"at most {most} (more with --max-{limit})")


# values of the file: none is used before one of these has looked at it ----------------------------------


def listed(place: str, value: Any, least: int = 0, most: float = math.inf) -> list[Any]:
    if not isinstance(value, list) or not least <= len(value) <= most:
        refuse(place, f"a list of {least if least == most else f'{least} to {most}'} entries", value)
    return value


def fields(place: str, value: Any, wanted: str, optional: str = "") -> dict[str, Any]:
    if not isinstance(value, dict) or not set(wanted.split()) <= set(value) <= {
        *wanted.split(),
        *optional.split(),
    }:
        shown = sorted(value) if isinstance(value, dict) else value
        refuse(place, f"an object with the keys [{wanted}], optional [{optional}]", shown)
    return value


def index(place: str, value: Any, first: int, last: int) -> int:
    if type(value) is not int or not first <= value <= last:
        refuse(place, f"an integer from {first} to {last}", value)
    return value


def rational(place: str, value: Any) -> Fraction:
    match = RATIONAL.fullmatch(value) if isinstance(value, str) else None
    digits = max(map(len, match.groups(""))) if match else 0
    if not match or digits > DIGITS:
        refuse(place, f'a rational "p" or "p/q" of at most {DIGITS} digits', value)
    if digits > ROOM.get().limits.digits:
        beyond(place, "digits", f"{ROOM.get().limits.digits} digits")
    p, q = int(match[1]), int(match[2] or 1)
    if (match[2] and q == 1) or math.gcd(p, q) > 1 or value == "-0":
        refuse(place, "a rational in lowest terms", value)
    return Fraction(p, q)


def vector(place: str, value: Any, length: int) -> list[Fraction]:
    return [rational(f"{place}[{i}]", entry) for i, entry in enumerate(listed(place, value, length, length))]


def matrix(place: str, value: Any, rows: int, columns: int) -> Matrix:
    return [vector(f"{place}[{i}]", row, columns) for i, row in enumerate(listed(place, value, rows, rows))]


# rows and matrices --------------------------------------------------------------------------------------


def integral(rows: Sequence[Sequence[Fraction | int]]) -> Integral:
    """Return integer rows and a positive scale with rows = integer rows / scale."""
    scale = common_multiple({entry.denominator for row in rows for entry in row})
    ROOM.get().see("rows over a common denominator", sum(map(len, rows)), scale.bit_length())
    return [[entry.numerator * (scale // entry.denominator) for entry in row] for row in rows], scale


def common_multiple(denominators: set[int]) -> int:
    """Return the least common multiple, which may be very much longer than each of them."""
    scale, digits = 1, ROOM.get().limits.digits
    for denominator in denominators:
        scale = math.lcm(scale, denominator)
        if scale.bit_length() > 4 * digits:
            beyond("a common denominator", "digits", f"{digits} digits")
    return scale


def primitive(row: Sequence[Fraction | int]) -> Row:
    """Return the positive multiple with integer entries that have no common divisor; the zero row stays."""
    entries = integral([row])[0][0]
    common = math.gcd(*entries)
    return [entry // common for entry in entries] if common > 1 else entries


def negated(row: Sequence[Any]) -> list[Any]:
    return [-entry for entry in row]


def dot(one: Sequence[Any], two: Sequence[Any]) -> Any:
    return sum(a * b for a, b in zip(one, two, strict=True))


def transposed(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def times(one: Matrix, two: Matrix) -> Matrix:
    return [[dot(row, column) for column in transposed(two)] for row in one]


def minus(one: Matrix, two: Matrix) -> Matrix:
    return [[a - b for a, b in zip(*rows, strict=True)] for rows in zip(one, two, strict=True)]


def largest(m: Matrix) -> Fraction:
    return max(abs(entry) for row in m for entry in row)


# proofs by rows -----------------------------------------------------------------------------------------


def see_point(place: str, point: Sequence[Fraction | int], rows: list[Row], relations: list[str]) -> None:
    """See that (x, 1) satisfies all rows, or that (ray, 0) does; a positive multiple has the same signs."""
    scaled = primitive(point)
    for r, (row, relation) in enumerate(zip(rows, relations, strict=True)):
        value = dot(row, scaled)
        if (value != 0) if relation == "=" else value < 0 or (value == 0 and relation == ">"):
            refuse(place, f"a value {relation} 0 of row {r}", "-+"[value > 0] if value else "0")


def combine(
    place: str, by: Any, rows: list[Row], relations: list[str], only: str = ">="
) -> tuple[list[Any], bool]:
    """Return sum m_r row_r over pairs [r, m_r], and if a row ``>`` takes part; m_r > 0 but on equations."""
    total: list[Any] = [0] * len(rows[0]) if rows else []
    last, strict = -1, False
    for n, pair in enumerate(listed(place, by)):
        number, text = listed(f"{place}[{n}]", pair, 2, 2)
        last = index(f"{place}[{n}][0]", number, last + 1, len(rows) - 1)
        if relations[last] not in only:  # every relation is part of the text >=
            refuse(f"{place}[{n}][0]", "the number of an equation", number)
        m = rational(f"{place}[{n}][1]", text)
        if m == 0 or (m < 0 and relations[last] != "="):
            refuse(f"{place}[{n}][1]", f"a positive multiplier of row {last}", text)
        factor = m.numerator if m.denominator == 1 else m
        if (bits := m.numerator.bit_length() + m.denominator.bit_length()) > BITS:
            ROOM.get().see(place, len(total), bits)
        total = [t + factor * entry for t, entry in zip(total, rows[last], strict=True)]
        strict |= relations[last] == ">"
    return total, strict


def refute(place: str, by: Any, rows: list[Row], relations: list[str]) -> None:
    """See that multipliers prove that the rows have no common solution.

    At a solution every term of sum m_r row_r is at least 0, and those of rows ``>`` are positive. So a sum
    that is constant and negative, or 0 with a row ``>`` in it, is a contradiction.
    """
    total, strict = combine(place, by, rows, relations)
    if any(total[:-1]) or not total or total[-1] > 0 or (total[-1] == 0 and not strict):
        refuse(place, "multipliers with a constant sum, negative or 0 with a strict row", total)


# networks and domains -----------------------------------------------------------------------------------


class Network:
    """Layers (W | b) with units between them: a neuron's value is s- y for y <= 0 and s+ y for y > 0.

    Without ``slopes`` all are ReLU, (0, 1). A neuron with one slope is *linear*: it has no bit, and where
    bits are listed by neuron, 1 stands for it. A neuron of ``scales`` has r^(1/4) times its weights and bias
    and as much less outgoing: the function is the same.
    """

    def __init__(self, place: str, value: Any, optional: str) -> None:
        self.layers: list[Matrix] = []
        listed_layers = listed(f"{place}.layers", fields(place, value, "layers", optional)["layers"], 1)
        for k, layer in enumerate(listed_layers):
            at = f"{place}.layers[{k}]"
            rows = listed(f"{at}.weight", fields(at, layer, "weight bias", "slopes")["weight"], 1)
            width = len(self.layers[-1]) if k else len(listed(f"{at}.weight[0]", rows[0], 1))
            weight = matrix(f"{at}.weight", rows, len(rows), width)
            bias = vector(f"{at}.bias", layer["bias"], len(rows))
            self.layers.append([[*row, b] for row, b in zip(weight, bias, strict=True)])
        self.shape = self.inputs, self.outputs = len(self.layers[0][0]) - 1, len(self.layers[-1])
        self.hidden = [len(layer) for layer in self.layers[:-1]]
        self.rows = [integral(layer) for layer in self.layers]
        bits = 0
        for rows, scale in self.rows:  # the map of a layer is a product of all up to it
            entries = [abs(entry) for row in rows for entry in row]
            bits += max(scale, *entries).bit_length() + len(rows[0]).bit_length()
            ROOM.get().take(place, (self.inputs + 1) * len(rows), bits)
        self.read_slopes(f"{place}.layers", listed_layers)
        self.scaled = "scales" in value
        if self.scaled and len(self.layers) != 2:
            refuse(f"{place}.scales", "two layers", len(self.layers))
        for i, r in enumerate(
            vector(f"{place}.scales", value["scales"], *self.hidden) if self.scaled else []
        ):
            if r <= 0:
                refuse(f"{place}.scales[{i}]", "a positive rational", r)

    def read_slopes(self, place: str, layers: list[Any]) -> None:
        """Read the slopes of all hidden layers: of all or of none, and not those of ReLU alone."""
        relu = [Fraction(0), Fraction(1)]
        self.slopes = [[relu] * width for width in self.hidden]
        self.has_slopes = any("slopes" in layer for layer in layers)
        for k, layer in enumerate(layers):
            if ("slopes" in layer) != (self.has_slopes and k < len(self.hidden)):
                refuse(f"{place}[{k}]", "slopes in every hidden layer, or in none", sorted(layer))
            if "slopes" in layer:
                self.slopes[k] = matrix(f"{place}[{k}].slopes", layer["slopes"], self.hidden[k], 2)
        if self.has_slopes and all(pair == relu for pairs in self.slopes for pair in pairs):
            refuse(place, "no slopes where all are those of ReLU", "some")
        self.factors = [integral(pairs) for pairs in self.slopes]
        self.bent = [[i for i, (below, above) in enumerate(pairs) if below != above] for pairs in self.slopes]

    def digest(self) -> str | None:
        """Return the hash of the exact weights and slopes; ``scales`` make them irrational."""
        layers = [
            {"weight": [[*map(str, row[:-1])] for row in layer], "bias": [str(row[-1]) for row in layer]}
            for layer in self.layers
        ]
        for layer, pairs in zip(layers, self.slopes if self.has_slopes else [], strict=False):
            layer["slopes"] = [[*map(str, pair)] for pair in pairs]
        text = json.dumps({"layers": layers}, separators=(",", ":"))
        return None if self.scaled else f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"

    def after(self, before: Integral, k: int, bits: list[int]) -> Integral:
        """Return layer k's map on the inputs (k from 0), given that of layer k-1 and the bits of its neurons.

        A neuron's value is slope * y on the closed cell, its bit chooses the slope, so the map is
        W diag(slopes) y + b, an identity of affine functions.
        """
        (rows, scale), (weights, denominator) = before, self.rows[k]
        pairs, common = self.factors[k - 1]
        slopes = [above if bit else below for bit, (below, above) in zip(bits, pairs, strict=True)]
        active = [i for i, slope in enumerate(slopes) if slope]
        columns = transposed(
            [rows[i] if slopes[i] == 1 else [slopes[i] * entry for entry in rows[i]] for i in active]
        ) or [[] for _ in range(self.inputs + 1)]
        result = [[dot([weight[i] for i in active], column) for column in columns] for weight in weights]
        scale *= common
        for row, weight in zip(result, weights, strict=True):
            row[-1] += weight[-1] * scale
        return result, scale * denominator

    def maps(self, bits: Bits) -> list[Integral]:
        """Return the maps of all layers on the closed cell of the bits."""
        result = [self.rows[0]]
        for k, layer in enumerate(bits, start=1):
            result.append(self.after(result[-1], k, layer))
        return result

    def values(self, point: list[Fraction]) -> Matrix:
        """Return the pre-activations of all layers, the output last."""
        result: Matrix = []
        for k, layer in enumerate(self.layers):
            before = point
            if result:
                pairs = zip(result[-1], self.slopes[k - 1], strict=True)
                before = [y * (above if y > 0 else below) for y, (below, above) in pairs]
            result.append([dot(row, [*before, 1]) for row in layer])
        return result

    def configuration(self, place: str, text: Any) -> Bits:
        """Return the bits that a text gives to the neurons with two slopes, 1 for linear ones."""
        widths = [len(bent) for bent in self.bent]
        pattern = "[|]".join(f"([01]{{{width}}})" for width in widths)
        match = re.fullmatch(pattern, text) if isinstance(text, str) else None
        if not match:
            refuse(place, f"bits for hidden layers that have {widths} of them", text)
        bits = [[1] * width for width in self.hidden]
        for layer, bent, part in zip(bits, self.bent, match.groups(), strict=True):
            for i, bit in zip(bent, part, strict=True):
                layer[i] = int(bit)
        return bits


class Domain:
    """The rows of D and their relations; equations are those given and those proved before the tree."""

    def __init__(self, value: Any, dimension: int | None) -> None:
        self.interior = False
        self.rows: list[Row] = []
        self.relations: list[str] = []
        place = "domain.inequalities"
        rows = [] if value is None else listed(place, fields("domain", value, "inequalities")["inequalities"])
        for r, item in enumerate(rows):
            at = f"{place}[{r}]"
            relation = fields(at, item, "normal offset relation")["relation"]
            if dimension is None:  # there is no network that says it
                dimension = len(listed(f"{at}.normal", item["normal"], 1))
            if relation not in ("<", "<=", "=", ">=", ">"):
                refuse(f"{at}.relation", "one of < <= = >= >", relation)
            normal, offset = vector(f"{at}.normal", item["normal"], dimension), item["offset"]
            row = primitive([*normal, rational(f"{at}.offset", offset)])
            self.rows.append(negated(row) if relation[0] == "<" else row)
            self.relations.append(relation.replace("<", ">"))
        if dimension is None:
            refuse(place, "an inequality, or a network in the certificate", value)
        self.dimension = dimension

    def add_equation(self, place: str, value: Any) -> None:
        """No point of D has row r > 0, and row r >= 0 on D: so it is 0 on D, an equation from here on."""
        number, by = listed(place, value, 2, 2)
        r = index(f"{place}[0]", number, 0, len(self.rows) - 1)
        if self.relations[r] != ">=":
            refuse(f"{place}[0]", "a row >= 0 that is no equation", r)
        refute(f"{place}[1]", by, [*self.rows, self.rows[r]], [*self.relations, ">"])
        self.relations[r] = "="

    def with_relation(self, other: str) -> list[str]:
        """Return the relations of the closure (``>=``) or interior (``>``) of D, if it has points."""
        return ["=" if relation == "=" else other for relation in self.relations]

    def equations(self) -> list[Row]:
        return [row for row, relation in zip(self.rows, self.relations, strict=True) if relation == "="]

    def vanishing(self, place: str, by: Any) -> list[Any]:
        """Return a combination of equations, which is zero on aff D."""
        return combine(place, by, self.rows, self.relations, "=")[0] or [0] * (self.dimension + 1)


# the case tree ------------------------------------------------------------------------------------------


class Tree:
    """The case tree, read in preorder. Memory is one branch: its rows and the maps of its layers.

    An inner node cuts a cell by the sign of one pre-activation, which is affine there, because all neurons of
    the layers before are decided. Its children cover the cell; in `full` but for the points where the
    pre-activation is 0, and it is not 0 on all of aff D, as a reached leaf below shows. So every
    configuration that counts belongs to a reached leaf, since the other leaves are refuted; and any two
    leaves differ in a bit.
    """

    def __init__(self, networks: list[Network], domain: Domain, reading: str, depth: int) -> None:
        self.networks, self.domain, self.reading = networks, domain, reading
        self.widths = [
            [net.hidden[k] if k < len(net.hidden) else 0 for net in networks] for k in range(depth)
        ]
        self.bits: list[list[int | None]] = [  # linear neurons are decided from the start
            [
                None if below != above else 1
                for net in networks
                for below, above in (net.slopes[k] if k < len(net.hidden) else [])
            ]
            for k in range(depth)
        ]
        self.maps: list[list[Integral]] = [[net.rows[0] for net in networks]]
        self.rows, self.relations = list(domain.rows), list(domain.relations)
        self.branch: list[
            list[Any]
        ] = []  # open nodes: layer, neuron, row or None, bit, is a reached leaf below
        self.leaves = {"impossible": 0, "thin": 0, "reached": 0}
        self.done = False

    def step(self, line: str, kind: str, entry: dict[str, Any], claim: Claim) -> None:
        """Check one line of the preamble or of the tree."""
        place, value = f"{line}: {kind}", entry.pop(kind)
        if kind != "reached":
            fields(line, entry, "by" if kind == "zero" else "")
        if kind in ("split", "zero"):
            self.enter(place, value)
            if kind == "split":
                self.descend()
            else:
                self.vanish(f"{place}.by", entry["by"])
        elif kind in self.leaves:
            if kind == "reached":
                self.see_cell(place, value)
                claim.leaf(place, entry)
            elif kind == ("thin" if self.domain.interior else "impossible"):
                refute(place, value, self.rows, self.relations)
            else:
                refuse(place, "a thin leaf after the line interior, else an impossible one", kind)
            self.close(line, kind)
        elif kind not in ("equation", "interior"):
            refuse(place, "a line of a tree of cells", value)
        elif self.reading != "full" or self.branch or self.domain.interior:
            refuse(place, "this line before the tree, in the reading full, interior once and last", value)
        elif kind == "equation":
            self.domain.add_equation(place, value)
            self.relations = list(self.domain.relations)
        else:  # the point has a neighbourhood in the solution set of the equations, which is aff D therefore
            self.relations = self.domain.with_relation(">")
            see_point(place, [*vector(place, value, self.domain.dimension), 1], self.rows, self.relations)
            self.domain.interior = True

    def enter(self, place: str, value: Any) -> None:
        """Open a node at a pre-activation, whose row is known here."""
        first, second = listed(place, value, 2, 2)
        k = index(f"{place}[0]", first, 1, len(self.bits)) - 1
        i = rest = index(f"{place}[1]", second, 0, len(self.bits[k]) - 1)
        if self.bits[k][i] is not None or any(None in layer for layer in self.bits[:k]):
            refuse(place, "an undecided neuron with two slopes, all layers before it decided", value)
        net = 0
        while rest >= self.widths[k][net]:
            rest -= self.widths[k][net]
            net += 1
        self.branch.append([k, i, primitive(self.map(k)[net][0][rest]), 0, False])

    def vanish(self, place: str, by: Any) -> None:
        """Give the last open node's neuron bit 0: equations combine to its row, which is zero on aff D."""
        k, i, row, *_ = self.branch[-1]
        if self.reading != "full" or self.domain.vanishing(place, by) != row:
            refuse(place, f"the reading full, and equations that combine to {row}", by)
        self.branch[-1][2] = None
        self.decide(k, i, 0)

    def map(self, k: int) -> list[Integral]:
        """Return each network's map of layer k (its output, if it has fewer), all before being decided."""
        for layer in range(len(self.maps), k + 1):
            bits = iter(self.bits[layer - 1])
            parts = [[next(bits) or 0 for _ in range(width)] for width in self.widths[layer - 1]]
            nets = zip(self.networks, self.maps[-1], parts, strict=True)
            self.maps.append([net.after(y, layer, b) if layer < len(net.layers) else y for net, y, b in nets])
        return self.maps[k]

    def function(self) -> Matrix:
        """Return the output's map (a | c) on the cell of a reached leaf; of two networks, the difference."""
        first, *rest = [
            [[Fraction(e, s) for e in row] for row in rows] for rows, s in self.map(len(self.bits))
        ]
        return minus(first, *rest) if rest else first

    def descend(self) -> None:
        """Enter the child of the last open node that its bit names."""
        k, i, row, bit, _ = self.branch[-1]
        self.decide(k, i, bit)
        self.rows.append(row if bit else negated(row))
        self.relations.append(CHILDREN[self.reading][bit])

    def decide(self, k: int, i: int, bit: int | None) -> None:
        self.bits[k][i] = bit
        del self.maps[k + 1 :]

    def see_cell(self, place: str, value: Any) -> None:
        """See a point; in `full` all rows but equations are strict, so they hold near it in aff D."""
        if any(None in layer for layer in self.bits) or (self.reading == "full" and not self.domain.interior):
            refuse(
                place,
                "a branch that decides every neuron; in the reading full, the line interior before",
                value,
            )
        see_point(place, [*vector(place, value, self.domain.dimension), 1], self.rows, self.relations)

    def close(self, line: str, kind: str) -> None:
        """Count a leaf, leave the nodes that are complete with it, and enter the next child."""
        self.leaves[kind] += 1
        below = kind == "reached"
        while self.branch:
            k, i, row, bit, before = node = self.branch[-1]
            below = node[4] = below or before
            if row:
                self.rows.pop()
                self.relations.pop()
            if row and bit == 0:
                node[3] = 1
                self.descend()
                return
            if row and self.reading == "full" and not below:
                refuse(line, f"a reached leaf below the split of {[k + 1, i]}, which ends here", "none")
            self.decide(k, i, None)
            self.branch.pop()
        self.done = True


# claims with a tree -------------------------------------------------------------------------------------


class Claim:
    """What is claimed, with its tree. Of configurations: the reached leaves are those that count."""

    def __init__(self, value: dict[str, Any], networks: list[Network], domain: Domain, tree: Tree) -> None:
        self.value, self.networks, self.domain, self.tree = value, networks, domain, tree
        self.check()

    def check(self) -> None:
        """Check the first line."""

    def leaf(self, place: str, extra: dict[str, Any]) -> None:
        """Check what a reached leaf adds."""
        fields(place, extra, "")

    def end(self, place: str) -> None:
        """Check what the whole tree must have shown."""


class Empty(Claim):
    """D has no point: its tree, of depth 0, is one impossible leaf."""

    def leaf(self, place: str, extra: dict[str, Any]) -> None:
        refuse(place, "an impossible leaf", extra)


class Range(Claim):
    """The infimum and the supremum of each output on D.

    The closed cells of the reached leaves cover D: they are finitely many closed sets that cover a dense part
    of it. On each of them f - B > 0 is refuted (f - B >= 0, where B is not attained). That B is the least
    bound is shown by a point of the closure of D with f = B; if f is unbounded, by a ray of D in a closed
    cell along which f grows.
    """

    def check(self) -> None:
        self.bounds: list[tuple[int, int, Fraction, str]] = []
        count = self.networks[0].outputs
        for i, item in enumerate(listed("claim.outputs", self.value["outputs"], count, count)):
            for sign, name in ((-1, "min"), (1, "max")):
                at = f"claim.outputs[{i}]"
                self.extremum(f"{at}.{name}", i, sign, fields(at, item, "min max")[name])

    def extremum(self, place: str, i: int, sign: int, value: Any) -> None:
        infinite = isinstance(value, dict) and value.get("value") == ("inf" if sign > 0 else "-inf")
        fields(place, value, f"value point {'ray configuration' if infinite else 'attained'}")
        point, attained = (
            vector(f"{place}.point", value["point"], self.domain.dimension),
            value.get("attained", True),
        )
        if type(attained) is not bool:
            refuse(f"{place}.attained", "true or false", attained)
        relations = self.domain.relations if attained else self.domain.with_relation(">=")
        see_point(f"{place}.point", [*point, 1], self.domain.rows, relations)
        if infinite:
            slope = self.slope(place, i, point, value)
            if sign * slope <= 0:
                refuse(f"{place}.ray", f"a ray along which output {i} goes to {value['value']}", slope)
            return
        bound = rational(f"{place}.value", value["value"])
        first, *rest = [net.values(point)[-1][i] for net in self.networks]
        if first - sum(rest) != bound:
            refuse(f"{place}.value", f"the value of output {i} at the point", bound)
        self.bounds.append((i, sign, bound, ">" if attained else ">="))

    def slope(self, place: str, i: int, point: list[Fraction], value: dict[str, Any]) -> Fraction:
        """See that point + t ray, t >= 0, stays in D and a closed cell of each network; return f's slope."""
        ray = [*vector(f"{place}.ray", value["ray"], self.domain.dimension), Fraction(0)]
        see_point(f"{place}.ray", ray, self.domain.rows, self.domain.with_relation(">="))
        slope, at, texts = Fraction(0), f"{place}.configuration", value["configuration"]
        for n, text in enumerate(listed(at, texts, 2, 2) if self.networks[1:] else [texts]):
            bits = self.networks[n].configuration(at, text)
            *hidden, (output, scale) = self.networks[n].maps(bits)
            for k, (rows, _) in enumerate(hidden):
                signed = [rows[j] if bits[k][j] else negated(rows[j]) for j in self.networks[n].bent[k]]
                see_point(at, [*point, 1], signed, [">="] * len(signed))
                see_point(at, ray, signed, [">="] * len(signed))
            slope += (-1) ** n * Fraction(dot(output[i], ray), scale)
        return slope

    def leaf(self, place: str, extra: dict[str, Any]) -> None:
        count, splits = len(self.bounds), len(self.tree.rows) - len(self.domain.rows)
        by = listed(f"{place}.bounds", fields(place, extra, "bounds")["bounds"], count, count)
        function = self.tree.function()
        for n, (i, sign, bound, relation) in enumerate(self.bounds):
            beyond = primitive([sign * entry for entry in (*function[i][:-1], function[i][-1] - bound)])
            relations = [*self.domain.relations, *[">="] * splits, relation]
            refute(f"{place}.bounds[{n}]", by[n], [*self.tree.rows, beyond], relations)

    def end(self, place: str) -> None:
        if not self.tree.leaves["reached"]:
            refuse(place, "a domain that has points", "none")


class Equal(Claim):
    """The networks agree on every reached cell, modulo the equations of D; on the rest of D by continuity."""

    def leaf(self, place: str, extra: dict[str, Any]) -> None:
        count = self.networks[0].outputs
        by = listed(f"{place}.by", fields(place, extra, "", "by").get("by", [[]] * count), count, count)
        for i, row in enumerate(self.tree.function()):
            if self.domain.vanishing(f"{place}.by[{i}]", by[i]) != row:
                refuse(f"{place}.by[{i}]", "equations that combine to the difference", row)


class Lipschitz(Claim):
    """The Lipschitz constant K on D, norms 1 and inf: the largest norm of the cells' linear parts A on lin D.

    D is convex and the closures of the `full` cells cover it, so a segment in D is cut into finitely many
    pieces, each with a slope of at most K. Norm inf: for a row a of A and e, a combination of equations'
    normals, |a.v| = |(a + e).v| <= |a + e|_1 |v|_inf for v in lin D. Norm 1: |A v|_1 is the largest s.A v
    over signs s (those that begin with 1, or their negatives), and that is at most |s A + e|_inf |v|_1.
    Attained: |A v| = K |v| for a v in lin D, and the cell is open in aff D.
    """

    def check(self) -> None:
        if self.value["norm"] not in ("1", "inf"):
            refuse("claim.norm", "1, 2 or inf", self.value["norm"])
        self.constant = rational("claim.constant", self.value["constant"])
        self.direction = vector("claim.direction", self.value["direction"], self.domain.dimension)
        self.where = self.networks[0].configuration("claim.configuration", self.value["configuration"])
        self.attained = self.constant == 0
        self.of_rows: Callable[..., Fraction] = sum if self.value["norm"] == "inf" else max
        self.of_vectors: Callable[..., Fraction] = max if self.value["norm"] == "inf" else sum

    def leaf(self, place: str, extra: dict[str, Any]) -> None:
        a = [row[:-1] for row in self.tree.function()]
        count = len(a) if self.value["norm"] == "inf" else 2 ** (len(a) - 1)
        if "by" in fields(place, extra, "", "by"):
            by = listed(f"{place}.by", extra["by"], count, count)
            columns, signs = transposed(a), product((1,), *[(1, -1)] * (len(a) - 1))
            rows: Any = a if self.value["norm"] == "inf" else ([dot(s, c) for c in columns] for s in signs)
            bound = Fraction(0)
            for n, row in enumerate(rows):  # one at a time: norm 1 has very many
                added = self.domain.vanishing(f"{place}.by[{n}]", by[n])
                bound = max(bound, self.of_rows(abs(r + e) for r, e in zip(row, added[:-1], strict=True)))
        else:  # the largest sum of a row (norm inf) or of a column (norm 1), which is that over all s
            bound = max(sum(map(abs, line)) for line in (a if self.value["norm"] == "inf" else transposed(a)))
        if bound > self.constant:
            refuse(place, f"a norm of at most {self.constant}", bound)
        if self.constant and self.tree.bits == self.where:
            here, there = (
                self.of_vectors(map(abs, w))
                for w in (self.direction, [dot(row, self.direction) for row in a])
            )
            across = any(dot(row[:-1], self.direction) for row in self.domain.equations())
            if across or here == 0 or there != self.constant * here:
                refuse("claim.direction", f"a direction of D that is stretched by {self.constant}", there)
            self.attained = True

    def end(self, place: str) -> None:
        if not self.attained:
            refuse(place, "a reached leaf whose norm is the constant of the claim", "none")


class Spectral(Lipschitz):
    """The same in the norm 2: K^2 is the only root q of ``polynomial`` in (lo, hi].

    P projects onto lin D. On lin D the norm of A is the root of the largest eigenvalue of A P A^T. On each
    cell that is at most lo < q; or the characteristic polynomial has one root above lo, and shares one in
    (lo, hi] with ``polynomial``: then both are q. It must be q on some cell, unless q = 0.
    """

    def check(self) -> None:
        texts = [
            str(c) if type(c) is int else c for c in listed("claim.polynomial", self.value["polynomial"], 2)
        ]
        self.polynomial = vector("claim.polynomial", texts, len(texts))
        self.lo, self.hi = vector("claim.interval", self.value["interval"], 2)
        if self.polynomial[-1] == 0 or any(c.denominator > 1 for c in self.polynomial):
            refuse("claim.polynomial", "integers, the last of which is not 0", texts)
        if self.roots(self.polynomial) != 1:
            refuse("claim.interval", "an interval with one root of the polynomial", self.value["interval"])
        self.attained = self.lo < 0 <= self.hi and self.polynomial[0] == 0
        self.projection: Matrix = []

    def roots(self, p: list[Fraction]) -> int:
        """Return the number of roots in (lo, hi]."""
        return roots_above(p, self.lo) - roots_above(p, self.hi)

    def projector(self) -> Matrix:
        """Return P = I - E^T N, E the normals: it maps to lin D (E P = 0) and fixes it; nothing without E."""
        n, normals = self.domain.dimension, [[*map(Fraction, row[:-1])] for row in self.domain.equations()]
        if "projection" in self.value and not normals:
            refuse("claim.projection", "none, since D has no equations", self.value["projection"])
        if not normals:
            return []
        given = matrix("claim.projection", self.value.get("projection"), len(normals), n)
        ROOM.get().take("claim.projection", n * n)
        p = [[Fraction(i == j) for j in range(n)] for i in range(n)]
        p = minus(p, times(transposed(normals), given))
        if any(map(any, times(normals, p))) or p != transposed(p):
            refuse("claim.projection", "N with I - E^T N symmetric, E (I - E^T N) = 0", given)
        return p

    def leaf(self, place: str, extra: dict[str, Any]) -> None:
        fields(place, extra, "")
        a = [row[:-1] for row in self.tree.function()]
        self.projection = self.projection or self.projector()
        right = times(a, self.projection) if self.projection else a
        gram = times(right, transposed(right)) if len(a) <= len(right[0]) else times(transposed(right), right)
        if is_semidefinite(
            [[self.lo * (i == j) - g for j, g in enumerate(row)] for i, row in enumerate(gram)]
        ):
            return
        p = characteristic_polynomial(gram)
        if roots_above(p, self.lo) != 1 or self.roots(common_divisor(p, self.polynomial)) != 1:
            refuse(place, "a norm whose square is at most the root in claim.interval", p)
        self.attained = True

    def end(self, place: str) -> None:
        super().end(place)
        if "projection" in self.value and not self.projection:
            refuse("claim.projection", "none, where D is empty", self.value["projection"])


# polynomials and symmetric matrices ---------------------------------------------------------------------


def remainder(a: list[Fraction], b: list[Fraction]) -> list[Fraction]:
    """Return a mod b; polynomials are lists of coefficients, constant term first, the last one not 0."""
    a = list(a)
    while len(a) >= len(b):
        factor = a[-1] / b[-1]
        for i, entry in enumerate(b, start=len(a) - len(b)):
            a[i] -= factor * entry
        while a and a[-1] == 0:
            a.pop()
    return a


def common_divisor(a: list[Fraction], b: list[Fraction]) -> list[Fraction]:
    while b:
        a, b = b, remainder(a, b)
    return a


def roots_above(p: list[Fraction], bound: Fraction) -> int:
    """Return the number of distinct real roots above ``bound``, by Sturm's theorem.

    It holds for multiple roots too, if p(bound) is not 0; else the factor t - bound is divided out before.
    """
    while not dot(p, [bound**k for k in range(len(p))]):
        quotient = [p[-1]]
        for c in p[-2:0:-1]:
            quotient.append(c + quotient[-1] * bound)
        p = quotient[::-1]
    chain = [p, [k * c for k, c in enumerate(p)][1:]]
    while chain[-1]:
        chain.append([-c for c in remainder(chain[-2], chain[-1])])
    changes: list[int] = []
    for values in (
        [dot(q, [bound**k for k in range(len(q))]) for q in chain[:-1]],
        [q[-1] for q in chain[:-1]],
    ):
        signs = [value > 0 for value in values if value]
        changes.append(sum(a != b for a, b in pairwise(signs)))
    return changes[0] - changes[1]


def is_semidefinite(m: Matrix) -> bool:
    """Decide m >= 0 by symmetric elimination: a zero pivot needs a zero row, a negative one refutes."""
    m = [list(row) for row in m]
    for k, row in enumerate(m):
        if row[k] < 0 or (row[k] == 0 and any(row[k:])):
            return False
        for i in range(k + 1, len(m)) if row[k] else ():
            factor = m[i][k] / row[k]
            m[i] = [a - factor * b for a, b in zip(m[i], row, strict=True)]
    return True


def characteristic_polynomial(m: Matrix) -> list[Fraction]:
    """Return det(t I - m), constant term first, by the method of Faddeev and LeVerrier."""
    n, result = len(m), [Fraction(1)]
    power = [[Fraction(0)] * n for _ in range(n)]
    for k in range(1, n + 1):
        power = times(m, power)
        for i in range(n):
            power[i][i] += result[-1]
        result.append(
            -sum((dot(m[i], column) for i, column in enumerate(transposed(power))), Fraction(0)) / k
        )
    return result[::-1]


# claims without a tree ----------------------------------------------------------------------------------


def see_unequal(value: dict[str, Any], networks: list[Network], domain: Domain) -> None:
    """At a point of D the outputs differ."""
    point = vector("claim.point", value["point"], domain.dimension)
    see_point("claim.point", [*point, 1], domain.rows, domain.relations)
    claimed = matrix("claim.outputs", value["outputs"], 2, networks[0].outputs)
    for n, net in enumerate(networks):
        if claimed[n] != net.values(point)[-1] or claimed[0] == claimed[1]:
            refuse(
                f"claim.outputs[{n}]",
                "the network's output at the point, different from the other's",
                claimed[n],
            )


def canonical_form(place: str, layers: list[Matrix]) -> tuple[dict[tuple[Any, ...], list[Fraction]], Matrix]:
    """Return kinks and affine remainder of sum c_i relu(a_i.x + b_i) + e, which determine the function.

    relu(t) = (|t| + t) / 2, so the function is 1/2 sum kappa_h |h(x)| + A x + e over different hyperplanes h
    = 0. It determines kappa_h, the jump of its gradient there in units of h, and what is left is affine.
    """
    if len(layers) != 2:
        refuse(place, "two layers", len(layers))
    kinks: dict[tuple[Any, ...], list[Fraction]] = {}
    rest = [[*[Fraction(0)] * (len(layers[0][0]) - 1), row[-1]] for row in layers[1]]
    for i, row in enumerate(layers[0]):
        outgoing, affine = [line[i] for line in layers[1]], [entry / 2 for entry in row]
        if any(row[:-1]):
            lead = next(j for j, entry in enumerate(row) if entry)
            h = tuple(primitive([entry / row[lead] for entry in row]))
            jump = kinks.get(h, [Fraction(0)] * len(outgoing))
            kinks[h] = [k + abs(row[lead]) / h[lead] * c for k, c in zip(jump, outgoing, strict=True)]
        else:
            affine[-1] = max(row[-1], Fraction(0))
        rest = [
            [r + c * v for r, v in zip(line, affine, strict=True)]
            for line, c in zip(rest, outgoing, strict=True)
        ]
    return {h: jump for h, jump in kinks.items() if any(jump)}, rest


def see_canonical(value: dict[str, Any], networks: list[Network], _: Domain) -> None:
    """See that the canonical form is that of the network."""
    net = networks[0]
    kinks, rest = canonical_form("networks[0]", net.layers)
    for n, item in enumerate(listed("claim.kinks", value["kinks"], len(kinks), len(kinks))):
        at = f"claim.kinks[{n}]"
        row = vector(f"{at}.row", fields(at, item, "row jump")["row"], net.inputs + 1)
        if vector(f"{at}.jump", item["jump"], net.outputs) != kinks.pop(tuple(row), None):
            refuse(at, "a kink of the network that did not come before, with its jump", item)
    if matrix("claim.rest", value["rest"], net.outputs, net.inputs + 1) != rest:
        refuse("claim.rest", "the affine remainder", value["rest"])


def see_equal_forms(_: dict[str, Any], networks: list[Network], __: Domain) -> None:
    """Both networks have one canonical form, so they agree on R^n."""
    one, two = (canonical_form(f"networks[{n}]", net.layers) for n, net in enumerate(networks))
    if one != two:
        refuse("networks[1]", "the canonical form of networks[0]", "another one")


def see_reparametrization(value: dict[str, Any], networks: list[Network], _: Domain) -> None:
    """Each network realizes the function of the one before; after ``embed`` on the slice (x, 1, -1)."""
    steps = listed("claim.steps", value["steps"], len(networks) - 1, len(networks) - 1)
    for n, (step, before, after) in enumerate(zip(steps, networks, networks[1:], strict=False)):
        if not isinstance(step, str):
            refuse(f"claim.steps[{n}]", "a name", step)
        at, layers, embedded = f"networks[{n + 1}]", after.layers, step.split(":")[0] == "embed"
        if after.shape != (before.inputs + 2 * embedded, before.outputs):
            refuse(at, "inputs and outputs as before, two more inputs after embed", after.shape)
        if embedded:
            layers = [[[*row[:-3], row[-1] + row[-3] - row[-2]] for row in layers[0]], *layers[1:]]
        if canonical_form(f"networks[{n}]", before.layers) != canonical_form(at, layers):
            refuse(at, f"the function of networks[{n}]", step)


def see_theorem_3_1(value: dict[str, Any], networks: list[Network], _: Domain) -> None:
    """Networks Gamma, Theta, Phi with R(Phi) = R(Theta), |Phi - Gamma| = distance <= beta + 2 sqrt(delta).

    At the point, on no hyperplane, hence near it, the gradients of Theta and Gamma differ by delta in some
    entry: so delta is at most the W^{1,inf} distance of the realizations.
    """
    gamma, theta, phi = networks
    if canonical_form("networks[1]", theta.layers) != canonical_form("networks[2]", phi.layers):
        refuse("networks[2]", "the function of networks[1]", "another one")
    if phi.hidden != gamma.hidden:
        refuse("networks[2]", "the widths of networks[0]", phi.hidden)
    delta, beta, distance = (rational(f"claim.{key}", value[key]) for key in ("delta", "beta", "distance"))
    if max(largest(minus(*layers)) for layers in zip(gamma.layers, phi.layers, strict=True)) != distance:
        refuse("claim.distance", "the largest difference of parameters of Phi and Gamma", distance)
    if beta < 0 or (distance > beta and (distance - beta) ** 2 > 4 * delta):
        refuse("claim.beta", "beta >= 0 and distance <= beta + 2 sqrt(delta)", beta)
    gradients = []
    for net in (gamma, theta):
        ys = net.values(vector("claim.point", value["point"], net.inputs))[0]
        if any(y == 0 and any(row) for y, row in zip(ys, net.layers[0], strict=True)):
            refuse("claim.point", "a point on no hyperplane", value["point"])
        rows, scale = net.maps([[int(y > 0) for y in ys]])[-1]
        gradients.append([[Fraction(entry, scale) for entry in row[:-1]] for row in rows])
    if largest(minus(*gradients)) != delta:
        refuse("claim.delta", "the largest difference of the gradients at the point", delta)


def see_decomposition(value: dict[str, Any], networks: list[Network], _: Domain) -> None:
    """See Theorem 5: the linear part of a configuration is the sum of c W_L[:, i] (x) W_1[j, :]."""
    net = networks[0]
    bits = net.configuration("claim.configuration", value["configuration"])
    if not bits:
        refuse("claim.configuration", "a hidden layer", value["configuration"])
    total = [[Fraction(0)] * net.inputs for _ in range(net.outputs)]
    for n, item in enumerate(listed("claim.atoms", value["atoms"])):
        at = f"claim.atoms[{n}]"
        i = index(
            at, fields(at, item, "last_hidden first_hidden coefficient")["last_hidden"], 0, net.hidden[-1] - 1
        )
        j = index(at, item["first_hidden"], 0, net.hidden[0] - 1)
        c = rational(at, item["coefficient"])
        total = minus(total, [[-c * row[i] * w for w in net.layers[0][j][:-1]] for row in net.layers[-1]])
    weight = matrix("claim.weight", value["weight"], net.outputs, net.inputs)
    bias = vector("claim.bias", value["bias"], net.outputs)
    if weight != total:
        refuse("claim.atoms", "atoms whose sum is claim.weight", total)
    rows, scale = net.maps(bits)[-1]
    if [[*w, b] for w, b in zip(weight, bias, strict=True)] != [
        [Fraction(e, scale) for e in row] for row in rows
    ]:
        refuse("claim.weight", "weight and bias of the configuration's affine map", [weight, bias])


# properties: linear bounds in integers ------------------------------------------------------------------


NONE = math.inf  # the upper bound, or minus the lower one, that is not known


class Substitution:
    """Lower bounds of affine functions on a box, by substitution backwards through the network, in integers.

    Bounds of pre-activations and values of forms are integers that stand for themselves over S = 2^precision.
    A *form* on the values x_k of hidden layer k is a list A of integers and an integer C; it says

        S target(x) >= A . x_k + C    for all points x in question.

    *Relu.* Where l <= y <= u: a relu(y) is a y if l >= 0, and 0 if u <= 0. Else, for a > 0, it is at least
    a y and at least 0; for a < 0 and any integer c with a <= c <= 0, a relu(y) - c y is concave, so at least
    its value at l or at u: min(-c l, (a - c) u). *Other units.* A unit is s- y + (s+ - s-) relu(y), and s+ y
    where y >= 0, s- y where y <= 0; a coefficient of y that is rounded down by less than 1 costs at most the
    part of y below 0. *Layer.* c . y = (c W) x_{k-1} + c b; where a value is not negative, rounding its
    coefficient down keeps a lower bound, else it costs at most the value's lower bound. On the input nothing
    is rounded: there the form is least at the corner of the box that its signs name.
    """

    def __init__(self, net: Network, precision: int) -> None:
        self.net, self.precision, self.scale = net, precision, 1 << precision
        self.offsets = [sum(net.hidden[:k]) for k in range(len(net.hidden))]
        self.sizes = [
            max(sum(abs(entry) for entry in column) for column in transposed(rows)).bit_length()
            for rows, _ in net.rows
        ]
        self.packed: dict[tuple[int, int, int], list[int]] = {}
        self.top_bits: dict[tuple[int, int], int] = {}
        relu = [Fraction(0), Fraction(1)]
        self.plain = [all(pair == relu for pair in pairs) for pairs in net.slopes]
        self.signed = [[i for i, (s, t) in enumerate(pairs) if s > 0 or t < 0] for pairs in net.slopes]
        self.kinds: list[tuple[Any, list[int], list[tuple[int, Any, Any, Any, bool]]]]
        self.kinds = [(None, [], [])] * len(net.hidden)
        self.starts: dict[tuple[int, int, int], tuple[list[int], int]] = {}
        self.cuts = [q.bit_length() - 1 if not q & (q - 1) else None for _, q in net.rows]  # q = 2^cut

    def pulled(self, k: int, terms: list[tuple[int, int]], cut: int = 0) -> list[int]:
        """Return c (W | b) times the denominator of layer k, over 2^cut and rounded down; terms: [(j, c_j)].

        No j comes more than twice. All columns come at once, from one long integer. Each has a lane of whole
        words in it, shifted so that 2^cut is the border of two words. A negative lane borrows from the next
        one; with 2^(width - 1) added everywhere none is, and to take that off again its bit is flipped: the
        lane's own sign is left.
        """
        most = max((factor.bit_length() for _, factor in terms), default=0)
        shift = -cut % 64
        first, columns = (cut + shift) // 64, len(self.net.rows[k][0][0])
        words = max(first + 1, (most + self.sizes[k] + shift + 65) // 64)
        width = 64 * words
        if (k, words, shift) not in self.packed:
            ROOM.get().take("bounds", columns * len(self.net.rows[k][0]), width)
            self.packed[k, words, shift] = [
                self.lanes([entry << shift for entry in row], 8 * words) for row in self.net.rows[k][0]
            ]
        packed, total = self.packed[k, words, shift], 0
        for j, factor in terms:
            total += factor * packed[j]
        tops = self.tops(width, columns)
        text = int((total + tops) ^ tops).to_bytes(8 * words * columns, "little")
        if words - first == 1 and sys.byteorder == "little":
            return memoryview(text).cast("q")[first::words].tolist()
        return [
            int.from_bytes(text[i + 8 * first : i + 8 * words], "little", signed=True)
            for i in range(0, 8 * words * columns, 8 * words)
        ]

    def lanes(self, entries: list[int], size: int) -> int:
        """Return the sum of the entries times 2^(8 size i): of the positive ones, less that of the others."""
        one, two = (
            b"".join(max(sign * entry, 0).to_bytes(size, "little") for entry in entries) for sign in (1, -1)
        )
        return int.from_bytes(one, "little") - int.from_bytes(two, "little")

    def tops(self, width: int, columns: int) -> int:
        """Return the top bit of each lane."""
        if (width, columns) not in self.top_bits:
            ones = ((1 << (width * columns)) - 1) // ((1 << width) - 1)
            self.top_bits[width, columns] = ones << (width - 1)
        return self.top_bits[width, columns]

    def sorted_by_sign(self, k: int, bounds: list[tuple[Any, Any]]) -> Any:
        """Return the neurons with l >= 0, and (j, l, h, h - l, h > -l) of those whose sign is open.

        A list of bounds is never changed, so what was found for the last one is kept with it.
        """
        if self.kinds[k][0] is not bounds:
            both = list(enumerate(bounds))
            on = [j for j, (low, high) in both if low >= 0 < high]
            open_ones = [
                (j, low, high, NONE if NONE in (-low, high) else high - low, high > -low)
                for j, (low, high) in both
                if low < 0 < high
            ]
            self.kinds[k] = bounds, on, open_ones
        return self.kinds[k][1:]

    def relaxed(
        self, k: int, a: list[int], constant: int, bounds: list[tuple[int, int]], flips: int
    ) -> tuple[list[tuple[int, int]], int]:
        """Return a form on y_{k+1} for one on x_{k+1}; a bit of ``flips`` takes the other slope for a > 0.

        The form's coefficients are pairs (neuron, coefficient), those that are zero left out.
        """
        if not self.plain[k]:
            a, linear, constant = self.parts(k, a, constant, bounds)
        on, open_ones = self.sorted_by_sign(k, bounds)
        terms = [(j, a[j]) for j in on]
        for j, low, high, gap, upper in open_ones:
            entry = a[j]
            if entry > 0:
                if upper != bool(flips >> j & 1):
                    terms.append((j, entry))
            elif entry < 0:
                if gap == NONE:
                    refuse(f"bounds of neuron {[k + 1, j]}", "a lower and an upper one", "none yet")
                slope = entry * high // gap
                constant += min(-slope * low, (entry - slope) * high) // self.scale
                terms.append((j, slope))
        if not self.plain[k]:
            terms += [(j, entry) for j, entry in enumerate(linear) if entry]
        return terms, constant

    def parts(
        self, k: int, a: list[int], constant: int, bounds: list[tuple[int, int]]
    ) -> tuple[list[int], list[int], int]:
        """Return coefficients of relu(y), of y, and the constant, for a form on the values of any units."""
        pairs, common = self.net.factors[k]
        bent, linear = [0] * len(a), [0] * len(a)
        for j, (entry, (low, high), (below, above)) in enumerate(zip(a, bounds, pairs, strict=True)):
            if high <= 0 or (low < 0 and below == above):
                linear[j], rest = divmod(entry * below, common)
                if high <= 0:  # rounded upwards, since y <= 0
                    linear[j] += rest > 0
                    continue
            elif low >= 0:  # rounded downwards, since y >= 0
                linear[j], rest = entry * above // common, 0
            else:
                linear[j], rest = divmod(entry * below, common)
                bent[j] = entry * (above - below) // common  # relu(y) >= 0
            if rest:
                constant += self.finite(k, j, low) // self.scale
        return bent, linear, constant

    def finite(self, k: int, j: int, bound: float) -> int:
        """Return a bound of a neuron that is needed, so must be known."""
        if NONE in (-bound, bound):
            refuse(f"bounds of neuron {[k + 1, j]}", "a lower and an upper one", "none yet")
        return int(bound)

    def rounded(
        self, k: int, numerators: list[int], denominator: int, constant: int, bounds: list[list[Any]]
    ) -> tuple[list[int], int]:
        """Return coefficients N / q on x_{k+1} rounded down, and the constant less what that may cost."""
        if denominator == 1:
            return numerators, constant
        for j in self.signed[k]:
            if numerators[j] % denominator:
                low, high = bounds[k][j]
                below, above = self.net.slopes[k][j]
                least = 0 if low >= 0 else self.finite(k, j, low) * below if below > 0 else 0
                if above < 0 < high:
                    least = min(least, self.finite(k, j, high) * above)
                constant += math.floor(least / self.scale)
        return [entry // denominator for entry in numerators], constant

    def on_inputs(
        self, k: int, a: list[int], constant: int, bounds: list[list[tuple[int, int]]], flips: int = 0
    ) -> tuple[list[int], int, int]:
        """Return N, q and C with S target >= N . x / q + C, for a form on x_k, k >= 1."""
        for j in range(k - 1, -1, -1):
            terms, constant = self.relaxed(j, a, constant, bounds[j], flips and flips >> self.offsets[j])
            denominator = self.net.rows[j][1]
            cut = self.cuts[j]
            if j and cut is not None and not self.signed[j - 1]:  # rounding down costs nothing
                *a, last = self.pulled(j, terms, cut)
                constant += last
                continue
            *numerators, last = self.pulled(j, terms)
            constant += last // denominator
            if j:
                a, constant = self.rounded(j - 1, numerators, denominator, constant, bounds)
        return numerators, denominator, constant

    def of_terms(
        self, terms: list[Fraction], constant: int, bounds: list[list[tuple[int, int]]], flips: int
    ) -> tuple[list[int], int, int]:
        """Return the form on the inputs of rational terms on the values of the last hidden layer."""
        depth = len(self.net.hidden)
        (numerators,), denominator = integral([[self.scale * entry for entry in terms]])
        a, constant = self.rounded(depth - 1, numerators, denominator, constant, bounds)
        return self.on_inputs(depth, a, constant, bounds, flips)

    def of_rows(
        self,
        hidden: list[Fraction],
        xs: list[Fraction],
        constant: Fraction,
        bounds: list[list[tuple[int, int]]],
        flips: int,
    ) -> tuple[list[int], int, int]:
        """Return the form on the inputs of terms on the last hidden values, on the inputs, and a constant."""
        c = self.scale * constant.numerator // constant.denominator
        if self.net.hidden:
            n, q, c = self.of_terms(hidden, c, bounds, flips)
        else:  # one affine map: the terms are on the inputs, and stay as they are
            (n,), q = integral([[self.scale * entry for entry in hidden]])
        (direct,), r = integral([[self.scale * entry for entry in xs]])
        return [a * r + b * q for a, b in zip(n, direct, strict=True)], q * r, c

    def neuron(
        self, k: int, i: int, sign: int, bounds: list[list[tuple[int, int]]]
    ) -> tuple[list[int], int, int]:
        """Return the form on the inputs of sign times pre-activation i of hidden layer k (from 0)."""
        rows, denominator = self.net.rows[k]
        row = [sign * entry for entry in rows[i]]
        if k == 0:
            return (
                [self.scale * entry for entry in row[:-1]],
                denominator,
                self.scale * row[-1] // denominator,
            )
        if (k, i, sign) not in self.starts or self.signed[k - 1]:
            *numerators, last = (self.scale * entry for entry in row)
            start = self.rounded(k - 1, numerators, denominator, last // denominator, bounds)
            self.starts[k, i, sign] = start
        return self.on_inputs(k, *self.starts[k, i, sign], bounds)


class Box:
    """A box of inputs, ends as integers over one ``grid``, None for one that is missing; what is known on it.

    ``bounds[k][i]`` bounds pre-activation i of hidden layer k on the points of the box that obey the
    ``bends`` (layer, neuron, bit) above it. ``strict`` holds the sides (2 i lower, 2 i + 1 upper) that do not
    belong to the input set; everything but the leaves `linear` takes the box as closed.
    """

    def __init__(
        self, low: list[Any], high: list[Any], grid: int, bounds: list[list[tuple[Any, Any]]]
    ) -> None:
        self.low, self.high, self.grid, self.bounds = low, high, grid, bounds
        self.bends: tuple[tuple[int, int, int], ...] = ()
        self.strict: frozenset[int] = frozenset()

    def copy(self) -> Box:
        box = Box(list(self.low), list(self.high), self.grid, list(self.bounds))
        box.bends, box.strict = self.bends, self.strict
        return box

    def refine(self, grid: int) -> None:
        """Write the ends over a finer grid."""
        factor = math.lcm(self.grid, grid) // self.grid
        bits = self.grid.bit_length() + factor.bit_length()
        if bits > 4 * ROOM.get().limits.digits:
            beyond("the ends of a box", "digits", f"{ROOM.get().limits.digits} digits")
        ROOM.get().see("the ends of a box", 2 * len(self.low), bits)
        if factor > 1:
            self.low = [end if end is None else end * factor for end in self.low]
            self.high = [end if end is None else end * factor for end in self.high]
            self.grid *= factor

    def least(self, place: str, numerators: list[int], denominator: int, constant: int) -> int:
        """Return a lower bound of N . x / q + C on the box."""
        total = 0
        for i, n in enumerate(numerators):
            if n:
                end = self.low[i] if n > 0 else self.high[i]
                if end is None:
                    refuse(place, f"a side of the box for input {i}", None)
                total += n * end
        return constant + total // (denominator * self.grid)

    def tighten(self, k: int, i: int, low: float, high: float) -> None:
        """Take in bounds of a pre-activation, those known before included."""
        before = self.bounds[k][i]
        layer = list(self.bounds[k])
        layer[i] = (max(low, before[0]), min(high, before[1]))
        self.bounds[k] = layer

    def clip(self, place: str, numerators: list[int], denominator: int, constant: int) -> bool:
        """Cut the box to the points with N . x / q + C <= 0; return whether none is left.

        With m the corner where N . x is least and T = -(N . m / q + C), every term N_i (x_i - m_i) / q is at
        least 0 and at most T. T is rounded upwards, and so is each new end, on a grid a million times finer.
        """
        room = -self.least(place, numerators, denominator, constant)
        if room < 0:
            return True
        self.refine(self.grid << 20)
        for i, n in enumerate(numerators):
            if n:
                step = -(-room * denominator * self.grid // abs(n))
                if n > 0 and (self.high[i] is None or self.low[i] + step < self.high[i]):
                    self.high[i], self.strict = self.low[i] + step, self.strict - {2 * i + 1}
                elif n < 0 and (self.low[i] is None or self.high[i] - step > self.low[i]):
                    self.low[i], self.strict = self.high[i] - step, self.strict - {2 * i}
        return False


class Inequalities:
    """An input set and its alternatives: rows g >= 0, or g > 0 where ``strict``, over inputs and outputs."""

    def __init__(self, place: str, net: Network, value: Any) -> None:
        fields(place, value, "box rows disjuncts")
        common = len(listed(f"{place}.rows", value["rows"]))
        disjuncts = listed(f"{place}.disjuncts", value["disjuncts"])
        own = sum(len(listed(f"{place}.disjuncts[{d}]", items)) for d, items in enumerate(disjuncts))
        numbers = net.inputs + (common + own) * (net.inputs + net.outputs) + common * len(disjuncts)
        ROOM.get().take(place, numbers)
        box = listed(f"{place}.box", value["box"], net.inputs, net.inputs)
        self.sides = [self.side(f"{place}.box[{i}]", item) for i, item in enumerate(box)]
        self.net = net
        self.common = self.rows(f"{place}.rows", value["rows"])
        for r, (ys, *_) in enumerate(self.common):
            if any(ys):
                refuse(f"{place}.rows[{r}]", "an inequality over inputs alone", value["rows"][r])
        self.disjuncts = [
            self.common + self.rows(f"{place}.disjuncts[{d}]", items) for d, items in enumerate(disjuncts)
        ]

    def rows(self, place: str, value: Any) -> list[Any]:
        return [self.row(f"{place}[{r}]", item) for r, item in enumerate(listed(place, value))]

    def side(self, place: str, value: Any) -> tuple[Any, Any, bool, bool]:
        """Return lower and upper end, None without one, and which of them do not belong to the box."""
        low, high, below, above = listed(place, value, 4, 4)
        if not isinstance(below, bool) or not isinstance(above, bool):
            refuse(place, "[lower end, upper end, true if the lower is open, true if the upper is]", value)
        low, high = (None if end is None else rational(place, end) for end in (low, high))
        return low, high, below, above

    def row(self, place: str, value: Any) -> tuple[list[Fraction], list[Fraction], Fraction, bool]:
        """Return y-terms, x-terms, offset, and whether it is strict."""
        strict = fields(place, value, "x y offset strict")["strict"]
        if not isinstance(strict, bool):
            refuse(f"{place}.strict", "true or false", strict)
        terms = []
        for key, size in (("y", self.net.outputs), ("x", self.net.inputs)):
            dense, last = [Fraction(0)] * size, -1
            for n, pair in enumerate(listed(f"{place}.{key}", value[key])):
                number, text = listed(f"{place}.{key}[{n}]", pair, 2, 2)
                last = index(f"{place}.{key}[{n}][0]", number, last + 1, size - 1)
                dense[last] = rational(f"{place}.{key}[{n}][1]", text)
            terms.append(dense)
        return terms[0], terms[1], rational(f"{place}.offset", value["offset"]), strict

    def box(self) -> Box:
        """Return the closed box, nothing being known on it."""
        ends = [end for side in self.sides for end in side[:2] if end is not None]
        grid = common_multiple({end.denominator for end in ends})
        ROOM.get().see("the ends of a box", 2 * len(self.sides), grid.bit_length())
        over = [[None if end is None else int(end * grid) for end in side[:2]] for side in self.sides]
        box = Box([o[0] for o in over], [o[1] for o in over], grid, [])
        box.strict = frozenset(2 * i + s for i, side in enumerate(self.sides) for s in (0, 1) if side[2 + s])
        return box

    def negated(
        self, place: str, disjunct: int, by: Any
    ) -> tuple[list[Fraction], list[Fraction], Fraction, bool]:
        """Return -sum m_r g_r over pairs [r, m_r]: terms on hidden values, on inputs, constant, strict."""
        rows = self.disjuncts[disjunct]
        ys, xs = [Fraction(0)] * self.net.outputs, [Fraction(0)] * self.net.inputs
        constant, strict, last = Fraction(0), False, -1
        for n, pair in enumerate(listed(place, by, 1)):
            number, text = listed(f"{place}[{n}]", pair, 2, 2)
            last = index(f"{place}[{n}][0]", number, last + 1, len(rows) - 1)
            m = rational(f"{place}[{n}][1]", text)
            if m <= 0:
                refuse(f"{place}[{n}][1]", "a positive multiplier", text)
            if (bits := m.numerator.bit_length() + m.denominator.bit_length()) > BITS:
                ROOM.get().see(place, 4 * (len(xs) + len(ys) + len(self.net.layers[-1][0])), bits)
            y, x, offset, is_strict = rows[last]
            ys = [a - m * b for a, b in zip(ys, y, strict=True)]
            xs = [a - m * b for a, b in zip(xs, x, strict=True)]
            constant, strict = constant - m * offset, strict or is_strict
        hidden = [dot(ys, column) for column in transposed(self.net.layers[-1])]
        return hidden[:-1], xs, constant + hidden[-1], strict


class PropertyTree:
    """The trees of a property's input sets, one after another, each in preorder.

    A node is a box, perhaps with signs of neurons. A line tightens bounds on it, may clip it to where the one
    alternative that is open can hold, and then cuts it in two that cover it, or closes it: every open
    alternative has a combination of its inequalities that cannot hold.
    """

    def __init__(self, net: Network, sets: list[Inequalities], precision: int) -> None:
        self.net, self.sets, self.substitution = net, sets, Substitution(net, precision)
        self.leaves = {"closed": 0, "linear": 0}
        self.number, self.open = 0, [self.root(0)] if sets else []
        self.done = not sets

    def root(self, number: int) -> Box:
        box = self.sets[number].box()
        box.bounds = [[(-math.inf, math.inf)] * width for width in self.net.hidden]
        return box

    def step(self, line: str, kind: str, entry: dict[str, Any], _: Claim) -> None:
        """Check one line."""
        place, value = f"{line}: {kind}", entry.pop(kind)
        fields(line, entry, "", "bounds clip")
        box, inequalities = self.open.pop(), self.sets[self.number]
        empty = "bounds" in entry and self.bound(f"{line}: bounds", box, entry["bounds"])
        if "clip" in entry:
            at = f"{line}: clip"
            if len(inequalities.disjuncts) != 1:
                refuse(at, "one alternative", len(inequalities.disjuncts))
            for n, item in enumerate(listed(at, entry["clip"], 1)):
                form = self.form(f"{at}[{n}]", box, 0, item)[:3]
                empty = box.clip(f"{at}[{n}]", *form) or empty
        if kind == "cut":
            self.cut(place, box, value)
        elif kind == "bend":
            self.bend(place, box, value)
        elif kind in self.leaves:
            alternatives = listed(place, value, *[0 if empty else len(inequalities.disjuncts)] * 2)
            for d, item in enumerate(alternatives):
                self.close(f"{place}[{d}]", kind, box, d, item)
            self.leaves[kind] += 1
        else:
            refuse(place, "cut, bend, closed or linear", kind)
        numbers = len(self.open) * (self.net.inputs + sum(self.net.hidden))
        ROOM.get().see(line, numbers, box.grid.bit_length())
        if not self.open:
            self.number += 1
            self.done = self.number == len(self.sets)
            self.open = [] if self.done else [self.root(self.number)]

    def bound(self, place: str, box: Box, value: Any) -> bool:
        """Tighten bounds of the neurons named, of all for the text all, where signs are open.

        Return whether some lower bound exceeds its upper one: then no point of the box obeys its bends.
        """
        empty = False
        if value == "all":
            value = [[k + 1, list(range(width))] for k, width in enumerate(self.net.hidden)]
        for n, item in enumerate(listed(place, value)):
            first, neurons = listed(f"{place}[{n}]", item, 2, 2)
            k = index(f"{place}[{n}][0]", first, 1, len(self.net.hidden)) - 1
            for number in listed(f"{place}[{n}][1]", neurons):
                i = index(f"{place}[{n}][1]", number, 0, self.net.hidden[k] - 1)
                low, high = box.bounds[k][i]
                if low < 0 < high and (i in self.net.bent[k] or NONE in (-low, high)):
                    low = box.least(place, *self.substitution.neuron(k, i, 1, box.bounds))
                    high = -box.least(place, *self.substitution.neuron(k, i, -1, box.bounds))
                    box.tighten(k, i, low, high)
                    empty = empty or box.bounds[k][i][0] > box.bounds[k][i][1]
        return empty

    def form(self, place: str, box: Box, disjunct: int, value: Any) -> tuple[list[int], int, int, bool]:
        """Return N, q, C with S (-sum m_r g_r) >= N . x / q + C on the box, and if a row is strict."""
        by, text = listed(place, value, 2, 2)
        if not isinstance(text, str) or not re.fullmatch("0|[1-9a-f][0-9a-f]*", text):
            refuse(f"{place}[1]", "the flipped slopes, in hexadecimal", text)
        hidden, xs, constant, strict = self.sets[self.number].negated(f"{place}[0]", disjunct, by)
        return *self.substitution.of_rows(hidden, xs, constant, box.bounds, int(text, 16)), strict

    def close(self, place: str, kind: str, box: Box, disjunct: int, value: Any) -> None:
        """See that an alternative holds nowhere on the box: a sum of its g_r is negative, or not positive."""
        if kind == "linear":
            rows, relations = self.linear(box, disjunct)
            refute(place, value, rows, relations)
            return
        numerators, denominator, constant, strict = self.form(place, box, disjunct, value)
        least = box.least(place, numerators, denominator, constant)
        if least < 0 or (least == 0 and not strict):
            refuse(place, "a lower bound above 0 (or 0, with a strict row)", str(least))

    def cut(self, place: str, box: Box, value: Any) -> None:
        """Cut a box at x_i = t, inside or at an end: both halves are closed, so they cover it."""
        number, text = listed(place, value, 2, 2)
        i, at = index(f"{place}[0]", number, 0, self.net.inputs - 1), rational(f"{place}[1]", text)
        box.refine(at.denominator)
        end = int(at * box.grid)
        above, below = box.copy(), box.copy()
        above.low[i], above.strict = end, box.strict - {2 * i}
        below.high[i], below.strict = end, box.strict - {2 * i + 1}
        self.open += [above, below]  # the last one comes first

    def bend(self, place: str, box: Box, value: Any) -> None:
        """Split at the zero of a neuron: y <= 0 first, then y >= 0."""
        first, second = listed(place, value, 2, 2)
        k = index(f"{place}[0]", first, 1, len(self.net.hidden)) - 1
        i = index(f"{place}[1]", second, 0, self.net.hidden[k] - 1)
        if i not in self.net.bent[k]:
            refuse(place, "a neuron with two slopes", value)
        for bit, bounds in ((1, (0, math.inf)), (0, (-math.inf, 0))):
            half = box.copy()
            half.tighten(k, i, *bounds)
            half.bends = (*box.bends, (k, i, bit))
            self.open.append(half)

    def linear(self, box: Box, disjunct: int) -> tuple[list[Row], list[str]]:
        """Return the rows of a node, as far as signs are decided: sides, bends, and then the alternative.

        Where all neurons of the layers before are decided, pre-activations are affine on the node, and so are
        the outputs where all are. Rows that are not known to be affine are left out, bends and alternative.
        """
        rows, relations = [], []
        for i in range(self.net.inputs):
            for s, end in enumerate((box.low[i], box.high[i])):
                if end is not None:
                    row = [0] * self.net.inputs + [end if s else -end]
                    row[i] = -box.grid if s else box.grid
                    rows.append(primitive(row))
                    relations.append(">" if 2 * i + s in box.strict else ">=")
        inequalities = self.sets[self.number]
        maps, bits = [self.net.rows[0]], []
        for k, layer in enumerate(box.bounds):
            if any(layer[i][0] < 0 < layer[i][1] for i in self.net.bent[k]):
                break
            bits.append([int(low >= 0) for low, _ in layer])
            maps.append(self.net.after(maps[-1], k + 1, bits[-1]))
        for k, i, bit in box.bends:
            if k < len(maps):
                row = primitive(maps[k][0][i])
                rows.append(row if bit else negated(row))
                relations.append(">=")
        affine = len(maps) == len(self.net.layers)
        for r, (ys, xs, offset, strict) in enumerate(inequalities.disjuncts[disjunct]):
            if not affine and r >= len(inequalities.common):
                continue
            total = [*xs, offset]
            if any(ys):
                table, scale = maps[-1]
                sums = [dot(ys, column) / scale for column in transposed(table)]
                total = [a + b for a, b in zip(total, sums, strict=True)]
            rows.append(primitive(total))
            relations.append(">" if strict else ">=")
        return rows, relations


class Property(Claim):
    """No point of an input set satisfies one of its alternatives: the network has the property."""

    tree: Any

    def leaf(self, place: str, extra: dict[str, Any]) -> None:
        refuse(place, "a line of a property's tree", extra)


def property_tree(value: dict[str, Any], networks: list[Network]) -> PropertyTree:
    """Return the tree of the claim ``property``."""
    if value["property"] is not None and not (
        isinstance(value["property"], str) and re.fullmatch("sha256:[0-9a-f]{64}", value["property"])
    ):
        refuse("claim.property", "the hash of a file, or null", value["property"])
    items = enumerate(listed("claim.sets", value["sets"]))
    sets = [Inequalities(f"claim.sets[{s}]", networks[0], item) for s, item in items]
    return PropertyTree(networks[0], sets, index("claim.precision", value["precision"], 1, 4096))


def optimum_tree(value: dict[str, Any], networks: list[Network]) -> PropertyTree:
    """Return the tree of the claim ``optimum``: each objective exceeds its maximum nowhere on the set.

    An attained maximum is the objective's value at a point of the set. One that is not attained is its value
    at a point of the closure of a set that has points (the ``inner`` one), and the objective does not even
    reach it: so it is the supremum, by continuity and convexity.
    """
    net, sets = networks[0], []
    for o, item in enumerate(listed("claim.objectives", value["objectives"], 1)):
        at = f"claim.objectives[{o}]"
        has_inner = isinstance(item, dict) and item.get("attained") is False
        fields(at, item, f"x y offset maximum attained point {'inner' if has_inner else ''}")
        if not isinstance(item["attained"], bool):
            refuse(f"{at}.attained", "true or false", item["attained"])
        best = rational(f"{at}.maximum", item["maximum"])
        offset = rational(f"{at}.offset", item["offset"]) - best
        row = {"x": item["x"], "y": item["y"], "offset": str(offset), "strict": item["attained"]}
        content = {"box": value["box"], "rows": value["rows"], "disjuncts": [[row]]}
        found = Inequalities(at, net, content)
        point = vector(f"{at}.point", item["point"], net.inputs)
        y, x, c, _ = found.disjuncts[0][-1]
        if dot(y, net.values(point)[-1]) + dot(x, point) + c != 0:
            refuse(f"{at}.point", f"a point where the objective is {item['maximum']}", item["point"])
        see_member(f"{at}.point", found, point, closed=not item["attained"])
        if not item["attained"]:
            inner = vector(f"{at}.inner", item["inner"], net.inputs)
            see_member(f"{at}.inner", found, inner, closed=False)
        sets.append(found)
    return PropertyTree(net, sets, index("claim.precision", value["precision"], 1, 4096))


class TreesInTurn:
    """Property trees of several networks, one after another."""

    def __init__(self, trees: list[PropertyTree]) -> None:
        self.trees = [tree for tree in trees if not tree.done]

    @property
    def done(self) -> bool:
        return all(tree.done for tree in self.trees)

    @property
    def leaves(self) -> dict[str, int]:
        return {kind: sum(tree.leaves[kind] for tree in self.trees) for kind in ("closed", "linear")}

    def step(self, line: str, kind: str, entry: dict[str, Any], claim: Claim) -> None:
        """Check one line."""
        next(tree for tree in self.trees if not tree.done).step(line, kind, entry, claim)


def compression_trees(value: dict[str, Any], networks: list[Network]) -> TreesInTurn:
    """Return the trees of the claim ``compression``: on the set each network is the one before.

    A step replaces neurons of one layer by what they are on the set, which its trees prove, and then the
    layer with its neighbours by one of the same function, which canonical forms decide; all else stays.
    Inputs whose sides meet are constants. (If a side does not belong, the set is empty, and all is true.)
    """
    return TreesInTurn(trees_of_steps(value, networks))


def trees_of_steps(value: dict[str, Any], networks: list[Network], first: int = 0) -> list[PropertyTree]:
    """Return the trees of steps from each network, numbered from ``first``, to the next."""
    precision, trees = index("claim.precision", value["precision"], 1, 4096), []
    steps = listed("claim.steps", value["steps"], len(networks) - 1, len(networks) - 1)
    content = {"box": value["box"], "rows": value["rows"], "disjuncts": []}
    sides = Inequalities("claim", networks[0], content).sides
    fixed = {i: low for i, (low, high, *_) in enumerate(sides) if low is not None and low == high}
    for n, (item, before, after) in enumerate(zip(steps, networks, networks[1:], strict=False)):
        at = f"claim.steps[{n}]"
        fields(at, item, "name layer facts")
        if not isinstance(item["name"], str):
            refuse(f"{at}.name", "a name", item["name"])
        k = index(f"{at}.layer", item["layer"], 1, len(before.hidden)) - 1
        groups = [
            [
                Fact(f"{at}.facts[{g}][{f}]", before, k, fact)
                for f, fact in enumerate(listed(f"{at}.facts[{g}]", group, 1))
            ]
            for g, group in enumerate(listed(f"{at}.facts", item["facts"]))
        ]
        facts = [fact for group in groups for fact in group]
        if facts:
            trees.append(tree_of_facts(value, before, k, groups, precision))
        constant = fixed if k == 0 else {}
        see_one_function(f"networks[{first + n + 1}]", with_facts(at, before, k, facts), after, k, constant)
    return trees


def difference_trees(value: dict[str, Any], networks: list[Network]) -> TreesInTurn:
    """Return the trees of the claim ``difference``: on the set the outputs of two networks are nearly equal.

    The third network is their difference, steps keep it, and no output of the last one exceeds the bound.
    """
    one, two, *others = networks
    see_difference(one, two, others[0])
    trees, last = trees_of_steps(value, others, 2), others[-1]
    within = rational("claim.within", value["within"])
    if within < 0:
        refuse("claim.within", "a number that is not negative", value["within"])
    alternatives = [
        [{"x": [], "y": [[j, sign]], "offset": str(-within), "strict": True}]
        for j in range(last.outputs)
        for sign in ("-1", "1")
    ]
    content = {"box": value["box"], "rows": value["rows"], "disjuncts": alternatives}
    precision = index("claim.precision", value["precision"], 1, 4096)
    return TreesInTurn([*trees, PropertyTree(last, [Inequalities("claim", last, content)], precision)])


def see_difference(one: Network, two: Network, difference: Network) -> None:
    """See that a network has the neurons of two others side by side, and their difference as its output."""
    if not len(one.hidden) == len(two.hidden) > 0:
        refuse("networks[1].layers", f"{len(one.layers)}, as networks[0] has, at least 2", len(two.layers))
    layers: list[Matrix] = []
    for k, (a, b) in enumerate(zip(one.layers, two.layers, strict=True)):
        ROOM.get().see("networks[2]", (len(a) + len(b)) * (len(a[0]) + len(b[0])))
        right, left = ([Fraction(0)] * (len(m[0]) - 1) if k else [] for m in (b, a))
        if k < len(one.hidden):
            rows = [[*row[:-1], *right, row[-1]] for row in a]
            layers.append(rows + [[*left, *row] for row in b])
        else:
            layers.append([[*p[:-1], *negated(q[:-1]), p[-1] - q[-1]] for p, q in zip(a, b, strict=True)])
    slopes = [[*a, *b] for a, b in zip(one.slopes, two.slopes, strict=True)]
    if difference.layers != layers or difference.slopes != slopes:
        refuse("networks[2]", "the difference of networks[0] and networks[1]", "another network")


def see_near(value: dict[str, Any], networks: list[Network], _: Domain | None = None) -> None:
    """See that two networks of one architecture are nearly equal on a box, by the sizes of what they compute.

    With y' - y = (W' - W) z + (b' - b) + W' (z' - z), and |z' - z| <= steepest slope * |y' - y|.
    """
    one, two = networks
    if (one.hidden, one.slopes) != (two.hidden, two.slopes):
        refuse("networks[1]", f"hidden layers and slopes as networks[0], {one.hidden}", two.hidden)
    items = enumerate(listed("claim.box", value["box"], one.inputs, one.inputs))
    ends = [vector(f"claim.box[{i}]", item, 2) for i, item in items]
    gaps = [Fraction(0)] * one.inputs
    for k, (own, other) in enumerate(zip(one.layers, two.layers, strict=True)):
        sizes = [*(max(-low, high, Fraction(0)) for low, high in ends), Fraction(1)]
        gaps = [
            sum((abs(b - a) * s for a, b, s in zip(p, q, sizes, strict=True) if a != b), Fraction(0))
            + sum(abs(b) * gap for b, gap in zip(q, gaps, strict=False) if gap)
            for p, q in zip(own, other, strict=True)
        ]
        if k == len(one.hidden):
            break
        reach = [
            [
                sum((side(a * low, a * high) for a, (low, high) in zip(p, ends, strict=False)), p[-1])
                for side in (min, max)
            ]
            for p in own
        ]
        ends = []
        for (low, high), (below, above) in zip(reach, one.slopes[k], strict=True):
            at = [y * (above if y > 0 else below) for y in (low, high)]
            at += [Fraction(0)] if low < 0 < high else []
            ends.append([min(at), max(at)])
        gaps = [max(map(abs, slopes)) * gap for slopes, gap in zip(one.slopes[k], gaps, strict=True)]
    if max(gaps) > rational("claim.within", value["within"]):
        refuse("claim.within", f"at least {max(gaps)}", value["within"])


class Fact:
    """On the set, neuron i of a layer is row . (z, 1) + sum d_j z_j, z the layer before, z_j beside it.

    Or its pre-activation is never negative (sign 1) or never positive (0): then it is that times its slope.
    """

    def __init__(self, place: str, net: Network, k: int, value: Any) -> None:
        has_sign = isinstance(value, dict) and "sign" in value
        fields(place, value, "neuron sign" if has_sign else "neuron row others")
        width = net.hidden[k]
        self.neuron = index(f"{place}.neuron", value["neuron"], 0, width - 1)
        self.others: dict[int, Fraction] = {}
        self.sign = index(f"{place}.sign", value["sign"], 0, 1) if has_sign else None
        own = net.layers[k][self.neuron]
        if self.sign is not None:
            self.shown = own
            self.row = [net.slopes[k][self.neuron][self.sign] * entry for entry in own]
            return
        self.row = self.shown = vector(f"{place}.row", value["row"], len(own))
        last = -1
        for n, pair in enumerate(listed(f"{place}.others", value["others"])):
            number, text = listed(f"{place}.others[{n}]", pair, 2, 2)
            last = index(f"{place}.others[{n}][0]", number, last + 1, width - 1)
            self.others[last] = rational(f"{place}.others[{n}][1]", text)


LINEAR = [Fraction(1), Fraction(1)]


def made(layers: list[Matrix], slopes: list[Matrix]) -> Network:
    """Return the network with these layers and slopes, one of them not ReLU's, read like any other."""
    value: list[dict[str, Any]] = [
        {"weight": [[*map(str, row[:-1])] for row in layer], "bias": [str(row[-1]) for row in layer]}
        for layer in layers
    ]
    for layer, pairs in zip(value, slopes, strict=False):
        layer["slopes"] = [[*map(str, pair)] for pair in pairs]
    return Network("the network of facts", {"layers": value}, "")


def tree_of_facts(
    value: dict[str, Any], net: Network, k: int, groups: list[list[Fact]], precision: int
) -> PropertyTree:
    """Return the tree that proves facts of a layer: output number f, z_i - row - sum d_j z_j, is never not 0.

    Of a sign the output is the pre-activation, which never has the other one. Each group of facts is an input
    set, its alternatives that an output is positive, and that it is negative, as far as it must not be.
    """
    facts = [fact for group in groups for fact in group]
    width = net.hidden[k]
    ROOM.get().take("claim.steps", len(facts) * (width + len(facts) + 1))
    last = []
    for f, fact in enumerate(facts):
        line = [Fraction(0)] * (width + len(facts) + 1)
        if fact.sign is None:
            for j, d in fact.others.items():
                line[j] -= d
            line[fact.neuron] += 1
        line[width + f] = Fraction(-1 if fact.sign is None else 1)
        last.append(line)
    layers = [*net.layers[:k], [*net.layers[k], *(fact.shown for fact in facts)], last]
    slopes = [*net.slopes[:k], [*net.slopes[k], *[LINEAR] * len(facts)]]
    residual, sets, first = made(layers, slopes), [], 0
    for g, group in enumerate(groups):
        alternatives = [
            [{"x": [], "y": [[f, sign]], "offset": "0", "strict": True}]
            for f, fact in enumerate(group, start=first)
            for bit, sign in ((0, "1"), (1, "-1"))
            if fact.sign in (None, bit)
        ]
        content = {"box": value["box"], "rows": value["rows"], "disjuncts": alternatives}
        sets.append(Inequalities(f"claim, facts {g}", residual, content))
        first += len(group)
    return PropertyTree(residual, sets, precision)


def with_facts(place: str, net: Network, k: int, facts: list[Fact]) -> tuple[list[Matrix], list[Matrix]]:
    """Return layers and slopes of the network with linear neurons in the place of those of facts."""
    layers, slopes = [*net.layers], [*net.slopes]
    replaced = {fact.neuron for fact in facts}
    if len(replaced) < len(facts) or any(replaced & set(fact.others) for fact in facts):
        refuse(f"{place}.facts", "each neuron once, and none that is replaced among the others", "one")
    layers[k], layers[k + 1] = [*layers[k]], [[*row] for row in layers[k + 1]]
    slopes[k] = [*slopes[k]]
    for fact in facts:
        layers[k][fact.neuron], slopes[k][fact.neuron] = fact.row, LINEAR
        for row in layers[k + 1]:
            for j, d in fact.others.items():
                row[j] += d * row[fact.neuron]
    return layers, slopes


def see_one_function(
    place: str,
    before: tuple[list[Matrix], list[Matrix]],
    after: Network,
    k: int,
    fixed: dict[int, Fraction],
) -> None:
    """See that two networks differ at layer k and the next alone, by one function of the values before.

    The second one may lack layer k: then its map there is that function. Values that are fixed are constants.
    """
    (layers, slopes), gone = before, len(before[0]) - len(after.layers)
    kept = after.layers[:k] == layers[:k] and after.slopes[:k] == slopes[:k]
    kept = kept and after.layers[k + 2 - gone :] == layers[k + 2 :]
    if gone not in (0, 1) or not kept or after.slopes[k + 1 - gone :] != slopes[k + 1 :]:
        refuse(place, f"other layers than {k + 1} and the next as before", "others")
    old = neurons_of(at_fixed(layers[k], fixed), slopes[k], layers[k + 1])
    if gone:
        new: list[Any] = []
        constant = at_fixed(after.layers[k], fixed)
    else:
        new = neurons_of(at_fixed(after.layers[k], fixed), after.slopes[k], after.layers[k + 1])
        constant = [[row[-1]] for row in after.layers[k + 1]]
    common = set(old) & set(new)
    common = {one for one in common if old.count(one) == new.count(one)}
    one = sum_form(
        [n for n in old if n not in common], [[row[-1]] for row in layers[k + 1]], len(layers[k][0])
    )
    two = sum_form([n for n in new if n not in common], constant, len(layers[k][0]))
    if one != two:
        refuse(place, f"one function at layer {k + 1} and the next", "another one")


def at_fixed(layer: Matrix, fixed: dict[int, Fraction]) -> Matrix:
    """Return an affine map where some of the values that it reads are constants."""
    rows = [[Fraction(0) if j in fixed else entry for j, entry in enumerate(row)] for row in layer]
    for row, own in zip(rows, layer, strict=True):
        row[-1] += sum(own[j] * value for j, value in fixed.items())
    return rows


def neurons_of(layer: Matrix, slopes: Matrix, following: Matrix) -> list[Any]:
    """Return for each neuron its row, slopes and column."""
    columns = transposed(following)[:-1]
    return [(tuple(a), tuple(s), tuple(c)) for a, s, c in zip(layer, slopes, columns, strict=True)]


def sum_form(neurons: list[Any], constant: Matrix, width: int) -> Any:
    """Return the canonical form of sum c (s+ relu(y) - s- relu(-y)) + constant, which determines it.

    The constant is a column, or an affine map.
    """
    rows, columns = [[Fraction(0)] * width], [[Fraction(0)] * len(constant)]
    for row, (below, above), column in neurons:
        if above:
            rows.append([*row])
            columns.append([above * c for c in column])
        if below:
            rows.append(negated(row))
            columns.append([-below * c for c in column])
    lines = [[*line, c[-1]] for line, c in zip(transposed(columns), constant, strict=True)]
    kinks, rest = canonical_form("window", [rows, lines])
    for line, c in zip(rest, constant, strict=True):
        for j, entry in enumerate(c[:-1]):
            line[j] += entry
    return kinks, rest


def see_member(place: str, inequalities: Inequalities, point: list[Fraction], *, closed: bool) -> None:
    """See that a point lies in an input set, or in its closure as far as strict rows are concerned."""
    for i, (low, high, below, above) in enumerate(inequalities.sides):
        for end, strict, sign in ((low, below, 1), (high, above, -1)):
            room = 1 if end is None else sign * (point[i] - end)
            if room < 0 or (room == 0 and strict and not closed):
                refuse(f"{place}[{i}]", "a coordinate in the box", str(point[i]))
    for _, x, offset, strict in inequalities.common:
        value = dot(x, point) + offset
        if value < 0 or (value == 0 and strict and not closed):
            refuse(place, "a point that satisfies the set's rows", str(value))


# the file -----------------------------------------------------------------------------------------------

# kind of claim: rule, keys, optional keys, least and most networks, readings of its tree (none: no tree)
Rule = tuple[Callable[..., Any], str, str, int, int, tuple[str | None, ...]]
RULES: dict[str, Rule] = {
    "configurations": (Claim, "depth", "", 1, 1, tuple(CHILDREN)),
    "empty": (Empty, "", "", 0, 1, ("half-open",)),
    "range": (Range, "outputs", "", 1, 2, ("full",)),
    "lipschitz": (Lipschitz, "norm constant configuration direction", "", 1, 1, ("full",)),
    "lipschitz, norm 2": (Spectral, "norm polynomial interval", "projection", 1, 1, ("full",)),
    "equal": (Equal, "", "", 2, 2, ("full",)),
    "equal, no tree": (see_equal_forms, "", "", 2, 2, ()),
    "unequal": (see_unequal, "point outputs", "", 2, 2, ()),
    "canonical": (see_canonical, "kinks rest", "", 1, 1, ()),
    "reparametrization": (see_reparametrization, "steps", "", 2, 10**6, ()),
    "theorem-3.1": (see_theorem_3_1, "delta beta distance point", "", 3, 3, ()),
    "decomposition": (see_decomposition, "configuration atoms weight bias", "", 1, 1, ()),
    "property": (property_tree, "property sets precision", "", 1, 1, (None,)),
    "optimum": (optimum_tree, "box rows objectives precision", "", 1, 1, (None,)),
    "compression": (compression_trees, "box rows steps precision", "", 2, 10**6, (None,)),
    "near": (see_near, "box within", "", 2, 2, ()),
    "difference": (difference_trees, "box rows steps within precision", "", 3, 10**6, (None,)),
}
# kinds of claims about networks of any units; the others are proved for ReLU alone
UNITS = {"configurations", "empty", "range", "lipschitz", "lipschitz, norm 2", "equal", "unequal"}
UNITS |= {"property", "optimum", "compression", "difference", "near"}


class Unpacked(io.RawIOBase):
    """The bytes of a gzip file, which is one member. Where it is damaged they end, and ``fault`` says why."""

    def __init__(self, raw: BinaryIO) -> None:
        self.raw, self.inflater, self.fault = raw, zlib.decompressobj(wbits=31), ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = b""
        try:
            while not data and not self.inflater.eof and not self.fault:
                more = self.inflater.unconsumed_tail or self.raw.read(1 << 16)
                data = self.inflater.decompress(more, len(buffer))
                self.fault = "" if data or more or self.inflater.eof else "the end of the file"
        except zlib.error as error:
            self.fault = str(error)
        if not data and self.inflater.eof and (self.inflater.unused_data or self.raw.read(1)):
            self.fault = "something after the first member"
        buffer[: len(data)] = data
        return len(data)


def lines(path: str | Path) -> Iterator[bytes]:
    """Yield the lines of a plain or gzip file, each of bounded length: one that is longer ends there."""
    most, number = min(ROOM.get().limits.line, LINE), 0
    with Path(path).open("rb") as raw:
        packed = Unpacked(raw) if raw.peek(2)[:2] == b"\x1f\x8b" else None
        file: BinaryIO = io.BufferedReader(packed, 1 << 16) if packed else raw
        while line := file.readline(most):
            number += 1
            yield line
        if packed and packed.fault and number:
            refuse(f"line {number + 1}", "an intact gzip file of one member", packed.fault)


def see_size(place: str, line: bytes) -> None:
    """See that what a line becomes is not much larger than itself; brackets in strings count as elements.

    Nested brackets vanish from inside: NESTING times the pairs that hold nothing, texts and commas left out.
    """
    limits = ROOM.get().limits
    if not line.endswith(b"\n"):
        if limits.line <= len(line) < LINE:
            beyond(place, "line", f"{limits.line} bytes")
        refuse(place, f"a line of at most {LINE} bytes that ends in a line feed", f"{len(line)} bytes")
    if line.count(b",") + line.count(b"[") + line.count(b"{") > limits.elements:
        beyond(place, "elements", f"{limits.elements} commas and opening brackets")
    text = re.sub(rb"\\.", b"", line) if b"\\" in line else line
    brackets = re.sub(rb'"[^"]*"', b"", text.translate(None, NO_BRACKETS).replace(b'""', b""))
    for _ in range(NESTING):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    if brackets:
        refuse(place, f"brackets in pairs, less than {NESTING} within each other", "others")


NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b'[]{}"')


def parsed(place: str, line: bytes) -> dict[str, Any]:
    see_size(place, line)
    try:
        value = json.loads(line.decode(), object_pairs_hook=distinct, parse_float=wrong, parse_constant=wrong)
    except (json.JSONDecodeError, UnicodeDecodeError, NoValueError) as error:
        refuse(place, "a line of JSON in UTF-8", str(getattr(error, "msg", error)))
    if not isinstance(value, dict):
        refuse(place, "a JSON object", value)
    return value


class NoValueError(Exception):
    """JSON, but no value of a certificate."""


def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise NoValueError("a key that stands twice")
    return dict(pairs)


def wrong(text: str) -> NoReturn:
    raise NoValueError(f"the number {text[:20]}, which is no integer")


class Certificate:
    """One pass over the lines. ``claim`` has the tree, if there is one."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self.claim: Claim | None = None
        self.ended = False

    def line(self, number: int, place: str, entry: dict[str, Any]) -> None:
        """Check one line, its sum excepted."""
        tree = self.claim.tree if self.claim else None
        kinds = STEPS & set(entry)
        if self.ended:
            refuse(place, "the end of the file", sorted(entry))
        elif number == 1:
            self.begin(entry)
        elif "end" in entry:
            leaves = tree.leaves if tree else {"impossible": 0, "thin": 0, "reached": 0}
            right = {"end": {"leaves": leaves, "lines": number}}
            if json.dumps(entry, sort_keys=True) != json.dumps(right, sort_keys=True) or (
                tree and not tree.done
            ):
                refuse(f"{place}: end", f"{json.dumps(right)} after a complete tree", entry)
            if self.claim:
                self.claim.end(f"{place}: end")
            self.found["leaves"], self.ended = leaves, True
        elif not tree or not self.claim or tree.done or len(kinds) != 1:
            refuse(
                place,
                "the line end" if not tree or tree.done else f"one of the keys {sorted(STEPS)}",
                sorted(entry),
            )
        else:
            tree.step(place, kinds.pop(), entry, self.claim)

    def begin(self, value: dict[str, Any]) -> None:
        """Check the first line."""
        if value.get("format") != MAGIC:
            refuse("line 1: format", MAGIC, value.get("format"))
        fields("line 1", value, "format version claim networks domain reading")
        claim: dict[str, Any] = value["claim"] if isinstance(value["claim"], dict) else {}
        kind = claim.get("kind") if claim.get("norm") != "2" else f"{claim.get('kind')}, norm 2"
        kind = "equal, no tree" if kind == "equal" and value["reading"] is None else kind
        if not isinstance(kind, str) or kind not in RULES or "," in claim["kind"]:
            refuse("claim.kind", f"one of {', '.join(RULES)}", kind)
        rule, keys, optional, least, most, readings = RULES[kind]
        fields("claim", claim, f"kind {keys}", optional)
        scales = "scales" if kind == "reparametrization" else ""
        items = enumerate(listed("networks", value["networks"], least, most))
        networks = [Network(f"networks[{n}]", item, scales) for n, item in items]
        version = 2 if any(net.has_slopes for net in networks) else 1
        index("line 1: version", value["version"], version, version)
        for n, net in enumerate(networks):
            if net.has_slopes and kind not in UNITS:
                refuse(f"networks[{n}]", "ReLU alone, for this claim", "slopes")
            if net.shape != networks[0].shape and not scales:
                refuse(f"networks[{n}]", f"inputs and outputs as networks[0], {networks[0].shape}", net.shape)
        if value["reading"] not in (readings or (None,)):
            refuse("reading", f"one of {readings}" if any(readings) else "null", value["reading"])
        if not any(readings) and kind != "unequal" and value["domain"] is not None:
            refuse("domain", "null: the claim is about the whole space", value["domain"])
        domain = Domain(value["domain"], networks[0].inputs if networks else None)
        digests = [net.digest() for net in networks]
        self.found = {key: value[key] for key in ("claim", "reading", "domain")} | {"networks": digests}
        if readings == (None,):
            self.claim = Property(claim, networks, domain, rule(claim, networks))
        elif readings:
            depth = max((len(net.hidden) for net in networks), default=0) if kind != "empty" else 0
            depth = index("claim.depth", claim["depth"], 0, depth) if kind == "configurations" else depth
            self.claim = rule(claim, networks, domain, Tree(networks, domain, value["reading"], depth))
        else:
            rule(claim, networks, domain)


def check(path: str | Path, limits: Limits = Limits()) -> dict[str, Any]:  # noqa: B008 - a constant
    """Return what a certificate proves: claim, reading, domain, hashes of the networks, numbers of leaves.

    Raises
    ------
    NotACertificateError
        If the file does not begin like a certificate.
    BeyondLimitsError
        If it is larger than the limits.
    InvalidCertificateError
        If it does not prove its claim; the two above are such errors, too.
    OSError
        If it cannot be read.
    """
    digits, before = min(limits.digits, DIGITS), sys.get_int_max_str_digits()
    token = ROOM.set(Room(limits))
    sys.set_int_max_str_digits(max(digits, 640))  # Python takes no smaller one
    place = ["line 1"]
    try:
        return found_in(path, place)
    except ValueError:  # of int and str
        beyond(place[0], "digits", f"{digits} digits")
    finally:
        sys.set_int_max_str_digits(before)
        ROOM.reset(token)


def found_in(path: str | Path, at: list[str]) -> dict[str, Any]:
    """Read the file, noting the line that is read, and return what it proves."""
    certificate, total, number = Certificate(), b"", 0
    for number, line in enumerate(lines(path), start=1):
        if number == 1 and MAGIC.encode() not in line:
            break
        at[0] = place = f"line {number}"
        entry = parsed(place, line)
        body = line[: -len(',"sum":""}\n') - SUM]
        total = hashlib.sha256(total + body).hexdigest()[:SUM].encode()
        entry.pop("sum", None)
        certificate.line(number, place, entry)
        if line != body + b',"sum":"' + total + b'"}\n':  # last, so that wrong content is named first
            expected = f"a line that ends in the sum {total.decode()}"
            refuse(f"{place}: sum", expected, line[-SUM - 12 :].decode())
    if not certificate.found:
        raise NotACertificateError("line 1", f"expected the format {MAGIC}")
    if not certificate.ended:
        refuse(f"line {number + 1}", "the line end", "the end of the file")
    return certificate.found


def say(stream: TextIO | None, text: str) -> bool:
    """Write a line, and return whether it could be written; without a stream there is nobody to read it."""
    if stream is None:
        return True
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        with suppress(OSError, ValueError):  # what is left unwritten must not be tried again at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        return False
    return True


def limits_of(arguments: list[str]) -> tuple[Limits, list[str]]:
    """Return the limits and the other arguments; too many of these where an option has no number."""
    limits, others, words = Limits(), [], iter(arguments)
    for word in words:
        if word in OPTIONS:
            text = next(words, "")
            others += [] if re.fullmatch("[0-9]{1,18}", text) else [word, text]
            limits = limits._replace(**{OPTIONS[word]: int(text)}) if len(others) < 2 else limits
        else:
            others.append(word)
    return limits, others


OPTIONS = {f"--max-{name}": name for name in Limits._fields}


def main(arguments: list[str]) -> int:
    """Check one file, say in one line what came out, and return the exit status."""
    limits, files = limits_of(arguments)
    if len(files) != 1:
        shown = " ".join(f"[{option} N]" for option in OPTIONS)
        say(sys.stderr, f"usage: python -m exactrelu.checker {shown} FILE\n")
        return 2
    name = ascii(files[0])[1:-1]
    try:
        found = check(files[0], limits)
    except (NotACertificateError, BeyondLimitsError, OSError) as error:
        say(sys.stderr, f"{name}: {getattr(error, 'strerror', None) or error}\n")
        return 2
    except MemoryError:
        say(sys.stderr, f"{name}: memory ran out\n")
        return 2
    except InvalidCertificateError as error:
        verdict, status = f"invalid: {name}: {error}\n", 1
    else:
        facts = {"claim": found["claim"]["kind"]}
        facts |= {key: found[key] for key in ("reading", "networks", "leaves")}
        verdict, status = f"valid: {name}: {json.dumps(facts)}\n", 0
    if say(sys.stdout, verdict):
        return status
    say(sys.stderr, "stdout: cannot be written\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
