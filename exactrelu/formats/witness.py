"""Reading counterexamples in the format of the verification competition, exactly.

A file is ``((X_0 v) ... (Y_0 v) ...)``, perhaps after a first word ``sat``, plain or gzip; parentheses may be
nested further, and the order of the pairs does not count. The values are decimals and mean what is written.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from fractions import Fraction

from exactrelu.formats.limits import TooLargeError, printable, shown
from exactrelu.formats.linear_terms import TermError, TermReader
from exactrelu.formats.s_expressions import Tokens, read_text
from exactrelu.numbers.points import Point

_NAME = re.compile(r"([XY])_(0|[1-9][0-9]{0,8})")


@dataclass(frozen=True)
class StatedWitness:
    """The inputs of a counterexample, and the outputs that the tool states, None if it states none."""

    inputs: Point
    outputs: Point | None


def read_witness(path: str | os.PathLike[str], inputs: int, outputs: int) -> StatedWitness:
    """Return the counterexample in a file, for a network with so many inputs and outputs.

    Raises
    ------
    FormatError
        If the file is no such counterexample: a missing, doubled or unknown variable, a value that is no
        decimal (NaN among them), parentheses that do not match; the message names the line.
    """
    text, _ = read_text(path)
    return parse_witness(text, inputs, outputs, printable(os.fspath(path)))


def parse_witness(text: str, inputs: int, outputs: int, name: str = "witness") -> StatedWitness:
    r"""Return the counterexample that a text describes; ``name`` stands in messages.

    Raises
    ------
    FormatError
        As `read_witness`.

    Examples
    --------
    >>> parse_witness("sat\n((X_0 0.5) (X_1 1e-1)\n(Y_0 -2))", 2, 1).inputs
    (Fraction(1, 2), Fraction(1, 10))
    """
    tokens = Tokens(name, text)
    values = _pairs(tokens, {"X": inputs, "Y": outputs})
    point, stated = (
        [values.get((kind, i)) for i in range(count)] for kind, count in (("X", inputs), ("Y", outputs))
    )
    for kind, found in (("X", point), ("Y", stated)):
        missing = [i for i, value in enumerate(found) if value is None]
        if missing and (kind == "X" or len(missing) < len(found)):
            raise tokens.error(f"a value of {kind}_{missing[0]}", "none in the file")
    exact = tuple(value for value in stated if value is not None)
    return StatedWitness(tuple(value for value in point if value is not None), exact or None)


def _pairs(tokens: Tokens, counts: dict[str, int]) -> dict[tuple[str, int], Fraction]:
    """Return the value of each variable in a file."""
    values: dict[tuple[str, int], Fraction] = {}
    reader = TermReader()
    word = tokens.next()
    if word in ("sat", "violated"):  # the first years of the competition said violated
        word = tokens.next()
    depth = 0
    while word:
        if word == "(":
            depth += 1
        elif word == ")" and depth:
            depth -= 1
        else:
            key = _variable(tokens, word, counts, depth)
            if key in values:
                raise tokens.error("each variable once", f"{word} again")
            values[key] = _value(tokens, reader)
            if (closing := tokens.next()) != ")":
                raise tokens.unexpected(f"a closing parenthesis after the value of {word}", closing)
            depth -= 1
        word = tokens.next()
    if depth:
        raise tokens.unexpected("a closing parenthesis", "")
    return values


def _variable(tokens: Tokens, word: str, counts: dict[str, int], depth: int) -> tuple[str, int]:
    match = _NAME.fullmatch(word)
    if match is None or not depth:
        raise tokens.unexpected("sat, or pairs such as (X_0 0.5)", word)
    kind, index = match[1], int(match[2])
    if index >= counts[kind]:
        what = "inputs" if kind == "X" else "outputs"
        raise tokens.error(f"the network's {counts[kind]} {what}", word)
    return kind, index


def _value(tokens: Tokens, reader: TermReader) -> Fraction:
    word = tokens.next()
    try:
        return reader.number(word).constant
    except TermError:
        raise tokens.error("a decimal", shown(word) if word else "the end of the file") from None
    except TooLargeError as error:
        raise tokens.error(error.expected, error.got) from None
