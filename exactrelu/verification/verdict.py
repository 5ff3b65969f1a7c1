"""What a decision says."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """The answer to a question about all points of a domain."""

    HOLDS = "holds"
    REFUTED = "refuted"
    UNKNOWN = "unknown"  # a budget ran out
