"""`network_report`: all questions about one network, and the page with their answers."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from exactrelu.documents.report import Section
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from exactrelu.report import questions
from exactrelu.report.figures import pictures
from exactrelu.report.page import page
from exactrelu.report.slices import require_axes
from exactrelu.report.subject import Question, Subject, answered
from exactrelu.verification.property import Property
from exactrelu.writing.atomic_file import write_atomically

_QUESTIONS = (
    ("The network", questions.identity),
    ("Pictures", pictures),
    ("Properties", questions.properties),
    ("Ranges", questions.ranges),
    ("Lipschitz constants", questions.lipschitz_constants),
    ("Cells", questions.counts),
    ("Degeneracies", questions.degeneracies),
    ("Symmetries", questions.symmetry),
)


@dataclass(frozen=True)
class NetworkReport:
    """The sections of a report, in the order of the page."""

    subject: Subject
    sections: tuple[Section, ...]

    @property
    def title(self) -> str:
        """The name of the page: the one that was given, the network's, else its widths."""
        network = self.subject.network
        return self.subject.name or network.name or f"Network {'-'.join(map(str, network.widths))}"

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file; it is complete or not there at all.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        from plotly.offline import get_plotlyjs

        unknown = [section.title for section in self.sections if section.unanswered]
        summary = f"On {self.subject.domain}, every number exact."
        if unknown:
            summary += f" Without an answer: {', '.join(unknown)}."
        drawn = any(section.figures for section in self.sections)
        write_atomically(
            os.fspath(path), page(self.title, summary, self.sections, get_plotlyjs() if drawn else "")
        )


def network_report(
    network: Network,
    domain: Domain | None = None,
    *,
    properties: Sequence[tuple[str, Property]] = (),
    seconds: float = 10.0,
    plane: tuple[int, int] = (0, 1),
    centre: Sequence[Any] | None = None,
    name: str | None = None,
) -> NetworkReport:
    """Return what there is to say of a network: ranges, constants, counts, degeneracies, pictures.

    Parameters
    ----------
    network, domain
        The function and where it is looked at; the domain defaults to the whole space.
    properties
        Properties with the names that the page shows.
    seconds
        How long each question may take, and each certificate; what takes longer is left without an answer,
        and the page says so.
    plane, centre
        The two inputs along which a network of three inputs or more is drawn, and the point through which;
        by default the first two, and the domain's inner point.
    name
        The title of the page; by default the network's name, else its widths.

    Raises
    ------
    DomainError
        If the domain, the plane or the point do not fit the network.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> report = network_report(net, Domain.box([(-1, 2)]))
    >>> [section.title for section in report.sections if section.unanswered], report.title
    ([], 'Network 1-2-1')
    >>> [row.cells[1].exact for row in report.sections[2].rows]
    ['0', '2']
    """
    domain = Domain.whole_space(network.inputs) if domain is None else domain
    point = None if centre is None else tuple(centre)
    return report_on(Subject(network, domain, tuple(properties), seconds, plane, point, name))


def report_on(
    subject: Subject, answered: Callable[[str, Question, Subject], Section] = answered
) -> NetworkReport:
    """Return the report on a subject; ``answered`` asks one question.

    Raises
    ------
    DomainError
        If the plane or the point does not fit the network.
    """
    if subject.network.inputs > 1:
        require_axes(subject.network, subject.plane)
    asked = [(title, ask) for title, ask in _QUESTIONS if subject.properties or title != "Properties"]
    return NetworkReport(subject, tuple(answered(title, ask, subject) for title, ask in asked))
