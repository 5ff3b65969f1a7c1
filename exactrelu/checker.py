"""Check a certificate about ReLU networks: ``python -m exactrelu.checker FILE``, or this file alone.

It needs nothing but Python 3.11, searches nothing, reads the file once, and trusts no number that it has not
recomputed in exact integers. The format and its terms are defined in ``docs/certificates.md``; each rule
below carries the sketch of the proof that what it accepts is true. Exit status: 0 valid, 1 invalid, 2 not a
certificate.

A *row* is an integer vector (a_1, ..., a_n, c) that stands for the affine function a.x + c, primitive (its
entries have no common divisor). Multipliers are positive, of any sign on equations.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import sys
import zlib
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any, NoReturn

DIGITS = 1_000_000  # the longest numerator or denominator that is read
RATIONAL = re.compile(r"-?[0-9]+(/[0-9]+)?")
CHILDREN = {"half-open": ("<=", ">"), "closed": ("<=", ">="), "full": ("<", ">")}
SUM = 16  # hexadecimal digits of the sum that ends each line


class Invalid(Exception):  # noqa: N818
    """The certificate does not prove its claim; the message names the place."""


class NotACertificate(Invalid):
    """The file does not even begin like a certificate."""


def refuse(place: str, expected: str, got: object) -> NoReturn:
    raise Invalid(f"{place}: expected {expected}, got {str(got)[:80]}")


# numbers and matrices -----------------------------------------------------------------------------


def rational(place: str, value: Any) -> Fraction:
    if not isinstance(value, str) or not RATIONAL.fullmatch(value) or len(value) > 2 * DIGITS:
        refuse(place, 'a rational "p" or "p/q"', json.dumps(value))
    numerator, _, denominator = value.partition("/")
    if denominator and not int(denominator):
        refuse(place, "a denominator that is not zero", value)
    number = Fraction(int(numerator), int(denominator or 1))
    if str(number) != value:
        refuse(place, f"lowest terms, {str(number)[:40]}", value)
    return number


def vector(place: str, value: Any, length: int) -> list[Fraction]:
    if not isinstance(value, list) or len(value) != length:
        refuse(place, f"a list of {length} rationals", json.dumps(value))
    return [rational(f"{place}[{i}]", entry) for i, entry in enumerate(value)]


def matrix(place: str, value: Any, rows: int, columns: int) -> list[list[Fraction]]:
    if not isinstance(value, list) or len(value) != rows:
        refuse(place, f"a list of {rows} rows", json.dumps(value))
    return [vector(f"{place}[{i}]", row, columns) for i, row in enumerate(value)]


def index(place: str, value: Any, below: int) -> int:
    if type(value) is not int or not 0 <= value < below:
        refuse(place, f"an index from 0 to {below - 1}", json.dumps(value))
    return value


def keys(place: str, value: Any, wanted: str, optional: str = "") -> dict[str, Any]:
    if not isinstance(value, dict) or not set(wanted.split()) <= set(value) <= {*wanted.split(), *optional.split()}:
        refuse(place, f"an object with the keys {wanted}", sorted(value) if isinstance(value, dict) else value)
    return value


def integers(rows: list[list[Fraction]]) -> tuple[list[list[int]], int]:
    """Return rows = integer rows / scale."""
    scale = math.lcm(1, *(entry.denominator for row in rows for entry in row))
    return [[entry.numerator * (scale // entry.denominator) for entry in row] for row in rows], scale


def primitive(row: list[int]) -> list[int]:
    common = math.gcd(*row)
    return [entry // common for entry in row] if common > 1 else row


def primitive_of(row: list[Fraction]) -> list[int]:
    return primitive(integers([row])[0][0])


def dot(one: list[Any], two: list[Any]) -> Any:
    return sum(a * b for a, b in zip(one, two, strict=True))


def transposed(rows: list[list[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def times(one: list[list[Any]], two: list[list[Any]]) -> list[list[Any]]:
    columns = transposed(two)
    return [[dot(row, column) for column in columns] for row in one]


# networks -----------------------------------------------------------------------------------------


class Network:
    """Layers (W, b) with ReLU between them; ``rows[k]`` are the rows (W | b) as integers over one scale."""

    def __init__(self, place: str, value: Any) -> None:
        layers = keys(place, value, "layers", "scales")["layers"]
        if not isinstance(layers, list) or not layers:
            refuse(f"{place}.layers", "a list that is not empty", layers)
        self.layers: list[list[list[Fraction]]] = []
        for k, layer in enumerate(layers):
            at = f"{place}.layers[{k}]"
            weight, bias = keys(at, layer, "weight bias")["weight"], layer["bias"]
            if not isinstance(weight, list) or not weight or not isinstance(weight[0], list) or not weight[0]:
                refuse(f"{at}.weight", "rows", json.dumps(weight))
            width = len(self.layers[-1]) if self.layers else len(weight[0])
            rows = matrix(f"{at}.weight", weight, len(weight), width)
            offsets = vector(f"{at}.bias", bias, len(weight))
            self.layers.append([[*row, b] for row, b in zip(rows, offsets, strict=True)])
        self.inputs, self.outputs = len(self.layers[0][0]) - 1, len(self.layers[-1])
        self.hidden = [len(layer) for layer in self.layers[:-1]]
        self.rows = [integers(layer) for layer in self.layers]
        # A positive scale multiplies a neuron's weights and divides its outgoing ones: the function is the same.
        for i, text in enumerate(value.get("scales", [])):
            if i >= sum(self.hidden) or rational(f"{place}.scales[{i}]", text) <= 0:
                refuse(f"{place}.scales[{i}]", "a positive rational for each hidden neuron", text)

    def first(self) -> tuple[list[list[int]], int]:
        return self.rows[0]

    def after(self, before: tuple[list[list[int]], int], k: int, bits: list[int]) -> tuple[list[list[int]], int]:
        """Return layer k+1's map on the inputs, given layer k's and the bits of its neurons.

        relu(y) = bit * y on the cell, so y_{k+1} = W diag(bits) y_k + b, an identity of affine functions.
        """
        (rows, scale), (weights, denominator) = before, self.rows[k]
        active = [i for i, bit in enumerate(bits) if bit]
        result = []
        for weight in weights:
            row = [sum(weight[i] * rows[i][j] for i in active) for j in range(self.inputs + 1)]
            row[-1] += weight[-1] * scale
            result.append(row)
        return result, scale * denominator

    def map(self, bits: list[list[int]]) -> list[list[Fraction]]:
        """Return the rows (a | c) of the output on the cell of the bits."""
        current = self.first()
        for k, layer in enumerate(bits, start=1):
            current = self.after(current, k, layer)
        return [[Fraction(entry, current[1]) for entry in row] for row in current[0]]

    def values(self, point: list[Fraction]) -> list[list[Fraction]]:
        """Return the pre-activations of each layer, the output last."""
        result: list[list[Fraction]] = []
        for layer in self.layers:
            before = [max(y, Fraction(0)) for y in result[-1]] if result else point
            result.append([dot(row, [*before, 1]) for row in layer])
        return result

    def bits(self, place: str, text: Any, nonempty: bool = True) -> list[list[int]]:
        parts = text.split("|") if isinstance(text, str) and self.hidden else []
        if [len(part) for part in parts] != self.hidden or (nonempty and set("".join(parts)) - {"0", "1"}):
            refuse(place, f"bits for the widths {self.hidden}", json.dumps(text))
        return [[int(bit) for bit in part] for part in parts]


# the case tree ------------------------------------------------------------------------------------


class Tree:
    """The case tree, read in preorder. Memory is one path: its rows and the maps of its layers.

    Each inner node cuts a cell by the sign of one pre-activation, which is affine there, because all neurons of the
    layers before are decided. Its children cover the cell (`half-open`, `closed`), or cover it but for a set without
    interior relative to aff D (`full`: a pre-activation that a split names is not zero on aff D, as a reached leaf
    below it shows). So every configuration that counts belongs to a reached leaf, if each other leaf is refuted;
    and two leaves differ in a bit.
    """

    def __init__(self, networks: list[Network], domain: Domain, reading: str, depth: int) -> None:
        self.networks, self.domain, self.reading, self.depth = networks, domain, reading, depth
        self.maps: list[list[tuple[list[list[int]], int]]] = [[net.first() for net in networks]]
        self.widths = [
            [net.hidden[k] if k < len(net.hidden) else 0 for net in networks] for k in range(depth)
        ]
        self.bits: list[list[int | None]] = [[None] * sum(widths) for widths in self.widths]
        self.rows = list(domain.rows)
        self.strict = list(domain.strict_in_full if reading == "full" else domain.strict)
        self.path: list[list[Any]] = []  # open nodes: layer, neuron, row or None, child, reached leaves below
        self.leaves = {"impossible": 0, "thin": 0, "reached": 0}
        self.done = False

    def neuron(self, place: str, value: Any) -> tuple[int, int, list[int]]:
        """Return layer, index and row of an undecided neuron whose pre-activation is affine on the cell."""
        if not isinstance(value, list) or len(value) != 2:
            refuse(place, "[layer, neuron]", value)
        k = index(f"{place}[0]", value[0], self.depth + 1) - 1
        i = index(f"{place}[1]", value[1], len(self.bits[k]) if k >= 0 else 0)
        if self.bits[k][i] is not None:
            refuse(place, "a neuron that is not decided", value)
        if any(bit is None for layer in self.bits[:k] for bit in layer):
            refuse(place, "a neuron of the first layer that is not decided", value)
        for layer in range(len(self.maps), k + 1):
            self.maps.append(self.composed(layer))
        net = 0
        while i >= self.widths[k][net]:
            i -= self.widths[k][net]
            net += 1
        return k, value[1], primitive(self.maps[k][net][0][i])

    def composed(self, k: int) -> list[tuple[list[list[int]], int]]:
        result, start = [], 0
        for n, net in enumerate(self.networks):
            width = self.widths[k - 1][n]
            bits = [bit or 0 for bit in self.bits[k - 1][start : start + width]]
            result.append(net.after(self.maps[k - 1][n], k, bits) if k <= len(net.hidden) else self.maps[k - 1][n])
            start += width
        return result

    def outputs(self) -> list[list[list[Fraction]]]:
        """Return each network's affine map on the cell of a leaf."""
        while len(self.maps) <= self.depth:
            self.maps.append(self.composed(len(self.maps)))
        return [[[Fraction(e, s) for e in row] for row in rows] for rows, s in self.maps[self.depth]]

    def decide(self, k: int, i: int, bit: int | None) -> None:
        self.bits[k][i] = bit
        del self.maps[k + 1 :]

    def descend(self) -> None:
        """Enter the next child of the last open node."""
        k, i, row, child, _ = node = self.path[-1]
        relation = CHILDREN[self.reading][child]
        node[3] += 1
        self.decide(k, i, int(relation[0] == ">"))
        self.rows.append(row if relation[0] == ">" else [-entry for entry in row])
        self.strict.append("=" not in relation)

    def split(self, place: str, value: Any) -> None:
        k, i, row = self.neuron(place, value)
        self.path.append([k, i, row, 0, 0])
        self.descend()

    def zero(self, place: str, value: Any, by: Any) -> None:
        """The pre-activation is a combination of equations of D, so it is zero on aff D: bit 0, nothing is cut."""
        k, i, row = self.neuron(place, value)
        if self.reading != "full":
            refuse(place, "the reading full", self.reading)
        if self.domain.combination(f"{place}.by", by) != row:
            refuse(f"{place}.by", f"a combination of equations that is {row}", by)
        self.path.append([k, i, None, 1, 0])
        self.decide(k, i, 0)

    def leaf(self, place: str, kind: str, value: Any) -> None:
        """Check an excluded leaf, then go on to the next branch."""
        if kind != ("thin" if self.reading == "full" and self.domain.interior else "impossible"):
            refuse(place, "an impossible leaf, or a thin one in the reading full", kind)
        motzkin(place, value, self.rows, self.strict, self.domain.equations)
        self.close(kind)

    def reached(self, place: str, value: Any) -> None:
        """A point that satisfies every row of the path, so its cell is not empty.

        In `full` all rows but the equations are strict, so a neighbourhood in aff D satisfies them too.
        """
        if any(bit is None for layer in self.bits for bit in layer):
            refuse(place, "a path that decides every neuron", "an undecided one")
        if self.reading == "full" and not self.domain.interior:
            refuse(place, "a domain with a relative interior point", "none was given")
        point = homogeneous(vector(place, value, self.domain.dimension))
        for r, (row, strict) in enumerate(zip(self.rows, self.strict, strict=True)):
            value = dot(row, point)
            if (value != 0) if r in self.domain.equations else (value <= 0 if strict else value < 0):
                refuse(place, f"a point that satisfies row {r}", value)

    def close(self, kind: str) -> None:
        self.leaves[kind] += 1
        below = int(kind == "reached")
        while self.path:
            node = self.path[-1]
            node[4] += below
            if node[2] is not None:
                self.rows.pop()
                self.strict.pop()
                if node[3] == 1:
                    self.descend()
                    return
                if self.reading == "full" and not node[4]:
                    refuse("tree", f"a reached leaf below the split of [{node[0] + 1}, {node[1]}]", "none")
            self.decide(node[0], node[1], None)
            below = node[4]
            self.path.pop()
        self.done = True


