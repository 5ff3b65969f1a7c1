"""What a failed assertion says: the exact counterexample, and the command that shows it again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exactrelu.audit.judgement import AuditClaim, judge
from exactrelu.documents.network import domain_document, network_document
from exactrelu.enumeration.effort import Search
from exactrelu.errors import BudgetExhaustedError
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import format_rational
from exactrelu.polyhedra.domain import Domain
from exactrelu.testing.arguments import exact
from exactrelu.verification.verdict import Verdict

_LONGEST = 2000


@dataclass(frozen=True)
class Subject:
    """What an assertion is about: the network and the domain, exact and as they were given."""

    network: Network
    given: Any
    domain: Domain
    given_domain: Any
    name: str = "network"

    @property
    def is_file(self) -> bool:
        """Whether the network was given as a file."""
        return isinstance(self.given, str | Path)

    @property
    def file(self) -> str:
        """The file of the network, or the one that the message proposes."""
        return str(self.given) if self.is_file else f"{self.name}.json"

    def command(self, name: str, *words: str, at: Sequence[str] = (), domain: bool = False) -> str:
        """Return a command of the command line about the network."""
        parts = ["exactrelu", name, self.file, *words]
        if at:
            parts += ["--at", ",".join(at)]
        if domain:
            parts += self._domain_words()
        return shlex.join(parts)

    def _domain_words(self) -> list[str]:
        if self.domain.is_whole_space:
            return []
        if isinstance(self.given_domain, str | Path):
            return ["--domain", str(self.given_domain)]
        if isinstance(self.given_domain, Domain):
            return ["--domain", "domain.json"]
        intervals = [f"{format_rational(exact(a))}:{format_rational(exact(b))}" for a, b in self.given_domain]
        return ["--box", ",".join(intervals)]

    def files_to_save(self) -> list[str]:
        """Return the lines that say what to save for the command, none if all are files."""
        lines = [] if self.is_file else _saved(self.network, self.file)
        if isinstance(self.given_domain, Domain) and not self.domain.is_whole_space:
            lines += ["with domain.json:", f"  {json.dumps(domain_document(self.domain))}"]
        return lines


def _saved(network: Network, file: str) -> list[str]:
    text = json.dumps(network_document(network))
    if len(text) <= _LONGEST:
        return [f"with {file}:", f"  {text}"]
    return [f"with {file}, written by exactrelu.write_network(network, {file!r})"]


def require_holds(
    name: str,
    claim: AuditClaim,
    subject: Subject,
    search: Search | None,
    again: Callable[[dict[str, Any]], list[str]],
    *others: Subject,
) -> None:
    """Raise unless the claim holds; ``again`` makes the commands that show why, from the truth.

    Raises
    ------
    AssertionError
        If the claim is refuted.
    BudgetExhaustedError
        If it is unknown.
    """
    __tracebackhide__ = True
    judgement = judge(claim, subject.network, search)
    if judgement.verdict is Verdict.UNKNOWN:
        raise BudgetExhaustedError(f"{name}: {judgement.summary}")
    if judgement.verdict is Verdict.HOLDS:
        return
    lines = [f"{name}: {judgement.summary}"]
    text = json.dumps(judgement.truth)
    if len(text) <= _LONGEST:
        lines.append(f"the truth: {text}")
    lines.append("to see it again:")
    lines += [f"  {command}" for command in again(judgement.truth)]
    lines += subject.files_to_save()
    for other in others:
        lines += [] if other.is_file else _saved(other.network, other.file)
    raise AssertionError("\n".join(lines))
