"""Slices: a network on a plane or a line parallel to axes, as a network of two inputs or of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.errors import DomainError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.points import Point
from exactrelu.numbers.text import number_text
from exactrelu.polyhedra.constraints import LinearConstraint
from exactrelu.polyhedra.domain import Domain


@dataclass(frozen=True)
class Slice:
    """The part of a question where all inputs but the ``axes`` are those of ``centre``.

    ``network`` and ``domain`` have as many inputs as there are axes.
    """

    network: Network
    domain: Domain
    axes: tuple[int, ...]
    centre: Point

    @property
    def title(self) -> str:
        """Which slice it is, in words; nothing where it is all there is."""
        fixed = [j for j in range(len(self.centre)) if j not in self.axes]
        if not fixed:
            return ""
        shown = ", ".join(f"x{j + 1} = {number_text(self.centre[j], 10)}" for j in fixed[:4])
        return shown + (f", ... ({len(fixed)} inputs fixed)" if len(fixed) > 4 else "")


def slice_of(network: Network, domain: Domain, axes: Sequence[int], centre: Point | None = None) -> Slice:
    """Return the slice through a point along one or two inputs.

    Parameters
    ----------
    network, domain
        What is sliced.
    axes
        Inputs, counted from 0, all different.
    centre
        A point of the space; left out, the domain's inner point.

    Raises
    ------
    DomainError
        If an axis is no input or is named twice, the point has another dimension, or the domain is empty
        and no point is given.

    Examples
    --------
    >>> net = Network.from_rationals([([[1, 2, 3]], ["1/2"]), ([[1]], None)])
    >>> part = slice_of(net, Domain.box([(0, 1), (0, 2), (0, 3)]), (0, 2), (0, 1, 0))
    >>> part.network((1, 1)) == net((1, 1, 1)), part.domain.contains((1, 3)), part.title
    (True, True, 'x2 = 1')
    """
    require_axes(network, axes)
    point = domain.interior_point if centre is None else tuple(map(Fraction, centre))
    if point is None:
        raise DomainError("slice: expected a domain with a point, got an empty one")
    if len(point) != network.inputs:
        raise DomainError(f"slice: expected a point of {network.inputs} coordinates, got {len(point)}")
    base = [Fraction(0) if j in axes else entry for j, entry in enumerate(point)]
    rows = [[*(Fraction(int(j == axis)) for axis in axes), base[j]] for j in range(network.inputs)]
    embedding = AffineMap(RationalMatrix.from_rows(rows, len(axes) + 1))
    constraints = tuple(_restricted(one, axes, base) for one in domain.constraints)
    return Slice(
        network.after(Network((embedding,))), Domain(len(axes), constraints), tuple(axes), tuple(point)
    )


def require_axes(network: Network, axes: Sequence[int]) -> None:
    """Raise `DomainError` unless the axes are different inputs of a network."""
    if len(set(axes)) != len(axes) or not all(0 <= axis < network.inputs for axis in axes):
        named = ",".join(map(str, axes))
        raise DomainError(f"slice: expected different inputs from 0 to {network.inputs - 1}, got {named}")


def _restricted(
    constraint: LinearConstraint, axes: Sequence[int], base: Sequence[Fraction]
) -> LinearConstraint:
    offset = constraint.offset + sum(
        (a * b for a, b in zip(constraint.normal, base, strict=True) if a and b), Fraction(0)
    )
    return LinearConstraint(tuple(constraint.normal[axis] for axis in axes), offset, constraint.relation)
