"""Networks from NumPy arrays, tensors and lists of numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeGuard

from exactrelu.errors import (
    ExactReluError,
    InexactNumberError,
    NetworkError,
    NumberSyntaxError,
)
from exactrelu.formats.limits import shown
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import rational, rational_from_float

_TORCH_FLOATS = ("torch.float16", "torch.bfloat16", "torch.float32", "torch.float64")


def network_from_arrays(layers: Iterable[Any], *, source: str | None = None) -> Network:
    """Return the network of pairs (W_l, b_l) of NumPy arrays, with ReLU after each layer but the last.

    Parameters
    ----------
    layers
        Pairs of a weight array of shape (N_l, N_{l-1}) and a bias array of shape (N_l,), or None for a
        zero bias; or (weights, biases), the list of all weights and that of all biases. Floats of any
        precision have their exact binary value; integers, and arrays of
        Python objects that are exact rationals, are taken as they are.
    source
        Free text that travels with the network.

    Raises
    ------
    NetworkError
        If there is no layer, an array is missing or empty, or shapes do not fit each other; the message
        gives both.
    NumberSyntaxError
        For a NaN or an infinity; the message names layer, array and index.
    InexactNumberError
        For bools, complex numbers and other types, and for inexact entries of an object array.

    Examples
    --------
    >>> import numpy as np
    >>> net = network_from_arrays([(np.array([[0.5], [-1.0]]), None), (np.array([[1, 1]]), np.array([3]))])
    >>> net((4,))
    (Fraction(5, 1),)
    """
    if _are_weights_and_biases(layers):
        layers = _pairs_of(layers)
    maps: list[AffineMap] = []
    previous = None
    for k, pair in enumerate(layers):
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise NetworkError(f"layers[{k}]: expected a pair (weight, bias), got {type(pair).__name__}")
        weight, bias = pair
        layer = affine_map_of_arrays(weight, bias, f"layers[{k}].weight", f"layers[{k}].bias")
        if previous is not None and layer.inputs != previous.outputs:
            raise NetworkError(
                f"layers[{k}].weight: expected shape (rows, {previous.outputs}) after a layer of shape "
                f"{(previous.outputs, previous.inputs)}, got {(layer.outputs, layer.inputs)}"
            )
        maps.append(layer)
        previous = layer
    return Network(tuple(maps), source=source)


def network_of_values(value: Sequence[Any], *, floats: bool = False) -> Network:
    """Return the network of (weights, biases) or of pairs (weight, bias), arrays, tensors or lists.

    Floats in arrays and tensors have their exact value; so have those in lists if ``floats`` says so, else
    lists hold exact rationals only.

    Raises
    ------
    NetworkError, InexactNumberError, NumberSyntaxError
        As `network_from_arrays`.

    Examples
    --------
    >>> network_of_values(([[[1], [-1]], [[1, 1]]], [None, None])) == network_of_values(
    ...     [([[1], [-1]], None), ([[1, 1]], ["0"])]
    ... )
    True
    """
    pairs = []
    for k, (weight, bias) in enumerate(_pairs_of(value)):
        array = _array(weight, f"layers[{k}].weight", floats=floats)
        pairs.append((array, None if bias is None else _array(bias, f"layers[{k}].bias", floats=floats)))
    return network_from_arrays(pairs)


def rows_of_values(value: Any, place: str) -> list[list[Fraction]] | None:
    """Return the exact rows of a matrix given as rows or as an array, None for what has no rows."""
    if _axes(value) != 2:
        return None
    array = _array(value, place, floats=False)
    flat, columns = rationals_of_array(array, place), array.shape[1]
    return [flat[i : i + columns] for i in range(0, len(flat), columns)]


def _pairs_of(value: Sequence[Any]) -> list[Sequence[Any]]:
    """Return the pairs (weight, bias), from a list of them or from (weights, biases)."""
    if value and all(_is_pair(layer) for layer in value):
        return list(value)
    if _are_weights_and_biases(value):
        weights, biases = value
        if len(weights) != len(biases):
            raise NetworkError(f"biases: expected {len(weights)}, one for each weight, got {len(biases)}")
        return list(zip(weights, biases, strict=True))
    raise NetworkError(
        "network: expected (weights, biases) or a list of pairs (weight, bias), the weights with two axes, "
        f"got {shown(repr(value))}"
    )


def _are_weights_and_biases(value: Any) -> TypeGuard[Sequence[Any]]:
    if not isinstance(value, tuple | list) or len(value) != 2:
        return False
    weights, biases = value
    if not isinstance(weights, tuple | list) or not isinstance(biases, tuple | list):
        return False
    return bool(weights) and all(_axes(weight) == 2 for weight in weights)


def _is_pair(layer: Any) -> bool:
    if not isinstance(layer, tuple | list) or len(layer) != 2:
        return False
    weight, bias = layer
    return _axes(weight) == 2 and (bias is None or _axes(bias) == 1)


def _axes(value: Any) -> int:
    """Return the number of axes of an array, a tensor or nested lists."""
    if hasattr(value, "shape"):
        return len(value.shape)
    if isinstance(value, str) or not isinstance(value, Sequence):
        return 0
    return 1 + (_axes(value[0]) if value else 0)


def _array(value: Any, place: str, *, floats: bool) -> Any:
    """Return an array; of lists one of Python numbers, so that no rational is rounded."""
    import numpy as np

    if hasattr(value, "detach"):
        return tensor_values(value, place)
    if isinstance(value, np.ndarray):
        return value
    if floats and not _holds_rationals(value):
        return np.asarray(value)
    if _axes(value) == 2 and len({len(row) for row in value}) > 1:
        raise NetworkError(f"{place}: expected rows of one length, got {[len(row) for row in value]}")
    return np.array(value, dtype=object)


def _holds_rationals(value: Any) -> bool:
    entries = [entry for row in value for entry in (row if isinstance(row, Sequence) else [row])]
    return any(isinstance(entry, Fraction | str) for entry in entries)


def tensor_values(tensor: Any, place: str) -> Any:
    """Return the values of a torch tensor as float64, into which its float types embed exactly."""
    if str(tensor.dtype) not in _TORCH_FLOATS:
        raise InexactNumberError(f"{place}: expected a tensor of floats, got {tensor.dtype}")
    return tensor.detach().cpu().double().numpy()


def affine_map_of_arrays(weight: Any, bias: Any, weight_place: str, bias_place: str) -> AffineMap:
    """Return x -> W x + b after checking shapes and entries."""
    _check_array(weight, weight_place)
    shape = weight.shape
    if len(shape) != 2 or 0 in shape:
        raise NetworkError(f"{weight_place}: expected shape (rows, columns), neither zero, got {shape}")
    if bias is not None:
        _check_array(bias, bias_place)
        if bias.shape != shape[:1]:
            raise NetworkError(
                f"{bias_place}: expected shape {shape[:1]} for a weight of shape {shape}, got {bias.shape}"
            )
    entries = None if bias is None else rationals_of_array(bias, bias_place)
    flat = rationals_of_array(weight, weight_place)
    columns = shape[1]
    rows = [flat[i : i + columns] for i in range(0, len(flat), columns)]
    return AffineMap.from_rationals(rows, entries)


def _check_array(array: Any, place: str) -> None:
    import numpy as np

    if not isinstance(array, np.ndarray):
        raise NetworkError(
            f"{place}: expected a NumPy array, got {type(array).__name__}; "
            "Network.from_rationals takes lists of exact rationals"
        )
    if isinstance(array, np.ma.MaskedArray):
        raise NetworkError(f"{place}: expected an array without a mask, got a masked one")


def rationals_of_array(array: Any, place: str) -> list[Fraction]:
    """Return the exact entries in row-major order."""
    import numpy as np

    kind, flat = array.dtype.kind, np.asarray(array).ravel()
    if kind in "iu":
        return [Fraction(entry) for entry in flat.tolist()]
    if kind == "f":
        return [_entry(rational_from_float, entry, place, array.shape, i) for i, entry in enumerate(flat)]
    if kind == "O":
        return [_entry(rational, entry, place, array.shape, i) for i, entry in enumerate(flat)]
    if array.dtype.name == "bfloat16":
        return rationals_of_array(array.astype(np.float64), place)  # float64 has all bfloat16 numbers
    raise InexactNumberError(f"{place}: expected floats, integers or exact rationals, got {array.dtype}")


def _entry(convert: Any, value: Any, place: str, shape: tuple[int, ...], position: int) -> Fraction:
    import numpy as np

    try:
        result: Fraction = convert(value)
    except (InexactNumberError, NumberSyntaxError) as error:
        index = [int(i) for i in np.unravel_index(position, shape)]
        kind: type[ExactReluError] = type(error)
        raise kind(f"{place}{index}: {error}") from None
    return result
