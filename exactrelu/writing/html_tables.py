"""What a notebook shows: small tables in HTML, with every text escaped.

Values have ``_repr_html_`` (and plane tilings ``_repr_svg_``), the names that notebooks ask for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_ROWS = 20
_LEFT = 'style="text-align: left; white-space: pre-line"'


def facts_table(title: str, facts: Iterable[tuple[str, object]]) -> str:
    """Return named facts as a table, one a row; line breaks stay.

    Examples
    --------
    >>> print(facts_table("a < b", [("holds", "x & y")]))
    <table><caption>a &lt; b</caption><tr><th style="text-align: left; white-space: pre-line">holds</th>\
<td style="text-align: left; white-space: pre-line">x &amp; y</td></tr></table>
    """
    rows = "".join(f"<tr><th {_LEFT}>{_text(name)}</th><td {_LEFT}>{_text(v)}</td></tr>" for name, v in facts)
    return f"<table><caption>{_text(title)}</caption>{rows}</table>"


def rows_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table of the first rows with the columns' names above; a last row says how many are left."""
    head = "".join(f"<th {_LEFT}>{_text(column)}</th>" for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td {_LEFT}>{_text(entry)}</td>" for entry in row) + "</tr>"
        for row in rows[:_ROWS]
    )
    if len(rows) > _ROWS:
        body += f'<tr><td colspan="{len(columns)}">... and {len(rows) - _ROWS} more</td></tr>'
    return f"<table><caption>{_text(title)}</caption><tr>{head}</tr>{body}</table>"


def first_lines(lines: Sequence[str]) -> str:
    """Return the first lines as one text; a last line says how many are left."""
    left = len(lines) - _ROWS
    return "\n".join([*lines[:_ROWS], *([f"... and {left} more"] if left > 0 else [])])


def _text(value: object) -> str:
    from html import escape  # with a long list of names, for notebooks alone

    return escape(str(value))
