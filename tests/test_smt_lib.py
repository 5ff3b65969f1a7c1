"""SMT-LIB scripts ask what they say: z3's answers are those of brute force and of the library."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import z3

from exactrelu import Domain, Network, decide_equality, output_range
from exactrelu.documents.smt_lib import OutputBound, bounds_script, configuration_script, inequality_script
from exactrelu.errors import ArgumentError, ConfigurationError, DomainError, NetworkError
from exactrelu.polyhedra.constraints import Relation
from exactrelu.verification.linear_bound import LinearBound
from tests.support.brute_force import all_bits, bit_widths, configurations, text
from tests.support.command_line import ABSOLUTE, domain_document, network_document
from tests.support.disguised_networks import disguised
from tests.support.drawn_networks import Chooser
from tests.support.seeded_cases import seeded_cases

F = Fraction
ABSOLUTE_VALUE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])


def is_satisfiable(script: str) -> bool:
    """z3's answer to a script, which is read as text."""
    solver = z3.SolverFor("QF_LRA")
    solver.from_string(script)
    verdict = solver.check()
    assert verdict != z3.unknown
    return verdict == z3.sat


@pytest.mark.parametrize("reading", ["half-open", "closed", "full"])
@pytest.mark.parametrize(("network", "domain"), seeded_cases(40, most_neurons=4, units=15))
def test_a_configuration_counts_where_its_script_is_satisfiable(network, domain, reading):
    found = {bits for bits, _ in configurations(network, domain, reading)}
    for bits in map(text, all_bits(bit_widths(network))):
        assert is_satisfiable(configuration_script(network, bits, domain, reading)) == (bits in found)


@pytest.mark.parametrize(("network", "domain"), seeded_cases(40, most_neurons=5, units=15))
def test_the_exact_range_is_where_bounds_begin_to_be_violated(network, domain):
    ranges = output_range(network, domain)
    if ranges is None:
        assert not is_satisfiable(bounds_script(network, [OutputBound(0, Relation.LESS, F(-7))], domain))
        return
    for i, one in enumerate(ranges):
        sides = (
            (one.maximum, Relation.AT_MOST, Relation.LESS),
            (one.minimum, Relation.AT_LEAST, Relation.GREATER),
        )
        for extremum, bound, strict in sides:
            if math.isinf(extremum.value):
                assert is_satisfiable(bounds_script(network, [OutputBound(i, bound, F(10**6))], domain)) or (
                    bound is Relation.AT_LEAST
                )
                continue
            assert not is_satisfiable(bounds_script(network, [OutputBound(i, bound, extremum.value)], domain))
            reached = is_satisfiable(bounds_script(network, [OutputBound(i, strict, extremum.value)], domain))
            assert reached == extremum.attained


@pytest.mark.parametrize(("network", "domain"), seeded_cases(40, most_neurons=4, units=15))
def test_networks_differ_where_the_script_is_satisfiable(network, domain):
    c = Chooser.seeded("smt", network.digest)
    other = disguised(c, network, 2)
    assert not is_satisfiable(inequality_script(network, other, domain))
    layers = (*other.layers[:-1], other.layers[-1].scaled(F(c.integer(0, 1))))
    changed = Network(layers)
    refuted = decide_equality(network, changed, domain).verdict == "refuted"
    assert is_satisfiable(inequality_script(network, changed, domain)) == refuted


def test_the_unsatisfiable_queries_that_float_tools_answer_wrongly():
    relu_minus_x = Network.from_rationals([([[1], [-1]], None), ([[0, 1]], None)])
    interval = Domain.box([(-1, 1)])
    assert not is_satisfiable(bounds_script(relu_minus_x, [OutputBound.parse("y0 > -1e-7")], interval))
    relu = Network.from_rationals([([[1]], None), ([[1]], None)])
    ray = Domain.from_inequalities(1, [([1], "-1e-6", "<=")])
    assert not is_satisfiable(bounds_script(relu, [OutputBound.parse("y0 < 2e-6")], ray))
    assert is_satisfiable(bounds_script(relu, [OutputBound.parse("y0 < 1e-6")], ray))


