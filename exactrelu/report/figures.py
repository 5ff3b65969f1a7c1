"""Figures of a report: tilings, decision regions and graphs, for plotly, with exact texts on hover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from exactrelu.analysis.decision_regions import argmax_regions
from exactrelu.documents.report import Figure, Section
from exactrelu.drawing.lines import LineKind
from exactrelu.drawing.polygon import convex_order
from exactrelu.drawing.tiling import PlaneTiling
from exactrelu.drawing.window import Window, default_window
from exactrelu.enumeration import regions
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import Region
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.domain import Domain
from exactrelu.report.axes import drawn
from exactrelu.report.slices import Slice, slice_of
from exactrelu.report.subject import Subject

MOST_CELLS = 4_000
_LONGEST = 400  # characters of an exact text on hover
_COLOURS = (
    "#8dd3c7", "#bebada", "#fb8072", "#80b1d3", "#fdb462", "#b3de69", "#fccde5", "#d9d9d9", "#bc80bd",
    "#ccebc5", "#ffed6f", "#a6cee3", "#b2df8a", "#fb9a99", "#fdbf6f", "#cab2d6",
)  # fmt: skip
_LINES = {LineKind.FIRST: "solid", LineKind.DEEPER: "dash", LineKind.DOMAIN: "dot"}


def pictures(subject: Subject) -> Section:
    """Return the pictures of a network: its graph, or its cells and decision regions on a plane."""
    title = "Pictures"
    if subject.domain.is_empty:
        return Section(title, notes=("The domain is empty.",))
    if subject.network.inputs == 1:
        return Section(title, figures=(graph(subject),))
    part = slice_of(subject.network, subject.domain, subject.plane, subject.centre)
    notes = (
        (f"The slice {part.title}, along x{part.axes[0] + 1} and x{part.axes[1] + 1}.",) if part.title else ()
    )
    cells = list(regions(part.network, part.domain, Reading.FULL, search=subject.search(MOST_CELLS)))
    window = default_window(cells)
    figures = [tiling_figure(cells, window, part)]
    if part.network.outputs > 1:
        figures.append(decision_figure(subject, part, window))
    return Section(title, notes=notes, figures=tuple(figures))


def tiling_figure(cells: Sequence[Region], window: Window, part: Slice) -> Figure:
    """Return the tiling by the full cells: equal colours are equal affine maps."""
    tiling = PlaneTiling.of(cells, window)
    texts = {
        cell.configuration: f"{cell.configuration}<br>{_shortened(str(cell.affine_map))}" for cell in cells
    }
    groups: defaultdict[int, list[Sequence[Point]]] = defaultdict(list)
    for tile in tiling.tiles:
        groups[tile.map_index].append(tile.vertices)
    data = [polygons(group, _COLOURS[k % len(_COLOURS)]) for k, group in sorted(groups.items())]
    data += [_segments(segments, _LINES[kind], kind.value) for kind, segments in tiling.lines.items()]
    data.append(_hovers([(_middle(tile.vertices), texts[tile.configuration]) for tile in tiling.tiles]))
    return drawn(f"{len(cells):,} full cells", data, _layout(part, window))


def decision_figure(subject: Subject, part: Slice, window: Window) -> Figure:
    """Return where each output is the largest."""
    found = argmax_regions(part.network, _within(part.domain, window), search=subject.search(MOST_CELLS))
    groups: defaultdict[tuple[int, ...], list[Sequence[Point]]] = defaultdict(list)
    for region in found.regions:
        groups[region.classes].append(convex_order(region.geometry.vertices))
    data = []
    for k, (classes, group) in enumerate(sorted(groups.items())):
        name = "tie of " * (len(classes) > 1) + ", ".join(f"y{j}" for j in classes)
        data.append(polygons(group, _COLOURS[k % len(_COLOURS)], name))
    layout = _layout(part, window) | {"showlegend": True}
    return drawn("The largest output", data, layout)


def _within(domain: Domain, window: Window) -> Domain:
    """Return the part of a domain of the plane that a window shows."""
    sides = Domain.box([window.x, window.y])
    return Domain(2, domain.constraints + sides.constraints)


def graph(subject: Subject) -> Figure:
    """Return the graph of a network of one input, with its knots."""
    cells = list(regions(subject.network, subject.domain, Reading.FULL, search=subject.search(MOST_CELLS)))
    knots = sorted({vertex[0] for cell in cells for vertex in cell.geometry.vertices})
    low, high = (knots[0], knots[-1]) if knots else (Fraction(-1), Fraction(1))
    margin = (high - low) / 4 or Fraction(1)
    ends = [x for x in (low - margin, high + margin) if subject.domain.contains((x,))]
    places = sorted({*knots, *ends})
    values = [subject.network((x,)) for x in places]
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": f"y{j}",
            "x": places,
            "y": [value[j] for value in values],
            "text": [
                f"x = {_shortened(format_rational(x))}<br>y{j} = {_shortened(format_rational(value[j]))}"
                for x, value in zip(places, values, strict=True)
            ],
            "hoverinfo": "text",
        }
        for j in range(subject.network.outputs)
    ]
    layout = {"xaxis": {"title": {"text": "x1"}}, "showlegend": subject.network.outputs > 1}
    return drawn(f"The graph, {len(cells):,} full cells", data, layout)


def polygons(group: Iterable[Sequence[Point]], colour: str, name: str = "") -> dict[str, Any]:
    """Return polygons of one colour as one trace, with gaps between them."""
    x: list[Fraction | None] = []
    y: list[Fraction | None] = []
    for vertices in group:
        closed = [*vertices, vertices[0]]
        x += [*(point[0] for point in closed), None]
        y += [*(point[1] for point in closed), None]
    fill = {"fill": "toself", "fillcolor": colour, "mode": "lines", "line": {"width": 0, "color": colour}}
    return {"type": "scatter", "x": x, "y": y, "name": name, "hoverinfo": "skip", **fill}


def _segments(segments: Sequence[tuple[Point, Point]], dash: str, name: str) -> dict[str, Any]:
    x = [end for p, q in segments for end in (p[0], q[0], None)]
    y = [end for p, q in segments for end in (p[1], q[1], None)]
    line = {"color": "#333333", "width": 1.2, "dash": dash}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "name": name,
        "line": line,
        "hoverinfo": "skip",
    }


def _hovers(places: Sequence[tuple[Point, str]]) -> dict[str, Any]:
    """Return a point that is not seen in the middle of each tile, which says what the tile is."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [point[0] for point, _ in places],
        "y": [point[1] for point, _ in places],
        "text": [text for _, text in places],
        "hoverinfo": "text",
        "marker": {"size": 7, "color": "rgba(60,60,60,0.25)"},
        "showlegend": False,
    }


def _middle(vertices: Sequence[Point]) -> Point:
    return tuple(sum(column, Fraction(0)) / len(vertices) for column in zip(*vertices, strict=True))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def _layout(part: Slice, window: Window) -> dict[str, Any]:
    """Return axes of one scale over the window."""
    first, second = (f"x{axis + 1}" for axis in part.axes)
    return {
        "xaxis": {"title": {"text": first}, "range": window.x, "constrain": "domain"},
        "yaxis": {"title": {"text": second}, "range": window.y, "scaleanchor": "x", "constrain": "domain"},
        "showlegend": False,
        "hovermode": "closest",
    }
