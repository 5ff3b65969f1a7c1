"""Writing certificates: lines of compact JSON, each with a sum, plain or gzip (``docs/certificates.md``)."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from exactrelu.checker import SUM
from exactrelu.documents.network import layer_documents, vector_texts
from exactrelu.kernels.library import compiled
from exactrelu.kernels.line_sums import with_sums
from exactrelu.networks.network import Network
from exactrelu.numbers.rationals import format_integer, format_rational
from exactrelu.polyhedra.domain import Domain
from exactrelu.writing.atomic_file import NamedFile, temporary_beside

Multipliers = Sequence[tuple[int, int]]


class Lines(NamedTuple):
    """Lines of a tree, and the leaves in them: JSON objects without last braces, each with a line feed."""

    text: bytes
    number: int
    reached: int
    excluded: int
    kind: str  # of excluded leaves


class CertificateWriter:
    """The lines of one certificate, in order; `end` completes it."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._sum = ""
        self._lines = 0
        self._leaves = {"impossible": 0, "thin": 0, "reached": 0}

    def begin(
        self,
        claim: Mapping[str, Any],
        networks: Sequence[Mapping[str, Any]],
        domain: Domain | None,
        reading: str | None,
    ) -> None:
        """Write the first line; where a network has slopes it is version 2."""
        if "precision" in claim:  # property trees have other leaves
            self._leaves = {"closed": 0, "linear": 0}
        has_slopes = any("slopes" in layer for network in networks for layer in network["layers"])
        self._write(
            _text(
                {
                    "format": "exactrelu-certificate",
                    "version": 2 if has_slopes else 1,
                    "claim": claim,
                    "networks": list(networks),
                    "domain": None if domain is None or domain.is_whole_space else domain_value(domain),
                    "reading": reading,
                }
            )
        )

    def split(self, layer: int, neuron: int) -> None:
        """Write an inner node."""
        self._write(f'{{"split":[{layer},{neuron}]}}')

    def zero(self, layer: int, neuron: int, by: Sequence[tuple[int, Fraction]]) -> None:
        """Write a node whose pre-activation vanishes on aff D."""
        self._write(f'{{"zero":[{layer},{neuron}],"by":{rational_multipliers_text(by)}}}')

    def excluded(self, kind: str, by: Multipliers) -> None:
        """Write an impossible or a thin leaf."""
        self._leaves[kind] += 1
        self._write(excluded_text(kind, by) + "}")

    def reached(self, point: Sequence[Fraction], **extra: str) -> None:
        """Write a reached leaf; ``extra`` is JSON text."""
        self._leaves["reached"] += 1
        more = "".join(f',"{key}":{text}' for key, text in extra.items())
        self._write(f"{reached_text(point)}{more}}}")

    def lines(self, lines: Lines) -> None:
        """Write many lines at once."""
        self._leaves["reached"] += lines.reached
        self._leaves[lines.kind] += lines.excluded
        library = compiled()
        if library is None:
            for line in lines.text.decode().splitlines():
                self._write(line + "}")
            return
        text, self._sum = with_sums(library, lines.text, lines.number, self._sum)
        self._file.flush()
        self._file.buffer.write(text)
        self._lines += lines.number

    def equation(self, row: int, by: Multipliers) -> None:
        """Write that a row of the domain is an implicit equation."""
        self._write(f'{{"equation":[{row},{multipliers_text(by)}]}}')

    def interior(self, point: Sequence[Fraction]) -> None:
        """Write a relative interior point of the domain."""
        self._write(_text({"interior": vector_texts(point)}))

    def property_line(self, line: Mapping[str, Any]) -> None:
        """Write a line of a property's tree."""
        for kind in ("closed", "linear"):
            if kind in line:
                self._leaves[kind] += 1
        self._write(_text(line))

    def end(self) -> None:
        """Write the last line."""
        self._write(_text({"end": {"lines": self._lines + 1, "leaves": self._leaves}}))

    def _write(self, text: str) -> None:
        body = text[:-1]
        self._sum = sha256((self._sum + body).encode()).hexdigest()[:SUM]
        self._file.write(f'{body},"sum":"{self._sum}"}}\n')
        self._lines += 1


@contextmanager
def certificate_file(path: str | Path) -> Iterator[CertificateWriter]:
    """Open a certificate that becomes ``path`` if the block ends well; gzip if the name ends in ``.gz``."""
    with temporary_beside(path) as temporary, io.BufferedWriter(NamedFile(temporary, path)) as raw:
        if str(path).endswith(".gz"):
            with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed, _text_over(packed) as file:
                yield CertificateWriter(file)
        else:
            with _text_over(raw) as file:
                yield CertificateWriter(file)


def _text_over(binary: Any) -> io.TextIOWrapper:
    return io.TextIOWrapper(binary, encoding="utf-8", newline="\n", write_through=False)


def network_value(network: Network) -> dict[str, Any]:
    """Return the layers of a network as the certificate holds them: those that are hashed."""
    return {"layers": layer_documents(network)}


def domain_value(domain: Domain) -> dict[str, Any]:
    """Return the rows of a domain as the certificate holds them."""
    return {
        "inequalities": [
            {
                "normal": vector_texts(constraint.normal),
                "offset": format_rational(constraint.offset),
                "relation": str(constraint.relation),
            }
            for constraint in domain.constraints
        ]
    }


def excluded_text(kind: str, by: Multipliers) -> str:
    """Return an impossible or a thin leaf as JSON, without the last brace."""
    return f'{{"{kind}":{multipliers_text(by)}'


def reached_text(point: Sequence[Fraction]) -> str:
    """Return a reached leaf as JSON, without the last brace."""
    shown = ",".join(f'"{format_rational(entry)}"' for entry in point)
    return f'{{"reached":[{shown}]'


def rational_multipliers_text(by: Sequence[tuple[int, Fraction]]) -> str:
    """Return pairs [row, rational multiplier] as JSON."""
    return "[" + ",".join(f'[{row},"{format_rational(multiplier)}"]' for row, multiplier in by) + "]"


def multipliers_text(by: Multipliers) -> str:
    """Return pairs [row, multiplier] as JSON."""
    return "[" + ",".join(f'[{row},"{format_integer(multiplier)}"]' for row, multiplier in by) + "]"


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
