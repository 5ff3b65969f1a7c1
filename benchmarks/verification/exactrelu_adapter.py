"""Decide a property with exactrelu; reading network and property is not timed."""

from __future__ import annotations

from typing import Any

from benchmarks.peers import measured


def prepare(task: dict[str, Any]) -> measured.Work:
    """Import everything and read the files; the work decides the property.

    A property of one neuron is decided first, so that what is imported late is there.
    """
    from exactrelu import Network, Search, load_network
    from exactrelu.formats.vnnlib import read_property
    from exactrelu.polyhedra.domain import Domain
    from exactrelu.verification.linear_bound import LinearBound
    from exactrelu.verification.verify import verify

    neuron = Network.from_rationals([([[1]], None), ([[1]], None)])
    verify(neuron, [LinearBound.parse("y0 <= 1")], Domain.box([(-1, 1)]))
    network = load_network(task["network"])
    prop = read_property(task["property"], network.inputs, network.outputs)

    def work() -> dict[str, Any]:
        decision = verify(network, prop, search=Search(time_limit=task["seconds"]))
        unsafe = decision.point is None or prop.holds_at(decision.point, network(decision.point))
        point = decision.point and [str(coordinate) for coordinate in decision.point]
        return {
            "verdict": str(decision.verdict),
            "boxes": decision.boxes,
            "confirmed": unsafe,
            "point": point,
        }

    return work


if __name__ == "__main__":
    measured.answer(prepare)
