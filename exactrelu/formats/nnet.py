"""Reading networks in the NNet text format."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Literal, TypeAlias

from exactrelu.errors import FormatError, NumberSyntaxError
from exactrelu.formats.binary_rounding import FLOAT32, FLOAT64
from exactrelu.formats.limits import (
    MAX_ENTRIES,
    TooLargeError,
    WorkAllowance,
    check_array,
    cost,
    printable,
    read_regular_file,
    shown,
)
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import common_denominator, parse_rational

Numbers: TypeAlias = Literal["exact", "float32", "float64"]
Normalization: TypeAlias = Literal["stored", "folded"]
Row: TypeAlias = list[Fraction]

_ROUNDINGS: dict[str, Callable[[Fraction], Fraction]] = {
    "exact": lambda value: value,
    "float32": FLOAT32.rounded,
    "float64": FLOAT64.rounded,
}
_COUNT = re.compile("[0-9]{1,9}")
_BLANKS = " \t"
_WORD_COST = 200  # machine operations to read a number, for each of its words


def read_nnet(
    path: str | os.PathLike[str], *, numbers: Numbers = "exact", normalization: Normalization = "stored"
) -> Network:
    """Return the network in an NNet file.

    The file has comment lines that start with ``//``; a line with the numbers of layers, inputs and
    outputs and the largest layer size; the layer sizes; a flag without meaning; the minima and maxima
    of the inputs; the means and the ranges of the inputs, each followed by that of the outputs; and
    for each layer the rows of its weight matrix and then its biases, one on a line. Entries are
    separated by commas, and one more comma may end a line.

    Parameters
    ----------
    path
        The file.
    numbers
        What a decimal means: ``exact``, the decimal that is written; ``float32`` or ``float64``, the
        nearest number of that format (ties to even, rounded once from the exact decimal), which is
        what a float program makes of it.
    normalization
        ``stored``, the network on *normalised* inputs and outputs, as its weights are stored; the ONNX
        files of the same networks compute this function (up to how their weights were rounded).
        ``folded``, the network on measured inputs and outputs: (x - mean) / range is composed, exactly,
        into the first layer and y * range + mean into the last. Means and ranges are read as
        ``numbers`` says too.

    Returns
    -------
    Network
        The network. Clipping inputs to the minima and maxima, which programs that use such files do,
        is not part of it: state the box as a domain instead.

    Raises
    ------
    FormatError
        If the file is not as described, names what it holds with its line, has a NaN or an infinity, or
        a zero range in the folded reading, or asks for more than `exactrelu.formats.limits`.

    Examples
    --------
    >>> read_nnet("no-such-file.nnet")
    Traceback (most recent call last):
    ...
    exactrelu.errors.FormatError: no-such-file.nnet: expected a readable file, got No such file or directory
    """
    file = printable(os.fspath(path))
    if numbers not in _ROUNDINGS or normalization not in ("stored", "folded"):
        raise FormatError(
            file,
            "options",
            "numbers exact, float32 or float64 and normalization stored or folded",
            f"{numbers!r} and {normalization!r}",
        )
    lines = _Lines(file, read_regular_file(path), numbers)
    sizes = _header(lines)
    lines.row(sizes[0], "a minimum")
    lines.row(sizes[0], "a maximum")
    means, ranges = lines.row(sizes[0] + 1, "a mean"), lines.row(sizes[0] + 1, "a range")
    ranges_place = lines.place
    layers = [_layer(lines, *shape) for shape in pairwise(sizes)]
    lines.end()
    if normalization == "folded":
        if 0 in ranges:
            raise FormatError(
                lines.file, ranges_place, "ranges other than zero", f"0 at {ranges.index(Fraction(0))}"
            )
        layers[0] = layers[0].after(_normalisation(means[:-1], ranges[:-1]))
        layers[-1] = _denormalised(layers[-1], means[-1], ranges[-1])
    source = f"nnet: {printable(Path(path).name)} (numbers {numbers}, normalization {normalization})"
    return Network(tuple(layers), source=source)


class _Lines:
    """The lines of a file, read one after the other; comment lines are passed over."""

    def __init__(self, file: str, data: bytes, numbers: Numbers) -> None:
        self.file = file
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise FormatError(file, f"byte {error.start}", "text in UTF-8", "other bytes") from None
        self.bytes = len(data)
        self._lines = text.replace("\r\n", "\n").split("\n")
        self._next = 0
        self._rounding = _ROUNDINGS[numbers]
        self._allowance = WorkAllowance()

    @property
    def place(self) -> str:
        """The line that was read last."""
        return f"line {self._next}"

    def error(self, expected: str, got: str) -> FormatError:
        """Return the refusal of the line that was read last."""
        return FormatError(self.file, self.place, expected, got)

    def entries(self, count: int, what: str) -> list[str]:
        """Return the entries of the next line, which must be ``count``."""
        while self._next < len(self._lines) and self._lines[self._next].startswith("//"):
            self._next += 1
        self._next += 1
        if self._next > len(self._lines):
            raise self.error(f"{count} {what}", "the end of the file")
        line = self._lines[self._next - 1].strip(_BLANKS)
        entries = line.removesuffix(",").split(",") if line else []
        if len(entries) != count:
            raise self.error(f"{count} {what}", f"{len(entries)}" if line else "an empty line")
        return [entry.strip(_BLANKS) for entry in entries]

    def counts(self, count: int) -> list[int]:
        """Return the next line as natural numbers of at most nine digits."""
        entries = self.entries(count, "counts")
        for entry in entries:
            if _COUNT.fullmatch(entry) is None:
                raise self.error("a count", shown(entry) or "nothing")
        return [int(entry) for entry in entries]

    def row(self, count: int, what: str = "a number") -> Row:
        """Return the next line as rationals."""
        return [self._number(entry, what) for entry in self.entries(count, "numbers")]

    def _number(self, entry: str, what: str) -> Fraction:
        if "/" in entry:
            raise self.error(f"{what} in decimals", shown(entry))
        try:
            exact = parse_rational(entry)
            bits = exact.numerator.bit_length() + exact.denominator.bit_length()
            self._allowance.spend(_WORD_COST * cost(1, bits))
            return self._rounding(exact)
        except NumberSyntaxError as error:
            raise self.error(what, f"{shown(entry) or 'nothing'} ({_reason(error)})") from None
        except TooLargeError as error:
            raise self.error(error.expected, error.got) from None

    def end(self) -> None:
        """Refuse anything but empty lines and comments in what is left."""
        for number, line in enumerate(self._lines[self._next :], start=self._next + 1):
            if line.strip(_BLANKS) and not line.startswith("//"):
                raise FormatError(self.file, f"line {number}", "the end of the file", shown(line))


def _reason(error: NumberSyntaxError) -> str:
    return str(error).partition(", got ")[0]


def _header(lines: _Lines) -> list[int]:
    """Return the layer sizes (N_0, ..., N_L) after comparing them with the counts and the file's length."""
    layers, inputs, outputs, largest = lines.counts(4)
    if layers < 1:
        raise lines.error("at least one layer", f"{layers}")
    if layers > lines.bytes:
        raise lines.error("a file that holds the layers", f"{layers} layers in {lines.bytes} bytes")
    sizes = lines.counts(layers + 1)
    if min(sizes) < 1:
        raise lines.error("positive layer sizes", "0")
    if (sizes[0], sizes[-1], max(sizes)) != (inputs, outputs, largest):
        raise lines.error(
            f"{inputs} inputs, {outputs} outputs and {largest} in the largest layer, as above",
            f"{sizes[0]}, {sizes[-1]} and {max(sizes)}",
        )
    declared = sum((before + 1) * after for before, after in pairwise(sizes))
    if declared > MAX_ENTRIES:
        raise lines.error(f"at most {MAX_ENTRIES} weights and biases", f"{declared}")
    if 2 * declared > lines.bytes + 1:  # a number takes a digit and what separates it from the next
        raise lines.error("a file that holds the layers", f"{declared} numbers in {lines.bytes} bytes")
    lines.counts(1)
    return sizes


