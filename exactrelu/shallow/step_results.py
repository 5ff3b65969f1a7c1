"""What a reparametrization step returns: the new parametrization, what was done, and the proof."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from exactrelu.errors import NetworkError
from exactrelu.shallow.canonical_forms import CanonicalForm, canonical_form
from exactrelu.shallow.parametrization import Neuron, Parametrization


@dataclass(frozen=True)
class StepResult:
    """One step from a parametrization to another one of the same function.

    The proof is a pair of canonical forms, computed here from the two parametrizations alone and compared
    on construction. ``on_slice`` belongs to the embedding of Lemma A.6: there the new realization is
    compared on the points (x, 1, -1).

    Parameters
    ----------
    name
        The step as it is written on the command line.
    before, after
        The two parametrizations.
    account
        What was done, in sentences that name neurons (from 0).
    on_slice
        Whether R(after)(x, 1, -1) = R(before)(x) is claimed, rather than R(after) = R(before).

    Raises
    ------
    NetworkError
        If the realization changed: such a step cannot be made.

    Examples
    --------
    >>> one, two = (Parametrization.from_rationals([[1]], [[c]]) for c in (1, 2))
    >>> StepResult("swindle", one, two, ())
    Traceback (most recent call last):
    ...
    exactrelu.errors.NetworkError: step swindle: expected an unchanged realization, got another one
    """

    name: str
    before: Parametrization
    after: Parametrization
    account: tuple[str, ...]
    on_slice: bool = False
    form_before: CanonicalForm = field(init=False, repr=False, compare=False)
    form_after: CanonicalForm = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        seen = slice_of(self.after) if self.on_slice else self.after
        object.__setattr__(self, "form_before", canonical_form(self.before))
        object.__setattr__(self, "form_after", canonical_form(seen))
        if self.form_before != self.form_after:
            raise NetworkError(f"step {self.name}: expected an unchanged realization, got another one")

    @property
    def changed(self) -> bool:
        """Whether any parameter changed."""
        return self.before != self.after


def slice_of(shallow: Parametrization) -> Parametrization:
    """Return x -> R(x, 1, -1), a parametrization with two inputs less.

    Raises
    ------
    NetworkError
        If there are fewer than three inputs.

    Examples
    --------
    >>> slice_of(Parametrization.from_rationals([[2, 5, 3]], [[1]])).neurons[0].functional
    (Fraction(2, 1), Fraction(2, 1))
    """
    if shallow.inputs < 3:
        raise NetworkError(f"slice (x, 1, -1): expected at least 3 inputs, got {shallow.inputs}")
    neurons = tuple(
        Neuron(n.weight[:-2], n.coefficient, n.bias + n.weight[-2] - n.weight[-1], n.scale)
        for n in shallow.neurons
    )
    return Parametrization(shallow.inputs - 2, shallow.outputs, neurons, shallow.output_bias)


def with_neurons(
    shallow: Parametrization, neurons: list[Neuron], output_bias: tuple[Fraction, ...] | None = None
) -> Parametrization:
    """Return the parametrization with other neurons, and another output bias if one is given."""
    bias = shallow.output_bias if output_bias is None else output_bias
    return Parametrization(shallow.inputs, shallow.outputs, tuple(neurons), bias)


def plus_multiple(
    total: tuple[Fraction, ...], factor: Fraction, vector: tuple[Fraction, ...]
) -> tuple[Fraction, ...]:
    """Return total + factor * vector."""
    return tuple(p + factor * q for p, q in zip(total, vector, strict=True))
