"""What a report is about, and how a question about it is asked: within its seconds, and never in vain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from exactrelu.documents.report import Section
from exactrelu.enumeration.effort import Search
from exactrelu.errors import BudgetExhaustedError, ExactReluError
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.property import Property


@dataclass(frozen=True)
class Subject:
    """What a report is about, and how many seconds each question may take.

    ``plane`` are the two inputs that a slice shows; the others stay where ``centre`` has them, or where
    the domain's inner point is. ``on_step`` is called whenever something begins that may take so long.
    """

    network: Network
    domain: Domain
    properties: tuple[tuple[str, Property], ...] = ()
    seconds: float = 10.0
    plane: tuple[int, int] = (0, 1)
    centre: Point | None = None
    name: str | None = None
    on_step: Callable[[], None] | None = None

    def search(self, max_regions: int | None = None) -> Search:
        """Return a search whose clock is started; one for each step of a question."""
        if self.on_step is not None:
            self.on_step()
        return Search("auto", max_regions, self.seconds).started()


Question = Callable[[Subject], Section]


def answered(title: str, question: Question, subject: Subject) -> Section:
    """Return what a question gives, or a section that says why it has no answer.

    Examples
    --------
    >>> def refuse(_: Subject) -> Section:
    ...     raise ExactReluError("too wide")
    >>> answered("Counts", refuse, None).unanswered
    'too wide'
    """
    try:
        return question(subject)
    except BudgetExhaustedError as error:
        known = "; ".join([str(error), *getattr(error, "__notes__", [])])
        return Section(title, unanswered=f"unknown within {subject.seconds:g} seconds ({known})")
    except ExactReluError as error:
        return Section(title, unanswered=str(error))
