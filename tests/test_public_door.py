"""Lines that people type without reading the documentation: each works, or says what to do."""

from __future__ import annotations

import inspect
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import exactrelu
from exactrelu.door import HOMES
from exactrelu.door.arguments import READERS, SEARCH_WORDS, WORKERS_WORDS
from exactrelu.enumeration import Problem, Search
from exactrelu.errors import ExactReluError

NET = exactrelu.Network.from_rationals([([[1, 0], [0, 1], [1, 1]], [0, 0, -1]), ([[1, 1, -1]], None)])
ABSOLUTE = exactrelu.Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
DEEP = exactrelu.Network.from_rationals([([[1], [-1]], None), ([[1, 1]], [-1]), ([[1]], None)])
GAMMA = exactrelu.Parametrization.from_rationals([[1, 0], [0, 1], [-1, -1], [4, 0]], [[1]] * 4)
W1, W2 = np.array([[0.5, 0.0], [0.0, 1.0]]), np.array([[1.0, 1.0]])
B1, B2 = np.array([0.0, 0.25]), np.array([0.0])


class Tensor:
    """What a torch tensor looks like from outside."""

    dtype = "torch.float32"

    def __init__(self, values):
        self.values = np.asarray(values, dtype=np.float32)
        self.shape = self.values.shape

    def detach(self):
        return self

    cpu = detach

    def double(self):
        return self

    def numpy(self):
        return self.values.astype(np.float64)


@pytest.fixture
def names(tmp_path):
    exactrelu.write_network(NET, tmp_path / "net.json")
    exactrelu.write_network(ABSOLUTE, tmp_path / "abs.json")
    square = '{"format": "exactrelu-domain", "version": 1, "inequalities": []}'
    (tmp_path / "domain.json").write_text(square, encoding="utf-8")
    known = {"Path": Path, "Search": Search}
    known |= {name: value for name, value in globals().items() if not name.startswith("_")}
    return known | {"folder": str(tmp_path), "net": NET, "file": str(tmp_path / "net.json")}


