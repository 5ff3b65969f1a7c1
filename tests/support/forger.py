"""A hostile forger: it knows the format and has exact linear programs, and claims what is false.

`reproved` takes a certificate whose claim, leaves or domain were changed, and finds every multiplier anew by
an exact linear program. Where the program has no solution, because what is to be refuted has a point, it
takes what comes closest: a sum whose linear part vanishes and whose constant is as small as it can be.
So a certificate of a true claim stays valid, and one of a false claim is the best that there is.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from exactrelu.certificates.document import domain_value
from exactrelu.certificates.domain_rules import combination
from exactrelu.numbers.rationals import common_denominator, format_rational
from exactrelu.polyhedra.constraints import Relation, Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.farkas import find_infeasibility
from exactrelu.polyhedra.ppl_library import Linear_Expression, MIP_Problem
from tests.support.certificate_lines import Entries
from tests.support.second_checker import Matrix, Net, Vector, minus, number, primitive

RELATIONS = {">": Relation.GREATER, ">=": Relation.AT_LEAST, "=": Relation.EQUAL}
STRICT = {"half-open": (False, True), "closed": (False, False), "full": (True, True)}  # y <= 0 and y >= 0
Pairs = list[list[Any]]
Trick = Callable[[Pairs], Pairs]


# multipliers ------------------------------------------------------------------------------------------------


def multipliers(rows: Sequence[Vector], signs: Sequence[str], trick: Trick | None = None) -> Pairs:
    """Return pairs [row, multiplier] that refute the rows, or what comes closest, changed by a trick."""
    width = len(rows[0]) - 1 if rows else 0
    whole = [
        Row(tuple(int(entry) for entry in row), RELATIONS[sign])
        for row, sign in zip(rows, signs, strict=True)
    ]
    proof = find_infeasibility(width, whole) if whole else None
    found = list(proof.multipliers) if proof else closest(whole, width)
    pairs: Pairs = [[r, format_rational(m)] for r, m in enumerate(found) if m]
    return pairs if proof or trick is None else trick(pairs)


def closest(rows: Sequence[Row], width: int) -> list[Fraction]:
    """Return multipliers whose sum has the least constant among those with a vanishing linear part.

    They add up to 1 on inequalities. Where there are none, one inequality is taken as it is.
    """
    free = [r for r, row in enumerate(rows) if row.relation is not Relation.EQUAL]
    if not free:
        return [Fraction(1)] * len(rows)
    program = MIP_Problem(len(rows))
    for j in range(width):
        program.add_constraint(Linear_Expression([row.entries[j] for row in rows], 0) == 0)
    for r in free:
        program.add_constraint(Linear_Expression([int(k == r) for k in range(len(rows))], 0) >= 0)
    program.add_constraint(Linear_Expression([int(k in free) for k in range(len(rows))], -1) == 0)
    program.set_objective_function(Linear_Expression([-row.entries[-1] for row in rows], 0))
    if not program.is_satisfiable():
        return [Fraction(int(r == free[0])) for r in range(len(rows))]
    solution = program.optimizing_point()  # it is at least 0: the rows have a common point
    entries = [int(entry) for entry in solution.coefficients()]
    entries += [0] * (len(rows) - len(entries))
    values = [Fraction(entry, int(solution.divisor())) for entry in entries]
    scale = common_denominator(values)
    return [value * scale for value in values]


def of_equations(equations: dict[int, Vector], target: Vector) -> Pairs:
    """Return multipliers of equations that combine to a target, or to its linear part, or none."""
    whole = {r: tuple(int(entry) for entry in row) for r, row in equations.items()}
    for wanted in (target, [*target[:-1], Fraction(0)]):
        try:
            return [[r, format_rational(m)] for r, m in combination(whole, wanted)]
        except ArithmeticError:
            continue
    return []


# trees of cells ---------------------------------------------------------------------------------------------


class Tree:
    """The tree of a certificate, walked with the rows of each node."""

    def __init__(self, entries: Entries, trick: Trick | None = None) -> None:
        self.head, *self.lines = copy.deepcopy(entries)
        self.trick = trick
        self.nets = [Net(value, scales=False) for value in self.head["networks"]]
        self.reading, self.claim = self.head["reading"], self.head["claim"]
        depth = max(len(net.widths) for net in self.nets)
        self.depth = self.claim["depth"] if self.claim["kind"] == "configurations" else depth
        self.rows: Matrix = []
        self.signs: list[str] = []
        for item in (self.head["domain"] or {"inequalities": []})["inequalities"]:
            row = primitive([*map(number, item["normal"]), number(item["offset"])])
            self.rows.append([-entry for entry in row] if item["relation"][0] == "<" else row)
            self.signs.append(item["relation"].replace("<", ">"))
        self.given = list(self.signs)
        self.out: Entries = [self.head]
        self.leaves = {"impossible": 0, "thin": 0, "reached": 0}

    def reproved(self) -> Entries:
        """Return the entries with all multipliers found anew, and the counts of the last line."""
        lines = iter(self.lines)
        line = next(lines)
        while "equation" in line:
            r = line["equation"][0]
            by = multipliers([*self.rows, self.rows[r]], [*self.signs, ">"])
            self.out.append({"equation": [r, by]})
            self.signs[r] = self.given[r] = "="
            line = next(lines)
        if "interior" in line:
            self.out.append(line)
            self.signs = ["=" if sign == "=" else ">" for sign in self.signs]
            line = next(lines)
        bits: list[dict[int, int]] = [{} for _ in range(self.depth)]
        for k in range(self.depth):
            places = [(net, i) for net in self.deep(k) for i in range(net.widths[k])]
            bits[k] = {n: 1 for n, (net, i) in enumerate(places) if net.is_linear(k, i)}
        self.node(line, lines, bits, self.rows, self.signs)
        self.out.append({"end": {"lines": len(self.out) + 1, "leaves": self.leaves}})
        return self.out

    def deep(self, k: int) -> list[Net]:
        return [net for net in self.nets if k < len(net.widths)]

    def maps(self, bits: list[dict[int, int]], layer: int) -> list[Matrix]:
        """Return each network's affine map of a layer (its output, if it has fewer), bits missing being 0."""
        found = []
        for net in self.nets:
            own = []
            for k in range(min(layer, len(net.widths))):
                start = sum(other.widths[k] for other in self.deep(k)[: self.deep(k).index(net)])
                own.append([bits[k].get(start + i, 0) for i in range(net.widths[k])])
            found.append(net.maps(own)[min(layer, len(net.widths))])
        return found

    def preactivation(self, bits: list[dict[int, int]], layer: int, neuron: int) -> Vector:
        deep = zip(self.nets, self.maps(bits, layer - 1), strict=True)
        rows = [row for net, rows in deep if layer - 1 < len(net.widths) for row in rows]
        return rows[neuron]

    def node(
        self,
        line: dict[str, Any],
        lines: Iterator[dict[str, Any]],
        bits: list[dict[int, int]],
        rows: Matrix,
        signs: list[str],
    ) -> None:
        (kind,) = {"split", "zero", "impossible", "thin", "reached"} & set(line)
        if kind in ("split", "zero"):
            layer, neuron = line[kind]
            y = primitive(self.preactivation(bits, layer, neuron))
            equations = {r: row for r, row in enumerate(self.rows) if self.given[r] == "="}
            more = {"by": of_equations(equations, y)} if kind == "zero" else {}
            self.out.append({kind: line[kind], **more})
            for bit in (0, 1) if kind == "split" else (0,):
                inner = [dict(decided) for decided in bits]
                inner[layer - 1][neuron] = bit
                row = y if bit else [-entry for entry in y]
                path = ([*rows, row], [*signs, ">" if STRICT[self.reading][bit] else ">="])
                self.node(next(lines), lines, inner, *(path if kind == "split" else (rows, signs)))
            return
        self.leaves[kind] += 1
        if kind == "reached":
            self.out.append(self.reached(line, bits, rows))
        else:
            self.out.append({kind: multipliers(rows, signs, self.trick)})

    def reached(self, line: dict[str, Any], bits: list[dict[int, int]], rows: Matrix) -> dict[str, Any]:
        """Return a reached leaf with what its claim wants there."""
        first, *rest = self.maps(bits, self.depth)
        f = [minus(a, b) for a, b in zip(first, rest[0], strict=True)] if rest else first
        new = {"reached": line["reached"]}
        if self.claim["kind"] == "range":
            signs = self.given + [">="] * (len(rows) - len(self.given))
            new["bounds"] = [
                multipliers([*rows, row], [*signs, relation], self.trick) for row, relation in self.beyond(f)
            ]
        if self.claim["kind"] == "equal":
            equations = {r: row for r, row in enumerate(self.rows) if self.given[r] == "="}
            new["by"] = [of_equations(equations, row) for row in f]
        if "by" in line and self.claim["kind"] == "lipschitz":
            new["by"] = line["by"]
        return new

    def beyond(self, f: Matrix) -> Iterator[tuple[Vector, str]]:
        """Yield the row of what exceeds each finite bound, and its relation."""
        for i, one in enumerate(self.claim["outputs"]):
            for sign, side in ((-1, one["min"]), (1, one["max"])):
                if "attained" in side:
                    above = [*f[i][:-1], f[i][-1] - number(side["value"])]
                    yield primitive([sign * entry for entry in above]), ">" if side["attained"] else ">="


