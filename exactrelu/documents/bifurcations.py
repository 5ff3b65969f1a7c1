"""The changes of a family as a JSON value."""

from __future__ import annotations

import math
from typing import Any

from exactrelu.documents.numbers import algebraic_document, extended_text
from exactrelu.families.bifurcations import Bifurcations, Part
from exactrelu.networks.reading import Reading
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.numbers.rationals import format_rational


def bifurcations_document(found: Bifurcations, *, listed: bool = True) -> dict[str, Any]:
    """Return parameter, interval, changes and parts; the configurations of each part too if ``listed``."""
    return {
        "parameter": found.family.parameter,
        "interval": [extended_text(end) for end in found.interval],
        "domain": _domain(found),
        "changes": [
            {
                "at": number_document(change.number),
                "cells": [str(reading) for reading in change.readings],
                "pole": change.is_pole,
            }
            for change in found.changes
        ],
        "parts": [_part(part, listed=listed) for part in found.parts],
        "critical_values": found.critical,
    }


def _domain(found: Bifurcations) -> dict[str, Any] | None:
    """Return the constraints, whose entries are rational functions; None for the whole space."""
    if not found.domain.rows:
        return None
    parameter = found.family.parameter
    rows = []
    for row in found.domain.rows:
        *normal, offset = (entry.text(parameter) for entry in row.entries)
        rows.append({"normal": normal, "offset": offset, "relation": str(row.relation)})
    return {"inequalities": rows}


def number_document(number: AlgebraicNumber) -> str | dict[str, Any]:
    """Return a rational as text, another number by its minimal polynomial and an interval."""
    value = number.rational
    return algebraic_document(number) if value is None else format_rational(value)


def end_document(number: AlgebraicNumber | None, *, is_low: bool) -> str | dict[str, Any]:
    """Return an end of an interval; None is an infinity."""
    if number is None:
        return extended_text(-math.inf if is_low else math.inf)
    return number_document(number)


def place_document(low: AlgebraicNumber | None, high: AlgebraicNumber | None) -> dict[str, Any]:
    """Return the number, or the interval, of values of the parameter."""
    if low is not None and low == high:
        return {"at": number_document(low)}
    return {"interval": [end_document(low, is_low=True), end_document(high, is_low=False)]}


def _part(part: Part, *, listed: bool) -> dict[str, Any]:
    document = place_document(part.low, part.high)
    if not part.is_point:
        document["closed"] = list(part.closed)
    sample = part.sample
    document["sample"] = None if sample is None else format_rational(sample)
    if part.configurations is None:
        return document | {"counts": None}
    document["counts"] = {str(reading): part.configurations.count(reading) for reading in Reading}
    if listed:
        texts = {str(reading): part.configurations.texts(reading) for reading in Reading}
        document["configurations"] = texts
    return document
