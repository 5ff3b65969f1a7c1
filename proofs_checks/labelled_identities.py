"""Identities with names: the two sides that a page computes with must be the two sides that its name says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Sides = Callable[..., tuple[Any, Any]]


def wrong_identities(identities: Mapping[str, Sides], names: str) -> list[str]:
    """Return the identities that do not hold, or whose sides are not those of their name.

    A name ends in ``: left = right``, and what that is compared with: ``case: 2x(x - p) = 2x^2 - 2xp <= t``.
    """
    import sympy

    symbols = dict(zip(names, sympy.symbols(tuple(names)), strict=True))
    wrong = []
    for text, sides in identities.items():
        named = [sympy.sympify(_written_out(side), locals=symbols) for side in _sides_of(text)]
        given = sides(*symbols.values())
        gaps = [*(one - two for one, two in zip(given, named, strict=True)), given[0] - given[1]]
        if any(sympy.expand(gap) != 0 for gap in gaps):
            wrong.append(text)
    return wrong


def _sides_of(text: str) -> tuple[str, str]:
    """Return what stands before and after = in a name."""
    left, right = re.split(r" (?:<=|>=) ", text.rpartition(": ")[2])[0].split(" = ")
    return left, right


def _written_out(side: str) -> str:
    """Write products with *, powers with **: 2x(x - p)^2 is 2*x*(x - p)**2."""
    return re.sub(r"(?<=[0-9a-z)])(?=[a-z(])", "*", side).replace("^", "**")