def homogeneous(point: list[Fraction]) -> list[int]:
    return integers([[*point, Fraction(1)]])[0][0]


def multipliers(place: str, value: Any, rows: int) -> Iterator[tuple[str, int, Fraction]]:
    if not isinstance(value, list):
        refuse(place, "a list of [row, multiplier]", json.dumps(value))
    last = -1
    for n, pair in enumerate(value):
        if not isinstance(pair, list) or len(pair) != 2:
            refuse(f"{place}[{n}]", "[row, multiplier]", json.dumps(pair))
        row = index(f"{place}[{n}][0]", pair[0], rows)
        if row <= last:
            refuse(f"{place}[{n}][0]", f"a row after {last}", row)
        last = row
        yield f"{place}[{n}][1]", row, rational(f"{place}[{n}][1]", pair[1])


def motzkin(place: str, value: Any, rows: list[list[int]], strict: list[bool], equations: set[int]) -> None:
    """Refute the system row >= 0, row > 0 (strict), row = 0 (equations).

    The multipliers give sum m_r row_r = c identically, with c <= 0. At a solution every term is >= 0, those of strict
    rows are > 0. So c < 0, or c = 0 with a strict row among them, is a contradiction.
    """
    total, proper = [Fraction(0)] * len(rows[0]) if rows else [], False
    for at, r, m in multipliers(place, value, len(rows)):
        if m == 0 or (m < 0 and r not in equations):
            refuse(at, "a positive multiplier", m)
        factor = m.numerator if m.denominator == 1 else m
        total = [t + factor * entry for t, entry in zip(total, rows[r], strict=True)]
        proper |= strict[r] and r not in equations
    if any(total[:-1]):
        refuse(place, "multipliers whose sum is constant", total)
    if not total or not (total[-1] < 0 or (total[-1] == 0 and proper)):
        refuse(place, "a sum that is negative, or zero with a strict row", total[-1:])


