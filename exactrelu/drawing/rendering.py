"""From figures to bytes that depend on nothing but the figure."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exactrelu.drawing.picture_file import file_type, require_folder, write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GREY = "#666666"
"""Of what frames a picture: axes, ticks, notes."""

_RESOLUTION = 200
_SETTINGS: Any = {"svg.hashsalt": "exactrelu", "font.family": "DejaVu Sans", "axes.unicode_minus": True}


def rendered(make_figure: Callable[[], Figure], file_type: str) -> bytes:
    """Return the bytes of the figure, ``file_type`` svg or png: equal for equal figures.

    Neither the user's matplotlib settings nor the time of day reach the file.
    """
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        # A name in a script that the font lacks is drawn with boxes; that is no news for the user.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        buffer = io.BytesIO()
        metadata: dict[str, Any] = {"Date": None} if file_type == "svg" else {"Software": None}
        make_figure().savefig(buffer, format=file_type, dpi=_RESOLUTION, metadata=metadata)
    return buffer.getvalue()


def write_figure(make_figure: Callable[[], Figure], path: str | os.PathLike[str]) -> None:
    """Write a figure to a file whose suffix says the format, whole or not at all.

    Raises
    ------
    FormatError
        If the suffix is neither .svg nor .png, or the file cannot be written.
    """
    target = Path(path)
    kind = file_type(target)
    require_folder(target)
    write_whole(target, rendered(make_figure, kind))
