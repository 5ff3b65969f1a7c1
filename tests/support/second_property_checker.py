"""A second checker of property trees, written from docs/certificates.md alone: plain, slow, no shared code.

It reads lines, sums, numbers and networks as `tests.support.second_checker` does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from tests.support.second_checker import (
    Matrix,
    Net,
    RefusedError,
    Value,
    Vector,
    array,
    demand,
    dot,
    entries_of,
    integer,
    keys,
    number,
    primitive,
    vector,
)

End = Fraction | None
Bound = float
"""An integer, or an infinity: none yet."""


def refuses(path: Path) -> str:
    """Return why a certificate of a property or of optima is refused, or nothing if it is accepted."""
    try:
        CheckedProperty(entries_of(path.read_bytes()))
    except RefusedError as error:
        return str(error) or "refused"
    return ""


@dataclass(frozen=True)
class Row:
    """An inequality g >= 0, or g > 0."""

    x: Vector
    y: Vector
    offset: Fraction
    strict: bool

    def at(self, point: Vector, outputs: Vector) -> Fraction:
        return dot(self.x, point) + dot(self.y, outputs) + self.offset


@dataclass(frozen=True)
class Set:
    lower: list[End]
    upper: list[End]
    open_lower: list[bool]
    open_upper: list[bool]
    rows: int  # the first ones of each alternative
    alternatives: list[list[Row]]


@dataclass
class Node:
    lower: list[End]
    upper: list[End]
    grid: int
    bounds: list[list[tuple[Bound, Bound]]]  # by hidden layer (from 0) and neuron
    open_sides: set[tuple[int, str]]
    signs: list[tuple[int, int, int]] = field(default_factory=list)
    empty: bool = False  # what its own line shows, not the lines above it

    def child(self) -> Node:
        bounds = [list(layer) for layer in self.bounds]
        sides = set(self.open_sides)
        return Node(list(self.lower), list(self.upper), self.grid, bounds, sides, list(self.signs))


def known(bound: Bound) -> int:
    demand(bound not in (math.inf, -math.inf), "a bound is missing")
    return int(bound)


class CheckedProperty:
    """A certificate that was accepted; refused in the course of it otherwise."""

    def __init__(self, entries: list[dict[str, Value]]) -> None:
        head = keys(entries[0], "format", "version", "claim", "networks", "domain", "reading")
        demand(head["format"] == "exactrelu-certificate", "format")
        demand(head["domain"] is None and head["reading"] is None, "domain or reading")
        self.net = Net(array(head["networks"], 1)[0], scales=False)
        demand(integer(head["version"]) == 1 + self.net.has_slopes, "version")
        self.claim = head["claim"]
        demand(isinstance(self.claim, dict), "claim")
        self.n, self.hidden = self.net.inputs, len(self.net.widths)
        self.lines = iter(entries[1:])
        self.leaves = {"closed": 0, "linear": 0}
        for one in self.read_claim():
            self.set = one
            self.tree()
        said = keys(keys(self.take(), "end")["end"], "lines", "leaves")
        demand(integer(said["lines"]) == len(entries), "lines")
        leaves = keys(said["leaves"], *self.leaves)
        demand({kind: integer(count) for kind, count in leaves.items()} == self.leaves, "leaves")
        demand(next(self.lines, None) is None, "something follows")

    def take(self) -> dict[str, Value]:
        line = next(self.lines, None)
        if line is None:
            raise RefusedError("the file ends early")
        return line

    # claims ------------------------------------------------------------

    def read_claim(self) -> list[Set]:
        if self.claim.get("kind") == "property":
            keys(self.claim, "kind", "property", "sets", "precision")
            digest = self.claim["property"]
            right = isinstance(digest, str) and re.fullmatch("sha256:[0-9a-f]{64}", digest)
            demand(digest is None or right, "property")
            self.read_precision()
            return [self.read_set(one) for one in array(self.claim["sets"])]
        demand(self.claim.get("kind") == "optimum", "kind")
        keys(self.claim, "kind", "box", "rows", "objectives", "precision")
        self.read_precision()
        demand(array(self.claim["objectives"]), "objectives")
        return [self.read_objective(one) for one in self.claim["objectives"]]

    def read_precision(self) -> None:
        precision = integer(self.claim["precision"])
        demand(1 <= precision <= 4096, "precision")
        self.s = 2**precision

    def read_set(self, value: Value) -> Set:
        keys(value, "box", "rows", "disjuncts")
        disjuncts = [[self.read_row(row) for row in array(one)] for one in array(value["disjuncts"])]
        return self.box_with(value, disjuncts)

    def box_with(self, value: Value, disjuncts: list[list[Row]]) -> Set:
        box = [array(side, 4) for side in array(value["box"], self.n)]
        demand(all(type(flag) is bool for side in box for flag in side[2:]), "flags")
        lower, upper = ([None if s[k] is None else number(s[k]) for s in box] for k in (0, 1))
        rows = [self.read_row(row) for row in array(value["rows"])]
        demand(not any(any(row.y) for row in rows), "a row of a set over outputs")
        alternatives = [rows + disjunct for disjunct in disjuncts]
        return Set(lower, upper, [s[2] for s in box], [s[3] for s in box], len(rows), alternatives)

    def terms(self, value: Value, length: int) -> Vector:
        found, before = [Fraction(0)] * length, -1
        for pair in array(value):
            i = integer(array(pair, 2)[0], length)
            demand(i > before, "indices are not ascending")
            before, found[i] = i, number(pair[1])
        return found

    def read_row(self, value: Value) -> Row:
        keys(value, "x", "y", "offset", "strict")
        demand(type(value["strict"]) is bool, "strict")
        x, y = self.terms(value["x"], self.n), self.terms(value["y"], self.net.outputs)
        return Row(x, y, number(value["offset"]), value["strict"])

    def read_objective(self, value: Value) -> Set:
        demand(isinstance(value, dict) and type(value.get("attained")) is bool, "attained")
        attained = value["attained"]
        keys(value, "x", "y", "offset", "maximum", "attained", "point", *([] if attained else ["inner"]))
        x, y = self.terms(value["x"], self.n), self.terms(value["y"], self.net.outputs)
        offset, maximum = number(value["offset"]), number(value["maximum"])
        beyond = Row(x, y, offset - maximum, attained)
        found = self.box_with(self.claim, [[beyond]])
        point = vector(value["point"], self.n)
        demand(self.lies_in(found, point, strictly=attained), "the point is not in the set")
        demand(beyond.at(point, self.net.at(point)) == 0, "the point's value is not the maximum")
        if not attained:
            demand(self.lies_in(found, vector(value["inner"], self.n), strictly=True), "inner")
        return found

    def lies_in(self, one: Set, point: Vector, *, strictly: bool) -> bool:
        outputs = self.net.at(point)
        values = [(row.at(point, outputs), row.strict) for row in one.alternatives[0][: one.rows]]
        for i, x in enumerate(point):
            low, high = one.lower[i], one.upper[i]
            values += [] if low is None else [(x - low, one.open_lower[i])]
            values += [] if high is None else [(high - x, one.open_upper[i])]
        return all(v > 0 or (v == 0 and not (strict and strictly)) for v, strict in values)

    # forms ------------------------------------------------------------

    def unit(self, place: tuple[int, int], a: int, node: Node, flips: int) -> tuple[int, int]:
        """Return c, and what the constant grows by, for a hidden neuron with the coefficient a."""
        layer, i = place
        below, above = self.net.slopes[layer][i]
        low, high = node.bounds[layer][i]
        if a == 0:
            return 0, 0
        if high <= 0:
            return math.ceil(a * below), 0
        if low >= 0:
            return math.floor(a * above), 0
        c, grows = math.floor(a * below), 0
        if c != a * below:
            grows += known(low) // self.s
        if below != above:
            flipped = flips >> (sum(self.net.widths[:layer]) + i) & 1
            more, charge = self.relu(math.floor(a * (above - below)), low, high, flipped=bool(flipped))
            c, grows = c + more, grows + charge
        return c, grows

    def relu(self, a: int, low: Bound, high: Bound, *, flipped: bool) -> tuple[int, int]:
        """Return c and the charge of a ReLU with low < 0 < high."""
        if a == 0:
            return 0, 0
        if a > 0:
            return (a if (high > -low) != flipped else 0), 0
        low, high = known(low), known(high)
        c = a * high // (high - low)
        return c, min(-c * low, (a - c) * high) // self.s

    def rounded(self, exact: Sequence[Fraction], layer: int, node: Node) -> tuple[list[int], int]:
        """Return coefficients on the values of a hidden layer rounded down, and the charge."""
        charge = 0
        for i, a in enumerate(exact):
            if a.denominator > 1:
                charge += math.floor(self.least_value(layer, i, node) / self.s)
        return [math.floor(a) for a in exact], charge

    def least_value(self, layer: int, i: int, node: Node) -> Fraction:
        (below, above), (low, high), least = self.net.slopes[layer][i], node.bounds[layer][i], Fraction(0)
        if below > 0 > low:
            least = below * known(low)
        if above < 0 < high:
            least = min(least, above * known(high))
        return least

    def back(self, a: list[int], constant: int, layer: int, node: Node, flips: int) -> tuple[Vector, int]:
        """Carry a form on the values of a hidden layer (from 0) to the inputs."""
        while True:
            pairs = [self.unit((layer, i), entry, node, flips) for i, entry in enumerate(a)]
            constant += sum(grows for _, grows in pairs)
            rows = self.net.layers[layer]
            exact = [
                sum((c * row[j] for (c, _), row in zip(pairs, rows, strict=True)), Fraction(0))
                for j in range(len(rows[0]))
            ]
            constant += math.floor(exact.pop())
            if layer == 0:
                return exact, constant
            layer -= 1
            a, charge = self.rounded(exact, layer, node)
            constant += charge

    def value(self, form: Vector, constant: int, node: Node) -> int:
        total = Fraction(0)
        for entry, low, high in zip(form, node.lower, node.upper, strict=True):
            if entry:
                end = low if entry > 0 else high
                if end is None:
                    raise RefusedError("a side is missing")
                total += entry * end
        return constant + math.floor(total)

    def lower_bound(self, layer: int, row: Vector, node: Node) -> int:
        """Return the lower bound of a function of the values before a hidden layer (from 0)."""
        exact, constant = [self.s * entry for entry in row[:-1]], math.floor(self.s * row[-1])
        if layer > 0:
            a, charge = self.rounded(exact, layer - 1, node)
            exact, constant = self.back(a, constant + charge, layer - 1, node, 0)
        return self.value(exact, constant, node)

    def inequalities(self, proof: Value, rows: list[Row], node: Node) -> tuple[Vector, int, list[Row]]:
        """Return the form on the inputs of a weighted sum, and the inequalities that take part."""
        pairs, flips = array(proof, 2)
        demand(isinstance(flips, str) and re.fullmatch("0|[1-9a-f][0-9a-f]*", flips), "flips")
        x, y, constant = [Fraction(0)] * self.n, [Fraction(0)] * self.net.outputs, Fraction(0)
        taken, before = [], -1
        for pair in array(pairs):
            r, m = integer(array(pair, 2)[0], len(rows)), number(pair[1])
            demand(r > before and m > 0, "multipliers")
            before, row = r, rows[r]
            x = [t - m * entry for t, entry in zip(x, row.x, strict=True)]
            y = [t - m * entry for t, entry in zip(y, row.y, strict=True)]
            constant -= m * row.offset
            taken.append(row)
        demand(taken, "no pair")
        last, width = self.net.layers[-1], len(self.net.layers[-1][0])
        on_last = [
            sum((c * row[j] for c, row in zip(y, last, strict=True)), Fraction(0)) for j in range(width)
        ]
        whole = math.floor(self.s * (constant + on_last.pop()))
        exact = [self.s * entry for entry in on_last]
        if self.hidden:
            a, charge = self.rounded(exact, self.hidden - 1, node)
            exact, whole = self.back(a, whole + charge, self.hidden - 1, node, int(flips, 16))
        return [e + self.s * t for e, t in zip(exact, x, strict=True)], whole, taken

    # lines ------------------------------------------------------------

    def tree(self) -> None:
        ends = [end for end in (*self.set.lower, *self.set.upper) if end is not None]
        grid = math.lcm(*(end.denominator for end in ends))
        bounds: list[list[tuple[Bound, Bound]]] = [[(-math.inf, math.inf)] * w for w in self.net.widths]
        flags = (("lower", self.set.open_lower), ("upper", self.set.open_upper))
        sides = {(i, name) for name, open_ends in flags for i, is_open in enumerate(open_ends) if is_open}
        waiting = [Node(list(self.set.lower), list(self.set.upper), grid, bounds, sides)]
        while waiting:
            waiting.extend(reversed(self.node(self.take(), waiting.pop())))

    def node(self, line: dict[str, Value], node: Node) -> list[Node]:
        """Carry out a line and return the children, in order."""
        kinds = {"cut": self.cut, "bend": self.bend, "closed": self.closed, "linear": self.linear}
        (kind, *more) = [name for name in kinds if name in line] or [""]
        demand(kind and not more, "the kind of a line")
        keys(line, kind, optional=("bounds", "clip"))
        if "bounds" in line:
            self.bound(line["bounds"], node)
        if "clip" in line:
            demand(len(self.set.alternatives) == 1, "a clip where there is not one alternative")
            demand(array(line["clip"]), "no clip")
            for proof in line["clip"]:
                self.clip(proof, node)
        return kinds[kind](line[kind], node)

    def place(self, value: Value) -> tuple[int, int]:
        layer = integer(integer(array(value, 2)[0]) - 1, self.hidden)
        return layer, integer(value[1], self.net.widths[layer])

    def bound(self, value: Value, node: Node) -> None:
        if value == "all":
            places = [(k, i) for k, width in enumerate(self.net.widths) for i in range(width)]
        else:
            lists = [array(one, 2) for one in array(value)]
            places = [self.place([layer, i]) for layer, neurons in lists for i in array(neurons)]
            demand(all(0 < integer(layer) <= self.hidden for layer, _ in lists), "layer")
        for k, i in places:
            low, high = node.bounds[k][i]
            decided = self.net.is_linear(k, i) and math.inf not in (-low, high)
            if decided or not low < 0 < high:
                continue
            row = self.net.layers[k][i]
            least = self.lower_bound(k, row, node)
            most = -self.lower_bound(k, [-entry for entry in row], node)
            low, high = max(low, least), min(high, most)
            node.bounds[k][i] = low, high
            node.empty = node.empty or low > high

    def clip(self, proof: Value, node: Node) -> None:
        form, constant, _ = self.inequalities(proof, self.set.alternatives[0], node)
        value = self.value(form, constant, node)
        if value > 0:
            node.empty = True
            return
        node.grid *= 2**20
        for i, entry in enumerate(form):
            low, high = node.lower[i], node.upper[i]
            if not entry:
                continue
            step = Fraction(math.ceil(-value / abs(entry) * node.grid), node.grid)
            if entry > 0 and low is not None:
                if high is None or low + step < high:
                    node.upper[i] = low + step
                    node.open_sides.discard((i, "upper"))
            elif entry < 0 and high is not None and (low is None or high - step > low):
                node.lower[i] = high - step
                node.open_sides.discard((i, "lower"))

    def cut(self, value: Value, node: Node) -> list[Node]:
        i, t = integer(array(value, 2)[0], self.n), number(value[1])
        node.grid = math.lcm(node.grid, t.denominator)
        left, right = node.child(), node.child()
        left.upper[i] = right.lower[i] = t
        left.open_sides.discard((i, "upper"))
        right.open_sides.discard((i, "lower"))
        return [left, right]

    def bend(self, value: Value, node: Node) -> list[Node]:
        k, i = self.place(value)
        demand(not self.net.is_linear(k, i), "a linear neuron")
        low, high = node.bounds[k][i]
        left, right = node.child(), node.child()
        left.bounds[k][i] = low, min(high, 0)
        right.bounds[k][i] = max(low, 0), high
        left.signs.append((k, i, 0))
        right.signs.append((k, i, 1))
        return [left, right]

    def closed(self, value: Value, node: Node) -> list[Node]:
        self.leaves["closed"] += 1
        if node.empty:
            array(value, 0)
            return []
        proofs = array(value, len(self.set.alternatives))
        for proof, rows in zip(proofs, self.set.alternatives, strict=True):
            form, constant, taken = self.inequalities(proof, rows, node)
            found = self.value(form, constant, node)
            demand(found > 0 or (found == 0 and any(row.strict for row in taken)), "not refuted")
        return []

    def affine(self, node: Node) -> list[Matrix]:
        """Return the affine rows of y_1, y_2, ..., as far as they are affine at a node."""
        found = [self.net.first()]
        for k, bounds in enumerate(node.bounds):
            bits = []
            for i, (low, high) in enumerate(bounds):
                if low < 0 < high and not self.net.is_linear(k, i):
                    return found
                bits.append(int(low >= 0))
            found.append(self.net.next(found[-1], k + 1, bits))
        return found

    def linear(self, value: Value, node: Node) -> list[Node]:
        self.leaves["linear"] += 1
        if node.empty:
            array(value, 0)
            return []
        rows, strict = self.sides(node)
        maps = self.affine(node)
        for k, i, bit in node.signs:
            if k < len(maps):
                rows.append([entry if bit else -entry for entry in maps[k][i]])
                strict.append(False)
        proofs = array(value, len(self.set.alternatives))
        for proof, alternative in zip(proofs, self.set.alternatives, strict=True):
            own, signs = list(rows), list(strict)
            for row in alternative if len(maps) == self.hidden + 1 else alternative[: self.set.rows]:
                total = [*row.x, row.offset]
                for c, y in zip(row.y, maps[-1] if any(row.y) else [], strict=False):
                    total = [t + c * entry for t, entry in zip(total, y, strict=True)]
                own.append(total)
                signs.append(row.strict)
            self.refuted(proof, [primitive(row) for row in own], signs)
        return []

    def sides(self, node: Node) -> tuple[Matrix, list[bool]]:
        rows, strict = [], []
        for i, (low, high) in enumerate(zip(node.lower, node.upper, strict=True)):
            unit = [Fraction(i == j) for j in range(self.n)]
            if low is not None:
                rows.append([*unit, -low])
                strict.append((i, "lower") in node.open_sides)
            if high is not None:
                rows.append([*[-entry for entry in unit], high])
                strict.append((i, "upper") in node.open_sides)
        return rows, strict

    def refuted(self, value: Value, rows: Matrix, strict: list[bool]) -> None:
        total, before, any_strict = [Fraction(0)] * (self.n + 1), -1, False
        for pair in array(value):
            r, m = integer(array(pair, 2)[0], len(rows)), number(pair[1])
            demand(r > before and m > 0, "multipliers")
            before, any_strict = r, any_strict or strict[r]
            total = [t + m * entry for t, entry in zip(total, rows[r], strict=True)]
        demand(not any(total[:-1]) and (total[-1] < 0 or (total[-1] == 0 and any_strict)), "no refutation")
