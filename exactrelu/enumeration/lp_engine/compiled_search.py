"""Chunks of cells through the compiled search: what it is told of them, and what comes back as cells.

See `exactrelu/kernels/layer_search.c`. Where the domain is a box its rows are told as limits of coordinates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ctypes import CDLL
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from exactrelu.enumeration.lp_engine.boxes import Box
from exactrelu.enumeration.lp_engine.cells import Cells
from exactrelu.enumeration.lp_engine.certificates import passed_on
from exactrelu.enumeration.lp_engine.decisions import Decisions, record
from exactrelu.enumeration.lp_engine.exact_cell import ExactCell
from exactrelu.kernels.layer_search import Found, Questions, Surroundings, Wanted, search_layer
from exactrelu.networks.reading import Reading

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

EFFORT = 2 * 10**8  # numbers that a call may change in pivots: a fraction of a second
_BLOCK = 1 << 20  # numbers in the rows of one call


def searched(
    library: CDLL, cells: Cells, last: int, reading: Reading, limit: int | None
) -> tuple[Found, Cells, Cells | None]:
    """Carry cells to neuron ``last`` of their layer as far as doubles prove what they become.

    Return what was found, the cells that it speaks of (their ``neuron`` is to be set), and those that were
    not begun, for which there was no room.
    """
    neuron_rows = cells.neuron_rows
    box = neuron_rows.box
    rows = (0 if box else cells.domain_rows) + cells.offset
    width = cells.points.shape[1]
    table = cells.tables[cells.layer].rows
    most = max(1, _BLOCK // ((rows + table.shape[1] + 1) * width))
    begun = cells if len(cells) <= most else cells.chosen(np.arange(most))
    asked = _questions(begun, last, box)
    around = _surroundings(begun, box)
    room = len(begun) << min(last - cells.neuron, 20)
    room = (room if limit is None else min(room, limit)) + last - cells.neuron + 3
    wanted = Wanted(reading is not Reading.FULL, reading is Reading.CLOSED, room, EFFORT)
    found = search_layer(library, asked, around, wanted)
    rest = None
    if found.undecided < len(cells):
        rest = cells.chosen(np.arange(found.undecided, len(cells)))
    return found, _cells_found(begun, last, found), rest


def _questions(cells: Cells, last: int, box: Box | None) -> Questions:
    every = np.arange(len(cells))
    rows = cells.signed_rows(every, of_domain=box is None, of_layer=False)
    table = cells.tables[cells.layer].rows[cells.places[cells.layer]]
    first = cells.domain_rows + cells.offset
    signs = np.ascontiguousarray(cells.signs[:, first : first + cells.neuron])
    return Questions(rows, table, np.ascontiguousarray(cells.points), signs, cells.neuron, last)


def _surroundings(cells: Cells, box: Box | None) -> Surroundings:
    """Return what bounds the rank of rows, by `certificates.rank_bounds`; nothing of it matters in a box."""
    count, widths = len(cells), cells.neuron_rows.widths[: cells.layer]
    domain_rows = 0 if box else cells.domain_rows
    if box:
        none = np.zeros((count, 0), dtype=np.int32)
        rows = cells.offset
        return Surroundings(
            box.ends, box.sides, cells.domain_rows,
            np.zeros(rows, np.int32), none, np.zeros((count, rows), np.uint8),
        )  # fmt: skip
    layers = np.repeat(np.arange(-1, len(widths)), [domain_rows, *widths]).astype(np.int32)
    active = np.zeros((count, len(layers)), dtype=bool)
    ranks = np.zeros((count, len(widths)), dtype=np.int32)
    for layer, activation in enumerate(cells.neuron_rows.network.activations[: len(widths)]):
        columns = np.flatnonzero(layers == layer)
        active[:, columns], more = passed_on(activation, cells.signs[:, columns])
        ranks[:, layer] = active[:, columns].sum(axis=1) + more
    return Surroundings(
        None, np.zeros((2, 0), np.int32), 0, layers, ranks, np.ascontiguousarray(active).view(np.uint8)
    )


def _cells_found(cells: Cells, last: int, found: Found) -> Cells:
    own = cells.chosen(found.cells)
    first = cells.decided
    end = first + last - cells.neuron
    own.bits[:, first:end] = found.bits
    own.signs[:, cells.domain_rows + first : cells.domain_rows + end] = found.signs
    own.points = found.points
    return own


def by_neuron(cells: Cells, found: Found, status: int) -> Iterator[tuple[Index, Cells]]:
    """Yield the found cells of a status, those that stopped at one neuron together, with their numbers."""
    which = np.flatnonzero(found.status == status)
    neurons = found.neurons[which]
    for neuron in sorted(set(neurons.tolist())):
        numbers = which[neurons == neuron]
        own = cells.chosen(numbers)
        own.neuron = neuron
        yield numbers, own


def decided_exactly(
    cells: Cells, numbers: Index, found: Found, *, faces: bool, checkpoint: Callable[[], None]
) -> Decisions:
    """Decide cells that doubles left open, with what was proposed for them."""
    nothing = np.zeros(len(cells), dtype=bool)
    place = cells.domain_rows + cells.decided
    signs = np.ascontiguousarray(
        cells.signs[:, place]
    )  # of the neuron at the points, zero if it is open, too
    decisions = Decisions(signs, nothing, nothing.copy(), cells.points.copy(), {}, {})
    for cell, number in enumerate(numbers.tolist()):
        checkpoint()
        exact = ExactCell(cells, cell)
        support = [row for row in found.supports[number].tolist() if row >= 0]
        constant = exact.constant(support, int(signs[cell])) if support and signs[cell] else None
        if constant is None:
            point = found.proposals[number, :-1]
            proposed = tuple(map(Fraction, point.tolist())) if np.isfinite(point).all() else None
            record(decisions, cell, exact.sides(proposed), faces=faces)
        elif faces and not constant:
            decisions.touching[cell] = tuple(support)
    return decisions
