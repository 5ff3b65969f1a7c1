"""The largest signed sum over the cells of a central arrangement of any rank, by branch and bound.

The signs are fixed one hyperplane after another, large weights first. For a list of signs the best signs
of the rest are tried: if all of them have a common point (an exact linear program), the best sum of the
branch is found. Else the branch is split at the next hyperplane, unless it has no point or could not beat
what has been found. Where few of all sign patterns are impossible, few programs are solved; in the worst
case the time is exponential, as it must be: the problem contains the weighted agreement of half-spaces,
which is NP-hard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrelu.numbers.linear_algebra import IntegerRow, primitive
from exactrelu.polyhedra.ppl_library import Linear_Expression, MIP_Problem
from exactrelu.stability.arrangement_sweep import LargestSum


def largest_sum_by_search(
    normals: Sequence[IntegerRow],
    weights: Sequence[int],
    oriented: int | None = None,
    checkpoint: Callable[[], None] = lambda: None,
) -> LargestSum:
    """Return the largest sum of sign(h_j . y) w_j over the cells of a central arrangement.

    The arguments are those of `largest_sums_by_sweep` for one coordinate of the weights; the rank may be
    any, and the normals need not span the space.

    Examples
    --------
    >>> largest_sum_by_search([(1, 0), (0, 1), (1, 1)], [1, 1, -1]).value
    1
    """
    order = sorted(
        (j for j, w in enumerate(weights) if w or j == oriented),
        key=lambda j: (j != oriented, -abs(weights[j])),
    )
    best_rows = [
        tuple(-entry if weights[j] < 0 and j != oriented else entry for entry in normals[j]) for j in order
    ]
    gains = [weights[j] if j == oriented else abs(weights[j]) for j in order]
    left = [sum(gains[k:]) for k in range(len(order) + 1)]
    best: LargestSum | None = None
    # A branch: the signed rows so far, what was lost by signs against the weights, whether its best
    # completion is known to have no point, and a point of the branch before it.
    size = len(normals[0])
    stack: list[tuple[tuple[IntegerRow, ...], int, bool, IntegerRow]] = [((), 0, False, (0,) * size)]
    while stack:
        rows, lost, excluded, known = stack.pop()
        value = left[0] - lost  # the sum of the best completion
        if best is not None and value <= best.value:
            continue
        checkpoint()
        depth = len(rows)
        if not excluded:
            point = _common_point([*rows, *best_rows[depth:]], size)
            if point is not None:
                best = LargestSum(value, point)
                continue
        here = known if not rows or _dot(rows[-1], known) > 0 else _common_point(rows, size)
        if depth == len(order) or here is None:
            continue
        row = best_rows[depth]
        if order[depth] != oriented:
            stack.append(((*rows, tuple(-entry for entry in row)), lost + 2 * gains[depth], False, here))
        stack.append(((*rows, row), lost, True, here))  # visited first
    if best is None:
        raise ArithmeticError("a central arrangement has a cell, but none was found")
    return LargestSum(best.value, point_off(best.point, normals))


def point_off(point: Sequence[int], normals: Sequence[IntegerRow]) -> IntegerRow:
    """Return a point off all hyperplanes, on the same side as ``point`` of those that it does not lie on.

    Examples
    --------
    >>> point_off((1, 0), [(1, 0), (0, 1), (1, -1)])
    (2, 1)
    """
    touching = [h for h in normals if _dot(h, point) == 0]
    if not touching:
        return primitive(point)
    direction = _direction_off(touching, len(point))
    apart = [(abs(_dot(h, point)), abs(_dot(h, direction))) for h in normals]
    factor = max((step // reach for reach, step in apart if reach), default=0) + 1
    return primitive([factor * p + q for p, q in zip(point, direction, strict=True)])


def _direction_off(normals: Sequence[IntegerRow], size: int) -> IntegerRow:
    """Return a direction that no normal is orthogonal to: a point of the moment curve.

    Each normal vanishes at fewer than ``size`` points of the curve, so one of the first ones will do.
    """
    t = 0
    while True:
        direction = tuple(t**k for k in range(size)) if t else (*(0,) * (size - 1), 1)
        if all(_dot(h, direction) for h in normals):
            return direction
        t = -t if t > 0 else 1 - t


def _common_point(rows: Sequence[IntegerRow], size: int) -> IntegerRow | None:
    """Return a point of R^size where all rows are positive, None if there is none."""
    program = MIP_Problem(size)
    for row in rows:
        program.add_constraint(Linear_Expression(row, -1) >= 0)  # a cone meets > 0 where it meets >= 1
    if not program.is_satisfiable():
        return None
    program.set_objective_function(Linear_Expression([0] * size, 0))
    entries = [int(entry) for entry in program.optimizing_point().coefficients()]
    point = primitive([*entries, *[0] * (size - len(entries))])
    if not all(_dot(row, point) > 0 for row in rows):
        raise ArithmeticError("PPL returned a point that does not satisfy the constraints")
    return point


def _dot(one: Sequence[int], two: Sequence[int]) -> int:
    return sum(p * q for p, q in zip(one, two, strict=True) if p)
