"""Whether this process rounds doubles to nearest, which every proven error bound assumes."""

from __future__ import annotations

from exactrelu.errors import EngineUnavailableError

_UNIT = 2.0**-53


def require_rounding_to_nearest(engine: str) -> None:
    """Raise `EngineUnavailableError`, naming the engine, if doubles are not rounded to nearest.

    Some libraries change the mode of the whole process.

    Examples
    --------
    >>> require_rounding_to_nearest("generators")
    """
    one, half_ulp = float("1"), _UNIT  # not constants: the compiler would add them itself
    if not (one + half_ulp == one and -one - half_ulp == -one and one + 1.5 * half_ulp > one):
        raise EngineUnavailableError(
            f"engine {engine}: expected doubles that are rounded to nearest, got another rounding mode "
            "(some library changed it); take --engine ppl"
        )
