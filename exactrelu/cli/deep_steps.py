"""Steps on networks of any depth, for people."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exactrelu.deep.deep_step import DeepStep

_MOST_SENTENCES = 12  # of one step; --json has all


def print_deep_step(step: DeepStep) -> None:
    """Print what a step did, and why the function is the same."""
    sys.stdout.write(
        f"\n{step.name}: {widths_text(step.before.widths)} to {widths_text(step.after.widths)}\n"
    )
    sys.stdout.writelines(f"  {sentence}\n" for sentence in step.account[:_MOST_SENTENCES])
    if len(step.account) > _MOST_SENTENCES:
        sys.stdout.write(f"  ... and {len(step.account) - _MOST_SENTENCES} more (all with --json)\n")
    sys.stdout.write(f"  same function: {step.evidence}\n")


def widths_text(widths: tuple[int, ...]) -> str:
    """Return widths as in ``2-16-16-1``."""
    return "-".join(map(str, widths))
