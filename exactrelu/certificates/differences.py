"""Certificates that two networks differ by at most a number on a set, without joint cells.

Their difference, the networks side by side, is compressed by steps that are proved (`compression`): what both
compute in the same way is merged and cancels, and neurons that are off on the set go. What is left is often
zero; else a property tree shows that its outputs are small. Where weights are nearly equal, sizes of
values and of differences may do, without any search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from exactrelu.certificates.checker_network import CheckerNetwork
from exactrelu.certificates.compression import StepChain
from exactrelu.certificates.document import certificate_file, network_value
from exactrelu.certificates.properties import PRECISION, set_value
from exactrelu.certificates.property_trees import PropertyProof, TooCoarseError
from exactrelu.checker import InvalidCertificateError, see_near
from exactrelu.checker import Network as CheckedNetwork
from exactrelu.deep.compression import compress
from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import ArgumentError, BudgetExhaustedError
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.nodes import CutTree
from exactrelu.verification.property import InputSet, Property
from exactrelu.verification.unbounded_sets import within_its_box
from exactrelu.verification.verdict import Verdict
from exactrelu.verification.verify import verify

_SECONDS = 60.0  # for a certificate by steps and a tree, where nobody sets a limit
_EFFORT = 10.0  # seconds for a question whether a neuron is off or on all over the set
_FURTHER = 20_000  # boxes of the tree beyond those of the search


def certify_difference(
    path: str | Path,
    networks: Sequence[Network],
    domain: Domain,
    within: Fraction = Fraction(0),
    *,
    search: Search | None = None,
) -> None:
    """Write the certificate that all outputs of two networks differ by at most ``within`` on a domain.

    Raises
    ------
    ArgumentError
        If the networks have different depths or no hidden layers, some output differs by more, or the format
        has no rule for a step.
    BudgetExhaustedError
        If a limit of the search, or one of the certificate's, is reached; nothing is written then.

    Examples
    --------
    >>> import tempfile
    >>> from exactrelu import checker
    >>> f = Network.from_rationals([([[1], [-1], [1]], [0, 0, -2]), ([[1, 1, 5]], None)])
    >>> g = Network.from_rationals([([[-3], [1]], None), ([["1/3", 1]], None)])  # |x|
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     certify_difference(f"{folder}/c.jsonl", (f, g), Domain.box([(-1, 1)]))
    ...     checker.check(f"{folder}/c.jsonl")["claim"]["within"]
    '0'
    """
    one, two = networks
    if one.depth != two.depth or one.depth == 1:
        raise ArgumentError(
            f"certificate: expected networks of equal depth, at least 2, got {one.depth} and {two.depth}"
        )
    search = started(search)
    if search.deadline is None:
        search = replace(search, time_limit=_SECONDS).started()
    difference = one - two
    compressed = compress(difference, domain, search=search, effort=_EFFORT)
    search.check_time()
    inputs = InputSet.of_domain(domain)
    chain = StepChain(difference, compressed.steps, inputs, may_be_empty=True)
    group, cuts = _within(chain.networks[-1], inputs, within, search)
    values = [network_value(network) for network in (one, two, *chain.networks)]
    proof = PropertyProof(
        chain.networks[-1], [(group, cuts)], (values[-1], [set_value(group)]), PRECISION, further=_FURTHER
    )
    try:
        last = list(proof.lines())
    except TooCoarseError:
        raise BudgetExhaustedError(f"certificate: {_FURTHER} further boxes do not do") from None
    claim = {"kind": "difference", **chain.claim, "within": format_rational(within)}
    with certificate_file(path) as writer:
        writer.begin(claim, values, None, None)
        chain.write(writer, search)
        for line in last:
            writer.property_line(line)
        writer.end()


def certify_near(path: str | Path, networks: Sequence[Network], domain: Domain, within: Fraction) -> None:
    """Write the certificate that networks of one architecture are nearly equal, by the sizes of their values.

    It is about the box round the domain, needs no search, and serves networks of any width with nearly
    equal weights, where the number is not small beside what they can differ by.

    Raises
    ------
    ArgumentError
        If these bounds are larger, the networks have other neurons, or the domain is not bounded.

    Examples
    --------
    >>> import tempfile
    >>> from exactrelu import checker
    >>> f, g = (Network.from_rationals([([[1], [w]], None), ([[1, 1]], None)]) for w in (-1, "-9/8"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     certify_near(f"{folder}/c.jsonl", (f, g), Domain.box([(-1, 1)]), Fraction(1, 8))
    ...     checker.check(f"{folder}/c.jsonl")["claim"]["kind"]
    'near'
    """
    inputs = InputSet.of_domain(domain)
    boxed = inputs if inputs.is_bounded else within_its_box(inputs)
    if boxed is None:
        raise ArgumentError("certificate: expected a bounded domain, got one that is not")
    sides = [[format_rational(Fraction(end or 0)) for end in side[:2]] for side in boxed.box]
    claim = {"kind": "near", "box": sides, "within": format_rational(within)}
    values = [network_value(network) for network in networks]
    read: list[CheckedNetwork] = [CheckerNetwork(*pair) for pair in zip(networks, values, strict=True)]
    try:
        see_near(claim, read)
    except InvalidCertificateError as error:
        raise ArgumentError(f"certificate: {error}") from None
    with certificate_file(path) as writer:
        writer.begin(claim, values, None, None)
        writer.end()


def _within(network: Network, inputs: InputSet, within: Fraction, search: Search) -> tuple[InputSet, CutTree]:
    """Return the points at which an output is too large, and cuts that show that there are none."""
    disjuncts = tuple(
        (Inequality((), ((j, Fraction(sign)),), -within, strict=True),)
        for j in range(network.outputs)
        for sign in (-1, 1)
    )
    group = replace(inputs, disjuncts=disjuncts)
    if network.depth == 1 and not any(network.layers[0].matrix.numerators.entries()):
        return group, CutTree()
    prop = Property(network.inputs, network.outputs, "", (group,))
    decision = verify(network, prop, search=search, trees=True)
    if decision.verdict is Verdict.REFUTED:
        raise ArgumentError(f"certificate: expected a difference of at most {within}, got a larger one")
    if decision.verdict is Verdict.UNKNOWN:
        raise BudgetExhaustedError(f"{decision.reason} before the certificate was written")
    return group, decision.trees[0]
