"""One claim of a paper on the terminal: what is claimed, how it is proved, and the evidence."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exactrelu.claims import ClaimVerdict, Finding, PaperClaim, ProofStep
    from exactrelu.networks.network import Network

_WIDTH, _MARGIN = 100, 15
_LINES = 2
"""So many lines has the formula of a step, or a row of numbers, at most."""
_DEPTH = 2
"""Steps further inside are names."""
_MORE = (
    "--full prints what ... stands for and the formulas of inner steps; --report FILE.html is easier to read"
)


def claim_page(claim: PaperClaim, finding: Finding, *, full: bool = False) -> Iterator[str]:
    """Yield the lines that show a claim with all that is needed to check it by hand.

    What a name means is said once. Unless it is shown in full, a long formula of a step and a long row of
    numbers is cut, steps further inside have no formula, and the last line says so.
    """
    head = [f"{claim.id}: {claim.title}", "", *_verdict_lines(claim, finding)]
    lines = [*head, *_statements(finding, full=full), *_proof(finding, full=full)]
    for text in finding.evidence:
        lines += _paragraph("evidence", text)
    lines += _witness_lines(finding, full=full)
    yield from lines
    inner = any(step.depth > _DEPTH for step in finding.proof)
    if not full and (inner or any(line.endswith(" ...") for line in lines[len(head) :])):
        yield from _paragraph("in full", _MORE)


def or_dash(verdict: ClaimVerdict | None) -> str:
    """Return a verdict as text, a dash for none."""
    return "-" if verdict is None else str(verdict)


def _verdict_lines(claim: PaperClaim, finding: Finding) -> Iterator[str]:
    yield from _paragraph("source", claim.source)
    yield from _paragraph("as transcribed", claim.sentence)
    yield from _paragraph("reading", claim.reading)
    tried = "" if finding.tried is None else f" ({finding.tried} tried)"
    changed = "" if finding.verdict is claim.recorded else f", but {claim.recorded} is recorded"
    yield from _paragraph("verdict", f"{finding.verdict}: {finding.verdict.meaning}{tried}{changed}")
    if claim.corrected is not None or finding.corrected is not None:
        as_it_was = finding.corrected is claim.corrected
        changed = "" if as_it_was else f", but {or_dash(claim.corrected)} is recorded"
        yield from _paragraph("corrected form", f"{or_dash(finding.corrected)}{changed}")
    if finding.hypothesis is not None:
        yield from _paragraph("true if", finding.hypothesis)
    for part in finding.words:
        yield from _paragraph("in words", part)


def _statements(finding: Finding, *, full: bool) -> Iterator[str]:
    """Yield the statements, then what the names in them mean."""
    for number, statement in enumerate(finding.statements, start=1):
        yield from _paragraph(_numbered("statement", number, finding), statement.text)
        if full and statement.full != statement.text:
            yield from _paragraph("  in full", statement.full)
    yield from _meanings(meaning for statement in finding.statements for meaning in statement.where)


def _proof(finding: Finding, *, full: bool) -> Iterator[str]:
    """Yield the tree of steps; what was shown is not shown again, nor the steps below it."""
    seen: set[tuple[str, str]] = set()
    proofs, below = 0, None
    said = {meaning for statement in finding.statements for meaning in statement.where}
    meanings: list[str] = []
    for step in finding.proof:
        proofs += step.depth == 0
        if below is not None and step.depth > below:
            continue
        key = (step.name, step.formula)
        below = step.depth if step.depth and key in seen else None
        name = _numbered("proof", proofs, finding) if step.depth == 0 else ""
        lines = list(_step_lines(name, step, known=below is not None, full=full))
        yield from lines
        seen.add(key)
        meanings += [meaning for meaning in step.where if _name(meaning) in "\n".join(lines)]
    yield from _meanings(meaning for meaning in meanings if meaning not in said)


def _step_lines(name: str, step: ProofStep, *, known: bool, full: bool) -> Iterator[str]:
    indent = "  " * step.depth
    if step.depth == 0 or known or (step.depth > _DEPTH and not full):
        end = ", by these steps" if step.depth == 0 else " (above)" if known else ""
        yield from _paragraph(name, f"{step.name}{end}", indent)
        return
    yield from _paragraph(name, f"{step.name}:", indent)
    yield from _paragraph("", step.formula, f"{indent}    ", most=None if full else _LINES)


def _meanings(meanings: Iterable[str]) -> Iterator[str]:
    for meaning in dict.fromkeys(meanings):
        yield from _paragraph("  where", meaning)


def _name(meaning: str) -> str:
    """Return the name that is explained: what stands before its arguments or the colon."""
    return meaning.partition(":")[0].partition("(")[0]


def _numbered(name: str, number: int, finding: Finding) -> str:
    return f"{name} {number}" if len(finding.statements) > 1 else name


def _witness_lines(finding: Finding, *, full: bool) -> Iterator[str]:
    from exactrelu.documents.network import vector_texts

    for network in finding.networks:
        yield from _network_lines(network, full=full)
    for cell in finding.cells:
        yield from _paragraph("cell", f"of theta = {cell}")
    if finding.loss is not None:
        yield from _paragraph("loss", finding.loss)
    for name, point in finding.points:
        text = f"{name} = ({', '.join(vector_texts(point))})"
        yield from _paragraph("point", text, most=None if full else _LINES)


def _network_lines(network: Network, *, full: bool) -> Iterator[str]:
    shape = "-".join(map(str, network.widths))
    yield from _paragraph("network", f"{network.name or 'of the evidence'} ({shape}), {network.digest}")
    for number, layer in enumerate(network.layers, start=1):
        rows = ", ".join(map(_row, layer.weight))
        text = f"W_{number} = [{rows}], b_{number} = {_row(layer.bias)}"
        yield from _paragraph("", text, most=None if full else _LINES)


def _row(entries: Sequence[Fraction]) -> str:
    from exactrelu.documents.network import vector_texts

    return f"[{', '.join(vector_texts(entries))}]"


def _paragraph(name: str, text: str, indent: str = "", most: int | None = None) -> Iterator[str]:
    """Yield the lines of a text beside its name; ``most`` lines at most, the last ends in ... then."""
    width = max(_WIDTH - len(indent), _WIDTH // 2)
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} ..."]
    for line in lines:
        yield f"{name:<{_MARGIN}} {indent}{line}".rstrip()
        name = ""
