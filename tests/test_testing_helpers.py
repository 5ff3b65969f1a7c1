"""The assertions for other projects: they pass, or fail with an exact counterexample and commands for it."""

from __future__ import annotations

import json
import math
import re
import shlex
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from exactrelu import Configuration, Domain, Network, Search
from exactrelu.errors import (
    ArgumentError,
    BudgetExhaustedError,
    ConfigurationError,
    DomainError,
    NetworkError,
    NumberSyntaxError,
)
from exactrelu.testing import (
    assert_affine_map,
    assert_configurations,
    assert_region_count,
    assert_same_function,
    assert_sound_bounds,
    assert_witness,
)
from tests.support.command_line import ABSOLUTE

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "testing.md"
WEIGHTS = [np.array([[1.0], [-1.0]], dtype=np.float32), np.array([[1.0, 1.0]])]
ARRAYS = (WEIGHTS, [None, np.zeros(1)])
NETWORK = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
IDENTITY = ([[[1.0]]], [None])
INTERVAL = [(-1, 1)]

FAILURES = {
    "bounds": lambda net: assert_sound_bounds(net, upper=[0.75], domain=INTERVAL),
    "hidden bounds": lambda net: assert_sound_bounds(net, lower=[-1, None], layer=1, domain=[(-2, 0.1)]),
    "function": lambda net: assert_same_function(net, IDENTITY, domain=INTERVAL),
    "count": lambda net: assert_region_count(net, 4, reading="full"),
    "pieces": lambda net: assert_region_count(net, 1, reading="pieces", domain=INTERVAL),
    "configurations": lambda net: assert_configurations(net, ["01", "11"], reading="full", domain=INTERVAL),
    "map": lambda net: assert_affine_map(net, [0.5], [[0.9]], [0]),
    "witness": lambda net: assert_witness(net, [0.1], constraints=[([0], [1], "-1/10", "<=")]),
}


@pytest.fixture(params=["arrays", "network", "file"])
def absolute(request, exactrelu):
    """|x| as arrays, as a network, as a file."""
    return {"arrays": ARRAYS, "network": NETWORK, "file": exactrelu.file("abs.json", ABSOLUTE)}[request.param]


def message_of(fails, net):
    with pytest.raises(AssertionError) as failure:
        fails(net)
    return str(failure.value)


def test_what_is_true_passes(absolute):
    assert_sound_bounds(absolute, lower=[0], upper=[1], domain=INTERVAL)
    assert_sound_bounds(absolute, lower=[-1, -math.inf], upper=[None, 1], layer=1, domain=INTERVAL)
    assert_same_function(absolute, NETWORK)
    assert_same_function(absolute, IDENTITY, domain=[(0, 3)])
    for reading, count in (("half-open", 3), ("closed", 4), ("full", 2), ("pieces", 2)):
        assert_region_count(absolute, count, reading=reading)
    assert_configurations(absolute, ["01", Configuration(((1, 0),))], reading="full")
    assert_configurations(absolute, [np.array([[0, 1]]), [[True, False]], "00"], reading="half-open")
    assert_configurations(absolute, ["00"], reading="half-open", complete=False)
    assert_affine_map(absolute, [np.float32(-0.3)], [[-1.0]], [0.0])
    assert_affine_map(absolute, ["1/3"], [[1 + 2**-20]], [0.0], tolerance=1e-6)
    assert_witness(absolute, [-0.5], constraints=[([0], [1], "-1/2", "=")], domain=INTERVAL)


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_gives_commands_that_run_and_show_it(name, absolute, exactrelu, monkeypatch):
    message = message_of(FAILURES[name], absolute)
    monkeypatch.chdir(exactrelu.folder)
    for file, text in re.findall(r"with (\S+\.json):\n  (.*)", message):
        exactrelu.file(file, json.loads(text))
    commands = re.findall(r"^  (exactrelu .*)$", message, re.MULTILINE)
    assert commands
    for command in commands:
        _, *words = shlex.split(command)
        outcome = exactrelu(*words)
        assert outcome.status == (1 if words[0] == "equal" else 0), outcome.err


def test_messages_have_the_exact_counterexample():
    text = message_of(FAILURES["bounds"], ARRAYS)
    assert "upper 3/4 of 0 is not sound: 1 at (-1), exact 1" in text
    assert '"point": ["-1"], "value": "1"' in text
    assert "matches" in message_of(FAILURES["count"], ARRAYS)
    assert "4 is the exact count of closed configurations" in message_of(FAILURES["count"], ARRAYS)
    assert "1 missing ('10'), 1 spurious ('11': empty)" in message_of(FAILURES["configurations"], ARRAYS)
    witness = message_of(FAILURES["witness"], ARRAYS)
    violation = Fraction(0.1) - Fraction(1, 10)
    assert f'"violation": "{violation}"' in witness
    assert f"--at {Fraction(0.1)}" in witness


def test_a_domain_and_a_large_network_are_written_down_or_described():
    half = Domain.from_inequalities(1, [([1], 0, ">")])
    text = message_of(lambda net: assert_same_function(net, ([[[2.0]]], [None]), domain=half), NETWORK)
    assert "--domain domain.json" in text
    assert '"relation": ">"' in text
    rows = [[k] for k in range(1, 200)]
    large = Network.from_rationals([(rows, None), ([[1] * 199], None)])
    text = message_of(lambda net: assert_region_count(net, 3, reading="full"), large)
    assert "write_network(network, 'network.json')" in text


