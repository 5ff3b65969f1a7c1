"""How each layer refines the partition of the layers before it (Heinecke & Hwang, Proposition 3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from exactrelu.enumeration import Problem, enumerate_leaves
from exactrelu.enumeration.effort import Search
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.domain import Domain


@dataclass(frozen=True)
class RefinementNode:
    """A configuration of Theta_k, with those of Theta_{k+1} that extend it, sorted.

    The root is the empty configuration (k = 0), the whole domain.
    """

    configuration: Configuration
    children: list[RefinementNode] = field(default_factory=list)

    def level(self, k: int) -> Iterator[RefinementNode]:
        """Yield the descendants k layers below, sorted."""
        if k == 0:
            yield self
            return
        for child in self.children:
            yield from child.level(k - 1)


class RefinementTree:
    """The tree of Theta_0, Theta_1, ..., Theta_K, grown from the sorted configurations of Theta_K.

    Every prefix of a configuration is a configuration, and every configuration of Theta_k extends to one
    of Theta_{k+1}, so the last level tells all others.
    """

    def __init__(self) -> None:
        self.root = RefinementNode(Configuration(()))
        self._branch = [self.root]

    def grow(self, theta: Configuration) -> None:
        """Add the next configuration of the last level."""
        branch = self._branch
        while branch[-1].configuration.layers != theta.layers[: len(branch) - 1]:
            branch.pop()
        for k in range(len(branch), len(theta.layers) + 1):
            child = RefinementNode(theta.prefix(k))
            branch[-1].children.append(child)
            branch.append(child)


def refinement_tree(
    network: Network,
    domain: Domain | None = None,
    reading: Reading | str = Reading.HALF_OPEN,
    *,
    depth: int | None = None,
    search: Search | None = None,
) -> RefinementNode | None:
    """Return the tree of Theta_0, Theta_1, ..., Theta_depth, None if the domain is empty.

    ``depth`` defaults to the number of hidden layers.

    Examples
    --------
    >>> net = Network.from_rationals([([[1]], None), ([[1]], [-1]), ([[1]], None)])
    >>> [str(node.configuration) for node in refinement_tree(net).level(2)]
    ['0|0', '1|0', '1|1']
    """
    problem = Problem.of(network, domain, reading, depth)
    tree, empty = RefinementTree(), True
    for leaf in enumerate_leaves(problem, search=search):
        tree.grow(leaf.configuration)
        empty = False
    return None if empty else tree.root
