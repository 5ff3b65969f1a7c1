"""`draw_tiling`: from regions to a picture file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from exactrelu.drawing.picture_file import file_type, require_folder, write_whole
from exactrelu.drawing.tiling import PlaneTiling, require_plane
from exactrelu.drawing.window import Window
from exactrelu.networks.network import Network
from exactrelu.networks.region import Region

_FEW_LABELS = 16
_LONGEST_HEADING = 64


def require_drawable(network: Network, path: str | os.PathLike[str]) -> None:
    """Check, before any work is done, that the tiling of ``network`` can be drawn to ``path``.

    Raises
    ------
    DomainError
        If the network has not two inputs.
    FormatError
        If the suffix of ``path`` is neither .svg nor .png, or its folder does not exist.

    Examples
    --------
    >>> require_drawable(Network.from_rationals([([[1, 0, 0, 1]], None)]), "iris.svg")
    Traceback (most recent call last):
    ...
    exactrelu.errors.DomainError: drawing needs 2 inputs, got 4
    """
    require_plane(network.inputs)
    file_type(Path(path))
    require_folder(Path(path))


def draw_tiling(
    regions: Iterable[Region],
    path: str | os.PathLike[str],
    *,
    window: Window | Sequence[Sequence[Any]] | None = None,
    labels: bool | None = None,
    title: str | None = None,
) -> PlaneTiling:
    """Draw the tiling of the plane by the regions of one network, and write it to an SVG or PNG file.

    Every vertex is exact until it is rounded to the canvas. Edges on a zero line of the first layer
    are solid, those on zero lines of deeper layers dashed, the boundary of the domain is thin and
    grey; cells of dimension 1 are coloured bands, cells of dimension 0 diamonds. Cells with the same
    affine map (on the affine hull of the domain) have the same colour. The scales of the coordinates
    are equal unless the window is more than four times as long as broad.

    Parameters
    ----------
    regions
        The regions of one network with two inputs, on one domain, in one reading, as
        `exactrelu.enumeration.regions` yields them. All are read before anything is written. Without
        regions (an empty domain) the picture is an empty window with a note.
    path
        The file, .svg or .png. Equal input gives equal bytes (with one version of matplotlib). The
        file is complete or not there at all.
    window
        The bounds ((x_lo, x_hi), (y_lo, y_hi)), exact rationals; cells are clipped to it. By default
        the domain's bounding box with a margin if that is bounded, else a square round all vertices.
    labels
        Whether cells are labelled with their configurations; by default if at most 16 tiles are
        shown. A label that finds no room in its cell is left out.
    title
        What stands before the count in the heading; by default the network's name or its widths.

    Returns
    -------
    PlaneTiling
        What was drawn, in exact numbers.

    Raises
    ------
    DomainError
        If the network has not two inputs, regions of different questions are mixed, or the window
        has no interior.
    FormatError
        If the suffix is neither .svg nor .png, or the file cannot be written.
    InexactNumberError, NumberSyntaxError
        If a bound of the window is not an exact rational.
    """
    target = Path(path)
    kind = file_type(target)
    require_folder(target)
    if window is not None and not isinstance(window, Window):
        window = Window.of(window)
    tiling = PlaneTiling.of(regions, window)
    write_whole(target, _picture(tiling, kind, title, labels=labels))
    return tiling


def svg_of(regions: Iterable[Region]) -> str:
    """Return the picture that `draw_tiling` writes, as the text of an SVG element for a page."""
    text = _picture(PlaneTiling.of(regions), "svg", None, labels=None).decode()
    return text[text.index("<svg") :]


def _picture(tiling: PlaneTiling, kind: str, title: str | None, *, labels: bool | None) -> bytes:
    from exactrelu.drawing.canvas import picture

    labelled = len(tiling.tiles) <= _FEW_LABELS if labels is None else labels
    return picture(tiling, _heading(tiling, title), kind, labelled=labelled)


def _heading(tiling: PlaneTiling, title: str | None) -> str:
    """Return ``NAME: COUNT READING regions``, and how many are in the window if not all are."""
    reading = f"{tiling.reading} " if tiling.reading else ""
    counted = f"{tiling.count:,} {reading}region{'' if tiling.count == 1 else 's'}"
    if len(tiling.tiles) < tiling.count:
        counted += f", {len(tiling.tiles):,} in the window"
    name = _one_line(_name(tiling) if title is None else title)
    return f"{name}: {counted}" if name else counted


def _name(tiling: PlaneTiling) -> str:
    network = tiling.network
    if network is None:
        return ""
    return network.name or f"Network {'-'.join(map(str, network.widths))}"


def _one_line(text: str) -> str:
    """Return the text in one line of printable characters, cut where it is too long for a heading."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST_HEADING else line[: _LONGEST_HEADING - 1] + "…"
