"""Regions that compiled code writes are, to the byte, those that are put together in Python."""

from __future__ import annotations

import itertools
import json
import math
import random
from fractions import Fraction

import pytest

from exactrelu import Search
from exactrelu.documents import region_texts
from exactrelu.documents.region import GeometryDetail
from exactrelu.documents.region_texts import RegionTexts
from exactrelu.enumeration import Problem, enumerate_leaves, started
from exactrelu.enumeration.generator_engine import found
from exactrelu.enumeration.one_process import blocks_within
from exactrelu.errors import ArgumentError
from exactrelu.kernels import library, limbs
from exactrelu.kernels.integer_vectors import Vectors
from exactrelu.networks.activation import Activation
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from tests.support.engine_agreement import READINGS, drawn

needs_library = pytest.mark.skipif(library.compiled() is None, reason=f"kernels: {library.described()}")


def texts(problem, detail=GeometryDetail.FULL):
    """The texts of all regions, and how many blocks the kernel has served."""
    writer, served, last = RegionTexts(detail), 0, None
    lines = []
    for leaf in enumerate_leaves(problem, search=Search("generators")):
        lines.append(writer.of(leaf))
        block = leaf.source and leaf.source[0]
        if block is not None and block is not last:
            last = block
            served += block.texts(0, 1, "[]", full=True) is not None
    return lines, served


def both_roads_agree(problem, monkeypatch):
    """Compare; return how many blocks the kernel has served."""
    monkeypatch.delenv(library.SWITCH, raising=False)
    by_kernel = {
        detail: texts(problem, detail) for detail in (GeometryDetail.FULL, GeometryDetail.CONSTRAINTS)
    }
    monkeypatch.setenv(library.SWITCH, "0")
    for detail, (lines, _) in by_kernel.items():
        assert (lines, 0) == texts(problem, detail)
    return by_kernel[GeometryDetail.FULL][1]


