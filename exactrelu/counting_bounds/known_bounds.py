"""What the literature says of the number of cells, for an architecture and for one network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from exactrelu.counting_bounds.arrangement import hyperplanes_of, region_count
from exactrelu.counting_bounds.formulas import (
    layer_product,
    montufar_lower_bound,
    narrowed_product,
    partial_sum,
    serra_bound,
)
from exactrelu.errors import NetworkError
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.domain import Domain

_ALL = (Reading.HALF_OPEN, Reading.CLOSED, Reading.FULL)
_DISJOINT = (Reading.HALF_OPEN, Reading.FULL)
_FULL = (Reading.FULL,)


class BoundKind(StrEnum):
    """What a statement says about the number of cells."""

    UPPER = "upper"
    """No network of the widths has more."""
    LOWER = "lower"
    """Some network of the widths has at least so many; says nothing about the one at hand."""
    EXACT = "exact"
    """This network has so many."""
    EXPECTED = "expected"
    """An average over random weights; says nothing about the one at hand."""


@dataclass(frozen=True)
class CountBound:
    """A bound of the number of cells: its value, where it is from, and the readings that it holds in.

    ``value`` is None where there is no number, which ``statement`` explains.
    """

    kind: BoundKind
    value: int | None
    source: str
    statement: str
    readings: tuple[Reading, ...]

    def allows(self, count: int, reading: Reading | str) -> bool | None:
        """Return whether a count agrees with the bound, None where it says nothing about it."""
        if self.value is None or Reading(reading) not in self.readings:
            return None
        if self.kind is BoundKind.UPPER:
            return count <= self.value
        return count == self.value if self.kind is BoundKind.EXACT else None


def architecture_bounds(widths: Sequence[int], dimension: int | None = None) -> tuple[CountBound, ...]:
    """Return what is known of the cells of ReLU networks with given widths.

    Parameters
    ----------
    widths
        (N_0, ..., N_L): the inputs, the hidden layers and the outputs, which do not matter.
    dimension
        The dimension of the domain, N_0 if left out. The domain itself does not matter: upper bounds
        hold on every one, and lower bounds on every one that contains an open set of its affine hull.

    Returns
    -------
    tuple of CountBound
        Each with its source and with the readings that it holds in. Closed cells overlap (|x| as
        relu(x) + relu(-x) has four of them and 1 + 2 = 3 would be the bound): for them only 2^N is known.

    Raises
    ------
    NetworkError
        For fewer than two widths, a width below 1, or a dimension that is not between 0 and N_0.

    Examples
    --------
    >>> for bound in architecture_bounds((2, 4, 4, 1)):
    ...     print(bound.kind, bound.value, bound.source)
    upper 256 2^N
    upper 121 Raghu et al. 2017
    upper 121 Montufar 2017
    upper 121 Serra et al. 2018
    lower 44 Montufar et al. 2014
    expected None Hanin & Rolnick 2019
    """
    for k, width in enumerate(widths):
        if width < 1:
            raise NetworkError(f"widths[{k}]: expected at least 1, got {width}")
    if len(widths) < 2:
        raise NetworkError(f"widths: expected at least 2, inputs and outputs, got {len(widths)}")
    reach = widths[0] if dimension is None else dimension
    if not 0 <= reach <= widths[0]:
        raise NetworkError(f"dimension: expected 0 to {widths[0]}, the number of inputs, got {reach}")
    hidden = tuple(widths[1:-1])
    return (
        *_of_any_units(hidden, hidden, reach),
        CountBound(
            BoundKind.UPPER,
            serra_bound(hidden, reach),
            "Serra et al. 2018",
            "Theorem 1: sum over J of prod C(n_k, j_k)",
            _DISJOINT,
        ),
        *_lower(hidden, reach),
        _expectation(sum(hidden), reach),
    )


def network_bounds(network: Network, domain: Domain | None = None) -> tuple[CountBound, ...]:
    """Return what is known of the number of cells of a network on a domain.

    These are the bounds of its widths (`architecture_bounds`); the same with the ranks of its weights; and,
    with one hidden layer on R^n, the exact number of `full` cells by Zaslavsky's theorem. Bounds that
    need inactive neurons to be zero are left out if there are other units than ReLU, and linear ones,
    which split no cell, are not counted. On an empty domain, where the count is 0, there is none.

    Examples
    --------
    >>> net = Network.from_rationals([([[1, 0], [0, 1], [1, 1]], [0, 0, -1]), ([[1, 1, 1]], None)])
    >>> [(str(bound.kind), bound.value) for bound in network_bounds(net) if bound.kind == "exact"]
    [('exact', 7)]
    """
    domain = domain or Domain.whole_space(network.inputs)
    reach = domain.affine_dimension
    if reach < 0:
        return ()
    if network.is_relu:
        known = architecture_bounds(network.widths, reach)
    else:
        known = _of_any_units(network.hidden_widths, network.bent_widths, reach)
    return (*known, *_by_ranks(network, reach), *_of_one_layer(network, domain))


def _of_any_units(widths: Sequence[int], bent: Sequence[int], reach: int) -> tuple[CountBound, ...]:
    found = [
        CountBound(BoundKind.UPPER, 2 ** sum(bent), "2^N", "one cell for each configuration at most", _ALL)
    ]
    if len(bent) == 1:
        found.append(
            CountBound(
                BoundKind.UPPER,
                partial_sum(bent[0], reach),
                "Zaslavsky 1975",
                "hyperplanes in general position: sum_{j <= d} C(n, j)",
                _DISJOINT,
            )
        )
    found += [
        CountBound(
            BoundKind.UPPER,
            layer_product(bent, reach),
            "Raghu et al. 2017",
            "Theorem 1, by its proof: prod_k sum_{j <= d} C(n_k, j); for one width n it is O(n^(dK))",
            _DISJOINT,
        ),
        CountBound(
            BoundKind.UPPER,
            narrowed_product(bent, (reach, *widths)[: len(bent)]),
            "Montufar 2017",
            "prod_k sum_{j <= d_k} C(n_k, j), d_k = min(d, n_1, ..., n_{k-1})",
            _DISJOINT,
        ),
    ]
    return tuple(found)


def _lower(hidden: Sequence[int], reach: int) -> tuple[CountBound, ...]:
    value = montufar_lower_bound(hidden, reach)
    if not hidden:
        return ()
    statement = "Theorem 4: prod_{k < K} floor(n_k / d)^d sum_{j <= d} C(n_K, j), by some network"
    if value is None:
        statement += f"; it needs n_k >= d >= 1 (d = {reach})"
    return (CountBound(BoundKind.LOWER, value, "Montufar et al. 2014", statement, _DISJOINT),)


def _expectation(neurons: int, reach: int) -> CountBound:
    bound = f"(T N)^{reach} / {reach}!" if neurons >= reach else "2^N"
    statement = (
        f"random weights and biases with densities: on average at most {bound} cells per volume of a cube "
        f"that is large enough, N = {neurons}; T and the least side depend on the densities (no number here)"
    )
    return CountBound(BoundKind.EXPECTED, None, "Hanin & Rolnick 2019", statement, _FULL)


def _by_ranks(network: Network, reach: int) -> tuple[CountBound, ...]:
    hidden = len(network.bent_widths)
    if not hidden:
        return ()
    ranks = [layer.linear_rank() for layer in network.layers[:hidden]]
    value = narrowed_product(network.bent_widths, (min(reach, ranks[0]), *ranks[1:]))
    statement = "as Montufar 2017, d_k = min(d, rank W_1, ..., rank W_k)"
    return (CountBound(BoundKind.UPPER, value, "ranks of the weights", statement, _DISJOINT),)


def _of_one_layer(network: Network, domain: Domain) -> tuple[CountBound, ...]:
    if len(network.bent_widths) != 1 or not domain.is_whole_space:
        return ()
    (activation,) = network.activations
    hyperplanes = hyperplanes_of(activation.bent_of(network.layers[0].rows))
    value = region_count(hyperplanes, network.inputs)
    if value is None:
        return ()
    statement = "the regions of this network's hyperplanes, by sets without broken circuits"
    return (CountBound(BoundKind.EXACT, value, "Zaslavsky 1975", statement, _FULL),)