WORKING = [
    ("exactrelu.load_network(file) == net", True),
    ("exactrelu.count(file)", 7),
    ("exactrelu.count(Path(file))", 7),
    ("exactrelu.count(net, engine='ppl')", 7),
    ("exactrelu.count(net, search='lp')", 7),
    ("exactrelu.count(net, search=Search('generators'))", 7),
    ("exactrelu.count(net, max_regions=100, time_limit=60)", 7),
    ("exactrelu.count(net, [(0, 1), (0, 1)], 'full')", 2),
    ("exactrelu.count(net, domain=[('0', '1/2'), ('0', '0.5')], reading='full')", 1),
    ("exactrelu.count(net, np.array([[0, 1], [0, 1]]), 'full')", 2),
    ("exactrelu.count(net, f'{folder}/domain.json')", 7),
    ("len(list(exactrelu.regions(net, [(0, 1), (0, 1)])))", 5),
    ("exactrelu.count(([W1, W2], [B1, B2])) == exactrelu.count([(W1, B1), (W2, B2)])", True),
    ("exactrelu.count(([[[1], [-1]], [[1, 1]]], [None, None]))", 3),
    ("exactrelu.count([([['1/2'], [-1]], ['0', 0]), ([[1, 1]], None)])", 3),
    (
        (
            "exactrelu.network_from_arrays(([W1, W2], [B1, B2])) == "
            "exactrelu.network_from_arrays([(W1, B1), (W2, B2)])"
        ),
        True,
    ),
    (
        "exactrelu.are_equal([(Tensor(W1), Tensor(B1)), (Tensor(W2), None)], [(W1, B1), (W2, B2)])",
        True,
    ),
    ("net([0, 1])", (Fraction(1),)),
    ("net(np.array([0, 1]))", (Fraction(1),)),
    ("net(('1/2', '0.5'))", (Fraction(1),)),
    ("str(exactrelu.region_at(net, [3, '1/2']).configuration)", "111"),
    ("str(exactrelu.region_at(ABSOLUTE, 3).configuration)", "10"),
    ("exactrelu.region_at(ABSOLUTE, 0, 'full')", None),
    ("len(exactrelu.region_at(ABSOLUTE, 0, 'closed'))", 4),
    ("exactrelu.region_at(ABSOLUTE, 3, domain=[(0, 1)])", None),
    ("exactrelu.region_of(net, '111').vertices", ((0, 1), (1, 0))),
    ("exactrelu.region_of(net, (1, 1, 1)) == exactrelu.region_of(net, [[1, 1, 1]])", True),
    ("str(exactrelu.lipschitz_constant(file, norm=1).value)", "1"),
    (
        "exactrelu.lipschitz_constant(net, norm=2) == exactrelu.lipschitz_constant(net, norm='2')",
        True,
    ),
    ("str(exactrelu.lipschitz_constant(net, norm=math.inf).value)", "2"),
    ("str(exactrelu.lipschitz_constant(net, norm=np.inf).value)", "2"),
    ("float(exactrelu.lipschitz_constant(net, norm=2).value)", 2**0.5),
    ("exactrelu.output_range(file, [(0, 1), (0, 1)])[0].maximum.value", 1),
    ("exactrelu.output_range(ABSOLUTE)[0].maximum.value", math.inf),
    ("exactrelu.distance(net, file)", exactrelu.distance(NET, NET)),
    ("exactrelu.distance(ABSOLUTE, [([[0]], None)], [(0, 1)], 'l1').power", Fraction(1, 2)),
    ("exactrelu.are_equal(net, file)", True),
    ("exactrelu.atomic_decomposition(net, '111').verify()", True),
    ("exactrelu.atomic_decomposition(net, exactrelu.region_of(net, '111')).verify()", True),
    ("exactrelu.canonical_form(file) == exactrelu.canonical_form(net)", True),
    (
        "len(exactrelu.canonical_form(([[[1], [-1]], [[1, 1]]], [None, None])).kinks)",
        1,
    ),
    ("len(exactrelu.fibre_of(file).flips) > 0", True),
    ("str(exactrelu.operator_norm([[1, 2], [3, -4]], math.inf))", "7"),
    ("str(exactrelu.operator_norm(np.array([[1, 2], [3, -4]]), 1))", "6"),
    ("str(exactrelu.directional_derivative(ABSOLUTE, 0, 1)[0])", "1"),
    ("len(exactrelu.tiling(net, [(0, 1), (0, 1)]).pieces)", 2),
    ("len(list(exactrelu.enumerate_leaves(net)))", 7),
    ("exactrelu.are_equal(exactrelu.build(net).network, net)", True),
    ("str(exactrelu.build(net, 'max-min').decision.verdict)", "holds"),
    ("len(exactrelu.max_min_form(net).terms[0])", 4),
    ("exactrelu.tropical_pair(file)((1, 1))", (Fraction(1),)),
    ("len(exactrelu.function_of_network(file, [(0, 1), (0, 1)]).pieces)", 2),
    ("exactrelu.standard_example('maximum', 3)((1, 5, '1/2'))", (Fraction(5),)),
    ("exactrelu.function_from_breakpoints([(0, 0), (1, '1/2')])(('1/2',))", (Fraction(1, 4),)),
    (
        "exactrelu.function_from_triangulation(np.array([[0], [2]]), [0, 1], [[0, 1]])((1,))",
        (Fraction(1, 2),),
    ),
    ("exactrelu.architecture_bounds(np.array([2, 3, 1]))[0].value", 8),
    ("exactrelu.network_bounds(file, [(0, 1), (0, 1)])[0].value", 8),
    ("exactrelu.bifurcations(file, (0, '1/2'), [('0', 't'), (0, 1)]).changes[0].number", 0),
    ("exactrelu.bifurcations([([['t']], [-1]), ([[1]], None)], (0, math.inf), [(0, 1)]).critical", 2),
    ("exactrelu.family_report(ABSOLUTE, (0, 1), [(0, 't')]).functions['max y0']('1/2')", Fraction(1, 2)),
]

