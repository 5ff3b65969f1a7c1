"""Whether a certificate of a property is about a certain VNN-LIB file."""

from __future__ import annotations

from typing import Any

from exactrelu.certificates.properties import set_value
from exactrelu.formats.vnnlib import read_property


def see_property(document: dict[str, Any], path: str) -> None:
    """Turn a valid document into an invalid one unless its claim is what the file at ``path`` says.

    Both are compared: the hash of the file's bytes, and the input sets that the file describes.

    Raises
    ------
    FormatError, PropertyError
        If the file holds no property.
    """
    if document["verdict"] != "valid":
        return
    claim = document["claim"]
    place, reason = "claim.kind", f"expected property, got {claim['kind']}"
    if claim["kind"] == "property":
        sides = claim["sets"][0]["box"] if claim["sets"] else []
        found = read_property(path, len(sides) or None, None)
        if claim["property"] != found.digest:
            place, reason = "claim.property", f"expected {found.digest}, the hash of {path}"
        elif claim["sets"] != [set_value(group) for group in found.groups]:
            place, reason = "claim.sets", f"expected the sets that {path} describes, got others"
        else:
            return
    document |= {"verdict": "invalid", "place": place, "reason": reason}
