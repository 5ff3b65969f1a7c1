"""Claims of a float program: these are the network's outputs at these points.

An output is compared with the number of its format that is nearest to the exact value; an ulp is a step from
one number of the format to the next, so 0 ulps means correctly rounded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from exactrelu.audit.claim_node import ClaimNode
from exactrelu.audit.claim_numbers import FLOATS, output_of
from exactrelu.audit.judgement import Judgement
from exactrelu.audit.summary_text import point_text
from exactrelu.documents.numbers import extended_text
from exactrelu.enumeration.effort import Search
from exactrelu.errors import NumberSyntaxError
from exactrelu.formats.binary_rounding import BinaryFormat
from exactrelu.formats.strict_json import Node
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import Extended, brief, format_rational
from exactrelu.verification.verdict import Verdict


@dataclass(frozen=True)
class FloatOutputsClaim:
    """The claim that a program in a binary format computes ``outputs`` at ``points``.

    An output is a number of the format, an infinity, or None for a NaN; where ``ulps`` may be off, any
    rational, which counts as the number of the format that is nearest. With ``tolerance`` each is at most so
    far from the exact value, with ``ulps`` at most so many from the correctly rounded one; with neither each
    is the correctly rounded one.
    """

    form: BinaryFormat
    points: tuple[Point, ...]
    outputs: tuple[tuple[Extended | None, ...], ...]
    tolerance: Fraction | None = None
    ulps: int | None = None

    @classmethod
    def read(cls, node: ClaimNode) -> FloatOutputsClaim:
        """Return the claim of a claims file; JSON numbers in it are of its format."""
        node.require_keys(("format", "points", "outputs"), ("tolerance", "ulps"))
        name = node.choice("format", tuple(FLOATS))
        tolerance = node.tolerance()
        ulps = node.natural("ulps") if "ulps" in node else None
        inner = ClaimNode(node.node, node.network, node.domain, name, node.folder)
        points = inner.points("points")
        rows = node.child("outputs").items()
        if len(rows) != len(points):
            raise node.child("outputs").fail(f"{len(points)} outputs, one for each point", str(len(rows)))
        form = None if ulps else FLOATS[name]
        outputs = tuple(_outputs(row, node.network.outputs, name, form) for row in rows)
        return cls(FLOATS[name], points, outputs, tolerance, ulps)

    def judge(self, network: Network, search: Search) -> Judgement:  # noqa: ARG002 - nothing is searched
        """Return how far off each output is, in ulps and exactly."""
        entries, wrong, most = [], [], 0
        for index, (x, outputs) in enumerate(zip(self.points, self.outputs, strict=True)):
            for neuron, (claimed, exact) in enumerate(zip(outputs, network(x), strict=True)):
                entry = self._compare(claimed, exact)
                entries.append({"point": index, "output": neuron, **entry})
                if entry["agrees"]:
                    most = max(most, entry["ulps"] or 0)
                else:
                    wrong.append(entries[-1])
        truth: dict[str, Any] = {"format": self.form.name, "outputs": entries}
        if not wrong:
            return Judgement(Verdict.HOLDS, truth, f"at most {most} ulps off the correctly rounded value")
        first = max(wrong, key=lambda entry: math.inf if entry["ulps"] is None else entry["ulps"])
        point = point_text(self.points[first["point"]])
        off = "not a number" if first["ulps"] is None else f"{first['ulps']} ulps off"
        return Judgement(
            Verdict.REFUTED,
            truth,
            f"{len(wrong)} of {len(entries)} off; {off} at {point}, exact {exact}",
        )

    def _compare(self, claimed: Extended | None, exact: Fraction) -> dict[str, Any]:
        rounded = _rounded(exact, self.form)
        document: dict[str, Any] = {
            "claimed": "nan" if claimed is None else extended_text(claimed),
            "exact": format_rational(exact),
            "rounded": extended_text(rounded),
        }
        if claimed is None:
            return document | {"ulps": None, "error": None, "agrees": False}
        stated = _rounded(claimed, self.form) if isinstance(claimed, Fraction) else claimed
        ulps = abs(ordinal(stated, self.form) - ordinal(rounded, self.form))
        error = abs(claimed - exact) if isinstance(claimed, Fraction) else math.inf
        agrees = self.tolerance is None or error <= self.tolerance
        if self.ulps is not None or self.tolerance is None:
            agrees = agrees and ulps <= (self.ulps or 0)
        return document | {"ulps": ulps, "error": extended_text(error), "agrees": agrees}


def _outputs(row: Node, count: int, name: str, form: BinaryFormat | None) -> tuple[Extended | None, ...]:
    """Return the outputs in a row, where JSON numbers are of the format ``name``; all must be of ``form``."""
    items = row.items()
    if len(items) != count:
        raise row.fail(f"{count} numbers, the network's outputs", str(len(items)))
    return tuple(_output(item, name, form) for item in items)


def _output(item: Node, name: str, form: BinaryFormat | None) -> Extended | None:
    value = output_of(item, name)
    if form is not None and isinstance(value, Fraction) and _rounded(value, form) != value:
        raise item.fail(f"a number of {form.name}", brief(value))
    return value


def _rounded(value: Fraction, form: BinaryFormat) -> Extended:
    try:
        return form.rounded(value)
    except NumberSyntaxError:
        return math.inf if value > 0 else -math.inf


def ordinal(value: Extended, form: BinaryFormat) -> int:
    """Return the number of steps from 0 to a number of a binary format, negative below 0.

    Infinity is one step beyond the largest number, as in the format.

    Examples
    --------
    >>> from exactrelu.formats.binary_rounding import FLOAT32
    >>> [hex(ordinal(x, FLOAT32)) for x in (Fraction(1, 2**149), Fraction(-1), math.inf)]
    ['0x1', '-0x3f800000', '0x7f800000']
    """
    smallest = 1 - form.largest_exponent
    if not isinstance(value, Fraction):
        size = (form.largest_exponent - smallest + 2) << (form.precision - 1)
        return size if value > 0 else -size
    if value < 0:
        return -ordinal(-value, form)
    unit = Fraction(2) ** (smallest - form.precision + 1)
    exponent = 0
    steps = value / unit
    while steps >= 2**form.precision:
        shift = max(1, (steps.numerator // steps.denominator).bit_length() - form.precision)
        steps /= 2**shift
        exponent += shift
    return int(steps) + (exponent << (form.precision - 1))
