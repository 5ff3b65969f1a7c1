"""The native formats, read: networks and domains as JSON, every number an exact rational.

A network::

    {"format": "exactrelu-network", "version": 1,
     "layers": [{"weight": [["1/2", "-3"], ["0", "1"]], "bias": ["0", "1/3"]},
                {"weight": [["1", "-1"]]}]}

``bias`` may be left out and is zero then; ``name``, ``description`` and ``source`` are optional texts. In
version 3 a layer but the last may have the key ``slopes``: a pair [s-, s+] for each neuron, or one pair for
all; left out, it is ReLU, ["0", "1"]. (Version 2 is that of `exactrelu.formats.shallow_file`.) A domain, each
entry meaning normal . x + offset RELATION 0::

    {"format": "exactrelu-domain", "version": 1,
     "inequalities": [{"normal": ["1", "0"], "offset": "-1", "relation": "<="}]}
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from exactrelu.errors import NetworkError
from exactrelu.formats.limits import TooLargeError, check_array
from exactrelu.formats.strict_json import JsonNumber, Node, read_json, require_format
from exactrelu.networks.activation import Activation, Slopes
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.polyhedra.constraints import LinearConstraint, Relation
from exactrelu.polyhedra.domain import Domain

TEXTS = ("name", "description", "source")


def read_network(path: str | Path) -> Network:
    """Return the network in a native JSON file.

    Raises
    ------
    FormatError, NetworkError
        If the file does not hold one; the message names file and place.
    """
    document = read_json(path)
    require_format(document, "exactrelu-network", 1, 3)
    document.require_keys(("format", "version", "layers"), TEXTS)
    return network_from_document(document)


def network_from_document(document: Node) -> Network:
    """Return the network of the layers and texts of a document whose keys are checked.

    Raises
    ------
    FormatError, NetworkError
        If they are no network; the message names file and place.
    """
    texts = {key: document.child(key).text() for key in TEXTS if key in document.value}
    layers = document.child("layers").items()
    if not layers:
        raise document.child("layers").fail("at least one layer", "none")
    has_slopes = document.value["version"] == JsonNumber("3")
    maps = tuple(_read_layer(layer, has_slopes=has_slopes) for layer in layers)
    if "slopes" in layers[-1].value:
        raise layers[-1].child("slopes").fail("no slopes after the last layer", "some")
    hidden = zip(layers[:-1], maps, strict=False)
    activations = tuple(read_slopes(layer, map_.outputs) for layer, map_ in hidden)
    try:
        return Network(maps, activations=activations, **texts)
    except NetworkError as error:
        raise NetworkError(f"{document.file}: {error}") from None


def _read_layer(layer: Node, *, has_slopes: bool) -> AffineMap:
    return AffineMap.from_rationals(*read_layer_rows(layer, ("slopes",) if has_slopes else ()))


def read_slopes(layer: Node, width: int) -> Activation:
    """Return the activation after a layer, ReLU if it has no slopes."""
    if "slopes" not in layer.value:
        return Activation.relu(width)
    node = layer.child("slopes")
    entries = node.items()
    if len(entries) == 2 and not any(isinstance(entry.value, list) for entry in entries):
        pairs = [_pair(node)] * width
    elif len(entries) == width:
        pairs = [_pair(entry) for entry in entries]
    else:
        raise node.fail(f"one pair, or {width} pairs, one for each neuron", f"{len(entries)} entries")
    _check_cost(layer, pairs)
    return Activation(tuple(pairs))


def _pair(node: Node) -> Slopes:
    slopes = _numbers(node)
    if len(slopes) != 2:
        raise node.fail("a pair, the slopes below and above 0", f"{len(slopes)} entries")
    return slopes[0], slopes[1]


def read_layer_rows(
    layer: Node, more_keys: Sequence[str] = ()
) -> tuple[list[list[Fraction]], list[Fraction] | None]:
    """Return the weight of a layer, at least one row and one column, and its bias if it is given.

    ``more_keys`` may stand in the layer beside them.

    Raises
    ------
    FormatError
        If they are no layer; the message names file and place.
    """
    layer.require_keys(("weight",), ("bias", *more_keys))
    rows = [_numbers(row) for row in layer.child("weight").items()]
    if not rows or not rows[0]:
        raise layer.child("weight").fail("at least one row and one column", "none")
    for node, row in zip(layer.child("weight").items(), rows, strict=True):
        if len(row) != len(rows[0]):
            raise node.fail(f"{len(rows[0])} entries as in row 0", str(len(row)))
    bias = _numbers(layer.child("bias")) if "bias" in layer.value else None
    _check_cost(layer, [*rows, bias or []])
    if bias is not None and len(bias) != len(rows):
        raise layer.child("bias").fail(f"{len(rows)} entries, one for each row of weight", str(len(bias)))
    return rows, bias


def _check_cost(layer: Node, rows: Sequence[Sequence[Fraction]]) -> None:
    """Refuse a small file whose numbers are so long that arithmetic with them would take hours."""
    longest = max(n.bit_length() for row in rows for entry in row for n in entry.as_integer_ratio())
    try:
        check_array((len(rows), len(rows[0])), 2 * longest)
    except TooLargeError as error:
        raise layer.fail(error.expected, error.got) from None


def _numbers(node: Node) -> list[Fraction]:
    return [item.number() for item in node.items()]


def read_domain(path: str | Path, dimension: int) -> Domain:
    """Return the domain in a native JSON file, a set in R^dimension.

    Raises
    ------
    FormatError
        If the file does not hold a domain of this dimension; the message names file and place.
    """
    return domain_from_document(read_json(path), dimension)


def domain_from_document(document: Node, dimension: int) -> Domain:
    """Return the domain in a JSON value of the native format.

    Raises
    ------
    FormatError
        If it is none of this dimension; the message names file and place.
    """
    require_format(document, "exactrelu-domain")
    document.require_keys(("format", "version", "inequalities"))
    rows = document.child("inequalities").items()
    return Domain(dimension, tuple(read_constraint(row, dimension) for row in rows))


def read_constraint(row: Node, dimension: int) -> LinearConstraint:
    """Return the constraint normal . x + offset RELATION 0 that stands at a place.

    Raises
    ------
    FormatError
        If there is none with ``dimension`` coefficients; the message names file and place.
    """
    row.require_keys(("normal", "offset", "relation"))
    normal = _numbers(row.child("normal"))
    if len(normal) != dimension:
        raise row.child("normal").fail(
            f"{dimension} entries, the network's number of inputs", str(len(normal))
        )
    relation = row.child("relation")
    if relation.value not in list(Relation):
        raise relation.fail("one of <, <=, =, >=, >")
    return LinearConstraint(tuple(normal), row.child("offset").number(), Relation(relation.value))
