"""``exactrelu check CERTIFICATE``."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from exactrelu.cli.inputs import file_name
from exactrelu.cli.outputs import print_facts, write_json

SUMMARY = "check a certificate: what it proves, or where it fails"


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("certificate", type=file_name, metavar="CERTIFICATE", help="plain or gzip")
    parser.set_defaults(inputs=("certificate",))


def execute(arguments: argparse.Namespace) -> int:
    """Check a certificate, say what it proves, and return 0 if it is valid, 1 if not."""
    from exactrelu.documents.certificate import check_document

    document = check_document(arguments.certificate)
    if arguments.json:
        write_json(arguments.json, document)
    if arguments.json != "-":
        _print(document)
    return int(document["verdict"] == "invalid")


def _print(document: dict[str, Any]) -> None:
    if document["verdict"] == "invalid":
        sys.stdout.write(f"invalid: {document['place']}: {document['reason']}\n")
        return
    rows = (document["domain"] or {"inequalities": []})["inequalities"]
    leaves = ", ".join(f"{number} {kind}" for kind, number in document["leaves"].items() if number)
    facts = [("valid", sentence(document))]
    facts += [("network", digest or "no rational parameters (scales)") for digest in document["networks"]]
    facts += [("domain", f"{len(rows)} inequalities, in the certificate" if rows else "the whole space")]
    print_facts(facts + ([("leaves", leaves)] if leaves else []))


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
        case "decomposition":
            return f"Theorem 5's sum over {len(claim['atoms'])} atoms is the map on {claim['configuration']}"
        case kind:
            return _SENTENCES[kind]


_SENTENCES = {
    "empty": "the domain is empty",
    "equal": "the networks are equal on the domain",
    "canonical": "the canonical form is that of the network",
    "reparametrization": "each network realizes the function of the one before",
    "theorem-3.1": "the third network realizes the second one's function within the bound of the first",
}
