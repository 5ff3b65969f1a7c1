"""A network as the checker has it, without the way through texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exactrelu.checker import Network as CheckedNetwork
from exactrelu.checker import integral
from exactrelu.networks.network import Network


class CheckerNetwork(CheckedNetwork):
    """What the checker reads from a network's value, `document.network_value`."""

    def __init__(self, network: Network, value: Mapping[str, Any]) -> None:
        self.layers = [[list(row) for row in layer.rows] for layer in network.layers]
        self.shape = self.inputs, self.outputs = network.inputs, network.outputs
        self.hidden = [len(layer) for layer in self.layers[:-1]]
        self.rows = [integral(layer) for layer in self.layers]
        self.scaled = False
        self.read_slopes("networks[0].layers", value["layers"])
