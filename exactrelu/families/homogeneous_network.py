"""The forms whose signs make the cells: homogeneous, in polynomials, at a place of the parameter.

A point x is the ray of (x, 1), a direction the ray of (x, 0): with the further coordinate w an affine map
W x + b is W x + b w, and everything that follows is about cones. ReLU and its like are positively
homogeneous, so denominators go: with a common denominator q_l > 0 of layer l, and slopes over d_l,

    y_l = q_l W_l z_{l-1} + q_l b_l s_{l-1} w,   z_l = d_l slope y_l,   s_l = s_{l-1} q_l d_l

are s_{l-1} q_l > 0 times the pre-activations and s_l > 0 times the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from flint import fmpz_poly

from exactrelu.errors import PoleError
from exactrelu.families.network_family import DomainFamily, NetworkFamily
from exactrelu.families.ordered_fields import Scalars, Vector
from exactrelu.numbers.places import Place
from exactrelu.numbers.rational_functions import common_multiple
from exactrelu.polyhedra.constraints import Relation


class Side(Enum):
    """Which signs of a form are kept."""

    BOTH = 0
    POSITIVE = 1
    NEGATIVE = -1
    ZERO = 2


@dataclass(frozen=True)
class Form:
    """What is cut at: w, a constraint of the domain, or a neuron; ``cuts`` is False if only lines count.

    ``layer`` is -1 for linear forms of (x, w), whose coefficients are ``row``; else ``neuron`` is the number
    of a neuron in the hidden layer ``layer``, from 0.
    """

    layer: int
    neuron: int
    side: Side
    strict: bool
    cuts: bool
    row: tuple[Any, ...] = ()


def form_signature(family: NetworkFamily, domain: DomainFamily) -> tuple[int, tuple[int, ...]]:
    """Return the place of the first neuron among the forms, and the places of the bits in order.

    The forms are w, the constraints, the neurons of the first layer, those with a bit first, and the bent
    neurons of the others.
    """
    first = 1 + len(domain.rows)
    if not family.activations:
        return first, ()
    width, bent = family.activations[0].width, family.activations[0].bent_width
    more = sum(activation.bent_width for activation in family.activations[1:])
    return first, (*range(first, first + bent), *range(first + width, first + width + more))


class HomogeneousNetwork:
    """The forms of a family on a domain at a place, and their values on rays.

    Raises
    ------
    PoleError
        If a weight or a constraint has a pole at the place.
    """

    def __init__(self, family: NetworkFamily, domain: DomainFamily, scalars: Scalars) -> None:
        self.family = family
        self.scalars = scalars
        self.inputs = family.inputs
        self._weights: list[list[list[Any]]] = []
        self.scale = fmpz_poly([1])
        """s_L: what stands on the last layer's values is this times the network's outputs times w."""
        self._set_layers()
        self.forms = (self._height(), *self._constraints(domain), *self._neurons())

    def _set_layers(self) -> None:
        for k, layer in enumerate(self.family.layers):
            q = positive(layer.denominator, self.scalars.place)
            same = q == layer.denominator
            rows = [
                [entry if same else -entry for entry in row[:-1]]
                + [(row[-1] if same else -row[-1]) * self.scale]
                for row in layer.numerators
            ]
            self._weights.append([[self.scalars.of(entry) for entry in row] for row in rows])
            d = self.family.activations[k].denominator if k < len(self.family.activations) else 1
            self.scale = self.scale * q * d

    def _height(self) -> Form:
        row = tuple(self.scalars.of(fmpz_poly([int(j == self.inputs)])) for j in range(self.inputs + 1))
        return Form(-1, 0, Side.POSITIVE, strict=True, cuts=True, row=row)

    def _constraints(self, domain: DomainFamily) -> list[Form]:
        forms = []
        for i, row in enumerate(domain.rows):
            whole: Any = common_multiple(entry.denominator for entry in row.entries)
            sign = 1 if positive(whole, self.scalars.place) == whole else -1
            numerators = [entry.numerator * (whole // entry.denominator) * sign for entry in row.entries]
            side = Side.ZERO if row.relation is Relation.EQUAL else Side.POSITIVE
            entries = tuple(map(self.scalars.of, numerators))
            forms.append(Form(-1, i, side, strict=row.relation is Relation.GREATER, cuts=True, row=entries))
        return forms

    def _neurons(self) -> list[Form]:
        forms = []
        for layer, activation in enumerate(self.family.activations):
            bent = set(activation.bent)
            others = [i for i in range(activation.width) if i not in bent] if layer == 0 else []
            forms += [Form(layer, i, Side.BOTH, strict=False, cuts=True) for i in activation.bent]
            forms += [Form(layer, i, Side.BOTH, strict=False, cuts=False) for i in others]
        return forms

    def on_line(self, form: Form, line: Vector) -> Any:
        """Return the value of a form on a line of the cells, None if it is zero for certain.

        On a line that all forms before vanish on, those of deeper layers vanish.
        """
        if form.layer > 0:
            return None
        row = self._weights[0][form.neuron] if form.layer == 0 else form.row
        return self.scalars.dot(row, line)

    def values(self, layer: int, below: Vector, height: Any) -> Vector:
        """Return the layer's y from the z of the layer below and w; layer 0 is the first."""
        return [self.scalars.dot(row, [*below, height]) for row in self._weights[layer]]

    def passed_on(self, layer: int, ys: Vector) -> Vector:
        """Return z from y, by the signs of y."""
        bits = [int(self.scalars.sign(y) > 0) for y in ys]
        activation = self.family.activations[layer]
        slopes = activation.integer_slopes([bits[i] for i in activation.bent])
        return [slope * y for slope, y in zip(slopes, ys, strict=True)]


def positive(polynomial: fmpz_poly, place: Place) -> fmpz_poly:
    """Return the polynomial or its negative, whichever is positive at the place.

    Raises
    ------
    PoleError
        If it is zero there.
    """
    sign = place.sign(polynomial)
    if not sign:
        raise PoleError(f"expected weights and bounds without a pole at {place.number}")
    return polynomial if sign > 0 else -polynomial
