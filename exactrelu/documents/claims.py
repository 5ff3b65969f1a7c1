"""The papers' claims and what their checks found as JSON values."""

from __future__ import annotations

from typing import Any

from exactrelu.claims import Finding, PaperClaim
from exactrelu.documents.network import network_document, vector_texts


def claim_document(claim: PaperClaim, finding: Finding) -> dict[str, Any]:
    """Return a claim and what its check found."""
    return {
        "id": claim.id,
        "verdict": str(finding.verdict),
        "meaning": finding.verdict.meaning,
        "recorded": str(claim.recorded),
        "corrected": None if finding.corrected is None else str(finding.corrected),
        "title": claim.title,
        "sentence": claim.sentence,
        "source": claim.source,
        "reading": claim.reading,
        "hypothesis": finding.hypothesis,
        "tried": finding.tried,
        "evidence": list(finding.evidence),
        "words": list(finding.words),
        "statements": [statement.text for statement in finding.statements],
        "in_full": [statement.full for statement in finding.statements],
        "where": meanings(finding),
        "proof": [
            {"depth": step.depth, "name": step.name, "formula": step.formula} for step in finding.proof
        ],
        "networks": [network_document(network) for network in finding.networks],
        "points": [{"name": name, "point": vector_texts(point)} for name, point in finding.points],
        "cells": list(finding.cells),
        "loss": finding.loss,
    }


def meanings(finding: Finding) -> list[str]:
    """Return what the names in the statements and in the steps of the proof mean, each once."""
    found = [*(statement.where for statement in finding.statements), *(step.where for step in finding.proof)]
    return list(dict.fromkeys(meaning for meanings in found for meaning in meanings))