class Domain:
    """The rows of D; ``>=`` and ``>`` as they stand, ``<=`` and ``<`` negated, ``=`` as equations."""

    def __init__(self, value: Any, dimension: int) -> None:
        self.dimension, self.rows, self.strict, self.equations = dimension, [], [], set()
        self.interior: list[Fraction] | None = None
        rows = [] if value is None else keys("domain", value, "inequalities")["inequalities"]
        for r, item in enumerate(rows if isinstance(rows, list) else refuse("domain", "a list", rows)):
            at = f"domain.inequalities[{r}]"
            relation = keys(at, item, "normal offset relation")["relation"]
            if relation not in ("<", "<=", "=", ">=", ">"):
                refuse(f"{at}.relation", "<, <=, =, >= or >", relation)
            normal = vector(f"{at}.normal", item["normal"], dimension)
            row = primitive_of([*normal, rational(f"{at}.offset", item["offset"])])
            self.rows.append([-entry for entry in row] if relation[0] == "<" else row)
            self.strict.append(relation in ("<", ">"))
            if relation == "=":
                self.equations.add(r)

    @property
    def strict_in_full(self) -> list[bool]:
        return [r not in self.equations for r in range(len(self.rows))] if self.interior else self.strict

    def equation(self, place: str, value: Any) -> None:
        """A row r >= 0 of D with -r = sum of rows + c, c >= 0, on D: so r is 0 on D, an implicit equation."""
        if not isinstance(value, list) or len(value) != 2:
            refuse(place, "[row, multipliers]", value)
        r = index(f"{place}[0]", value[0], len(self.rows))
        if r in self.equations or self.strict[r]:
            refuse(f"{place}[0]", "a row >= 0 that is no equation", r)
        rows, strict = [*self.rows, self.rows[r]], [*self.strict, True]
        motzkin(f"{place}[1]", value[1], rows, strict, self.equations)
        self.equations.add(r)

    def relative_interior(self, place: str, value: Any) -> None:
        """A point of D where every row but the equations is positive: so aff D is their solution set."""
        point = vector(place, value, self.dimension)
        for r, row in enumerate(self.rows):
            value = dot(row, homogeneous(point))
            if (value != 0) if r in self.equations else (value <= 0):
                refuse(place, f"a point with row {r} {'zero' if r in self.equations else 'positive'}", value)
        self.interior = point

    def contains(self, point: list[Fraction], *, closure: bool = False) -> bool:
        values = [dot(row, homogeneous(point)) for row in self.rows]
        relaxed = [False] * len(values) if closure else self.strict
        return all(
            v == 0 if r in self.equations else v > 0 or (v == 0 and not strict)
            for r, (v, strict) in enumerate(zip(values, relaxed, strict=True))
        )

    def combination(self, place: str, value: Any) -> list[Fraction]:
        """Return a linear combination of equations: zero on aff D."""
        total = [Fraction(0)] * (self.dimension + 1)
        for at, r, m in multipliers(place, value, len(self.rows)):
            if r not in self.equations:
                refuse(at, "an equation", f"row {r}")
            total = [t + m * entry for t, entry in zip(total, self.rows[r], strict=True)]
        return total


# polynomials and matrices, for the norm 2 -----------------------------------------------------------


