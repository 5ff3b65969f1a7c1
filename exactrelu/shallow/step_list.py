"""A list of reparametrization steps, written as text, and its application.

    drop, merge, cancel, minimal, embed, balance, balance:inf, balance:2,
    flip:0+2, permute:2+0+1, rescale:0=3/2+1=2, pad:5

Steps are separated by commas, what a step takes stands behind a colon, separated by ``+``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrelu.errors import ArgumentError
from exactrelu.networks.network import Network
from exactrelu.shallow.balancing import balance
from exactrelu.shallow.cancellation import cancel
from exactrelu.shallow.embedding import embed
from exactrelu.shallow.minimal_step import minimal
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.shallow.step_results import StepResult
from exactrelu.shallow.steps import drop, flip, merge, pad, permute, rescale

Step = Callable[[Parametrization], StepResult]

_PLAIN: dict[str, Step] = {"drop": drop, "merge": merge, "cancel": cancel, "minimal": minimal, "embed": embed}
_NAMES = "drop, merge, cancel, minimal, embed, balance, flip, permute, rescale, pad"
_MOST_DIGITS = 6
"""Of an index or a width: ``pad:999999999`` would fill the memory with neurons."""


def reparametrize(function: Parametrization | Network, steps: str | Sequence[str]) -> tuple[StepResult, ...]:
    """Apply reparametrization steps one after the other; each proves that the realization is unchanged.

    Parameters
    ----------
    function
        A parametrization, or a network with L = 2.
    steps
        Texts such as ``"merge"``, ``"flip:0+2"``, ``"permute:2+0+1"``, ``"rescale:0=3/2"``, ``"balance:2"``,
        ``"pad:5"``, or one text with commas between them. Neurons are counted from 0, each step's own.

    Returns
    -------
    tuple of StepResult
        One for each step, with the parametrizations before and after, an account and two equal canonical
        forms. The last one's ``after`` is the result.

    Raises
    ------
    ArgumentError
        For an unknown step, or one that cannot be applied; the message says why.
    NetworkError
        If the network has another number of layers.

    Examples
    --------
    >>> gamma = Parametrization.from_rationals([[8], [8], [0]], [[1], [3], [0]])
    >>> [result.name for result in reparametrize(gamma, "drop,merge,balance")]
    ['drop', 'merge', 'balance:inf']
    >>> reparametrize(gamma, "balance:3")
    Traceback (most recent call last):
    ...
    exactrelu.errors.ArgumentError: norm: expected inf or 2, got '3'
    """
    current = Parametrization.of_network(function) if isinstance(function, Network) else function
    results: list[StepResult] = []
    for step in [read_step(text) for text in (steps.split(",") if isinstance(steps, str) else steps)]:
        results.append(step(current))
        current = results[-1].after
    return tuple(results)


def read_step(text: str) -> Step:
    """Return the step that a text such as ``flip:0+2`` names.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    name, colon, words = text.partition(":")
    if name in _PLAIN:
        if colon:
            raise ArgumentError(f"steps: {name}: expected nothing behind it, got {words!r}")
        return _PLAIN[name]
    match name:
        case "balance":
            return lambda shallow: balance(shallow, words if colon else "inf")
        case "flip":
            chosen = indices_of(name, words)
            return lambda shallow: flip(shallow, chosen)
        case "permute":
            order = indices_of(name, words)
            return lambda shallow: permute(shallow, order)
        case "rescale":
            factors = factors_of(words)
            return lambda shallow: rescale(shallow, factors)
        case "pad":
            width = _index(name, words)
            return lambda shallow: pad(shallow, width)
    raise ArgumentError(f"steps: expected {_NAMES}, got {text!r}")


def indices_of(step: str, words: str) -> list[int]:
    """Return the natural numbers that are written ``2+0+1``; errors name the step.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    return [_index(step, word) for word in words.split("+")]


def _index(step: str, word: str) -> int:
    if not (word.isascii() and word.isdigit()):
        raise ArgumentError(f"steps: {step}: expected natural numbers joined by +, got {word!r}")
    if len(word) > _MOST_DIGITS:
        raise ArgumentError(f"steps: {step}: expected numbers of at most {_MOST_DIGITS} digits, got {word!r}")
    return int(word)


def factors_of(words: str) -> dict[int, str]:
    """Return the factors by neuron that are written ``0=3/2+1=2``.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    factors: dict[int, str] = {}
    for word in words.split("+"):
        index, equals, factor = word.partition("=")
        number = _index("rescale", index)
        if not equals:
            raise ArgumentError(f"steps: rescale: expected NEURON=FACTOR, got {word!r}")
        if number in factors:
            raise ArgumentError(f"steps: rescale: expected each neuron once, got {number} twice")
        factors[number] = factor
    return factors