FAILING = [
    ("exactrelu.lipschitz_constant(norm=2)", "missing a required argument: 'network'"),
    ("exactrelu.lipschitz_constant(net, norm=3)", "norm: expected 1, 2 or inf, got 3"),
    ("exactrelu.lipschitz_constant(net, norm='two')", "norm: expected 1, 2 or inf"),
    ("exactrelu.lipschitz_constant(net, norm=[2])", "norm: expected 1, 2 or inf"),
    ("exactrelu.region_of(net, (1,))", "expected 3 bits, got 1"),
    ("exactrelu.region_of(net, '11')", "expected bits of the form 'bbb'"),
    ("exactrelu.region_of(net, 7)", "configuration: expected a configuration such as"),
    ("exactrelu.output_range('x')", "a name ending in .json, .onnx or .nnet"),
    ("exactrelu.output_range('x.json')", "x.json: expected a readable file"),
    ("exactrelu.load_network('x.onnx')", "expected a file, there is no x.onnx"),
    ("exactrelu.canonical_form(5)", "function: expected a Network, the path of its file"),
    ("exactrelu.canonical_form(DEEP)", "expected"),
    ("exactrelu.atomic_decomposition(net, '01')", "expected bits of the form 'bbb'"),
    ("exactrelu.count()", "missing a required argument: 'network'"),
    ("exactrelu.count(None)", "network: expected a Network"),
    ("exactrelu.count(net, cells='full')", "it takes (network, domain, reading, depth, search"),
    ("exactrelu.count(net, engine='gpu')", "engine: expected one of auto"),
    ("exactrelu.count(net, search=3)", "expected a Search or the name of an engine"),
    ("exactrelu.count(net, engine='ppl', search=Search('lp'))", "got both"),
    ("exactrelu.count(net, max_regions='many')", "max_regions: expected an integer"),
    ("exactrelu.count(net, max_regions=2)", "more than 2 regions"),
    ("exactrelu.count(net, time_limit='1s')", "time_limit: expected a number of seconds"),
    ("exactrelu.count(net, depth='1')", "depth: expected an integer"),
    ("exactrelu.count(net, reading='open')", "reading: expected one of half-open, closed, full"),
    ("exactrelu.count(net, 5)", "domain: expected a Domain, a list of pairs"),
    ("exactrelu.count(net, (0, 1))", "domain: expected a Domain, a list of pairs"),
    ("exactrelu.count(net, [(0, 1)])", "expected dimension 2"),
    ("exactrelu.count(net, [(0, 0.5), (0, 1)])", "rational_from_float(0.5)"),
    ("exactrelu.count(net, [(0, 1, 2), (0, 1)])", "expected a pair (LO, HI)"),
    ("exactrelu.count(net, '0:1')", "a box is a list of pairs"),
    ("exactrelu.count([([[0.5]], None)])", "rational_from_float(0.5)"),
    ("exactrelu.count([([[1, 2], [3]], None)])", "expected rows of one length"),
    ("exactrelu.count(([[[1]]], [None, None]))", "biases: expected 1"),
    ("exactrelu.count([1, 2, 3])", "network: expected (weights, biases) or a list of pairs"),
    ("net([0.5, 1])", "rational_from_float(0.5)"),
    ("net([0])", "expected 2 coordinates, got 1"),
    ("net(5)", "expected 2 coordinates"),
    ("exactrelu.region_at(net, {1: 2})", "x: expected a point"),
    ("exactrelu.region_at(net, [0, 0, 0])", "expected 2 coordinates, got 3"),
    ("exactrelu.build(5)", "function: expected a function, as function_of_network returns it"),
    ("exactrelu.build(net, 'quick')", "method: expected one of auto, shallow, max-min"),
    ("exactrelu.max_min_form('x.json')", "x.json: expected a readable file"),
    ("exactrelu.standard_example(3)", "name: expected a text"),
    ("exactrelu.standard_example('cat')", "name: expected one of"),
    ("exactrelu.tropical_pair(net, 'low')", "hull: expected one of upper, all"),
    ("exactrelu.load_function('nowhere.json')", "expected a file, there is no nowhere.json"),
    ("exactrelu.architecture_bounds(5)", "widths: expected a list of integers"),
    ("exactrelu.architecture_bounds([2, 1.5, 1])", "widths: expected an integer"),
    ("exactrelu.distance(net, ABSOLUTE)", "expected 2 inputs"),
    ("exactrelu.distance(net, net, norm=2)", "norm: expected sup, w1inf, l1 or l2"),
    ("exactrelu.operator_norm(5, 2)", "matrix: expected a matrix"),
    ("exactrelu.operator_norm([[0.5]], 2)", "rational_from_float(0.5)"),
    ("exactrelu.reparametrize(GAMMA, 5)", "steps: expected steps such as"),
    ("exactrelu.reparametrize(GAMMA, 'sharpen')", "steps: expected drop, merge"),
    ("exactrelu.minimal_width(net)", "form: expected a CanonicalForm, as canonical_form returns it"),
    ("exactrelu.draw_tiling(net, f'{folder}/x.svg')", "regions: expected regions, as exactrelu.regions"),
    ("exactrelu.draw_tiling([net], f'{folder}/x.svg')", "regions: expected regions, as exactrelu.regions"),
    ("exactrelu.draw_tiling(exactrelu.regions(net), 5)", "path: expected the path of a file"),
    ("exactrelu.check('nowhere.jsonl')", "expected a file, there is no nowhere.jsonl"),
    ("exactrelu.check(file)", "expected a certificate"),
    ("exactrelu.check(5)", "path: expected the path of a file"),
    ("exactrelu.certify(5, f'{folder}/c.jsonl')", "certify: expected a Problem"),
    (
        "exactrelu.certify(exactrelu.Domain.box([(0, 1)]), folder)",
        "certify: expected an empty domain",
    ),
    ("exactrelu.compare_global_bounds(1, 2)", "constant: expected a LipschitzConstant"),
    ("exactrelu.fibre_of('x')", "a name ending in"),
    ("exactrelu.audit_claims(net, 'claims.json')", "expected a file, there is no claims.json"),
    ("exactrelu.network_from_arrays(5)", "expected"),
    ("exactrelu.write_network(5, 'x.json')", "network: expected a Network"),
    ("exactrelu.load_family('nowhere.json')", "expected a file, there is no nowhere.json"),
    ("exactrelu.bifurcations('nowhere.json', (0, 1))", "expected a file, there is no nowhere.json"),
    ("exactrelu.bifurcations(ABSOLUTE, 3)", "interval: expected a pair (low, high)"),
    ("exactrelu.family_report(ABSOLUTE, (0, 1), other=3)", "other: expected a NetworkFamily"),
    ("exactrelu.rational(0.1)", "rational_from_float(0.1)"),
]


