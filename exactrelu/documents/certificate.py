"""What a checked certificate proves as a JSON value."""

from __future__ import annotations

from typing import Any

from exactrelu import checker
from exactrelu.errors import FormatError


def check_document(path: str) -> dict[str, Any]:
    """Check a certificate, and return what it proves, or where it fails (``verdict`` ``invalid``).

    Raises
    ------
    FormatError
        If the file holds no certificate at all.
    OSError
        If it cannot be read.
    """
    document: dict[str, Any] = {"format": "exactrelu-check", "version": 1, "verdict": "valid"}
    try:
        document |= checker.check(path)
        if document["claim"]["kind"] == "configurations":
            document["count"] = document["leaves"]["reached"]
    except checker.NotACertificateError as error:
        raise FormatError(path, error.place, "a certificate", "something else") from None
    except checker.InvalidCertificateError as error:
        document |= {"verdict": "invalid", "place": error.place, "reason": error.reason}
    return document
