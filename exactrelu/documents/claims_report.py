"""The ledger of claims as one page to read: HTML, or LaTeX."""

from __future__ import annotations

import html
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim
from exactrelu.documents.claims import meanings
from exactrelu.documents.network import vector_texts
from exactrelu.errors import FormatError
from exactrelu.networks.network import Network

Found = Sequence[tuple[PaperClaim, Finding]]
_LINE = 88
_TITLE = "The ledger of claims"
_CSS = """body{font:16px/1.5 serif;max-width:60em;margin:2em auto;padding:0 1em}
article{border-top:1px solid #bbb;padding:.5em 0}code,pre,.f{font-family:monospace}pre{white-space:pre-wrap}
blockquote{color:#333;border-left:3px solid #bbb;margin-left:0;padding-left:1em}
table{border-collapse:collapse}
td,th{padding:.1em .6em;text-align:left}.proved{color:#060}.refuted{color:#a00}.argued{color:#850}
.f{background:#f6f6f6;padding:.3em .5em;overflow-wrap:anywhere}"""


def report_format(path: str | Path) -> Callable[[Found], Iterator[str]]:
    """Return the writer for a file: HTML for .html, LaTeX for .tex, in small or capital letters.

    Raises
    ------
    FormatError
        For any other suffix.
    """
    suffix = Path(path).suffix.lower()
    writers = {".html": html_report, ".tex": latex_report}
    if suffix not in writers:
        raise FormatError(str(path), "suffix", ".html or .tex", suffix or "none")
    return writers[suffix]


def verdict_counts(found: Found) -> dict[str, int]:
    """Return how many claims ended in each verdict, in the order of the verdicts."""
    counts = {str(verdict): 0 for verdict in ClaimVerdict}
    for _, finding in found:
        counts[str(finding.verdict)] += 1
    return {verdict: count for verdict, count in counts.items() if count}


# HTML ------------------------------------------------------------------------------------------------


def html_report(found: Found) -> Iterator[str]:
    """Yield the lines of one HTML page: for each claim its sentence, reading, verdict, proof and witness."""
    counts = ", ".join(f"{count} {verdict}" for verdict, count in verdict_counts(found).items())
    yield f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{_TITLE}</title>\n'
    yield f"<style>{_CSS}</style></head><body>\n<h1>{_TITLE}</h1>\n<p>{len(found)} claims: {counts}.</p>\n"
    yield "<table><tr><th>claim</th><th>verdict</th><th>corrected</th><th>title</th></tr>\n"
    for claim, finding in found:
        link = f'<a href="#{_e(claim.id)}">{_e(claim.id)}</a>'
        corrected = "" if finding.corrected is None else str(finding.corrected)
        yield f"<tr><td>{link}</td><td>{_html_verdict(finding)}</td><td>{corrected}</td>"
        yield f"<td>{_e(claim.title)}</td></tr>\n"
    yield "</table>\n"
    for claim, finding in found:
        yield from _html_claim(claim, finding)
    yield "</body></html>\n"


def _html_claim(claim: PaperClaim, finding: Finding) -> Iterator[str]:
    yield f'<article id="{_e(claim.id)}"><h2>{_e(claim.id)}: {_e(claim.title)}</h2>\n'
    yield f"<p>{_e(claim.source)}</p>\n<blockquote>{_e(claim.sentence)}</blockquote>\n"
    yield f"<p><b>Read as:</b> {_e(claim.reading)}</p>\n"
    yield f"<p><b>Verdict:</b> {_html_verdict(finding)}, {_e(finding.verdict.meaning)}</p>\n"
    if finding.corrected is not None:
        yield f"<p><b>Corrected form:</b> {finding.corrected}</p>\n"
    if finding.hypothesis is not None:
        yield f"<p><b>True if:</b> {_e(finding.hypothesis)}</p>\n"
    yield from (f"<p><b>In words:</b> {_e(part)}</p>\n" for part in finding.words)
    for statement in finding.statements:
        yield f'<p><b>Statement:</b></p><p class="f">{statement.html}</p>\n'
        if statement.full != statement.text:
            yield f"<details><summary>in full</summary><p>{_e(statement.full)}</p></details>\n"
    yield from (f"<p>where {_e(meaning)}</p>\n" for meaning in meanings(finding))
    if finding.proof:
        yield "<details><summary>Proof</summary>\n"
        for step in finding.proof:
            indent = f"margin-left:{min(step.depth, 8)}em"
            yield f'<p style="{indent}">{_e(step.name)}<br><span class="f">{step.html}</span></p>\n'
        yield "</details>\n"
    yield from (f"<p>{_e(line)}</p>\n" for line in finding.evidence)
    witness = "\n".join(_witness_lines(finding))
    yield f"<pre>{_e(witness)}</pre></article>\n" if witness else "</article>\n"


