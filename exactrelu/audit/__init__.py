"""Judging what a float tool claims about a network, claim by claim, with the exact truth beside it.

`audit_claims` judges a file of claims (docs/audit.md). Each kind of claim stands in a file of its own:
a value with a method ``judge``, so a program can make and judge claims without a file.

>>> from exactrelu import Domain
>>> from exactrelu.audit.region_counts import RegionCountClaim
>>> net = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])  # |x|
>>> judgement = judge(RegionCountClaim(4, "full", Domain.whole_space(1)), net)
>>> str(judgement.verdict), judgement.truth["count"], judgement.truth["matches"]
('refuted', 2, ['closed'])
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from exactrelu.audit.claims_file import ClaimsFile, NamedClaim, read_claims
from exactrelu.audit.judgement import Judgement, judge, worst_verdict
from exactrelu.enumeration.effort import Search, started
from exactrelu.errors import ArgumentError, ExactReluError
from exactrelu.networks.network import Network
from exactrelu.verification.verdict import Verdict

__all__ = ["Audit", "Judgement", "audit_claims", "judge"]


@dataclass(frozen=True)
class Audit:
    """The claims of a file with their judgements, in order."""

    claims: ClaimsFile
    judgements: tuple[Judgement, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict: ``refuted`` before ``unknown`` before ``holds``; of no claims, ``holds``."""
        return worst_verdict(judgement.verdict for judgement in self.judgements)


def audit_claims(network: Network, path: str | Path, search: Search | None = None) -> Audit:
    """Judge each claim about a network in a file.

    The whole file is read and checked before the first claim is judged. A claim whose limits are reached is
    ``unknown``; the others are judged all the same.

    Raises
    ------
    FormatError
        If the file holds no claims about such a network; the message names the claim's index.
    ArgumentError
        If a question makes no sense on its domain (an L1 distance on a line in the plane).
    OSError
        If a file cannot be read.
    """
    search = started(search)
    claims = read_claims(path, network)
    return Audit(claims, tuple(_judged(claims.file, one, network, search) for one in claims.claims))


def _judged(file: str, named: NamedClaim, network: Network, search: Search) -> Judgement:
    try:
        return judge(named.claim, network, search)
    except ExactReluError as error:
        raise ArgumentError(f"{file}: claims[{named.index}]: {error}") from None