def remainder(a: list[Fraction], b: list[Fraction]) -> list[Fraction]:
    """Return a mod b; polynomials are lists of coefficients, constant term first, leading one not 0."""
    a = list(a)
    while len(a) >= len(b):
        factor = a[-1] / b[-1]
        for i, entry in enumerate(b):
            a[len(a) - len(b) + i] -= factor * entry
        while a and a[-1] == 0:
            a.pop()
    return a


def common_divisor(a: list[Fraction], b: list[Fraction]) -> list[Fraction]:
    while b:
        a, b = b, remainder(a, b)
    return a


def roots_above(p: list[Fraction], bound: Fraction) -> int:
    """Return the number of distinct real roots above ``bound`` (Sturm's theorem, exact for multiple roots)."""
    chain = [p, [k * c for k, c in enumerate(p)][1:]]
    while chain[-1]:
        chain.append([-c for c in remainder(chain[-2], chain[-1])])
    chain.pop()
    if not dot(p, [bound**k for k in range(len(p))]):
        # p(bound) = 0: deflate, so that the signs at the bound are those just above it.
        quotient, carry = [], Fraction(0)
        for c in reversed(p):
            carry = c + carry * bound
            quotient.append(carry)
        return roots_above(quotient[-2::-1], bound)

    def changes(signs: list[Fraction]) -> int:
        kept = [s for s in signs if s]
        return sum((a > 0) != (b > 0) for a, b in zip(kept, kept[1:], strict=False))

    at = [dot(q, [bound**k for k in range(len(q))]) for q in chain]
    return changes(at) - changes([q[-1] for q in chain])


def is_semidefinite(m: list[list[Fraction]]) -> bool:
    """Decide m >= 0 by symmetric elimination (LDL^T): a zero pivot needs a zero row, a negative one refutes."""
    m = [list(row) for row in m]
    for k, row in enumerate(m):
        if row[k] < 0 or (row[k] == 0 and any(row[k:])):
            return False
        for i in range(k + 1, len(m)) if row[k] else ():
            factor = m[i][k] / row[k]
            m[i] = [a - factor * b for a, b in zip(m[i], row, strict=True)]
    return True


def characteristic_polynomial(m: list[list[Fraction]]) -> list[Fraction]:
    """Return det(t I - m) by the method of Faddeev and LeVerrier."""
    n, result = len(m), [Fraction(1)]
    power = [[Fraction(0)] * n for _ in range(n)]
    for k in range(1, n + 1):
        power = times(m, power)
        for i in range(n):
            power[i][i] += result[-1]
        result.append(-sum((dot(m[i], [row[i] for row in power]) for i in range(n)), Fraction(0)) / k)
    return result[::-1]


# claims -------------------------------------------------------------------------------------------


class Claim:
    """What is claimed. ``leaf`` checks what a reached leaf adds, ``end`` what the whole tree must have shown."""

    def __init__(self, value: dict[str, Any], networks: list[Network], domain: Domain, tree: Tree | None) -> None:
        self.value, self.networks, self.domain, self.tree = value, networks, domain, tree
        self.attained = False
        self.check()

    def check(self) -> None:
        """Check what needs no tree."""

    def leaf(self, place: str, extra: dict[str, Any]) -> None:
        keys(place, extra, "")

    def end(self, leaves: dict[str, int]) -> None:
        """Check what the whole tree must have shown."""

    def function(self) -> list[list[Fraction]]:
        """Return the output map of the leaf: the network's, or the difference of the two."""
        assert self.tree is not None
        first, *rest = self.tree.outputs()
        for other in rest:
            first = [[a - b for a, b in zip(*pair, strict=True)] for pair in zip(first, other, strict=True)]
        return first

    def at(self, point: list[Fraction]) -> list[Fraction]:
        first, *rest = [net.values(point)[-1] for net in self.networks]
        return [a - b for a, b in zip(first, rest[0], strict=True)] if rest else first


class Configurations(Claim):
    """The reached leaves are all configurations that count; the last line holds their number."""


class Empty(Claim):
    """The domain has no point: the tree is one impossible leaf."""

    def end(self, leaves: dict[str, int]) -> None:
        if leaves != {"impossible": 1, "thin": 0, "reached": 0}:
            refuse("tree", "one impossible leaf", leaves)