# tricks: what a careless checker might let pass -------------------------------------------------------------


def tricks(rng: random.Random) -> Trick:
    """Return one of some changes of multipliers, none of which the format allows, or nothing."""

    def negative(pairs: Pairs) -> Pairs:
        return [[r, f"-{m}" if n == 0 and m[0] != "-" else m] for n, (r, m) in enumerate(pairs)]

    def twice(pairs: Pairs) -> Pairs:
        return [*pairs, *pairs[-1:]]

    def later(pairs: Pairs) -> Pairs:
        return [[r + 1, m] for r, m in pairs]

    def zero(pairs: Pairs) -> Pairs:
        return [*pairs[:-1], *([[pairs[-1][0], "0"]] if pairs else [])]

    def none(_: Pairs) -> Pairs:
        return []

    def plain(pairs: Pairs) -> Pairs:
        return pairs

    chosen: Trick = rng.choice([plain] * 5 + [negative, twice, later, zero, none])
    return chosen


# false claims about cells -----------------------------------------------------------------------------------


def without_a_configuration(entries: Entries, rng: random.Random) -> Entries:
    """Claim that one of the configurations does not count."""
    forged = copy.deepcopy(entries)
    place = rng.choice([n for n, line in enumerate(forged) if "reached" in line])
    interior = any("interior" in line for line in forged)
    kind = "thin" if interior != (rng.randrange(6) == 0) else "impossible"
    forged[place] = {kind: []}
    return Tree(forged, tricks(rng)).reproved()


