"""The reference engine: layer by layer, neuron by neuron, on PPL's closed polyhedra.

Cells are kept by their closure and their strict rows (see `exactrelu.polyhedra.cell`). At each neuron the
signs that its pre-activation takes on the closure decide the split by the rule of the reading; nothing else
is needed for duplicate, opposite, concurrent, dead or zero neurons, nor for lower-dimensional cells. The
search is depth-first, so that only the open branch is in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum, auto
from functools import partial

from exactrelu.enumeration.leaves import Reached
from exactrelu.enumeration.problem import Problem
from exactrelu.enumeration.pruning import Keep
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import Preactivations
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.cell import is_nonempty
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.polyhedron import Functional, Polyhedron, SignRange


class _Action(Enum):
    """What a child's closure is, given its parent's closure P."""

    KEEP = auto()  # P itself
    CUT = auto()  # P with {y >= 0} or {y <= 0}
    FACE = auto()  # P with {y = 0}, where y does not change its sign on P; the child may be empty


_Child = tuple[bytes, _Action]
_Option = tuple[bytes, Polyhedron | _Action]  # a face is cut out where it is found not to be empty
_KEEP, _CUT, _FACE = _Action.KEEP, _Action.CUT, _Action.FACE
_OFF, _ON = b"\x00", b"\x01"  # the bits of a configuration, one byte each

# The rules of the readings: which children a cell has, by the signs of y on its closure. C and {y > 0}
# is not empty if y is positive somewhere on the closure, since C is dense in it.
_HALF_OPEN: dict[SignRange, tuple[_Child, ...]] = {
    SignRange.POSITIVE: ((_ON, _KEEP),),
    SignRange.NONNEGATIVE: ((_OFF, _FACE), (_ON, _KEEP)),
    SignRange.NONPOSITIVE: ((_OFF, _KEEP),),
    SignRange.MIXED: ((_OFF, _CUT), (_ON, _CUT)),
}
_CLOSED: dict[SignRange, tuple[_Child, ...]] = {
    SignRange.POSITIVE: ((_ON, _KEEP),),
    SignRange.NONNEGATIVE: ((_OFF, _FACE), (_ON, _KEEP)),
    SignRange.ZERO: ((_OFF, _KEEP), (_ON, _KEEP)),
    SignRange.NONPOSITIVE: ((_OFF, _KEEP), (_ON, _FACE)),
    SignRange.NEGATIVE: ((_OFF, _KEEP),),
    SignRange.MIXED: ((_OFF, _CUT), (_ON, _CUT)),
}
_FULL: dict[SignRange, tuple[_Child, ...]] = {
    SignRange.NONNEGATIVE: ((_ON, _KEEP),),
    SignRange.ZERO: ((_OFF, _KEEP),),
    SignRange.NONPOSITIVE: ((_OFF, _KEEP),),
    SignRange.NEGATIVE: ((_OFF, _KEEP),),
    SignRange.MIXED: ((_OFF, _CUT), (_ON, _CUT)),
}


def _lone_bits(table: dict[SignRange, tuple[_Child, ...]]) -> list[bytes]:
    """Return, for each sign range, the bit of the only child, which is the whole cell; none where two are."""
    bits = [b""] * len(SignRange)
    for signs, children in table.items():
        if len(children) == 1:
            bits[signs] = children[0][0]
    return bits


class _Node:
    """A cell whose neurons up to ``neuron`` of ``layer`` are decided."""

    __slots__ = ("bits", "closure", "dimension", "functionals", "neuron", "preactivations", "strict")

    def __init__(
        self,
        closure: Polyhedron,
        strict: tuple[Functional, ...],
        dimension: int,
        neuron: int,
        bits: bytes,
        preactivations: tuple[Preactivations, ...],
        functionals: list[Functional],
    ) -> None:
        self.closure = closure
        self.strict = strict
        self.dimension = dimension
        self.neuron = neuron  # index in the layer of the next neuron to be split
        self.bits = bits
        self.preactivations = preactivations  # y_1, ..., y_k, k the current layer
        self.functionals = functionals  # the rows of y_k, of neurons with a bit


class _Search:
    def __init__(self, problem: Problem, checkpoint: Callable[[], None]) -> None:
        self.problem = problem
        self.checkpoint = checkpoint
        self.half_open = problem.reading is Reading.HALF_OPEN
        self.network = problem.network
        self.last = problem.network.depth - 1  # number of hidden layers
        self.children, self.signs = {
            Reading.HALF_OPEN: (_HALF_OPEN, Polyhedron.sign_if_open_side),
            Reading.CLOSED: (_CLOSED, Polyhedron.sign_range),
            Reading.FULL: (_FULL, Polyhedron.sign_if_closed_side),
        }[problem.reading]
        self.lone = _lone_bits(self.children)
        self.stack: list[_Node | Reached] = []

    def leaves(self) -> Iterator[Reached]:
        root = self.problem.domain.cell
        if root is None:
            return
        first = Preactivations.of_first_layer(self.problem.network)
        functionals = self._functionals(first, 1) if self.last else []
        # The strict rows matter only where a child may be a face; in `full` none is.
        strict = () if self.problem.reading is Reading.FULL else root.strict
        dimension = root.closure.dimension()
        self.stack.append(_Node(root.closure, strict, dimension, 0, b"", (first,), functionals))
        while self.stack:
            top = self.stack.pop()
            self.checkpoint()
            if isinstance(top, _Node):
                self._advance(top)
            else:
                yield top

    def _advance(self, node: _Node) -> None:
        """Follow the node down until it splits or is a leaf; push what it becomes."""
        children, lone, signs, closure = self.children, self.lone, self.signs, node.closure
        while True:
            if node.neuron == len(node.functionals):
                if len(node.preactivations) >= self.last:
                    self._push_reached(node, node.bits, node.dimension, lambda: closure)
                    return
                self._enter_next_layer(node)
                continue
            functional = node.functionals[node.neuron]
            node.neuron += 1
            sign = signs(closure, functional)
            if bit := lone[sign]:
                node.bits += bit
            else:
                self._push_children(node, functional, self._options(node, children[sign], functional))
                return

    def _options(
        self, node: _Node, children: tuple[_Child, ...], functional: Functional
    ) -> Sequence[_Option]:
        """Return the children that exist, faces already cut out."""
        if children[0][1] is _CUT:
            return children
        options: list[_Option] = []
        for bit, action in children:
            if action is not _FACE:
                options.append((bit, action))
                continue
            face = node.closure.restricted(functional, Relation.EQUAL)
            if is_nonempty(face, node.strict):
                options.append((bit, face))
        return options

    def _enter_next_layer(self, node: _Node) -> None:
        y = node.preactivations[-1]
        start, number = len(node.bits) - len(node.functionals), len(node.preactivations)
        y = y.next_layer(self.network, number, node.bits[start:])
        node.preactivations = (*node.preactivations, y)
        node.functionals = self._functionals(y, number + 1)
        node.neuron = 0

    def _functionals(self, y: Preactivations, k: int) -> list[Functional]:
        """Return the rows of y_k whose neurons have a bit."""
        return [Functional(row) for row in self.network.activations[k - 1].bent_of(y.integer_rows())]

    def _push_reached(
        self, node: _Node, bits: bytes, dimension: int, closure: Callable[[], Polyhedron]
    ) -> None:
        maps = partial(_with_output, self.problem.network, node.preactivations)
        self.stack.append(Reached(self.problem, bits, dimension, closure, maps))

    def _push_children(self, node: _Node, functional: Functional, options: Sequence[_Option]) -> None:
        complete = node.neuron == len(node.functionals) and len(node.preactivations) == self.last
        for bit, option in reversed(options):  # the stack's top comes first
            bits = node.bits + bit
            dimension = option.dimension() if isinstance(option, Polyhedron) else node.dimension
            closure = partial(_child_closure, node.closure, functional, bit, option)
            if complete:  # the cell is cut only if somebody asks for it
                self._push_reached(node, bits, dimension, closure)
                continue
            strict = (*node.strict, functional) if bit == _ON and self.half_open else node.strict
            self.stack.append(
                _Node(closure(), strict, dimension, node.neuron, bits, node.preactivations, node.functionals)
            )


def _with_output(
    network: Network, hidden: tuple[Preactivations, ...], configuration: Configuration
) -> tuple[Preactivations, ...]:
    """Return (y_1, ..., y_L) on the cell, given all but the last (all, if there are no hidden layers)."""
    if not configuration.layers:
        return hidden
    return (*hidden, hidden[-1].next_layer(network, network.depth - 1, configuration.layers[-1]))


def _child_closure(
    parent: Polyhedron, functional: Functional, bit: bytes, option: Polyhedron | _Action
) -> Polyhedron:
    if isinstance(option, Polyhedron):
        return option
    if option is _KEEP:
        return parent
    return parent.restricted(functional, Relation.AT_LEAST if bit == _ON else Relation.AT_MOST)


def leaves(
    problem: Problem,
    *,
    checkpoint: Callable[[], None],
    keep: Keep | None = None,  # noqa: ARG001 - the reference leaves nothing out
) -> Iterator[Reached]:
    """Yield the configurations of ``problem``, sorted.

    ``checkpoint`` is called at every node and may raise to end the search.
    """
    return _Search(problem, checkpoint).leaves()