class Range(Claim):
    """The supremum and the infimum of each output on D.

    Each reached leaf refutes f - B > 0 (f - B >= 0, where B is not attained) on the closed cell within D. The closed
    cells of the reached leaves cover D: they are finitely many closed sets, and they cover a dense part of D. That B is
    the least bound is shown by a point of the closure of D with f = B; if f is unbounded, by a ray of D in one cell
    along which f grows.
    """

    def check(self) -> None:
        self.bounds: list[tuple[int, int, Fraction, bool]] = []
        outputs = self.value["outputs"]
        if not isinstance(outputs, list) or len(outputs) != self.networks[0].outputs:
            refuse("claim.outputs", f"{self.networks[0].outputs} outputs", outputs)
        for i, item in enumerate(outputs):
            keys(f"claim.outputs[{i}]", item, "min max")
            for sign, name in ((-1, "min"), (1, "max")):
                self.extremum(f"claim.outputs[{i}].{name}", i, sign, item[name])

    def extremum(self, place: str, i: int, sign: int, value: Any) -> None:
        n = self.domain.dimension
        if isinstance(value, dict) and "ray" in value:
            keys(place, value, "value point ray configuration")
            point, ray = vector(f"{place}.point", value["point"], n), vector(f"{place}.ray", value["ray"], n)
            if value["value"] != ("inf" if sign > 0 else "-inf"):
                refuse(f"{place}.value", "an infinite value for a ray", value["value"])
            self.grows(place, i, sign, point, ray, value["configuration"])
            return
        keys(place, value, "value attained point")
        bound = rational(f"{place}.value", value["value"])
        point = vector(f"{place}.point", value["point"], n)
        if type(value["attained"]) is not bool:
            refuse(f"{place}.attained", "true or false", value["attained"])
        if not self.domain.contains(point, closure=not value["attained"]):
            refuse(f"{place}.point", "a point of the domain (its closure, if not attained)", value["point"])
        if self.at(point)[i] != bound:
            refuse(f"{place}.point", f"a point where output {i} is {bound}", self.at(point)[i])
        self.bounds.append((i, sign, bound, value["attained"]))

    def grows(self, place: str, i: int, sign: int, point: list[Fraction], ray: list[Fraction], text: Any) -> None:
        """The point and the ray lie in D and in the closed cells of one configuration of each network."""
        texts = text if len(self.networks) > 1 and isinstance(text, list) else [text]
        far, slopes = [*ray, Fraction(0)], []
        for n, (net, part) in enumerate(zip(self.networks, texts, strict=True)):
            bits, current = net.bits(f"{place}.configuration", part), net.first()
            for k, layer in enumerate(bits, start=1):
                for bit, row in zip(layer, current[0], strict=True):
                    here, there = dot(row, homogeneous(point)), dot(row, far)
                    if (here < 0 or there < 0) if bit else (here > 0 or there > 0):
                        refuse(f"{place}.ray", f"a ray in the closed cell of {part}", ray)
                current = net.after(current, k, layer)
            slopes.append((-1) ** n * dot(current[0][i], far) / current[1])
        into = all(dot(r, far) == 0 if k in self.domain.equations else dot(r, far) >= 0
                   for k, r in enumerate(self.domain.rows))
        if not self.domain.contains(point) or not into:
            refuse(place, "a point and a ray of the domain", [point, ray])
        if sign * sum(slopes) <= 0:
            refuse(f"{place}.ray", f"a ray along which output {i} is unbounded", ray)

    def leaf(self, place: str, extra: dict[str, Any]) -> None:
        assert self.tree is not None
        proofs = keys(place, extra, "bounds")["bounds"]
        if not isinstance(proofs, list) or len(proofs) != len(self.bounds):
            refuse(f"{place}.bounds", f"{len(self.bounds)} lists of multipliers", proofs)
        function, count = self.function(), len(self.domain.rows)
        strict = [*self.domain.strict, *[False] * (len(self.tree.rows) - count)]
        for n, ((i, sign, bound, attained), proof) in enumerate(zip(self.bounds, proofs, strict=True)):
            above = [sign * entry for entry in function[i]]
            above[-1] -= sign * bound
            rows = [*self.tree.rows, primitive_of(above)]
            motzkin(f"{place}.bounds[{n}]", proof, rows, [*strict, attained], self.domain.equations)


class Equal(Claim):
    """The networks agree on every reached cell, modulo the equations of D; the rest of D follows by continuity."""

    def leaf(self, place: str, extra: dict[str, Any]) -> None:
        proofs = keys(place, extra, "", "by").get("by", [[]] * self.networks[0].outputs)
        for i, row in enumerate(self.function()):
            if i >= len(proofs) or self.domain.combination(f"{place}.by[{i}]", proofs[i]) != row:
                refuse(f"{place}.by[{i}]", f"a combination of equations that is {[*map(str, row)]}", proofs)


class Unequal(Claim):
    """A point of D where the outputs differ."""

    def check(self) -> None:
        point = vector("claim.point", self.value["point"], self.domain.dimension)
        if not self.domain.contains(point):
            refuse("claim.point", "a point of the domain", self.value["point"])
        for n, net in enumerate(self.networks):
            outputs = net.values(point)[-1]
            if vector(f"claim.outputs[{n}]", self.value["outputs"][n], net.outputs) != outputs:
                refuse(f"claim.outputs[{n}]", str([*map(str, outputs)]), self.value["outputs"][n])
        if self.value["outputs"][0] == self.value["outputs"][1]:
            refuse("claim.outputs", "different outputs", self.value["outputs"])


