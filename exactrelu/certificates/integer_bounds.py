"""The integers of a property tree's checker for many boxes at once, in doubles that hold them exactly.

Coefficients, bounds and constants are integers below 2^52, so a double holds each. What is rounded down is
first computed with an error that is bounded, u = 2^-53 and g(n) = `gamma` of n terms:

* A sum of n products c W, each W the double nearest to an entry of a layer: at most g(n) sum |c W|, hence
  g(n) max|c| sum |W|. Every c is 0 or at least 1 in size and every W 0 or at least 10^-290, so nothing
  underflows. Where all W are multiples of 2^-k and max|c| sum |W| < 2^(52 - k) the sum is exact.
* The least value of a form, sum N x over ends x of the box, N = c W + T: an N is off by the above and by
  2 u (|N| + |T|), an end by u, a product and the sum by g(n) of its size. A wrong sign of N takes the wrong
  end, which changes the sum by no more than N is off times the largest |x|.

If no integer lies within that error the floor is right; else it is computed anew, in integers (`_repair`,
`exact`). Quotients and products of two integers are off by 1 or 2, and are corrected by their remainders
modulo 2^64. So each number here is the checker's, or `OutOfRangeError` is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from exactrelu.bounds.back_substitution import gamma
from exactrelu.bounds.float_layers import FloatLayer, Floats
from exactrelu.checker import Box, Substitution

_HELD = 2.0**52  # integers below are held, and so are their halves
_FINEST = 50  # bits after the point
_FACTORS = 2.0**50  # coefficients of units whose sign is open
_LEAST_WEIGHT = 1e-290  # smaller ones might underflow
_CHUNK = 1 << 16  # doubles of a table that is worked on at once
_ENTRIES = 1 << 22  # entries of the largest layer: wider ones are kept sparse elsewhere
_TINY = 1e-300


class OutOfRangeError(Exception):
    """Doubles do not hold the integers that come up."""


class IntegerLayers:
    """The layers of a network in doubles, beside their exact integers.

    ``tables[k]`` has the weights and, as its last column, the bias of layer k; ``sums[k]`` bounds the sums
    of the absolute values of each column.
    """

    def __init__(self, substitution: Substitution, layers: Sequence[FloatLayer]) -> None:
        self.substitution, self.net = substitution, substitution.net
        self.precision = substitution.precision
        hidden = layers[:-1]
        if self.precision > _FINEST:
            raise OutOfRangeError("a precision beyond doubles")
        if any(layer.rise is not None for layer in hidden):
            raise OutOfRangeError("units that are not ReLU")
        if max(layer.outputs * layer.weights.shape[1] for layer in layers) > _ENTRIES:
            raise OutOfRangeError("a layer that is too large")
        self.tables = [np.column_stack([layer.weights.rows(slice(None)), layer.bias]) for layer in hidden]
        for table, (rows, _) in zip(self.tables, self.net.rows, strict=False):
            sizes, filled = np.abs(table), sum(sum(map(bool, row)) for row in rows)
            if not (sizes < _HELD).all() or np.count_nonzero(sizes >= _LEAST_WEIGHT) != filled:
                raise OutOfRangeError("weights that are too large or too small")
        self._starts: dict[int, tuple[Floats, Floats]] = {}

    def starts(self, k: int) -> tuple[Floats, Floats]:
        """Return S W // q and S (-W) // q of layer k, bias last: where bounds of its neurons start."""
        if k not in self._starts:
            rows, q = self.net.rows[k]
            scale = self.substitution.scale
            table = [[divmod(scale * entry, q) for entry in row] for row in rows]
            down = np.array([[float(value) for value, _ in row] for row in table])
            left = np.array([[rest > 0 for _, rest in row] for row in table])
            if not (np.abs(down) < _HELD).all():
                raise OutOfRangeError("weights that are too large")
            self._starts[k] = down, -down - left
        return self._starts[k]


class _Layer(NamedTuple):
    """A hidden layer on a batch of boxes: only neurons that are not off on all of them.

    ``under`` is 1 where a positive coefficient is kept, ``on`` where a negative one is; ``table`` leads to
    the neurons ``before`` of the layer before and, last, to the constant.
    """

    number: int
    live: Any
    low: Floats
    high: Floats
    open: Any
    on: Floats
    under: Floats
    table: Floats
    before: Any
    sums: float  # the largest sum of the absolute values of a column


