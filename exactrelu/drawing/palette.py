"""Colours: a sequence of light fills, and a strong one of the same hue for each.

They lie in the perceptual space OKLCH, with hues a golden angle apart, so that early members of the
sequence are far from each other and all fills are equally light to the eye.
"""

from __future__ import annotations

import math

Colour = tuple[float, float, float]

_FIRST_HUE = 250.0
_GOLDEN_ANGLE = 137.50776405
_LIGHTNESS = (0.92, 0.88, 0.84)


def fill(index: int) -> Colour:
    """Return the light colour of map number ``index`` (RGB in [0, 1])."""
    return _oklch(_LIGHTNESS[index % len(_LIGHTNESS)], 0.065, _hue(index))


def strong(index: int) -> Colour:
    """Return the strong colour of map number ``index``, for cells without interior."""
    return _oklch(0.62, 0.17, _hue(index))


def _hue(index: int) -> float:
    return math.radians(_FIRST_HUE + index * _GOLDEN_ANGLE)


def _oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """Return the sRGB colour of OKLCH coordinates (Ottosson's matrices), cut off at the gamut."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )


def _gamma(linear: float) -> float:
    value = min(max(linear, 0.0), 1.0)
    encoded = 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    # Rounded to the 8 bits of a channel, so that libm's last digit cannot reach the file.
    return round(255 * encoded) / 255
