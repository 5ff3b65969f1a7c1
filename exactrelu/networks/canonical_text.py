"""The canonical text of a network, of which its hash is taken, piece by piece.

The text is ``{"layers":[{"weight":[[...]],"bias":[...]},...]}`` with every number a lowest-terms string and
no blanks; in a network that is not all ReLU a layer that ends in neurons has ``"slopes":[[...]]`` too. Large
layers have texts of gigabytes, most of them zeros: the text is made row by row and never held whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import chain, zip_longest

from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap
from exactrelu.numbers.rationals import format_integer, format_rational

_ZERO = b'"0",'


def canonical_text(layers: Sequence[AffineMap], activations: Sequence[Activation]) -> Iterator[bytes]:
    """Yield the pieces of the text.

    Parameters
    ----------
    layers
        The affine maps.
    activations
        The activations, whose slopes stand in the text; none if all neurons are ReLU.

    Examples
    --------
    >>> b"".join(canonical_text([AffineMap.from_rationals([[1, "1/2"]])], []))
    b'{"layers":[{"weight":[["1","1/2"]],"bias":["0"]}]}'
    """
    yield b'{"layers":['
    for k, (layer, activation) in enumerate(zip_longest(layers, activations)):
        yield b'{"weight":[' if k == 0 else b',{"weight":['
        yield from _separated(_sparse_rows(layer) if layer.is_sparse else _dense_rows(layer))
        yield b'],"bias":' + _numbers(map(format_rational, layer.bias))
        if activation is not None:
            pairs = (_numbers(map(format_rational, pair)) for pair in activation.slopes)
            yield from chain([b',"slopes":['], _separated(pairs), [b"]"])
        yield b"}"
    yield b"]}"


def _separated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    for i, piece in enumerate(pieces):
        yield b"," + piece if i else piece


def _numbers(texts: Iterator[str]) -> bytes:
    return b'["' + '","'.join(texts).encode() + b'"]'


def _dense_rows(layer: AffineMap) -> Iterator[bytes]:
    """Yield the rows of W."""
    return (_numbers(map(format_rational, row[:-1])) for row in layer.rows)


def _sparse_rows(layer: AffineMap) -> Iterator[bytes]:
    denominator = layer.sparse.denominator
    for columns, numerators in layer.sparse.row_entries():
        pieces, place = [b"["], 0
        for column, numerator in zip(columns, numerators, strict=True):
            if column < layer.inputs:
                pieces.append(_ZERO * (column - place))
                pieces.append(b'"%b",' % _quotient(numerator, denominator))
                place = column + 1
        pieces.append(_ZERO * (layer.inputs - place))
        yield b"".join(pieces)[:-1] + b"]"


def _quotient(numerator: int, denominator: int) -> bytes:
    common = math.gcd(numerator, denominator)
    if common == denominator:
        return format_integer(numerator // common).encode()
    return f"{format_integer(numerator // common)}/{format_integer(denominator // common)}".encode()
