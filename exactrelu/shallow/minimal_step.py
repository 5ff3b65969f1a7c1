"""The step to a parametrization with the fewest neurons."""

from __future__ import annotations

from exactrelu.shallow.canonical_forms import canonical_form
from exactrelu.shallow.fewest_neurons import minimal_width
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.shallow.step_results import StepResult
from exactrelu.shallow.subset_sums import MOST_SUMS


def minimal(shallow: Parametrization, *, most_sums: int = MOST_SUMS) -> StepResult:
    """Replace the neurons by as few as the function needs on R^d, if that is fewer or as many.

    Where the budget runs out, by the fewest that were found.

    Examples
    --------
    >>> absolute = Parametrization.from_rationals([[1, 0], [-1, 0], [0, 1]], [[1], [1], [1]])
    >>> result = minimal(absolute)
    >>> result.after.width, result.account
    (3, ('3 neurons are there, the fewest are 3',))
    """
    found = minimal_width(canonical_form(shallow), most_sums=most_sums)
    number = str(found.value) if found.value is not None else f"from {found.lower} to {found.upper}"
    after = found.parametrization if found.upper < shallow.width else shallow
    account = f"{shallow.width} neurons are there, the fewest are {number}"
    return StepResult("minimal", shallow, after, (account,))
