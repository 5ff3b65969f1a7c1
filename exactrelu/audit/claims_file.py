"""Files of claims: what a float tool says about a network, in JSON (docs/audit.md).

Example::

    {"format": "exactrelu-audit-claims", "version": 1, "tool": "some tool 1.2", "numbers": "float64",
     "domain": {"box": [[-1, 1]]},
     "claims": [{"kind": "region-count", "reading": "full", "value": 2},
                {"kind": "bounds", "lower": [0], "upper": [1.0000001]}]}
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from exactrelu.audit.claim_node import ClaimNode, choice_of, domain_at, numbers_of
from exactrelu.audit.claim_numbers import EXACT
from exactrelu.audit.judgement import AuditClaim
from exactrelu.errors import ExactReluError, FormatError
from exactrelu.formats.strict_json import Node, read_json, require_format
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain

_HOMES = {
    "region-count": ("region_counts", "RegionCountClaim"),
    "configurations": ("configuration_lists", "ConfigurationsClaim"),
    "interior-points": ("interior_points", "InteriorPointsClaim"),
    "bounds": ("bounds", "BoundsClaim"),
    "lipschitz": ("lipschitz_claims", "LipschitzClaim"),
    "affine-map": ("affine_map_claims", "AffineMapClaim"),
    "equality": ("network_pairs", "EqualityClaim"),
    "distance": ("network_pairs", "DistanceClaim"),
    "outputs": ("float_outputs", "FloatOutputsClaim"),
    "witness": ("witnesses", "WitnessClaim"),
    "satisfiability": ("satisfiability", "SatisfiabilityClaim"),
    "property": ("property_claims", "PropertyClaim"),
}
KINDS = tuple(_HOMES)
_TEXTS = ("tool", "note", "network")


@dataclass(frozen=True)
class NamedClaim:
    """A claim of a file: its position from 0, its kind, its ``id`` if it has one."""

    index: int
    kind: str
    id: str | None
    claim: AuditClaim

    def document(self) -> dict[str, Any]:
        """Return what names the claim in JSON."""
        return {"index": self.index, "kind": self.kind} | ({} if self.id is None else {"id": self.id})


@dataclass(frozen=True)
class ClaimsFile:
    """The claims of a file, all read and checked; ``tool`` is who makes them."""

    file: str
    tool: str | None
    claims: tuple[NamedClaim, ...]


def read_claims(path: str | Path, network: Network) -> ClaimsFile:
    """Return the claims about a network in a file.

    Raises
    ------
    FormatError
        If the file holds no claims about such a network; the message names the file and the claim's index.
    OSError
        If the file, or a network that it names, cannot be read.
    """
    return claims_of_document(read_json(path), network, Path(path).parent)


def claims_of_document(document: Node, network: Network, folder: Path) -> ClaimsFile:
    """Return the claims in a document; files that they name are looked for from the folder.

    Raises
    ------
    FormatError, OSError
        As `read_claims`.
    """
    require_format(document, "exactrelu-audit-claims")
    document.require_keys(("format", "version", "claims"), (*_TEXTS, "numbers", "domain"))
    texts = {key: document.child(key).text() for key in _TEXTS if key in document.value}
    if texts.get("network", network.digest) != network.digest:
        raise document.child("network").fail(f"the hash of the network, {network.digest}")
    numbers = numbers_of(document, EXACT)
    domain = Domain.whole_space(network.inputs)
    if "domain" in document.value:
        domain = domain_at(document.child("domain"), network.inputs, numbers)
    default = ClaimNode(document, network, domain, numbers, folder)
    claims = tuple(_read(i, item, default) for i, item in enumerate(document.child("claims").items()))
    return ClaimsFile(document.file, texts.get("tool"), claims)


def _read(index: int, node: Node, default: ClaimNode) -> NamedClaim:
    if not isinstance(node.value, dict):
        raise node.fail("an object with the key 'kind'")
    if "kind" not in node.value:
        raise node.fail("the key 'kind'", "none")
    kind = choice_of(node.child("kind"), KINDS)
    name = node.child("id").text() if "id" in node.value else None
    if "note" in node.value:
        node.child("note").text()
    numbers = numbers_of(node, default.numbers)
    inner = ClaimNode(node, default.network, default.domain, numbers, default.folder)
    try:
        return NamedClaim(index, kind, name, _reader(kind)(inner))
    except FormatError as error:
        if error.file == node.file:
            raise
        raise node.fail("claims whose files can be read", str(error)) from None
    except ExactReluError as error:
        raise node.fail("a claim about this network", str(error)) from None


def _reader(kind: str) -> Callable[[ClaimNode], AuditClaim]:
    module, name = _HOMES[kind]
    reader: Callable[[ClaimNode], AuditClaim] = getattr(import_module(f"exactrelu.audit.{module}"), name).read
    return reader
