"""From exact coordinates to the floats that a browser draws, also where these would overflow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from exactrelu.documents.report import Figure
from exactrelu.numbers.decimals import magnitude

_FAR = 100
"""Numbers up to 10^100 and down to 10^-100 are drawn as they are; a browser computes with their products."""


def drawn(title: str, data: Sequence[dict[str, Any]], layout: dict[str, Any]) -> Figure:
    """Return the figure of traces whose coordinates ``x``, ``y`` and ranges are rationals.

    An axis whose largest number is very large or very small is drawn in units of a power of ten, which its
    title names; two axes of one scale have one unit. The floats are for the eye alone: texts are exact.

    Examples
    --------
    >>> figure = drawn("far", [{"x": [Fraction(10) ** 400, None], "y": [Fraction(0), None]}], {})
    >>> figure.data[0], figure.layout["xaxis"]
    ({'x': [1.0, None], 'y': [0.0, None]}, {'title': {'text': 'in units of 10^400'}})
    """
    places = {axis: list(_coordinates(axis, data, layout)) for axis in "xy"}
    if "scaleanchor" in layout.get("yaxis", {}):
        places = {axis: [*places["x"], *places["y"]] for axis in places}
    powers = {axis: _power(values) for axis, values in places.items()}
    scaled = [one | {axis: _floats(one[axis], powers[axis]) for axis in "xy"} for one in data]
    axes = {f"{axis}axis": _axis(layout.get(f"{axis}axis", {}), power) for axis, power in powers.items()}
    return Figure(title, scaled, layout | {name: axis for name, axis in axes.items() if axis})


def _coordinates(
    axis: str, data: Sequence[dict[str, Any]], layout: dict[str, Any]
) -> Iterable[Fraction | None]:
    yield from layout.get(f"{axis}axis", {}).get("range", ())
    for one in data:
        yield from one[axis]


def _power(values: Iterable[Fraction | None]) -> int:
    largest = max((abs(value) for value in values if value is not None), default=Fraction(0))
    power = magnitude(largest) if largest else 0
    return power if abs(power) > _FAR else 0


def _floats(values: Iterable[Fraction | None], power: int) -> list[float | None]:
    unit = Fraction(10) ** power
    return [None if value is None else float(value / unit) for value in values]


def _axis(axis: dict[str, Any], power: int) -> dict[str, Any]:
    if "range" in axis:
        axis = axis | {"range": _floats(axis["range"], power)}
    if power:
        text = axis.get("title", {}).get("text", "")
        axis = axis | {"title": {"text": f"{text} in units of 10^{power}".lstrip()}}
    return axis
