"""Which tests stand nearest to a module: those that reach it by the fewest imports.

A test file reaches what it imports, where a name of `exactrelu` leads to the module that is its home, and a
command that it runs leads to the command's module; one import further lies what those import.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import networkx as nx

from tests.support.house import House, imported

_UNLIKE = 99
_COMMAND = re.compile(r"""\b(?:exactrelu|start|main)\(\[?\s*["']([a-z]+)["']""")


class Nearness:
    """The distances between the test files and the modules of a tree that holds package and tests."""

    def __init__(self, root: Path, package: str = "exactrelu") -> None:
        self.root = root
        house = House(root / package, "")
        self._graph: nx.DiGraph = house.imports
        self._package = package
        self._modules = dict.fromkeys(self._graph, root / package)
        self._homes = _homes(root / package / "__init__.py")
        tests = sorted((root / "tests").rglob("*.py"))
        self._names = {".".join(path.relative_to(root).with_suffix("").parts): path for path in tests}
        for name, path in self._names.items():
            self._graph.add_edges_from((name, other) for other in self._reached(path))

    def _reached(self, path: Path) -> Iterator[str]:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
        for name in imported(tree, self._modules | self._names):
            if name != self._package:
                yield name
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == self._package:
                yield from (self._homes[alias.name] for alias in node.names if alias.name in self._homes)
        for command in _COMMAND.findall(source):
            yield from {f"{self._package}.cli.{command}_command"} & set(self._graph)

    @functools.cached_property
    def _distances(self) -> dict[str, dict[str, int]]:
        backwards = self._graph.reverse()
        return {
            name: {
                test: steps
                for test, steps in nx.single_source_shortest_path_length(backwards, name).items()
                if test.rpartition(".")[2].startswith("test_")
            }
            for name in self._modules
        }

    def of(self, module: str, most: int) -> list[Path]:
        """Return at most so many test files, nearest first.

        Before all others stand files that are named like the module, then like its folders; of two files at
        one distance the one that reaches less stands first. A module that is imported by a name put
        together at run time is reached by name alone, or has the tests of its folder.
        """
        found = dict(self._distances[module])
        for test in self._names:
            if _likeness(test, module) < _UNLIKE:
                found.setdefault(test, _UNLIKE)
        if not found and "." in module:
            return self.of(module.rpartition(".")[0], most)

        def rank(test: str) -> tuple[int, int, int, str]:
            return _likeness(test, module), found[test], self._graph.out_degree(test), test

        order = sorted(found, key=rank)
        return [self._names[test] for test in order if test in self._names][:most]


def _likeness(test: str, module: str) -> int:
    """Return how many folders up from a module the name is found that a test file has in its own."""
    _, is_test, name = test.rpartition(".test_")
    words = {name, *name.split("_")} if is_test else set()
    singular = {word.removesuffix("s") for word in words}
    own = [part.removesuffix("_command").removesuffix("s") for part in reversed(module.split(".")[1:])]
    return next((steps for steps, part in enumerate(own) if part in singular), _UNLIKE)


def _homes(door: Path) -> dict[str, str]:
    """Return the modules of the public names, as the package's door lists them."""
    for node in ast.parse(door.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_HOMES":
            homes: dict[str, str] = ast.literal_eval(node.value)
            return {name: f"{door.parent.name}.{home}" for name, home in homes.items()}
    return {}