def test_several_bounds_are_violated_if_one_is():
    bounds = [OutputBound.parse(t) for t in ("y0 >= 0", "y0 <= 1")]
    assert not is_satisfiable(bounds_script(ABSOLUTE_VALUE, bounds, Domain.box([(-1, 1)])))
    assert is_satisfiable(bounds_script(ABSOLUTE_VALUE, bounds, Domain.box([(-2, 1)])))
    equal = [OutputBound.parse("y0 = 2")]
    assert not is_satisfiable(bounds_script(ABSOLUTE_VALUE, equal, Domain.box([(-2, -2)])))
    assert is_satisfiable(bounds_script(ABSOLUTE_VALUE, equal, Domain.box([(-2, 2)])))
    assert not is_satisfiable(bounds_script(ABSOLUTE_VALUE, []))


def test_bad_questions_are_refused():
    for bad in ("y0", "y0 5", "x0 <= 1", "y0 <= y1", "y0 <> 1", "y-1 <= 0", ""):
        with pytest.raises((ArgumentError, ValueError), match="bound"):
            OutputBound.parse(bad)
    with pytest.raises(NetworkError, match="expected an output from 0 to 0, got 1"):
        bounds_script(ABSOLUTE_VALUE, [OutputBound.parse("y1 <= 0")])
    for reading in ("half-open", "full"):
        with pytest.raises(ConfigurationError):
            configuration_script(ABSOLUTE_VALUE, "011", reading=reading)
    with pytest.raises(DomainError):
        configuration_script(ABSOLUTE_VALUE, "01", Domain.whole_space(2))
    with pytest.raises(NetworkError):
        inequality_script(ABSOLUTE_VALUE, Network.from_rationals([([[1, 1]], None)]))


def test_the_command_writes_each_question(exactrelu):
    one = exactrelu.file("one.json", ABSOLUTE)
    two = exactrelu.file("two.json", network_document(([["1"]], None)))
    domain = exactrelu.file("d.json", domain_document((["1"], "1/3", "<")))
    for words, expected in (
        (["--configuration", "11"], False),
        (["--configuration", "11", "--cells", "closed"], True),
        (["--configuration", "00", "--cells", "full"], False),
        (["--bound", "y0 >= 0"], False),
        (["--bound", "y0 <= 5/2", "--domain", domain], True),
        (["--equal", two, "--box", "0:1"], False),
        (["--equal", two], True),
    ):
        result = exactrelu("smtlib", one, *words)
        assert result.status == 0
        assert is_satisfiable(result.out) == expected
    path = exactrelu.folder / "q.smt2"
    result = exactrelu("smtlib", one, "--bound", "y0 >= 0", "-o", str(path), "--json", "-")
    assert result.json["script"] == path.read_text(encoding="utf-8")
    assert exactrelu("smtlib", one, "--bound", "y0 ~ 1").is_refusal("bound: expected one such as 'y0 <= 5/2'")
    assert exactrelu("smtlib", one, "--configuration", "1").is_refusal("configuration")
    assert exactrelu("smtlib", one).is_refusal("--configuration", "--bound", "--equal")


def test_a_bound_may_have_several_outputs_and_inputs():
    difference = LinearBound.parse("y0 - 2 x0 <= 0")
    assert not is_satisfiable(bounds_script(ABSOLUTE_VALUE, [difference], Domain.box([(0, 1)])))
    assert is_satisfiable(bounds_script(ABSOLUTE_VALUE, [difference], Domain.box([(-1, 1)])))
    with pytest.raises(NetworkError, match="expected an input from 0 to 0, got 1"):
        bounds_script(ABSOLUTE_VALUE, [LinearBound.parse("y0 <= x1")])
