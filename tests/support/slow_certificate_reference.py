"""A judge of certificates that believes no proof: it decides the claim itself, over all sign patterns.

Nothing of exactrelu but its data (weights, constraints) is used: PPL's polyhedra maximise on every closed
cell, norms are maxima over the vertices of unit balls, and algebraic numbers are sympy's.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import sympy
from sympy.abc import t

from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from tests.support import brute_norms
from tests.support.brute_force import (
    ZERO,
    Bits,
    Constraint,
    all_bits,
    bent_rows,
    bit_widths,
    cell_constraints,
    configurations,
    domain_constraints,
    evaluate,
    is_feasible,
    nnc_polyhedron,
    ppl,
    rows_on_cell,
    text,
)

Value = dict[str, Any]


def is_true(entries: list[Value]) -> bool:
    """Return whether the claim of a certificate that was accepted is true."""
    head = entries[0]
    networks = [_network(value["layers"]) for value in head["networks"]]
    rows = (head["domain"] or {"inequalities": []})["inequalities"]
    inputs = networks[0].inputs if networks else len(rows[0]["normal"])
    domain = Domain.from_inequalities(inputs, [(r["normal"], r["offset"], r["relation"]) for r in rows])
    if head["claim"]["kind"] == "configurations":
        return _configurations(entries, networks[0], domain)
    return JUDGES[head["claim"]["kind"]](head["claim"], networks, domain)


def _network(layers: list[Value]) -> Network:
    pairs = [(layer["weight"], layer["bias"]) for layer in layers]
    slopes = [Activation.of(layer["slopes"]) for layer in layers if "slopes" in layer]
    return Network.from_rationals(pairs, activations=slopes)


def fractions(texts: list[Any]) -> list[Fraction]:
    """Return a vector of the file."""
    return [Fraction(entry) for entry in texts]


def matrix(rows: list[list[Any]]) -> list[list[Fraction]]:
    """Return a matrix of the file."""
    return [fractions(row) for row in rows]


# configurations ------------------------------------------------------------


def reached_configurations(entries: list[Value], neurons: list[Sequence[int]]) -> list[str]:
    """Return the configurations that the leaves of a tree name, given the neurons with a bit, by layer."""
    nodes = iter(entry for entry in entries[1:-1] if not {"equation", "interior"} & set(entry))
    bits: dict[tuple[int, int], int] = {}
    found = []

    def walk() -> None:
        node = next(nodes)
        name = node.get("split") or node.get("zero")
        if name is None:
            if "reached" in node:
                layers = ("".join(str(bits[k, i]) for i in own) for k, own in enumerate(neurons, start=1))
                found.append("|".join(layers))
            return
        for bit in (0, 1) if "split" in node else (0,):
            bits[tuple(name)] = bit
            walk()

    walk()
    assert next(nodes, None) is None
    return found


def _configurations(entries: list[Value], network: Network, domain: Domain) -> bool:
    depth = entries[0]["claim"]["depth"]
    layers = [(layer.weight, layer.bias) for layer in network.layers[: depth + 1]]
    first = Network.from_rationals(layers, activations=network.activations[:depth])
    counted = [name for name, _ in configurations(first, domain, entries[0]["reading"])]
    neurons = [bent_rows(first, k, range(width)) for k, width in enumerate(first.hidden_widths, start=1)]
    found = reached_configurations(entries, neurons)
    return sorted(found) == sorted(counted) and entries[-1]["end"]["leaves"]["reached"] == len(counted)


# values on all cells ------------------------------------------------------------


def closed_cells(
    networks: list[Network], domain: Domain
) -> Iterator[tuple[list[Constraint], tuple[Bits, ...]]]:
    """Yield the non-empty closed cells within D, with the bits of each network."""
    for names in itertools.product(*(list(all_bits(bit_widths(net))) for net in networks)):
        rows = [
            row
            for net, bits in zip(networks, names, strict=True)
            for row in cell_constraints(net, domain, bits, "closed")
        ]
        if is_feasible(domain.dimension, rows):
            yield rows, names


def difference(networks: list[Network], names: tuple[Bits, ...], i: int) -> list[Fraction]:
    """Return the row of output i on a cell: of the network, or the first minus the second."""
    total = [ZERO] * (networks[0].inputs + 1)
    for sign, net, bits in zip((1, -1), networks, names, strict=False):
        normal, offset = rows_on_cell(net, bits)[-1][i]
        total = [a + sign * b for a, b in zip(total, (*normal, offset), strict=True)]
    return total


def supremum(
    networks: list[Network], domain: Domain, i: int, sign: int
) -> tuple[Fraction | None, bool] | None:
    """Return the supremum of sign * output i (None: infinite), and if it is attained; None if D is empty."""
    best: tuple[Fraction, bool] | None = None
    for rows, names in closed_cells(networks, domain):
        row = [sign * entry for entry in difference(networks, names, i)]
        scale = math.lcm(*(entry.denominator for entry in row))
        expression = ppl.Linear_Expression([int(a * scale) for a in row[:-1]], int(row[-1] * scale))
        found = nnc_polyhedron(domain.dimension, rows).maximize(expression)
        if not found["bounded"]:
            return None, False
        value = Fraction(int(found["sup_n"]), int(found["sup_d"]) * scale), bool(found["maximum"])
        best = value if best is None else max(best, value)
    return best


def agree(one: Network, two: Network, domain: Domain) -> bool:
    """Return whether two networks are equal on D."""
    zero = {(ZERO, True), None}
    return (one.inputs, one.outputs) == (two.inputs, two.outputs) and all(
        supremum([one, two], domain, i, sign) in zero for i in range(one.outputs) for sign in (1, -1)
    )


def at(networks: list[Network], x: list[Fraction], i: int) -> Fraction:
    """Return output i at a point: of the network, or the first minus the second."""
    first, *rest = [evaluate(net, x)[1][i] for net in networks]
    return first - sum(rest, ZERO)


def _range(claim: Value, networks: list[Network], domain: Domain) -> bool:
    for i, item in enumerate(claim["outputs"]):
        for sign, name in ((-1, "min"), (1, "max")):
            found, claimed = supremum(networks, domain, i, sign), item[name]
            if found is None:
                return False
            point = fractions(claimed["point"])
            if "ray" in claimed:
                far = [p + 10**9 * r for p, r in zip(point, fractions(claimed["ray"]), strict=True)]
                inside = all(c.holds(x) for c in domain_constraints(domain) for x in (point, far))
                if (
                    found[0] is not None
                    or not inside
                    or sign * (at(networks, far, i) - at(networks, point, i)) <= 0
                ):
                    return False
            elif found != (sign * Fraction(claimed["value"]), claimed["attained"]) or at(
                networks, point, i
            ) != Fraction(claimed["value"]):
                return False
    return True


# norms ------------------------------------------------------------


def directions(domain: Domain) -> list[list[Fraction]]:
    """Return a basis of lin D."""
    polyhedron = nnc_polyhedron(domain.dimension, domain_constraints(domain))
    equations = [c for c in polyhedron.minimized_constraints() if c.is_equality()]
    normals = [
        [Fraction(int(c.coefficient(ppl.Variable(j)))) for j in range(domain.dimension)] for c in equations
    ]
    return brute_norms.null_space(normals, domain.dimension)


def _linear_parts(network: Network, domain: Domain) -> Iterator[tuple[str, list[list[Fraction]]]]:
    full = {name for name, _ in configurations(network, domain, "full")}
    for bits in all_bits(bit_widths(network)):
        if text(bits) in full:
            yield text(bits), [list(normal) for normal, _ in rows_on_cell(network, bits)[-1]]


def _lipschitz(claim: Value, networks: list[Network], domain: Domain) -> bool:
    parts = dict(_linear_parts(networks[0], domain))
    basis = directions(domain) if parts else []
    if claim["norm"] == "2":
        return _spectral(claim, [brute_norms.characteristic_polynomial(a, basis) for a in parts.values()])
    constant, norm = Fraction(claim["constant"]), claim["norm"]
    largest = max((brute_norms.norm_by_vertices(a, basis, norm) for a in parts.values()), default=ZERO)
    if constant != largest or not constant:
        return constant == largest
    v = fractions(claim["direction"])
    stretched = brute_norms.image(parts[claim["configuration"]], v)
    return brute_norms.size(stretched, norm) == constant * brute_norms.size(v, norm)


def _spectral(claim: Value, characteristic: list[sympy.Poly]) -> bool:
    """Decide whether the polynomial's only root in (lo, hi] is the largest root of all (0: none)."""
    coefficients = [sympy.Rational(str(c)) for c in reversed(claim["polynomial"])]
    low, high = (sympy.Rational(entry) for entry in claim["interval"])
    inside = [r for r in set(sympy.Poly(coefficients, t).real_roots()) if low < r <= high]
    largest = max(
        (root for p in characteristic if p.degree() > 0 for root in p.real_roots()), default=sympy.Integer(0)
    )
    return len(inside) == 1 and sympy.simplify(inside[0] - largest) == 0