class Lipschitz(Claim):
    """The Lipschitz constant K on D: the largest operator norm of the cells' linear parts A on lin D.

    The `full` cells are relatively open and their closures cover D, which is convex: a segment is cut into finitely
    many pieces with slope at most K. Norm inf: a row a of A has norm at most |a + e|_1 on lin D for any combination e of
    the equations' normals. Norm 1: the same for each row s.A, s in {1, -1}^m, and |.|_inf. Attained: |A v| = K |v| for
    a v in lin D. Norm 2: K^2 is the root of ``polynomial`` in ``interval`` = (lo, hi]; each A has A P A^T <= lo
    (P projects onto lin D), or its characteristic polynomial has one root above lo, which is a root of ``polynomial``
    in (lo, hi].
    """

    def check(self) -> None:
        self.norm = self.value["norm"]
        if self.norm not in ("1", "2", "inf"):
            refuse("claim.norm", "1, 2 or inf", self.norm)
        keys("claim", self.value, "kind norm " + ("polynomial interval" if self.norm == "2" else
             "constant configuration direction"), "projection" if self.norm == "2" else "")
        if self.norm == "2":
            integral = [str(c) for c in self.value["polynomial"]]
            self.polynomial = vector("claim.polynomial", integral, len(integral))
            self.lo, self.hi = vector("claim.interval", self.value["interval"], 2)
            if not any(self.polynomial[1:]) or self.polynomial[-1] == 0 or self.roots(self.polynomial) != 1:
                refuse("claim.interval", "an interval with one root of the polynomial", self.value["interval"])
            self.attained = self.lo < 0 <= self.hi and self.polynomial[0] == 0  # K = 0 is a bound below too
            return
        self.constant = rational("claim.constant", self.value["constant"])
        self.direction = vector("claim.direction", self.value["direction"], self.domain.dimension)
        self.networks[0].bits("claim.configuration", self.value["configuration"])
        self.attained = self.constant == 0

    def roots(self, p: list[Fraction]) -> int:
        """Return the number of roots in (lo, hi]."""
        return roots_above(p, self.lo) - roots_above(p, self.hi)

    def projector(self) -> list[list[Fraction]]:
        """Return P = I - E^T N, after checking E P = 0 and P = P^T: so P is the projector onto lin D."""
        equations = sorted(self.domain.equations)
        normals = [[Fraction(e) for e in self.domain.rows[r][:-1]] for r in equations]
        n = self.domain.dimension
        given = matrix("claim.projection", self.value.get("projection"), len(equations), n)
        correction = times(transposed(normals), given)
        p = [[int(i == j) - correction[i][j] for j in range(n)] for i in range(n)]
        if any(map(any, times(normals, p))) or p != transposed(p):
            refuse("claim.projection", "N with E (I - E^T N) = 0 and E^T N symmetric", self.value["projection"])
        return p

    def leaf(self, place: str, extra: dict[str, Any]) -> None:
        a = [row[:-1] for row in self.function()]
        if self.norm == "2":
            keys(place, extra, "")
            self.spectral(place, a)
            return
        rows = a
        if self.norm == "1":
            signs = product((1, -1), repeat=len(a) - 1)
            rows = [[dot([1, *s], column) for column in transposed(a)] for s in signs]
        proofs = keys(place, extra, "", "by").get("by", [[]] * len(rows))
        if not isinstance(proofs, list) or len(proofs) != len(rows):
            refuse(f"{place}.by", f"{len(rows)} lists of multipliers", proofs)
        for i, (row, proof) in enumerate(zip(rows, proofs, strict=True)):
            added = self.domain.combination(f"{place}.by[{i}]", proof)[:-1]
            entries = [abs(x + y) for x, y in zip(row, added, strict=True)]
            if (sum(entries) if self.norm == "inf" else max(entries)) > self.constant:
                refuse(f"{place}.by[{i}]", f"a norm of at most {self.constant}", entries)
        assert self.tree is not None
        bits = "|".join("".join(map(str, layer)) for layer in self.tree.bits)
        if bits == self.value["configuration"]:
            size = max if self.norm == "inf" else sum
            along = any(dot(self.domain.rows[r][:-1], self.direction) for r in self.domain.equations)
            there, here = size(abs(dot(row, self.direction)) for row in a), size(map(abs, self.direction))
            if along or not here or there != self.constant * here:
                refuse("claim.direction", f"a direction of D that is stretched by {self.constant}", there)
            self.attained = True

    def spectral(self, place: str, a: list[list[Fraction]]) -> None:
        right = times(a, self.projector()) if self.domain.equations else a
        gram = times(right, transposed(a)) if len(a) <= len(a[0]) else times(transposed(right), right)
        rest = [[(self.lo if i == j else 0) - g for j, g in enumerate(row)] for i, row in enumerate(gram)]
        if is_semidefinite(rest):
            return
        polynomial = characteristic_polynomial(gram)
        common = common_divisor(polynomial, self.polynomial)
        if roots_above(polynomial, self.lo) != 1 or self.roots(common) != 1:
            refuse(place, "a norm whose square is at most the root in claim.interval", [*map(str, polynomial)])
        self.attained = True

    def end(self, leaves: dict[str, int]) -> None:
        if not self.attained:
            refuse("claim", "a cell whose norm is the constant", "none")


# shallow networks: sum c_i relu(a_i.x + b_i) + e ------------------------------------------------------


def shallow(place: str, net: Network) -> tuple[list[list[Fraction]], list[list[Fraction]], list[Fraction]]:
    if len(net.layers) != 2:
        refuse(place, "two layers", len(net.layers))
    return net.layers[0], transposed([row[:-1] for row in net.layers[1]]), [row[-1] for row in net.layers[1]]


def canonical_form(place: str, net: Network) -> tuple[dict[tuple[int, ...], list[Fraction]], list[list[Fraction]]]:
    """Return the kinks and the affine remainder, which determine the function and are determined by it.

    relu(t) = (|t| + t) / 2, so the function is 1/2 sum kappa_H |h_H| + A x + e over different hyperplanes H; kappa_H is
    the jump of its gradient across H (in units of h_H), and what is left when the kinks are taken away is affine.
    """
    neurons, coefficients, offset = shallow(place, net)
    kinks: dict[tuple[int, ...], list[Fraction]] = {}
    rest = [[*[Fraction(0)] * net.inputs, e] for e in offset]
    for row, c in zip(neurons, coefficients, strict=True):
        if not any(row[:-1]):
            value = [Fraction(0)] * net.inputs + [max(row[-1], Fraction(0))]
        else:
            value = [entry / 2 for entry in row]
            key = primitive_of(row)
            sign = 1 if next(entry for entry in key if entry) > 0 else -1
            h = tuple(sign * entry for entry in key)
            size = next(abs(entry / other) for entry, other in zip(row, h, strict=True) if other)
            jump = kinks.setdefault(h, [Fraction(0)] * net.outputs)
            kinks[h] = [j + size * entry for j, entry in zip(jump, c, strict=True)]
        rest = [[r + entry * v for r, v in zip(line, value, strict=True)] for line, entry in zip(rest, c, strict=True)]
    return {h: kappa for h, kappa in kinks.items() if any(kappa)}, rest


def on_slice(net: Network) -> Network:
    """Return x -> net(x, 1, -1)."""
    result = object.__new__(Network)
    first = [[*row[:-3], row[-1] + row[-3] - row[-2]] for row in net.layers[0]]
    result.layers, result.inputs, result.outputs = [first, *net.layers[1:]], net.inputs - 2, net.outputs
    return result


class Canonical(Claim):
    """The canonical form of a shallow network on R^d."""

    def check(self) -> None:
        net, value = self.networks[0], self.value
        kinks, rest = canonical_form("networks[0]", net)
        claimed = {}
        for n, item in enumerate(value["kinks"]):
            at = f"claim.kinks[{n}]"
            row = vector(f"{at}.row", keys(at, item, "row jump")["row"], net.inputs + 1)
            claimed[tuple(row)] = vector(f"{at}.jump", item["jump"], net.outputs)
        if claimed != kinks or len(claimed) != len(value["kinks"]):
            refuse("claim.kinks", f"the {len(kinks)} kinks of the network", f"{len(claimed)} kinks, or others")
        if matrix("claim.rest", value["rest"], net.outputs, net.inputs + 1) != rest:
            refuse("claim.rest", str([[*map(str, row)] for row in rest]), value["rest"])


