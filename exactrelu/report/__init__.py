"""One page about a network that one can send: every number exact, with the certificate that proves it.

`network_report` asks all questions, each within its seconds; the page is HTML that loads nothing from
elsewhere (docs/report.md).
"""
