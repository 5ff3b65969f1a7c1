"""Mutants of a source: one operator, comparison, constant, condition, call or assignment changed."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

SWAPS: dict[type[ast.AST], list[type[ast.AST]]] = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Add],
    ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Mult],
    ast.Pow: [ast.Mult],
    ast.LShift: [ast.RShift],
    ast.Mod: [ast.Add],
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.And: [ast.Or],
    ast.Or: [ast.And],
    ast.BitOr: [ast.BitAnd],
    ast.BitAnd: [ast.BitOr],
}


class Mutant(NamedTuple):
    """Line, number of the node in the walk over the tree, number of the change of that node, description."""

    line: int
    node: int
    change: int
    what: str


def mutants(source: str) -> list[Mutant]:
    """Return every mutant.

    Examples
    --------
    >>> [mutant.what for mutant in mutants("if x < 3: y.z = f()")]
    ['condition never', 'Lt -> LtE', 'Lt -> GtE', 'assignment dropped: y.z = f()', '3 -> 4', '3 -> 2']
    """
    return [
        Mutant(getattr(node, "lineno", 0), number, k, what)
        for number, node in enumerate(ast.walk(ast.parse(source)))
        for k, (what, _) in enumerate(_changes(node))
    ]


def mutated(source: str, mutant: Mutant) -> ast.Module:
    """Return the tree of a mutant."""
    tree = ast.parse(source)
    node = list(ast.walk(tree))[mutant.node]
    list(_changes(node))[mutant.change][1](node)
    return ast.fix_missing_locations(tree)


def _changes(node: Any) -> Iterator[tuple[str, Any]]:  # noqa: PLR0912 - a list of kinds
    """Yield descriptions and changes of one node; texts of messages stay."""
    if isinstance(node, (ast.BinOp, ast.BoolOp, ast.AugAssign)):
        for other in SWAPS.get(type(node.op), []):
            yield f"{type(node.op).__name__} -> {other.__name__}", lambda n, o=other: setattr(n, "op", o())
    if isinstance(node, ast.BoolOp):
        for i in range(len(node.values)):
            yield f"operand {i} dropped", lambda n, i=i: _drop_operand(n, i)
    if isinstance(node, ast.Compare):
        for i, op in enumerate(node.ops):
            for other in SWAPS.get(type(op), []):
                yield (
                    f"{type(op).__name__} -> {other.__name__}",
                    lambda n, i=i, o=other: n.ops.__setitem__(i, o()),
                )
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield (
            "not dropped",
            lambda n: (setattr(n, "op", ast.UAdd()), setattr(n, "operand", _truth(n.operand))),
        )
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "minus dropped", lambda n: setattr(n, "op", ast.UAdd())
    if isinstance(node, ast.Constant) and type(node.value) is int:
        for other in (node.value + 1, node.value - 1):
            yield f"{node.value} -> {other}", lambda n, o=other: setattr(n, "value", o)
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        yield f"{node.value} -> {not node.value}", lambda n: setattr(n, "value", not n.value)
    if isinstance(node, ast.Constant) and node.value in {
        "<",
        "<=",
        "=",
        ">=",
        ">",
        "inf",
        "-inf",
        "1",
        "2",
        "full",
    }:
        for other in sorted({"=", ">=", ">", "inf", "-inf", "1", "2"} - {node.value}):
            yield f"{node.value!r} -> {other!r}", lambda n, o=other: setattr(n, "value", o)
    if isinstance(node, (ast.If, ast.While)):
        yield "condition never", lambda n: setattr(n, "test", ast.Constant(False))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield f"call dropped: {ast.unparse(node)[:60]}", lambda n: setattr(n, "value", ast.Constant(None))
    if isinstance(node, (ast.Assign, ast.AugAssign)) and isinstance(
        _target(node), (ast.Attribute, ast.Subscript)
    ):
        yield f"assignment dropped: {ast.unparse(node)[:60]}", lambda n: n.__dict__.update(_nothing(n))
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"max", "min", "any", "abs"}
    ):
        other = {"max": "min", "min": "max", "any": "all", "abs": "Fraction"}[node.func.id]
        yield f"{node.func.id} -> {other}", lambda n, o=other: setattr(n.func, "id", o)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "primitive":
        yield "primitive -> list", lambda n: setattr(n.func, "id", "list")


def _truth(operand: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("bool", ast.Load()), [operand], [])


def _drop_operand(node: Any, i: int) -> None:
    del node.values[i]
    if len(node.values) == 1:
        node.values.append(copy.deepcopy(node.values[0]))


def _target(node: Any) -> ast.expr:
    return node.target if isinstance(node, ast.AugAssign) else node.targets[0]


def _nothing(node: Any) -> dict[str, Any]:
    """Return the fields of an assignment that changes nothing."""
    if isinstance(node, ast.AugAssign):
        return {"op": ast.Add(), "value": ast.Constant(0)}
    return {"targets": [ast.Name("_", ast.Store())]}