def without_a_split(entries: Entries, rng: random.Random) -> Entries:
    """Leave a neuron undecided: put one leaf, or one child, in the place of a subtree."""
    forged = copy.deepcopy(entries)
    place = rng.choice([n for n, line in enumerate(forged) if "split" in line])
    middle = _end_of_subtree(forged, place + 1)
    stop = _end_of_subtree(forged, middle)
    children = [forged[place + 1 : middle], forged[middle:stop]]
    forged[place:stop] = rng.choice(children)
    leaves = {kind: sum(kind in line for line in forged) for kind in ("impossible", "thin", "reached")}
    forged[-1] = {"end": {"lines": len(forged), "leaves": leaves}}
    return forged


def _end_of_subtree(entries: Entries, start: int) -> int:
    wanted, n = 1, start
    while wanted:
        wanted += 1 if "split" in entries[n] else 0 if "zero" in entries[n] else -1
        n += 1
    return n


def in_another_reading(entries: Entries, reading: str, domain: Domain, rng: random.Random) -> Entries:
    """Claim that the configurations are those of another reading, with the preamble and leaves of that."""
    first, *rest = copy.deepcopy(entries)
    kinds = ("thin", "impossible") if reading != "full" else ("impossible", "thin")
    lines = [{kinds[1]: line[kinds[0]]} if kinds[0] in line else line for line in _tree(rest)]
    return Tree([first | {"reading": reading}, *_preamble(reading, domain), *lines], tricks(rng)).reproved()


def on_a_larger_domain(entries: Entries, domain: Domain, rng: random.Random) -> Entries:
    """Claim the same of a larger domain."""
    first, *rest = copy.deepcopy(entries)
    first["domain"] = domain_value(domain)
    preamble = _preamble(first["reading"], domain)
    return Tree([first, *preamble, *_tree(rest)], tricks(rng)).reproved()


def _tree(lines: Entries) -> Entries:
    return [line for line in lines if "equation" not in line and "interior" not in line]


