"""Regions found by workers: the same texts in the same order, whatever becomes of the workers."""

from __future__ import annotations

import json

import pytest

import exactrelu
from exactrelu import Search
from exactrelu.distribution import schedule
from exactrelu.distribution.parts import Slice
from exactrelu.distribution.workers import Workers
from exactrelu.documents.region import GeometryDetail, leaf_document
from exactrelu.documents.shared_regions import TextsOfSubtree, region_texts_by
from exactrelu.enumeration import Problem, enumerate_leaves, sharing, subtree_search
from exactrelu.enumeration.shared_leaves import Listing
from exactrelu.errors import BudgetExhaustedError
from tests.support.drawn_networks import Chooser, draw_domain, draw_network, with_drawn_units
from tests.support.engine_agreement import READINGS
from tests.support.odd_executors import Mortal, Odd

ROWS = [[(7 * i * j + i * i + 3 * j) % 17 - 8 for j in range(2)] for i in range(9)]
SECOND = [[(5 * i + 11 * j * j) % 13 - 6 for j in range(9)] for i in range(6)]
NETWORK = exactrelu.Network.from_rationals([(ROWS, range(9)), (SECOND, None), ([[1] * 6], None)])
BOX = [(-1, 1)] * 2


@pytest.fixture(autouse=True)
def shared_from_the_start(monkeypatch):
    monkeypatch.setattr(sharing, "ALONE", -1.0)
    monkeypatch.setattr(schedule, "_SHORT", 0.0)
    monkeypatch.setattr(schedule, "_OWN", 0.0)
    monkeypatch.setattr(subtree_search, "_LEAST", 0.002)


def without_point(text):
    return {key: value for key, value in json.loads(text).items() if key != "point"}


@pytest.mark.parametrize("seed", range(36))
def test_the_texts_of_subtrees_are_those_of_one_process(seed, monkeypatch):
    monkeypatch.setattr(subtree_search, "_LEAST", 0.0)  # every subtree is worth dividing
    c = Chooser.seeded("shared regions", seed)
    network = draw_network(c)
    network = with_drawn_units(c, network) if seed % 4 == 0 else network
    problem = Problem.of(network, draw_domain(c, network.inputs), READINGS[seed % 3])
    engine, detail = ("generators", "lp", "ppl")[seed // 3 % 3], list(GeometryDetail)[seed % 2 + 1]
    work = Listing(problem, engine, TextsOfSubtree(detail), "")
    open_parts, found, steps = [[""]], [], 0
    while open_parts and (steps := steps + 1) < 2000:
        outcome = work.search(open_parts.pop(), Slice(0.0, groups=seed % 3), None)
        found += outcome.result or []
        open_parts += [part.what for part in reversed(outcome.rest)]
    alone = [json.dumps(leaf_document(leaf, detail)) for leaf in leaves(problem)]
    assert list(map(without_point, found)) == list(map(without_point, alone))


def leaves(problem):
    return enumerate_leaves(problem, search=Search("ppl"))


@pytest.mark.parametrize("detail", GeometryDetail)
def test_region_texts_come_in_order_whatever_is_lost(detail):
    problem = Problem.of(NETWORK, exactrelu.Domain.box(BOX))
    executor = Odd(failing=(2, 5))
    texts = region_texts_by(Workers(executor, 3), problem, detail, Search("generators"))
    alone = region_texts_by(Workers(), problem, detail, Search("generators"))
    assert list(map(without_point, texts)) == list(map(without_point, alone))
    assert executor.tasks > 1


def test_regions_by_workers_are_those_of_one_process():
    alone = list(exactrelu.regions(NETWORK, BOX))
    with Mortal(2, 2) as executor:
        shared = list(exactrelu.regions(NETWORK, BOX, executor=executor))
    assert [(one.configuration, one.dimension) for one in shared] == [
        (one.configuration, one.dimension) for one in alone
    ]
    assert [one.vertices for one in shared[:9]] == [one.vertices for one in alone[:9]]
    assert all(one.contains(one.point) for one in shared[:9])


def test_regions_come_before_all_are_found_and_a_consumer_may_stop(tmp_path):
    stream = exactrelu.regions(NETWORK, BOX, executor=Odd(), parts=1, resume=tmp_path / "parts")
    first = [next(stream) for _ in range(3)]
    stream.close()
    alone = exactrelu.regions(NETWORK, BOX)
    assert [one.configuration for one in first] == [next(alone).configuration for _ in range(3)]
    again = [one.configuration for one in exactrelu.regions(NETWORK, BOX, resume=tmp_path / "parts")]
    assert again == [one.configuration for one in exactrelu.regions(NETWORK, BOX)]


def test_a_limit_of_regions_holds_for_workers_too():
    with pytest.raises(BudgetExhaustedError, match="more than 5 regions"):
        list(exactrelu.regions(NETWORK, BOX, executor=Odd(), max_regions=5))


@pytest.fixture
def command(request):
    return request.getfixturevalue("exactrelu")


def test_finished_parts_serve_json_and_json_lines(command, tmp_path):
    path, folder = tmp_path / "net.json", str(tmp_path / "parts")
    exactrelu.write_network(NETWORK, path)
    words = ("regions", str(path), "--box", "-1:1")
    alone = command(*words, "--json", "-").json
    for more in (("--resume", folder), ("--resume", folder, "--jobs", "2"), ("--jobs", "2")):
        shared = command(*words, *more, "--json", "-").json
        assert shared["count"] == alone["count"]
        assert [one["configuration"] for one in shared["regions"]] == [
            one["configuration"] for one in alone["regions"]
        ]
    other = command(*words, "--geometry", "none", "--resume", folder, "--json", "-")
    assert other.is_refusal("expected parts of regions of sha256")
    assert command(*words, "--resume", folder).is_refusal("--resume DIR: expected with --count, --json")
