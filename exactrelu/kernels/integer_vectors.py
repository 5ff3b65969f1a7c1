"""Integers of any length as kernels take them (`limbs.h`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Index = npt.NDArray[np.int64]

_LIMB, _ALL = 64, (1 << 64) - 1


@dataclass(frozen=True)
class Vectors:
    """Vectors of integers side by side: vector k begins at ``words[start[k]]``.

    Each number is a word with the number of its limbs, negative if the number is, and then its limbs of 64
    bits, the least one first; zero has none.
    """

    words: Words
    start: Index
    longest: int  # limbs

    @classmethod
    def of(cls, numbers: Sequence[int], lengths: Sequence[int]) -> Vectors:
        """Return the vectors that follow one another in ``numbers``, each with so many entries.

        Examples
        --------
        >>> vectors = Vectors.of([5, 0, -(2**64)], [1, 2])
        >>> vectors.words.view("int64").tolist(), vectors.start.tolist()
        ([1, 5, 0, -2, 0, 1, 0], [0, 2])
        """
        try:
            words, start = _short(np.array(numbers, dtype=np.int64))
            longest = 1
        except OverflowError:
            words, start = _long(numbers)
            longest = int(np.diff(start).max()) - 1
        first = np.cumsum(lengths, dtype=np.int64) - np.array(lengths, dtype=np.int64)
        return cls(words, start[first], longest)

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[int]]) -> Vectors:
        """Return the given vectors."""
        return cls.of([entry for row in rows for entry in row], [len(row) for row in rows])


def _short(numbers: Index) -> tuple[Words, Index]:
    present = numbers != 0
    ends = np.cumsum(1 + present, dtype=np.int64)
    start = np.concatenate([[0], ends])
    words = np.zeros(int(start[-1]) + 1, dtype=np.uint64)
    words[start[:-1]] = np.sign(numbers).view(np.uint64)
    words[start[:-1][present] + 1] = np.abs(numbers[present]).view(np.uint64)  # of -2^63 as well
    return words, start


def _long(numbers: Sequence[int]) -> tuple[Words, Index]:
    words, start = list[int](), [0]
    for number in numbers:
        left = abs(number)
        size = (left.bit_length() + _LIMB - 1) // _LIMB
        words.append(size if number >= 0 else (-size) & _ALL)
        for _ in range(size):
            words.append(left & _ALL)
            left >>= _LIMB
        start.append(len(words))
    return np.array([*words, 0], dtype=np.uint64), np.array(start, dtype=np.int64)
