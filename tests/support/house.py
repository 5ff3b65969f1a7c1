"""The rooms of the house as the README lists them, and who imports whom, as the source says.

Every import counts, those within functions and under TYPE_CHECKING too, and so does a string that is the full
name of a module, because that is how modules are imported late. Names that are put together in an f-string
are not seen.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import networkx as nx

HEADING = "## Where things are"
DOORS = {"__init__", "__main__"}
"""What may import everything, and nothing but itself may import: the public names, and ``python -m``."""


@dataclass(frozen=True)
class House:
    """A package whose README lists its rooms, each before those that may import it."""

    package: Path
    readme: str

    @property
    def rooms(self) -> list[str]:
        """The package's rooms and loose modules in the order of the README's table."""
        table = self.readme.partition(HEADING)[2].partition("\n\n|")[2].partition("\n\n")[0]
        cells = [row.split("|")[1] for row in table.splitlines()[2:]]
        names = [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
        prefix = f"{self.package.name}/"
        ours = [name for name in names if name.startswith(prefix) or (self.package / name).exists()]
        return [name.removeprefix(prefix).removesuffix("/").removesuffix(".py") for name in ours]

    @property
    def found(self) -> set[str]:
        """The folders and modules that lie at the top of the package, but for the doors."""
        folders = {path.parent.name for path in self.package.glob("*/*.py")}
        return folders | {path.stem for path in self.package.glob("*.py")} - DOORS

    @property
    def imports(self) -> nx.DiGraph:
        """Which module imports which: no arrow for the packages that an import passes on its way."""
        modules = dict(self._modules())
        graph = nx.DiGraph()
        graph.add_nodes_from(modules)
        for name, path in modules.items():
            tree = ast.parse(path.read_text(encoding="utf-8"))
            if name != self.package.name:  # the public door names all homes as strings
                graph.add_edges_from((name, other) for other in imported(tree, modules) if other != name)
        return graph

    def _modules(self) -> Iterator[tuple[str, Path]]:
        for path in sorted(self.package.rglob("*.py")):
            parts = [self.package.name, *path.relative_to(self.package).with_suffix("").parts]
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path

    def room(self, module: str) -> str:
        """Return the room of a module; the package itself is the door ``__init__``."""
        return [*module.split("."), "__init__"][1]

    def wrong_ways(self) -> list[tuple[str, str]]:
        """Return the imports between rooms that do not lead to a room that stands before."""
        place = {room: n for n, room in enumerate(self.rooms)}
        return [
            (one, other)
            for one, other in self.imports.edges
            if (a := self.room(one)) != (b := self.room(other))
            and a not in DOORS
            and place.get(b, len(place)) >= place.get(a, len(place))
        ]

    def circles(self) -> list[set[str]]:
        """Return the sets of modules of one room that import each other round in a circle."""
        graph = self.imports
        return [
            circle
            for room in {self.room(name) for name in graph}
            for circle in nx.strongly_connected_components(
                graph.subgraph(name for name in graph if self.room(name) == room)
            )
            if len(circle) > 1
        ]


def imported(tree: ast.Module, modules: dict[str, Path]) -> Iterator[str]:
    """Yield the modules that a source imports, anywhere in it; its version is no way to a package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [alias.name for alias in node.names if alias.name != "__version__"]
            wanted = [f"{node.module}.{name}" for name in names]
            yield from (
                name if name in modules else node.module
                for name in wanted
                if {name, node.module} & set(modules)
            )
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
            yield from {node.value} & set(modules)


def relative_imports(tree: ast.Module) -> list[int]:
    """Return the lines of relative imports: `imported` does not follow them."""
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
