"""``exactrelu claims --report FILE``: the ledger as one page to read."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser

import pytest

from exactrelu import Network
from exactrelu.claims import ClaimVerdict, Finding, PaperClaim, find_claim, load_claims
from exactrelu.cli.claim_page import claim_page
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


PAGES = {name: (find_claim(CLAIMS, name), finding_of(find_claim(CLAIMS, name).id)) for name in ("C18", "B11")}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_on_the_terminal_is_short_and_says_what_is_left_out(name):
    lines, full = (list(claim_page(*PAGES[name], full=full)) for full in (False, True))
    assert len(lines) < 150
    assert len(lines) < len(full)
    assert "--full" in " ".join(lines[-2:])
    assert not any("--full" in line or line.endswith(" ...") for line in full)
    assert max(map(len, lines)) <= 120
    cut = [n for n, line in enumerate(lines) if line.endswith(" ...")]
    assert cut
    assert all(lines[n - 2].endswith(":") for n in cut)  # two lines of a formula below the name of the step


@pytest.mark.parametrize("name", PAGES)
def test_the_full_page_has_every_formula_and_the_statement_without_names(name):
    claim, finding = PAGES[name]
    text = " ".join(" ".join(claim_page(claim, finding, full=True)).split())
    assert all(step.formula in text for step in finding.proof if step.depth)
    for statement in finding.statements:
        assert statement.text in text
        assert statement.full in text
        assert len(statement.full) > len(statement.text)


def test_what_a_name_means_is_said_once_and_a_step_that_was_shown_is_a_name():
    lines = list(claim_page(*PAGES["B11"]))
    explained = [line for line in lines if line.startswith("  where")]
    assert len(explained) == len(set(explained))
    assert sum("restricted(a, c, m, n, D): " in line for line in lines) == 1
    assert any(line.endswith("Theorem 3.3 by squares (above)") for line in lines)
    assert [line[:11] for line in lines if line.startswith("proof")] == ["proof 1    ", "proof 2    "]


def test_long_rows_of_numbers_are_cut_but_for_the_full_page():
    wide = Network.from_rationals([([[n] for n in range(90)], None), ([[1] * 90], None)])
    found = Finding(ClaimVerdict.CHECKED, ("something",), (wide,), points=(("x", (1,) * 90),))
    claim = dataclasses.replace(CLAIMS[0], recorded=ClaimVerdict.CHECKED, corrected=None)
    short, full = ("\n".join(claim_page(claim, found, full=full)) for full in (False, True))
    assert short.count(" ...\n") == 3
    assert "[89]" not in short
    assert "[89]" in full


def test_the_command_takes_full(exactrelu):
    short, full = exactrelu("claims", "C18"), exactrelu("claims", "C18", "--full")
    assert short.status == full.status == 0
    assert "  in full       for all n: N -> N" in full.out
    assert len(full.out) > len(short.out)


def test_a_function_that_is_left_open_matches_a_definition():
    definition = next(
        d for d in claims_module("stability_proofs.vocabulary").definitions() if d.name == "zero"
    )
    e, names = expressions, claims_module("stability_proofs.names")
    of_row = names.is_zero(names.row(names.a, names.i), names.d)
    assert notation.written(of_row, definitions=[definition])[0] == "zero(a(i, .), d)"
    assert notation.written(of_row, notation.LATEX, [definition])[0] == r"\text{zero}(a_{i,\cdot}, d)"
    product = e.forall(names.j, e.implies(names.j < names.d, e.eq(names.f(names.j) * names.g(names.j), 0)))
    assert notation.written(product, definitions=[definition])[0] == "zero(i -> f(i) g(i), d)"
    other = e.forall(names.j, e.implies(names.j < names.d, e.eq(names.a(names.j, names.j), 1)))
    assert "zero" not in notation.written(other, definitions=[definition])[0]
