"""A list of steps on a network of any depth, written as text, and its application.

    hull, drop, merge, linear, compose, signs, values, compress,
    balance, balance:inf, balance:2, permute:LAYER:2+0+1, rescale:LAYER:0=3/2+1=2

Layers are counted from 1 and neurons from 0. ``drop``, ``merge``, ``linear`` and ``compose`` go through all
layers once; ``signs`` and ``values`` ask what holds on the domain, ``compress`` is all of that to the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from exactrelu.deep.compression import compression_steps, fold_signs, fold_values
from exactrelu.deep.deep_step import DeepStep
from exactrelu.deep.fewest_step import fewest
from exactrelu.deep.layer_steps import LayerStep, compose, drop, merge, on_hull
from exactrelu.deep.prover import Prover
from exactrelu.deep.rescaling import balance, permute, rescale
from exactrelu.deep.windows import require_writable
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.problem import Problem
from exactrelu.errors import ArgumentError
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from exactrelu.shallow.step_list import factors_of, indices_of

Steps = Callable[[Network, Prover], list[DeepStep]]

_BY_LAYER: dict[str, LayerStep] = {
    "hull": on_hull,
    "drop": drop,
    "merge": merge,
    "linear": fewest,
    "compose": compose,
}
_NAMES = "hull, drop, merge, linear, compose, signs, values, compress, balance, permute, rescale"


def reparametrize_deep(
    network: Network,
    steps: str | Sequence[str],
    domain: Domain | None = None,
    *,
    search: Search | None = None,
    effort: float | None = 2.0,
) -> list[DeepStep]:
    """Apply steps one after the other to a network of any depth; each carries its proof.

    Parameters
    ----------
    network
        Any network.
    steps
        Texts such as ``"merge"`` or ``"rescale:2:0=3/2"``, or one text with commas between them.
    domain
        Where the function must stay; the whole space by default.
    search, effort
        As `exactrelu.deep.compression.compress` takes them.

    Returns
    -------
    list of DeepStep
        What was done, in order; a step that has nothing to do stands there with equal networks.

    Raises
    ------
    ArgumentError
        For an unknown step, or one that cannot be applied; for an empty domain.

    Examples
    --------
    >>> net = Network.from_rationals([([[1], [2]], None), ([[1, 1], [0, 1]], None), ([[1, 1]], None)])
    >>> [step.name for step in reparametrize_deep(net, "merge,rescale:2:0=3,drop")]
    ['merge', 'rescale', 'drop']
    >>> reparametrize_deep(net, "rescale:3:0=3")
    Traceback (most recent call last):
    ...
    exactrelu.errors.ArgumentError: rescale: expected a layer from 1 to 2, got 3
    """
    domain = Problem.of(network, domain).domain
    if domain.is_empty:
        raise ArgumentError("steps: expected a domain with points, got an empty one")
    require_writable(network, "steps")
    prover = Prover(domain, search, effort)
    done: list[DeepStep] = []
    texts = steps.split(",") if isinstance(steps, str) else steps
    for text, step in [(text, read_step(text)) for text in texts]:
        found = step(network, prover)
        done += found or [DeepStep(text, network, network, ("nothing to do",), prover)]
        network = done[-1].after
    return done


def read_step(text: str) -> Steps:
    """Return the step that a text such as ``rescale:2:0=3/2`` names.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    name, colon, words = text.partition(":")
    plain: dict[str, Steps] = {"signs": fold_signs, "values": fold_values, "compress": compression_steps}
    if (name in _BY_LAYER or name in plain) and colon:
        raise ArgumentError(f"steps: {name}: expected nothing behind it, got {words!r}")
    if name in plain:
        return plain[name]
    match name:
        case "hull" | "drop" | "merge" | "linear" | "compose":
            return lambda network, prover: _layer_by_layer(network, _BY_LAYER[name], prover)
        case "balance":
            return lambda network, prover: balance(network, words if colon else "inf", prover)
        case "permute" | "rescale":
            layer, _, rest = words.partition(":")
            chosen = indices_of(name, layer)[0]
            return _permutation(chosen, rest) if name == "permute" else _rescaling(chosen, rest)
    raise ArgumentError(f"steps: expected {_NAMES}, got {text!r}")


def _permutation(layer: int, words: str) -> Steps:
    order = indices_of("permute", words)
    return lambda network, prover: [permute(network, _existing(network, layer, "permute"), order, prover)]


def _rescaling(layer: int, words: str) -> Steps:
    factors = factors_of(words)
    return lambda network, prover: [rescale(network, _existing(network, layer, "rescale"), factors, prover)]


def _existing(network: Network, layer: int, name: str) -> int:
    if not 1 <= layer < network.depth:
        raise ArgumentError(f"{name}: expected a layer from 1 to {network.depth - 1}, got {layer}")
    return layer


def _layer_by_layer(network: Network, step: LayerStep, prover: Prover) -> list[DeepStep]:
    """Take a step at each layer from the last to the first, where layers that go change no number."""
    done: list[DeepStep] = []
    for layer in range(network.depth - 1, 0, -1):
        found = step(network, layer, prover)
        if found is not None:
            done.append(found)
            network = found.after
    return done
