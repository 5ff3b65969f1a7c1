"""Decide a property with exactrelu; reading network and property is not timed."""

from __future__ import annotations

from typing import Any

from benchmarks.peers import measured


def prepare(task: dict[str, Any]) -> measured.Work:
    """Import everything and read the files; the work decides the property."""
    from exactrelu import Search, load_network
    from exactrelu.formats.vnnlib import read_property
    from exactrelu.verification.verify import verify

    network = load_network(task["network"])
    prop = read_property(task["property"], network.inputs, network.outputs)

    def work() -> dict[str, Any]:
        decision = verify(network, prop, search=Search(time_limit=task["seconds"]))
        unsafe = decision.point is None or prop.holds_at(decision.point, network(decision.point))
        return {"verdict": str(decision.verdict), "boxes": decision.boxes, "confirmed": unsafe}

    return work


if __name__ == "__main__":
    measured.answer(prepare)
