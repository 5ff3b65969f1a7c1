"""All that a network's cells say of its parameters: dimension, hidden symmetries, what is seen."""

from __future__ import annotations

from dataclasses import dataclass

from exactrelu.analysis.pieces import tiling
from exactrelu.enumeration import Problem
from exactrelu.enumeration.effort import Search, started
from exactrelu.identifiability.functional_dimension import FunctionalDimension, of_cells
from exactrelu.identifiability.hidden_symmetries import Finding, hidden_symmetries
from exactrelu.identifiability.transparency import SeenBend, Transparency, seen_bends, transparency
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from exactrelu.writing.html_tables import facts_table


@dataclass(frozen=True)
class SymmetryReport:
    """The functional dimension on a domain, what is hidden there, and what is seen of the bends.

    ``transparency`` is None where a network has other units than ReLU.
    """

    dimension: FunctionalDimension
    hidden: tuple[Finding, ...]
    bends: tuple[SeenBend, ...]
    transparency: Transparency | None

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        dimension = self.dimension
        facts: list[tuple[str, object]] = [
            ("functional dimension", dimension.value),
            ("parameters less rescalings", f"{dimension.parameters} - {dimension.rescalings}"),
            ("hidden symmetries", "\n".join(map(str, self.hidden)) or "none found"),
        ]
        return facts_table("Symmetries", facts)


def symmetries(
    network: Network, domain: Domain | None = None, *, search: Search | None = None
) -> SymmetryReport:
    """Return what the function of a network on a domain says of its parameters.

    Parameters
    ----------
    network
        A network of any units.
    domain
        A rational polyhedron, the whole space by default; an empty one shows nothing.
    search
        As in `exactrelu.regions`; its limits hold for each of the two enumerations.

    Raises
    ------
    BudgetExhaustedError
        If a limit of the search is reached.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [1], [-2]], [0, -1, 5]), ([[1, 1, 3]], None)])
    >>> report = symmetries(net)
    >>> report.dimension.value, report.dimension.most, report.hidden
    (7, 7, ())
    >>> [str(bend.visibility) for bend in report.bends], report.transparency.holds
    (['whole', 'whole', 'whole'], True)
    """
    domain = Problem.of(network, domain).domain
    search = started(search)
    found = tiling(network, domain, search=search)
    cells = sorted(found.maps)
    return SymmetryReport(
        of_cells(network, domain, cells),
        hidden_symmetries(network, domain, cells),
        seen_bends(found),
        transparency(network, domain, search=search) if network.is_relu else None,
    )
