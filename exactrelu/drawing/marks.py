"""What the marks of a tiling look like, and the legend that says what they mean.

Fills lie in the perceptual space OKLCH, with hues a golden angle apart, so that early members of the
sequence are far from each other and all fills are equally light to the eye.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from exactrelu.drawing.lines import LineKind
from exactrelu.drawing.tiling import PlaneTiling

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Colour = tuple[float, float, float]
Entry = tuple[str, dict[str, Any]]

SEGMENT_WIDTH = 4.5


class LineStyle(NamedTuple):
    """Colour, width in points, and dashes (offset, lengths in line widths)."""

    colour: str
    width: float
    dashes: tuple[float, tuple[float, ...] | None]


LINE_STYLE = {
    LineKind.FIRST: LineStyle("black", 1.4, (0, None)),
    LineKind.DEEPER: LineStyle("black", 1.1, (0, (4.0, 2.6))),
    LineKind.DOMAIN: LineStyle("#8a8a8a", 0.8, (0, None)),
}

END_STYLE: dict[LineKind, dict[str, Any]] = {
    LineKind.FIRST: {
        "marker": "o",
        "markersize": 5.5,
        "markerfacecolor": "black",
        "markeredgecolor": "black",
    },
    LineKind.DEEPER: {
        "marker": "o",
        "markersize": 5.5,
        "markerfacecolor": "white",
        "markeredgecolor": "black",
    },
    LineKind.DOMAIN: {
        "marker": "o",
        "markersize": 4.0,
        "markerfacecolor": "#8a8a8a",
        "markeredgecolor": "#8a8a8a",
    },
}

POINT_STYLE: dict[str, Any] = {"marker": "D", "markersize": 5.5, "markeredgecolor": "black"}

# colours ----------------------------------------------------------------------------------------

_FIRST_HUE = 250.0
_GOLDEN_ANGLE = 137.50776405
_LIGHTNESS = (0.92, 0.88, 0.84)


def fill(index: int) -> Colour:
    """Return the light colour of map number ``index`` (RGB in [0, 1])."""
    return _oklch(_LIGHTNESS[index % len(_LIGHTNESS)], 0.065, _hue(index))


def strong(index: int) -> Colour:
    """Return the strong colour of map number ``index``, for cells without interior."""
    return _oklch(0.62, 0.17, _hue(index))


def _hue(index: int) -> float:
    return math.radians(_FIRST_HUE + index * _GOLDEN_ANGLE)


def _oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """Return the sRGB colour of OKLCH coordinates (Ottosson's matrices), cut off at the gamut."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _gamma(linear: float) -> float:
    value = min(max(linear, 0.0), 1.0)
    encoded = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    # Rounded to the 8 bits of a channel, so that libm's last digit cannot reach the file.
    return round(255 * encoded) / 255


# the legend -------------------------------------------------------------------------------------

_COLUMNS = 2
_SOME_COLOUR = "#b0793a"
_SWATCH = {"linestyle": "none", "marker": "s", "markersize": 9.0, "color": fill(0)}
_ZERO = {LineKind.FIRST: "zero of a first-layer neuron", LineKind.DEEPER: "zero of a deeper neuron"}


def entries(tiling: PlaneTiling) -> list[Entry]:
    """Return text and style of each kind of mark in the picture."""
    found: list[Entry] = []
    for kind in LineKind:
        if tiling.lines.get(kind):
            style = LINE_STYLE[kind]
            found.append(
                (kind.value, {"color": style.colour, "linewidth": style.width, "linestyle": style.dashes})
            )
        if tiling.ends.get(kind):
            found.append((_ZERO.get(kind, kind.value), {"linestyle": "none", **END_STYLE[kind]}))
    dimensions = {tile.dimension for tile in tiling.tiles}
    if 1 in dimensions:
        found.append(("cell of dimension 1", {"color": _SOME_COLOUR, "linewidth": SEGMENT_WIDTH}))
    if 0 in dimensions:
        point = {"linestyle": "none", "markerfacecolor": _SOME_COLOUR, **POINT_STYLE}
        found.append(("cell of dimension 0", point))
    if 2 in dimensions and len({tile.map_index for tile in tiling.tiles}) < len(tiling.tiles):
        found.append(("equal colours: equal affine maps", _SWATCH))
    return found


def rows_of(found: Sequence[Entry]) -> int:
    """Return the number of rows that the legend takes."""
    return -(-len(found) // _COLUMNS)


def add_legend(figure: Figure, found: Sequence[Entry]) -> None:
    """Put the legend under the axes, if there is something to explain."""
    from matplotlib.lines import Line2D

    if not found:
        return
    handles = [Line2D([], [], label=text, **style) for text, style in found]
    figure.legend(
        handles=handles,
        loc="lower center",
        ncols=min(_COLUMNS, len(found)),
        frameon=False,
        fontsize=8.5,
        handlelength=2.8,
        columnspacing=2.2,
        borderaxespad=0.3,
    )
