"""Suprema of affine functions of a network's outputs on bounded domains, by bounds and linear programs.

No cells are listed and no vertices: `exactrelu.verification.maximum` finds the maximum on the closure. On a
domain that is not closed it is attained if some point of the domain has that value, which is one more
question for branch and bound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from exactrelu.analysis.extremum import Extremum
from exactrelu.bounds.float_layers import float_layers
from exactrelu.enumeration.effort import Search
from exactrelu.networks.network import Network
from exactrelu.networks.paired_networks import PairedNetworks
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.branch_and_bound import BranchAndBound, Progress
from exactrelu.verification.float_rows import float_rows
from exactrelu.verification.ground import Ground
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.maximum import Maximum, maximum
from exactrelu.verification.paired_maximum import PairedQuestion, paired_maximum
from exactrelu.verification.property import InputSet
from exactrelu.verification.unbounded_sets import within_its_box

_LARGER = 1.25  # times as many neurons a pair may have as the reduced difference
_FEW_NEURONS, _FEW_INPUTS = 24, 4  # so few cells and vertices that listing them is quick, ties or not


def bounded_set(network: Network, domain: Domain, search: Search) -> InputSet | None:
    """Return the domain as an input set in a box, None if cells should be listed instead.

    They should if an engine or a number of regions is asked for, on domains that are not bounded, and for
    tiny networks. The domain has points.
    """
    if search.engine != "auto" or search.max_regions is not None:
        return None
    if is_tiny(network):
        return None
    inputs = InputSet.of_domain(domain)
    return inputs if inputs.is_bounded else within_its_box(inputs)


def is_tiny(network: Network) -> bool:
    """Whether a network has so few inputs and neurons that listing its cells is quick, ties or not."""
    return sum(network.bent_widths) <= _FEW_NEURONS and network.inputs <= _FEW_INPUTS


def worthwhile_pair(one: Network, two: Network, difference: Network) -> PairedNetworks | None:
    """Return two networks with neurons in pairs, None where their reduced difference is much smaller."""
    if difference.depth == 1:
        return None
    paired = PairedNetworks.of(one, two)
    if paired is None:
        return None
    paired = paired.without_unread()
    if sum(paired.joint.hidden_widths) > _LARGER * sum(difference.hidden_widths):
        return None
    return paired


def output_functions(outputs: int, indices: Sequence[int] | None = None) -> list[Inequality]:
    """Return -y_j and y_j for each output, in this order."""
    zero = Fraction(0)
    return [
        Inequality((), ((j, Fraction(sign)),), zero, strict=False)
        for j in (range(outputs) if indices is None else indices)
        for sign in (-1, 1)
    ]


def supremum(
    network: Network,
    inputs: InputSet,
    functions: Sequence[Inequality],
    search: Search,
    tell: Callable[[Maximum], None],
    networks: PairedNetworks | None = None,
    ground: Ground | None = None,
) -> tuple[Extremum, int]:
    """Return the supremum of functions of (x, f(x)) on a bounded set with points, and which function has it.

    With ``networks``, f is their joint network, and bounds of the difference are used; else ``ground`` may
    hold what was found out before.

    Raises
    ------
    StuckError
        Where bounds are of no use; the cells may then be listed.
    BudgetExhaustedError
        Where the time is over.
    """

    def listener(best: Maximum, _: Progress) -> None:
        tell(best)

    if networks is None:
        top = maximum(network, inputs, functions, search=search, listener=listener, ground=ground)
    else:
        top = paired_maximum(networks, inputs, functions, search=search, listener=listener)
    if top is None:
        raise ArithmeticError("a set with points has no maximum")
    return on_the_set(networks or network, inputs, functions, top, search)


def on_the_set(
    network: Network | PairedNetworks,
    inputs: InputSet,
    functions: Sequence[Inequality],
    top: Maximum,
    search: Search,
) -> tuple[Extremum, int]:
    """Return the supremum on a set, given the maximum on its closure, and which function has it.

    Raises as `supremum` does.
    """
    if inputs.is_closed or inputs.contains(top.point):
        return Extremum(top.value, attained=True, point=top.point), top.function
    for index in [top.function, *(i for i in range(len(functions)) if i != top.function)]:
        point = point_with_value(network, inputs, functions[index], top.value, search)
        if point is not None:
            return Extremum(top.value, attained=True, point=point), index
    return Extremum(top.value, attained=False, point=top.point), top.function


def point_with_value(
    network: Network | PairedNetworks, inputs: InputSet, function: Inequality, value: Fraction, search: Search
) -> Point | None:
    """Return a point of a bounded set, not closed, where the function is at least a value, None without one.

    Raises as `supremum` does.
    """
    level = replace(function, offset=function.offset - value, strict=False)
    asked = InputSet(inputs.box, inputs.rows, ((level,),))

    def checkpoint(_: Progress) -> None:
        search.check_time()

    if isinstance(network, PairedNetworks):
        return PairedQuestion(network, asked, checkpoint).run()
    rows = float_rows(network, asked)
    return BranchAndBound(network, float_layers(network), asked, rows, checkpoint=checkpoint).run()