@pytest.mark.parametrize(("line", "value"), WORKING, ids=[line for line, _ in WORKING])
def test_what_people_type_works(names, line, value):
    assert eval(line, names) == value  # noqa: S307


@pytest.mark.parametrize(("line", "words"), FAILING, ids=[line for line, _ in FAILING])
def test_what_cannot_work_says_what_to_do(names, line, words):
    with pytest.raises(ExactReluError) as caught:
        eval(line, names)  # noqa: S307
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


SQUARE = [(0, 1), (0, 1)]
ANSWERS = [
    (lambda: Problem.of(NET), "exactly 7 half-open configurations of hidden layer 1"),
    (lambda: list(exactrelu.regions(NET, SQUARE, "full")), "exactly 2 full configurations"),
    (lambda: exactrelu.tiling(NET, SQUARE), "exactly 2 full configurations"),
    (lambda: exactrelu.Domain.box([(1, 0)]), "the domain is empty"),
    (lambda: exactrelu.output_range(NET, SQUARE), "the outputs range from 0 to 1"),
    (lambda: exactrelu.output_range(ABSOLUTE), "the outputs range from 0 to inf"),
    (lambda: exactrelu.lipschitz_constant(NET, SQUARE, 1), "the Lipschitz constant (norm 1) is 1"),
    (lambda: exactrelu.lipschitz_constant(NET, SQUARE), "the square of the Lipschitz constant"),
    (lambda: exactrelu.decide_equality(DEEP, DEEP.scaled(2)), "the outputs of the networks differ"),
    (lambda: exactrelu.decide_equality(DEEP, DEEP.deepened(4)), "the networks are equal on the domain"),
    (lambda: exactrelu.decide_equality(ABSOLUTE, ABSOLUTE), "the networks are equal on the domain"),
    (lambda: exactrelu.decide_equality(DEEP, DEEP, [(1, 0)]), "the networks are equal on the domain"),
    (lambda: exactrelu.distance(DEEP, ABSOLUTE, [(0, 1)]), "the differences of the outputs range"),
    (lambda: exactrelu.canonical_form(ABSOLUTE), "the canonical form is that of the network"),
    (
        lambda: exactrelu.reparametrize(GAMMA, "merge,balance"),
        "each network realizes the function",
    ),
    (
        lambda: exactrelu.reparametrize(GAMMA, "merge")[0],
        "each network realizes the function",
    ),
    (
        lambda: exactrelu.inverse_stability(
            *(exactrelu.Parametrization.from_rationals([[1, 1], [t, 1]], [[1], [t]]) for t in (2, 3))
        ),
        "the third network realizes",
    ),
    (lambda: exactrelu.atomic_decomposition(NET, "111"), "Theorem 5's sum over 3 atoms"),
]