def test_a_tolerance_does_not_save_a_witness_but_is_told():
    rows = [([0], [1], -1, ">=")]
    with pytest.raises(AssertionError, match="valid within the tolerance only"):
        assert_witness(ARRAYS, [0.9999999], constraints=rows, tolerance=1e-6)
    with pytest.raises(AssertionError, match="invalid"):
        assert_witness(ARRAYS, [0.9999999], constraints=rows)


def test_a_budget_that_runs_out_is_an_error_and_no_pass():
    for check in (
        lambda search: assert_region_count(ARRAYS, 4, reading="closed", search=search),
        lambda search: assert_sound_bounds(ARRAYS, lower=[0], search=search),
        lambda search: assert_configurations(ARRAYS, ["01", "10"], reading="full", search=search),
    ):
        with pytest.raises(BudgetExhaustedError):
            check(Search(max_regions=1))


def test_what_is_no_question_is_refused():
    with pytest.raises(NetworkError, match="expected a Network, a file name or a pair"):
        assert_region_count(3, 2, reading="full")
    with pytest.raises(NetworkError, match="biases: expected 2"):
        assert_region_count((WEIGHTS, [None]), 2, reading="full")
    with pytest.raises(NetworkError, match="layer: expected 1 to 2, got 0"):
        assert_sound_bounds(ARRAYS, upper=[1], layer=0)
    with pytest.raises(ArgumentError, match="upper: expected 1 bounds, got 2"):
        assert_sound_bounds(ARRAYS, upper=[1, 2])
    with pytest.raises(ArgumentError, match="reading"):
        assert_region_count(ARRAYS, 2, reading="open")
    with pytest.raises(ConfigurationError):
        assert_configurations(ARRAYS, ["0"], reading="full")
    with pytest.raises(DomainError):
        assert_affine_map(ARRAYS, [2], [[1]], [0], domain=INTERVAL)
    with pytest.raises(NetworkError, match="weight: expected shape"):
        assert_affine_map(ARRAYS, [2], [[1, 2]], [0])
    with pytest.raises(ArgumentError, match="constraints: expected 1 and 1"):
        assert_witness(ARRAYS, [0], constraints=[([], [1], 0, "<=")])
    with pytest.raises(NumberSyntaxError):
        assert_witness(ARRAYS, [math.nan])


def test_infinities_of_every_float_format_are_bounds():
    for form in (np.float16, np.float32, np.float64, np.longdouble):
        assert_sound_bounds(ARRAYS, lower=np.array([0], form), upper=np.array([np.inf], form))
        with pytest.raises(AssertionError, match="lower inf"):
            assert_sound_bounds(ARRAYS, lower=np.array([np.inf], form), domain=INTERVAL)
        with pytest.raises(NumberSyntaxError):
            assert_sound_bounds(ARRAYS, upper=np.array([np.nan], form))


def test_bits_in_a_row_are_those_of_the_layers_one_after_the_other():
    two = ([[[1.0], [-1.0]], [[1.0, 1.0]], [[1.0]]], [None, [-1.0], None])
    rows = np.array([[0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 0, 1]])
    assert_configurations(two, rows, reading="full")
    assert_configurations(two, ["01|0", [False, True, True], [[1, 0], [0]], (1, 0, 1)], reading="full")
    with pytest.raises(AssertionError, match=re.escape("1 missing ('10|1'), 1 spurious ('11|1'")):
        assert_configurations(two, [*rows[:3], [1, 1, 1]], reading="full")
    with pytest.raises(ConfigurationError, match="expected 3 bits, got 2"):
        assert_configurations(two, [[0, 1]], reading="full")


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: assert_sound_bounds(ARRAYS), "bounds: expected lower or upper, got neither"),
        (lambda: assert_sound_bounds(ARRAYS, upper=1.0), "upper: expected a list or an array, got 1.0"),
        (lambda: assert_sound_bounds(ARRAYS, upper="1"), "upper: expected a list or an array, got '1'"),
        (lambda: assert_sound_bounds(ARRAYS, upper=[1], domain=(-1, 1)), "domain, input 0: expected a list"),
        (lambda: assert_configurations(ARRAYS, "01", reading="full"), "configurations: expected a list"),
        (lambda: assert_region_count(ARRAYS, 2.5, reading="full"), "value: expected a number of regions"),
        (lambda: assert_region_count(ARRAYS, -1, reading="full"), "value: expected a number of regions"),
        (lambda: assert_affine_map(ARRAYS, 1, [[1]], [0]), "at: expected a list"),
        (lambda: assert_affine_map(ARRAYS, [1], [1], [0]), "weight[0]: expected a list"),
        (lambda: assert_affine_map(ARRAYS, [1], [[1]], 0), "bias: expected a list"),
        (lambda: assert_affine_map(ARRAYS, [1], [[1]], [0], tolerance=-1), "tolerance: expected a number of"),
        (
            lambda: assert_witness(ARRAYS, [0], constraints=[([1], 0, "<=")]),
            "expected (a, c, offset, relation)",
        ),
    ],
)
def test_what_has_another_shape_is_refused_by_name(ask, message):
    with pytest.raises(ArgumentError, match=re.escape(message)):
        ask()


def test_the_examples_of_the_document_run():
    text = DOCUMENT.read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) >= 3
    for block in blocks:
        names: dict = {}
        exec(compile(block, str(DOCUMENT), "exec"), names)  # noqa: S102 - our own document
        for name in [name for name in names if name.startswith("test_")]:
            names[name]()
