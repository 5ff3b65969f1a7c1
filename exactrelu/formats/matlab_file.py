"""Networks in MATLAB files, as controllers are stored: cells ``W`` of weights and ``b`` of biases."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from exactrelu.errors import FormatError, UnsupportedOperatorError
from exactrelu.formats.limits import printable, read_regular_file, shown
from exactrelu.formats.matlab_elements import Cells, read_variables
from exactrelu.formats.tensor_chain import network_of_layers
from exactrelu.networks.network import Network

_NAMES = ("act_fcns", "activation_fcns")
_RELUS = {"relu": True, "poslin": True, "linear": False, "purelin": False}


def read_matlab(path: str | os.PathLike[str]) -> Network:
    """Return the network of the cells ``W`` and ``b`` in a MATLAB file, each number by its exact value.

    Parameters
    ----------
    path
        A file of version 5 to 7 with the variables, or a single structure with the fields, ``W`` (matrices
        of shape (outputs, inputs)) and ``b`` (vectors). ``act_fcns`` or ``activation_fcns`` may name what
        follows each layer, ``relu`` or ``poslin``, ``linear`` or ``purelin``; without it, ReLU is taken after
        each layer but the last.

    Raises
    ------
    UnsupportedOperatorError
        For another activation, by its layer.
    FormatError
        If the file is damaged, or W and b are no such cells; the message names the variable.

    Warns
    -----
    ReadingWarning
        If the file says nothing of activations, and of the variables that are not used.
    """
    file = printable(os.fspath(path))
    variables = read_variables(file, read_regular_file(path))
    if len(variables) == 1 and isinstance(only := next(iter(variables.values())), dict):
        variables = only
    weights, biases = (_cells(file, variables, name) for name in ("W", "b"))
    if len(weights) != len(biases) or not weights:
        raise FormatError(
            file, "W, b", "as many weights as biases, at least one", f"{len(weights)} and {len(biases)}"
        )
    layers = [
        (f"W{{{k}}}", _matrix(file, f"W{{{k}}}", w), f"b{{{k}}}", _vector(file, f"b{{{k}}}", b))
        for k, (w, b) in enumerate(zip(weights, biases, strict=True), start=1)
    ]
    relus = _activations(file, variables, len(layers))
    used = {"W", "b", *(_NAMES if relus is not None else ())}
    rest = [name for name in variables if name not in used]
    return network_of_layers(file, layers, "mat", relus=relus, passed_over=rest)


def _cells(file: str, variables: Mapping[str, Any], name: str) -> list[Any]:
    value = variables.get(name)
    if not isinstance(value, Cells):
        got = "none" if value is None else type(value).__name__
        raise FormatError(
            file, name, "a cell array", f"{got} (there is {', '.join(map(shown, list(variables)[:6]))})"
        )
    return value.values


def _matrix(file: str, place: str, value: Any) -> Any:
    import numpy as np

    if not isinstance(value, np.ndarray):
        raise FormatError(file, place, "a matrix of numbers", value if isinstance(value, str) else "none")
    return value


def _vector(file: str, place: str, value: Any) -> Any:
    array = _matrix(file, place, value)
    if array.ndim != 2 or 1 not in array.shape:
        raise FormatError(file, place, "a vector", f"shape {list(array.shape)}")
    return array.ravel()


def _activations(file: str, variables: Mapping[str, Any], layers: int) -> list[bool] | None:
    """Return whether ReLU follows each layer, None if the file does not say."""
    named = [name for name in _NAMES if name in variables]
    if not named:
        return None
    value = variables[named[0]]
    texts = [text for cell in value.values for text in cell] if isinstance(value, Cells) else value
    if (
        not isinstance(texts, list)
        or len(texts) != layers
        or not all(isinstance(text, str) for text in texts)
    ):
        raise FormatError(
            file, named[0], f"{layers} names of functions, one for each layer", "something else"
        )
    for k, text in enumerate(texts, start=1):
        if text.lower() not in _RELUS:
            raise UnsupportedOperatorError(file, f"activation {shown(text)}", f"layer {k}")
    return [_RELUS[text.lower()] for text in texts]