@needs_library
@pytest.mark.parametrize("units", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_both_roads_write_the_same(seed, units, monkeypatch):
    served = 0
    for case in range(9):
        network, domain = drawn("region kernel", seed, case, most_hidden=7, units=units)
        for where, reading in itertools.product((domain, None), READINGS):
            served += both_roads_agree(Problem.of(network, where, reading), monkeypatch)
    assert served > 15


def odd(seed, bits, widths):
    """A network of random integers of up to so many bits, some of them zero, over an odd denominator."""
    draw = random.Random(seed)  # noqa: S311 - no secret

    def number():
        return Fraction(
            draw.randint(-(1 << bits), 1 << bits) * (draw.random() < 0.9), 3 * (1 << (bits // 2)) + 1
        )

    layers = [
        ([[number() for _ in range(n)] for _ in range(m)], [number() for _ in range(m)]) for n, m in widths
    ]
    return Network.from_rationals(layers)


@needs_library
@pytest.mark.parametrize("bits", [3, 20, 31, 62, 63, 64, 90, 130])
def test_numbers_of_any_length_are_written(bits, monkeypatch):
    for seed, widths in itertools.product(
        range(2), ([(2, 4), (4, 2), (2, 1)], [(3, 4), (4, 2)], [(1, 3), (3, 1)])
    ):
        for reading in ("full", "half-open"):
            network = odd(seed, bits, widths)
            assert both_roads_agree(Problem.of(network, None, reading), monkeypatch)


@needs_library
def test_where_numbers_are_too_long_python_writes(monkeypatch):
    far = Fraction(2) ** 4000
    network = Network.from_rationals([([[1, far], [3, 1], [far, -1]], [far, 1, 0]), ([[1, 2, -far]], [1])])
    assert both_roads_agree(Problem.of(network, None, "half-open"), monkeypatch) == 0
    # These fit, but not what becomes of them.
    near = Fraction(2) ** 2000
    network = Network.from_rationals(
        [([[1, near], [3, 1], [near, -1]], [near, 1, 0]), ([[1, 2, -near]], [1])]
    )
    assert both_roads_agree(Problem.of(network, None, "half-open"), monkeypatch) == 0


@needs_library
def test_equal_zero_and_opposite_neurons_flat_domains_and_lines_are_written(monkeypatch):
    flat = Domain.from_inequalities(3, [([1, 1, 1], -1, "="), ([1, 0, 0], 0, ">"), ([0, 1, -2], 3, ">=")])
    rows = [[1, 2, 0], [1, 2, 0], [-1, -2, 0], [0, 0, 0], [2, 4, 0]]
    for where, bias, reading in itertools.product((flat, None), ([0] * 5, [1, 1, -1, 0, "2/3"]), READINGS):
        network = Network.from_rationals([(rows, bias), ([[1, -1, 2, 3, "1/7"], [0, 0, 0, 0, 0]], [0, 0])])
        assert both_roads_agree(Problem.of(network, where, reading), monkeypatch)


@needs_library
def test_slopes_other_than_those_of_relu_are_passed_on(monkeypatch):
    units = [(0, 1), ("-1/3", "5/7"), (1, 1), (2, 0), (0, 0), (-1, 1)]
    first = [[2, -1], [1, 3], [1, 1], [-3, 2], [1, -2], [5, 1]]
    network = Network.from_rationals(
        [(first, [1, 0, 2, -1, 3, "1/2"]), ([[1, -1, 2, 1, 4, "1/3"]] * 3, [0, -1, 5]), ([[1, 2, 3]], None)],
        activations=[Activation.of(units), Activation.of(units[:3])],
    )
    for reading in READINGS:
        assert both_roads_agree(Problem.of(network, Domain.box([(-3, 2)] * 2), reading), monkeypatch)


@needs_library
def test_blocks_of_any_size_and_networks_without_hidden_layers(monkeypatch):
    plain = Network.from_rationals([([["1/3", 2]], ["-1/5"])])
    assert both_roads_agree(Problem.of(plain, Domain.box([(0, 1)] * 2), "full"), monkeypatch) == 1
    monkeypatch.setattr(found, "_TOGETHER", 3)
    network, domain = drawn("small blocks", 1, most_hidden=8)
    assert both_roads_agree(Problem.of(network, domain, "half-open"), monkeypatch)


@needs_library
def test_a_point_that_no_rounding_gives_is_left_to_python(monkeypatch):
    thin = Domain.from_inequalities(1, [([1], 0, ">="), ([-1], Fraction(1, 2**200), ">=")])
    network = Network.from_rationals([([[1]], [1]), ([[1]], None)])
    problem = Problem.of(network, thin, "full")
    (leaf,) = enumerate_leaves(problem, search=Search("generators"))
    assert leaf.source[0].texts(0, 1, "[]", full=True) == ("", [0])
    assert both_roads_agree(problem, monkeypatch) == 1


def test_blocks_are_written_as_their_leaves_are(monkeypatch):
    seams = Network.from_rationals(
        [([[1, 0], [0, 1]], None), ([[1, 1]], [-1]), ([[1]], None)],
        activations=[Activation.of([(0, 1), (1, 1)]), Activation.relu(1)],
    )
    thin = Domain.from_inequalities(1, [([1], 0, ">="), ([-1], Fraction(1, 2**200), ">=")])
    cases = [(seams, None), (Network.from_rationals([([[1]], [1]), ([[1]], None)]), thin), drawn("whole", 3)]
    for (network, where), reading, together in itertools.product(cases, READINGS, (2, 64)):
        problem = Problem.of(network, where, reading)
        for engine in ("generators", "lp", "ppl"):
            monkeypatch.setattr(region_texts, "_TOGETHER", together)
            writer, search = RegionTexts(GeometryDetail.FULL), started(Search(engine))
            lines = [writer.of(leaf) for leaf in enumerate_leaves(problem, search=search)]
            parts = [part for b in blocks_within(search, problem) for part in writer.of_block(b, ",\n")]
            assert ",\n".join(parts) == ",\n".join(lines)
            assert all(json.loads(f"[{part}]") for part in parts)


# long integers -------------------------------------------------------------------------------------------


def long_numbers(seed):
    """Numbers of up to 47 limbs; among them those that make division correct its guess."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    corners = [0, 1, 2, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, 1 << 64, (1 << 128) - 1, 1 << 127, 3 << 126]
    shapes = [(1 << (64 * k)) - (1 << j) for k, j in itertools.product((2, 3, 5), (0, 1, 63, 64, 65, 127))]
    for _ in range(150):
        size = draw.choice((60, 64, 65, 127, 128, 129, 192, 700, 2950))
        yield draw.choice((*corners, *shapes, draw.getrandbits(size), draw.getrandbits(size)))


@needs_library
@pytest.mark.parametrize("seed", range(4))
def test_division_and_common_divisors_are_those_of_python(seed):
    numbers, kernels = list(long_numbers(seed)), library.compiled()
    for a, b, c in zip(numbers, numbers[1:], numbers[2:], strict=False):
        if b:
            assert limbs.divided(kernels, a, b) == divmod(a, b)
            hard = min(a * b + b - 1, (1 << 3000) - 1)
            assert limbs.divided(kernels, hard, b) == divmod(hard, b)
        if a or b:
            assert limbs.common_divisor(kernels, a, b) == math.gcd(a, b)
        if b and (a * b).bit_length() < 3000 and (b * c).bit_length() < 3000:
            assert limbs.common_divisor(kernels, a * b, b * c) == math.gcd(a, c) * b


@needs_library
def test_where_a_guess_is_one_too_large_it_is_corrected():
    # Knuth, The Art of Computer Programming 2, exercise 4.3.1-21: the rare step that adds the divisor back.
    base = 1 << 64
    for a, d in (
        (((base // 2) * base + 0) * base**2 + 0 * base + 3, (base // 2) * base**2 + 0 * base + 1),
        ((base - 1) * base**3 + (base - 2) * base**2, (base - 1) * base**2 + (base - 1) * base + (base - 1)),
        (
            (base // 2 - 1) * base**3 + (base - 1) * base**2 + (base - 1) * base,
            (base // 2) * base**2 + base - 1,
        ),
    ):
        assert limbs.divided(library.compiled(), a, d) == divmod(a, d)


@needs_library
def test_numbers_that_are_too_long_are_not_divided():
    assert limbs.divided(library.compiled(), 1 << 4000, 3) is None
    assert limbs.common_divisor(library.compiled(), 3, 1 << 4000) is None


@pytest.mark.parametrize(
    "numbers", [[], [0], [5, 0, -7], [-(2**63), 2**63 - 1], [2**63, -(2**64), 2**200 + 5, -1]]
)
def test_integers_are_packed_limb_by_limb(numbers):
    words = Vectors.of(numbers, [len(numbers)]).words.view("int64").tolist()
    found = []
    while len(found) < len(numbers):
        size, *words = words
        value = sum((limb % (1 << 64)) << (64 * k) for k, limb in enumerate(words[: abs(size)]))
        found.append(value if size >= 0 else -value)
        words = words[abs(size) :]
    assert found == numbers


@needs_library
def test_arrays_that_do_not_fit_are_refused():
    network = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    (block,) = {leaf.source[0] for leaf in enumerate_leaves(Problem.of(network), search=Search("generators"))}
    with pytest.raises(ArgumentError, match="kernel argument end: expected at least 0, got -1"):
        block.texts(0, -1, "[]", full=True)
    with pytest.raises(ArgumentError, match="cells: expected"):
        block.texts(0, len(block) + 1, "[]", full=True)
