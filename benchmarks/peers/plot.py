"""A picture of CPU time against cells, for two inputs and for more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]
_MARKS = {"regioncam": ("s", "#888888"), "affinitree": ("D", "#c4a000"), "relucent": ("*", "#444444")}
_OUR_MARKS = (("o", "#1f5fa8"), ("^", "#2a8a4a"), ("v", "#a8326f"), ("P", "#6a4fb0"), ("X", "#b0602a"))


def draw(document: Mapping[str, Any], path: Path) -> None:
    """Write the picture as SVG; equal documents give equal files with one version of matplotlib."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    works = [record for record in document["works"] if record["cells"]]
    with mpl.rc_context({"svg.hashsalt": "exactrelu", "svg.fonttype": "none"}):
        figure, axes = plt.subplots(1, 2, figsize=(11, 4.2), sharey=True, layout="constrained")
        panels = {"two inputs": True, "three to ten inputs": False}
        marks = _marks(works)
        for axis, (title, plane) in zip(axes, panels.items(), strict=True):
            _panel(axis, title, [record for record in works if (record["widths"][0] == 2) == plane], marks)
        axes[0].set_ylabel("CPU seconds")
        handles = {
            label: handle
            for axis in axes
            for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)
        }
        figure.legend(handles.values(), handles.keys(), loc="outside right upper", frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None})
        plt.close(figure)


def _marks(works: list[Record]) -> dict[str, tuple[str, str]]:
    """Return marker and colour of each tool."""
    tools = dict.fromkeys(name for record in works for name in record["tools"])
    ours = sorted(name for name in tools if name not in _MARKS)
    return {name: _OUR_MARKS[k % len(_OUR_MARKS)] for k, name in enumerate(ours)} | _MARKS


def _panel(axis: Any, title: str, works: list[Record], marks: dict[str, tuple[str, str]]) -> None:
    for tool, (marker, colour) in marks.items():
        points = points_of(works, tool)
        for right in (True, False):
            xs = [x for x, _, ok in points if ok is right]
            ys = [y for _, y, ok in points if ok is right]
            if xs:
                label = tool if right else f"{tool}, another count"
                face = colour if right else "none"
                axis.plot(xs, ys, marker, color=colour, markerfacecolor=face, label=label, markersize=6)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("cells")
    axis.set_title(title, fontsize="medium")
    axis.grid(visible=True, which="major", color="#dddddd", linewidth=0.6)


def points_of(works: list[Record], tool: str) -> list[tuple[int, float, bool]]:
    """Return (cells, CPU seconds, whether the count is right) of each work that the tool finished."""
    found = []
    for record in works:
        run = record["tools"].get(tool, {"failure": "-"})
        if "failure" not in run:
            found.append((record["cells"], run["median seconds"], run["count"] == record["cells"]))
    return found
