"""A second checker, written from docs/certificates.md alone: plain, slow, Fractions everywhere.

It shares no code with `exactrelu.checker`; two readers of one document must accept the same files.
"""

from __future__ import annotations

import copy
import gzip
import hashlib
import itertools
import json
import math
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

Vector = list[Fraction]
Matrix = list[Vector]
Value = Any

NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))(?:/([1-9][0-9]*))?")
TREES = {
    "configurations": ("half-open", "closed", "full"),
    "empty": ("half-open",),
    "range": ("full",),
    "lipschitz": ("full",),
    "equal": ("full",),
}


class RefusedError(Exception):
    """The file does not prove its claim."""


def demand(condition: object, why: str) -> None:
    """Refuse unless a condition holds."""
    if not condition:
        raise RefusedError(why)


def refuses(path: Path) -> str:
    """Return why a file is refused, or nothing if it is accepted."""
    try:
        Checked(entries_of(path.read_bytes()))
    except RefusedError as error:
        return str(error) or "refused"
    return ""


# lines ------------------------------------------------------------


def entries_of(content: bytes) -> list[dict[str, Value]]:
    """Return the objects of the lines without their sums, which are right."""
    if content[:2] == b"\x1f\x8b":
        content = unpacked(content)
    demand(content.endswith(b"\n"), "last line without line feed")
    entries, before = [], ""
    for line in content[:-1].split(b"\n"):
        demand(len(line) + 1 <= 2**28, "long line")
        body, mark, tail = line.rpartition(b',"sum":"')
        before = hashlib.sha256(before.encode() + body).hexdigest()[:16]
        demand(mark and tail == before.encode() + b'"}', "sum")
        entries.append(parsed(line))
        demand(list(entries[-1])[-1] == "sum", "sum is not the last key")
        del entries[-1]["sum"]
    return entries


def unpacked(content: bytes) -> bytes:
    stream = zlib.decompressobj(wbits=31)
    try:
        text = stream.decompress(content) + stream.flush()
        gzip.decompress(content)
    except (zlib.error, OSError, EOFError) as error:
        raise RefusedError(str(error)) from error
    demand(stream.eof and not stream.unused_data, "gzip: cut off, or something follows")
    return text


