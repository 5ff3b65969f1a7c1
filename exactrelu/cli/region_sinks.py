"""Where the stream of configurations goes: JSON, JSON Lines, a table, a picture.

Each sink takes the reached leaves one by one and is told the count when the stream is complete. Where it
ends early, no sink leaves anything that looks whole.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Protocol, runtime_checkable

from exactrelu.analysis.refinement import RefinementTree
from exactrelu.cli.outputs import ROWS_SHOWN, configuration_text, console, map_text, print_table
from exactrelu.cli.resumption import Resumption
from exactrelu.documents.region import GeometryDetail
from exactrelu.documents.region_texts import RegionTexts
from exactrelu.enumeration import Reached
from exactrelu.enumeration.leaf_blocks import LeafBlock
from exactrelu.networks.region import Region
from exactrelu.numbers.text import vector_text
from exactrelu.writing.atomic_file import replacing, text_file

if TYPE_CHECKING:
    from exactrelu.drawing import Window


class Sink(Protocol):
    """One destination of the stream."""

    def take(self, leaf: Reached) -> None:
        """Take the next configuration."""

    def finish(self, count: int) -> None:
        """Complete the output: ``count`` configurations were all there are."""


@runtime_checkable
class BlockSink(Sink, Protocol):
    """A destination that takes many configurations at once more quickly than one by one."""

    def take_block(self, leaves: LeafBlock) -> None:
        """Take the next configurations."""


@contextmanager
def _whole_file(target: str) -> Iterator[IO[str]]:
    """Open ``target`` ('-' for stdout) so that it gets its content at the end or not at all."""
    if target != "-":
        with replacing(target) as file:
            yield file
        return
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        yield file
        file.seek(0)
        shutil.copyfileobj(file, sys.stdout)


class JsonSink:
    """A document with all regions; written as the stream comes, so memory stays flat."""

    def __init__(self, file: IO[str], header: Mapping[str, Any], detail: GeometryDetail | None) -> None:
        self._file = file
        self._texts = None if detail is None else RegionTexts(detail)  # None: only the count
        self._separator = ""
        opening = json.dumps(header)[:-1]
        file.write(opening if detail is None else f'{opening}, "regions": [')

    def take(self, leaf: Reached) -> None:
        """Write the region."""
        if self._texts is not None:
            self.write(self._texts.of(leaf))

    def take_block(self, leaves: LeafBlock) -> None:
        """Write the regions of a block."""
        if self._texts is not None:
            for text in self._texts.of_block(leaves, ",\n"):
                self.write(text)

    def write(self, text: str) -> None:
        """Write the JSON text of a region, or of some."""
        self._file.write(f"{self._separator}\n{text}")
        self._separator = ","

    def finish(self, count: int) -> None:
        """Close the document."""
        closing = "" if self._texts is None else "\n]"
        self._file.write(f'{closing}, "count": {count}}}\n')


@contextmanager
def json_file(target: str, header: Mapping[str, Any], detail: GeometryDetail | None) -> Iterator[JsonSink]:
    """Open a JSON sink on a file or stdout; ``detail`` None keeps only the count."""
    with _whole_file(target) as file:
        yield JsonSink(file, header, detail)


class JsonLinesSink:
    """One region a line as it is found; the last line, with the count, says that it is complete."""

    def __init__(self, file: IO[str], header: Mapping[str, Any], detail: GeometryDetail) -> None:
        self._file, self._header, self._texts = file, header, RegionTexts(detail)

    def take(self, leaf: Reached) -> None:
        """Write the region's line."""
        self.write(self._texts.of(leaf))

    def take_block(self, leaves: LeafBlock) -> None:
        """Write the lines of a block."""
        for text in self._texts.of_block(leaves, "\n"):
            self.write(text)

    def write(self, text: str) -> None:
        """Write the JSON text of a region, or of some, line by line."""
        self._file.write(text + "\n")

    def finish(self, count: int) -> None:
        """Write the line with the count."""
        self._file.write(json.dumps({**self._header, "count": count}) + "\n")


@contextmanager
def json_lines_file(
    target: str, header: Mapping[str, Any], detail: GeometryDetail, resumption: Resumption | None = None
) -> Iterator[JsonLinesSink]:
    """Open a JSON Lines sink on a file or stdout; what was written stays if the stream ends early.

    With a ``resumption`` the file goes on after the lines that it has.
    """
    if target == "-":
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(line_buffering=True)  # whole lines, also if the stream ends early
        yield JsonLinesSink(sys.stdout, header, detail)
        return
    if resumption is not None:
        os.truncate(target, resumption.size)
    mode = "w" if resumption is None else "a"
    with text_file(target, target, mode, by_lines=True) as file:  # whole lines only
        yield JsonLinesSink(file, header, detail)


class TableSink:
    """A table of the first configurations on stdout."""

    def __init__(self, detail: GeometryDetail) -> None:
        self._detail = detail
        self._rows: list[tuple[str, ...]] = []

    def take(self, leaf: Reached) -> None:
        """Keep the row if it is among the first."""
        if len(self._rows) >= ROWS_SHOWN:
            return
        row: tuple[str, ...] = (configuration_text(leaf.configuration), str(leaf.dimension))
        if self._detail is not GeometryDetail.NONE:
            region = leaf.region()
            shape = "bounded" if region.geometry.bounded else "unbounded"
            facets = str(len(region.geometry.facets))
            row = (*row, shape, facets, vector_text(region.point), map_text(region.affine_map))
        self._rows.append(row)

    def finish(self, count: int) -> None:
        """Print the table."""
        columns: tuple[str, ...] = ("configuration", "dimension")
        if self._detail is not GeometryDetail.NONE:
            columns = (*columns, "shape", "facets", "inner point", "affine map")
        if self._rows:
            print_table(columns, self._rows)
        if count > len(self._rows):
            sys.stdout.write(f"... and {count - len(self._rows)} more (all with --json or --jsonl)\n\n")


class TreeSink:
    """How each layer refines the one before, printed as a tree."""

    def __init__(self) -> None:
        self._tree = RefinementTree()

    def take(self, leaf: Reached) -> None:
        """Add the configuration to the tree."""
        self._tree.grow(leaf.configuration)

    def finish(self, count: int) -> None:
        """Print the tree."""
        if count:
            from rich.text import Text
            from rich.tree import Tree

            shown = Tree("D")
            stack = [(shown, child) for child in reversed(self._tree.root.children)]
            while stack:
                parent, node = stack.pop()
                branch = parent.add(Text(str(node.configuration)))
                stack += [(branch, child) for child in reversed(node.children)]
            console().print(shown)


class DrawingSink:
    """A picture of the tiling."""

    def __init__(self, path: str, window: Window | None, title: str) -> None:
        self._path, self._window, self._title = path, window, title
        self._regions: list[Region] = []

    def take(self, leaf: Reached) -> None:
        """Keep the region."""
        self._regions.append(leaf.region())

    def finish(self, count: int) -> None:  # noqa: ARG002 - the regions are counted in the picture
        """Draw and write the picture."""
        from exactrelu.drawing import draw_tiling

        draw_tiling(self._regions, self._path, window=self._window, title=self._title)
