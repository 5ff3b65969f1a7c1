"""The exact maximum of affine functions of inputs and outputs on a bounded polyhedron, by branch and bound.

Every box asks whether a function exceeds the best value so far, the incumbent; a point where one does
raises it, to the optimum of the linear program on the point's cell. Boxes where hardly any sign is open are
solved exactly, cell by cell, so that the maximum is a rational number that is attained at a rational point.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from exactrelu.bounds.float_layers import Floats, float_layers, vector
from exactrelu.enumeration.effort import Search, started
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.numbers.points import IntegerPoint, Point
from exactrelu.polyhedra.constraints import Row
from exactrelu.verification.branch_and_bound import BranchAndBound, Progress
from exactrelu.verification.candidates import Candidates
from exactrelu.verification.exact_leaf import ExactLeaf, box_rows
from exactrelu.verification.float_rows import float_rows
from exactrelu.verification.ground import Ground
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.lifted_leaf import LiftedLeaf
from exactrelu.verification.nodes import Node
from exactrelu.verification.property import InputSet

_MOST_CLIMBS = 20


@dataclass(frozen=True)
class Maximum:
    """The largest value of functions on a set, the function (by its index) and a point that attain it."""

    value: Fraction
    point: Point
    function: int


def closure_of(inputs: InputSet) -> InputSet:
    """Return an input set with closed sides, the closure if the set is not empty."""
    box = tuple(interval._replace(open_lower=False, open_upper=False) for interval in inputs.box)
    return InputSet(box, tuple(replace(row, strict=False) for row in inputs.rows), ())


def maximum(
    network: Network,
    inputs: InputSet,
    functions: Sequence[Inequality],
    *,
    search: Search | None = None,
    listener: Callable[[Maximum, Progress], None] | None = None,
    ground: Ground | None = None,
) -> Maximum | None:
    """Return the maximum of left sides of inequalities on the closure of an input set, None if it is empty.

    Parameters
    ----------
    network
        f: R^n -> R^m.
    inputs
        A bounded input set; its disjuncts are not read.
    functions
        Affine functions of (x, f(x)): the left sides.
    ground
        What was found out before about the network on the closure of the input set.

    Raises
    ------
    StuckError
        If the bounds are of no use on some box and it has too many cells.
    BudgetExhaustedError
        Where the time of the search is over.

    Examples
    --------
    >>> from exactrelu.verification.interval import Interval
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])  # |x|
    >>> box = InputSet((Interval(Fraction(-3), Fraction(2)),), (), ())
    >>> maximum(net, box, [Inequality((), ((0, Fraction(1)),), Fraction(0), strict=False)])
    Maximum(value=Fraction(3, 1), point=(Fraction(-3, 1),), function=0)
    """
    ground = ground or Ground(network, closure_of(inputs))
    return searched(partial(MaximumSearch, network), ground, functions, search, listener)


Listener = Callable[[Maximum, Progress], None]
"""Is told the incumbent and how far the search is."""


def searched(
    kind: Callable[..., MaximumSearch],
    ground: Ground,
    functions: Sequence[Inequality],
    search: Search | None,
    listener: Listener | None,
) -> Maximum | None:
    """Return the maximum that a kind of search finds; see `maximum`."""
    search = started(search)
    if ground.start is None:
        return None

    run: MaximumSearch | None = None

    def checkpoint(progress: Progress) -> None:
        if listener is not None and run is not None:
            listener(run.incumbent, progress)
        search.check_time()

    run = kind(ground.inputs, functions, ground.start, checkpoint, ground)
    run.run()
    return run.incumbent


class MaximumSearch(BranchAndBound):
    """The search for a larger value than the incumbent; `run` ends when there is none."""

    deep = 20  # an optimum is always a tie: benchmarks/optimum.py

    def __init__(
        self,
        network: Network,
        inputs: InputSet,
        functions: Sequence[Inequality],
        start: Point,
        checkpoint: Callable[[Progress], None],
        ground: Ground | None = None,
    ) -> None:
        self.functions, self.ground = functions, ground or Ground(network, inputs)
        self.network = network
        place = IntegerPoint.of(start)
        _, value, function = self._at(place)
        self.incumbent = Maximum(value, start, function)
        inputs = self._asked(inputs)
        rows = float_rows(network, inputs)
        super().__init__(network, float_layers(network), inputs, rows, checkpoint=checkpoint)
        zeros = InputSet(inputs.box, inputs.rows, tuple((self._row(f, Fraction(0)),) for f in functions))
        self._offsets = [-_last_constant(network, rows[0]) for rows in zeros.disjuncts]
        self._members = [int(self.rows.members(d)[-1]) for d in range(len(functions))]
        self.candidates = Candidates(network, self.layers, inputs, rows, 0.0)
        self._bound_root()
        if any(self.ground.open):
            self._climb(place)
        else:
            self._solve_affine(place)

    def _outer_box(self, inputs: InputSet) -> tuple[Floats, Floats]:
        if self.ground.box is None:
            self.ground.box = super()._outer_box(inputs)
        return self.ground.box

    def _bound_root(self) -> None:
        """Take the bounds on the whole set, and say there what they leave open."""
        (root,) = self.stack
        if self.ground.root is not None:
            root.lower, root.upper = (bound.copy() for bound in self.ground.root)
            return
        self._bounded([root])
        self.ground.root = root.lower.copy(), root.upper.copy()
        self.ground.open = [
            bool(signs[i] < 0)
            for signs, activation in zip(self._signs(root), self.network.activations, strict=True)
            for i in activation.bent
        ]

    def _solve_affine(self, place: IntegerPoint) -> None:
        """Solve a set on which no sign is open: the network is affine on it."""
        configuration, _, _ = self._at(place)
        for function in range(len(self.functions)):
            top = self.ground.optimum(configuration, self.functions[function])
            self._raise(top.value, top.place, function)
        self.stack.clear()

    def _asked(self, inputs: InputSet) -> InputSet:
        """Return the input set that asks for points where a function exceeds the incumbent."""
        value = self.incumbent.value
        return InputSet(inputs.box, inputs.rows, tuple((self._row(f, value),) for f in self.functions))

    def _row(self, function: Inequality, value: Fraction) -> Inequality:
        return replace(function, offset=function.offset - value, strict=True)

    # the incumbent ------------------------------------------------------------------------------

    def _first_attack(self) -> Point | None:
        return super()._first_attack() if self.stack else None

    def _taken(self, point: Point | None) -> Point | None:
        if point is not None:
            self._climb(IntegerPoint.of(point))
        return None

    def _climb(self, place: IntegerPoint) -> None:
        """Raise the incumbent at a point, to the best of its cell, and so on from there."""
        raised = False
        for _ in range(_MOST_CLIMBS):
            configuration, value, function = self._at(place)
            raised = self._raise(value, place, function) or raised
            best = self.ground.optimum(configuration, self.functions[function])
            if not self._raise(best.value, best.place, function):
                break
            raised, place = True, best.place
        if raised:
            self._ask_anew()

    def _at(self, place: IntegerPoint) -> tuple[Configuration, Fraction, int]:
        """Return the configuration of a point, the largest value there and the function that has it."""
        configuration, outputs = self.network.traced(place)
        point = place.point if any(function.x for function in self.functions) else ()
        values = [function.value(point, outputs) for function in self.functions]
        best = max(range(len(values)), key=values.__getitem__)
        return configuration, values[best], best

    def _raise(self, value: Fraction, place: IntegerPoint, function: int) -> bool:
        if value <= self.incumbent.value:
            return False
        self.incumbent = Maximum(value, place.point, function)
        return True

    def _ask_anew(self) -> None:
        """Ask for more than the incumbent from now on; bounds that were found before stay bounds."""
        self.inputs = self._asked(self.inputs)
        constant = self.rows.constant.copy()
        constant[self._members] = vector([c + self.incumbent.value for c in self._offsets])
        self.rows = replace(self.rows, constant=constant)
        self.candidates = Candidates(self.network, self.layers, self.inputs, self.rows, 0.0)

    # exact leaves -------------------------------------------------------------------------------

    def _of_leaf(self, leaf: ExactLeaf, node: Node) -> Point | None:
        lifted = self._leaf_of(leaf, node)
        for function in range(len(self.functions)):
            self._solve(lifted, leaf, function)
        return None

    def _leaf_of(self, leaf: ExactLeaf, node: Node) -> LiftedLeaf:
        """Return the programs of a node. Those of the whole set, clipped or not, serve all functions."""
        if node.depth:
            return self._made_leaf(leaf, node, box_rows(self.inputs, node.low, node.high))
        key = b"".join(signs.tobytes() for signs in leaf.signs)
        if key not in self.ground.leaves:
            self.ground.leaves[key] = self._made_leaf(leaf, node, self.ground.system.rows)
        return self.ground.leaves[key]

    def _made_leaf(self, leaf: ExactLeaf, node: Node, rows: Sequence[Row]) -> LiftedLeaf:
        bounds = (self._by_layer(bound[None]) for bound in (node.lower, node.upper))
        lower, upper = ([part[0] for part in parts] for parts in bounds)
        return self._lifted(LiftedLeaf(self.network, rows, leaf.signs, lower, upper), node)

    def _lifted(self, leaf: LiftedLeaf, _: Node) -> LiftedLeaf:
        """Return the programs of a node, perhaps with more rows."""
        return leaf

    def _solve(self, lifted: LiftedLeaf, leaf: ExactLeaf, function: int) -> None:
        """Split the open neurons of a box until no part exceeds the incumbent, which is raised on the way."""
        parts: list[dict[int, int]] = [{}]
        while parts:
            signs = parts.pop()
            leaf.spend()
            top = lifted.optimum(self.functions[function], signs)
            if top is None or top.value <= self.incumbent.value:
                continue
            neuron = lifted.furthest(top.place, signs)
            self._climb(top.place.first(self.network.inputs))
            if neuron is not None and top.value > self.incumbent.value:
                parts += [{**signs, neuron: 0}, {**signs, neuron: 1}]


def _last_constant(network: Network, row: Inequality) -> Fraction:
    """Return the constant of the row as a function of the last hidden values (and inputs)."""
    bias = network.layers[-1].bias
    return row.offset + sum((a * bias[j] for j, a in row.y), Fraction(0))
