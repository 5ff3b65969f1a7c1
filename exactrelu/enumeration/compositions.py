"""Affine maps of configurations that come sorted: what they have in common is composed once."""

from __future__ import annotations

from exactrelu.enumeration.problem import Problem
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.preactivations import Preactivations


class Compositions:
    """The affine maps of one configuration after the other, those of common prefixes composed once."""

    def __init__(self, problem: Problem) -> None:
        self._network = problem.network
        self._bits: list[tuple[int, ...]] = []
        self._maps = [Preactivations.of_first_layer(problem.network)]

    def of(self, configuration: Configuration) -> tuple[Preactivations, ...]:
        """Return y_1, ..., y_L on the cell."""
        layers = configuration.layers
        common = 0
        while common < len(self._bits) and self._bits[common] == layers[common]:
            common += 1
        del self._bits[common:], self._maps[common + 1 :]
        for k, bits in enumerate(layers[common:], start=common + 1):
            self._maps.append(self._maps[-1].next_layer(self._network, k, bits))
            self._bits.append(bits)
        return tuple(self._maps)