# shallow networks, single facts -----------------------------------------------------------------------------


def _whole(network: Network) -> Domain:
    return Domain.whole_space(network.inputs)


def _canonical(claim: Value, networks: list[Network], _: Domain) -> bool:
    """Build the function that the form means, |h| = relu(h) + relu(-h), and compare; it must be reduced."""
    kinks = [(fractions(kink["row"]), fractions(kink["jump"])) for kink in claim["kinks"]]
    rest = matrix(claim["rest"])
    n = networks[0].inputs
    hidden = [([s * a for a in h[:-1]], s * h[-1]) for h, _ in kinks for s in (1, -1)]
    hidden += [([Fraction(s * (i == j)) for j in range(n)], ZERO) for i in range(n) for s in (1, -1)]
    outer = [
        [jump[o] / 2 for _, jump in kinks for _ in range(2)] + [s * a for a in row[:-1] for s in (1, -1)]
        for o, row in enumerate(rest)
    ]
    meant = Network.from_rationals(
        [([w for w, _ in hidden], [b for _, b in hidden]), (outer, [row[-1] for row in rest])]
    )
    reduced = all(
        any(jump)
        and math.gcd(*map(int, h)) == 1
        and next(a for a in h if a) > 0
        and any(h[:-1])
        and h == [*map(int, h)]
        for h, jump in kinks
    )
    return (
        len({tuple(h) for h, _ in kinks}) == len(kinks)
        and reduced
        and agree(networks[0], meant, _whole(meant))
    )


