"""Maxima of several functions on one bounded set, shared out: a part is some open boxes of one function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cached_property

from exactrelu.distribution.parts import Json, Part
from exactrelu.distribution.workers import Workers
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.sharing import sharing_of
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.numbers.rationals import format_rational, rational
from exactrelu.verification.branch_and_bound import BranchAndBound, Progress, StuckError
from exactrelu.verification.ground import Ground
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.maximum import Maximum, MaximumSearch, closure_of
from exactrelu.verification.property import InputSet
from exactrelu.verification.shared_boxes import BoxWork

_ROOT = {"sides": [], "fixed": [], "share": 1.0, "depth": 0, "number": 0, "by_neuron": False}


class Optima(BoxWork):
    """The maxima of functions on the closure of a set; ``hint`` has the best of each so far."""

    kind = "optima"
    also_sent = ("functions",)

    def __init__(self, network: Network, inputs: InputSet, functions: Sequence[Inequality]) -> None:
        super().__init__(network, inputs)
        self.functions = tuple(functions)

    def question(self) -> dict[str, Json]:
        """Return what tells this question from all others."""
        return super().question() | {"functions": repr(self.functions)}

    @cached_property
    def ground(self) -> Ground:
        """What the searches of all functions have in common."""
        return Ground(self.network, self.inputs)

    def whole(self) -> list[Part]:
        """Return a part for each function."""
        boxes = [_ROOT | {"bound": float("-inf")}]
        share = 1.0 / len(self.functions)
        return [Part({"function": k, "boxes": boxes}, share) for k in range(len(self.functions))]

    def begun(self, what: Json, hint: Json, checkpoint: Callable[[Progress], None]) -> BranchAndBound:
        """Return the search of a part, for more than the best value so far."""
        best = (hint or {}).get(str(what["function"]))
        start = self.ground.start if best is None else tuple(map(rational, best["point"]))
        if start is None:
            raise ArithmeticError("a set with points has no maximum")
        functions = [self.functions[what["function"]]]
        return MaximumSearch(self.network, self.inputs, functions, start, checkpoint, self.ground)

    def told(self, search: BranchAndBound, point: Point | None, what: Json) -> Json:  # noqa: ARG002 - it is the incumbent's
        """Return the best value so far, where it is, and how many boxes cannot be decided."""
        if not isinstance(search, MaximumSearch):
            raise TypeError(f"expected the search for a maximum, got {type(search).__name__}")
        return {
            "function": what["function"],
            "value": format_rational(search.incumbent.value),
            "point": [format_rational(x) for x in search.incumbent.point],
            "stuck": len(search.stuck),
        }


def shared_maxima(
    network: Network,
    inputs: InputSet,
    functions: Sequence[Inequality],
    workers: Workers,
    search: Search,
) -> list[Maximum]:
    """Return the maximum of each function on the closure of a bounded set with points.

    Raises
    ------
    StuckError
        Where bounds are of no use on some box.
    BudgetExhaustedError
        Where the time is over.
    """
    work = Optima(network, closure_of(inputs), functions)
    best: dict[str, Json] = {}
    schedule = workers.schedule(work, work.whole(), sharing_of(search, lambda: dict(best)))
    for found in schedule.results():
        if found["stuck"]:
            raise StuckError("a box that is too small to be cut further is not decided")
        key, value = str(found["function"]), Fraction(found["value"])
        if key not in best or value > Fraction(best[key]["value"]):
            best[key] = {"value": found["value"], "point": found["point"]}
    return [
        Maximum(Fraction(one["value"]), tuple(map(rational, one["point"])), k)
        for k, one in ((k, best[str(k)]) for k in range(len(functions)))
    ]
