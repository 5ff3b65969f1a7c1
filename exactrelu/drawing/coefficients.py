"""Pictures of the coefficients of an atomic decomposition."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exactrelu.drawing.picture_file import file_type, require_folder, write_whole
from exactrelu.drawing.rendering import GREY, rendered
from exactrelu.numbers.rationals import format_rational

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from exactrelu.atoms.decomposition import AtomicDecomposition

_SIDE, _LEAST = 5.0, 1.6  # of the matrix, in inches
_LEFT, _RIGHT, _BOTTOM, _TOP = 0.8, 1.3, 0.65, 0.6
_BAR, _GAP = 0.2, 0.15
_NARROWEST = 4.6
_MOST_TICKS = 24
_MOST_TEXTS, _LONGEST_TEXT = 10, 7
_COLOURS = "RdBu_r"
_LONGEST_HEADING = 64


def draw_coefficients(
    decomposition: AtomicDecomposition, path: str | os.PathLike[str], *, title: str | None = None
) -> None:
    """Draw the matrix c[i_{L-1}, i_1] of a decomposition to an SVG or PNG file.

    Rows are the active neurons of the last hidden layer, columns those of the first one, both counted
    from 0 as in the network. The colour scale is centred at zero: white is 0, blue negative, red
    positive, and its ends are plus and minus the largest absolute coefficient. Small matrices have the
    exact coefficients written in. For L = 2 only the diagonal holds atoms; the rest stays grey.

    Parameters
    ----------
    decomposition
        As `exactrelu.atomic_decomposition` returns it. Without atoms the picture says so.
    path
        The file, .svg or .png. Equal input gives equal bytes (with one version of matplotlib). The
        file is complete or not there at all.
    title
        The heading; by default the network's name or its widths, and the configuration if it is short.

    Raises
    ------
    FormatError
        If the suffix is neither .svg nor .png, or the file cannot be written.

    References
    ----------
    Heinecke & Hwang, Theorem 5.
    """
    target = Path(path)
    kind = file_type(target)
    require_folder(target)
    heading = _heading(decomposition) if title is None else title
    write_whole(target, rendered(lambda: _figure(decomposition, heading), kind))


def _heading(decomposition: AtomicDecomposition) -> str:
    network = decomposition.network
    name = network.name or f"Network {'-'.join(map(str, network.widths))}"
    lines = [name, f"configuration {decomposition.configuration}"]
    return "\n".join(line for line in lines if len(line) <= _LONGEST_HEADING)


def _figure(decomposition: AtomicDecomposition, heading: str) -> Figure:
    from matplotlib.figure import Figure

    rows, columns = decomposition.last_support, decomposition.first_support
    cell = _SIDE / max(len(rows), len(columns), 8)
    width, height = (max(_LEAST, cell * len(side)) for side in (columns, rows))
    total = (max(_NARROWEST, _LEFT + width + _RIGHT), _BOTTOM + height + _TOP)
    figure = Figure(figsize=total)
    left = _LEFT + (total[0] - _LEFT - width - _RIGHT) / 2
    axes = figure.add_axes((left / total[0], _BOTTOM / total[1], width / total[0], height / total[1]))
    axes.set_title(heading, fontsize=9.5, parse_math=False)
    axes.set_xlabel("neuron of hidden layer 1", fontsize=9)
    axes.set_ylabel(f"neuron of hidden layer {decomposition.network.depth - 1}", fontsize=9)
    if not decomposition.atoms:
        axes.set(xticks=[], yticks=[])
        axes.text(0.5, 0.5, "no atoms", ha="center", va="center", color=GREY)
        return figure
    _ticks(axes, rows, columns)
    _add_colours(figure, axes, decomposition)
    if max(len(rows), len(columns)) <= _MOST_TEXTS:
        _add_texts(axes, decomposition)
    return figure


def _ticks(axes: Axes, rows: Sequence[int], columns: Sequence[int]) -> None:
    """Name rows and columns by neuron, every k-th one where there are many; the first row is on top."""
    axes.set(xlim=(0, len(columns)), ylim=(len(rows), 0))
    for axis, neurons in ((axes.xaxis, columns), (axes.yaxis, rows)):
        step = -(-len(neurons) // _MOST_TICKS)
        axis.set_ticks([k + 0.5 for k in range(0, len(neurons), step)], [str(i) for i in neurons[::step]])
    axes.tick_params(labelsize=8, length=0, colors=GREY)
    axes.set_facecolor("#dddddd")


def _add_colours(figure: Figure, axes: Axes, decomposition: AtomicDecomposition) -> None:
    import numpy as np

    largest = max(abs(atom.coefficient) for atom in decomposition.atoms)
    shown = np.full((len(decomposition.last_support), len(decomposition.first_support)), np.nan)
    for row, column, value in _cells(decomposition):
        # The exact quotient lies in [-1, 1] before it becomes a float.
        shown[row, column] = float(value / largest) if largest else 0.0
    lines: Any = {"edgecolors": "white", "linewidth": 0.6} if max(shown.shape) <= _MOST_TICKS else {}
    mesh: Any = axes.pcolormesh(shown, cmap=_COLOURS, vmin=-1, vmax=1, **lines)
    box, width = axes.get_position(), figure.get_size_inches()[0]
    scale = figure.add_axes((box.x1 + _GAP / width, box.y0, _BAR / width, box.height))
    bar = figure.colorbar(mesh, cax=scale)
    if largest:
        bar.set_ticks([-1, 0, 1], labels=[_text(-largest), "0", _text(largest)])
    else:
        bar.set_ticks([0], labels=["0"])
    bar.ax.tick_params(labelsize=8, length=2, colors=GREY)


def _add_texts(axes: Axes, decomposition: AtomicDecomposition) -> None:
    texts = [(row, column, value, format_rational(value)) for row, column, value in _cells(decomposition)]
    if max(len(text) for *_, text in texts) > _LONGEST_TEXT:
        return
    largest = max(abs(value) for _, _, value, _ in texts)
    for row, column, value, text in texts:
        dark = largest and abs(value) * 2 > largest
        colour = "white" if dark else "black"
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=8, color=colour)


def _cells(decomposition: AtomicDecomposition) -> list[tuple[int, int, Fraction]]:
    """Return (row, column, coefficient) of each atom."""
    row = {neuron: place for place, neuron in enumerate(decomposition.last_support)}
    column = {neuron: place for place, neuron in enumerate(decomposition.first_support)}
    return [
        (row[atom.last_hidden], column[atom.first_hidden], atom.coefficient) for atom in decomposition.atoms
    ]


def _text(value: Fraction) -> str:
    """Return a number for the colour scale: exact where short, else rounded."""
    exact = format_rational(value)
    if len(exact) <= _LONGEST_TEXT:
        return exact
    try:
        return f"{float(value):.4g}"
    except OverflowError:
        return "-huge" if value < 0 else "huge"
