"""The certificate of a set of configurations: complete, without excess, and its count."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from exactrelu.certificates.document import certificate_file, network_value
from exactrelu.certificates.domain_rules import DomainRules
from exactrelu.certificates.joint import JointNetwork
from exactrelu.certificates.tree_writing import found_in, write_empty, write_tree
from exactrelu.enumeration import Problem, Reached
from exactrelu.enumeration.leaf_blocks import LeafBlock, batched
from exactrelu.networks.network import Network


def certify_configurations(
    path: str | Path, network: Network, problem: Problem, leaves: Iterable[Reached]
) -> None:
    """Write the certificate of the configurations of a problem to ``path`` (gzip if it ends in ``.gz``).

    ``leaves`` are all reached leaves of ``problem``, sorted, from any engine; the certificate stands on its
    own and trusts none of them. ``network`` is the whole network if the problem stops at Theta_k.

    Examples
    --------
    >>> import tempfile
    >>> from exactrelu import checker, enumerate_leaves
    >>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> problem = Problem.of(net)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     certify_configurations(f"{folder}/c.jsonl", net, problem, enumerate_leaves(problem))
    ...     checker.check(f"{folder}/c.jsonl")["leaves"]
    {'impossible': 1, 'thin': 0, 'reached': 3}
    """
    certify_blocks(path, network, problem, batched(leaves))


def certify_blocks(path: str | Path, network: Network, problem: Problem, blocks: Iterable[LeafBlock]) -> None:
    """Write the same, given the leaves in blocks."""
    joint = JointNetwork.of(network, depth=problem.network.depth - 1)
    domain, reading = DomainRules.of(problem.domain, problem.reading), str(problem.reading)
    claim = {"kind": "configurations", "depth": joint.depth}
    with certificate_file(path) as writer:
        if domain is None:
            write_empty(writer, problem.domain, joint, claim, reading)
            return
        writer.begin(claim, [network_value(network)], problem.domain, reading)
        write_tree(writer, joint, domain, found_in(joint, blocks))
        writer.end()
