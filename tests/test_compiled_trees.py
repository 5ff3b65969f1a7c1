"""Case trees by the kernel: those of the readable road, with proofs that hold; holes are filled."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from itertools import pairwise

import pytest

from exactrelu import Domain, Network, Problem, certify, checker
from exactrelu.certificates import case_tree, compiled_tree
from exactrelu.certificates.compiled_tree import CompiledTree
from exactrelu.certificates.domain_rules import DomainRules
from exactrelu.certificates.joint import JointNetwork
from exactrelu.errors import ArgumentError
from exactrelu.kernels import library, proof_tree
from exactrelu.kernels.line_sums import with_sums
from exactrelu.networks.reading import Reading
from tests.support.certificate_lines import entries_of
from tests.support.drawn_networks import Chooser, draw_domain, draw_network, with_drawn_units

pytestmark = pytest.mark.skipif(library.compiled() is None, reason=f"kernels: {library.described()}")

KINDS = ("impossible", "thin", "reached")


def skeleton(path):
    """Return the tree of a certificate without multipliers and points."""
    return [
        (key, *entry[key]) if key in ("split", "zero") else (key,)
        for entry in entries_of(path.read_text())
        for key in entry
        if key in ("split", "zero", *KINDS)
    ]


def drawn_problem(c, n):
    network = draw_network(c, most_inputs=4, most_hidden=8)
    if c.choose([True, False, False]):
        network = with_drawn_units(c, network)
    reading = c.choose(list(Reading))
    domain = draw_domain(c, network.inputs) if n % 3 else None
    depth = c.integer(0, network.depth - 1) if c.choose([True, False]) else None
    return Problem.of(network, domain, reading, depth)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("size", [3, 8192])
def test_trees_are_those_of_the_readable_road_and_the_checker_accepts_them(seed, size, tmp_path, monkeypatch):
    monkeypatch.setattr(compiled_tree, "BLOCK", size)
    monkeypatch.setattr(case_tree, "BLOCK", size)
    c = Chooser.seeded("compiled trees", seed, size)
    for n in range(12):
        problem = drawn_problem(c, n)
        compiled, readable = tmp_path / "compiled.jsonl", tmp_path / "readable.jsonl"
        certify(problem, compiled)
        found = checker.check(str(compiled))
        with monkeypatch.context() as without:
            without.setenv(library.SWITCH, "0")
            certify(problem, readable)
        assert skeleton(compiled) == skeleton(readable)
        assert found["leaves"] == checker.check(str(readable))["leaves"]


def holes_of(problem, path, monkeypatch):
    """Certify, and return the holes that the kernel left, and how many lines it wrote."""
    found, lines = [], [0]

    def watched(*arguments):
        written = proof_tree_of(*arguments)
        found.extend(written.holes)
        assert written.lines == written.text.count(b"\n")
        lines[0] += written.lines
        return written

    proof_tree_of = proof_tree.written_subtree
    with monkeypatch.context() as watching:
        watching.setattr(proof_tree, "written_subtree", watched)
        certify(problem, path)
    return found, lines[0]


def gaussian(c, widths):
    def entry():
        return Fraction((c.integer(-(2**52), 2**52)) / 2**52 * 3.0 ** c.integer(-3, 3))

    layers = [
        ([[entry() for _ in range(m)] for _ in range(n)], [entry() for _ in range(n)])
        for m, n in pairwise(widths)
    ]
    return Network.from_rationals(layers)


@pytest.mark.parametrize(
    ("widths", "bounded"),
    [
        ((2, 12, 12, 1), True),
        ((3, 6, 6, 6, 1), False),
        ((6, 9, 1), True),
        ((1, 20, 1), False),
        ((40, 5, 4, 1), True),  # sides take no columns
    ],
)
def test_generic_networks_of_doubles_leave_no_holes(widths, bounded, tmp_path, monkeypatch):
    c = Chooser.seeded("no holes", widths)
    domain = Domain.box([(0, 1)] * widths[0]) if bounded else None
    problem = Problem.of(gaussian(c, widths), domain)
    holes, lines = holes_of(problem, tmp_path / "c.jsonl", monkeypatch)
    assert lines > 20
    assert not holes
    assert checker.check(str(tmp_path / "c.jsonl"))["leaves"]["reached"] > 10


def test_cells_without_inside_are_holes_with_a_point_of_their_own(tmp_path, monkeypatch):
    network = Network.from_rationals([([[1, 0], [-1, 0], [0, 1]], None), ([[1, 1, 1]], None)])
    holes, _ = holes_of(Problem.of(network), tmp_path / "c.jsonl", monkeypatch)
    assert [hole.layer for hole in holes] == [-1, -1]  # x_1 = 0, with both signs of x_2
    entries = entries_of((tmp_path / "c.jsonl").read_text())
    points = [entry["reached"] for entry in entries if "reached" in entry]
    assert sum(x == "0" for x, _ in points) == 2
    checker.check(str(tmp_path / "c.jsonl"))


@pytest.mark.parametrize("seed", [5, 38, 71, 221, 225])
def test_branches_that_doubles_do_not_settle_are_holes(seed, tmp_path, monkeypatch):
    """Wide scales, and cells whose rows all meet in one point."""
    problem = drawn_problem(Chooser.seeded("branch holes", seed), 1)
    holes, _ = holes_of(problem, tmp_path / "c.jsonl", monkeypatch)
    assert any(hole.layer >= 0 for hole in holes)
    checker.check(str(tmp_path / "c.jsonl"))


def layers_of(network, domain=None):
    rules = DomainRules.of(domain or Domain(network.inputs), Reading.HALF_OPEN)
    return CompiledTree.of(JointNetwork.of(network), rules.rules)


def test_what_the_kernel_does_not_serve_goes_the_readable_road():
    small = Network.from_rationals([([[1, 2]], [3]), ([[1]], None)])
    long = Network.from_rationals([([[1, Fraction(1, 2**2000)]], [3]), ([[1]], None)])
    line = Domain.from_inequalities(2, [([1, 1], -1, "=")])
    rules = DomainRules.of(Domain(2), Reading.FULL).rules
    assert layers_of(small) is not None
    assert layers_of(small, line) is None
    assert layers_of(long) is None
    assert (
        CompiledTree.of(JointNetwork.of(small, depth=0), DomainRules.of(Domain(2), Reading.FULL).rules)
        is None
    )
    assert CompiledTree.of(JointNetwork.of(small, small), rules) is None


@pytest.mark.parametrize("bits", [3, 40, 64, 100, 190, 480])
def test_limbs_are_enough_for_rows_of_the_second_layer(bits):
    """The bound of the length is met by a network whose rows are as long as they can be."""
    large = 2**bits - 1
    network = Network.from_rationals(
        [([[large, large]] * 3, [large] * 3), ([[large] * 3] * 2, [large] * 2), ([[1, 1]], None)]
    )
    layers = layers_of(network).layers
    longest = 3 * large * large + large
    assert 64 * layers.limbs > longest.bit_length()


@pytest.mark.parametrize("plainly", [True, False])
@pytest.mark.parametrize("before", ["", "0123456789abcdef"])
def test_sums_are_those_of_hashlib(plainly, before):
    bodies = ["{" * n for n in range(200)] + ['{"split":[1,0]', ""]
    total, lines = before, []
    for body in bodies:
        total = hashlib.sha256((total + body).encode()).hexdigest()[:16]
        lines.append(f'{body},"sum":"{total}"}}\n')
    text = "".join(body + "\n" for body in bodies).encode()
    sealed = with_sums(library.compiled(), text, len(bodies), before, plainly=plainly)
    assert sealed == ("".join(lines).encode(), total)
    assert with_sums(library.compiled(), b"", 0, before, plainly=plainly) == (b"", before)


def test_wrong_arguments_are_refused():
    import numpy as np

    tree = layers_of(Network.from_rationals([([[1, 2]], [3]), ([[1]], None)]))
    relations = proof_tree.Relations(full=True, closed=False, domain=[])
    with pytest.raises(ArgumentError, match="kernel argument bit: expected 1 contiguous uint8, got 1 int64"):
        proof_tree.written_subtree(
            tree.library, tree.layers, relations, np.zeros((1, 1), np.int64), proof_tree.Start(0, 0, 0, [])
        )


def test_a_configuration_too_many_is_not_proved(tmp_path):
    """What is not there cannot be written: the exact road finds that a leaf has no point inside."""
    network = Network.from_rationals([([[1], [1]], [0, -1]), ([[1, 1]], None)])
    problem = Problem.of(network)
    from exactrelu.certificates import certify_configurations
    from exactrelu.certificates.tree_blocks import OwnWitness

    def witness(bits, point):
        return OwnWitness(bytes(bits), 1, lambda: (Fraction(point),))

    good = [witness((0, 0), -1), witness((1, 0), "1/2"), witness((1, 1), 2)]
    certify_configurations(tmp_path / "good.jsonl", network, problem, good)
    assert checker.check(str(tmp_path / "good.jsonl"))["leaves"]["reached"] == 3
    wrong = [*good[:1], witness((0, 1), 2), *good[1:]]
    certify_configurations(tmp_path / "wrong.jsonl", network, problem, wrong)
    with pytest.raises(checker.InvalidCertificateError):
        checker.check(str(tmp_path / "wrong.jsonl"))
    with pytest.raises(ArithmeticError, match="taken for empty has a point"):
        certify_configurations(tmp_path / "less.jsonl", network, problem, good[:2])
    assert not (tmp_path / "less.jsonl").exists()


def test_lines_are_json(tmp_path):
    certify(Problem.of(gaussian(Chooser.seeded("json"), (2, 5, 5, 1))), tmp_path / "c.jsonl")
    for line in (tmp_path / "c.jsonl").read_text().splitlines():
        json.loads(line)
