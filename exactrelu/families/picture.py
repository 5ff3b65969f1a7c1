"""A picture of a family: counts, tracked functions and, for one input, breakpoints, against the parameter.

Only here do values become floats; changes stand at their exact places, rounded.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from exactrelu.drawing.rendering import GREY, write_figure
from exactrelu.families.bifurcations import Bifurcations, ParameterInterval
from exactrelu.families.family_report import FamilyReport
from exactrelu.families.piecewise_functions import Number, Value
from exactrelu.networks.reading import Reading
from exactrelu.numbers.rational_functions import RationalFunction

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _PANEL = 6.4, 2.1  # inches
_SAMPLES = 120
_COLOURS = ("#1b6ca8", "#d1662b", "#3b8f5a", "#8e4f9e", "#b0902f", "#555555")
_GROUPS = (
    ("range", ("min y", "max y")),
    ("slopes", ("lipschitz",)),
    ("values at points", ("y",)),
    ("ratios, squared", ("parameter ratio", "permutation ratio", "fibre ratio")),
    ("distances", ("sup", "w1inf", "parameter distance", "permutation distance", "fibre")),
)
Window = tuple[Fraction, Fraction]


def draw_family(report: FamilyReport, path: str | os.PathLike[str]) -> None:
    """Draw the counts in the three readings, the tracked functions and the breakpoints over the parameter.

    Dashed lines are the changes. An infinite end of the interval is cut off beside the outermost changes.

    Parameters
    ----------
    report
        What `exactrelu.family_report` returns.
    path
        The file, .svg or .png. Equal input gives equal bytes (with one version of matplotlib).

    Raises
    ------
    FormatError
        If the suffix is neither .svg nor .png, or the file cannot be written.
    """
    write_figure(lambda: _figure(report), path)


def window_of(interval: ParameterInterval, numbers: Sequence[float]) -> Window:
    """Return what is shown of the interval.

    Examples
    --------
    >>> window_of(ParameterInterval(Fraction(0), math.inf), [1.0, 3.0])
    (Fraction(0, 1), Fraction(5, 1))
    """
    finite = [float(end) for end in interval if isinstance(end, Fraction)] + list(numbers)
    low, high = (min(finite), max(finite)) if finite else (-1.0, 1.0)
    margin = Fraction(max(1, math.ceil((high - low) / 2)))
    left = interval.low if isinstance(interval.low, Fraction) else Fraction(math.floor(low)) - margin
    right = interval.high if isinstance(interval.high, Fraction) else Fraction(math.ceil(high)) + margin
    return left, right


def _figure(report: FamilyReport) -> Figure:
    from matplotlib.figure import Figure

    found = report.bifurcations
    window = window_of(found.interval, [float(change.number) for change in found.changes])
    groups = _groups(report)
    panels = 1 + len(groups) + bool(report.breakpoints)
    figure = Figure(figsize=(_WIDTH, 0.7 + _PANEL * panels), layout="constrained")
    axes = figure.subplots(panels, 1, sharex=True, squeeze=False)[:, 0]
    _draw_counts(axes[0], found, window)
    for place, (title, names) in zip(axes[1:], groups, strict=False):
        _draw_functions(place, report, title, names, window)
    if report.breakpoints:
        _draw_breakpoints(axes[-1], report, window)
    for place in axes:
        for change in found.changes:
            place.axvline(float(change.number), color=GREY, linewidth=0.7, linestyle="--", zorder=0)
        place.tick_params(colors=GREY, labelsize=8)
    axes[-1].set_xlim(float(window[0]), float(window[1]))
    axes[-1].set_xlabel(found.family.parameter, fontsize=9)
    return figure


def _groups(report: FamilyReport) -> list[tuple[str, list[str]]]:
    left = list(report.functions)
    groups = []
    for title, starts in _GROUPS:
        names = [name for name in left if name.startswith(starts)]
        left = [name for name in left if name not in names]
        if names:
            groups.append((title, names))
    return groups


def _draw_counts(axes: Axes, found: Bifurcations, window: Window) -> None:
    """Draw a step for each part that is an interval, and a mark for each number."""
    from matplotlib.ticker import MaxNLocator

    heights: list[int] = []
    for reading, colour, shift in zip(Reading, _COLOURS, (-0.04, 0.0, 0.04), strict=False):
        label: str | None = str(reading)
        for part in found.parts:
            if part.configurations is None:
                continue
            heights.append(part.configurations.count(reading))
            count = heights[-1] + shift
            ends = _clipped(part.low, part.high, window)
            if part.is_point and part.low is not None:
                axes.plot([float(part.low)], [count], "o", color=colour, markersize=3.5)
            else:
                axes.plot(list(map(float, ends)), [count] * 2, color=colour, linewidth=1.4, label=label)
                label = None
    axes.set_ylim(min(heights, default=0) - 0.5, max(heights, default=0) + 0.5)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_title("configurations", fontsize=9)
    axes.legend(fontsize=7)


def _draw_functions(
    axes: Axes, report: FamilyReport, title: str, names: Sequence[str], window: Window
) -> None:
    heights: list[float] = []
    for k, name in enumerate(names):
        colour, label = _COLOURS[k % len(_COLOURS)], name
        for piece in report.functions[name].pieces:
            if piece.is_point or not isinstance(piece.value, RationalFunction):
                continue
            xs, ys = _samples(piece.low, piece.high, piece.value, window)
            axes.plot(xs, ys, color=colour, linewidth=1.2, label=label)
            heights += ys
            label = ""
    if not heights:
        axes.text(0.5, 0.5, "infinite", ha="center", va="center", color=GREY, transform=axes.transAxes)
    elif min(heights) > 0 and max(heights) > 1000 * min(heights):
        axes.set_yscale("log")
    axes.set_title(title, fontsize=9)
    if heights:
        axes.legend(fontsize=7)


def _draw_breakpoints(axes: Axes, report: FamilyReport, window: Window) -> None:
    for low, high, value in report.breakpoints:
        axes.plot(*_samples(low, high, value, window), color=_COLOURS[0], linewidth=1)
    axes.set_title("where neurons bend", fontsize=9)
    axes.set_ylabel("x", fontsize=9)


def _clipped(low: Number, high: Number, window: Window) -> Window:
    left = window[0] if low is None else max(low.enclosure(40)[0], window[0])
    right = window[1] if high is None else min(high.enclosure(40)[1], window[1])
    return left, right


def _samples(low: Number, high: Number, value: Value, window: Window) -> tuple[list[float], list[float]]:
    """Return points of a curve, its poles left out."""
    left, right = _clipped(low, high, window)
    xs, ys = [], []
    for k in range(_SAMPLES + 1):
        t = left + (right - left) * Fraction(k, _SAMPLES)
        if isinstance(value, RationalFunction) and value.denominator(_rational(t)) != 0 and left < right:
            xs.append(float(t))
            ys.append(float(value(t)))
    return xs, ys


def _rational(t: Fraction) -> Any:
    from flint import fmpq

    return fmpq(t.numerator, t.denominator)
