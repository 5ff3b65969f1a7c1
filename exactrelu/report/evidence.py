"""Certificates for a page: written, checked by the checker that anyone else runs, and kept as bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from exactrelu.certificates.certify import certify
from exactrelu.certificates.check import check
from exactrelu.documents.report import Evidence, EvidenceLeftOut
from exactrelu.enumeration.effort import Search
from exactrelu.errors import ArgumentError, BudgetExhaustedError, ExactReluError

MOST_BYTES = 2_000_000


def evidence_for(answer: Any, name: str, search: Search) -> Evidence | EvidenceLeftOut:
    """Return the checked certificate of an answer, or why there is none.

    Parameters
    ----------
    answer
        What `exactrelu.certify` takes.
    name
        The name of the file, without its suffix.
    search
        The limits of the search that a proof may need.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.jsonl.gz"
        try:
            certify(answer, path, search=search)
            says = str(check(path))
        except BudgetExhaustedError:
            return EvidenceLeftOut("not written within the time")
        except (ArgumentError, ExactReluError) as error:
            return EvidenceLeftOut(str(error))
        content = path.read_bytes()
    if len(content) > MOST_BYTES:
        return EvidenceLeftOut(f"{len(content):,} bytes: too large for this page; --certificate writes it")
    return Evidence(path.name, content, says)
