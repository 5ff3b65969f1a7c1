"""Certificates of steps on networks of any depth: each network is the one before, on the domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from exactrelu.certificates.document import CertificateWriter, certificate_file, network_value
from exactrelu.certificates.properties import PRECISION, set_value
from exactrelu.certificates.property_trees import PropertyProof
from exactrelu.deep.compression import Compression
from exactrelu.deep.deep_step import DeepStep
from exactrelu.deep.facts import Fact, sign_of, substituted
from exactrelu.documents.network import vector_texts
from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import ArgumentError
from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.domain import Domain
from exactrelu.verification.inequality import Inequality
from exactrelu.verification.nodes import CutTree
from exactrelu.verification.property import InputSet

_Part = tuple[str, int, tuple[Fact, ...], Network, Network]
"""A step at one layer: its name, the layer, its facts, the networks before and after it."""


def certify_compression(path: str | Path, compression: Compression, search: Search | None = None) -> None:
    """Write the certificate that a compressed network is the same function on the domain.

    Raises
    ------
    ArgumentError
        If rows were reduced modulo equations of the domain that do not fix inputs, for which the format has
        no rule, or the network has no hidden layer.
    BudgetExhaustedError
        If a limit of the search is reached; nothing is written then.
    """
    certify_deep_steps(path, compression.before, compression.steps, compression.domain, search)


def certify_deep_steps(
    path: str | Path,
    network: Network,
    steps: Sequence[DeepStep],
    domain: Domain,
    search: Search | None = None,
) -> None:
    """Write the certificate that a chain of steps leaves a network's function on the domain as it was.

    Without a step it says that the network is the function of itself.

    Raises
    ------
    ArgumentError, BudgetExhaustedError
        As `certify_compression`.
    """
    chain = StepChain(network, steps, InputSet.of_domain(domain))
    claim = {"kind": "compression", **chain.claim}
    with certificate_file(path) as writer:
        writer.begin(claim, [network_value(one) for one in chain.networks], None, None)
        chain.write(writer, started(search))
        writer.end()


class StepChain:
    """A chain of steps as a certificate holds it: ``networks``, each the one before, and what is claimed.

    Without a step the network is itself; ``may_be_empty`` leaves out even this step.

    Raises
    ------
    ArgumentError
        As `certify_compression`.
    """

    def __init__(
        self, network: Network, steps: Sequence[DeepStep], inputs: InputSet, *, may_be_empty: bool = False
    ) -> None:
        parts = [part for step in steps for part in _parts(step)]
        if not parts and not may_be_empty:
            if network.depth == 1:
                raise ArgumentError("certificate: expected a network with a hidden layer, got an affine map")
            parts = [("nothing", 1, (), network, network)]
        proofs = [_FactProof(before, layer, facts, inputs) for _, layer, facts, before, _ in parts if facts]
        groups = iter(proof.groups for proof in proofs)
        self.networks = [network, *(after for *_, after in parts)]
        self.claim = {
            **{key: value for key, value in set_value(inputs).items() if key != "disjuncts"},
            "steps": [_step_value(part, next(groups) if part[2] else []) for part in parts],
            "precision": PRECISION,
        }
        self._proofs = proofs

    def write(self, writer: CertificateWriter, search: Search) -> None:
        """Write the trees of all facts."""
        for proof in self._proofs:
            proof.write(writer, search)


def _parts(step: DeepStep) -> list[_Part]:
    """Return a step as steps at one layer each."""
    if step.name == "hull" and step.before != step.after:
        _require_fixed_inputs(step)
    if step.layer is not None:
        return [(step.name, step.layer, (), step.before, step.after)]
    parts: list[_Part] = []
    current = step.before
    for layer in sorted({fact.layer for fact in step.facts}):
        facts = tuple(fact for fact in step.facts if fact.layer == layer)
        after = substituted(current, facts)
        parts.append((step.name, layer, facts, current, after))
        current = after
    return parts


def _require_fixed_inputs(step: DeepStep) -> None:
    """Raise unless the equations by which rows were reduced fix single inputs."""
    equations = step.prover.domain.equations
    if step.before.depth == 1:
        raise ArgumentError("certificate: expected a network with a hidden layer, got an affine map")
    if any(sum(map(bool, row[:-1])) > 1 for row in equations):
        raise ArgumentError(
            "certificate: expected a domain of full dimension, or one that fixes inputs, "
            "got rows reduced modulo its equations"
        )


def _step_value(part: _Part, groups: Sequence[Sequence[Fact]]) -> dict[str, Any]:
    name, layer, *_ = part
    return {
        "name": name,
        "layer": layer,
        "facts": [[_fact_value(part[3], fact) for fact in group] for group in groups],
    }


def _fact_value(network: Network, fact: Fact) -> dict[str, Any]:
    bit = sign_of(network, fact)
    if bit is not None:
        return {"neuron": fact.neuron, "sign": bit}
    others = [[j, format_rational(factor)] for j, factor in fact.others]
    return {"neuron": fact.neuron, "row": vector_texts(fact.row), "others": others}


class _FactProof:
    """The trees of the facts of one layer: those that bounds prove share one, each other one has its own."""

    def __init__(self, network: Network, layer: int, facts: Sequence[Fact], inputs: InputSet) -> None:
        self.network, self.inputs = network, inputs
        sets = [self._set([fact], f) for f, fact in enumerate(facts)]
        alone = _proof(residuals(network, layer, facts), sets)
        closed = alone.closed_by_bounds()
        together = [fact for fact, is_closed in zip(facts, closed, strict=True) if is_closed]
        others = [[fact] for fact, is_closed in zip(facts, closed, strict=True) if not is_closed]
        self.groups = [*([together] if together else []), *others]
        self.residual = residuals(network, layer, [fact for group in self.groups for fact in group])

    def write(self, writer: CertificateWriter, search: Search) -> None:
        """Write the trees."""
        sets, first = [], 0
        for group in self.groups:
            sets.append(self._set(group, first))
            first += len(group)
        for line in _proof(self.residual, sets).lines(search.check_time):
            writer.property_line(line)

    def _set(self, facts: Sequence[Fact], first: int) -> tuple[InputSet, CutTree]:
        """Return the points where an output, numbered from ``first``, has a sign that it must not have."""
        disjuncts = tuple(
            (Inequality((), ((output, Fraction(sign)),), Fraction(0), strict=True),)
            for output, fact in enumerate(facts, start=first)
            for bit, sign in ((0, 1), (1, -1))
            if sign_of(self.network, fact) in (None, bit)
        )
        return replace(self.inputs, disjuncts=disjuncts), CutTree()


def _proof(network: Network, sets: Sequence[tuple[InputSet, CutTree]]) -> PropertyProof:
    values = network_value(network), [set_value(group) for group, _ in sets]
    return PropertyProof(network, sets, values, PRECISION, flat=True)


def residuals(network: Network, layer: int, facts: Sequence[Fact]) -> Network:
    """Return the network whose outputs are what facts of a layer say is zero, or has a sign."""
    own, slopes = network.layers[layer - 1], network.activations[layer - 1]
    width, count = own.outputs, len(facts)
    rows, last = list(own.rows), []
    for f, fact in enumerate(facts):
        line = [Fraction(0)] * (width + count + 1)
        is_sign = sign_of(network, fact) is not None
        if not is_sign:
            for j, factor in fact.others:
                line[j] -= factor
            line[fact.neuron] += 1
        line[width + f] = Fraction(1 if is_sign else -1)
        last.append(line)
        rows.append(own.rows[fact.neuron] if is_sign else fact.row)
    first = AffineMap(RationalMatrix.from_rows(rows, own.inputs + 1))
    outputs = AffineMap(RationalMatrix.from_rows(last, width + count + 1))
    return Network(
        (*network.layers[: layer - 1], first, outputs),
        activations=(*network.activations[: layer - 1], slopes.beside(Activation.linear(count))),
    )