def parsed(line: bytes) -> dict[str, Value]:
    def no(text: str) -> None:
        raise RefusedError(text)

    def once(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
        demand(len(dict(pairs)) == len(pairs), "key twice")
        return dict(pairs)

    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        value = json.loads(line.decode("utf-8"), object_pairs_hook=once, parse_float=no, parse_constant=no)
    except (ValueError, RecursionError) as error:
        raise RefusedError(str(error)) from error
    finally:
        sys.set_int_max_str_digits(limit)
    demand(isinstance(value, dict), "not an object")
    result: dict[str, Value] = value
    return result


# values ------------------------------------------------------------


def keys(value: Value, *names: str, optional: tuple[str, ...] = ()) -> dict[str, Value]:
    demand(isinstance(value, dict), "an object is expected")
    demand(set(names) <= set(value) <= {*names, *optional}, f"keys {sorted(value)}")
    result: dict[str, Value] = value
    return result


def array(value: Value, length: int | None = None) -> list[Value]:
    demand(isinstance(value, list) and length in (None, len(value)), "a list of a length is expected")
    result: list[Value] = value
    return result


def integer(value: Value, below: int | None = None) -> int:
    demand(type(value) is int, "an integer is expected")
    result: int = value
    demand(below is None or 0 <= result < below, "an index is out of range")
    return result


def number(value: Value) -> Fraction:
    match = NUMBER.fullmatch(value) if isinstance(value, str) else None
    if match is None or value == "-0":
        raise RefusedError("a rational is expected")
    p, q = match.groups()
    demand(len(p.lstrip("-")) <= 10**6 and len(q or "") <= 10**6, "a million digits")
    top, bottom = whole(p), whole(q or "1")
    demand(q is None or (bottom > 1 and math.gcd(top, bottom) == 1), "lowest terms")
    return Fraction(top, bottom)


def whole(digits: str) -> int:
    """Return an integer of any length."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return int(digits)
    finally:
        sys.set_int_max_str_digits(limit)


def vector(value: Value, length: int | None = None) -> Vector:
    return [number(entry) for entry in array(value, length)]


def matrix(value: Value, rows: int, columns: int) -> Matrix:
    return [vector(row, columns) for row in array(value, rows)]


def dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def times(a: Matrix, b: Matrix) -> Matrix:
    return [[dot(row, column) for column in zip(*b, strict=True)] for row in a]


def minus(a: Vector, b: Vector) -> Vector:
    return [x - y for x, y in zip(a, b, strict=True)]


def primitive(row: Vector) -> Vector:
    """Return the integers without common divisor on the ray of a vector."""
    scale = math.lcm(*(entry.denominator for entry in row))
    whole = [int(entry * scale) for entry in row]
    divisor = math.gcd(*whole) or 1
    return [Fraction(entry // divisor) for entry in whole]


# networks ------------------------------------------------------------


class Net:
    """Layers of affine rows (a, c)."""

    def __init__(self, value: Value, scales: bool) -> None:
        value = keys(value, "layers", optional=("scales",) if scales else ())
        self.layers: list[Matrix] = []
        for item in array(value["layers"]):
            layer = keys(item, "weight", "bias", optional=("slopes",))
            bias = vector(layer["bias"])
            rows = array(layer["weight"], len(bias))
            demand(rows and array(rows[0]), "an empty layer")
            columns = len(self.layers[-1]) if self.layers else len(rows[0])
            weight = matrix(layer["weight"], len(bias), columns)
            self.layers.append([[*row, b] for row, b in zip(weight, bias, strict=True)])
        demand(self.layers, "no layers")
        self.inputs = len(self.layers[0][0]) - 1
        self.outputs = len(self.layers[-1])
        self.widths = [len(layer) for layer in self.layers[:-1]]
        self.read_slopes(value["layers"])
        self.scaled = "scales" in value
        if self.scaled:
            demand(all(r > 0 for r in vector(value["scales"], sum(self.widths))), "scale")

    def read_slopes(self, layers: Value) -> None:
        relu = [[[Fraction(0), Fraction(1)] for _ in range(width)] for width in self.widths]
        self.slopes, self.has_slopes = relu, any("slopes" in layer for layer in layers)
        if self.has_slopes:
            demand(all("slopes" in layer for layer in layers[:-1]), "slopes in some hidden layers only")
            demand("slopes" not in layers[-1], "slopes after the last layer")
            widths = zip(layers, self.widths, strict=False)
            self.slopes = [matrix(layer["slopes"], width, 2) for layer, width in widths]
            demand(self.slopes != relu, "slopes of ReLU alone")

    def is_linear(self, layer: int, neuron: int) -> bool:
        """Return whether a neuron of a hidden layer (from 0) has one slope only."""
        below, above = self.slopes[layer][neuron]
        return below == above

    def first(self) -> Matrix:
        return self.layers[0]

    def next(self, y: Matrix, layer: int, bits: Sequence[int]) -> Matrix:
        """Return the affine rows of layer number ``layer`` (from 0), those of the layer before given.

        ``bits`` has an entry for each neuron, any for linear ones.
        """
        slopes = [pair[bit] for pair, bit in zip(self.slopes[layer - 1], bits, strict=True)]
        active = [[slope * entry for entry in row] for slope, row in zip(slopes, y, strict=True)]
        one = [[*[Fraction(0)] * self.inputs, Fraction(1)]]
        return times(self.layers[layer], active + one)

    def maps(self, bits: list[list[int]]) -> list[Matrix]:
        """Return y_1, ..., y_L on a configuration."""
        found = [self.first()]
        for k, chosen in enumerate(bits):
            found.append(self.next(found[-1], k + 1, chosen))
        return found

    def at(self, point: Vector) -> Vector:
        y = [dot(row, [*point, Fraction(1)]) for row in self.layers[0]]
        for layer, slopes in zip(self.layers[1:], self.slopes, strict=True):
            z = [
                max(v, Fraction(0)) * above + min(v, Fraction(0)) * below
                for v, (below, above) in zip(y, slopes, strict=True)
            ]
            y = [dot(row, [*z, Fraction(1)]) for row in layer]
        return y

    def bits(self, value: Value) -> list[list[int]]:
        """Read a configuration: 0s and 1s, layers separated by |."""
        demand(isinstance(value, str), "a configuration is expected")
        parts = value.split("|") if self.widths else [value][bool(not value) :]
        demand(set(value) <= set("01|") and len(parts) == len(self.widths), "configuration")
        found = []
        for layer, (part, width) in enumerate(zip(parts, self.widths, strict=True)):
            bits = iter(part)
            own = [1 if self.is_linear(layer, i) else int(next(bits, 2)) for i in range(width)]
            demand(next(bits, None) is None and 2 not in own, "number of bits")
            found.append(own)
        return found


def canonical(net: Net) -> tuple[dict[tuple[Fraction, ...], Vector], Matrix]:
    """Return jumps by row, and the rest, of a two-layer network."""
    demand(len(net.layers) == 2, "two layers")
    n, half = net.inputs, Fraction(1, 2)
    jumps: dict[tuple[Fraction, ...], Vector] = {}
    rest = [[Fraction(0)] * n + [row[-1]] for row in net.layers[1]]
    for i, neuron in enumerate(net.layers[0]):
        c = [row[i] for row in net.layers[1]]
        if not any(neuron[:n]):
            for k, row in enumerate(rest):
                row[n] += c[k] * max(neuron[n], Fraction(0))
            continue
        h = primitive(neuron)
        if next(entry for entry in h if entry) < 0:
            h = [-entry for entry in h]
        mu = next(abs(a / b) for a, b in zip(neuron, h, strict=True) if b)
        jump = jumps.setdefault(tuple(h), [Fraction(0)] * len(c))
        for k, row in enumerate(rest):
            jump[k] += mu * c[k]
            for j in range(n + 1):
                row[j] += half * c[k] * neuron[j]
    return {h: jump for h, jump in jumps.items() if any(jump)}, rest


def on_slice(net: Net) -> Net:
    """Return x -> net(x, 1, -1)."""
    found, n = copy.copy(net), net.inputs - 2
    found.inputs = n
    found.layers = [[[*row[:n], row[n] - row[n + 1] + row[-1]] for row in net.layers[0]], *net.layers[1:]]
    return found


# polynomials, constant term first ------------------------------------------------------------


def trimmed(p: Vector) -> Vector:
    p = list(p)
    while p and not p[-1]:
        p.pop()
    return p


def remainder(p: Vector, q: Vector) -> Vector:
    p = trimmed(p)
    while len(p) >= len(q):
        factor, shift = p[-1] / q[-1], len(p) - len(q)
        p = trimmed([c - factor * (q[i - shift] if i >= shift else 0) for i, c in enumerate(p)])
    return p


def gcd(p: Vector, q: Vector) -> Vector:
    p, q = trimmed(p), trimmed(q)
    while q:
        p, q = q, remainder(p, q)
    return p


def signs(chain: list[Vector], x: Fraction | None) -> int:
    """Count the changes of sign at a point, or at plus infinity."""
    values = [p[-1] if x is None else sum((c * x**i for i, c in enumerate(p)), Fraction(0)) for p in chain]
    left = [value for value in values if value]
    return sum((a > 0) != (b > 0) for a, b in itertools.pairwise(left))


def roots(p: Vector, low: Fraction, high: Fraction | None) -> int:
    """Count the distinct roots in (low, high], or above low (Sturm; Basu, Pollack, Roy 2006, 2.50)."""
    p = trimmed(p)
    derivative = trimmed([i * c for i, c in enumerate(p)][1:])
    chain = [p]
    while derivative:
        chain.append(derivative)
        derivative = [-c for c in remainder(chain[-2], chain[-1])]
    chain = [quotient(q, chain[-1]) for q in chain]  # of the square-free part: right at roots too
    return signs(chain, low) - signs(chain, high)


def quotient(p: Vector, q: Vector) -> Vector:
    p, result = list(p), [Fraction(0)] * (len(p) - len(q) + 1)
    for shift in reversed(range(len(result))):
        result[shift] = p[shift + len(q) - 1] / q[-1]
        for i, c in enumerate(q):
            p[shift + i] -= result[shift] * c
    return result


def characteristic(m: Matrix) -> Vector:
    """Return det(t I - M) (Faddeev and LeVerrier)."""
    size = len(m)
    found = [Fraction(1)]
    power = [[Fraction(0)] * size for _ in m]
    for k in range(1, size + 1):
        for i in range(size):
            power[i][i] += found[-1]
        power = times(m, power)
        found.append(-sum((power[i][i] for i in range(size)), Fraction(0)) / k)
    return found[::-1]


# the certificate ------------------------------------------------------------


class Checked:
    """A certificate that was accepted; refused in the course of it otherwise."""

    def __init__(self, entries: list[dict[str, Value]]) -> None:
        self.entries = entries
        head = keys(entries[0], "format", "version", "claim", "networks", "domain", "reading")
        demand(head["format"] == "exactrelu-certificate", "format")
        self.claim = head["claim"]
        demand(isinstance(self.claim, dict) and isinstance(self.claim.get("kind"), str), "claim")
        self.kind = self.claim["kind"]
        self.nets = [Net(value, self.kind == "reparametrization") for value in array(head["networks"])]
        self.reading = head["reading"]
        tree = self.kind in TREES and not (self.kind == "equal" and self.reading is None)
        slopes = any(net.has_slopes for net in self.nets)
        demand(integer(head["version"]) == 1 + slopes, "version")
        demand(not slopes or tree or self.kind == "unequal", "a claim about ReLU")
        demand(self.reading in TREES[self.kind] if tree else self.reading is None, "reading for this claim")
        demand(tree or self.kind == "unequal" or head["domain"] is None, "domain")
        self.read_domain(head["domain"])
        self.leaves = {"impossible": 0, "thin": 0, "reached": 0}
        self.next_line = 1
        self.lines = iter(entries[1:])
        self.interior = False
        self.asked: list[Value] = []
        rule = getattr(self, "claim_" + self.kind.replace("-", "_").replace(".", "_"), None)
        if rule is None:
            raise RefusedError("kind")
        rule()
        self.read_end()

    def take(self) -> dict[str, Value]:
        line = next(self.lines, None)
        if line is None:
            raise RefusedError("the file ends early")
        return line

    def read_end(self) -> None:
        said = keys(keys(self.take(), "end")["end"], "lines", "leaves")
        demand(integer(said["lines"]) == len(self.entries), "lines")
        leaves = keys(said["leaves"], *self.leaves)
        demand({kind: integer(n) for kind, n in leaves.items()} == self.leaves, "leaves")
        demand(next(self.lines, None) is None, "something follows")

    def claims(self, *names: str, optional: tuple[str, ...] = ()) -> None:
        keys(self.claim, "kind", *names, optional=optional)

    def networks(self, *numbers: int) -> None:
        demand(len(self.nets) in numbers, "number of networks")

    def alike(self) -> None:
        for net in self.nets:
            demand((net.inputs, net.outputs) == (self.nets[0].inputs, self.nets[0].outputs), "shapes")

    # domain ------------------------------------------------------------

    def read_domain(self, value: Value) -> None:
        self.rows: Matrix = []
        self.signs: list[str] = []
        inequalities = [] if value is None else array(keys(value, "inequalities")["inequalities"])
        self.inputs: int | None = self.nets[0].inputs if self.nets else None
        self.has_domain = value is not None
        for item in inequalities:
            one = keys(item, "normal", "offset", "relation")
            row = primitive([*vector(one["normal"], self.inputs), number(one["offset"])])
            self.inputs = len(row) - 1
            demand(self.inputs, "no inputs")
            demand(one["relation"] in ("<", "<=", "=", ">=", ">"), "relation")
            turned = one["relation"] in ("<", "<=")
            self.rows.append([-entry for entry in row] if turned else row)
            self.signs.append(one["relation"].replace("<", ">"))
        self.given = list(self.signs)  # with the equations of the preamble, not with the strictness after it

    def equations(self) -> list[int]:
        return [r for r, sign in enumerate(self.signs) if sign == "="]

    def satisfies(self, point: Vector, rows: Matrix, signs: list[str]) -> bool:
        values = [dot(row, [*point, Fraction(1)]) for row in rows]
        return all(
            value == 0 if sign == "=" else value > 0 if sign == ">" else value >= 0
            for value, sign in zip(values, signs, strict=True)
        )

    # multipliers ------------------------------------------------------------

    def pairs(self, value: Value, signs: list[str]) -> Iterator[tuple[int, Fraction]]:
        before = -1
        for pair in array(value):
            r, multiplier = integer(array(pair, 2)[0], len(signs)), number(pair[1])
            demand(r > before, "row numbers are not ascending")
            demand(multiplier > 0 or (multiplier < 0 and signs[r] == "="), "sign of a multiplier")
            before = r
            yield r, multiplier

    def combined(
        self, value: Value, rows: Matrix, signs: list[str], only_equations: bool
    ) -> tuple[Vector, bool]:
        total, strict = [Fraction(0)] * (int(self.inputs or 0) + 1), False
        for r, multiplier in self.pairs(value, signs):
            total = [t + multiplier * entry for t, entry in zip(total, rows[r], strict=True)]
            strict = strict or signs[r] == ">"
            demand(not only_equations or signs[r] == "=", "not an equation")
        return total, strict

    def refuted(self, value: Value, rows: Matrix, signs: list[str]) -> None:
        total, strict = self.combined(value, rows, signs, only_equations=False)
        demand(not any(total[:-1]) and (total[-1] < 0 or (total[-1] == 0 and strict)), "no refutation")

    def combination(self, value: Value) -> Vector:
        """Return the combination of equations that a list gives."""
        return self.combined(value, self.rows[: len(self.given)], self.signs, only_equations=True)[0]

    # tree ------------------------------------------------------------

    def tree(self, depth: int | None = None) -> None:
        """Read preamble and tree; ``self.leaf`` has looked at each reached leaf."""
        hidden = max((len(net.widths) for net in self.nets), default=0)
        self.depth = hidden if depth is None else depth
        line = self.take()
        if self.reading == "full":
            line = self.preamble(line)
        bits = [self.linear(k) for k in range(self.depth)]
        self.node(line, bits, self.rows, self.signs)

    def linear(self, layer: int) -> dict[int, int]:
        """Return an entry, of no meaning, for each linear neuron of a layer of the tree: none is split."""
        deep = [net for net in self.nets if layer < len(net.widths)]
        neurons = [(net, i) for net in deep for i in range(net.widths[layer])]
        return {n: 1 for n, (net, i) in enumerate(neurons) if net.is_linear(layer, i)}

    def preamble(self, line: dict[str, Value]) -> dict[str, Value]:
        while set(line) == {"equation"}:
            r, by = array(line["equation"], 2)
            integer(r, len(self.rows))
            demand(self.signs[r] == ">=", "the row of an equation says >= 0")
            self.refuted(by, [*self.rows, self.rows[r]], [*self.signs, ">"])
            self.signs[r] = self.given[r] = "="
            line = self.take()
        if set(line) == {"interior"}:
            self.signs = ["=" if sign == "=" else ">" for sign in self.signs]
            demand(self.satisfies(vector(line["interior"], self.inputs), self.rows, self.signs), "interior")
            self.interior = True
            line = self.take()
        return line

    def parts(self, bits: list[dict[int, int]], layer: int) -> list[list[int]]:
        """Return the decided bits of a layer of the tree, network by network."""
        widths = [net.widths[layer] if layer < len(net.widths) else 0 for net in self.nets]
        all_bits = [bits[layer][i] for i in range(sum(widths))]
        starts = list(itertools.accumulate(widths, initial=0))
        return [all_bits[a:b] for a, b in itertools.pairwise(starts)]

    def width(self, layer: int) -> int:
        return sum(net.widths[layer] for net in self.nets if layer < len(net.widths))

    def preactivation(self, bits: list[dict[int, int]], place: Value) -> tuple[int, int, Vector]:
        """Return layer (from 0), neuron and affine row of a place that a split names."""
        layer, neuron = integer(array(place, 2)[0]) - 1, place[1]
        integer(layer, self.depth)
        integer(neuron, self.width(layer))
        demand(neuron not in bits[layer], "decided already")
        demand(all(len(bits[k]) == self.width(k) for k in range(layer)), "layers before are not decided")
        rows: Matrix = []
        for i, net in enumerate(self.nets):
            if layer < len(net.widths):
                rows += net.maps([self.parts(bits, k)[i] for k in range(layer)])[layer]
        return layer, neuron, rows[neuron]

    def node(
        self, line: dict[str, Value], bits: list[dict[int, int]], rows: Matrix, signs: list[str]
    ) -> None:
        full = self.reading == "full"
        if "split" in line:
            keys(line, "split")
            layer, neuron, y = self.preactivation(bits, line["split"])
            before = self.leaves["reached"]
            for bit in (0, 1):
                row = primitive(y if bit else [-entry for entry in y])
                strict = full or (self.reading == "half-open" and bit == 1)
                inner = [dict(decided) for decided in bits]
                inner[layer][neuron] = bit
                self.node(self.take(), inner, [*rows, row], [*signs, ">" if strict else ">="])
            demand(not full or self.leaves["reached"] > before, "no reached leaf below a split")
        elif "zero" in line:
            keys(line, "zero", "by")
            demand(full, "zero elsewhere than in full")
            layer, neuron, y = self.preactivation(bits, line["zero"])
            demand(self.combination(line["by"]) == primitive(y), "not the row of the pre-activation")
            inner = [dict(decided) for decided in bits]
            inner[layer][neuron] = 0
            self.node(self.take(), inner, rows, signs)
        elif "impossible" in line or "thin" in line:
            (kind,) = keys(line, "impossible" if "impossible" in line else "thin")
            demand(kind == "impossible" if not (full and self.interior) else kind == "thin", "kind of leaf")
            self.refuted(line[kind], rows, signs)
            self.leaves[kind] += 1
        else:
            demand("reached" in line, "unknown line")
            demand(self.interior or not full, "a reached leaf on an empty domain")
            demand(all(len(bits[k]) == self.width(k) for k in range(self.depth)), "undecided neurons")
            demand(self.satisfies(vector(line["reached"], self.inputs), rows, signs), "point")
            self.leaves["reached"] += 1
            self.leaf(line, bits, rows)

    def leaf(self, line: dict[str, Value], bits: list[dict[int, int]], rows: Matrix) -> None:
        if self.kind not in ("range", "lipschitz", "equal"):
            keys(line, "reached")
            return
        maps, names = [], []
        for i, net in enumerate(self.nets):
            own = [self.parts(bits, k)[i] for k in range(len(net.widths))]
            maps.append(net.maps(own)[-1])
            names.append(own)
        {"range": self.range_leaf, "lipschitz": self.lipschitz_leaf, "equal": self.equal_leaf}[self.kind](
            line, maps, names, rows
        )

    # claims with a tree ------------------------------------------------------------

    def claim_configurations(self) -> None:
        self.claims("depth")
        self.networks(1)
        self.tree(integer(self.claim["depth"], len(self.nets[0].layers)))

    def claim_empty(self) -> None:
        self.claims()
        self.networks(0, 1)
        demand(self.nets or self.has_domain, "no domain")
        line = keys(self.take(), "impossible")
        self.refuted(line["impossible"], self.rows, self.signs)
        self.leaves["impossible"] += 1

    def claim_equal(self) -> None:
        self.claims()
        self.networks(2)
        self.alike()
        if self.reading is None:
            demand(canonical(self.nets[0]) == canonical(self.nets[1]), "not one canonical form")
        else:
            self.tree()

    def equal_leaf(self, line: dict[str, Value], maps: list[Matrix], _names: Value, _rows: Matrix) -> None:
        keys(line, "reached", optional=("by",))
        differences = [minus(a, b) for a, b in zip(*maps, strict=True)]
        lists = array(line["by"], len(differences)) if "by" in line else [[] for _ in differences]
        for by, difference in zip(lists, differences, strict=True):
            demand(self.combination(by) == difference, "not the difference")

    def claim_range(self) -> None:
        self.claims("outputs")
        self.networks(1, 2)
        self.alike()
        bounds = [keys(one, "min", "max") for one in array(self.claim["outputs"], self.nets[0].outputs)]
        self.bounds: list[tuple[int, int, Fraction, bool]] = []  # output, sign, value, attained
        extremes = [(i, name, one[name]) for i, one in enumerate(bounds) for name in ("min", "max")]
        for i, name, one in extremes:
            demand(isinstance(one, dict), "an object is expected")
            if one.get("value") != ("inf" if name == "max" else "-inf"):
                keys(one, "value", "attained", "point")
                demand(isinstance(one["attained"], bool), "attained")
                self.bounds.append((i, 1 if name == "max" else -1, number(one["value"]), one["attained"]))
        self.tree()
        demand(self.leaves["reached"], "D is empty")
        for i, name, one in extremes:
            if "attained" in one:
                self.bound_point(i, one)
            else:
                self.ray(i, 1 if name == "max" else -1, one)

    def bound_point(self, i: int, one: dict[str, Value]) -> None:
        point = vector(one["point"], self.inputs)
        closed = ["=" if sign == "=" else ">=" for sign in self.given]
        demand(self.satisfies(point, self.rows, self.given if one["attained"] else closed), "bound's point")
        values = [net.at(point)[i] for net in self.nets]
        demand(values[0] - sum(values[1:]) == number(one["value"]), "the bound is not the value at the point")

    def ray(self, i: int, sign: int, one: dict[str, Value]) -> None:
        keys(one, "value", "point", "ray", "configuration")
        point, ray = vector(one["point"], self.inputs), vector(one["ray"], self.inputs)
        demand(self.satisfies(point, self.rows, self.given), "the ray's point")
        for row, relation in zip(self.rows, self.given, strict=True):
            slope = dot(row[:-1], ray)
            demand(slope == 0 if relation == "=" else slope >= 0, "no direction of D")
        slopes = []
        chosen = array(one["configuration"], 2) if len(self.nets) == 2 else [one["configuration"]]
        for net, name in zip(self.nets, chosen, strict=True):
            bits = net.bits(name)
            maps = net.maps(bits)
            for k, (y, layer) in enumerate(zip(maps, bits, strict=False)):
                for j, (row, bit) in enumerate(zip(y, layer, strict=True)):
                    if net.is_linear(k, j):
                        continue
                    for value in (dot(row, [*point, Fraction(1)]), dot(row[:-1], ray)):
                        demand(value >= 0 if bit else value <= 0, "the ray leaves the closed cell")
            slopes.append(dot(maps[-1][i][:-1], ray))
        demand(sign * (slopes[0] - sum(slopes[1:])) > 0, "the output does not grow")

    def range_leaf(self, line: dict[str, Value], maps: list[Matrix], _names: Value, rows: Matrix) -> None:
        keys(line, "reached", "bounds")
        f = [minus(a, b) for a, b in zip(*maps, strict=True)] if len(maps) == 2 else maps[0]
        signs = self.given + [">="] * (len(rows) - len(self.given))
        for by, (i, sign, value, attained) in zip(
            array(line["bounds"], len(self.bounds)), self.bounds, strict=True
        ):
            row = primitive([sign * entry for entry in [*f[i][:-1], f[i][-1] - value]])
            self.refuted(by, [*rows, row], [*signs, ">" if attained else ">="])

    def claim_lipschitz(self) -> None:
        norm = self.claim.get("norm")
        demand(norm in ("1", "2", "inf"), "norm")
        self.networks(1)
        self.attained = False
        self.projection: Matrix | None = None
        if norm == "2":
            self.claims("norm", "polynomial", "interval", optional=("projection",))
            self.polynomial = [
                Fraction(c) if type(c) is int else number(c) for c in array(self.claim["polynomial"])
            ]
            demand(all(c.denominator == 1 for c in self.polynomial), "polynomial")
            demand(self.polynomial and self.polynomial[-1], "the last coefficient is zero")
            self.low, self.high = vector(self.claim["interval"], 2)
            demand(self.low < self.high and roots(self.polynomial, self.low, self.high) == 1, "interval")
            none = self.low < 0 and self.polynomial[0] == 0 and self.high >= 0
        else:
            self.claims("norm", "constant", "configuration", "direction")
            self.constant = number(self.claim["constant"])
            demand(self.constant >= 0, "constant")
            none = self.constant == 0
            self.nets[0].bits(self.claim["configuration"])
            vector(self.claim["direction"], self.inputs)
        self.tree()
        demand(self.attained or none, "the constant is not attained")
        demand("projection" not in self.claim or self.leaves["reached"], "a projection though D is empty")

    def project(self) -> Matrix:
        n = int(self.inputs or 0)
        identity = [[Fraction(i == j) for j in range(n)] for i in range(n)]
        e = [self.rows[r][:-1] for r in self.equations()]
        if not e:
            demand("projection" not in self.claim, "a projection without equations")
            return identity
        demand("projection" in self.claim, "no projection")
        back = times(
            [list(column) for column in zip(*e, strict=True)], matrix(self.claim["projection"], len(e), n)
        )
        p = [minus(a, b) for a, b in zip(identity, back, strict=True)]
        demand(all(p[i][j] == p[j][i] for i in range(n) for j in range(i)), "the projection is not symmetric")
        demand(not any(map(any, times(e, p))), "the projection does not vanish on the normals")
        return p

    def lipschitz_leaf(self, line: dict[str, Value], maps: list[Matrix], names: Value, _rows: Matrix) -> None:
        a = [row[:-1] for row in maps[0]]
        if self.claim["norm"] == "2":
            keys(line, "reached")
            self.spectral_leaf(a)
            return
        keys(line, "reached", optional=("by",))
        self.dual_leaf(line, a)
        if self.constant and names[0] == self.nets[0].bits(self.claim["configuration"]):
            v = vector(self.claim["direction"], self.inputs)
            demand(any(v), "direction is zero")
            demand(not any(dot(self.rows[r][:-1], v) for r in self.equations()), "direction leaves aff D")
            size = self.size([dot(row, v) for row in a])
            demand(size == self.constant * self.size(v), "not attained along the direction")
            self.attained = True

    def size(self, v: Vector) -> Fraction:
        entries = [abs(entry) for entry in v]
        return max(entries) if self.claim["norm"] == "inf" else sum(entries, Fraction(0))

    def dual_leaf(self, line: dict[str, Value], a: Matrix) -> None:
        rows = a
        if self.claim["norm"] == "1":
            others = itertools.product((1, -1), repeat=len(a) - 1)
            rows = times([[Fraction(1), *map(Fraction, s)] for s in others], a)
        lists = array(line["by"], len(rows)) if "by" in line else [[] for _ in rows]
        for by, row in zip(lists, rows, strict=True):
            total = [abs(x + e) for x, e in zip(row, self.combination(by)[:-1], strict=True)]
            dual = sum(total, Fraction(0)) if self.claim["norm"] == "inf" else max(total)
            demand(dual <= self.constant, "a bound that is too large")

    def spectral_leaf(self, a: Matrix) -> None:
        if self.projection is None:
            self.projection = self.project()
        square = times(times(a, self.projection), [list(column) for column in zip(*a, strict=True)])
        # lo I - M is positive semidefinite if and only if det(t I + (M - lo I)) has no negative coefficient
        shifted = [
            [lo - x for lo, x in zip(row, line, strict=True)]
            for row, line in zip(
                [[self.low * (i == j) for j in range(len(a))] for i in range(len(a))], square, strict=True
            )
        ]
        p = characteristic(shifted)
        if all(c * (-1) ** (len(p) - 1 - k) >= 0 for k, c in enumerate(p)):
            return
        p = characteristic(square)
        demand(roots(p, self.low, None) == 1, "not one eigenvalue above the interval's start")
        demand(roots(gcd(p, self.polynomial), self.low, self.high) == 1, "the eigenvalue is not the root")
        self.attained = True

    # claims without a tree ------------------------------------------------------------

    def claim_unequal(self) -> None:
        self.claims("point", "outputs")
        self.networks(2)
        self.alike()
        point = vector(self.claim["point"], self.inputs)
        demand(self.satisfies(point, self.rows, self.signs), "the point is not in D")
        said = matrix(self.claim["outputs"], 2, self.nets[0].outputs)
        demand(said == [net.at(point) for net in self.nets] and said[0] != said[1], "outputs")

    def claim_canonical(self) -> None:
        self.claims("kinks", "rest")
        self.networks(1)
        jumps, rest = canonical(self.nets[0])
        n, m = self.nets[0].inputs, self.nets[0].outputs
        said: dict[tuple[Fraction, ...], Vector] = {}
        for kink in array(self.claim["kinks"]):
            row = tuple(vector(keys(kink, "row", "jump")["row"], n + 1))
            demand(row not in said, "a row twice")
            said[row] = vector(kink["jump"], m)
        demand(said == jumps, "kinks")
        demand(matrix(self.claim["rest"], m, n + 1) == rest, "rest")

    def claim_reparametrization(self) -> None:
        self.claims("steps")
        names = array(self.claim["steps"])
        demand(names and all(isinstance(name, str) for name in names), "steps")
        self.networks(len(names) + 1)
        for name, one, after in zip(names, self.nets, self.nets[1:], strict=False):
            two = after
            if name == "embed" or name.startswith("embed:"):
                demand(after.inputs == one.inputs + 2, "embed adds two inputs")
                two = on_slice(after)
            demand(two.inputs == one.inputs and canonical(two) == canonical(one), "not the same function")

    def claim_theorem_3_1(self) -> None:
        self.claims("delta", "beta", "distance", "point")
        self.networks(3)
        self.alike()
        gamma, theta, phi = self.nets
        delta, beta, distance = (number(self.claim[name]) for name in ("delta", "beta", "distance"))
        demand(canonical(phi) == canonical(theta), "Phi does not realize Theta's function")
        demand(len(gamma.layers) == 2 and gamma.widths == phi.widths, "shapes")
        entries = [
            abs(a - b)
            for one, two in zip(gamma.layers, phi.layers, strict=True)
            for r, s in zip(one, two, strict=True)
            for a, b in zip(r, s, strict=True)
        ]
        demand(distance == max(entries), "distance")
        demand(beta >= 0, "beta")
        demand(distance <= beta or (distance - beta) ** 2 <= 4 * delta, "the bound does not hold")
        point = vector(self.claim["point"], self.inputs)
        one, two = (self.gradient(net, point) for net in (gamma, theta))
        gap = max(abs(x) for a, b in zip(one, two, strict=True) for x in minus(a, b))
        demand(gap == delta, "delta")

    @staticmethod
    def gradient(net: Net, point: Vector) -> Matrix:
        values = [dot(row, [*point, Fraction(1)]) for row in net.layers[0]]
        demand(
            all(v or not any(row) for v, row in zip(values, net.layers[0], strict=True)), "on a hyperplane"
        )
        return [row[:-1] for row in net.maps([[int(v > 0) for v in values]])[-1]]

    def claim_decomposition(self) -> None:
        self.claims("configuration", "atoms", "weight", "bias")
        self.networks(1)
        net = self.nets[0]
        m, n = net.outputs, net.inputs
        affine = net.maps(net.bits(self.claim["configuration"]))[-1]
        weight, bias = matrix(self.claim["weight"], m, n), vector(self.claim["bias"], m)
        demand(affine == [[*row, b] for row, b in zip(weight, bias, strict=True)], "not the affine map")
        total = [[Fraction(0)] * n for _ in range(m)]
        demand(net.widths, "a hidden layer")
        for atom in array(self.claim["atoms"]):
            keys(atom, "last_hidden", "first_hidden", "coefficient")
            i = integer(atom["last_hidden"], net.widths[-1])
            j = integer(atom["first_hidden"], net.widths[0])
            c = number(atom["coefficient"])
            for row, out in zip(total, net.layers[-1], strict=True):
                for k in range(n):
                    row[k] += c * out[i] * net.layers[0][j][k]
        demand(total == weight, "the atoms do not sum up")
