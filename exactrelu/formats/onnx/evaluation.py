"""What the evaluation of one graph shares: its units, its allowance of work, its file and options."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from exactrelu.formats.affine_tensor import AffineTensor, Places, Shape, matrix_of_sums
from exactrelu.formats.batchnorm import BatchNorm
from exactrelu.formats.exact_array import ExactArray
from exactrelu.formats.limits import WorkAllowance
from exactrelu.formats.onnx.tensors import TensorReader
from exactrelu.formats.onnx.values import Content, as_affine, in_same_form
from exactrelu.formats.units import Units
from exactrelu.numbers.integer_arrays import IntegerArray, integer_array
from exactrelu.numbers.rationals import common_denominator

WORK_OF_WORD = 20
"""Machine operations, roughly, for a 64-bit word of a number that an operation reads or writes."""

WORK_OF_PRODUCT = 4
"""The same for a multiplication within a matrix product."""


@dataclass(eq=False)
class Evaluation:
    """The state that operators read and change while the nodes of a graph are evaluated."""

    reader: TensorReader
    units: Units
    batchnorm: BatchNorm = "exact"
    allowance: WorkAllowance = field(default_factory=lambda: WorkAllowance())  # noqa: PLW0108
    folded_in_floats: bool = False  # whether some BatchNormalization was

    def sums(
        self, content: Content, columns: Places, weights: IntegerArray, denominator: int, shape: Shape
    ) -> Content:
        """Return sum_k weights[i, k] / denominator * content[columns[i, k]] for each i, in a shape.

        Negative columns count for nothing; the others of a row increase.
        """
        tensor = as_affine(content)
        matrix = matrix_of_sums(columns, weights, denominator, tensor.size)
        self.allowance.spend(WORK_OF_WORD * columns.size + WORK_OF_PRODUCT * tensor.multiplications(matrix))
        return in_same_form(tensor.product(matrix, shape), content)

    def bent(self, content: Content, slopes: list[tuple[Fraction, Fraction]]) -> Content:
        """Return the values of units with given slopes, a pair for each entry or one for all."""
        if isinstance(content, AffineTensor):
            return self.units.bent(content, slopes)
        flat = content.fractions()
        pairs = slopes if len(slopes) == len(flat) else [slopes[0]] * len(flat)
        values = [y * (pair[1] if y > 0 else pair[0]) for y, pair in zip(flat, pairs, strict=True)]
        return exact_fractions(values, content.shape)


def exact_fractions(values: list[Fraction], shape: Shape) -> ExactArray:
    """Return rationals, in row-major order, as an array."""
    denominator = common_denominator(values)
    numerators = [value.numerator * (denominator // value.denominator) for value in values]
    return ExactArray.of(integer_array(numerators).reshape(shape), denominator)
