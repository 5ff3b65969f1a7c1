"""The judgements of an audit as a JSON value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from exactrelu.verification.verdict import Verdict


class Judged(Protocol):
    """What was said about one claim."""

    @property
    def verdict(self) -> Verdict:
        """The verdict."""

    @property
    def truth(self) -> dict[str, Any]:
        """The exact truth as a JSON value."""

    @property
    def summary(self) -> str:
        """One line for people."""


def judgements_document(pairs: Iterable[tuple[dict[str, Any], Judged]]) -> list[dict[str, Any]]:
    """Return the claims, given by what names them, with their judgements, in order."""
    return [
        {
            "claim": claim,
            "verdict": str(judgement.verdict),
            "truth": judgement.truth,
            "summary": judgement.summary,
        }
        for claim, judgement in pairs
    ]