def _preamble(reading: str, domain: Domain) -> Entries:
    """Return the equations and the inner point of a domain that has points, without the proofs."""
    inside = domain.interior_point
    if reading != "full" or inside is None:
        return []
    hidden = [
        {"equation": [r, []]}
        for r, row in enumerate(domain.rows)
        if row.relation is Relation.AT_LEAST and not row.value(inside)
    ]
    return [*hidden, {"interior": _texts(list(inside))}]


def with_a_tighter_range(entries: Entries, rng: random.Random) -> Entries | None:
    """Claim less than a supremum (or more than an infimum), with a point that takes the value.

    The point lies between one of the domain where the output is inner and the one of the extremum, in one
    closed cell with both; an infinite side becomes the value at a leaf's point.
    """
    forged = copy.deepcopy(entries)
    outputs = forged[0]["claim"]["outputs"]
    i, name = rng.randrange(len(outputs)), rng.choice(["min", "max"])
    side, sign = outputs[i][name], 1 if name == "max" else -1
    nets = [Net(value, scales=False) for value in forged[0]["networks"]]

    def value(point: Vector) -> Fraction:
        first, *rest = (net.at(point)[i] for net in nets)
        return first - sum(rest, Fraction(0))

    points = [[number(x) for x in line["reached"]] for line in forged if "reached" in line]
    if "ray" in side:
        point = rng.choice(points)
    else:
        best, end = number(side["value"]), [number(x) for x in side["point"]]
        inside = [point for point in points if sign * value(point) < sign * best]
        if not inside:
            return None
        share, start = Fraction(1, 2 ** rng.choice([1, 3, 60, 200])), rng.choice(inside)
        point = [x + (1 - share) * (y - x) for x, y in zip(start, end, strict=True)]
        if sign * value(point) >= sign * best:
            return None
    outputs[i][name] = {"value": format_rational(value(point)), "attained": True, "point": _texts(point)}
    return Tree(forged, tricks(rng)).reproved()


def with_the_other_end(entries: Entries, rng: random.Random) -> Entries | None:
    """Claim that a supremum is attained which is not, or the other way round."""
    forged = copy.deepcopy(entries)
    sides = [one[name] for one in forged[0]["claim"]["outputs"] for name in ("min", "max")]
    sides = [side for side in sides if "attained" in side]
    if not sides:
        return None
    side = rng.choice(sides)
    side["attained"] = not side["attained"]
    return Tree(forged, tricks(rng)).reproved()


def as_equal(entries: Entries) -> Entries:
    """Claim that two networks are equal, given a certificate of the range of their difference."""
    forged = copy.deepcopy(entries)
    forged[0]["claim"] = {"kind": "equal"}
    return Tree(forged).reproved()


def with_a_smaller_constant(entries: Entries, rng: random.Random) -> Entries:
    """Claim a smaller Lipschitz constant, and that what exceeds it is thin, or not there."""
    forged = copy.deepcopy(entries)
    claim = forged[0]["claim"]
    factor = rng.choice([Fraction(0), Fraction(1, 2), 1 - Fraction(1, 2**90)])
    claim["constant"] = format_rational(factor * number(claim["constant"]))
    if rng.randrange(2):
        place = rng.choice([n for n, line in enumerate(forged) if "reached" in line])
        forged[place] = {"thin": []}
        return Tree(forged, tricks(rng)).reproved()
    return forged


def with_a_smaller_square(entries: Entries, rng: random.Random) -> Entries | None:
    """Claim a smaller constant in the norm 2, by the polynomial and an interval of its square."""
    forged = copy.deepcopy(entries)
    claim = forged[0]["claim"]
    low, high = map(number, claim["interval"])
    if low <= 0:
        return None
    square = low * rng.choice([Fraction(1), Fraction(1, 2), 1 - Fraction(1, 2**90)])  # that of K is above low
    claim["polynomial"] = [str(-square.numerator), str(square.denominator)]
    ends = [
        square * rng.choice([Fraction(0), Fraction(1, 2), 1 - Fraction(1, 2**99)]),
        rng.choice([square, high]),
    ]
    claim["interval"] = _texts(ends)
    if rng.randrange(2):
        place = rng.choice([n for n, line in enumerate(forged) if "reached" in line])
        forged[place] = {"thin": []}
        return Tree(forged, tricks(rng)).reproved()
    return forged


def _texts(point: Vector) -> list[str]:
    return [format_rational(x) for x in point]