class Reparametrization(Claim):
    """Each network realizes the same function as the one before; after ``embed`` on the slice (x, 1, -1)."""

    def check(self) -> None:
        steps = self.value["steps"]
        if not isinstance(steps, list) or len(steps) != len(self.networks) - 1:
            refuse("claim.steps", f"{len(self.networks) - 1} steps", steps)
        for n, step in enumerate(steps):
            before, after = self.networks[n], self.networks[n + 1]
            embedded = isinstance(step, str) and step.split(":")[0] == "embed"
            if (after.inputs, after.outputs) != (before.inputs + 2 * embedded, before.outputs):
                refuse(f"networks[{n + 1}]", "the shape of the network before", (after.inputs, after.outputs))
            shallow(f"networks[{n + 1}]", after)
            one = canonical_form(f"networks[{n}]", before)
            if one != canonical_form(f"networks[{n + 1}]", on_slice(after) if embedded else after):
                refuse(f"networks[{n + 1}]", f"the function of networks[{n}] (step {step})", "another function")


class TheoremThreeOne(Claim):
    """Networks Gamma, Theta, Phi: R(Phi) = R(Theta), |Phi - Gamma| = distance <= beta + 2 sqrt(delta).

    At ``point``, on no hyperplane, the gradients of Theta and Gamma differ by delta in some entry, so delta is at most
    the W^{1,inf} distance of the realizations.
    """

    def check(self) -> None:
        gamma, theta, phi = self.networks
        for n, net in enumerate(self.networks):
            shallow(f"networks[{n}]", net)
            if (net.inputs, net.outputs) != (gamma.inputs, gamma.outputs):
                refuse(f"networks[{n}]", "the shape of the first", (net.inputs, net.outputs))
        if canonical_form("networks[1]", theta) != canonical_form("networks[2]", phi):
            refuse("networks[2]", "the function of networks[1]", "another function")
        delta, beta, distance = (rational(f"claim.{k}", self.value[k]) for k in ("delta", "beta", "distance"))
        pairs = [(a, b) for one, two in zip(gamma.layers, phi.layers, strict=True)
                 for r, s in zip(one, two, strict=True) for a, b in zip(r, s, strict=True)]
        if gamma.hidden != phi.hidden or max(abs(a - b) for a, b in pairs) != distance:
            refuse("claim.distance", "the largest difference of parameters of Phi and Gamma", distance)
        if beta < 0 or not (distance <= beta or (distance - beta) ** 2 <= 4 * delta):
            refuse("claim.distance", "at most beta + 2 sqrt(delta)", distance)
        point = vector("claim.point", self.value["point"], gamma.inputs)
        values = [net.values(point)[0] for net in (gamma, theta)]
        if not all(y or not any(net.layers[0][i]) for net, ys in zip((gamma, theta), values, strict=True)
                   for i, y in enumerate(ys)):
            refuse("claim.point", "a point on no hyperplane", self.value["point"])
        one, two = (net.map([[int(y > 0) for y in ys]]) for net, ys in zip((gamma, theta), values, strict=True))
        if max(abs(a - b) for r, s in zip(one, two, strict=True)
               for a, b in zip(r[:-1], s[:-1], strict=True)) != delta:
            refuse("claim.point", f"a point where the gradients differ by {delta}", self.value["point"])


class Decomposition(Claim):
    """Theorem 5: the map of a configuration is the sum of c w_{L,:i} (x) w_{1,j:} over the atoms, plus the bias."""

    def check(self) -> None:
        net, value = self.networks[0], self.value
        bits = net.bits("claim.configuration", value["configuration"])
        rows = net.map(bits)
        if len(bits) < 1:
            refuse("claim.configuration", "a hidden layer", value["configuration"])
        total = [[Fraction(0)] * net.inputs for _ in range(net.outputs)]
        for n, item in enumerate(value["atoms"]):
            at = f"claim.atoms[{n}]"
            keys(at, item, "last_hidden first_hidden coefficient")
            i = index(f"{at}.last_hidden", item["last_hidden"], net.hidden[-1])
            j = index(f"{at}.first_hidden", item["first_hidden"], net.hidden[0])
            c = rational(f"{at}.coefficient", item["coefficient"])
            for o in range(net.outputs):
                factor = c * net.layers[-1][o][i]
                total[o] = [t + factor * w for t, w in zip(total[o], net.layers[0][j][:-1], strict=True)]
        if total != [row[:-1] for row in rows]:
            refuse("claim.atoms", "atoms whose sum is the linear part", total)
        if matrix("claim.weight", value["weight"], net.outputs, net.inputs) != total:
            refuse("claim.weight", "the linear part", value["weight"])
        if vector("claim.bias", value["bias"], net.outputs) != [row[-1] for row in rows]:
            refuse("claim.bias", "the constant part", value["bias"])


# kind: class, its keys, number of networks (None: any), readings of its tree (none: no tree)
CLAIMS: dict[str, tuple[type[Claim], str, tuple[int, int], tuple[str, ...]]] = {
    "configurations": (Configurations, "depth", (1, 1), ("half-open", "closed", "full")),
    "empty": (Empty, "", (0, 1), ("half-open",)),
    "range": (Range, "outputs", (1, 2), ("full",)),
    "lipschitz": (Lipschitz, "norm", (1, 1), ("full",)),
    "equal": (Equal, "", (2, 2), ("full",)),
    "unequal": (Unequal, "point outputs", (2, 2), ()),
    "canonical": (Canonical, "kinks rest", (1, 1), ()),
    "reparametrization": (Reparametrization, "steps", (2, 10**6), ()),
    "theorem-3.1": (TheoremThreeOne, "delta beta distance point", (3, 3), ()),
    "decomposition": (Decomposition, "configuration atoms weight bias", (1, 1), ()),
}


# the file -----------------------------------------------------------------------------------------


def texts(path: str) -> Iterator[str]:
    """Yield the lines of a plain or gzip file; a line that does not end is refused."""
    with open(path, "rb") as file:
        unzip = zlib.decompressobj(31) if file.read(2) == b"\x1f\x8b" else None
        file.seek(0)
        rest = b""
        while block := file.read(1 << 16):
            try:
                block = unzip.decompress(block) if unzip else block
            except zlib.error as error:
                refuse("file", "an intact gzip file", error)
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                yield line.decode("utf-8", "surrogateescape")
        if rest or (unzip and (not unzip.eof or unzip.unused_data)):
            refuse("file", "an end after the last line", repr(rest) if rest else "a broken end of the gzip data")


