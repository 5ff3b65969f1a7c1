"""Data: rational inputs, each with a rational target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, Never

from exactrelu.errors import ArgumentError
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import rational_at


class Loss(StrEnum):
    """What is paid for a residual r = f(x) - y, in the mean over the samples."""

    SQUARED = "squared"  # ||r||_2^2
    ABSOLUTE = "absolute"  # ||r||_1

    @classmethod
    def _missing_(cls, value: object) -> Never:
        raise ArgumentError(f"loss: expected squared or absolute, got {value!r}")

    def of(self, residual: Fraction) -> Fraction:
        """Return what one coordinate of a residual costs."""
        return residual * residual if self is Loss.SQUARED else abs(residual)

    def slope(self, residual: Fraction) -> Fraction:
        """Return the derivative by a coordinate of the residual; 0 at a residual 0."""
        return 2 * residual if self is Loss.SQUARED else Fraction((residual > 0) - (residual < 0))


@dataclass(frozen=True)
class TrainingData:
    """Samples (x^n, y^n), n = 1, ..., N.

    Parameters
    ----------
    inputs, targets
        As many points of R^d as of R^D, N >= 1.

    Raises
    ------
    ArgumentError
        For no samples, another number of targets, or points of different dimensions.

    Examples
    --------
    >>> data = TrainingData.of([[-1, 1], [-1, -1]], [[1], [-1]])
    >>> data.size, data.dimensions
    (2, (2, 1))
    """

    inputs: tuple[Point, ...]
    targets: tuple[Point, ...]

    def __post_init__(self) -> None:
        if not self.inputs:
            raise ArgumentError("data: expected at least one sample, got none")
        if len(self.inputs) != len(self.targets):
            raise ArgumentError(f"data: expected {len(self.inputs)} targets, got {len(self.targets)}")
        for name, points in (("inputs", self.inputs), ("targets", self.targets)):
            for n, point in enumerate(points):
                if len(point) != len(points[0]):
                    raise ArgumentError(
                        f"data: {name}[{n}]: expected {len(points[0])} numbers, got {len(point)}"
                    )

    @classmethod
    def of(cls, inputs: Sequence[Any], targets: Sequence[Any]) -> TrainingData:
        """Return the data with the given exact rationals; a single number is a point of a line."""
        return cls(_points("inputs", inputs), _points("targets", targets))

    @property
    def size(self) -> int:
        """The number N of samples."""
        return len(self.inputs)

    @property
    def dimensions(self) -> tuple[int, int]:
        """The dimensions (d, D) of inputs and targets."""
        return len(self.inputs[0]), len(self.targets[0])

    def least_loss(self, loss: Loss) -> Fraction:
        """Return the least loss of any function: 0 unless equal inputs have different targets.

        Means minimise the squared loss, medians the absolute one.

        Examples
        --------
        >>> TrainingData.of([0, 0, 1], [1, 3, 7]).least_loss(Loss.SQUARED)
        Fraction(2, 3)
        """
        groups: dict[Point, list[Point]] = defaultdict(list)
        for x, y in zip(self.inputs, self.targets, strict=True):
            groups[x].append(y)
        columns = (column for group in groups.values() for column in zip(*group, strict=True))
        paid = (_least(loss, list(column)) for column in columns)
        return sum(paid, Fraction(0)) / self.size


def _least(loss: Loss, values: list[Fraction]) -> Fraction:
    mean = sum(values, Fraction(0)) / len(values)
    best = mean if loss is Loss.SQUARED else sorted(values)[len(values) // 2]
    return sum((loss.of(best - value) for value in values), Fraction(0))


def _points(place: str, rows: Sequence[Any]) -> tuple[Point, ...]:
    found = []
    for n, row in enumerate(rows):
        entries = row if isinstance(row, list | tuple) or hasattr(row, "__len__") else [row]
        entries = [row] if isinstance(row, str) else entries
        found.append(tuple(rational_at(f"{place}[{n}][{j}]", entry) for j, entry in enumerate(entries)))
    return tuple(found)
