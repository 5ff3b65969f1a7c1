"""The header of an NNet file, in the standard form and in the forms that other programs write.

The standard header has seven lines: the numbers of layers, inputs and outputs and the largest layer size;
the layer sizes; a flag without meaning; the minima and the maxima, one for each input; the means and the
ranges, one for each input and one for all outputs. What the weights mean as they are stored depends on the
layer sizes alone, and every weight row is compared with these, so other forms are read too:

================================================= ============================================================
form                                              rule
================================================= ============================================================
the number of layers alone in the first line      the layer sizes say the rest
the last layer size twice                         it counts once: the first line has the number of layers
other outputs or another largest layer            the layer sizes count
any text in the place of the flag                 it is passed over
a single ``0`` in the place of a row              the file does not say these numbers
a mean and a range for each input, none for the   so it is
outputs
more numbers than there are inputs                the file was made for more inputs: the rows belong to none
================================================= ============================================================

Whatever is not standard is remembered, and the normalisation is then refused where it is asked for: from
which entry it would have to be taken would be a guess.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from exactrelu.errors import FormatError
from exactrelu.formats.limits import MAX_ENTRIES
from exactrelu.formats.nnet_lines import Lines, Row


@dataclass
class Header:
    """What the first lines of a file say.

    Attributes
    ----------
    sizes
        The layer sizes (N_0, ..., N_L).
    deviations
        What is not as in the standard form.
    """

    sizes: list[int]
    deviations: list[str] = field(default_factory=list)
    _rows: dict[str, Row] = field(default_factory=dict)
    _places: dict[str, FormatError] = field(default_factory=dict)
    _lack: FormatError | None = None

    def normalisation(self) -> tuple[Row, Row]:
        """Return means and ranges, one for each input and one for the outputs; all ranges are positive.

        Raises
        ------
        FormatError
            If the file does not say them, or not in the standard form; the message names the first line
            that does not.
        """
        if self._lack is not None:
            raise self._lack
        ranges = self._rows["ranges"]
        for i, value in enumerate(ranges):
            if value <= 0:
                refusal = self._places["ranges"]
                expected = "positive ranges" if value else "ranges other than zero"
                raise FormatError(refusal.file, refusal.place, expected, f"{value} at {i}")
        return self._rows["means"], ranges

    def read_row(self, lines: Lines, name: str, *, with_outputs: bool) -> None:
        """Read the next line, the numbers of that name for each input and, at times, for the outputs."""
        inputs = self.sizes[0]
        standard = inputs + with_outputs
        row = lines.row_of_any_length(standard, _SINGULAR[name])
        self._rows[name] = row
        self._places[name] = lines.error("", "")
        if len(row) == standard:
            return
        if row == [0]:
            deviation = f"no {name}"
        elif len(row) == inputs:
            deviation = f"no entry for the outputs among the {name}"
        elif len(row) > standard:
            deviation = f"{len(row)} {name} for {inputs} {'input' if inputs == 1 else 'inputs'}"
        else:
            raise lines.error(f"{standard} numbers", f"{len(row)}")
        self.deviations.append(deviation)
        whose = "one for each input and one for the outputs" if with_outputs else "one for each input"
        expected = f"{standard} {name if standard > 1 else _SINGULAR[name][2:]}, {whose}"
        got = f"only {len(row)}" if len(row) < standard else f"{len(row)}"
        self._lack = self._lack or lines.error(f"{expected}, for the folded normalisation", got)


_SINGULAR = {"minima": "a minimum", "maxima": "a maximum", "means": "a mean", "ranges": "a range"}


def read_header(lines: Lines) -> Header:
    """Return the header, its sizes compared with the file's length.

    Raises
    ------
    FormatError
        If the lines are none of the forms above; the message names the line.
    """
    header = _counts(lines)
    lines.text("a flag")
    for name in ("minima", "maxima"):
        header.read_row(lines, name, with_outputs=False)
    for name in ("means", "ranges"):
        header.read_row(lines, name, with_outputs=True)
    return header


def _counts(lines: Lines) -> Header:
    """Return a header with the layer sizes (N_0, ..., N_L)."""
    layers, *claimed = lines.counts(4, 1)
    if layers < 1:
        raise lines.error("at least one layer", f"{layers}")
    if layers > lines.bytes:
        raise lines.error("a file that holds the layers", f"{layers} layers in {lines.bytes} bytes")
    header = Header(lines.counts(layers + 1, layers + 2))
    sizes = header.sizes
    if len(sizes) == layers + 2:
        if sizes[-1] != sizes[-2]:
            raise lines.error(f"{layers + 1} counts", f"{len(sizes)}")
        header.deviations.append(f"the last layer size, {sizes.pop()}, stands twice")
    if min(sizes) < 1:
        raise lines.error("positive layer sizes", "0")
    _compare(lines, header, claimed)
    declared = sum((before + 1) * after for before, after in pairwise(sizes))
    if declared > MAX_ENTRIES:
        raise lines.error(f"at most {MAX_ENTRIES} weights and biases", f"{declared}")
    if 2 * declared > lines.bytes + 1:  # a number takes a digit and what separates it from the next
        raise lines.error("a file that holds the layers", f"{declared} numbers in {lines.bytes} bytes")
    return header


def _compare(lines: Lines, header: Header, claimed: list[int]) -> None:
    """Compare the sizes with what the first line claims of inputs, outputs and the largest layer."""
    sizes = header.sizes
    if not claimed:
        header.deviations.append("the number of layers alone in its first line")
        return
    inputs, outputs, largest = claimed
    if sizes[0] != inputs:
        raise lines.error(
            f"{inputs} inputs, {outputs} outputs and {largest} in the largest layer, as above",
            f"{sizes[0]}, {sizes[-1]} and {max(sizes)}",
        )
    if sizes[-1] != outputs:
        header.deviations.append(f"{outputs} outputs claimed where the last layer has {sizes[-1]}")
    if max(sizes) != largest:
        header.deviations.append(f"{largest} claimed for the largest layer, which has {max(sizes)}")
