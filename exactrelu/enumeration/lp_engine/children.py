"""What the cells of a chunk become at one neuron: their children, and faces that only touch zero."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.lp_engine.cells import Cells
from exactrelu.enumeration.lp_engine.decisions import Decisions
from exactrelu.enumeration.lp_engine.exact_cell import ExactCell
from exactrelu.enumeration.lp_engine.start import Start, face_of
from exactrelu.networks.reading import Reading

Index = npt.NDArray[np.intp]


def children(cells: Cells, decisions: Decisions, reading: Reading) -> Cells:
    """Return the cells after their neuron, sorted by configuration again."""
    below = np.where(decisions.signs < 0, True, decisions.other) & ~decisions.zero
    above = np.where(decisions.signs > 0, True, decisions.other) & ~decisions.zero
    constant = cells.current_rows()[1]
    below[constant], above[constant] = decisions.signs[constant] < 0, decisions.signs[constant] > 0
    for cell, sides in decisions.exact.items():
        below[cell], above[cell] = sides.below is not None, sides.above is not None
    first = below | decisions.zero
    second = above | (decisions.zero & (reading is Reading.CLOSED))
    counts = first.astype(np.intp) + second
    parent = np.repeat(np.arange(len(cells)), counts)
    is_second = np.zeros(len(parent), dtype=bool)
    is_second[np.cumsum(counts) - 1] = second
    own = cells.chosen(parent)
    vanishes = decisions.zero[parent]
    own.bits[:, cells.decided] = is_second
    signs = np.where(vanishes, 0, np.where(is_second, 1, -1))
    own.signs[:, cells.domain_rows + cells.decided] = signs
    other = ~vanishes & (signs != decisions.signs[parent])
    own.points[other] = decisions.points[parent[other]]
    own.neuron += 1
    if decisions.exact:
        _give_exact_points(own, parent, is_second, decisions)
    return own


def _give_exact_points(
    own: Cells, parent: Index, is_second: npt.NDArray[np.bool_], decisions: Decisions
) -> None:
    exact = np.isin(parent, list(decisions.exact))
    for child in np.flatnonzero(exact).tolist():
        sides = decisions.exact[int(parent[child])]
        if point := sides.above if is_second[child] else sides.below:
            own.set_exact_point(child, point)


def touched_faces(
    cells: Cells, decisions: Decisions, reading: Reading, checkpoint: Callable[[], None]
) -> Iterator[Start]:
    """Yield the faces where cells touch the side of the neuron that they do not have, if that counts."""
    for cell, tight in decisions.touching.items():
        checkpoint()
        sides = decisions.exact.get(cell)
        above = decisions.signs[cell] > 0 if sides is None else sides.above is not None
        if not above and reading is Reading.HALF_OPEN:
            continue  # the face belongs to the cell itself
        rows = ExactCell(cells, cell).face_rows(reading, tight)
        if rows is None:
            continue
        path = cells.bits[cell, : cells.decided].tobytes() + bytes([int(not above)])
        face = face_of(cells.neuron_rows.start, rows, path)
        if face is not None:
            yield face