class Forms(NamedTuple):
    """Forms on the inputs, S target >= (c W / q + T) . x + C, W the weights of the first layer over q.

    ``first`` holds the c, with the neurons of ``live`` as columns, ``values`` the least values on the boxes,
    ``slopes`` are c W / q + T, rounded.
    """

    first: Floats
    constants: Floats
    live: Any
    values: Floats
    slopes: Floats
    direct: Sequence[Direct]


Direct = tuple[list[int], int]
"""Terms T on the inputs as integers over a denominator."""


class IntegerBatch:
    """A batch of boxes; ``lower`` and ``upper`` bound all hidden pre-activations: (boxes, neurons).

    Bounds are integers, or infinities where there are none yet.
    """

    def __init__(
        self, layers: IntegerLayers, boxes: Sequence[Box], lower: Sequence[Floats], upper: Sequence[Floats]
    ) -> None:
        self.layers, self.net, self.boxes = layers, layers.net, boxes
        self.offsets = np.cumsum([0, *self.net.hidden])
        self.lower, self.upper = np.array(lower), np.array(upper)
        self.low = np.array([[end / box.grid for end in box.low] for box in boxes])
        self.high = np.array([[end / box.grid for end in box.high] for box in boxes])
        self.sizes = np.maximum(np.abs(self.low), np.abs(self.high))
        if not (self.sizes < _HELD).all():
            raise OutOfRangeError("a box that is too large")
        self.relaxed: list[_Layer] = []

    # bounds -------------------------------------------------------------------------------------------

    def tighten(self) -> np.ndarray:
        """Tighten all bounds whose sign is open, as the checker does for the text all.

        Return which boxes turn out to be empty.
        """
        empty = np.zeros(len(self.boxes), dtype=bool)
        for k, width in enumerate(self.net.hidden):
            part = slice(self.offsets[k], self.offsets[k] + width)
            lower, upper = self.lower[:, part], self.upper[:, part]
            owner, neuron = np.nonzero((lower < 0) & (upper > 0))
            step = max(1, _CHUNK // (2 * max(self.net.hidden)))
            for start in range(0, len(owner), step):
                box, i = owner[start : start + step], neuron[start : start + step]
                low, high = self._neurons(k, box, i)
                lower[box, i], upper[box, i] = np.fmax(lower[box, i], low), np.fmin(upper[box, i], high)
                empty[box[lower[box, i] > upper[box, i]]] = True
            self.relax()
        return empty

    def _neurons(self, k: int, box: np.ndarray, i: np.ndarray) -> tuple[Floats, Floats]:
        """Return lower and upper bounds of neurons of layer k, each on a box."""
        owner = np.concatenate([box, box])
        if k == 0:
            c = np.zeros((len(owner), self.net.hidden[0]))
            rows, scale = np.arange(len(box)), float(self.layers.substitution.scale)
            c[rows, i], c[rows + len(box), i] = scale, -scale
            forms = self._on_inputs(c, np.zeros(len(owner)), np.arange(c.shape[1]), owner)
        else:
            live, (up, down) = self.relaxed[k - 1].live, self.layers.starts(k)
            start = np.concatenate([up[i], down[i]])
            forms = self.carried(start[:, live], start[:, -1], owner)
        half = len(box)
        return forms.values[:half], -forms.values[half:]

    def relax(self) -> None:
        """Take the next hidden layer's bounds as they are."""
        k = len(self.relaxed)
        part = slice(self.offsets[k], self.offsets[k + 1])
        lower, upper = self.lower[:, part], self.upper[:, part]
        live = np.flatnonzero((upper > 0).any(axis=0))
        low, high = lower[:, live], upper[:, live]
        known = np.abs(np.where(np.isinf(low), 0, low)), np.abs(np.where(np.isinf(high), 0, high))
        if not all((size < _HELD).all() for size in known):
            raise OutOfRangeError("bounds that are too large")
        on = (low >= 0) & (high > 0)
        is_open = (low < 0) & (high > 0)
        if np.isinf(low[is_open]).any() or np.isinf(high[is_open]).any():
            raise OutOfRangeError("bounds that are missing")
        before = np.append(self.relaxed[-1].live, -1) if k else np.arange(self.net.inputs + 1)
        table = self.layers.tables[k][np.ix_(live, before)]
        under = on | (is_open & (high > -low))
        largest = float(np.abs(table).sum(axis=0).max(initial=0.0))
        self.relaxed.append(
            _Layer(k, live, low, high, is_open, _number(on), _number(under), table, before, largest)
        )

    # forms --------------------------------------------------------------------------------------------

    def carried(
        self,
        a: Floats,
        constants: Floats,
        owner: np.ndarray,
        direct: Sequence[Direct] = (),
        unders: Sequence[Floats] | None = None,
    ) -> Forms:
        """Return the forms on the inputs of forms on the live values of the last layer that is relaxed.

        ``unders`` replaces the slopes of positive coefficients, for each layer and form, by 0 or 1.
        """
        c, constants, first = a, self._held(constants), self.relaxed[0]
        for layer in reversed(self.relaxed):
            under = layer.under.take(owner, axis=0) if unders is None else unders[layer.number]
            c, charges = self._slopes(layer, a, owner, under)
            constants = self._held(constants + charges)
            if layer is not first:
                a = self._pulled(layer, c)
                constants = self._held(constants + a[:, -1])
                a = a[:, :-1]
        return self._on_inputs(c, constants, first.live, owner, direct)

    def _slopes(
        self, layer: _Layer, a: Floats, owner: np.ndarray, under: Floats
    ) -> tuple[Floats, Floats | float]:
        """Return coefficients on y for those on relu(y), and what the constants grow by."""
        positive = a > 0
        c = a * np.where(positive, under, layer.on.take(owner, axis=0))
        at = np.flatnonzero(layer.open.take(owner, axis=0) > positive) if layer.open.any() else ()
        if not len(at):
            return c, 0.0
        row, column = np.divmod(at, a.shape[1])
        box = owner[row]
        low, high = layer.low[box, column], layer.high[box, column]
        slope, charge = _chords(a[row, column], low, high, self.layers.precision)
        c[row, column] = slope
        charges: Floats = np.bincount(row, weights=charge, minlength=len(a)).astype(np.float64)
        return c, charges

    def _pulled(self, layer: _Layer, c: Floats) -> Floats:
        """Return c W // q of a layer, the constant last."""
        table = layer.table
        largest = np.maximum(c.max(axis=1, initial=0.0), -c.min(axis=1, initial=0.0))
        product = c @ table
        if not largest.max(initial=0.0) * layer.sums < _HELD:
            raise OutOfRangeError("coefficients that are too large")
        floor = np.floor(product)
        error = gamma(len(table)) * layer.sums * largest
        cut = self.layers.substitution.cuts[layer.number]
        if cut is not None:  # sums of multiples of 2^-cut below 2^(53 - cut) are exact
            error = np.where(largest * layer.sums < 2.0 ** (52 - cut), 0.0, error)
        doubtful = np.flatnonzero(np.abs(product - floor - 0.5) > 0.5 - error[:, None]) if error.any() else ()
        if len(doubtful):
            self._repair(layer, c, floor, doubtful)
        return np.asarray(floor)

    def _repair(self, layer: _Layer, c: Floats, floor: Floats, doubtful: Any) -> None:
        """Compute the entries again that an integer is too near to, in integers."""
        rows, q = self.net.rows[layer.number]
        row, column = np.divmod(doubtful, floor.shape[1])
        is_sum = np.einsum("nj,jn->n", np.abs(c[row]), np.abs(layer.table[:, column])) > 0
        floor[row[~is_sum], column[~is_sum]] = 0.0
        for f, j in zip(row[is_sum].tolist(), column[is_sum].tolist(), strict=True):
            source = int(layer.before[j])
            terms = np.flatnonzero(c[f])
            total = sum(int(c[f, t]) * rows[layer.live[t]][source] for t in terms.tolist())
            floor[f, j] = float(total // q)

    def _on_inputs(
        self, c: Floats, constants: Floats, live: Any, owner: np.ndarray, direct: Sequence[Direct] = ()
    ) -> Forms:
        """Return the forms and their least values for coefficients on the first pre-activations."""
        table = self.layers.tables[0][live]
        constants = self._held(constants + self._bias(table, c, live))
        slopes = c @ table[:, :-1]
        terms: Any = np.array([[entry / q for entry in numerators] for numerators, q in direct] or 0.0)
        slopes = slopes + terms
        reach = self.sizes @ np.abs(table[:, :-1]).sum(axis=0)
        low, high, size = self.low[owner], self.high[owner], self.sizes[owner]
        value = (np.maximum(slopes, 0) * low).sum(axis=1) + (np.minimum(slopes, 0) * high).sum(axis=1)
        error = gamma(len(table)) * np.abs(c).max(axis=1, initial=0.0) * reach[owner] * 1.01
        error += gamma(slopes.shape[1]) * ((np.abs(slopes) + np.abs(terms)) * size).sum(axis=1) * 1.01 + _TINY
        floor = self._held(np.floor(value))
        forms = Forms(c, constants, live, constants + floor, slopes, direct)
        for f in np.flatnonzero(~(np.abs(value - floor - 0.5) < 0.5 - error)).tolist():
            forms.values[f] = float(self.boxes[owner[f]].least("form", *self.exact(forms, f)))
        return forms

    def _bias(self, table: Floats, c: Floats, live: Any) -> Floats:
        """Return c b // q for the bias b of the first layer."""
        part, none = table[:, -1:], table[:, :0]
        layer = _Layer(0, live, none, none, none, none, none, part, [-1], float(np.abs(part).sum()))
        return self._pulled(layer, c)[:, 0]

    def held(self, integers: Sequence[Sequence[int]]) -> Floats:
        """Return integers as doubles."""
        if max(abs(entry) for row in integers for entry in row) >= _HELD:
            raise OutOfRangeError("coefficients that are too large")
        return np.array(integers, dtype=np.float64)

    def _held(self, integers: Floats) -> Floats:
        if not (np.abs(integers) < _HELD).all():
            raise OutOfRangeError("values that are too large")
        return integers

    def exact(self, forms: Forms, f: int) -> tuple[list[int], int, int]:
        """Return N, q and C with S target >= N . x / q + C for one of the forms."""
        used, q = np.flatnonzero(forms.first[f]).tolist(), self.net.rows[0][1]
        factors = [(int(forms.live[t]), int(forms.first[f, t])) for t in used]
        numerators = self.layers.substitution.pulled(0, factors)[:-1]
        if forms.direct:
            terms, r = forms.direct[f]
            numerators, q = [a * r + b * q for a, b in zip(numerators, terms, strict=True)], q * r
        return numerators, q, int(forms.constants[f])


def _number(flags: np.ndarray) -> Floats:
    return flags.astype(np.float64)


def _chords(a: Floats, low: Floats, high: Floats, precision: int) -> tuple[Floats, Floats]:
    """Return a h // (h - l) and min(-c l, (a - c) h) // 2^precision for c that quotient."""
    gap = high - low
    if not (np.abs(a).max() < _FACTORS and gap.max() < _HELD):
        raise OutOfRangeError("coefficients that are too large")
    whole_a, whole_low, whole_high = a.astype(np.int64), low.astype(np.int64), high.astype(np.int64)
    whole_gap = whole_high - whole_low
    slope = np.floor(a * (high / gap)).astype(np.int64)  # off by 1 at most: |a| 3 u < 1
    with np.errstate(over="ignore"):
        rest = whole_a * whole_high - slope * whole_gap  # modulo 2^64, and in truth less than 2^54
        slope += (rest >= whole_gap).astype(np.int64) - (rest < 0)
    one = _shifted(-slope, whole_low, precision)
    two = _shifted(whole_a - slope, whole_high, precision)
    return slope.astype(np.float64), np.minimum(one, two).astype(np.float64)


def _shifted(one: Any, two: Any, precision: int) -> Any:
    """Return one * two // 2^precision."""
    near = np.floor(one.astype(np.float64) * two / 2.0**precision)
    if not (np.abs(near) < _HELD).all():
        raise OutOfRangeError("charges that are too large")
    whole = near.astype(np.int64)
    with np.errstate(over="ignore"):
        rest = one * two - (whole << precision)  # modulo 2^64, and in truth less than 2^(precision + 2)
    return whole + (rest >> precision)
