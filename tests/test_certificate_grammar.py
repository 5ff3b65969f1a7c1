"""Checkers of certificates agree on files along the grammar of docs/certificates.md, and on near misses."""

from __future__ import annotations

import gzip
import random

import pytest

from tests.support.certificate_grammar import Speller, compare, disagreement, spelled
from tests.support.certificate_lines import samples
from tests.support.grammar_of_values import NEAR, Raw


def test_checkers_agree_on_files_along_the_grammar():
    seen, differ = compare(300, trees=4)
    assert differ == []
    assert seen["valid"] > 15
    assert seen["invalid"] > 150
    assert seen["no certificate"] > 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_checkers_agree_on_a_hundred_thousand_files_along_the_grammar(seed):
    assert compare(1000, seed=seed + 1)[1] == []


@pytest.mark.parametrize("name", ["range segment", "configurations full units", "unequal", "canonical"])
def test_each_near_miss_of_a_number_is_judged_alike_in_a_file_with_right_sums(name, tmp_path):
    entries, path = samples(tmp_path)[name], tmp_path / "c.jsonl"
    layer = entries[0]["networks"][0]["layers"][0]
    draw = random.Random(0)  # noqa: S311 - no secrets
    for near in (*NEAR["number"], *NEAR["count"], *NEAR["flag"]):
        layer["bias"][0] = near
        path.write_bytes(spelled(draw, entries, loose=False))
        assert disagreement(path, None)[1] == ""


def test_a_packed_file_that_ends_anywhere_is_judged_alike(tmp_path):
    path = tmp_path / "c.jsonl.gz"
    draw = random.Random(0)  # noqa: S311 - no secrets
    packed = gzip.compress(spelled(draw, samples(tmp_path)["unequal"], loose=False), mtime=0)
    verdicts = set()
    for size in range(len(packed) + 1):
        path.write_bytes(packed[:size])
        status, why = disagreement(path, None)
        assert why == ""
        verdicts.add(status)
    assert verdicts == {0, 1, 2}


def test_a_disagreement_is_seen(monkeypatch):
    monkeypatch.setattr("tests.support.second_checker.refuses", lambda _: "")
    assert compare(60, trees=0)[1]


def test_tokens_stand_as_they_are_and_words_are_spelled_as_json():
    draw = random.Random(0)  # noqa: S311 - no secrets
    assert Speller(draw, loose=False).text({"a": [Raw("01"), None, 1]}) == '{"a":[01,null,1]}'
