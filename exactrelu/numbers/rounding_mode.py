"""Whether this process computes with doubles as every proven error bound assumes."""

from __future__ import annotations

from exactrelu.errors import EngineUnavailableError

_UNIT = 2.0**-53
_LEAST_NORMAL = 2.0**-1022


def require_rounding_to_nearest(engine: str) -> None:
    """Raise `EngineUnavailableError`, naming the engine, if doubles are not rounded to nearest.

    The same where denormal numbers are taken for zero, or flushed to it: a coefficient that is not zero
    would look like one. Some libraries change these modes of the whole process.

    Examples
    --------
    >>> require_rounding_to_nearest("generators")
    """
    one, half_ulp = float("1"), _UNIT  # not constants: the compiler would add them itself
    if not (one + half_ulp == one and -one - half_ulp == -one and one + 1.5 * half_ulp > one):
        raise EngineUnavailableError(
            f"engine {engine}: expected doubles that are rounded to nearest, got another rounding mode "
            "(some library changed it, as pplpy 0.9 does where a program imports it); take --engine ppl"
        )
    quarter = _LEAST_NORMAL * 0.25  # rounded to zero where results are flushed
    if not (quarter > 0 and quarter * 4.0 == _LEAST_NORMAL):  # 0 where operands are taken for zero
        raise EngineUnavailableError(
            f"engine {engine}: expected doubles with denormal numbers, got a mode that takes them for zero "
            "(some library set it); take --engine ppl"
        )
