"""Building a network from a sequence of affine maps and ReLUs in any order."""

from __future__ import annotations

from fractions import Fraction

from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix


class LayerBuilder:
    """Affine maps and ReLUs as they come; affine maps without a ReLU between them are composed exactly.

    A ReLU on the input, two ReLUs in a row and a ReLU at the end get identity layers round them, so the
    function is always the one that was described.

    Examples
    --------
    >>> builder = LayerBuilder(1)
    >>> builder.relu()
    >>> builder.affine(AffineMap.from_rationals([[2]], [1]))
    >>> builder.network()((-5,))
    (Fraction(1, 1),)
    """

    def __init__(self, inputs: int) -> None:
        self.width = inputs
        self._layers: list[AffineMap] = []
        self._open: AffineMap | None = None

    def affine(self, layer: AffineMap) -> None:
        """Apply an affine map (`NetworkError` if it does not fit)."""
        self._open = layer if self._open is None else layer.after(self._open)
        self.width = layer.outputs

    def relu(self) -> None:
        """Apply a ReLU to each entry."""
        self._layers.append(self._closed())
        self._open = None

    def network(self, source: str | None = None) -> Network:
        """Return the network of what was applied."""
        return Network((*self._layers, self._closed()), source=source)

    def _closed(self) -> AffineMap:
        if self._open is not None:
            return self._open
        identity = RationalMatrix.identity(self.width).rows()
        rows = [(*row, Fraction(0)) for row in identity]
        return AffineMap(RationalMatrix.from_rows(rows, self.width + 1))