@pytest.mark.parametrize(("answer", "sentence"), ANSWERS)
def test_every_answer_with_a_certificate_is_certified_and_checked(tmp_path, answer, sentence):
    exactrelu.certify(answer(), tmp_path / "proof.jsonl.gz")
    found = exactrelu.check(tmp_path / "proof.jsonl.gz")
    assert found.valid
    assert found
    assert sentence in str(found)
    assert sentence.replace("'", "&#x27;") in found._repr_html_()


def test_a_certificate_that_was_changed_is_invalid(tmp_path):
    path = tmp_path / "proof.jsonl"
    exactrelu.certify(exactrelu.output_range(NET, SQUARE), path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"value":"1"', '"value":"2"'), encoding="utf-8")
    found = exactrelu.check(path)
    assert not found
    assert str(found).startswith("invalid: claim.outputs[0].max")


@pytest.mark.parametrize(
    "answer",
    [
        lambda: list(exactrelu.regions(NET, SQUARE))[1:],
        lambda: [*exactrelu.regions(NET, SQUARE, "full"), *exactrelu.regions(NET, reading="full")],
        list,
        lambda: [1, 2],
        lambda: exactrelu.distance(NET, NET, SQUARE, "l1"),
        lambda: exactrelu.canonical_form(ABSOLUTE, [(0, 1)]),
        lambda: NET,
        lambda: "text",
        lambda: exactrelu.decide_equality(DEEP, DEEP.deepened(5) + DEEP - DEEP, max_regions=0),
    ],
)
def test_what_has_no_certificate_is_refused_and_nothing_is_written(tmp_path, answer):
    given = answer()
    if isinstance(given, exactrelu.EqualityDecision) and given.verdict is not exactrelu.Verdict.UNKNOWN:
        pytest.skip("decided without cells")
    with pytest.raises(ExactReluError, match="certify: expected"):
        exactrelu.certify(given, tmp_path / "proof.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_the_door_reads_every_parameter_or_knows_that_it_need_not():
    passed = {
        "bool", "Any", "str | None", "Reading | str", "Norm | str", "DistanceNorm | str",
        "Normalization | str", "Positivity | str", "Kink | str | Fraction | int", "Slopes",
        "Mapping[tuple[int, int], Any] | None", "NnetNumbers", "NnetNormalization", "Iterable[Any]",
        "Fraction | None", "Fraction | int | str", "bool | None",
            "Window | Sequence[Sequence[Any]] | None", "str | Path",
            "BatchNorm", "Sequence[str] | None", "float | None",
            "Method | str", "Hull | str", "Sequence[tuple[Any, Any]]", "Sequence[Sequence[int]]",
            "Loss | str", "Sequence[tuple[Domain, AffineMap]]", "Keep | None",
    }  # fmt: skip
    for name in HOMES:
        for parameter in inspect.signature(getattr(exactrelu, name)).parameters.values():
            if parameter.name not in (*SEARCH_WORDS, *WORKERS_WORDS):
                assert parameter.annotation in READERS or parameter.annotation in passed, (name, parameter)


def test_help_shows_the_signature_with_the_search_words_and_the_page():
    signature = inspect.signature(exactrelu.count)
    assert list(signature.parameters)[:3] == ["network", "domain", "reading"]
    assert set(SEARCH_WORDS) < set(signature.parameters)
    assert exactrelu.count.__doc__ == exactrelu.enumeration.count.__doc__
    assert exactrelu.count.__name__ == "count"
