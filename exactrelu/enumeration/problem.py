"""What an engine is asked: the network, the domain, the reading."""

from __future__ import annotations

from dataclasses import dataclass

from exactrelu.errors import DomainError, NetworkError
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.domain import Domain


@dataclass(frozen=True)
class Problem:
    """The question "which configurations of ``network`` count on ``domain``, in which reading?".

    ``network`` is the network whose hidden neurons are split: for Theta_k it is M_{k+1}, the first
    k + 1 affine maps.
    """

    network: Network
    domain: Domain
    reading: Reading

    def __post_init__(self) -> None:
        if not isinstance(self.domain, Domain):
            raise DomainError(f"domain: expected a Domain, got {type(self.domain).__name__}")
        if self.domain.dimension != self.network.inputs:
            raise DomainError(
                f"domain: expected dimension {self.network.inputs}, the network's number of inputs, "
                f"got {self.domain.dimension}"
            )

    @classmethod
    def of(
        cls,
        network: Network,
        domain: Domain | None = None,
        reading: Reading | str = Reading.HALF_OPEN,
        depth: int | None = None,
    ) -> Problem:
        """Return the problem; ``domain`` defaults to R^{N_0}, ``depth`` k asks for Theta_k.

        Raises
        ------
        DomainError
            If the domain has another dimension than the network's input.
        NetworkError
            If ``depth`` is not between 0 and the number of hidden layers.
        """
        if not isinstance(network, Network):
            raise NetworkError(f"network: expected a Network, got {type(network).__name__}")
        if depth is not None:
            if not 0 <= depth < network.depth:
                raise NetworkError(f"depth: expected 0 to {network.depth - 1} hidden layers, got {depth}")
            network = network.first_layers(depth + 1)
        return cls(network, domain or Domain.whole_space(network.inputs), Reading(reading))
