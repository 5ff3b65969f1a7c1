"""The tools that are compared: the engines of exactrelu, whatever they are, and the peers."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import environments
from benchmarks.peers.works import Work
from exactrelu.enumeration import engine_names

EXACT = "exactrelu_adapter"
SIGNS = "signs_adapter"


@dataclass(frozen=True)
class Tool:
    """A column of the table: a Python and the module that runs there; ``engine`` if it is one of ours."""

    name: str
    python: Path
    adapter: str
    engine: str | None = None

    def takes(self, work: Work) -> bool:
        """Return whether the tool can do the work at all."""
        if self.name in work.without:
            return False
        if self.name == "regioncam":  # squares around the origin in the plane
            return work.half is not None and (work.example == "moons.onnx" or work.widths[:1] == (2,))
        return True  # a box is a cube around the origin, which is all that relucent takes


def engine(name: str) -> Tool:
    """Return an engine as a tool."""
    return Tool(name, Path(sys.executable), EXACT, name)


def all_tools() -> tuple[list[Tool], dict[str, str]]:
    """Return every engine and the peers that could be installed, and why the others could not."""
    tools, left_out = [engine(name) for name in engine_names() if name != "auto"], {}
    for peer in environments.PEERS:
        try:
            tools.append(Tool(peer, environments.python_of(peer), f"{peer}_adapter"))
        except environments.NotInstalledError as error:
            left_out[peer] = str(error)
    return tools, left_out
