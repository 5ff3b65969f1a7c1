"""The values of the parameter at which the configurations of a family change, and what there is between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import ArgumentError, DomainError
from exactrelu.families.configurations import Configurations
from exactrelu.families.network_family import DomainFamily, NetworkFamily
from exactrelu.families.sweep import Gap, Sweep, Tiling
from exactrelu.networks.reading import Reading
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.places import between
from exactrelu.numbers.rationals import Extended, rational
from exactrelu.polyhedra.constraints import Relation
from exactrelu.writing.html_tables import facts_table

_SHOWN = 6


class ParameterInterval(NamedTuple):
    """The values that are looked at: all t with low <= t <= high, the infinities left out."""

    low: Extended
    high: Extended

    @property
    def ends(self) -> tuple[AlgebraicNumber | None, AlgebraicNumber | None]:
        """The ends, None for the infinities."""
        ends = [AlgebraicNumber.from_rational(e) if isinstance(e, Fraction) else None for e in self]
        return ends[0], ends[1]


@dataclass(frozen=True)
class Part:
    """Values of the parameter with the same configurations in each reading: a number, or an interval.

    ``low`` and ``high`` are equal for a number, None for -inf and inf; ``closed`` says which ends of an
    interval belong to it. ``configurations`` is None at a pole, where there is no network.
    """

    low: AlgebraicNumber | None
    high: AlgebraicNumber | None
    closed: tuple[bool, bool]
    configurations: Configurations | None

    @property
    def is_point(self) -> bool:
        """Whether it is a single number."""
        return self.low is not None and self.low == self.high

    @property
    def sample(self) -> Fraction | None:
        """A rational value in it, None for an irrational number."""
        if self.is_point and self.low is not None:
            return self.low.rational
        return between(self.low, self.high)

    def counts(self) -> dict[Reading, int] | None:
        """Return how many configurations there are in each reading, None at a pole."""
        if self.configurations is None:
            return None
        return {reading: self.configurations.count(reading) for reading in Reading}


@dataclass(frozen=True)
class Change:
    """A number at which something changes, with the readings in which it does; a pole changes all."""

    number: AlgebraicNumber
    readings: tuple[Reading, ...]
    is_pole: bool


@dataclass(frozen=True, repr=False)
class Bifurcations:
    """What a family does on an interval: its changes, and the parts that they make.

    ``critical`` says how many values were looked at because some generator changes there; not all of them
    change a configuration.
    """

    family: NetworkFamily
    domain: DomainFamily
    interval: ParameterInterval
    parts: tuple[Part, ...]
    changes: tuple[Change, ...]
    critical: int

    def __repr__(self) -> str:
        widths = "-".join(map(str, self.family.widths))
        numbers = ", ".join(f"~{change.number.decimal(6)}" for change in self.changes[:_SHOWN])
        more = ", ..." if len(self.changes) > _SHOWN else ""
        return f"<Bifurcations of {widths}: {len(self.changes)} changes ({numbers}{more})>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        facts: list[tuple[str, object]] = [
            ("network", "-".join(map(str, self.family.widths))),
            ("changes", len(self.changes)),
        ]
        for part in self.parts:
            ends = ["inf" if end is None else str(end) for end in (part.low, part.high)]
            counts = part.counts()
            shown = "pole" if counts is None else ", ".join(f"{n} {r}" for r, n in counts.items())
            place = ends[0] if part.is_point else " to ".join(ends)
            facts.append((f"{self.family.parameter}: {place}", shown))
        return facts_table("Bifurcations", facts)


def bifurcations(
    family: NetworkFamily,
    interval: ParameterInterval,
    domain: DomainFamily | None = None,
    *,
    search: Search | None = None,
) -> Bifurcations:
    """Return all values of the parameter at which the set of configurations changes, in any reading.

    Parameters
    ----------
    family
        Networks R^n -> R^m whose weights are rational functions of a parameter.
    interval
        The values that are looked at: rationals low < high, or infinities.
    domain
        A polyhedron in R^n, or boxes whose bounds are rational functions of the parameter; the whole space by
        default.
    search
        Its seconds count, and ``max_regions`` limits the faces of the tiling (cells of all dimensions).

    Raises
    ------
    ArgumentError
        If the interval is empty or a single number.
    DomainError
        If the domain lies in another space.
    BudgetExhaustedError
        If a limit of the search is reached: then nothing is known.

    Notes
    -----
    Complete and exact: between two critical values every sign that the enumeration depends on is constant,
    and at each of them all faces that can change are found anew (`exactrelu.families.sweep`).

    Examples
    --------
    >>> family = NetworkFamily.of([([[1, 0], [0, 1], [1, 1]], [0, 0, "t"]), ([[1, 1, 1]], None)])
    >>> found = bifurcations(family, ParameterInterval(Fraction(-1), Fraction(1)))
    >>> [str(change.number) for change in found.changes]
    ['0']
    >>> [list(part.counts().values()) for part in found.parts]
    [[7, 7, 7], [6, 8, 6], [7, 7, 7]]
    """
    interval, domain = checked(family, interval, domain)
    return swept(family, interval, domain, started(search))


def swept(
    family: NetworkFamily,
    interval: ParameterInterval,
    domain: DomainFamily,
    limits: Search,
    listener: Callable[[Tiling], None] = lambda _: None,
) -> Bifurcations:
    """Return the bifurcations; the listener is told of each tiling in order."""
    sweep = Sweep(family, domain, *interval.ends, checkpoint=limits.check_time)
    seen = list(_seen(sweep, limits, listener))
    changes = tuple(_changes(seen))
    critical = sum(one.low is not None and one.low is one.high for one in seen)
    return Bifurcations(family, domain, interval, tuple(_merged(seen, changes)), changes, critical)


def checked(
    family: NetworkFamily, interval: ParameterInterval, domain: DomainFamily | None
) -> tuple[ParameterInterval, DomainFamily]:
    """Return the interval, which has a positive length, and the domain, which lies in the family's space."""
    interval = ParameterInterval(*(end if isinstance(end, float) else rational(end) for end in interval))
    if not interval.low < interval.high:
        raise ArgumentError(f"interval: expected low < high, got {interval.low}:{interval.high}")
    domain = domain or DomainFamily(family.inputs)
    if domain.dimension != family.inputs:
        raise DomainError(f"domain: expected dimension {family.inputs}, got {domain.dimension}")
    return interval, domain


