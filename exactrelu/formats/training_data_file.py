"""Files of training data: a table of comma-separated values, or a document.

A table has a row for each sample: the inputs, then the targets. Numbers are integers, decimals, which mean
exactly what is written, or ``p/q``. A first row in which no
entry begins as a number does is taken for names. A document is::

    {"format": "exactrelu-data", "version": 1, "inputs": [["1/2", "0"], ...], "targets": [["1"], ...]}
"""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from pathlib import Path

from exactrelu.errors import ArgumentError, FormatError, NumberSyntaxError
from exactrelu.formats.strict_json import read_json, require_format
from exactrelu.losses.training_data import TrainingData
from exactrelu.numbers.rationals import parse_rational

_BEGINS_AS_NUMBER = re.compile(r"[+-]?(\.?\d|nan$|inf$|infinity$)", re.IGNORECASE)


def load_data(path: str | Path, inputs: int, targets: int) -> TrainingData:
    """Return the data in a file, for networks of so many inputs and outputs.

    Raises
    ------
    FormatError
        If the file does not hold such data; the message names the row and the column, or the entry.
    """
    if Path(path).suffix.lower() == ".json":
        return _document(path)
    return _table(path, inputs, targets)


def _document(path: str | Path) -> TrainingData:
    document = read_json(path)
    require_format(document, "exactrelu-data", 1)
    document.require_keys(("format", "version", "inputs", "targets"), ("name", "description", "source"))
    columns = [
        tuple(tuple(entry.number() for entry in row.items()) for row in document.child(key).items())
        for key in ("inputs", "targets")
    ]
    try:
        return TrainingData(*columns)
    except ArgumentError as error:
        raise _failure(path, str(error)) from None


def _failure(path: str | Path, message: str) -> FormatError:
    place, _, rest = message.partition(": expected ")
    expected, _, got = rest.rpartition(", got ")
    return FormatError(str(path), place, expected, got)


def _table(path: str | Path, inputs: int, targets: int) -> TrainingData:
    width, samples = inputs + targets, []
    for line, row in _rows(path):
        if len(row) != width:
            expected = f"{width} columns ({inputs} inputs, {targets} targets)"
            raise FormatError(str(path), f"line {line}", expected, str(len(row)))
        samples.append([_number(path, line, column, text) for column, text in enumerate(row, start=1)])
    if not samples:
        raise FormatError(str(path), "", "at least one sample", "none")
    return TrainingData(tuple(tuple(s[:inputs]) for s in samples), tuple(tuple(s[inputs:]) for s in samples))


def _rows(path: str | Path) -> list[tuple[int, list[str]]]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise FormatError(str(path), "", "a table of numbers in UTF-8", "other bytes") from None
    try:
        table = csv.reader(text.splitlines(), skipinitialspace=True)
        rows = [
            (table.line_num, [entry.strip() for entry in row]) for row in table if any(map(str.strip, row))
        ]
    except csv.Error as error:
        raise FormatError(str(path), "", "comma-separated values", str(error)) from None
    return rows[1:] if rows and not any(map(_BEGINS_AS_NUMBER.match, rows[0][1])) else rows


def _number(path: str | Path, line: int, column: int, text: str) -> Fraction:
    try:
        return parse_rational(text)
    except NumberSyntaxError:
        raise FormatError(str(path), f"line {line}, column {column}", "a number", repr(text[:40])) from None