def _on_slice(network: Network) -> Network:
    first, *others = network.layers
    offsets = [b + w[-2] - w[-1] for w, b in zip(first.weight, first.bias, strict=True)]
    layers = [([w[:-2] for w in first.weight], offsets), *((layer.weight, layer.bias) for layer in others)]
    return Network.from_rationals(layers)


def _reparametrization(claim: Value, networks: list[Network], _: Domain) -> bool:
    return all(
        agree(one, _on_slice(two) if step.split(":")[0] == "embed" else two, _whole(one))
        for step, one, two in zip(claim["steps"], networks, networks[1:], strict=False)
    )


def _gradient(network: Network, x: list[Fraction]) -> list[list[Fraction]] | None:
    """Return the gradient at a point off all hyperplanes, None on one."""
    (ys,), _ = evaluate(network, x)
    first = network.layers[0]
    if any(y == 0 and (any(w) or b) for y, w, b in zip(ys, first.weight, first.bias, strict=True)):
        return None
    bits = (tuple(int(y > 0) for y in ys),)
    return [list(normal) for normal, _ in rows_on_cell(network, bits)[-1]]


def _parameters(network: Network) -> list[Fraction]:
    return [entry for layer in network.layers for row in (*layer.weight, layer.bias) for entry in row]


def _theorem_3_1(claim: Value, networks: list[Network], _: Domain) -> bool:
    gamma, theta, phi = networks
    delta, beta, distance = (Fraction(claim[key]) for key in ("delta", "beta", "distance"))
    gradients = [_gradient(net, fractions(claim["point"])) for net in (gamma, theta)]
    if None in gradients or gamma.widths != phi.widths or not agree(theta, phi, _whole(theta)):
        return False
    pairs = [zip(*rows, strict=True) for rows in zip(*gradients, strict=True)]
    moved = max(abs(a - b) for a, b in zip(_parameters(gamma), _parameters(phi), strict=True))
    bound = sympy.Rational(str(beta)) + 2 * sympy.sqrt(sympy.Rational(str(delta)))
    near = bool(sympy.Rational(str(distance)) <= bound) and beta >= 0
    return near and distance == moved and delta == max(abs(a - b) for pair in pairs for a, b in pair)


def _decomposition(claim: Value, networks: list[Network], _: Domain) -> bool:
    net = networks[0]
    bits = tuple(tuple(map(int, part)) for part in claim["configuration"].split("|"))
    rows = rows_on_cell(net, bits)[-1]
    weight = [list(normal) for normal, _ in rows]
    atoms = [(a["last_hidden"], a["first_hidden"], Fraction(a["coefficient"])) for a in claim["atoms"]]
    total = [
        [
            sum((c * net.layers[-1].weight[o][i] * net.layers[0].weight[j][x] for i, j, c in atoms), ZERO)
            for x in range(net.inputs)
        ]
        for o in range(net.outputs)
    ]
    bias = [offset for _, offset in rows]
    return weight == total == matrix(claim["weight"]) and bias == fractions(claim["bias"])


def _unequal(claim: Value, networks: list[Network], domain: Domain) -> bool:
    point = fractions(claim["point"])
    outputs = [evaluate(net, point)[1] for net in networks]
    inside = all(constraint.holds(point) for constraint in domain_constraints(domain))
    return inside and outputs == matrix(claim["outputs"]) and outputs[0] != outputs[1]


def _empty(_claim: Value, _networks: list[Network], domain: Domain) -> bool:
    return not is_feasible(domain.dimension, domain_constraints(domain))


def _equal(_claim: Value, networks: list[Network], domain: Domain) -> bool:
    return agree(*networks, domain)


JUDGES: dict[str, Callable[[Value, list[Network], Domain], bool]] = {
    "empty": _empty,
    "range": _range,
    "lipschitz": _lipschitz,
    "equal": _equal,
    "unequal": _unequal,
    "canonical": _canonical,
    "reparametrization": _reparametrization,
    "theorem-3.1": _theorem_3_1,
    "decomposition": _decomposition,
}
