"""From a function to a network, with the proof that it is the function."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Never

from exactrelu.construction.max_min import MaxMinForm, max_min_form
from exactrelu.construction.max_min_network import max_min_network
from exactrelu.construction.network_pieces import function_of_network
from exactrelu.construction.one_hidden_layer import Obstruction, one_layer_form
from exactrelu.construction.piecewise import PiecewiseAffine
from exactrelu.construction.realization import RealizationDecision, decide_realization
from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import ArgumentError, NotShallowError
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.polyhedra.domain import Domain
from exactrelu.shallow.canonical_forms import CanonicalForm
from exactrelu.shallow.fewest_neurons import minimal_width

MOST_SUMS = 2**12
"""Sums of sets of neurons that are looked at for the fewest neurons of one hidden layer."""


class Method(StrEnum):
    """How a function becomes a network."""

    AUTO = "auto"
    """With one hidden layer (none, if it is affine) where that is possible, else by a max-min form."""
    SHALLOW = "shallow"
    """With one hidden layer, or not at all."""
    MAX_MIN = "max-min"
    """By a max-min form."""

    @classmethod
    def _missing_(cls, value: object) -> Never:
        raise ArgumentError(f"method: expected one of {', '.join(cls)}, got {value!r}")


@dataclass(frozen=True)
class Built:
    """A network, the function that it was made from, and the decision whether it is that function.

    ``obstruction`` says why one hidden layer is not enough; None if it is, or was not asked for.
    ``form`` is the max-min form if the network was made from one.
    """

    network: Network
    function: PiecewiseAffine | MaxMinForm
    decision: RealizationDecision
    obstruction: Obstruction | None = None
    form: MaxMinForm | None = None


def build(
    function: PiecewiseAffine | MaxMinForm,
    method: Method | str = Method.AUTO,
    *,
    search: Search | None = None,
) -> Built:
    """Return a network of ReLUs that is a function on its domain, with the decision whether it is.

    Parameters
    ----------
    function
        Pieces, or a max-min form.
    method
        See `Method`.
    search
        Engine and limits of the proof (and of the cells of a max-min form).

    Raises
    ------
    NotShallowError
        If one hidden layer was asked for and is not enough; it holds the `Obstruction`.
    BudgetExhaustedError
        If a limit was reached before there was a network; later the decision is ``unknown``.

    Examples
    --------
    >>> from exactrelu.construction.triangulations import function_from_breakpoints
    >>> points = [(0, 0), (1, 1), (2, 0)]
    >>> tent = build(function_from_breakpoints(points))
    >>> tent.network.widths, str(tent.decision.verdict), tent.obstruction
    ((1, 2, 1), 'holds', None)
    >>> build(function_from_breakpoints(points), "max-min").network.widths
    (1, 2, 1)
    """
    method, search = Method(method), started(search)
    obstruction = None
    if method is not Method.MAX_MIN:
        found = one_layer_form(_by_pieces(function, search))
        if isinstance(found, CanonicalForm):
            network = shallow_network(found, function.domain)
            return Built(network, function, decide_realization(network, function, search=search))
        obstruction = found
        if method is Method.SHALLOW:
            raise NotShallowError(found)
    form = function if isinstance(function, MaxMinForm) else max_min_form(function)
    network = max_min_network(form)
    decision = decide_realization(network, function, search=search)
    return Built(network, function, decision, obstruction, form)


def _by_pieces(function: PiecewiseAffine | MaxMinForm, search: Search) -> PiecewiseAffine:
    if isinstance(function, PiecewiseAffine):
        return function
    return function_of_network(max_min_network(function), function.domain, search=search)


def shallow_network(form: CanonicalForm, domain: Domain) -> Network:
    """Return a network with few neurons in one hidden layer, or none, that is a canonical form on a domain.

    They are the fewest unless the budget `MOST_SUMS` ran out.

    Examples
    --------
    >>> from exactrelu.shallow.canonical_forms import canonical_form
    >>> net = Network.from_rationals([([[1], [2], [-1]], None), ([[1, 1, 3]], None)])
    >>> shallow_network(canonical_form(net), Domain.whole_space(1)).widths
    (1, 2, 1)
    """
    if form.is_affine:
        rows: list[list[Fraction]] = [[*row, c] for row, c in zip(form.linear, form.constant, strict=True)]
        return Network((AffineMap(RationalMatrix.from_rows(rows, form.inputs + 1)),))
    return minimal_width(form, domain, most_sums=MOST_SUMS).parametrization.network()