def _html_verdict(finding: Finding) -> str:
    return f'<span class="{finding.verdict}">{finding.verdict}</span>'


def _e(text: str) -> str:
    return html.escape(text)


def _witness_lines(finding: Finding) -> Iterator[str]:
    for network in finding.networks:
        yield from _network_lines(network)
    yield from (f"cell of theta = {cell}" for cell in finding.cells)
    if finding.loss is not None:
        yield f"loss {finding.loss}"
    yield from (f"{name} = ({', '.join(vector_texts(point))})" for name, point in finding.points)


def _network_lines(network: Network) -> Iterator[str]:
    yield f"network {network.name or ''} {'-'.join(map(str, network.widths))}, {network.digest}"
    for number, layer in enumerate(network.layers, start=1):
        rows = ", ".join(f"[{', '.join(vector_texts(row))}]" for row in layer.weight)
        yield f"  W_{number} = [{rows}], b_{number} = [{', '.join(vector_texts(layer.bias))}]"


# LaTeX -----------------------------------------------------------------------------------------------


def latex_report(found: Found) -> Iterator[str]:
    """Yield the lines of a LaTeX document in ASCII: the same, with formulas in the papers' notation."""
    yield "\\documentclass[a4paper]{article}\n\\usepackage{amsmath,amssymb}\n"
    yield "\\usepackage[margin=2cm]{geometry}\n"
    yield f"\\sloppy\\emergencystretch=3em\n\\title{{{_TITLE}}}\\date{{}}\n\\begin{{document}}\\maketitle\n"
    counts = ", ".join(f"{count} {verdict}" for verdict, count in verdict_counts(found).items())
    yield f"\\noindent {len(found)} claims: {counts}.\n"
    for claim, finding in found:
        yield from _latex_claim(claim, finding)
    yield "\\end{document}\n"


def _latex_claim(claim: PaperClaim, finding: Finding) -> Iterator[str]:
    yield f"\\section*{{{_t(claim.id)}: {_t(claim.title)}}}\n{_t(claim.source)}\n"
    yield from _verbatim(textwrap.wrap(claim.sentence, _LINE))
    yield f"\\noindent\\textbf{{Read as:}} {_t(claim.reading)}\n\n"
    yield f"\\noindent\\textbf{{Verdict:}} {finding.verdict}, {_t(finding.verdict.meaning)}\n\n"
    if finding.corrected is not None:
        yield f"\\noindent\\textbf{{Corrected form:}} {finding.corrected}\n\n"
    if finding.hypothesis is not None:
        yield f"\\noindent\\textbf{{True if:}} {_t(finding.hypothesis)}\n\n"
    yield from (f"\\noindent\\textbf{{In words:}} {_t(part)}\n\n" for part in finding.words)
    for statement in finding.statements:
        yield f"\\noindent\\textbf{{Statement:}} ${statement.latex}$\n\n"
    yield from (f"\\noindent where {_t(meaning)}\n\n" for meaning in meanings(finding))
    for step in finding.proof:
        yield f"\\noindent\\hspace*{{{min(step.depth, 8)}em}}{_t(step.name)}: ${step.latex}$\n\n"
    yield from (f"\\noindent {_t(line)}\n\n" for line in finding.evidence)
    lines = [part for line in _witness_lines(finding) for part in textwrap.wrap(line, _LINE)]
    yield from _verbatim(lines)


def _verbatim(lines: Sequence[str]) -> Iterator[str]:
    if lines:
        body = "\n".join(_ascii(line).replace("\\end{verbatim}", "") for line in lines)
        yield f"\\begin{{verbatim}}\n{body}\n\\end{{verbatim}}\n"


_SIGNS = {"\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}"}
_SIGNS |= {sign: f"\\{sign}" for sign in "#$%&_{}"} | {sign: f"${sign}$" for sign in "<>|"}


def _t(text: str) -> str:
    """Return text for LaTeX: special signs are escaped."""
    return "".join(_SIGNS.get(sign, sign) for sign in _ascii(text))


def _ascii(text: str) -> str:
    """Write other letters out: Theta for the Greek one."""
    return "".join(sign if sign.isascii() else _name_of(sign) for sign in text)


def _name_of(sign: str) -> str:
    name = unicodedata.name(sign, "?")
    if name.startswith("GREEK"):
        word = name.rpartition(" ")[2]
        return word.capitalize() if "CAPITAL" in name else word.lower()
    return unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or f"[{name.lower()}]"
