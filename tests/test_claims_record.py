"""What is on record of a claim: what its objects determine, not which inner points an engine picks."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest

from exactrelu import Region, regions
from exactrelu.claims import ClaimVerdict, find_claim, fingerprint, load_claims
from tests.support.claims_modules import claims_module
from tests.support.found_claims import finding_of

CLAIMS = load_claims()
WITH_INNER_POINTS = ("C3", "C5", "C6", "C13", "C14", "C23", "C25", "figure-2-different-maps", "theorem-5-i")


def near_a_vertex(region: Region) -> tuple[Fraction, ...]:
    """Return another inner point: on the way from a vertex to the usual one, and 1/7 of each ray further."""
    exact = claims_module("exact_networks")
    inner, corner = exact.inner_point(region), region.vertices[-1]
    on_the_way = [Fraction(1, 5) * x + Fraction(4, 5) * v for x, v in zip(inner, corner, strict=True)]
    return tuple(x + sum(Fraction(ray[j], 7) for ray in region.rays) for j, x in enumerate(on_the_way))


def test_the_other_inner_point_is_one_and_differs():
    (network,) = finding_of("heinecke-hwang/C13").networks
    for region in regions(network):
        assert region.contains(near_a_vertex(region))
    assert any(near_a_vertex(region) != region.point for region in regions(network))


@pytest.mark.parametrize("name", WITH_INNER_POINTS)
def test_another_inner_point_of_every_region_shows_the_same(monkeypatch, name):
    claim = next(claim for claim in CLAIMS if claim.id == f"heinecke-hwang/{name}")
    monkeypatch.setattr(Region, "point", property(near_a_vertex))
    assert fingerprint(claim.check()) == claim.shown


@pytest.mark.parametrize("name", ["C3", "C13", "C14"])
def test_a_region_less_shows_something_else(monkeypatch, name):
    claim = find_claim(CLAIMS, name)

    def fewer(*arguments, **options):
        return list(regions(*arguments, **options))[:-1]

    for module in (claim.check.__module__, claims_module("exact_networks").__name__):
        monkeypatch.setattr(f"{module}.regions", fewer)
    assert fingerprint(claim.check()) != claim.shown


def test_a_count_that_is_one_less_shows_something_else(monkeypatch):
    claim = find_claim(CLAIMS, "C13")
    count = claims_module("heinecke_hwang.c13_number_of_polytopes").count
    monkeypatch.setattr(
        f"{claim.check.__module__}.count", lambda *arguments, **options: count(*arguments, **options) - 1
    )
    assert fingerprint(claim.check()) != claim.shown
    assert claim.answer().verdict is ClaimVerdict.UNTRIED


def test_the_inner_points_of_the_pages_lie_in_their_cells():
    exact = claims_module("exact_networks")
    for network in claims_module("tried_networks").tried_networks("inner", count=6):
        for region in regions(network):
            assert region.contains(exact.inner_point(region))


def test_a_name_with_another_meaning_shows_something_else():
    finding = finding_of("berner/theorem-3.3")
    (statement, *others) = finding.statements
    assert statement.text != statement.full
    other = dataclasses.replace(statement, full=statement.full.replace("0 < a(i, n)", "0 <= a(i, n)"))
    changed = dataclasses.replace(finding, statements=(other, *others))
    assert other != statement
    assert fingerprint(changed) != fingerprint(finding)