def strict_forms(domain: DomainFamily) -> int:
    """Return the forms that must be positive in the domain, as bits: w and the strict constraints."""
    rows = enumerate(domain.rows, start=1)
    return 1 | sum(1 << j for j, row in rows if row.relation is Relation.GREATER)


def _seen(sweep: Sweep, limits: Search, listener: Callable[[Tiling], None]) -> Iterator[Part]:
    strict = strict_forms(sweep.domain)
    for found in sweep:
        if isinstance(found, Gap):
            yield Part(found.low, found.high, (True, True), None)
            continue
        limits.check_regions(len(found.faces))
        limits.tell("parameter", partial(_so_far, found.high))
        listener(found)
        yield _part(found, Configurations.of(sweep.layout, found.faces, strict))


def _so_far(high: AlgebraicNumber | None) -> str:
    return "everything" if high is None else f"decided up to ~{high.decimal(6)}"


def _part(found: Tiling, configurations: Configurations) -> Part:
    return Part(found.low, found.high, (found.is_point,) * 2, configurations)


def _changes(seen: list[Part]) -> Iterator[Change]:
    for k, part in enumerate(seen):
        if not part.is_point or part.low is None:
            continue
        here, others = part.configurations, [*seen[max(k - 1, 0) : k], *seen[k + 1 : k + 2]]
        if here is None:
            yield Change(part.low, tuple(Reading), is_pole=True)
            continue
        readings = [r for r in Reading if any(here.differs(one.configurations, r) for one in others)]
        if readings:
            yield Change(part.low, tuple(readings), is_pole=False)


def _merged(seen: Iterable[Part], changes: tuple[Change, ...]) -> Iterator[Part]:
    """Join what no change separates."""
    numbers = {change.number for change in changes}
    current: Part | None = None
    for part in seen:
        if part.is_point and part.low in numbers:
            if current is not None:
                yield current
            current = None
            yield part
        elif current is None:
            current = part
        else:
            closed = current.closed[0], part.closed[1]
            current = Part(current.low, part.high, closed, part.configurations)
    if current is not None:
        yield current
