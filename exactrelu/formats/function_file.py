"""Functions from files: continuous piecewise affine ones, in four kinds (docs/construction.md).

``pieces``: polyhedra with affine maps; ``triangulation``: values at vertices; ``max-min``: terms over affine
functions; ``breakpoints``: points of a line. All of them are JSON documents::

    {"format": "exactrelu-function", "version": 1, "kind": "breakpoints",
     "points": [["0", "0"], ["1/2", "1"], ["1", "0"]]}
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from exactrelu.construction.max_min import MaxMinForm
from exactrelu.construction.piecewise import AffinePiece, PiecewiseAffine, piecewise_affine, with_outside
from exactrelu.construction.triangulations import function_from_breakpoints, function_from_triangulation
from exactrelu.errors import FunctionError
from exactrelu.formats.native import domain_from_document, read_constraint, read_layer_rows
from exactrelu.formats.strict_json import Node, read_json, require_format
from exactrelu.networks.affine_map import AffineMap
from exactrelu.numbers.linear_algebra import IntegerRow, primitive_from_rationals
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.polyhedron import Generators, Polyhedron

_HEAD = ("format", "version", "kind")


def load_function(path: str | Path) -> PiecewiseAffine | MaxMinForm:
    """Return the function in a file, exactly, once it is seen to be one.

    Raises
    ------
    FormatError
        If the file does not hold what its kind demands; the message names file and place.
    FunctionError
        If there is an overlap with different values, a gap, a discontinuity or a flat simplex; the message
        names the file and a rational point.
    """
    document = read_json(path)
    require_format(document, "exactrelu-function")
    document.require_keys(_HEAD, document.value)
    kind = document.child("kind")
    if kind.value not in list(KINDS):  # it need not be hashable
        raise kind.fail(f"one of {', '.join(KINDS)}")
    try:
        return KINDS[kind.value](document)
    except FunctionError as error:
        raise FunctionError(f"{document.file}: {error}") from None


def _read_pieces(document: Node) -> PiecewiseAffine:
    document.require_keys((*_HEAD, "pieces"), ("domain", "outside"))
    pieces = [_read_piece(node) for node in document.child("pieces").items()]
    if not pieces:
        raise document.child("pieces").fail("at least one piece", "none")
    domain = _domain(document, pieces[0].affine_map.inputs)
    outside = _optional_vector(document, "outside", pieces[0].affine_map.outputs)
    return piecewise_affine(pieces if outside is None else with_outside(pieces, outside, domain), domain)


def _read_piece(node: Node) -> AffinePiece:
    shape = ("inequalities",) if "inequalities" in _keys(node) else ("vertices",)
    more = () if shape == ("inequalities",) else ("rays", "lines")
    node.require_keys((*shape, "weight"), ("bias", *more))
    rows = read_layer_rows(node, (*shape, *more))
    affine_map = AffineMap.from_rationals(*rows)
    read = _by_inequalities if shape == ("inequalities",) else _by_generators
    return AffinePiece(read(node, affine_map.inputs), affine_map, node.place)


def _keys(node: Node) -> Sequence[str]:
    return list(node.value) if isinstance(node.value, dict) else []


def _by_inequalities(node: Node, inputs: int) -> Polyhedron:
    rows = [read_constraint(row, inputs).row for row in node.child("inequalities").items()]
    return Polyhedron.closure_of(inputs, rows)


def _by_generators(node: Node, inputs: int) -> Polyhedron:
    vertices = _points(node.child("vertices"), inputs)
    if not vertices:
        raise node.child("vertices").fail("at least one vertex", "none")
    return Polyhedron.generated_by(
        Generators(vertices, _directions(node, "rays", inputs), _directions(node, "lines", inputs))
    )


def _directions(node: Node, key: str, inputs: int) -> list[IntegerRow]:
    if key not in node.value:
        return []
    found = [primitive_from_rationals(point) for point in _points(node.child(key), inputs)]
    for entry, direction in zip(node.child(key).items(), found, strict=True):
        if not any(direction):
            raise entry.fail("a direction other than 0", "0")
    return found


def _read_triangulation(document: Node) -> PiecewiseAffine:
    document.require_keys((*_HEAD, "vertices", "values", "simplices"), ("domain", "outside"))
    vertices = _points(document.child("vertices"))
    if not vertices:
        raise document.child("vertices").fail("at least one vertex", "none")
    inputs = len(vertices[0])
    simplices = [[_index(i) for i in node.items()] for node in document.child("simplices").items()]
    domain = _domain(document, inputs) if "domain" in document.value else None
    values = _values(document.child("values"))
    outside = _optional_vector(document, "outside", len(values[0]) if values else 1)
    return function_from_triangulation(vertices, values, simplices, domain, outside)


def _read_max_min(document: Node) -> MaxMinForm:
    document.require_keys((*_HEAD, "weight", "outputs"), ("bias", "domain"))
    affine = AffineMap.from_rationals(*read_layer_rows(document, (*_HEAD, "outputs", "domain")))
    outputs = tuple(
        tuple(tuple(_index(j) for j in term.items()) for term in node.items())
        for node in document.child("outputs").items()
    )
    return MaxMinForm(affine, outputs, _domain(document, affine.inputs))


def _read_breakpoints(document: Node) -> PiecewiseAffine:
    document.require_keys((*_HEAD, "points"), ("left", "right"))
    points = []
    for node in document.child("points").items():
        pair = node.items()
        if len(pair) != 2:
            raise node.fail("a pair [x, y]", f"{len(pair)} entries")
        points.append((pair[0].number(), _vector(pair[1])))
    for node, (_, y) in zip(document.child("points").items(), points, strict=True):
        _see_length(node, y, len(points[0][1]))
    outputs = len(points[0][1]) if points else 1
    left, right = (_optional_vector(document, key, outputs) for key in ("left", "right"))
    return function_from_breakpoints(points, left, right)


def _optional_vector(document: Node, key: str, outputs: int) -> Point | None:
    if key not in document.value:
        return None
    vector = _vector(document.child(key))
    _see_length(document.child(key), vector, outputs)
    return vector


KINDS: dict[str, Callable[[Node], PiecewiseAffine | MaxMinForm]] = {
    "pieces": _read_pieces,
    "triangulation": _read_triangulation,
    "max-min": _read_max_min,
    "breakpoints": _read_breakpoints,
}


def _domain(document: Node, inputs: int) -> Domain:
    if "domain" not in document.value or document.value["domain"] is None:
        return Domain.whole_space(inputs)
    return domain_from_document(document.child("domain"), inputs)


def _points(node: Node, inputs: int | None = None) -> list[Point]:
    points: list[Point] = []
    for entry in node.items():
        point = tuple(item.number() for item in entry.items())
        expected = inputs if inputs is not None else len(points[0]) if points else max(1, len(point))
        _see_length(entry, point, expected)
        points.append(point)
    return points


def _values(node: Node) -> list[Point]:
    """Return values, numbers or lists of one length."""
    values = [_vector(entry) for entry in node.items()]
    for entry, value in zip(node.items(), values, strict=True):
        _see_length(entry, value, max(1, len(values[0])))
    return values


def _vector(node: Node) -> Point:
    if isinstance(node.value, list):
        return tuple(item.number() for item in node.items())
    return (node.number(),)


def _see_length(node: Node, vector: Sequence[Fraction], expected: int) -> None:
    if len(vector) != expected or not vector:
        raise node.fail(f"{max(1, expected)} entries", str(len(vector)))


def _index(node: Node) -> int:
    number = node.number()
    if number.denominator != 1:
        raise node.fail("an index", str(number))
    return number.numerator
