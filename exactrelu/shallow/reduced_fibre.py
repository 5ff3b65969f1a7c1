"""The fibre of a network after its neurons were dropped, merged and cancelled."""

from __future__ import annotations

from dataclasses import dataclass

from exactrelu.errors import BudgetExhaustedError, NetworkError
from exactrelu.shallow.fibres import fibre_of
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.shallow.step_list import reparametrize
from exactrelu.shallow.step_results import StepResult
from exactrelu.shallow.subset_sums import MOST_SUMS


@dataclass(frozen=True)
class ReducedFibre:
    """The ``flips`` of ``base``, the parametrization after ``steps``; ``unknown``: why not known.

    With the neurons that the steps removed the fibre is infinite: a neuron can be split in many ways.
    """

    steps: tuple[StepResult, ...]
    base: Parametrization
    flips: tuple[tuple[int, ...], ...] = ()
    unknown: str | None = None


def reduced_fibre(shallow: Parametrization, *, most_sums: int = MOST_SUMS) -> ReducedFibre:
    """Return the fibre after drop, merge and cancel, of which only the steps that change something count.

    Examples
    --------
    >>> parallel = Parametrization.from_rationals([[1, 0], [2, 0], [0, 1]], [[1], [1], [1]])
    >>> found = reduced_fibre(parallel)
    >>> [step.name for step in found.steps], found.base.width, found.flips
    (['merge'], 2, ((),))
    """
    results = reparametrize(shallow, "drop,merge,cancel")
    steps = tuple(result for result in results if result.changed)
    base = results[-1].after
    try:
        return ReducedFibre(steps, base, fibre_of(base, most_sums=most_sums).flips)
    except (BudgetExhaustedError, NetworkError) as error:
        why = str(error).replace("; merge or cancel them first", ", and no step takes one away")
        return ReducedFibre(steps, base, unknown=why)