def entries(path: str) -> Iterator[tuple[str, dict[str, Any], str, str]]:
    """Yield place, entry, its sum and the sum that it should have."""
    before = ""
    for number, text in enumerate(texts(path), start=1):
        place = f"line {number}"
        try:
            value = json.loads(text, object_pairs_hook=unique)
        except (ValueError, RecursionError) as error:
            refuse(place, "a line of JSON", error)
        if not isinstance(value, dict):
            refuse(place, "a JSON object", text)
        tail = f',"sum":"{value.pop("sum", None)}"}}'
        right = hashlib.sha256((before + text[: -len(tail)]).encode("utf-8", "surrogateescape")).hexdigest()[:SUM]
        yield place, value, tail if text.endswith(tail) else "", f',"sum":"{right}"}}'
        before = right


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key stands twice")
    return result


def begin(value: dict[str, Any]) -> tuple[Claim, Tree | None]:
    """Check the first line: claim, networks, domain and reading."""
    if value.get("format") != "exactrelu-certificate":
        raise NotACertificate("line 1: expected the format exactrelu-certificate")
    if value.get("version") != 1 or type(value["version"]) is not int:
        refuse("line 1.version", "1", value.get("version"))
    keys("line 1", value, "format version claim networks domain reading")
    claim, nets = value["claim"], value["networks"]
    kind = claim.get("kind") if isinstance(claim, dict) else claim
    if not isinstance(kind, str) or kind not in CLAIMS:
        refuse("claim.kind", f"one of {', '.join(CLAIMS)}", kind)
    rule, names, (least, most), readings = CLAIMS[kind]
    keys("claim", claim, f"kind {names}", "constant configuration direction polynomial interval projection")
    if rule is not Lipschitz:
        keys("claim", claim, f"kind {names}")
    if not isinstance(nets, list) or not least <= len(nets) <= most:
        refuse("networks", f"{least} to {most} networks", nets)
    networks = [Network(f"networks[{n}]", net) for n, net in enumerate(nets)]
    if kind not in ("reparametrization", "theorem-3.1"):
        for n, net in enumerate(networks[1:], start=1):
            if (net.inputs, net.outputs) != (networks[0].inputs, networks[0].outputs):
                refuse(f"networks[{n}]", "the shape of the first network", (net.inputs, net.outputs))
    dimension = networks[0].inputs if networks else dimension_of(value["domain"])
    domain = Domain(value["domain"], dimension)
    if value["reading"] not in (readings or (None,)):
        refuse("reading", f"one of {readings}", value["reading"])
    depth = max((len(net.hidden) for net in networks), default=0)
    if kind == "configurations":
        depth = index("claim.depth", claim["depth"], depth + 1)
    tree = Tree(networks, domain, value["reading"], 0 if kind == "empty" else depth) if readings else None
    return rule(claim, networks, domain, tree), tree


def dimension_of(domain: Any) -> int:
    try:
        return len(domain["inequalities"][0]["normal"])
    except (TypeError, KeyError, IndexError):
        refuse("domain", "inequalities", domain)


def step(place: str, entry: dict[str, Any], claim: Claim, tree: Tree) -> None:
    """Check one line of the preamble or of the tree."""
    kind = next(iter(entry), "nothing")
    at = f"{place}: {kind}"
    value = entry.pop(kind, None)
    fresh = not tree.path and not any(tree.leaves.values())
    if kind in ("equation", "interior") and (not fresh or tree.reading != "full" or tree.domain.interior):
        refuse(at, "such a line before the tree, in the reading full", "it here")
    if kind == "reached":
        tree.reached(at, value)
        claim.leaf(at, entry)
        tree.close("reached")
        return
    if kind == "zero":
        tree.zero(at, value, keys(at, entry, "by")["by"])
        return
    keys(at, entry, "")
    if kind == "split":
        tree.split(at, value)
    elif kind in ("impossible", "thin"):
        tree.leaf(at, kind, value)
    elif kind == "equation":
        tree.domain.equation(at, value)
    elif kind == "interior":
        tree.domain.relative_interior(at, value)
        tree.rows, tree.strict = list(tree.domain.rows), list(tree.domain.strict_in_full)
    else:
        refuse(place, "split, zero, impossible, thin, reached, equation, interior or end", kind)


def check(path: str) -> dict[str, Any]:
    """Return what the certificate proves, or raise `Invalid`."""
    sys.set_int_max_str_digits(0)
    claim = tree = header = None
    ended = False
    for number, (place, entry, given, right) in enumerate(entries(path), start=1):
        if ended:
            refuse(place, "the end of the file", entry)
        if number == 1:
            header = {key: entry.get(key) for key in ("claim", "reading")}
            claim, tree = begin(dict(entry))
        elif "end" in entry:
            ended = True
            finish(place, entry, number, claim, tree)
        elif tree is None or tree.done:
            refuse(place, "the line end", entry)
        else:
            step(place, entry, claim, tree)
        if given != right:
            refuse(f"{place}.sum", right, given or "a line that does not end in its sum")
    if not ended:
        refuse("file", "a last line end", "no such line")
    return {**header, "leaves": tree.leaves if tree else {}}


def finish(place: str, entry: dict[str, Any], number: int, claim: Claim, tree: Tree | None) -> None:
    if tree and not tree.done:
        refuse(place, "a complete tree", f"{len(tree.path)} open nodes")
    leaves = tree.leaves if tree else {"impossible": 0, "thin": 0, "reached": 0}
    expected = {"end": {"lines": number, "leaves": leaves}}
    if json.dumps(entry) != json.dumps(expected):
        refuse(place, json.dumps(expected), json.dumps(entry))
    claim.end(leaves)


def main(argv: list[str]) -> int:
    if len(argv) != 1:
        print("usage: python -m exactrelu.checker FILE", file=sys.stderr)
        return 2
    try:
        found = check(argv[0])
    except NotACertificate as error:
        print(f"{argv[0]}: {error}", file=sys.stderr)
        return 2
    except Invalid as error:
        print(f"invalid: {argv[0]}: {error}")
        return 1
    except OSError as error:
        print(f"{argv[0]}: {error.strerror}", file=sys.stderr)
        return 2
    print(f"valid: {found['claim'].get('kind')}, leaves {found['leaves']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
