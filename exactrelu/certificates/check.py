"""`check`: whether a certificate proves its claim, in words."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from exactrelu.checker import Limits
from exactrelu.documents.certificate import check_document, sentence
from exactrelu.writing.html_tables import facts_table


@dataclass(frozen=True)
class CheckedCertificate:
    """What `check` found; true if the certificate proves its claim.

    ``document`` is what the command ``check --json`` writes: the claim, the reading, the domain, the hashes
    of the networks, the numbers of leaves; or the ``place`` and the ``reason`` of a fault.
    """

    document: dict[str, Any]

    @property
    def valid(self) -> bool:
        """Whether the certificate proves its claim."""
        return bool(self.document["verdict"] == "valid")

    def __bool__(self) -> bool:
        return self.valid

    def __str__(self) -> str:
        if self.valid:
            return f"valid: {sentence(self.document)}"
        return f"invalid: {self.document['place']}: {self.document['reason']}"

    def __repr__(self) -> str:
        return f"<CheckedCertificate {self}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        networks = "\n".join(map(str, self.document.get("networks", ())))
        return facts_table("Certificate", [("verdict", str(self)), ("networks", networks)])


def check(
    path: str | os.PathLike[str],
    *,
    max_line: int = Limits().line,
    max_elements: int = Limits().elements,
    max_digits: int = Limits().digits,
) -> CheckedCertificate:
    """Check a certificate with the small program `exactrelu.checker`, which shares nothing with the search.

    The result is true if the certificate proves its claim, and says in words what that is. Compare the hashes
    in it with ``network.digest``. A small file may ask for much memory or time; so the bytes and the elements
    of a line and the digits of a number have limits (``docs/certificates.md``), which may be raised.

    Raises
    ------
    FormatError
        If the file holds no certificate at all, or one that is larger than the limits.
    OSError
        If it cannot be read.
    """
    limits = Limits(max_line, max_elements, max_digits)
    return CheckedCertificate(check_document(os.fspath(path), limits))
