"""What the writers write, the checker accepts, and it says what the library says."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from exactrelu import (
    Configuration,
    Domain,
    Network,
    Problem,
    Search,
    atomic_decomposition,
    checker,
    count,
    enumerate_leaves,
    lipschitz_constant,
    output_range,
)
from exactrelu.certificates import (
    case_tree,
    certify_configurations,
    certify_decomposition,
    certify_equality,
    certify_inequality,
    certify_lipschitz_constant,
    certify_ranges,
    compiled_tree,
)
from exactrelu.errors import ArgumentError, BudgetExhaustedError
from exactrelu.kernels.library import SWITCH
from tests.support.command_line import ABSOLUTE, CommandLine, domain_document
from tests.support.seeded_cases import seeded_cases

CASES = seeded_cases(60, most_neurons=6)
READINGS = ["half-open", "closed", "full"]
ABSOLUTE_VALUE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def reached_bits(path: Path, widths: tuple[int, ...]) -> list[str]:
    """The configurations of a certificate, read off its tree by a second road: the bits of its nodes."""
    starts = [sum(widths[:k]) for k in range(len(widths))]
    found: list[str] = []
    branch: list[tuple[int, bool]] = []  # neuron, whether its second child is open
    bits: dict[int, str] = {}
    for line in lines_of(path)[1:-1]:
        if "split" in line or "zero" in line:
            layer, neuron = line.get("split") or line["zero"]
            position = starts[layer - 1] + neuron
            bits[position] = "0"
            branch.append((position, "zero" in line))
        elif "reached" in line or "thin" in line or "impossible" in line:
            if "reached" in line:
                found.append("".join(bits[i] for i in range(sum(widths))))
            while branch and branch[-1][1]:
                del bits[branch.pop()[0]]
            if branch:
                position = branch[-1][0]
                branch[-1], bits[position] = (position, True), "1"
    return found


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize(("network", "domain"), CASES)
def test_a_certificate_holds_the_configurations_that_the_engine_found(
    tmp_path: Path, network: Network, domain: Domain, reading: str
) -> None:
    problem = Problem.of(network, domain, reading)
    leaves = list(enumerate_leaves(problem))
    certify_configurations(tmp_path / "c.jsonl", network, problem, leaves)
    proved = checker.check(str(tmp_path / "c.jsonl"))
    assert proved["leaves"]["reached"] == len(leaves)
    expected = sorted(str(leaf.configuration).replace("|", "") for leaf in leaves)
    assert sorted(reached_bits(tmp_path / "c.jsonl", network.hidden_widths)) == expected


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize(("network", "domain"), CASES[:20])
def test_blocks_of_any_size_give_a_valid_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, network: Network, domain: Domain, size: int
) -> None:
    monkeypatch.setattr(case_tree, "BLOCK", size)
    monkeypatch.setattr(compiled_tree, "BLOCK", size)
    for reading in READINGS:
        problem = Problem.of(network, domain, reading)
        certify_configurations(tmp_path / "c.jsonl", network, problem, enumerate_leaves(problem))
        proved = checker.check(str(tmp_path / "c.jsonl"))
        assert proved["leaves"]["reached"] == count(network, domain, reading)


@pytest.mark.parametrize(("network", "domain"), CASES[:25])
def test_the_configurations_of_the_first_layers_are_certified(
    tmp_path: Path, network: Network, domain: Domain
) -> None:
    for depth in range(network.depth):
        problem = Problem.of(network, domain, "half-open", depth)
        certify_configurations(tmp_path / "c.jsonl", network, problem, enumerate_leaves(problem))
        assert checker.check(str(tmp_path / "c.jsonl"))["leaves"]["reached"] == count(
            network, domain, depth=depth
        )


@pytest.mark.parametrize(("network", "domain"), CASES)
def test_ranges_are_certified(tmp_path: Path, network: Network, domain: Domain) -> None:
    ranges = output_range(network, domain)
    certify_ranges(tmp_path / "c.jsonl", [network], domain, ranges)
    proved = checker.check(str(tmp_path / "c.jsonl"))
    assert proved["claim"]["kind"] == ("empty" if ranges is None else "range")


@pytest.mark.parametrize("norm", ["1", "2", "inf"])
@pytest.mark.parametrize(("network", "domain"), CASES[:40])
def test_lipschitz_constants_are_certified(
    tmp_path: Path, network: Network, domain: Domain, norm: str
) -> None:
    constant = lipschitz_constant(network, domain, norm)
    certify_lipschitz_constant(tmp_path / "c.jsonl", network, domain, constant)
    proved = checker.check(str(tmp_path / "c.jsonl"))
    assert proved["claim"]["kind"] == ("empty" if constant.configuration is None else "lipschitz")


@pytest.mark.parametrize(("network", "domain"), CASES[:40])
def test_equal_networks_of_different_depths_are_certified(
    tmp_path: Path, network: Network, domain: Domain
) -> None:
    certify_equality(tmp_path / "c.jsonl", network, network.deepened(network.depth + 1), domain)
    assert checker.check(str(tmp_path / "c.jsonl"))["claim"] == {"kind": "equal"}


def test_the_difference_of_two_networks_has_a_certified_range(tmp_path: Path) -> None:
    steep = Network.from_rationals([([[2]], None), ([[1]], None)])
    domain = Domain.box([(-1, 1)])
    ranges = output_range(ABSOLUTE_VALUE - steep, domain)
    assert ranges is not None
    assert (ranges[0].minimum.value, ranges[0].maximum.value) == (-1, 1)
    certify_ranges(tmp_path / "c.jsonl", [ABSOLUTE_VALUE, steep], domain, ranges)
    assert checker.check(str(tmp_path / "c.jsonl"))["claim"]["kind"] == "range"


@pytest.mark.parametrize("size", [2, 3, 8192])
def test_an_affine_network_divides_no_cell_of_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(case_tree, "BLOCK", size)
    plane = Network.from_rationals([([[2, -1]], [1])])
    bent = Network.from_rationals([([[1, 2], [-1, 1], [2, -2]], [0, 1, "-1/2"]), ([[1, -2, 1]], None)])
    domain = Domain.box([(-1, 2)] * 2)
    for pair in [(plane, bent), (bent, plane)]:
        ranges = output_range(pair[0] - pair[1], domain)
        assert ranges is not None
        certify_ranges(tmp_path / "c.jsonl", pair, domain, ranges)
        leaves = checker.check(str(tmp_path / "c.jsonl"))["leaves"]
        assert leaves["reached"] == count(bent, domain, "full")


def test_a_difference_that_grows_without_bound_names_the_cells_of_both_networks(tmp_path: Path) -> None:
    half = Network.from_rationals([([["1/2"]], None)])
    ranges = output_range(ABSOLUTE_VALUE - half, Domain.whole_space(1))
    assert ranges is not None
    certify_ranges(tmp_path / "c.jsonl", [ABSOLUTE_VALUE, half], Domain.whole_space(1), ranges)
    (output,) = checker.check(str(tmp_path / "c.jsonl"))["claim"]["outputs"]
    assert (output["max"]["value"], output["max"]["configuration"][1:]) == ("inf", [""])
    assert output["max"]["configuration"][0] in {"01", "10"}


def test_networks_that_differ_on_a_tiny_cell_are_certified_by_a_point(tmp_path: Path) -> None:
    bump = Network.from_rationals(
        [([[1], [1], [1]], [0, f"-1/{2**61}", f"-1/{2**60}"]), ([[1, -2, 1]], None)]
    )  # a tent over [0, 2^-60]
    zero = Network.from_rationals([([[0]], None)])
    certify_inequality(tmp_path / "c.jsonl", bump, zero, Domain.box([(-1, 1)]), [f"1/{2**61}"])
    assert checker.check(str(tmp_path / "c.jsonl"))["claim"]["outputs"] == [[f"1/{2**61}"], ["0"]]
    with pytest.raises(ArithmeticError):
        certify_inequality(tmp_path / "c.jsonl", bump, zero, Domain.box([(-1, 1)]), [1])
    with pytest.raises(ArithmeticError):
        certify_equality(tmp_path / "d.jsonl", bump, zero, Domain.box([(-1, 1)]))
    assert not (tmp_path / "d.jsonl").exists()


@pytest.mark.parametrize(("network", "domain"), CASES[:30])
def test_decompositions_are_certified(tmp_path: Path, network: Network, domain: Domain) -> None:
    del domain
    if network.depth == 1:
        pytest.skip("no hidden layer, no decomposition")
    ones = Configuration(tuple((1,) * width for width in network.hidden_widths))
    certify_decomposition(tmp_path / "c.jsonl", atomic_decomposition(network, ones))
    assert checker.check(str(tmp_path / "c.jsonl"))["claim"]["kind"] == "decomposition"


def test_the_same_answer_has_the_same_bytes_packed_or_not(tmp_path: Path) -> None:
    problem = Problem.of(ABSOLUTE_VALUE)
    for name in ("a.jsonl", "b.jsonl", "c.jsonl.gz", "d.jsonl.gz"):
        certify_configurations(tmp_path / name, ABSOLUTE_VALUE, problem, enumerate_leaves(problem))
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    assert (tmp_path / "c.jsonl.gz").read_bytes() == (tmp_path / "d.jsonl.gz").read_bytes()
    assert gzip.decompress((tmp_path / "c.jsonl.gz").read_bytes()) == (tmp_path / "a.jsonl").read_bytes()
    assert checker.check(str(tmp_path / "c.jsonl.gz"))["leaves"]["reached"] == 3


def test_a_search_that_ends_early_leaves_no_certificate(tmp_path: Path) -> None:
    problem = Problem.of(ABSOLUTE_VALUE)
    leaves = enumerate_leaves(problem, search=Search(max_regions=2))
    with pytest.raises(BudgetExhaustedError):
        certify_configurations(tmp_path / "c.jsonl", ABSOLUTE_VALUE, problem, leaves)
    assert not list(tmp_path.iterdir())


def test_a_list_that_lacks_a_configuration_cannot_be_certified(tmp_path: Path) -> None:
    problem = Problem.of(ABSOLUTE_VALUE)
    leaves = [leaf for leaf in enumerate_leaves(problem) if str(leaf.configuration) != "01"]
    with pytest.raises(ArithmeticError):
        certify_configurations(tmp_path / "c.jsonl", ABSOLUTE_VALUE, problem, leaves)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kernels", ["0", "1"])
@pytest.mark.parametrize("order", [[0, 0, 1, 2], [0, 1, 2, 2], [0, 2, 1], [2, 1, 0], [0, 1, 0, 2]])
def test_configurations_in_another_order_cannot_be_certified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, order: list[int], kernels: str
) -> None:
    monkeypatch.setenv(SWITCH, kernels)
    problem = Problem.of(ABSOLUTE_VALUE)
    leaves = list(enumerate_leaves(problem))
    for size in (1, 2, 8192):
        monkeypatch.setattr(case_tree, "BLOCK", size)
        monkeypatch.setattr(compiled_tree, "BLOCK", size)
        with pytest.raises(ArgumentError, match="sorted by their bits"):
            certify_configurations(tmp_path / "c.jsonl", ABSOLUTE_VALUE, problem, [leaves[i] for i in order])
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kernels", ["0", "1"])
def test_no_configurations_on_a_domain_with_points_cannot_be_certified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernels: str
) -> None:
    monkeypatch.setenv(SWITCH, kernels)
    with pytest.raises(ArgumentError, match="expected at least one on a domain with points, got none"):
        certify_configurations(tmp_path / "c.jsonl", ABSOLUTE_VALUE, Problem.of(ABSOLUTE_VALUE), [])
    assert not list(tmp_path.iterdir())


def test_commands_write_certificates(exactrelu: CommandLine) -> None:
    net = exactrelu.file("net.json", ABSOLUTE)
    empty = exactrelu.file("empty.json", domain_document((["1"], "0", ">"), (["1"], "0", "<")))
    target = str(exactrelu.folder / "c.jsonl")
    for words, kind in (
        (["regions", net], "configurations"),
        (["regions", net, "--count", "--cells", "closed"], "configurations"),
        (["regions", net, "--domain", empty, "--json", "-"], "configurations"),
        (["range", net, "--box", "-1:2"], "range"),
        (["range", net, "--domain", empty], "empty"),
        (["lipschitz", net], "lipschitz"),
        (["atoms", net, "--at", "1"], "decomposition"),
    ):
        outcome = exactrelu(*words, "--certificate", target)
        assert outcome.status == 0, outcome.err
        assert ("wrote" in outcome.out) == ("--json" not in words)
        assert checker.check(target)["claim"]["kind"] == kind
    outcome = exactrelu("range", net, "--certificate", str(exactrelu.folder / "none" / "c.jsonl"))
    assert outcome.is_refusal("none/c.jsonl", "No such file")


def test_numbers_of_more_digits_than_python_prints_are_written_and_checked(exactrelu: CommandLine) -> None:
    big = "1" + "0" * 5000 + "1"
    layers = [
        {"weight": [[big], ["-1"]], "bias": ["0", f"1/{big}"]},
        {"weight": [["1", "1"]], "bias": ["0"]},
    ]
    net = exactrelu.file("net.json", {"format": "exactrelu-network", "version": 1, "layers": layers})
    target = str(exactrelu.folder / "c.jsonl")
    for words in (
        ["regions", "--count"],
        ["range", "--box", "-1:1"],
        ["lipschitz", "--no-bounds"],
        ["lipschitz", "--no-bounds", "--norm", "inf"],
        ["canonical"],
        ["reparametrize", "--steps", "balance"],
        ["atoms", "--at", "1"],
    ):
        outcome = exactrelu(words[0], net, *words[1:], "--certificate", target)
        assert (outcome.status, outcome.err) == (0, ""), words
        checker.check(target)
        Path(target).unlink()
