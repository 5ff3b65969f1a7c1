"""Building a network from a sequence of affine maps and activations in any order."""

from __future__ import annotations

from fractions import Fraction

from exactrelu.networks.activation import Activation
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.numbers.linear_algebra import RationalMatrix


class LayerBuilder:
    """Affine maps and activations as they come; affine maps without one between them are composed exactly.

    An activation on the input, two in a row and one at the end get identity layers round them, so the
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
        self._activations: list[Activation] = []
        self._open: AffineMap | None = None

    def affine(self, layer: AffineMap) -> None:
        """Apply an affine map (`NetworkError` if it does not fit)."""
        self._open = layer if self._open is None else layer.after(self._open)
        self.width = layer.outputs

    def relu(self) -> None:
        """Apply a ReLU to each entry."""
        self.bent(Activation.relu(self.width))

    def bent(self, activation: Activation) -> None:
        """Apply units with two slopes, one to each entry (`NetworkError` at the end if they do not fit)."""
        self._layers.append(self._closed())
        self._activations.append(activation)
        self._open = None

    def clip(self, low: Fraction, high: Fraction) -> None:
        """Apply min(max(y, low), high), low <= high: low + relu(y - low) - relu(y - high)."""
        width = self.width
        self.affine(_beside(width, -low, -high))
        self.relu()
        signs = [
            [int(i == j) for j in range(width)] + [-int(i == j) for j in range(width)] for i in range(width)
        ]
        self.affine(AffineMap.from_rationals(signs, [low] * width))

    def network(self, source: str | None = None) -> Network:
        """Return the network of what was applied."""
        return Network((*self._layers, self._closed()), source=source, activations=tuple(self._activations))

    def _closed(self) -> AffineMap:
        if self._open is not None:
            return self._open
        identity = RationalMatrix.identity(self.width).rows()
        rows = [(*row, Fraction(0)) for row in identity]
        return AffineMap(RationalMatrix.from_rows(rows, self.width + 1))


def _beside(width: int, *shifts: Fraction) -> AffineMap:
    """Return y -> (y + shift for each of the shifts)."""
    identity = [[int(i == j) for j in range(width)] for i in range(width)]
    return AffineMap.from_rationals(identity * len(shifts), [shift for shift in shifts for _ in range(width)])
