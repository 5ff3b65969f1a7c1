"""The commands compress and reparametrize on networks of any depth."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from exactrelu.analysis.equality import are_equal
from exactrelu.deep import windows
from exactrelu.deep.compression import compress
from exactrelu.deep.prover import Prover
from exactrelu.deep.rescaling import balance, imbalance
from exactrelu.deep.step_list import reparametrize_deep
from exactrelu.errors import ArgumentError, NetworkError
from exactrelu.formats import load_network
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from exactrelu.shallow.balancing import BalanceNorm
from tests.support.drawn_networks import Chooser, draw_network

LAYERS = [
    {"weight": [["1"], ["-1"], ["2"], ["3"]], "bias": ["0", "0", "-9", "1"]},
    {"weight": [["1", "-1", "5", "0"], ["1", "0", "0", "0"], ["2", "0", "0", "0"], ["0", "0", "0", "1"]]},
    {"weight": [["1", "2", "3", "1"]]},
]
DEEP = {"format": "exactrelu-network", "version": 1, "layers": LAYERS}


def test_compress_writes_a_smaller_network_and_says_how(exactrelu):
    file, target = exactrelu.file("deep.json", DEEP), str(exactrelu.folder / "small.json")
    outcome = exactrelu("compress", file, "--box", "-1:1", "-o", target)
    assert outcome.status == 0
    for text in (
        "never positive on the domain",
        "1-4-4-1 to 1-2-1",
        "neurons         8 to 2",
        "same function",
    ):
        assert text in outcome.out
    assert exactrelu("equal", file, target, "--box", "-1:1").status == 0
    document = exactrelu("compress", file, "--box", "-1:1", "--json", "-").json
    assert document["format"] == "exactrelu-compress"
    assert document["widths"] == {"before": [1, 4, 4, 1], "after": [1, 2, 1]}
    assert document["hash"] == load_network(target).digest
    assert document["undecided"] == []


def test_compress_on_an_empty_domain_gives_the_zero_map(exactrelu):
    document = exactrelu("compress", exactrelu.file("deep.json", DEEP), "--box", "1:0", "--json", "-").json
    assert document["result"]["layers"] == [{"weight": [["0"]], "bias": ["0"]}]
    assert document["steps"] == []


def test_compress_that_fails_leaves_files_as_they_are(exactrelu):
    file = exactrelu.file("deep.json", DEEP)
    target = exactrelu.folder / "small.json"
    target.write_text("mine", encoding="utf-8")
    for words in (["--box", "0:1,0:1"], ["--effort", "0"], ["--domain", "missing.json"]):
        assert exactrelu("compress", file, *words, "-o", str(target)).status == 2
    assert target.read_text(encoding="utf-8") == "mine"


def test_a_time_limit_gives_the_network_that_was_reached(exactrelu):
    file, target = exactrelu.file("deep.json", DEEP), str(exactrelu.folder / "small.json")
    outcome = exactrelu("compress", file, "--box", "-1:1", "-o", target, "--time-limit", "1e-9")
    assert outcome.status == 3
    assert "time limit" in outcome.out
    assert exactrelu("equal", file, target, "--box", "-1:1").status == 0


def test_reparametrize_takes_deep_networks(exactrelu):
    file, target = exactrelu.file("deep.json", DEEP), str(exactrelu.folder / "other.json")
    steps = "drop,merge,permute:1:2+0+1+3,rescale:2:0=3/2,balance:2"
    outcome = exactrelu("reparametrize", file, "--steps", steps, "-o", target)
    assert outcome.status == 0
    assert "nothing to do" in outcome.out
    assert exactrelu("equal", file, target).status == 0
    document = exactrelu("reparametrize", file, "--steps", "signs,linear", "--box", "0:1", "--json", "-").json
    assert [step["step"] for step in document["steps"]] == ["signs", "signs", "linear", "linear"]


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ("permute:1:0+1", "layer 1: expected all 4 neurons once"),
        ("permute:7:0+1", "expected a layer from 1 to 2, got 7"),
        ("rescale:1:0=-1", "expected a positive factor"),
        ("rescale:1:9=2", "expected neurons 0 to 3, got 9"),
        ("flip:0+1", "expected hull, drop, merge"),
        ("drop:1", "expected nothing behind it"),
        ("balance:3", "expected inf or 2"),
    ],
)
def test_deep_steps_that_cannot_be_applied_are_refused(exactrelu, steps, words):
    file, target = exactrelu.file("deep.json", DEEP), exactrelu.folder / "other.json"
    assert exactrelu("reparametrize", file, "--steps", steps, "-o", str(target)).is_refusal(words)
    assert not target.exists()


@pytest.mark.parametrize("norm", list(BalanceNorm))
@pytest.mark.parametrize("seed", range(8))
def test_balanced_networks_have_nearly_equal_norms_and_the_same_function(seed, norm):
    chooser = Chooser.seeded("balance", seed)
    network = reparametrize_deep(draw_network(chooser), "compress")[-1].after
    steps = balance(network, norm, Prover(Domain.whole_space(network.inputs)))
    after = steps[-1].after if steps else network
    assert are_equal(network, after)
    bound = imbalance(after, norm)
    assert bound < Fraction(105, 100)
    for k in range(1, after.depth):
        for i, row in enumerate(after.layers[k - 1].weight):
            column = [entries[i] for entries in after.layers[k].weight]
            sizes = [_norm(vector, norm) for vector in (row, column)]
            assert max(sizes) <= float(bound) * min(sizes) * (1 + 1e-9)


def _norm(vector, norm):
    """Return the norm in doubles."""
    sizes = [float(abs(entry)) for entry in vector]
    return max(sizes) if norm is BalanceNorm.MAX else math.hypot(*sizes)


def test_what_no_factor_balances_is_refused():
    net = Network.from_rationals([([[1], [0]], [0, 1]), ([[1, 1]], None), ([[1]], None)])
    with pytest.raises(ArgumentError, match="layer 1, neuron 1: expected incoming and outgoing weights"):
        reparametrize_deep(net, "balance")


def test_layers_that_are_too_large_to_be_written_out_are_refused(monkeypatch):
    net = Network.from_rationals([([[1], [0]], [0, 1]), ([[1, 1]], None), ([[1]], None)])
    monkeypatch.setattr(windows, "_MOST_ENTRIES", 3)
    for run in (compress, lambda network: reparametrize_deep(network, "drop")):
        with pytest.raises(NetworkError, match="at most 3 entries, zeros included, got 2 x 2 in layer 1"):
            run(net)


def test_certificates_of_deep_steps_are_written_and_checked(exactrelu):
    file, target = exactrelu.file("deep.json", DEEP), str(exactrelu.folder / "c.jsonl.gz")
    steps = "drop,merge,permute:1:2+0+1+3,rescale:2:0=3/2,balance:2,signs,compress"
    for words in (["reparametrize", file, "--steps", steps], ["compress", file]):
        assert exactrelu(*words, "--box", "-1:1", "--certificate", target).status == 0
        outcome = exactrelu("check", target)
        assert outcome.status == 0
        assert "each network is the function of the one before" in outcome.out
    assert exactrelu("reparametrize", file, "--steps", "drop", "--certificate", target).status == 0
    assert exactrelu("check", target).status == 0
