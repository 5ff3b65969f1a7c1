"""The hostile forger's trees of properties: every neuron bent, every leaf an exact linear program.

`property_entries` and `optimum_entries` write a certificate of any claim. Where it is true it is valid; where
it is false the leaves that hold an unsafe point get the multipliers that come closest (see the `forger`).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import format_rational
from tests.support.certificate_lines import Entries
from tests.support.forger import Trick, multipliers
from tests.support.second_checker import Matrix, Net, Vector, dot, number, primitive

Value = dict[str, Any]


def inequality(terms: dict[int, Fraction], offset: Fraction, *, strict: bool) -> Value:
    """Return the inequality sum c_j y_j + offset >= 0, or > 0."""
    y = [[j, format_rational(c)] for j, c in sorted(terms.items())]
    return {"x": [], "y": y, "offset": format_rational(offset), "strict": strict}


def property_entries(
    network: Network, box: list[list[Any]], disjuncts: list[list[Value]], trick: Trick | None = None
) -> Entries:
    """Return the certificate that no point of a box satisfies all inequalities of a disjunct."""
    one = {"box": box, "rows": [], "disjuncts": disjuncts}
    claim = {"kind": "property", "property": None, "sets": [one], "precision": 64}
    return _entries(network, claim, box, [disjuncts], trick)


def optimum_entries(
    network: Network,
    box: list[list[Any]],
    output: int,
    point: Sequence[Fraction],
    trick: Trick | None = None,
) -> Entries:
    """Return the certificate that an output is largest at a point of a closed box."""
    maximum = network(point)[output]
    objective = {
        "x": [],
        "y": [[output, "1"]],
        "offset": "0",
        "maximum": format_rational(maximum),
        "attained": True,
        "point": [format_rational(x) for x in point],
    }
    claim = {"kind": "optimum", "box": box, "rows": [], "objectives": [objective], "precision": 64}
    beyond = inequality({output: Fraction(1)}, -maximum, strict=True)
    return _entries(network, claim, box, [[[beyond]]], trick)


def difference_entries(
    one: Network, two: Network, box: list[list[Any]], within: Fraction, trick: Trick | None = None
) -> Entries:
    """Return the certificate that outputs differ by at most a number on a box; networks are equally deep."""
    claim: Value = {"kind": "difference", "box": box, "rows": [], "steps": []}
    claim |= {"within": format_rational(within), "precision": 64}
    disjuncts = [
        [inequality({j: Fraction(sign)}, -within, strict=True)]
        for j in range(one.outputs)
        for sign in (-1, 1)
    ]
    difference = _side_by_side(one, two)
    return _entries(difference, claim, box, [disjuncts], trick, before=(one, two))


def _side_by_side(one: Network, two: Network) -> Network:
    layers = []
    for k, (a, b) in enumerate(zip(one.layers, two.layers, strict=True)):
        last = k == one.depth - 1
        gap = [[Fraction(0)] * (len(m.weight[0]) if k else 0) for m in (a, b)]
        upper = [[*row, *gap[1]] for row in a.weight]
        lower = [[*gap[0], *row] for row in b.weight]
        bias = [*a.bias, *b.bias]
        if last:
            upper = [[*p, *(-w for w in q)] for p, q in zip(a.weight, b.weight, strict=True)]
            lower, bias = [], [p - q for p, q in zip(a.bias, b.bias, strict=True)]
        layers.append(([*upper, *lower], bias))
    units = [
        Activation.of([*p.slopes, *q.slopes]) for p, q in zip(one.activations, two.activations, strict=True)
    ]
    return Network.from_rationals(layers, activations=units)


def _entries(
    network: Network,
    claim: Value,
    box: list[list[Any]],
    sets: list[list[list[Value]]],
    trick: Trick | None,
    before: Sequence[Network] = (),
) -> Entries:
    value = _value(network)
    values = [*map(_value, before), value]
    slopes = any("slopes" in layer for one in values for layer in one["layers"])
    head = {
        "format": "exactrelu-certificate",
        "version": 1 + slopes,
        "claim": claim,
        "networks": values,
        "domain": None,
        "reading": None,
    }
    net = Net(value, scales=False)
    lines = [line for disjuncts in sets for line in _tree(net, box, disjuncts, [], trick)]
    leaves = {kind: sum(kind in line for line in lines) for kind in ("closed", "linear")}
    return [head, *lines, {"end": {"lines": len(lines) + 2, "leaves": leaves}}]


def _value(network: Network) -> Value:
    return {"layers": [_layer(network, k) for k in range(network.depth)]}


def _layer(network: Network, k: int) -> Value:
    layer = network.layers[k]
    value: Value = {
        "weight": [[format_rational(w) for w in row] for row in layer.weight],
        "bias": [format_rational(b) for b in layer.bias],
    }
    if k < network.depth - 1 and not network.is_relu:
        value["slopes"] = [[format_rational(s) for s in pair] for pair in network.activations[k].slopes]
    return value


def _tree(
    net: Net, box: list[list[Any]], disjuncts: list[list[Value]], bits: list[int], trick: Trick | None
) -> Iterator[Value]:
    places = [(k, i) for k, width in enumerate(net.widths) for i in range(width) if not net.is_linear(k, i)]
    if len(bits) < len(places):
        k, i = places[len(bits)]
        yield {"bend": [k + 1, i]}
        for bit in (0, 1):
            yield from _tree(net, box, disjuncts, [*bits, bit], trick)
        return
    chosen = dict(zip(places, bits, strict=True))
    maps = net.maps([[chosen.get((k, i), 1) for i in range(width)] for k, width in enumerate(net.widths)])
    rows, signs = _sides(net.inputs, box)
    for (k, i), bit in chosen.items():
        y = primitive(maps[k][i])
        rows.append(y if bit else [-entry for entry in y])
        signs.append(">=")
    found = []
    for disjunct in disjuncts:
        own = [(_row(net.inputs, one, maps[-1]), ">" if one["strict"] else ">=") for one in disjunct]
        more, relations = [row for row, _ in own], [relation for _, relation in own]
        found.append(multipliers([*rows, *more], [*signs, *relations], trick))
    yield {"linear": found}


def _sides(inputs: int, box: list[list[Any]]) -> tuple[Matrix, list[str]]:
    rows, signs = [], []
    for i, (low, high, open_low, open_high) in enumerate(box):
        for sign, end, is_open in ((1, low, open_low), (-1, high, open_high)):
            if end is not None:
                row = [Fraction(sign * (i == j)) for j in range(inputs)]
                rows.append(primitive([*row, -sign * number(end)]))
                signs.append(">" if is_open else ">=")
    return rows, signs


def _row(inputs: int, one: Value, outputs: Matrix) -> Vector:
    weights = [Fraction(0)] * len(outputs)
    for j, c in one["y"]:
        weights[j] = number(c)
    total = [dot(weights, [row[n] for row in outputs]) for n in range(inputs + 1)]
    total[-1] += number(one["offset"])
    return primitive(total)


def with_closed_leaves(entries: Entries, rng: random.Random) -> Entries:
    """Put leaves that bounds should close in the place of linear ones, slopes flipped at random."""
    forged = []
    for line in entries:
        if "linear" in line and rng.randrange(3):
            flips = f"{rng.randrange(64):x}"
            proofs = [[[[0, rng.choice(["1", "1/1000", "999"])]], flips] for _ in line["linear"]]
            forged.append({"bounds": "all", "closed": proofs})
        else:
            forged.append(line)
    leaves = {kind: sum(kind in line for line in forged) for kind in ("closed", "linear")}
    return [*forged[:-1], {"end": {"lines": len(forged), "leaves": leaves}}]
