"""Which cells of a network may be the steepest: what a search for the Lipschitz constant leaves out.

The norm of the Jacobian on a cell whose bits are partly open is bounded by interval arithmetic over its
slopes (`exactrelu.bounds.jacobians`). A cell is left where that is less than some other cell's norm.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from exactrelu.bounds.exact_jacobians import dominating_jacobian
from exactrelu.bounds.float_layers import below, float_layers
from exactrelu.bounds.jacobians import JacobianBounds
from exactrelu.bounds.last_layer import can_refine, refined
from exactrelu.enumeration.pruning import Bits
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.constraints import Relation
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.matrix_norms import Norm

_MOST_ENTRIES = 1 << 22  # of a Jacobian in the middle of a network
_MOST_TIES = 20_000  # cells with a bound near the record, decided or not, before those that tie are left
_MOST_SAMPLED = 1 << 11  # entries of a Jacobian: larger ones are too many numbers to try points
_EXACT_AT_ONCE = 64
_TIE = 1e-9  # a bound above the record by less may be that of an equal norm: it is looked at exactly
_SAMPLES, _ROUNDS, _TRIED = 512, 6, 8


class TooManyTiesError(Exception):
    """Very many cells are about as steep as the record: a search should begin anew, and leave ties."""


class SteepCells:
    """Says which cells may be as steep as the steepest one seen (an `exactrelu.enumeration.pruning.Keep`).

    All cells with the largest norm are kept. Where they are too many, `TooManyTiesError` ends the search;
    from then on those that tie with the record may be left, so that it ends where bound and record meet.
    """

    def __init__(
        self, network: Network, domain: Domain, norm: Norm, is_above: Callable[[RationalMatrix], bool]
    ) -> None:
        self._network = _along(network, domain)
        self._domain, self._norm, self._is_above = domain, norm, is_above
        self._is_thin = bool(domain.directions.equations)
        self.bounds = JacobianBounds(self._network)
        self._refines = can_refine(self._network.widths, str(norm))
        self.floor = 0.0  # a double that is at most the norm on some cell
        self._ties, self._leaves_ties = 0, False
        self.steepest_sample: Point | None = None

    @staticmethod
    def suits(network: Network) -> bool:
        """Whether the network's Jacobians are small enough."""
        return network.depth > 1 and max(network.widths[1:]) * network.inputs <= _MOST_ENTRIES

    def __call__(self, bits: Bits, bound: npt.NDArray[np.float64] | None = None) -> npt.NDArray[np.bool_]:
        """Return which rows of bits, -1 where one is open, may have a norm of at least the record.

        ``bound``: what `at_most` says of them, if somebody has asked.
        """
        bound = self.at_most(bits) if bound is None else bound
        complete = np.flatnonzero((bits >= 0).all(axis=1) & (bound >= self.floor))
        self._raise_by(bits[complete])
        kept: npt.NDArray[np.bool_] = bound >= self.floor
        near = np.flatnonzero(kept & (bound <= self.floor * (1 + _TIE)))
        if self._leaves_ties:
            for row in near[:_EXACT_AT_ONCE]:
                kept[row] = self._is_above(dominating_jacobian(self._network, bits[row].tolist()))
        else:
            self._count_ties(len(near))
        return kept

    def at_most(self, bits: Bits) -> npt.NDArray[np.float64]:
        """Return bounds of the norm for rows of bits, better ones where the first leave a row open."""
        bound = self.bounds.at_most(bits, str(self._norm))
        worth = np.flatnonzero((bits < 0).any(axis=1) & (bound >= self.floor)) if self._refines else ()
        if len(worth):
            bound[worth] = np.fmin(bound[worth], refined(self.bounds, bits[worth], str(self._norm)))
        return bound

    @property
    def bound(self) -> float:
        """A double that no cell's norm exceeds."""
        every = np.full((1, sum(self._network.bent_widths)), -1, dtype=np.int8)
        return max(self.floor, float(self.at_most(every)[0]))

    def leave_ties(self) -> None:
        """Keep, from now on, no cells that are proved to be no steeper than the record."""
        self._leaves_ties = True

    def may_be_above(self, bits: Bits, bound: float) -> bool:
        """Return whether cells of a row of bits, with this bound, may be steeper than the record."""
        if bound > self.floor * (1 + _TIE):
            return True
        return self._is_above(dominating_jacobian(self._network, bits.tolist()))

    def _count_ties(self, more: int) -> None:
        self._ties += more
        if self._ties > _MOST_TIES and not self._is_thin:
            self._leaves_ties = True
            raise TooManyTiesError

    def note(self, record: float) -> None:
        """Note that a cell has at least the norm ``record``."""
        self.floor = max(self.floor, record)

    def _raise_by(self, bits: Bits) -> None:
        """Take in the norms on cells that count; on thin domains |J P| is no lower bound in 1 and inf."""
        if len(bits) and (not self._is_thin or self._norm is Norm.TWO):
            self.floor = max(self.floor, float(self.bounds.at_least(bits, str(self._norm)).max()))

    # samples --------------------------------------------------------------------------------------

    def sample(self) -> None:
        """Look for steep cells of a box at random and near the steepest ones: floats propose points.

        A point where no pre-activation vanishes, inside the domain, lies inside a `full` cell: that is
        decided exactly, before the cell's norm counts.
        """
        is_large = max(self._network.widths[1:]) * self._network.inputs > _MOST_SAMPLED
        ends = None if self._is_thin or is_large else _inner_box(self._domain)
        if ends is None:
            return
        low, high = ends
        generator = np.random.default_rng(0)
        points = low + (high - low) * generator.random((_SAMPLES, len(low)))
        values = self._steepness(points)
        for k in range(1, _ROUNDS + 1):
            best = points[np.argsort(-values)[:_TRIED]]
            moves = generator.normal(size=(_SAMPLES // 2, len(low))) * (high - low) * 0.5**k
            more = np.clip(best[np.arange(len(moves)) % len(best)] + moves, low, high)
            points, values = np.concatenate([points, more]), np.concatenate([values, self._steepness(more)])
        for row in np.argsort(-values)[:_TRIED]:
            self._try(tuple(map(Fraction, points[row].tolist())))

    def _steepness(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return self.at_most(self._bits(points))

    def _bits(self, points: npt.NDArray[np.float64]) -> Bits:
        network, values, bits = self._network, points, []
        for layer, activation in zip(float_layers(network), network.activations, strict=False):
            with np.errstate(all="ignore"):
                values = layer.preactivations(values)
                bits.append((values > 0)[:, list(activation.bent)])
                values = layer.activated(values)
        return np.concatenate(bits, axis=1).astype(np.int8)

    def _try(self, point: Point) -> None:
        network = self._network
        if not all(row.value(point) > 0 for row in self._domain.rows):
            return
        layers = zip(network.activations, network.preactivations(point), strict=False)
        signs = [y for activation, ys in layers for y in activation.bent_of(ys)]
        if all(signs):
            old = self.floor
            self._raise_by(np.array([[int(y > 0) for y in signs]], dtype=np.int8))
            if self.floor > old or self.steepest_sample is None:
                self.steepest_sample = point


def _along(network: Network, domain: Domain) -> Network:
    """Return the network after the orthogonal projection P to lin D: its Jacobians are those times P."""
    directions = domain.directions
    if not directions.equations:
        return network
    first = network.layers[0]
    part = RationalMatrix.from_rows(first.weight, first.inputs) @ directions.projector
    rows = [(*row, b) for row, b in zip(part.rows(), first.bias, strict=True)]
    changed = AffineMap(RationalMatrix.from_rows(rows, first.inputs + 1))
    return Network((changed, *network.layers[1:]), activations=network.activations)


def _inner_box(domain: Domain) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]] | None:
    """Return doubles inside the sides of a domain that is a box with points inside, None for others.

    A box whose width is no double is one of the others.
    """
    low, high = np.full(domain.dimension, -np.inf), np.full(domain.dimension, np.inf)
    for row in domain.rows:
        places = [j for j, entry in enumerate(row.entries[:-1]) if entry]
        if len(places) != 1 or row.relation is Relation.EQUAL:
            continue
        (j,) = places
        end = Fraction(-row.entries[-1], row.entries[j])
        if row.entries[j] > 0:
            low[j] = max(low[j], -below(-end))
        else:
            high[j] = min(high[j], below(end))
    with np.errstate(over="ignore", invalid="ignore"):
        fits = np.isfinite(high - low) & (low < high)
    return (low, high) if bool(fits.all()) else None
