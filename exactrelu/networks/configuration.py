"""Configurations (activation patterns): one bit for each hidden neuron that has two slopes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from exactrelu.errors import ConfigurationError

_VALUES = bytes.maketrans(b"01", b"\x00\x01")


@dataclass(frozen=True, order=True, slots=True, repr=False)
class Configuration:
    """The bits theta = (theta_1, ..., theta_{L-1}), one tuple for each hidden layer.

    In text the layers are separated by ``|``: ``01|1``. A network without hidden layers has the one
    configuration ``Configuration(())``, whose text is empty. Configurations are ordered as their
    texts are.

    Examples
    --------
    >>> theta = Configuration.parse("01|1", (2, 1))
    >>> theta.layers, theta.support(1), str(theta)
    (((0, 1), (1,)), (1,), '01|1')
    """

    layers: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        if any(not isinstance(bit, int) or bit not in (0, 1) for layer in self.layers for bit in layer):
            raise ConfigurationError(f"expected bits 0 and 1, got {self.layers}")
        object.__setattr__(self, "layers", tuple(tuple(map(int, layer)) for layer in self.layers))

    @classmethod
    def parse(cls, text: str, widths: Sequence[int] | None = None) -> Configuration:
        """Return the configuration written ``text``, of a network with hidden widths ``widths`` if given.

        Raises
        ------
        ConfigurationError
            If the text is not made of bits and ``|``, or its layers do not have as many bits as the
            widths say.

        Examples
        --------
        >>> Configuration.parse("01|1").widths
        (2, 1)
        """
        if not isinstance(text, str):
            raise ConfigurationError(
                f"configuration: expected a text such as '01|1', got the {type(text).__name__} {text!r}"
            )
        parts = text.split("|")
        if widths is None:
            if set(text) - set("01|") or (text and not all(parts)):
                raise ConfigurationError(f"configuration: expected bits such as '01|1', got {text!r}")
            widths = [len(part) for part in parts] if text else ()
        expected = "|".join("b" * width for width in widths)
        if [len(part) for part in parts] != [len(part) for part in expected.split("|")] or (
            set(text) - set("01|")
        ):
            form = (
                repr(expected) if len(expected) <= 40 else f"{'|'.join(map(str, widths))} (numbers of bits)"
            )
            raise ConfigurationError(f"configuration: expected bits of the form {form}, got {text!r}")
        return cls.from_bits(text.replace("|", ""), widths)

    @classmethod
    def from_bits(cls, bits: str, widths: Sequence[int]) -> Configuration:
        """Return the configuration whose bits, layer after layer without separator, are ``bits``."""
        if len(bits) != sum(widths):
            raise ConfigurationError(f"expected {sum(widths)} bits, got {len(bits)}")
        ends = list(itertools.accumulate(widths, initial=0))
        if bits.count("0") + bits.count("1") != len(bits):
            return cls(tuple(tuple(map(int, bits[start:end])) for start, end in itertools.pairwise(ends)))
        numbers = tuple(bits.encode("ascii").translate(_VALUES))
        found = object.__new__(cls)  # nothing is left to be checked
        object.__setattr__(
            found, "layers", tuple([numbers[start:end] for start, end in itertools.pairwise(ends)])
        )
        return found

    @property
    def widths(self) -> tuple[int, ...]:
        """The number of bits of each hidden layer."""
        return tuple(map(len, self.layers))

    def support(self, layer: int) -> tuple[int, ...]:
        """Return the places (from 0) of the bits 1 of hidden layer ``layer`` (from 1): active ReLUs."""
        return tuple(i for i, bit in enumerate(self.layers[layer - 1]) if bit)

    def bits(self) -> Iterator[tuple[int, int, int]]:
        """Yield (layer from 1, place from 0, bit) in order; where all neurons have bits, these places."""
        for k, layer in enumerate(self.layers, start=1):
            for i, bit in enumerate(layer):
                yield k, i, bit

    def prefix(self, layers: int) -> Configuration:
        """Return the configuration of the first ``layers`` hidden layers."""
        return Configuration(self.layers[:layers])

    def flipped(self, layer: int, place: int) -> Configuration:
        """Return the configuration that differs in one bit: of hidden layer ``layer`` (from 1), at a place.

        Examples
        --------
        >>> str(Configuration.parse("01|1").flipped(1, 0))
        '11|1'
        """
        layers = list(self.layers)
        bits = layers[layer - 1]
        layers[layer - 1] = (*bits[:place], 1 - bits[place], *bits[place + 1 :])
        return Configuration(tuple(layers))

    def differing(self, other: Configuration) -> frozenset[tuple[int, int]]:
        """Return the places (layer from 1, bit of the layer from 0) of the bits that differ."""
        mine, theirs = self.bits(), other.bits()
        return frozenset((k, i) for (k, i, a), (_, _, b) in zip(mine, theirs, strict=True) if a != b)

    def __str__(self) -> str:
        return "|".join("".join(map(str, layer)) for layer in self.layers)

    def __repr__(self) -> str:
        return f"Configuration.parse({str(self)!r})"


def configuration_from(value: Any, widths: Sequence[int]) -> Configuration:
    """Return the configuration: a text, a `Configuration`, the bits of each hidden layer, or all in a row.

    Raises
    ------
    ConfigurationError
        If it does not have a bit for each hidden neuron.
    """
    if isinstance(value, Configuration):
        return Configuration.parse(str(value), widths)
    if isinstance(value, str):
        return Configuration.parse(value, widths)
    layers = _listed(value)
    if layers and not any(hasattr(layer, "__iter__") for layer in layers):
        if len(layers) != sum(widths):
            raise ConfigurationError(f"configuration: expected {sum(widths)} bits, got {len(layers)}")
        ends = list(itertools.accumulate(widths, initial=0))
        layers = [layers[start:end] for start, end in itertools.pairwise(ends)]
    return Configuration.parse("|".join("".join(str(int(bit)) for bit in layer) for layer in layers), widths)


def _listed(value: Any) -> list[Any]:
    if isinstance(value, str | dict) or not isinstance(value, Iterable):
        raise ConfigurationError(f"configuration: expected bits, got {value!r}")
    return list(value)
