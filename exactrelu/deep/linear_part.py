"""The linear part of a layer: a matrix, its rank, and as few linear neurons as its rank says.

Ranks and pivots are found modulo a prime, which steers; what is written with them is multiplied out exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import nmod_mat

from exactrelu.deep.bends import Bend
from exactrelu.deep.exact_solving import PRIME, fraction_of, pivots_of, rational_matrix
from exactrelu.deep.windows import LINEAR, Neuron, plus, scaled
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.points import Point


class LinearPart:
    """The sum of linear neurons and of what bends leave to them, z -> M z + c.

    Parameters
    ----------
    neurons
        The linear neurons.
    bends
        The bends; those without choices are linear.
    outputs
        The number of rows of M.
    """

    def __init__(self, neurons: Sequence[Neuron], bends: Sequence[Bend], outputs: int) -> None:
        self.outputs, self.bends = outputs, bends
        self.own = [(scaled(n.row, n.slopes[0]), n.column) for n in neurons]

    def matrix(self) -> RationalMatrix:
        """Return [M | c] as the bends are chosen."""
        terms = [*self.own, *((tuple(map(Fraction, b.h)), b.left) for b in self.bends if any(b.left))]
        if not terms:
            width = len(self.bends[0].h) if self.bends else 1
            return RationalMatrix.from_rows([(Fraction(0),) * width] * self.outputs, width)
        columns = RationalMatrix.from_rows([column for _, column in terms], self.outputs)
        rows = RationalMatrix.from_rows([row for row, _ in terms], len(terms[0][0]))
        return RationalMatrix(columns.numerators.transpose(), columns.denominator) @ rows

    # what is chosen -------------------------------------------------------------------------------

    def choose(self) -> int:
        """Turn bends over as long as the rank of M falls, and return the rank.

        Turning one over adds a multiple of column times h: the rank falls only if h lies in the row space.
        """
        current = _modular(self.matrix())
        rank = _rank(current)
        improved = True
        while rank and improved:
            improved = False
            for bend in self._within(current):
                before = bend.chosen
                for choice in range(len(bend.choices)):
                    bend.chosen = choice
                    changed = _modular(self.matrix())
                    if (lower := _rank(changed)) < rank:
                        current, rank, improved, before = changed, lower, True, choice
                bend.chosen = before
        return rank

    def _within(self, matrix: nmod_mat) -> list[Bend]:
        """Return the bends with several choices whose h lies in the row space of the matrix."""
        several = [bend for bend in self.bends if len(bend.choices) > 1]
        if not several:
            return []
        kernel, _ = matrix.nullspace()
        rows = nmod_mat([[entry % PRIME for entry in bend.h[:-1]] for bend in several], PRIME)
        images = (rows * kernel).tolist()  # of a row in the row space, zero
        return [bend for bend, image in zip(several, images, strict=True) if not any(map(int, image))]

    # what is written ------------------------------------------------------------------------------

    def units(self, bias: Point) -> tuple[list[Neuron], Point] | None:
        """Return linear neurons that are M z, and the bias with c in it; None if the prime was unlucky.

        Their rows are unit vectors, if M has full rank; those of linear neurons that there are, where these
        are enough; else rows of M.
        """
        matrix = self.matrix()
        rows = matrix.rows()
        linear = [row[:-1] for row in rows]
        bias = plus(bias, (row[-1] for row in rows))
        if not any(map(any, linear)):
            return [], bias
        rank, width, zero = _rank(_modular(matrix)), len(linear[0]), Fraction(0)
        if rank == width:
            unit = [tuple(Fraction(int(i == j)) for j in range(width)) for i in range(width)]
            columns = zip(*linear, strict=True)
            return [Neuron((*row, zero), LINEAR, c) for row, c in zip(unit, columns, strict=True)], bias
        own = [row[:-1] for row, _ in self.own]
        chosen = _independent(own)
        if len(chosen) != rank or (basis := _solved(linear, chosen)) is None:
            chosen = _independent(linear)
            basis = _solved(linear, chosen)
        if basis is None:
            return None
        return [Neuron((*row, zero), LINEAR, column) for row, column in zip(chosen, basis, strict=True)], bias


def _modular(matrix: RationalMatrix) -> nmod_mat:
    """Return the numerators of M, without c, modulo the prime."""
    rows = [[int(entry) % PRIME for entry in row[:-1]] for row in matrix.numerators.tolist()]
    return nmod_mat(rows, PRIME)


def _rank(matrix: nmod_mat) -> int:
    return int(matrix.rank())


def _independent(rows: Sequence[Point]) -> list[Point]:
    """Return the rows that are no combinations of those before, modulo the prime."""
    if not rows:
        return []
    matrix = RationalMatrix.from_rows([(*row, Fraction(0)) for row in rows], len(rows[0]) + 1)
    return [rows[i] for i in pivots_of(_modular(matrix).transpose())]


def _solved(rows: Sequence[Point], basis: Sequence[Point]) -> list[Point] | None:
    """Return for each basis row its coefficients in all rows, None if they are no combinations of it."""
    count, width = len(basis), len(rows[0])
    if not count:
        return None
    exact = RationalMatrix.from_rows(basis, width)
    numerators = RationalMatrix.from_rows([(*row, Fraction(0)) for row in basis], width + 1)
    places = pivots_of(_modular(numerators))
    square = rational_matrix([[row[j] for j in places] for row in basis])
    wanted = rational_matrix([[row[j] for j in places] for row in rows])
    try:
        solution = square.transpose().solve(wanted.transpose()).transpose()  # U V_P = M_P
    except ZeroDivisionError:
        return None
    coefficients = [[fraction_of(entry) for entry in row] for row in solution.tolist()]
    product = RationalMatrix.from_rows(coefficients, count) @ exact
    if product != RationalMatrix.from_rows(rows, width):
        return None
    return [tuple(column) for column in zip(*coefficients, strict=True)]
