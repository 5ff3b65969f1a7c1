"""What a checked certificate proves as a JSON value."""

from __future__ import annotations

from typing import Any

from exactrelu import checker
from exactrelu.errors import FormatError


def check_document(path: str, limits: checker.Limits | None = None) -> dict[str, Any]:
    """Check a certificate, and return what it proves, or where it fails (``verdict`` ``invalid``).

    Raises
    ------
    FormatError
        If the file holds no certificate at all, or one that is larger than the limits.
    OSError
        If it cannot be read.
    """
    document: dict[str, Any] = {"format": "exactrelu-check", "version": 1, "verdict": "valid"}
    try:
        document |= checker.check(path, limits or checker.Limits())
        if document["claim"]["kind"] == "configurations":
            document["count"] = document["leaves"]["reached"]
    except checker.NotACertificateError as error:
        raise FormatError(path, error.place, "a certificate", "something else") from None
    except checker.BeyondLimitsError as error:
        raise FormatError(path, error.place, error.most, "more") from None
    except checker.InvalidCertificateError as error:
        document |= {"verdict": "invalid", "place": error.place, "reason": error.reason}
    return document


def sentence(document: dict[str, Any]) -> str:
    """Return in words what a valid certificate proves.

    Examples
    --------
    >>> claim = {"kind": "configurations", "depth": 2}
    >>> sentence({"claim": claim, "reading": "closed", "leaves": {"reached": 4}})
    'exactly 4 closed configurations of hidden layers 1 to 2'
    """
    claim = document["claim"]
    match claim["kind"]:
        case "configurations":
            number, depth, reading = document["leaves"]["reached"], claim["depth"], document["reading"]
            layers = {0: "no hidden layer", 1: "hidden layer 1"}.get(depth, f"hidden layers 1 to {depth}")
            return f"exactly {number} {reading} configuration{'s' * (number != 1)} of {layers}"
        case "range":
            shown = [f"{one['min']['value']} to {one['max']['value']}" for one in claim["outputs"]]
            what = (
                "the outputs range"
                if len(document["networks"]) == 1
                else "the differences of the outputs range"
            )
            return f"{what} from {'; '.join(shown)}"
        case "lipschitz" if claim["norm"] == "2":
            low, high = claim["interval"]
            coefficients = ", ".join(map(str, claim["polynomial"]))
            root = f"the root of [{coefficients}] in ({low}, {high}]"
            return f"the square of the Lipschitz constant (norm 2) is {root}"
        case "lipschitz":
            return f"the Lipschitz constant (norm {claim['norm']}) is {claim['constant']}"
        case "unequal":
            return f"at ({', '.join(claim['point'])}) the outputs of the networks differ"
        case "optimum":
            shown = [f"{'' if one['attained'] else 'below '}{one['maximum']}" for one in claim["objectives"]]
            return f"on the box the objectives are at most {', '.join(shown)}, which is sharp"
        case "near":
            return f"on the box the outputs of the networks differ by at most {claim['within']}"
        case "difference":
            bound = claim["within"]
            return f"on the set the outputs of the first two networks differ by at most {bound}"
        case "decomposition":
            return f"Theorem 5's sum over {len(claim['atoms'])} atoms is the map on {claim['configuration']}"
        case kind:
            return _SENTENCES[kind]


_SENTENCES = {
    "empty": "the domain is empty",
    "equal": "the networks are equal on the domain",
    "canonical": "the canonical form is that of the network",
    "reparametrization": "each network realizes the function of the one before",
    "compression": "on the set each network is the function of the one before",
    "property": "no point of the property's input sets is unsafe",
    "theorem-3.1": "the third network realizes the second one's function within the bound of the first",
}
