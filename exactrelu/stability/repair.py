"""Steps after which a theorem applies: searched over all orders, up to a fixed point, and checked at the end.

A state is a parametrization; the steps lead from state to state. All states that can be reached are looked
at, nearest first, until one satisfies the theorem's hypotheses and has no neuron that is zero or constant.
Costly steps are tried where the cheaper ones, in any order, have led to no such state: first `minimal`, which
finds signs for the kinks, where one neuron a hyperplane is enough; then `embed`, where the theorem is one of
the restricted space.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum

from exactrelu.errors import ExactReluError
from exactrelu.numbers.linear_algebra import rank
from exactrelu.shallow.canonical_forms import CanonicalForm, canonical_form
from exactrelu.shallow.fewest_neurons import has_one_neuron_a_hyperplane
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.shallow.step_list import reparametrize

Failures = Callable[[Parametrization], tuple[str, ...]]
PLAIN = ("drop", "merge", "cancel")
_MOST_STATES = 64


def repair_of(
    shallow: Parametrization, failures: Failures, *, restricted: bool, most_sums: int
) -> tuple[str, ...] | None:
    """Return a shortest list of steps after which nothing fails and no neuron is zero or constant.

    Parameters
    ----------
    shallow
        A parametrization of which something fails.
    failures
        What fails, of a parametrization.
    restricted
        Whether neurons must be balanced and look to one side: then balancing, turning neurons over and
        the embedding are steps, too.
    most_sums
        The budget for the signs of kinks.

    Returns
    -------
    tuple of str or None
        The steps that change something; None if no state that can be reached is good.
    """
    for steps in _stages(shallow, restricted=restricted, most_sums=most_sums):
        for path, state in _reachable(shallow, steps, turning=restricted):
            if not failures(state) and not any(n.is_zero or n.is_constant for n in state.neurons):
                return path
    return None


def _stages(shallow: Parametrization, *, restricted: bool, most_sums: int) -> Iterator[tuple[str, ...]]:
    names = (*PLAIN, "balance") if restricted else PLAIN
    yield names
    if has_one_neuron_a_hyperplane(canonical_form(shallow), most_sums=most_sums):
        yield (*names, "minimal")
    if restricted:
        yield (*names, "embed")


def _reachable(
    start: Parametrization, names: Sequence[str], *, turning: bool
) -> Iterator[tuple[tuple[str, ...], Parametrization]]:
    """Yield the states that the steps lead to with a shortest way there, nearest first."""
    seen = {start}
    found: list[tuple[tuple[str, ...], Parametrization]] = [((), start)]
    for path, state in found:  # grows while it is read
        yield path, state
        # A second embedding would lead nowhere new.
        allowed = [name for name in names if name != "embed" or "embed" not in path]
        for name in [*allowed, *(_turned(state) if turning else ())]:
            try:
                result = reparametrize(state, name)[-1]
            except ExactReluError:  # a step that cannot be applied leads nowhere
                continue
            if result.after not in seen and len(seen) < _MOST_STATES:
                seen.add(result.after)
                found.append(((*path, result.name), result.after))


def _turned(state: Parametrization) -> list[str]:
    """Return the flip of the neurons whose last two entries are negative."""
    chosen = [i for i, n in enumerate(state.neurons) if state.inputs > 1 and max(n.weight[-2:]) < 0]
    return ["flip:" + "+".join(map(str, chosen))] if chosen else []


class Asked(Enum):
    """What a theorem asks for, besides one neuron a hyperplane and none that is zero."""

    SCALAR = "one output"
    UNBIASED = "no biases"
    INDEPENDENT = "linearly independent weights"


def why_irreparable(shallow: Parametrization, asked: set[Asked], most_sums: int) -> str | None:
    """Return why no parametrization of the same function has one neuron a hyperplane and what is asked.

    None if there may be one.

    Notes
    -----
    Where no two neurons lie on one hyperplane, those that are not zero have the kinks of the function, one
    each: their hyperplanes are read off the canonical form. A kink beside 0, or a value at 0, needs a bias.

    Examples
    --------
    >>> absolute = Parametrization.from_rationals([[1], [-1]], [[1], [1]])
    >>> why_irreparable(absolute, {Asked.SCALAR}, 99)
    'the function needs two neurons on one hyperplane'
    """
    form = canonical_form(shallow)
    if Asked.SCALAR in asked and form.outputs != 1:
        return f"the function has {form.outputs} outputs"
    if Asked.UNBIASED in asked and (any(form.constant) or any(kink.functional[-1] for kink in form.kinks)):
        return "the function needs biases"
    if Asked.INDEPENDENT in asked and _rank_of_normals(form) < len(form.kinks):
        return "the normals of the function's kinks are dependent"
    if has_one_neuron_a_hyperplane(form, most_sums=most_sums) is False:
        return "the function needs two neurons on one hyperplane"
    return None


def _rank_of_normals(form: CanonicalForm) -> int:
    return rank([kink.functional[:-1] for kink in form.kinks], form.inputs)
