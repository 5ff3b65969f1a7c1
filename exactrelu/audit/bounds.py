"""Claims that outputs or pre-activations stay between bounds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.analysis.extremum import Extremum
from exactrelu.analysis.ranges import OutputRange, output_range
from exactrelu.audit.claim_node import ClaimNode
from exactrelu.audit.claim_numbers import extended_of
from exactrelu.audit.judgement import Judgement
from exactrelu.audit.summary_text import number_text, point_text
from exactrelu.documents.network import vector_texts
from exactrelu.documents.numbers import extended_text
from exactrelu.documents.ranges import place_document
from exactrelu.enumeration.effort import Search
from exactrelu.errors import ArgumentError
from exactrelu.formats.strict_json import Node
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import Extended, format_rational
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.verdict import Verdict

Side = tuple[Extended | None, ...]


@dataclass(frozen=True)
class BoundsClaim:
    """The claim that ``lower`` <= y <= ``upper`` on ``domain`` for neurons y of ``layer``.

    ``layer`` is counted from 1; L is the output, a smaller one the pre-activations of a hidden layer.
    ``neurons`` are counted from 0; ``lower`` and ``upper`` have an entry for each of them, None for no claim.
    """

    layer: int
    neurons: tuple[int, ...]
    lower: Side
    upper: Side
    domain: Domain

    def __post_init__(self) -> None:
        for name, side in (("lower", self.lower), ("upper", self.upper)):
            if len(side) != len(self.neurons):
                raise ArgumentError(f"{name}: expected {len(self.neurons)} bounds, got {len(side)}")

    @classmethod
    def read(cls, node: ClaimNode) -> BoundsClaim:
        """Return the claim of a claims file: numbers for one neuron, or a list for a whole layer."""
        node.require_keys((), ("layer", "neuron", "lower", "upper", "domain"))
        depth = node.network.depth
        layer = node.natural("layer", 1, depth) if "layer" in node else depth
        width = node.network.widths[layer]
        if "neuron" in node:
            neurons: tuple[int, ...] = (node.natural("neuron", 0, width - 1),)
        else:
            neurons = tuple(range(width))
        if "lower" not in node and "upper" not in node:
            raise node.node.fail("a key lower or upper", "none")
        single = "neuron" in node
        lower, upper = (_side(node, key, len(neurons), single=single) for key in ("lower", "upper"))
        return cls(layer, neurons, lower, upper, node.own_domain())

    def judge(self, network: Network, search: Search) -> Judgement:
        """Return whether the bounds are sound, and how loose, beside the exact optimum."""
        part = network.first_layers(self.layer)
        ranges = output_range(part, self.domain, search=search)
        if ranges is None:
            return Judgement(Verdict.HOLDS, {"empty": True, "neurons": []}, "the domain is empty")
        neurons, faults, slacks = [], [], []
        for neuron, lower, upper in zip(self.neurons, self.lower, self.upper, strict=True):
            truth: dict[str, Any] = {"neuron": neuron}
            for name, bound, extremum in _sides(ranges[neuron], lower, upper):
                side = self._judge_side(part, neuron, name, bound, extremum)
                truth[name] = side
                if not side["sound"]:
                    faults.append(_fault_text(neuron, name, side))
                elif side["slack"] not in (None, "0"):
                    slacks.append(f"{name} of {neuron} by {_short(side['slack'])}")
            neurons.append(truth)
        truth = {"layer": self.layer, "neurons": neurons}
        if faults:
            return Judgement(Verdict.REFUTED, truth, "; ".join(faults))
        return Judgement(Verdict.HOLDS, truth, "sound" + (f"; loose: {', '.join(slacks)}" if slacks else ""))

    def _judge_side(
        self, part: Network, neuron: int, name: str, bound: Extended, extremum: Extremum
    ) -> dict[str, Any]:
        place = place_document(extremum)
        exact = extremum.value
        sound = exact >= bound if name == "lower" else exact <= bound
        document: dict[str, Any] = {
            "claimed": extended_text(bound),
            "exact": extended_text(exact),
            "sound": sound,
            "slack": _slack_text(exact, bound) if sound else None,
            "exact_point": place.pop("point"),
            **place,
        }
        if not sound:
            sign = -1 if name == "lower" else 1
            point = violating_point(part, neuron, (sign, bound), extremum, self.domain)
            document |= {"point": vector_texts(point), "value": format_rational(part(point)[neuron])}
        return document


def _slack_text(exact: Extended, bound: Extended) -> str | None:
    if isinstance(exact, Fraction) and isinstance(bound, Fraction):
        return format_rational(abs(exact - bound))
    return None


def _fault_text(neuron: int, name: str, side: dict[str, Any]) -> str:
    point = point_text(map(Fraction, side["point"]))
    claimed, exact = (side[key] if "inf" in side[key] else _short(side[key]) for key in ("claimed", "exact"))
    return f"{name} {claimed} of {neuron} is not sound: {_short(side['value'])} at {point}, exact {exact}"


def _short(text: str) -> str:
    return number_text(Fraction(text))


def _sides(
    one: OutputRange, lower: Extended | None, upper: Extended | None
) -> list[tuple[str, Extended, Extremum]]:
    sides: list[tuple[str, Extended, Extremum]] = []
    if lower is not None:
        sides.append(("lower", lower, one.minimum))
    if upper is not None:
        sides.append(("upper", upper, one.maximum))
    return sides


def _side(node: ClaimNode, key: str, count: int, *, single: bool) -> Side:
    if key not in node:
        return (None,) * count
    if single:
        return (node.extended(key),)
    items = node.child(key).items()
    if len(items) != count:
        raise node.child(key).fail(f"{count} bounds, one for each neuron", str(len(items)))
    return tuple(_bound(item, node.numbers) for item in items)


def _bound(item: Node, numbers: str) -> Extended | None:
    return None if item.value is None else extended_of(item, numbers)


def violating_point(
    network: Network, output: int, above: tuple[int, Extended], extremum: Extremum, domain: Domain
) -> Point:
    """Return a point of the domain at which an output passes a bound that its supremum passes.

    ``above`` = (s, b) asks for s f > s b, so s = -1 looks below the bound. An optimum that is attained is
    such a point. Else a sequence of points of the domain leads to the optimum: out along the ray, or towards
    the optimum's point of the closure, from a relative interior point of the domain; each point is
    evaluated exactly, and since f is continuous one of them passes.
    """
    sign, bound = above
    if extremum.attained:
        return extremum.point
    inside = domain.interior_point
    start = extremum.point if extremum.ray is not None or inside is None else inside
    step = Fraction(1)
    while True:
        if extremum.ray is not None:
            point = tuple(x + step * v for x, v in zip(start, extremum.ray, strict=True))
            step *= 2
        else:
            pairs = zip(extremum.point, start, strict=True)
            point = tuple(v + step * (x - v) for v, x in pairs)
            step /= 2
        if sign * network(point)[output] > sign * bound:
            return point
