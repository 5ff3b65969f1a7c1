"""Properties for verifiers: ten of ACAS Xu, from a folder that the user names, or small ones made here.

The folder has the layout of the verification competition (``onnx``, ``vnnlib``); nothing of it is shipped.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from cases import Case, example

from exactrelu import Domain, Network, Property, load_network
from exactrelu.documents.vnnlib import property_text
from exactrelu.formats.vnnlib import read_property
from exactrelu.verification.inequality import Inequality

ACASXU = (
    ("1_1", 1), ("1_1", 2), ("1_1", 3), ("1_1", 4), ("2_4", 1),
    ("1_2", 3), ("1_3", 2), ("1_5", 2), ("2_1", 4), ("3_1", 2),
)  # fmt: skip
"""Networks and properties: one box and one conjunction each."""

_BOXES = {"moons.onnx": (-2, 3), "iris.onnx": (0, 8), "cancer8.onnx": (-1, 1)}
_ABOVE = (Fraction(1, 2), Fraction(5), Fraction(50))


def property_cases(folder: Path | None, made: Path) -> list[Case]:
    """Return the cases of a folder with ACAS Xu, or without one those that are written to ``made``."""
    if folder is None:
        return _made_cases(made)
    return [_acasxu_case(folder, network, number) for network, number in ACASXU]


def _acasxu_case(folder: Path, network: str, number: int) -> Case:
    (graph,) = (folder / "onnx").glob(f"*_{network}_batch_2000.onnx*")
    (file,) = (folder / "vnnlib").glob(f"prop_{number}.vnnlib*")
    loaded = load_network(graph)
    prop = read_property(file, loaded.inputs, loaded.outputs)
    return Case(f"acasxu_{network}_{number}", loaded, [], "ACAS Xu", [property_query(file, prop)])


def _made_cases(made: Path) -> list[Case]:
    made.mkdir(parents=True, exist_ok=True)
    cases = []
    for name, (low, high) in _BOXES.items():
        network = example(name)
        middle = network((Fraction(low + high, 2),) * network.inputs)[0]
        stem = Path(name).stem
        queries = [
            _made_query(made / f"{stem}_{k}.vnnlib", network, (low, high), round(middle + above, 3))
            for k, above in enumerate(_ABOVE)
        ]
        cases.append(Case(f"{stem}_properties", network, [], "trained", queries))
    return cases


def _made_query(file: Path, network: Network, side: tuple[int, int], bound: Fraction) -> dict[str, Any]:
    domain = Domain.box([side] * network.inputs)
    prop = Property.from_bounds(network.inputs, network.outputs, domain, [f"y0 <= {bound}"])
    file.write_text("".join(property_text(prop)), encoding="utf-8")
    return property_query(file, read_property(file, network.inputs, network.outputs))


def property_query(file: Path, prop: Property) -> dict[str, Any]:
    """Return the query for an unsafe point, in doubles, and the file by which the answer is judged.

    Raises
    ------
    ValueError
        If the property is not one box with one conjunction.
    """
    if len(prop.groups) != 1 or len(prop.groups[0].disjuncts) != 1 or prop.groups[0].rows:
        raise ValueError(f"{file}: expected one box with one conjunction")
    (group,) = prop.groups
    box = [[float(lower), float(upper)] for lower, upper, *_ in group.box]
    rows = [_constraint(row, prop) for row in group.disjuncts[0]]
    name = file.name.removesuffix(".gz").removesuffix(".vnnlib")
    return {"id": name, "box": box, "constraints": rows, "property": str(file.resolve())}


def _constraint(row: Inequality, prop: Property) -> dict[str, Any]:
    x, y = dict(row.x), dict(row.y)
    return {
        "input": [float(x.get(i, 0)) for i in range(prop.inputs)],
        "output": [float(y.get(j, 0)) for j in range(prop.outputs)],
        "offset": float(row.offset),
        "relation": ">=",
    }
