"""Reading networks in the NNet text format."""

from __future__ import annotations

import os
import warnings
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Literal, TypeAlias

from exactrelu.errors import FormatError, ReadingWarning
from exactrelu.formats.limits import TooLargeError, check_array, printable, read_regular_file
from exactrelu.formats.nnet_header import Header, read_header
from exactrelu.formats.nnet_lines import ROUNDINGS, Lines, Numbers, Row
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import common_denominator

Normalization: TypeAlias = Literal["stored", "folded"]


def read_nnet(
    path: str | os.PathLike[str], *, numbers: Numbers = "exact", normalization: Normalization = "stored"
) -> Network:
    """Return the network in an NNet file.

    The file has comment lines that start with ``//``; a line with the numbers of layers, inputs and
    outputs and the largest layer size; the layer sizes; a flag without meaning; the minima and maxima
    of the inputs; the means and the ranges of the inputs, each followed by that of the outputs; and
    for each layer the rows of its weight matrix and then its biases, one on a line. Entries are
    separated by commas, and one more comma may end a line. Headers that lack or misstate what the weights
    do not need are read too (`exactrelu.formats.nnet_header` has the rules).

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
        asks for more than `exactrelu.formats.limits`; in the folded reading also if means and ranges are
        not all there, or a range is not positive.

    Warns
    -----
    ReadingWarning
        If the header is not the standard one; the line says in what.

    Examples
    --------
    >>> read_nnet("no-such-file.nnet")
    Traceback (most recent call last):
    ...
    exactrelu.errors.FormatError: no-such-file.nnet: expected a readable file, got No such file or directory
    """
    file = printable(os.fspath(path))
    if numbers not in ROUNDINGS or normalization not in ("stored", "folded"):
        raise FormatError(
            file,
            "options",
            "numbers exact, float32 or float64 and normalization stored or folded",
            f"{numbers!r} and {normalization!r}",
        )
    lines = Lines(file, read_regular_file(path), numbers)
    header = read_header(lines)
    layers = [_layer(lines, *shape) for shape in pairwise(header.sizes)]
    lines.end()
    if normalization == "folded":
        means, ranges = header.normalisation()
        layers[0] = layers[0].after(_normalisation(means[:-1], ranges[:-1]))
        layers[-1] = _denormalised(layers[-1], means[-1], ranges[-1])
    if header.deviations:
        warnings.warn(_notice(file, header, normalization), ReadingWarning, stacklevel=2)
    source = f"nnet: {printable(Path(path).name)} (numbers {numbers}, normalization {normalization})"
    return Network(tuple(layers), source=source)


def _notice(file: str, header: Header, normalization: Normalization) -> str:
    how = (
        "the weights are read as stored"
        if normalization == "stored"
        else "its means and ranges are folded in"
    )
    return f"{file}: the header is not the standard one: {'; '.join(header.deviations)}; {how}"


def _layer(lines: Lines, inputs: int, outputs: int) -> AffineMap:
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