def _layer(lines: _Lines, inputs: int, outputs: int) -> AffineMap:
    weight = [lines.row(inputs) for _ in range(outputs)]
    bias = [lines.row(1)[0] for _ in range(outputs)]
    entries = [entry for row in weight for entry in row] + bias
    # All entries get one denominator; a few tiny numbers must not make all the others huge.
    bits = common_denominator(entries).bit_length() + max(abs(e.numerator).bit_length() for e in entries)
    try:
        check_array((len(entries),), bits)
    except TooLargeError as error:
        raise lines.error(error.expected, error.got) from None
    return AffineMap.from_rationals(weight, bias)


def _normalisation(means: Row, ranges: Row) -> AffineMap:
    """Return x -> (x - mean) / range."""
    rows = [[Fraction(0)] * len(ranges) for _ in ranges]
    for i, scale in enumerate(ranges):
        rows[i][i] = 1 / scale
    return AffineMap.from_rationals(rows, [-mean / scale for mean, scale in zip(means, ranges, strict=True)])


def _denormalised(last: AffineMap, mean: Fraction, scale: Fraction) -> AffineMap:
    """Return x -> last(x) * range + mean, with one range and mean for all outputs."""
    shift = [[0] * last.inputs for _ in range(last.outputs)]
    return last.scaled(scale) + AffineMap.from_rationals(shift, [mean] * last.outputs)
