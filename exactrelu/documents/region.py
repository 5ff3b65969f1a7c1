"""Regions as JSON values: the canonical form that all engines agree on, save ``point``."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from exactrelu.documents.network import domain_document, matrix_texts, vector_texts
from exactrelu.enumeration import Problem, Reached
from exactrelu.networks.affine_map import AffineMap
from exactrelu.networks.network import Network
from exactrelu.networks.region import Region
from exactrelu.numbers.linear_algebra import IntegerRow
from exactrelu.polyhedra.canonical import CanonicalPolyhedron
from exactrelu.polyhedra.constraints import Row
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.farkas import InfeasibilityProof, find_infeasibility

_FACETS_MORE = 14  # than dimensions: a box in n of them has n more, and 2^n vertices


class GeometryDetail(StrEnum):
    """How much of a region is written."""

    NONE = "none"  # configuration and dimension
    CONSTRAINTS = "constraints"  # with inequalities, strict rows, point and affine map
    FULL = "full"  # with vertices, rays and lines


def leaf_document(leaf: Reached, detail: GeometryDetail) -> dict[str, Any]:
    """Return a reached leaf as a JSON value; with ``none`` no geometry and no map is computed."""
    if detail is GeometryDetail.NONE:
        return {"configuration": str(leaf.configuration), "dimension": leaf.dimension}
    return region_document(leaf.region(), detail)


def region_document(region: Region, detail: GeometryDetail = GeometryDetail.FULL) -> dict[str, Any]:
    """Return a region as a JSON value."""
    document: dict[str, Any] = {"configuration": str(region.configuration), "dimension": region.dimension}
    if detail is GeometryDetail.NONE:
        return document
    geometry = region.geometry
    document |= {"bounded": geometry.bounded} if detail is GeometryDetail.FULL else {}
    document |= {
        "inequalities": [
            *(_inequality(row, "=") for row in geometry.equations),
            *(_inequality(row, ">=") for row in geometry.facets),
        ],
        "strict": [_functional(row) for row in region.strict],
    }
    if detail is GeometryDetail.FULL:
        document |= _generators(geometry)
    return {**document, "point": vector_texts(region.point), **map_document(region.affine_map)}


def closure_document(geometry: CanonicalPolyhedron) -> dict[str, Any]:
    """Return a closed polyhedron: dimension, minimal system, generators, a point of its inside."""
    return {
        "dimension": geometry.dimension,
        "bounded": geometry.bounded,
        "inequalities": [
            *(_inequality(row, "=") for row in geometry.equations),
            *(_inequality(row, ">=") for row in geometry.facets),
        ],
        **_generators(geometry),
        "point": vector_texts(geometry.point),
    }


def _generators(geometry: CanonicalPolyhedron) -> dict[str, Any]:
    """Return vertices, rays and lines, or nothing where they are too many, as of a box in 784 inputs."""
    if geometry.by_rows and len(geometry.facets) > geometry.dimension + _FACETS_MORE:
        return {}
    return {
        "vertices": matrix_texts(geometry.vertices),
        "rays": matrix_texts(geometry.rays),
        "lines": matrix_texts(geometry.lines),
    }


def map_document(affine_map: AffineMap) -> dict[str, Any]:
    """Return an affine map as the keys ``weight`` and ``bias``."""
    return {"weight": matrix_texts(affine_map.weight), "bias": vector_texts(affine_map.bias)}


def problem_header(format_name: str, network: Network, problem: Problem) -> dict[str, Any]:
    """Return the keys that say what was asked: format, version, network, reading, domain."""
    header: dict[str, Any] = {
        "format": format_name,
        "version": 1,
        "network": network.digest,
        "cells": str(problem.reading),
        "domain": domain_document(problem.domain),
    }
    if problem.network.depth < network.depth:
        header["depth"] = problem.network.depth - 1
    return header


def domain_header(format_name: str, network: Network, domain: Domain, engine: str) -> dict[str, Any]:
    """Return the keys of an answer about a network on a domain; an empty domain comes with its proof."""
    header = {
        "format": format_name,
        "version": 1,
        "network": network.digest,
        "domain": domain_document(domain),
        "engine": engine,
    }
    return header | emptiness_document(domain.emptiness)


def pair_header(
    format_name: str, networks: tuple[Network, Network], domain: Domain, engine: str
) -> dict[str, Any]:
    """Return the keys of an answer about two networks on a domain: both hashes stand in ``networks``."""
    header = {
        "format": format_name,
        "version": 1,
        "networks": [network.digest for network in networks],
        "domain": domain_document(domain),
        "engine": engine,
    }
    return header | emptiness_document(domain.emptiness)


def emptiness_of(dimension: int, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the proof that rows have no common point as the key ``emptiness``, nothing if they have one.

    The proof holds the rows, in integers, and a multiplier for each.
    """
    return emptiness_document(find_infeasibility(dimension, rows))


def emptiness_document(proof: InfeasibilityProof | None) -> dict[str, Any]:
    """Return a proof of emptiness as the key ``emptiness``, nothing without one."""
    if proof is None:
        return {}
    shown = [_inequality(row.entries, str(row.relation)) for row in proof.rows]
    return {"emptiness": {"rows": shown, "multipliers": vector_texts(proof.multipliers)}}


def _functional(row: IntegerRow) -> dict[str, Any]:
    return {"normal": vector_texts(row[:-1]), "offset": vector_texts(row[-1:])[0]}


def _inequality(row: IntegerRow, relation: str) -> dict[str, Any]:
    return {**_functional(row), "relation": relation}
