"""Networks in NumPy's ``.npz`` files: arrays of weights and biases, without pickles."""

from __future__ import annotations

import io
import os
from itertools import pairwise
from typing import Any

from exactrelu.errors import FormatError
from exactrelu.formats.limits import shown
from exactrelu.formats.stored_numbers import check_shape
from exactrelu.formats.tensor_chain import in_order, network_of_layers, numbers_in
from exactrelu.formats.zip_archive import ZipArchive, open_zip
from exactrelu.networks.network import Network

_SUFFIX = ".npy"


def read_npz(path: str | os.PathLike[str]) -> Network:
    """Return the network of the arrays in an ``.npz`` file, each float by its exact value.

    Arrays with two axes are weights, arrays with one are biases, one for each weight or none at all. Layers
    are taken by the numbers in their names, else in the order of the file. Weights may be of shape
    (outputs, inputs) or (inputs, outputs), if the shapes fit in one of these ways only. ReLU is taken after
    each layer but the last.

    Raises
    ------
    FormatError
        If the file is damaged, holds Python objects, or arrays that are no such chain or are one in both
        ways; the message names the array.

    Warns
    -----
    ReadingWarning
        That the file says nothing of activations, if there are hidden layers.
    """
    with open_zip(path, "an .npz file, a zip archive") as archive:
        arrays = {name.removesuffix(_SUFFIX): _array(archive, name) for name in archive.names}
        file = archive.file
    for name, array in arrays.items():
        if array.ndim not in (1, 2):
            raise FormatError(
                file, shown(name), "one axis (a bias) or two (a weight)", f"shape {array.shape}"
            )
    weights = [name for name, array in arrays.items() if array.ndim == 2]
    if not weights:
        raise FormatError(file, "", "an array with two axes, a weight", "none")
    weights = [weights[i] for i in in_order(file, weights, [arrays[w].shape for w in weights], listed=True)]
    biases = _biases(file, weights, [name for name, array in arrays.items() if array.ndim == 1])
    pairs = [(arrays[w], arrays[b] if b else None) for w, b in zip(weights, biases, strict=True)]
    if _is_transposed(file, pairs):
        pairs = [(weight.T, bias) for weight, bias in pairs]
    layers = [(w, pair[0], b, pair[1]) for w, b, pair in zip(weights, biases, pairs, strict=True)]
    return network_of_layers(file, layers, "npz")


def _biases(file: str, weights: list[str], names: list[str]) -> list[str]:
    """Return the name of each weight's bias, empty without biases."""
    if not names:
        return [""] * len(weights)
    if len(names) != len(weights):
        raise FormatError(file, "", f"no bias or {len(weights)}, one for each weight", f"{len(names)}")
    names = [names[i] for i in in_order(file, names, [(0, 0)] * len(names), listed=True)]
    steps = {
        tuple(b - a for a, b in zip(numbers_in(w), numbers_in(n), strict=False))
        for w, n in zip(weights, names, strict=True)
    }
    if len(steps) > 1:
        raise FormatError(
            file, "", "weights and biases with the same numbers in their names", ", ".join(names)
        )
    return names


def _is_transposed(file: str, pairs: list[tuple[Any, Any]]) -> bool:
    """Return whether the weights are of shape (inputs, outputs)."""
    usual = _chains([w.shape for w, _ in pairs], pairs)
    turned = _chains([w.shape[::-1] for w, _ in pairs], pairs)
    if usual and turned:
        what = "shapes that chain as (outputs, inputs) or as (inputs, outputs)"
        raise FormatError(
            file, "", what, "shapes that do both; exactrelu.network_from_arrays takes (outputs, inputs)"
        )
    return turned


def _chains(shapes: list[tuple[int, int]], pairs: list[tuple[Any, Any]]) -> bool:
    fit = all(
        bias is None or bias.shape[0] == shape[0] for shape, (_, bias) in zip(shapes, pairs, strict=True)
    )
    return fit and all(after[1] == before[0] for before, after in pairwise(shapes))


def _array(archive: ZipArchive, name: str) -> Any:
    """Return the array in a member; NumPy reads its header, the bytes are compared with it."""
    import numpy as np

    data = archive.read(name)
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        read = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, by_columns, dtype = read(stream)
    except (ValueError, EOFError, SyntaxError, MemoryError, RecursionError, TypeError) as error:
        raise FormatError(archive.file, shown(name), "a NumPy array", f"none ({shown(str(error))})") from None
    if dtype.kind not in "iuf" or dtype.itemsize > 8:
        raise FormatError(
            archive.file, shown(name), "floats or integers of at most 64 bits", shown(str(dtype))
        )
    size = check_shape(archive.file, name, shape)
    held = len(data) - stream.tell()
    if held != size * dtype.itemsize:
        raise FormatError(archive.file, shown(name), f"{size * dtype.itemsize} bytes of numbers", f"{held}")
    flat = np.frombuffer(data, dtype=dtype, offset=stream.tell())
    return flat.reshape(shape, order="F" if by_columns else "C")
