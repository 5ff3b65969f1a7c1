"""Networks as NNet files, every number as the finite decimal that it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from exactrelu.errors import DomainError, NetworkError
from exactrelu.networks.network import Network
from exactrelu.numbers.decimals import decimal_places, decimal_text
from exactrelu.numbers.rationals import brief, format_integer

_UNBOUNDED = "1e30"  # a float32 program reads it as a finite number
_LONGEST = 40  # digits after the point that are written out


def nnet_text(network: Network, bounds: Sequence[tuple[Fraction, Fraction]] | None = None) -> str:
    """Return the file: the weights as they are, means 0 and ranges 1, so that both readings agree.

    Parameters
    ----------
    network
        A network of ReLUs.
    bounds
        The minimum and the maximum of each input, to which programs that use such files clip it; left
        out, -1e30 and 1e30. They are no part of the network.

    Raises
    ------
    NetworkError
        If a hidden neuron is no ReLU, or a number is no finite decimal; the message names it.
    DomainError
        If a bound is no finite decimal.

    Examples
    --------
    >>> print(nnet_text(Network.from_rationals([([["1/2"]], ["1/4"])]), [(Fraction(-1), Fraction(1))]))
    // Neural network in the NNet format, written by exactrelu: decimals are exact
    1,1,1,1,
    1,1,
    0,
    -1,
    1,
    0,0,
    1,1,
    0.5,
    0.25,
    <BLANKLINE>
    """
    network.require_relu("NNet")
    return "".join(f"{line}\n" for line in _lines(network, bounds))


def _lines(network: Network, bounds: Sequence[tuple[Fraction, Fraction]] | None) -> Iterator[str]:
    inputs, widths = network.inputs, network.widths
    yield "// Neural network in the NNet format, written by exactrelu: decimals are exact"
    yield _line(map(str, (network.depth, inputs, network.outputs, max(widths))))
    yield _line(map(str, widths))
    yield "0,"
    for side, sign in enumerate(("-", "")):
        if bounds is None:
            yield _line([f"{sign}{_UNBOUNDED}"] * inputs)
        else:
            yield _line(_bound(pair[side], i) for i, pair in enumerate(bounds))
    yield _line(["0"] * (inputs + 1))
    yield _line(["1"] * (inputs + 1))
    for k, layer in enumerate(network.layers):
        for i, row in enumerate(layer.rows):
            yield _line(_entry(v, f"layers[{k}].weight[{i}][{j}]") for j, v in enumerate(row[:-1]))
        yield from (_line([_entry(row[-1], f"layers[{k}].bias[{i}]")]) for i, row in enumerate(layer.rows))


def _line(entries: Iterator[str] | list[str] | map[str]) -> str:
    return "".join(f"{entry}," for entry in entries)


def _entry(value: Fraction, place: str) -> str:
    text = _decimal(value)
    if text is None:
        raise NetworkError(f"{place}: expected a finite decimal, got {brief(value)}")
    return text


def _bound(value: Fraction, place: int) -> str:
    text = _decimal(value)
    if text is None:
        raise DomainError(f"bounds of input {place}: expected finite decimals, got {brief(value)}")
    return text


def _decimal(value: Fraction) -> str | None:
    """Return the decimal, with an exponent where it has very many zeros before its first digit."""
    places = decimal_places(value)
    if places is None or places <= _LONGEST:
        return decimal_text(value)
    return f"{format_integer((value * 10**places).numerator)}e-{places}"
