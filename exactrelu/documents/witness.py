"""Counterexamples in the format of the verification competition, in decimals that hold exactly.

The file is one list of pairs, inputs before outputs::

    ((X_0 0.5)
     (X_1 -1)
     (Y_0 0.25))
"""

from __future__ import annotations

from dataclasses import dataclass

from exactrelu.networks.network import Network
from exactrelu.numbers.decimals import decimal_text, rounded_to_digits
from exactrelu.numbers.points import Point
from exactrelu.verification.decimal_points import DIGITS, NoDecimals, decimal_unsafe_point
from exactrelu.verification.property import Property

_FEWEST_DIGITS = 17
"""Digits of an output with which a reader in doubles gets the double nearest to it."""


@dataclass(frozen=True)
class Witness:
    """Inputs and outputs, all of them finite decimals."""

    inputs: Point
    outputs: Point

    def text(self) -> str:
        """Return the counterexample file."""
        named = [(f"X_{i}", t) for i, t in enumerate(self.inputs)]
        named += [(f"Y_{j}", t) for j, t in enumerate(self.outputs)]
        return "(" + "\n ".join(f"({name} {decimal_text(t)})" for name, t in named) + ")\n"


def decimal_witness(network: Network, p: Property, point: Point) -> Witness | NoDecimals:
    """Return a witness in decimals near an unsafe point, or why there is none.

    What is promised, everything read as the decimals that are written, exactly:

    * the inputs, with the network's exact outputs for them, satisfy the property's file;
    * the inputs, with the outputs that are written, satisfy it too;
    * each output that is written is the exact one, or correctly rounded (to nearest, ties to even) to some
      number of significant digits, at least 17, which is the same for all outputs.

    Parameters
    ----------
    network, p
        The network f and the property.
    point
        An input x such that (x, f(x)) is unsafe.

    Examples
    --------
    >>> from exactrelu.polyhedra.domain import Domain
    >>> net = Network.from_rationals([([[1]], ["1/3"])])
    >>> from fractions import Fraction
    >>> p = Property.from_bounds(1, 1, Domain.box([(0, 1)]), ["y0 < 1"])
    >>> print(decimal_witness(net, p, (Fraction(2, 3),)).text(), end="")
    ((X_0 0.666667)
     (Y_0 1.0000003333333333))
    """
    found = decimal_unsafe_point(network, p, point)
    if isinstance(found, NoDecimals):
        return found
    exact = network(found)
    for digits in (_FEWEST_DIGITS, *(count for count in DIGITS if count > _FEWEST_DIGITS)):
        outputs = tuple(rounded_to_digits(value, digits) for value in exact)
        if p.holds_at(found, outputs):
            return Witness(found, outputs)
    if all(decimal_text(value) is not None for value in exact):
        return Witness(found, exact)
    tight = next(j for j, value in enumerate(exact) if decimal_text(value) is None)
    shown = ", ".join(decimal_text(t) or "" for t in found)
    return NoDecimals(f"output {tight} at ({shown}) is no finite decimal, and no rounding of it is unsafe")
