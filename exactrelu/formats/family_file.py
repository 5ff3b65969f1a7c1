"""Families of networks in files: the native format, version 4, whose entries are rational functions.

::

    {"format": "exactrelu-network", "version": 4, "parameter": "t",
     "layers": [{"weight": [["1/t", "t^2 - 1/3"]], "bias": ["0"]}, {"weight": [["(t+1)/(t-2)"]]}]}

An entry is a number or a text of the grammar in `exactrelu.numbers.rational_function_text`. ``slopes`` are
those of version 3, numbers. Files of versions 1 and 3 are families that do not depend on the parameter.
"""

from __future__ import annotations

import os
import re

from exactrelu.errors import ExactReluError, NetworkError
from exactrelu.families.network_family import Entries, Layer, NetworkFamily
from exactrelu.formats.native import TEXTS, network_from_document, read_slopes
from exactrelu.formats.strict_json import JsonNumber, Node, read_json, require_format
from exactrelu.numbers.rational_function_text import rational_function
from exactrelu.numbers.rational_functions import RationalFunction

_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")


def load_family(path: str | os.PathLike[str], parameter: str | None = None) -> NetworkFamily:
    """Return the family of networks in a native JSON file.

    Parameters
    ----------
    path
        A file of version 4, or of version 1 or 3 for a family that does not move.
    parameter
        The name that the parameter must have; left out, any.

    Raises
    ------
    FormatError, NetworkError
        If the file holds no family, or one of another parameter; the message names file and place.
    """
    document = read_json(os.fspath(path))
    require_format(document, "exactrelu-network", 1, 3, 4)
    if document.value["version"] != JsonNumber("4"):
        document.require_keys(("format", "version", "layers"), TEXTS)
        return NetworkFamily.of_network(network_from_document(document), parameter or "t")
    document.require_keys(("format", "version", "parameter", "layers"), TEXTS)
    name = document.child("parameter").text()
    if not _NAME.fullmatch(name):
        raise document.child("parameter").fail("a name of letters, digits and _")
    if parameter not in (None, name):
        raise document.child("parameter").fail(f"the parameter {parameter!r}", repr(name))
    return _family(document, name)


def _family(document: Node, parameter: str) -> NetworkFamily:
    layers = document.child("layers").items()
    if not layers:
        raise document.child("layers").fail("at least one layer", "none")
    read = tuple(_layer(layer, parameter) for layer in layers)
    if "slopes" in layers[-1].value:
        raise layers[-1].child("slopes").fail("no slopes after the last layer", "some")
    hidden = zip(layers[:-1], read, strict=False)
    activations = tuple(read_slopes(node, len(layer.rows)) for node, layer in hidden)
    texts = {key: document.child(key).text() for key in TEXTS if key in document.value}
    try:
        return NetworkFamily(read, parameter, activations, name=texts.get("name"))
    except NetworkError as error:
        raise NetworkError(f"{document.file}: {error}") from None


def _layer(layer: Node, parameter: str) -> Layer:
    layer.require_keys(("weight",), ("bias", "slopes"))
    nodes = layer.child("weight").items()
    rows = [_entries(row, parameter) for row in nodes]
    if not rows or not rows[0]:
        raise layer.child("weight").fail("at least one row and one column", "none")
    for node, row in zip(nodes, rows, strict=True):
        if len(row) != len(rows[0]):
            raise node.fail(f"{len(rows[0])} entries as in row 0", str(len(row)))
    bias: Entries = (RationalFunction.constant(0),) * len(rows)
    if "bias" in layer.value:
        bias = _entries(layer.child("bias"), parameter)
    if len(bias) != len(rows):
        raise layer.child("bias").fail(f"{len(rows)} entries, one for each row of weight", str(len(bias)))
    return Layer(tuple((*row, b) for row, b in zip(rows, bias, strict=True)))


def _entries(node: Node, parameter: str) -> Entries:
    return tuple(_entry(item, parameter) for item in node.items())


def _entry(node: Node, parameter: str) -> RationalFunction:
    if isinstance(node.value, JsonNumber):
        return RationalFunction.constant(node.number())
    if not isinstance(node.value, str):
        raise node.fail(f'a rational function of {parameter} such as "1/{parameter}", or a rational')
    try:
        return rational_function(node.value, parameter)
    except ExactReluError as error:
        expected, _, got = str(error).removeprefix("expected ").partition(", got ")
        raise node.fail(expected, got) from None
