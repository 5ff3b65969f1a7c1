"""The page of a report: HTML that loads nothing from elsewhere, to be read, hovered over and printed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from html import escape

from exactrelu import __version__
from exactrelu.documents.report import Cell, Evidence, EvidenceLeftOut, Figure, Quantity, Row, Section

_CSS = """
:root{--ink:#1d2330;--soft:#5b6472;--line:#d9dde3;--tint:#f5f7fa;--link:#2347a8}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);max-width:64rem;margin:0 auto;padding:1.5rem}
h1{margin:0 0 .2em}h2{margin:2em 0 .5em;border-bottom:1px solid var(--line)}
nav a{margin-right:1em}a{color:var(--link)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.35em .8em .35em 0;border-bottom:1px solid var(--line);vertical-align:top}
.long{overflow-wrap:anywhere}th{color:var(--soft);font-weight:600}
.q{font-family:ui-monospace,monospace;border-bottom:1px dotted var(--soft);cursor:help}
.note,.left{color:var(--soft)}
.unanswered{background:var(--tint);padding:.6em 1em;border-left:4px solid #c98a00}
.figure{height:min(34rem,100vw);max-width:100%}footer{margin-top:3em;color:var(--soft)}
@media(max-width:40rem){.modebar{display:none!important}}
@media print{body{max-width:none;font-size:11pt}nav,.modebar{display:none}h2{break-after:avoid}
tr,.figure{break-inside:avoid}.q{border:0}}
"""
_LONG_WORD = 24
_CONFIG = {"responsive": True, "displaylogo": False}


def page(title: str, summary: str, sections: Sequence[Section], script: str) -> Iterator[str]:
    """Yield the pieces of the page.

    Parameters
    ----------
    title, summary
        What stands at its head.
    sections
        In their order; each certificate is embedded once.
    script
        plotly's code, which is inlined; left out where there is no figure.
    """
    yield f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n<title>{escape(title)}</title>\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<style>{_CSS}</style>\n"
    figures = [figure for section in sections for figure in section.figures]
    if figures:
        yield f"<script>{script}</script>\n"
    yield f"</head><body>\n<h1>{escape(title)}</h1>\n<p>{escape(summary)}</p>\n<nav>"
    for k, section in enumerate(sections):
        yield f'<a href="#s{k}">{escape(section.title)}</a> '
    yield "</nav>\n"
    for k, section in enumerate(sections):
        yield from _section(k, section)
    yield (
        f"<footer><p>Made by exactrelu {__version__}. Numbers are exact: what begins with ~ is rounded for "
        "reading, and the exact value appears where the pointer rests on it. A certificate is checked by "
        "<code>exactrelu check FILE</code>, or by the single file <code>exactrelu/checker.py</code>, which "
        "needs Python alone.</p></footer>\n</body></html>\n"
    )


def _section(index: int, section: Section) -> Iterator[str]:
    yield f'<section id="s{index}"><h2>{escape(section.title)}</h2>\n'
    if section.unanswered:
        yield f'<p class="unanswered">{escape(section.unanswered)}</p>\n'
    if section.rows:
        yield from _table(section)
    for note in section.notes:
        yield f'<p class="note">{escape(note)}</p>\n'
    for k, figure in enumerate(section.figures):
        yield from _figure(f"f{index}-{k}", figure)
    yield "</section>\n"


def _table(section: Section) -> Iterator[str]:
    proved = any(row.evidence for row in section.rows)
    columns = (*section.columns, "certificate") if proved else section.columns
    yield '<div class="scroll"><table>'
    if any(columns):
        yield "<tr>" + "".join(f"<th>{escape(column)}</th>" for column in columns) + "</tr>\n"
    shown: set[str] = set()
    for row in section.rows:
        yield "<tr>" + "".join(f"<td{_width(cell)}>{_cell(cell)}</td>" for cell in row.cells)
        yield (f"<td>{_evidence(row, shown)}</td>" if proved else "") + "</tr>\n"
    yield "</table></div>\n"


def _width(cell: Cell) -> str:
    """Return the class of a cell that may be broken anywhere: a narrow page scrolls for words, not hashes."""
    text = cell.shown if isinstance(cell, Quantity) else cell
    return ' class="long"' if max(map(len, text.split()), default=0) > _LONG_WORD else ""


def _cell(cell: Cell) -> str:
    if not isinstance(cell, Quantity):
        return escape(cell)
    exact = "" if cell.exact is None else f' title="{escape(cell.exact)}" tabindex="0"'
    return f'<span class="q"{exact}>{escape(cell.shown)}</span>'


def _evidence(row: Row, shown: set[str]) -> str:
    """Return the link to a row's certificate, which is embedded where it is first named."""
    evidence = row.evidence
    if isinstance(evidence, EvidenceLeftOut):
        return f'<span class="left">none: {escape(evidence.reason)}</span>'
    if evidence is None:
        return ""
    name = escape(evidence.name)
    if evidence.name in shown:
        return f'<a href="#{name}">the same</a>'
    shown.add(evidence.name)
    says, address = escape(evidence.says), _address(evidence)
    return f'<a id="{name}" download="{name}" href="{address}" title="{says}">{name}</a>'


def _address(evidence: Evidence) -> str:
    return "data:application/gzip;base64," + base64.b64encode(evidence.content).decode("ascii")


def _figure(name: str, figure: Figure) -> Iterator[str]:
    layout = {"title": {"text": figure.title, "x": 0.02}, "margin": {"t": 50, "r": 10}, **figure.layout}
    yield f'<div id="{name}" class="figure"></div>\n<script>Plotly.newPlot("{name}", '
    yield ", ".join(_inlined(part) for part in (figure.data, layout, _CONFIG))
    yield ");</script>\n"


def _inlined(value: object) -> str:
    """Return JSON that may stand in a script: no text of it ends the script, or begins a comment."""
    return json.dumps(value, allow_nan=False).replace("<", "\\u003c")
