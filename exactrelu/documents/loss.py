"""A loss and its minima as JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exactrelu.documents.network import vector_texts
from exactrelu.losses.loss_report import LossReport
from exactrelu.losses.realization import Realization
from exactrelu.losses.sample_pass import Kink
from exactrelu.losses.shallow_minima import Minimum, ShallowMinima
from exactrelu.numbers.rationals import format_rational


def loss_document(report: LossReport) -> dict[str, Any]:
    """Return the loss, its gradients, and the verdicts."""
    found, minimum = report.gradients, report.minimum
    document: dict[str, Any] = {
        "format": "exactrelu-loss",
        "version": 1,
        "network": report.through.network.digest,
        "samples": report.through.data.size,
        "kind": str(report.kind),
        "parameters": "weights and biases" if report.through.biases else "weights",
        "loss": format_rational(report.loss),
        "least": format_rational(report.least),
        "kinks": [list(kink) for kink in report.through.kinks],
        "stationary": {"verdict": str(report.stationarity.verdict)},
        "local_minimum": {
            "verdict": str(minimum.verdict),
            "reason": minimum.reason,
            "global": minimum.is_global,
        },
        "realization": _realization(report.realization),
    }
    if found is not None:
        document["gradient"] = None if report.gradient is None else vector_texts(report.gradient)
        document["blocks"] = [
            [
                {
                    "signs": [[*_place(event), sign] for event, sign in piece.signs.items()],
                    "reached": piece.is_reached,
                    "gradient": _sparse(report, dict(enumerate(piece.gradient))),
                }
                for piece in block.pieces
            ]
            for block in found.blocks
        ]
    if report.stationarity.weights:
        document["stationary"]["weights"] = [vector_texts(weights) for weights in report.stationarity.weights]
    if minimum.radius is not None:
        document["local_minimum"]["radius"] = format_rational(minimum.radius)
    if minimum.better is not None:
        document["local_minimum"]["better_loss"] = format_rational(minimum.better.loss(report.kind))
        document["local_minimum"]["better_parameters"] = _sparse(report, _changes(report))
    return document


def _place(event: Any) -> list[Any]:
    return ["neuron", *event] if isinstance(event, Kink) else ["residual", *event]


def _sparse(report: LossReport, entries: Mapping[int, Any]) -> dict[str, str]:
    return {report.through.name(j): format_rational(entry) for j, entry in entries.items() if entry}


def _changes(report: LossReport) -> dict[int, Any]:
    """Return the parameters of the better network that differ."""
    better = report.minimum.better
    before = report.through.values
    after = () if better is None else better.values
    return {j: new for j, (old, new) in enumerate(zip(before, after, strict=False)) if old != new}


def _realization(found: Realization) -> dict[str, Any]:
    document: dict[str, Any] = {"verdict": str(found.verdict), "reason": found.reason}
    if found.free_neuron is not None:
        free = found.free_neuron
        document["free_neuron"] = {
            "neuron": free.neuron,
            "weight": vector_texts(free.weight),
            "bias": format_rational(free.bias),
            "output": free.output,
            "sign": free.sign,
        }
    if found.violations is not None:
        document["violations"] = [str(violation) for violation in found.violations]
    if found.radius is not None and found.sharper_radius is not None:
        document["radius"] = format_rational(found.radius)
        document["sharper_radius"] = format_rational(found.sharper_radius)
    return document


def minima_document(minima: ShallowMinima) -> dict[str, Any]:
    """Return the least loss of a width, and the spurious minima."""
    return {
        "cells": minima.cells,
        "best": _minimum(minima.best),
        "spurious": [_minimum(minimum) for minimum in minima.spurious],
    }


def _minimum(minimum: Minimum) -> dict[str, Any]:
    layers = [
        {"weight": [vector_texts(row) for row in layer.weight], "bias": vector_texts(layer.bias)}
        for layer in minimum.network.layers
    ]
    return {"loss": format_rational(minimum.loss), "local_minimum": str(minimum.verdict), "layers": layers}
