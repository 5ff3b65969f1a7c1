"""The three readings of "region" that stand in the literature."""

from __future__ import annotations

from enum import StrEnum
from typing import Never

from exactrelu.errors import ArgumentError
from exactrelu.polyhedra.constraints import Relation


class Reading(StrEnum):
    """What the cell of a configuration theta is, and when theta counts, on a domain D.

    ``HALF_OPEN``
        {x in D : y_{k,i}(x) > 0 exactly where theta_{k,i} = 1}, counted when non-empty. These cells
        partition D, lower-dimensional ones included (Heinecke & Hwang, (6) and (9)).
    ``CLOSED``
        {x in D : y_{k,i} >= 0 where theta_{k,i} = 1, <= 0 elsewhere}, counted when non-empty. Cells
        overlap, and there may be exponentially many (the display before (10)).
    ``FULL``
        The half-open cell, counted when its dimension is that of D: what most tools call activation
        regions. A pre-activation that vanishes on aff D has bit 0.

    Any other name is an `ArgumentError`.

    Examples
    --------
    >>> Reading("half-open") is Reading.HALF_OPEN
    True
    """

    HALF_OPEN = "half-open"
    CLOSED = "closed"
    FULL = "full"

    @property
    def relations(self) -> tuple[Relation, Relation]:
        """The relations of a pre-activation to 0 in the two children of a split: for bit 0, for bit 1.

        In ``full`` a pre-activation that vanishes on aff D is not split at; its bit is 0.
        """
        match self:
            case Reading.HALF_OPEN:
                return Relation.AT_MOST, Relation.GREATER
            case Reading.CLOSED:
                return Relation.AT_MOST, Relation.AT_LEAST
            case Reading.FULL:
                return Relation.LESS, Relation.GREATER

    @classmethod
    def _missing_(cls, value: object) -> Never:
        raise ArgumentError(f"reading: expected one of {', '.join(cls)}, got {value!r}")
