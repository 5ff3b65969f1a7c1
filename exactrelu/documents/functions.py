"""Functions as JSON values that `exactrelu build` reads, and what was built from them."""

from __future__ import annotations

from typing import Any

from exactrelu.construction.build import Built
from exactrelu.construction.max_min import MaxMinForm
from exactrelu.construction.one_hidden_layer import Obstruction
from exactrelu.construction.piecewise import PiecewiseAffine
from exactrelu.construction.realization import RealizationDecision
from exactrelu.construction.tropical import TropicalPair, TropicalPolynomial
from exactrelu.documents.network import domain_document, matrix_texts, vector_texts
from exactrelu.networks.affine_map import AffineMap

Document = dict[str, Any]


def function_document(function: PiecewiseAffine | MaxMinForm) -> Document:
    """Return a function in the format that is read: kind ``pieces`` or ``max-min``."""
    document: Document = {"format": "exactrelu-function", "version": 1}
    domain = domain_document(function.domain)
    if isinstance(function, MaxMinForm):
        document |= {"kind": "max-min", **_map(function.affine)}
        document["outputs"] = [[list(term) for term in terms] for terms in function.terms]
    else:
        document |= {"kind": "pieces"}
        document["pieces"] = [
            {
                "inequalities": (domain_document(piece.domain) or {"inequalities": []})["inequalities"],
                **_map(piece.affine_map),
            }
            for piece in function.pieces
        ]
    return document if domain is None else document | {"domain": domain}


def _map(affine_map: AffineMap) -> Document:
    return {"weight": matrix_texts(affine_map.weight), "bias": vector_texts(affine_map.bias)}


def tropical_document(pair: TropicalPair, hull: str) -> Document:
    """Return p and q of each output: monomials (a, c) and the vertices of the Newton polytopes."""
    return {
        "format": "exactrelu-tropical",
        "version": 1,
        "hull": hull,
        "outputs": [
            {"positive": _polynomial(p), "negative": _polynomial(q)}
            for p, q in zip(pair.positive, pair.negative, strict=True)
        ],
    }


def _polynomial(polynomial: TropicalPolynomial) -> Document:
    return {
        "monomials": matrix_texts(polynomial.monomials),
        "newton_polytope": matrix_texts(polynomial.newton_polytope),
    }


def build_document(built: Built) -> Document:
    """Return what was built: network, way, obstruction, form and verdict."""
    return {
        "format": "exactrelu-build",
        "version": 1,
        "network": built.network.digest,
        "widths": list(built.network.widths),
        "method": "max-min" if built.form else "shallow",
        "obstruction": obstruction_document(built.obstruction),
        "form": function_document(built.form) if built.form else None,
        **decision_document(built.decision),
    }


def decision_document(decision: RealizationDecision) -> Document:
    """Return the verdict on a realization with its evidence."""
    document: Document = {"verdict": str(decision.verdict), "cells": decision.cells}
    for name in ("point", "expected", "got"):
        value = getattr(decision, name)
        document[name] = None if value is None else vector_texts(value)
    return document | ({"reason": decision.reason} if decision.reason else {})


def obstruction_document(obstruction: object) -> Document | None:
    """Return why one hidden layer is not enough, None if it is."""
    if not isinstance(obstruction, Obstruction):
        return None
    return {
        "normal": vector_texts(obstruction.hyperplane[:-1]),
        "offset": vector_texts(obstruction.hyperplane[-1:])[0],
        "point": vector_texts(obstruction.point),
        "jump": vector_texts(obstruction.jump),
        "other_point": vector_texts(obstruction.other_point),
        "other_jump": vector_texts(obstruction.other_jump),
    }
