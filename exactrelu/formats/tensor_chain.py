"""Networks from named arrays: weights and biases of fully connected layers, with ReLU in between.

Most files of tensors do not say what stands between the layers; then ReLU after each layer but the last is
assumed, and said in one line. The order of the layers and which bias belongs to which weight are never
guessed: they follow from the names, or from the shapes if only one order fits, or the file is refused.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import Any

from exactrelu.errors import ExactReluError, FormatError, ReadingWarning
from exactrelu.formats.arrays import network_from_arrays
from exactrelu.formats.layer_builder import LayerBuilder
from exactrelu.formats.limits import TooLargeError, check_array, shown
from exactrelu.networks.network import Network

_NUMBER = re.compile("[0-9]+")
_MOST_BY_SHAPE = 12


def network_of_layers(
    file: str,
    layers: Sequence[tuple[str, Any, str, Any]],
    kind: str,
    *,
    relus: Sequence[bool] | None = None,
    passed_over: Sequence[str] = (),
) -> Network:
    """Return the network of (name of a weight, weight, name of a bias, bias or None) in their order.

    Parameters
    ----------
    file
        The file, for messages.
    layers
        Weights of shape (outputs, inputs), NumPy arrays of exact or binary numbers.
    kind
        What the file is, for the network's source and for messages.
    relus
        Whether ReLU follows each layer, where the file says so; else it is taken after each but the last,
        of which a warning tells.
    passed_over
        What the file holds besides, for the warning.

    Raises
    ------
    FormatError
        If shapes do not chain or a number is a NaN or an infinity; the message names tensor and index.
    """
    for name, weight, bias_name, bias in layers:
        for what, array in ((name, weight), (bias_name, bias)):
            if array is not None:
                _check_size(file, what, array.shape)
    source = f"{kind}: {_base(file)}"
    try:
        network = network_from_arrays([(w, b) for _, w, _, b in layers], source=source)
    except ExactReluError as error:
        raise _named(file, str(error), layers) from None
    notes = [f"{', '.join(map(shown, passed_over))} not used"] if passed_over else []
    if relus is None and len(layers) > 1:
        notes.insert(0, f"{kind} says nothing of activations: ReLU is taken after each layer but the last")
    if notes:
        warnings.warn(f"{file}: {'; '.join(notes)}", ReadingWarning, stacklevel=2)
    return network if relus is None else _with_relus(network, relus, source)


def _with_relus(network: Network, relus: Sequence[bool], source: str) -> Network:
    """Return the network of the same layers with ReLU after those of them only, also after the last."""
    if list(relus) == [True] * (network.depth - 1) + [False]:
        return network
    builder = LayerBuilder(network.inputs)
    for layer, relu in zip(network.layers, relus, strict=True):
        builder.affine(layer)
        if relu:
            builder.relu()
    return builder.network(source)


def in_order(
    file: str, names: Sequence[str], shapes: Sequence[tuple[int, int]], *, listed: bool
) -> list[int]:
    """Return the order of layers with the given names and shapes (outputs, inputs).

    Names that differ in their numbers alone are taken by these. Else the order of the file counts, if it
    is one that its writer chose (``listed``); else the one order in which the shapes chain.

    Raises
    ------
    FormatError
        If there is no such order, or more than one.

    Examples
    --------
    >>> in_order("f", ["fc10.weight", "fc2.weight"], [(1, 3), (3, 2)], listed=False)
    [1, 0]
    >>> in_order("f", ["head.weight", "body.weight"], [(1, 3), (3, 2)], listed=False)
    [1, 0]
    """
    if len({_NUMBER.sub("#", name) for name in names}) == 1:
        return sorted(range(len(names)), key=lambda i: numbers_in(names[i]))
    if listed:
        return list(range(len(names)))
    expected = "names that differ in their numbers alone, or shapes that chain in one order"
    found = _chains(shapes) if len(names) <= _MOST_BY_SHAPE else []
    if len(found) != 1:
        raise FormatError(file, "", expected, ", ".join(map(shown, names[:4])))
    return found[0]


def numbers_in(name: str) -> tuple[int, ...]:
    """Return the numbers in a name, in order."""
    return tuple(int(digits[:18]) for digits in _NUMBER.findall(name))


def _chains(shapes: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the orders, two at most, in which each layer takes what the one before gives."""
    found: list[list[int]] = []
    stack = [[i] for i in range(len(shapes))]
    for _ in range(10**5):
        if not stack or len(found) == 2:
            return found
        chain = stack.pop()
        if len(chain) == len(shapes):
            found.append(chain)
        width = shapes[chain[-1]][0]
        stack += [[*chain, i] for i, (_, n) in enumerate(shapes) if n == width and i not in chain]
    return [[], []]  # too many to know


def _check_size(file: str, name: str, shape: tuple[int, ...]) -> None:
    try:
        check_array(shape)
    except TooLargeError as error:
        raise FormatError(file, shown(name), error.expected, error.got) from None


def _named(file: str, message: str, layers: Sequence[tuple[str, Any, str, Any]]) -> FormatError:
    """Return the refusal of arrays with the tensors' own names in it."""
    place, _, rest = message.partition(": expected ")
    match = re.match(r"layers\[([0-9]+)\]\.(weight|bias)", place)
    if match is not None:
        name = layers[int(match[1])][0 if match[2] == "weight" else 2]
        place = shown(name) + place[match.end() :]
    expected, _, got = rest.rpartition(", got ")
    return FormatError(file, place, expected, got) if expected else FormatError(file, "", "layers", message)


def _base(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2]
