"""Why a function has fewer dimensions than its parameters less the rescalings: what is hidden, by name.

Everything is said of a domain and decided on all its `full` cells, which is to say everywhere on it, as
pre-activations are continuous. Mechanisms are those of Grigsby, Lindsey & Rolnick, "Hidden symmetries of ReLU
networks", 2023, and what is degenerate in a layer by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from flint import fmpz_mat

from exactrelu.identifiability.parameter_jacobian import CellDerivatives, frame_of
from exactrelu.identifiability.rescaling import Neuron
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.numbers.row_space import proved_rank
from exactrelu.polyhedra.domain import Domain


class HiddenSymmetry(StrEnum):
    """What hides parameters of a neuron or a layer from the function."""

    DEAD = "dead"  # its value is 0 all over the domain
    CONSTANT = "constant"  # its pre-activation is constant on the domain
    NEVER_BENT = "never bent"  # its pre-activation has one sign, and the value is not 0
    UNREAD = "unread"  # the output never depends on it
    PARALLEL = "parallel"  # pre-activations that are positive multiples of one another
    OPPOSITE = "opposite"  # pre-activations that are negative multiples of one another
    DEPENDENT = "dependent layer"  # values of a layer, with the constant 1, are linearly dependent
    LINEAR = "linear layer"  # no neuron of the layer bends
    COLLAPSED = "collapsed layer"  # all values of the layer are constant


_OF_LAYERS = {HiddenSymmetry.DEPENDENT, HiddenSymmetry.LINEAR, HiddenSymmetry.COLLAPSED}


@dataclass(frozen=True)
class Finding:
    """A mechanism, the hidden layer (from 1) and the neurons (from 0) that it concerns.

    For a dependent layer ``relations`` is the number of independent linear relations.
    """

    kind: HiddenSymmetry
    layer: int
    neurons: tuple[int, ...]
    relations: int = 0

    def __str__(self) -> str:
        if self.kind is HiddenSymmetry.DEPENDENT:
            return f"hidden layer {self.layer}: {self.kind} ({self.relations} relations)"
        if self.kind in _OF_LAYERS:
            return f"hidden layer {self.layer}: {self.kind}"
        noun = "neuron" if len(self.neurons) == 1 else "neurons"
        return f"hidden layer {self.layer}: {noun} {', '.join(map(str, self.neurons))} {self.kind}"


def hidden_symmetries(
    network: Network, domain: Domain, cells: Sequence[Configuration]
) -> tuple[Finding, ...]:
    """Return what hides parameters on a domain whose `full` cells are given; nothing if it is empty.

    A neuron that is dead or constant is not looked at for other things. Of two linear units none is
    called never bent: they have no bit.

    Examples
    --------
    >>> from exactrelu.identifiability.functional_dimension import cells_of
    >>> net = Network.from_rationals([([[1], [2], [-1], [1]], [0, 0, -5, 9]), ([[1, 1, 1, 1]], None)])
    >>> domain = Domain.box([(-1, 1)])
    >>> for finding in hidden_symmetries(net, domain, cells_of(net, domain, None)):
    ...     print(finding)
    hidden layer 1: neuron 2 dead
    hidden layer 1: neuron 3 never bent
    hidden layer 1: neurons 0, 1 parallel
    hidden layer 1: dependent layer (2 relations)
    """
    if not cells:
        return ()
    frame = frame_of(domain)
    maps = [CellDerivatives.of(network, cell, frame) for cell in cells]
    found: list[Finding] = []
    for k in range(1, network.depth):
        found += _of_layer(network, k, cells, maps)
    return tuple(found)


def _of_layer(
    network: Network, k: int, cells: Sequence[Configuration], maps: Sequence[CellDerivatives]
) -> Iterator[Finding]:
    values = [m.readings[k].numerators.tolist()[:-1] for m in maps]
    rows = [m.preactivations[k - 1].rows() for m in maps]
    lines = [_line(y[i] for y in rows) for i in range(network.widths[k])]
    dead = [i for i in range(len(lines)) if not any(any(v[i]) for v in values)]
    constant = [i for i, line in enumerate(lines) if i not in dead and _is_constant(line, maps[0])]
    single = {(k, i) for i in [*dead, *constant]}
    yield from _singles(HiddenSymmetry.DEAD, k, dead)
    yield from _singles(HiddenSymmetry.CONSTANT, k, constant)
    still = [i for i in _never_bent(network, k, cells) if (k, i) not in single]
    yield from _singles(HiddenSymmetry.NEVER_BENT, k, still)
    unread = [i for i in range(len(lines)) if not any(_column(m, k, i) for m in maps)]
    yield from _singles(HiddenSymmetry.UNREAD, k, (i for i in unread if i not in dead))
    yield from _on_one_hyperplane(network, k, lines, single | {(k, i) for i in still})
    yield from _layer_wide(network, k, maps, len(dead) + len(constant), len(still))


def _layer_wide(
    network: Network, k: int, maps: Sequence[CellDerivatives], constant: int, still: int
) -> Iterator[Finding]:
    everyone = tuple(range(network.widths[k]))
    bent = network.activations[k - 1].bent_width
    if constant == len(everyone):
        yield Finding(HiddenSymmetry.COLLAPSED, k, everyone)
    elif bent and constant + still >= bent:
        yield Finding(HiddenSymmetry.LINEAR, k, everyone)
    rank = proved_rank(lambda: (m.readings[k].numerators.transpose() for m in maps), len(everyone) + 1)
    if rank <= len(everyone):
        yield Finding(HiddenSymmetry.DEPENDENT, k, everyone, len(everyone) + 1 - rank)


def _singles(kind: HiddenSymmetry, k: int, neurons: Iterable[int]) -> Iterator[Finding]:
    chosen = tuple(neurons)
    if chosen:
        yield Finding(kind, k, chosen)


_Line = tuple[tuple[Fraction, ...], ...]


def _line(rows: Iterable[tuple[Fraction, ...]]) -> _Line:
    """Return a pre-activation on all cells, divided by the size of its first entry that is not zero."""
    listed = tuple(rows)
    first = next((abs(entry) for row in listed for entry in row if entry), None)
    if first is None:
        return listed
    return tuple(tuple(entry / first for entry in row) for row in listed)


def _is_constant(line: _Line, maps: CellDerivatives) -> bool:
    """Return whether a pre-activation is one multiple of the constant 1 on all cells."""
    one = maps.readings[0].rows()[-1]
    lead = next(j for j, entry in enumerate(one) if entry)
    factor = line[0][lead] / one[lead]
    return all(row == tuple(factor * entry for entry in one) for row in line)


def _never_bent(network: Network, k: int, cells: Sequence[Configuration]) -> list[int]:
    activation = network.activations[k - 1]
    return [i for place, i in enumerate(activation.bent) if len({c.layers[k - 1][place] for c in cells}) == 1]


def _column(maps: CellDerivatives, k: int, i: int) -> bool:
    """Return whether an output depends on pre-activation i of hidden layer k on the cell."""
    matrix: fmpz_mat = maps.sensitivities[k - 1].numerators
    return any(bool(matrix[output, i]) for output in range(int(matrix.nrows())))


def _on_one_hyperplane(
    network: Network, k: int, lines: Sequence[_Line], single: set[Neuron]
) -> Iterator[Finding]:
    """Yield the neurons that bend together, those that look the same way and those that do not."""
    classes: dict[_Line, list[int]] = {}
    bent = set(network.activations[k - 1].bent)
    for i, line in enumerate(lines):
        if i in bent and (k, i) not in single:
            classes.setdefault(line, []).append(i)
    yield from (
        Finding(HiddenSymmetry.PARALLEL, k, tuple(members))
        for members in classes.values()
        if len(members) > 1
    )
    for line, members in classes.items():
        others = classes.get(tuple(tuple(-entry for entry in row) for row in line), [])
        if others and members[0] < others[0]:
            yield Finding(HiddenSymmetry.OPPOSITE, k, tuple(sorted(members + others)))
