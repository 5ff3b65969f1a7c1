"""What an answer is about."""

from __future__ import annotations

from dataclasses import dataclass

from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain


@dataclass(frozen=True)
class Asked:
    """The networks and the domain that an answer is about; with them it can be certified."""

    networks: tuple[Network, ...]
    domain: Domain
