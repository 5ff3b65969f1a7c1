"""A block of cells for the kernel that computes their geometry and writes it (`kernels.region_block`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from exactrelu.enumeration.generator_engine.block_source import BlockSource
from exactrelu.enumeration.generator_engine.first_cells import FirstCells
from exactrelu.kernels.integer_vectors import Vectors
from exactrelu.kernels.library import compiled
from exactrelu.kernels.region_block import CellBits, DomainRows, RegionBlock, RegionLayers
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.numbers.linear_algebra import IntegerRow


@lru_cache(maxsize=4)
def region_layers(network: Network) -> RegionLayers | None:
    """Return a network in integers, or None if it is sparse."""
    if any(layer.is_sparse for layer in network.layers):
        return None
    scales, columns, before = [1], list[int](), 0
    for layer, activation in zip(network.layers, network.activations, strict=False):
        scales.append(scales[-1] * layer.matrix.denominator * activation.denominator)
        own = np.full(layer.outputs, -1)
        own[list(activation.bent)] = before + np.arange(activation.bent_width)
        columns += own.tolist()
        before += activation.bent_width
    scales.append(scales[-1] * network.layers[-1].matrix.denominator)
    slopes = [[slope] for a in network.activations for pair in a.integer_pairs for slope in pair]
    return RegionLayers(
        network.inputs,
        np.array([layer.outputs for layer in network.layers], dtype=np.int64),
        np.array(columns, dtype=np.int64),
        Vectors.of_rows([row for layer in network.layers for row in layer.matrix.integer_rows()]),
        Vectors.of_rows(slopes),
        Vectors.of_rows([[scale] for scale in scales]),
    )


def _domain_rows(start: FirstCells, equations: Sequence[IntegerRow]) -> DomainRows:
    strict = np.array(start.strict, dtype=np.uint8)
    return DomainRows(Vectors.of_rows([*start.rows, *equations]), strict, len(equations), start.rank)


def compiled_block(source: BlockSource, equations: Sequence[IntegerRow]) -> RegionBlock | None:
    """Return cells as the kernel knows them, on a domain whose affine hull has these equations.

    None without kernels, and where numbers are too long for them.
    """
    library, layers = compiled(), region_layers(source.problem.network)
    if library is None or layers is None:
        return None
    bits = np.ascontiguousarray(source.bits, dtype=np.uint8)
    cells = CellBits(bits, source.thin.astype(np.uint8), closed=source.problem.reading is Reading.CLOSED)
    return RegionBlock.of(library, layers, _domain_rows(source.start, equations), cells, source.for_kernel())
