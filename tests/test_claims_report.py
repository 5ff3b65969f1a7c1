"""``exactrelu claims --report FILE``: the ledger as one page to read."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from exactrelu.claims import ClaimVerdict, Finding, PaperClaim, find_claim, load_claims
from exactrelu.documents.claims_report import html_report, latex_report, verdict_counts
from tests.support.claims_modules import claims_module
from tests.support.found_claims import finding_of

CLAIMS = load_claims()
FOUND = [
    (claim, finding_of(claim.id)) for claim in (find_claim(CLAIMS, name) for name in ("C1", "C10", "C18"))
]
notation, expressions = claims_module("statements.notation"), claims_module("statements.expressions")


class Tags(HTMLParser):
    """Sees that every tag is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        if tag != "meta" and tag != "br":  # noqa: PLR1714
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_has_sentence_reading_verdict_statement_proof_and_witness():
    page = Tags()
    page.feed("".join(html_report(FOUND)))
    assert page.open == []
    for claim, finding in FOUND:
        assert claim.reading in page.text
        assert claim.sentence in page.text
        assert all(line in page.text for line in finding.evidence)
    assert "W_2 = [[1, 1]], b_2 = [1]" in page.text
    assert "Cauchy-Schwarz" in page.text
    assert "3 claims: 2 proved, 1 refuted." in page.text
    assert "∀ n: N → N" in page.text


def test_the_latex_is_ascii_and_its_braces_and_dollars_are_balanced():
    text = "".join(latex_report(FOUND))
    assert text.isascii()
    outside = "".join(
        part.partition("\\end{verbatim}")[2] or part for part in text.split("\\begin{verbatim}")
    )
    plain = outside.replace("\\{", "").replace("\\}", "").replace("\\$", "")
    assert plain.count("{") == plain.count("}")
    assert plain.count("$") % 2 == 0
    assert "\\forall n: \\mathbb{N} \\to \\mathbb{N}" in text
    assert "W_{1,i,j}" in text


def test_what_looks_like_a_tag_or_a_command_is_text():
    claim = PaperClaim("x/y", "a < b & c", "<b>", "s_1", "100% of $x^2$", ClaimVerdict.PROVED, lambda: None)  # type: ignore[arg-type, return-value]
    found = [(claim, Finding(ClaimVerdict.PROVED, ("~{}",)))]
    assert "a &lt; b &amp; c" in "".join(html_report(found))
    latex = "".join(latex_report(found))
    for written in (
        "a $<$ b \\& c",
        "s\\_1",
        "100\\% of \\$x\\textasciicircum{}2\\$",
        "\\textasciitilde{}\\{\\}",
    ):
        assert written in latex


def test_counts_are_in_the_order_of_the_verdicts():
    assert list(verdict_counts(FOUND).items()) == [("proved", 2), ("refuted", 1)]


@pytest.mark.parametrize(("name", "start"), [("r.html", "<!DOCTYPE html>"), ("r.TEX", "\\documentclass")])
def test_the_suffix_says_which(exactrelu, name, start):
    path = exactrelu.folder / name
    outcome = exactrelu("claims", "C1", "--report", str(path))
    assert outcome.status == 0
    assert path.read_text().startswith(start)


def test_another_suffix_is_one_line_and_nothing_is_checked(exactrelu):
    assert exactrelu("claims", "--report", "r.pdf").is_refusal("r.pdf", ".html or .tex")


def test_a_defined_formula_is_shown_by_its_name_and_its_meaning_only_if_it_is_that_formula():
    vocabulary, networks = claims_module("statements.vocabulary"), claims_module("statements.networks")
    formula = networks.are_bits(networks.theta)
    short, where = notation.written(formula, definitions=vocabulary.definitions())
    assert short == "bits(theta)"
    assert where == ("bits(theta): All theta_{k,i} are 0 or 1.",)
    other = networks.forall(networks.k, expressions.eq(networks.theta(networks.k, 0), 0))
    assert "bits" not in notation.written(other, definitions=vocabulary.definitions())[0]
    assert notation.text(formula).startswith("for all k in N, i < n(k + 1): theta(k + 1, i) = 0 or")
