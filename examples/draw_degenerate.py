"""Draw Figures 1 to 7 of Berner, Elbraechter & Grohs again, from the examples that refer to them.

The figures and captions are lost in the transcription; these are pictures of our reconstructions. Each is the
tiling of the plane by the affine pieces of one network; the labels are the configurations. Run it with
``make pictures``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from exactrelu import Network, Parametrization, draw_tiling, regions

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"
WINDOW = [(-2, 2), (-2, 2)]


Rows = Sequence[Sequence[Any]]


def shallow(rows: Rows, coefficients: Sequence[Any], biases: Sequence[Any] | None = None) -> Network:
    """Return the network sum of c relu(<a, x> + b)."""
    return Parametrization.from_rationals(rows, [[c] for c in coefficients], biases).network()


def on_slice(rows: Rows, coefficients: Sequence[Any]) -> Network:
    """Return the network of three inputs on the plane x_3 = 1, where the third entries are biases."""
    return shallow([row[:2] for row in rows], coefficients, [row[2] for row in rows])


def negative(rows: Rows) -> list[list[Any]]:
    """Return -a_1, ..., -a_m."""
    return [[-entry for entry in row] for row in rows]


def figures() -> dict[str, tuple[Network, str]]:
    """Return the networks and titles, by the names of their files."""
    k = Fraction(2)
    star = [[1, 0], [0, 1], [-1, -1]]
    near = [[2 * k, k, 1 / (2 * k)], [-2 * k, k, 1 / (2 * k)], [0, -2 * k, 1 / (2 * k)]]
    loss = [[-1, 0, 1], [1, 0, -1], [0, 1, 1], [0, -1, -1]]  # |x_1 - 1| + |x_2 + 1|
    return {
        "berner_figure1": (shallow([[k, 0], [k, -1 / k**2]], [k, -k]), "Example 2.1: g_2"),
        "berner_figure2": (shallow([[4, 0], [4, Fraction(-1, 16)]], [4, -4]), "Example 2.1: g_4"),
        "berner_figure3_left": (shallow([[0, 1]], [Fraction(1, 3)]), "Example 2.2: g_3"),
        "berner_figure3_right": (shallow([[1, 0], [0, 1]], [2, Fraction(1, 3)]), "Example 2.3: g_3"),
        "berner_figure4": (shallow([*star, *negative(star)], [1] * 3 + [-1] * 3), "Example 2.4: Gamma"),
        "berner_figure5_left": (on_slice(near, [2 * k] * 3), "Example 2.5, rational: Gamma_2 at x_3 = 1"),
        "berner_figure5_right": (
            on_slice(negative(near), [2 * k] * 3),
            "Example 2.5, rational: Theta_2 at x_3 = 1",
        ),
        "berner_figure6": (
            shallow([[0, 1]], [Fraction(1, 3)]),
            "Example A.1: g_3, with less loss than Gamma_*",
        ),
        "berner_figure7": (
            on_slice(loss, [1, 1, 1, 1]),
            "Theorem A.2: a convex loss |x_1 - 1| + |x_2 + 1| of realizations",
        ),
    }


def main() -> None:
    """Write the pictures to docs/images."""
    for name, (network, title) in figures().items():
        draw_tiling(regions(network), FOLDER / f"{name}.svg", window=WINDOW, labels=True, title=title)


if __name__ == "__main__":
    main()
