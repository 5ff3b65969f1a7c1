"""Every claim of Heinecke & Hwang: its recorded verdict, and a changed object with which the verdict changes.

No claim passes by a check that cannot fail: `CHANGED` has for each one at least one object that is not the
right one (a coefficient, a bound, a list, a network) and the verdict that the check reaches then.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exactrelu import Network, regions
from exactrelu.claims import ClaimVerdict, find_claim, load_claims
from tests.support.drawn_networks import STEADY, networks
from tests.support.found_claims import finding_of
from tests.support.statement_mutations import statement_mutants

CLAIMS = tuple(claim for claim in load_claims() if claim.id.startswith("heinecke-hwang/"))
CHECKED, CONDITIONAL = ClaimVerdict.CHECKED, ClaimVerdict.CONDITIONAL
PROVED, REFUTED = ClaimVerdict.PROVED, ClaimVerdict.REFUTED


def claim_of(place):
    return find_claim(CLAIMS, f"heinecke-hwang/{place}")


def module_of(place):
    """Return the file of a claim."""
    return sys.modules[claim_of(place).check.__module__]


def sibling(name):
    """Return a shared module of the claims, under the name by which the claims know it."""
    return sys.modules[module_of("C1").__name__.rpartition(".")[0].rpartition(".")[0] + "." + name]


exact, tried = sibling("exact_networks"), sibling("tried_networks")


def net(*layers):
    return Network.from_rationals(layers)


def plane(bias):
    """Return Example 2 with M_1 the identity and M_2(a) = a_1 + a_2 + bias."""
    return net(([[1, 0], [0, 1]], None), ([[1, 1]], [bias]), ([[1]], None))


def line(*weights):
    """Return the network R -> R with one neuron in each layer and no bias."""
    return net(*(([[weight]], None) for weight in weights))


def one_more(values):
    return [value + 1 for value in values]


def bias_without_b1(network, bits):
    biases = [0] + [1] * (network.depth - 1)
    layers = zip(network.layers, biases, strict=True)
    changed = net(*((layer.weight, [keep * entry for entry in layer.bias]) for layer, keep in layers))
    return module_of("C16").bias(changed, bits)


def without_atom(network, bits, last, first):
    return 0 if (last, first) == (0, 0) else module_of("C15").path_sum(network, bits, last, first)


def without_paths(network, bits, last, first):
    """The path sums of L = 4 and more with only the first neuron of layer 2."""
    fewer = (*bits[:1], (bits[1][0], *[0] * (len(bits[1]) - 1)), *bits[2:]) if len(bits) > 2 else bits
    return module_of("C15").path_sum(network, fewer, last, first)


def with_swapped_ends(network, bits, last, first):
    return module_of("C15").path_sum(network, bits, first % len(bits[-1]), last % len(bits[0]))


def only_up_to_six_layers(network, bits, last, first):
    return 0 if network.depth >= 7 else module_of("C15").path_sum(network, bits, last, first)


def shifted_map(network, theta, x):
    return tuple(one_more(exact.values_along(network, theta, x)[-1]))


def swapped_bits(network, theta, x):
    return exact.values_along(network, tuple(bits[::-1] for bits in theta), x)[-1]


def flipped_cell(network, theta, x):
    flipped = (tuple(1 - bit for bit in theta[0]), *theta[1:])
    return exact.in_closed_cell(network, flipped, x)


def bounded_cell(network, theta, x):
    return exact.in_half_open_cell(network, theta, x) and all(abs(entry) < 1000 for entry in x)


def shifted_values(network, theta, x):
    return [one_more(values) for values in exact.values_along(network, theta, x)]


def changed_chain(network, theta, k):
    return [one_more(row) for row in module_of("C22").chain(network, theta, k)]


def unmasked_chain(network, theta, k):
    return module_of("C22").chain(network, tuple((1,) * len(bits) for bits in theta), k)


def another_statement(place):
    """Return the statement of a page with one place changed."""
    return next(statement_mutants(module_of(place).STATEMENT)).statement


def changed(place, expected, **arguments):
    return pytest.param(place, arguments, expected, id=f"{place}: {', '.join(arguments)}")


BIASED = tried.tried_networks("biased", ((2, 2, 1, 1),), count=20)
C1, C9, C11 = module_of("C1"), module_of("C9"), module_of("C11")
ONE, A_LITTLE_LESS = [[1, 0], [0, 1]], 1 - Fraction(1, 10**9)
RIGHT_LIST = {(0, 0): ("<=", "<="), (1, 0): (">", "<="), (0, 1): ("<=", ">"), (1, 1): (">", ">")}
STATEMENTS = module_of("after-9-sign-cases").STATEMENTS

CHANGED = [
    changed("C1", REFUTED, bit=lambda y: int(y >= 0)),
    changed("C1", REFUTED, conditions=C1.CONDITIONS[:2]),  # without (9)
    changed("C1", REFUTED, conditions=C1.CONDITIONS[1:]),  # without (7)
    changed("C2", CHECKED, y=0, d=0),
    changed("C3", REFUTED, affine_map=shifted_map),
    changed("C3", REFUTED, affine_map=swapped_bits),
    changed("C4", CHECKED, x=(1,)),
    changed("C5", CHECKED, network=net(([[1], [-1]], [0, 1]), ([[1, 1]], None)), theta=((1, 1),)),
    changed("C5", REFUTED, in_cell=flipped_cell),
    changed("C5", REFUTED, in_cell=bounded_cell),
    changed("C6", CHECKED, in_proposition=2),
    changed("C7", REFUTED, coarser=lambda *given: module_of("C7").theta_set(*given)[1:]),
    changed("C8", CHECKED, network=net(([[0]], None), ([[1]], [-1]), ([[1]], None))),
    changed("C9", CHECKED, printed=RIGHT_LIST),
    changed("C10", CHECKED, network=plane(-1)),
    changed("C10", CHECKED, network=plane(0)),
    changed("C11", CHECKED, network=plane(-1)),
    changed("C11", REFUTED, printed=C11.PRINTED[:-1]),
    changed("C11", REFUTED, networks=[plane(1)]),  # without the hypothesis
    changed("C12", CHECKED, network=line(1, 1)),
    changed("C12", REFUTED, in_cell=exact.in_closed_cell),
    changed("C13", CHECKED, network=line(1, 1)),
    changed("C13", REFUTED, counted="closed"),
    changed("C13", REFUTED, counted="full"),
    changed("C14", REFUTED, networks=BIASED),
    changed("C15", REFUTED, coefficient=with_swapped_ends),
    changed("C15", REFUTED, coefficient=without_atom),
    changed("C15", REFUTED, coefficient=without_paths),
    changed("C15", REFUTED, coefficient=only_up_to_six_layers),
    changed("C15", REFUTED, coefficient=lambda *given: 2 * module_of("C15").path_sum(*given)),
    changed("C16", REFUTED, alpha_of=lambda *given: module_of("C16").alphas(*given)[::-1]),
    changed("C16", REFUTED, bias_of=bias_without_b1),
    changed("C16", REFUTED, bias_of=lambda network, _: list(network.layers[-1].bias)),
    changed(
        "C17",
        CHECKED,
        network=net(([[1]], None), ([[1]], None), ([[1]], None), ([["3/5"], ["4/5"]], None)),
    ),
    changed("C17", REFUTED, bound_of=lambda n, theta: module_of("C17").bound(n, theta) / 2),
    changed("C17", REFUTED, networks=[net(([[1]], None), ([[1]], None), ([[1]], None), ([[1], [1]], None))]),
    changed("C18", REFUTED, bound_of=lambda n: module_of("C18").bound(n) * Fraction(99, 100)),
    changed("C19", REFUTED, bound_squared_of=lambda sigma, depth: sigma ** (depth - 1)),
    changed("C19", REFUTED, bound_squared_of=lambda sigma, depth: sigma**depth * A_LITTLE_LESS),
    changed("C19", REFUTED, sigma_squared_of=lambda n: module_of("C19").sigma_squared(n) * A_LITTLE_LESS),
    changed(
        "C19", REFUTED, sigma_squared_of=lambda n: module_of("C19").sigma_squared(n) * (2 - A_LITTLE_LESS)
    ),
    changed("C20", REFUTED, slack=lambda a1, a2, x1, x2: (a1 * x2 + a2 * x1) ** 2),
    changed("C20", REFUTED, slack=lambda *_: 0),
    changed("C21", CHECKED, x=(1,)),
    changed("C21", CHECKED, x=(-1,)),
    changed("C22", CHECKED, network=line(1, 2, 2, 1)),
    changed("C22", CHECKED, k=2, network=line(1, 1, 1, 1)),
    changed("C23", CHECKED, x=(-2,)),
    changed("C24", CHECKED, loss=(0, 0, Fraction(1, 2))),
    changed("C24", REFUTED, smooth_loss=(0, 0, Fraction(1))),
    changed("C25", CHECKED, network=line(1, 1)),
    changed("C26", CHECKED, network=line(1, 1, 1, 1)),
    changed("C27", REFUTED, factor=lambda m, n: Fraction(m * n - 1)),
    changed("C27", REFUTED, factor=max),
    changed("C28", REFUTED, bound_of=lambda c, n, depth: (c * n) ** (depth - 2) * n + 1),
    changed("C28", REFUTED, bound_of=lambda c, n, depth: c ** (depth - 2) * n),
    changed(
        "after-9-sign-cases",
        REFUTED,
        statements=STATEMENTS | {"y = 0": lambda y, _d, dy, _r: (y == 0) == (dy == 0)},
    ),
    changed("after-theorem-6-optimality", CHECKED, network=net(*([(ONE, None)] * 4)), x=(2, 1), z=(1, 1)),
    changed("corollary-4-i", REFUTED, value=lambda n, x: [entry**2 for entry in n(x)]),
    changed("equation-13", REFUTED, gradient=changed_chain),
    changed("equation-13", REFUTED, gradient=unmasked_chain),
    changed("equation-6", REFUTED, bit_of=lambda y: int(y >= 0)),
    changed("example-1", REFUTED, first=(1, 0)),
    changed("example-2-cones", REFUTED, most=4),
    changed("example-2-cones", REFUTED, networks=BIASED),
    changed("example-2-first-layer", REFUTED, adjugate_sign=-1),
    changed("figure-1", REFUTED, row=1),
    changed("figure-1", REFUTED, bits=(1, 1)),
    changed("figure-1-two-parts", REFUTED, parts=1),
    changed("figure-1-two-parts", REFUTED, networks=tried.tried_networks("wider", ((2, 2, 2, 1),), count=20)),
    changed("figure-1-zero-polygon", REFUTED, bits=(1, 0)),
    changed("figure-2-different-maps", CHECKED, network=line(1, 1)),
    changed(
        "figure-2-right", CHECKED, network=net(([[1, 0], [0, 1]], None), ([[1, -1]], None), ([[1]], None))
    ),
    changed("figure-2-right", REFUTED, networks=[plane(0)]),  # W_2 has no entries of opposite sign
    changed("footnote-1", CHECKED, network=net(([[1]], None), ([[1]], [-1]), ([[1]], None))),
    changed("proposition-3-i", REFUTED, maps=shifted_values),
    changed("proposition-3-ii-refinement", REFUTED, holds=flipped_cell),
    changed("section-2-tight-frame", CHECKED, frame=((1,),)),
    changed("section-2-tight-frame", REFUTED, parseval=((1, 1), (0, 1))),
    changed("section-3-1-not-all-vectors", REFUTED, network=net(([[1, 0], [0, 1]], None), ([[1, 1]], None))),
    changed("section-3-2-more-atoms", CHECKED, wide=net(([[1], [1]], None), ([[1, 1]], None))),
    changed("theorem-5-i", CHECKED, network=line(1, 1)),
    changed("theorem-5-i", REFUTED, networks=[net(([[0]], [1]), ([[1]], None))]),  # without the hypothesis
    changed("theorem-5-ii", REFUTED, coefficient=lambda w2, i2, i1: w2[i1 % len(w2)][i2 % len(w2[0])]),
    changed("theorem-5-ii", REFUTED, coefficient=lambda w2, i2, i1: w2[i2][i1] + 1),
    changed(
        "theorem-5-iii-paths",
        REFUTED,
        number=lambda theta: module_of("theorem-5-iii-paths").number_of_paths(theta[1:]),
    ),
    changed("theorem-6-proof", REFUTED, less=3),
    *(
        changed(place, ClaimVerdict.UNTRIED, statement=another_statement(place))
        for place in (
            "section-1-density",
            "section-2-frames",
            "section-2-orthonormal",
            "section-2-sparse",
            "section-3-2-techniques",
            "C3",
            "C15",
            "C19",
        )
    ),
    changed("section-2-dual-frames", REFUTED, dual=lambda frame: frame),
    changed("section-2-dual-frames", REFUTED, null=lambda frame: [0] * len(frame[0])),
    changed(
        "section-3-1-lower-estimates",
        REFUTED,
        bound=lambda network: module_of("section-3-1-lower-estimates").estimate(network) + 1,
    ),
]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_the_check_reaches_the_recorded_verdict_with_evidence(claim):
    finding = finding_of(claim.id)
    assert finding.verdict is claim.recorded
    assert finding.corrected is claim.corrected
    assert claim.is_as_recorded(finding)
    assert finding.evidence
    assert (finding.hypothesis is not None) == (finding.verdict is CONDITIONAL)
    assert (finding.tried is not None) or finding.verdict is not CHECKED


def test_every_claim_has_a_changed_object():
    assert {parameter.values[0] for parameter in CHANGED} == {claim.id.partition("/")[2] for claim in CLAIMS}


@pytest.mark.parametrize(("place", "arguments", "expected"), CHANGED)
def test_a_changed_object_changes_the_verdict(place, arguments, expected):
    claim = claim_of(place)
    found = claim.check(**arguments).verdict
    assert found is expected
    assert found is not claim.recorded


# objects that violate a hypothesis of their claim: none of them refutes it ------------------------------


def violated(place, hypothesis, **arguments):
    return pytest.param(place, hypothesis, arguments, id=f"{place}: {hypothesis}")


UNIT, NORM = "rows of W_1 and columns of W_L have norm 1", "x lies in R^"
HALVES = line(1, "1/2", "1/2", 1)
SHORT, LONG_ENDS = line(1, "1/2", 1), line(2, "1/2", "1/2", 1)
SINGULAR = net(([[1, 0], [1, 0]], None), ([[1, 1]], [1]), ([[1]], None))
TWO_SECOND = net((ONE, None), ([[1, 1], [1, 0]], [1, 0]), ([[1, 1]], None))
TWO = [([[1, 0], [1, 0]], None), *[([[1, 1], [1, 1]], None)] * 2, ([[1, 1], [0, 0]], None)]
WIDE_FIRST = ([[1, 0], [0, 1], [-1, 0]], None)
VIOLATED = [
    violated("C5", "R^1 is not empty", network=net(([[0]], None), ([[1]], None))),
    violated("C8", "M_1 = 0 (weights and bias)", network=net(([[0]], [1]), ([[1]], [1]), ([[1]], None))),
    violated("C8", "M_1 = 0 (weights and bias)", network=net(([[1]], [0]), ([[1]], [1]), ([[1]], None))),
    violated("C9", "M_1 is onto R^2", network=net(([[1, 1], [1, 1]], None), ([[1, 1]], None))),
    violated("C10", "M_1 is onto R^2", network=SINGULAR),
    violated("C10", "M_2 maps R^2 to R", network=TWO_SECOND),
    violated("C10", "x lies in the polygon of theta_1 = (0, 0)", x=(1, -1)),
    violated("C11", "M_1 is onto R^2", network=SINGULAR),
    violated("C11", "M_2 maps R^2 to R", network=TWO_SECOND),
    violated(
        "C17", "L > 3", network=net(([[1]], None), ([[1]], None), ([[1], [1]], None)), theta=((1,), (1,))
    ),
    violated(
        "C17",
        "rows of W_1 and columns of W_L have norm 1 in one of the three norms",
        network=net(*([([[1]], None)] * 3), ([[2], [1]], None)),
    ),
    violated("C17", "x lies in R^1|1|1", x=(-2,)),
    violated("C17", "x' lies in R^1|1|1", z=(-1,)),
    violated("C21", "the network maps R to R", network=net((ONE, None), ([[1, 1]], None)), x=(0, 0)),
    violated("C22", "L > 3", network=SHORT, theta=((1,), (1,)), k=2),
    violated("C22", UNIT, network=LONG_ENDS),
    violated("C22", "x lies in R^1|1|1", x=(-1,)),
    violated("C22", "x lies in R^1|1|1", x=(0,)),
    violated("C23", "x lies in R^0", x=(1,)),
    violated("C23", "x' lies in R^0", z=(1,)),
    violated("C25", "x lies in R^1", x=(-2,)),
    violated("C25", "x' lies in R^1", z=(0,)),
    violated("C26", "L > 3", network=SHORT, theta=((1,), (1,))),
    violated("C26", UNIT, network=LONG_ENDS),
    violated("C26", "x lies in R^1|1|1", x=(-2,)),
    violated("C26", "x' lies in R^1|1|1", z=(0,)),
    violated("after-theorem-6-optimality", "L > 3", network=net(*TWO[:2], TWO[3]), theta=((1, 1),) * 2),
    violated("after-theorem-6-optimality", UNIT, network=net(*TWO[:3], ([[2, 2], [0, 0]], None))),
    violated("after-theorem-6-optimality", "x lies in R^11|11|11", x=(-2, 0)),
    violated("after-theorem-6-optimality", "x' lies in R^11|11|11", z=(0, 0)),
    violated(
        "figure-2-right",
        "all biases are zero",
        network=net((WIDE_FIRST[0], [0, 0, 1]), ([[1, -1, 1]], None), ([[1]], None)),
    ),
    violated(
        "figure-2-right",
        "the domain is R^2",
        network=net(([[1, 0, 0], [0, 1, 0], [0, 0, 1]], None), ([[1, -1, 1]], None), ([[1]], None)),
    ),
    violated(
        "figure-2-right",
        "there are two hidden layers",
        network=net(WIDE_FIRST, ([[1, -1, 1]], None), ([[1]], None), ([[1]], None)),
    ),
    violated("section-3-2-more-atoms", "L = 2", wide=line(1, 1, 1)),
    violated("section-3-2-more-atoms", "W_1 keeps its rows and gets one more", wide=line(1, 1)),
    violated(
        "section-3-2-more-atoms",
        "W_1 keeps its rows and gets one more",
        wide=net(([[2], [0]], [0, -1]), ([[1, 1]], None)),
    ),
    violated(
        "section-3-2-more-atoms", "W_2 keeps its columns", wide=net(([[1], [0]], [0, -1]), ([[2, 1]], None))
    ),
    violated("theorem-5-i", "R^1 is not empty", network=line(0, 1)),
]


@pytest.mark.parametrize(("place", "hypothesis", "arguments"), VIOLATED)
def test_an_object_that_violates_a_hypothesis_refutes_nothing(place, hypothesis, arguments):
    claim = claim_of(place)
    finding = claim.check(**arguments)
    assert finding.verdict not in {REFUTED, CONDITIONAL, claim.recorded}
    assert any(f"violates the hypothesis that {hypothesis}" in line for line in finding.evidence)


def hypotheses_of(claim):
    """Return the hypotheses that the counterexample of a claim satisfies, as its evidence lists them."""
    start = "the hypotheses hold: "
    lines = [line.removeprefix(start) for line in finding_of(claim.id).evidence if line.startswith(start)]
    return {hypothesis for line in lines for hypothesis in line.split("; ")}


OWN_TESTS = {"C24", "section-2-tight-frame", "section-1-density"}
NOT_AN_ARGUMENT = {("C22", "x lies in this cell of the second network")}


def test_every_hypothesis_has_an_object_that_violates_it():
    found = {(claim.id.partition("/")[2], text) for claim in CLAIMS for text in hypotheses_of(claim)}
    tested = {tuple(parameter.values[:2]) for parameter in VIOLATED}
    assert {pair for pair in found if pair[0] not in OWN_TESTS} == tested | NOT_AN_ARGUMENT


# corrected forms: each can fail, and then the claim is not as recorded -----------------------------------


def wrong(place, **arguments):
    return pytest.param(place, arguments, id=f"{place}: {', '.join(arguments)}")


def weight_without_last(network, k):
    """C over W_2, ..., W_{L-1}, N over N_k, ..., N_L."""
    return exact.largest_weight(network, 2, network.depth - 1) * max(network.widths[k:])


def width_without_last(network, k):
    """C over W_{k+1}, ..., W_L, N over N_k, ..., N_{L-1}."""
    return exact.largest_weight(network, k + 1, network.depth) * max(network.widths[k:-1])


def a_little_less(place):
    return lambda *given: module_of(place).corrected_factor(*given) * A_LITTLE_LESS


def all_but_last_weight(network):
    return exact.largest_weight(network, 1, network.depth - 1) * max(network.widths)


def corners(network):
    """Yield inner points of all cells, those with a zero pre-activation too."""
    return (region.point for region in regions(network))


NINE, CHAIN_OF_ONES = module_of("C22").NINE, line(1, 1, 1, 1)
WRONG_CORRECTIONS = [
    wrong("C2", corrected=lambda y, d: y == 0 and d == 0),
    wrong("C2", corrected=lambda y, _d: y <= 0),
    wrong("C8", corrected=lambda n: tuple((0,) * width for width in n.hidden_widths)),
    wrong("C9", corrected=C9.PRINTED),
    wrong("C9", corrected=dict(list(RIGHT_LIST.items())[:3])),
    wrong("C10", corrected=lambda _: ((0, 0), (0,))),
    wrong("C10", corrected=lambda _: ((0, 0), (1,))),
    wrong("C21", places=corners),
    wrong("C4", in_cell=exact.in_closed_cell),
    wrong("C6", one_more=0),
    wrong("footnote-1", fits=lambda *_: True),
    wrong("section-3-2-more-atoms", most=sum),
    wrong("figure-2-different-maps", generic=module_of("figure-2-different-maps").NETWORK),
    wrong("figure-2-different-maps", generic=line(1, 1)),  # two cells only
    wrong("C22", factor=weight_without_last),
    wrong("C22", factor=width_without_last),
    wrong("C22", factor=width_without_last, networks=[NINE]),
    wrong("C22", factor=a_little_less("C22"), networks=[CHAIN_OF_ONES]),
    wrong("C23", bit=module_of("C23").one_at_zero),
    wrong("C23", factor=weight_without_last, networks=[net(*([([[1]], None)] * 3), ([[2]], None))]),
    wrong("C23", factor=width_without_last, networks=[NINE]),
    wrong("C23", factor=a_little_less("C23"), networks=[CHAIN_OF_ONES]),
    wrong("C25", linear=lambda *given: [one_more(row) for row in exact.linear_part(*given)]),
    wrong("C26", factor=all_but_last_weight, networks=[line(1, 1, 1, 2)]),
    wrong("C26", factor=exact.bound_factor),
    wrong(
        "C26", factor=lambda n: exact.largest_weight(n, 1, n.depth) * max(n.hidden_widths), networks=[NINE]
    ),
    wrong("C26", factor=a_little_less("C26"), networks=[CHAIN_OF_ONES]),
    wrong("after-theorem-6-optimality", networks=[net(*([(ONE, None)] * 4))]),
    wrong(
        "after-theorem-6-optimality",
        bound_of=lambda n: module_of("after-theorem-6-optimality").bound(n) * A_LITTLE_LESS,
    ),
]


@pytest.mark.parametrize(("place", "arguments"), WRONG_CORRECTIONS)
def test_a_wrong_corrected_form_is_refused(place, arguments):
    claim = claim_of(place)
    finding = claim.check(**arguments)
    assert finding.corrected is REFUTED
    assert not claim.is_as_recorded(finding)


def test_every_corrected_form_has_a_wrong_one():
    tested = {parameter.values[0] for parameter in WRONG_CORRECTIONS}
    corrected = {claim.id.partition("/")[2] for claim in CLAIMS if claim.corrected is not None}
    assert corrected - OWN_TESTS == tested


# drawn networks: what is `checked` holds on networks that hypothesis chooses ------------------------

FEW = settings(STEADY, max_examples=12)
ON_ANY_NETWORK = (
    "C3",
    "C7",
    "corollary-4-i",
    "equation-13",
    "proposition-3-i",
    "proposition-3-ii-refinement",
)


@pytest.mark.parametrize("place", ON_ANY_NETWORK)
def test_a_checked_claim_holds_on_drawn_networks(place):
    @FEW
    @given(networks(most_inputs=2, most_hidden=4))
    def holds(network):
        found = claim_of(place).check(networks=[network]).verdict
        # (13) says nothing on a network without a cell where every pre-activation is non-zero.
        assert found is claim_of(place).recorded or (place, found) == ("equation-13", ClaimVerdict.UNTRIED)

    holds()


@pytest.mark.parametrize("place", ["C5", "C12", "C13"])
def test_a_conditional_claim_holds_on_drawn_networks_with_its_hypothesis(place):
    @FEW
    @given(networks(most_inputs=2, most_hidden=4))
    def holds(network):
        assert claim_of(place).check(networks=[network]).verdict is CONDITIONAL

    holds()


def without_hidden_biases(network):
    *hidden, last = network.layers
    return net(*((layer.weight, None) for layer in hidden), (last.weight, last.bias))


@FEW
@given(networks(most_inputs=2, most_hidden=5))
def test_c14_holds_on_drawn_networks_without_hidden_biases(network):
    assert claim_of("C14").check(networks=[without_hidden_biases(network)]).verdict is PROVED


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("C17", CONDITIONAL),
        ("C18", PROVED),
        ("C19", PROVED),
        ("theorem-6-proof", PROVED),
        ("C22", REFUTED),
        ("C26", REFUTED),
    ],
)
def test_the_bounds_hold_on_drawn_networks_of_at_least_three_layers(place, expected):
    @FEW
    @given(networks(most_inputs=3, most_hidden=5))
    def holds(network):
        assume(network.depth >= 3)
        fitting = tried.normalised(network) if place in {"C17", "C18", "theorem-6-proof"} else network
        finding = claim_of(place).check(networks=[fitting])
        assert finding.verdict is expected
        assert finding.corrected is claim_of(place).corrected

    holds()


SHAPED = {
    "C11": CONDITIONAL,
    "example-1": PROVED,
    "example-2-cones": PROVED,
    "figure-1-two-parts": PROVED,
    "figure-2-right": CONDITIONAL,
    "theorem-5-i": CONDITIONAL,
    "theorem-5-iii-paths": PROVED,
}
PREPARED = {
    "C11": C11.with_nonpositive_bias,
    "example-2-cones": without_hidden_biases,
    "figure-2-right": lambda network: module_of("figure-2-right").with_mixed_row(
        without_hidden_biases(network)
    ),
    "theorem-5-i": module_of("theorem-5-i").without_zeros,
}


@pytest.mark.parametrize("place", SHAPED)
def test_a_claim_on_one_architecture_holds_on_drawn_networks_of_it(place):
    file = module_of(place)
    shapes = getattr(file, "SHAPES", None) or getattr(file, "SHAPE", ((2, 2, 2, 1),))

    @FEW
    @given(st.integers())
    def holds(seed):
        drawn = tried.tried_networks(f"drawn {seed}", shapes, count=len(shapes))
        prepared = [PREPARED.get(place, lambda network: network)(network) for network in drawn]
        assert claim_of(place).check(networks=prepared).verdict is SHAPED[place]

    holds()


def test_all_claims_that_are_checked_are_tried_on_drawn_networks():
    drawn = {*ON_ANY_NETWORK, "C14", "C18", "C19", "theorem-6-proof", *SHAPED}
    drawn |= {"section-2-dual-frames", "section-3-1-lower-estimates"}  # families, not drawn
    assert {claim.id.partition("/")[2] for claim in CLAIMS if claim.recorded is CHECKED} <= drawn


# the shared helpers, each by a second road -----------------------------------------------------------


@STEADY
@given(
    st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), min_size=1, max_size=3), st.integers(-9, 9)
)
def test_positive_semidefinite_matrices_have_no_negative_principal_minor(rows, shift):
    gram = exact.times(exact.transposed(rows), rows)
    matrix = [
        [Fraction(entry + shift * (i == j)) for j, entry in enumerate(row)] for i, row in enumerate(gram)
    ]
    minors = [determinant(matrix, keep) for keep in product((0, 1), repeat=3) if any(keep)]
    assert exact.is_positive_semidefinite(matrix) == all(minor >= 0 for minor in minors)


def determinant(matrix, keep):
    kept = [i for i, bit in enumerate(keep) if bit]
    return cofactors([[matrix[i][j] for j in kept] for i in kept])


def cofactors(m):
    if not m:
        return 1
    return sum(
        (-1) ** j * m[0][j] * cofactors([row[:j] + row[j + 1 :] for row in m[1:]]) for j in range(len(m))
    )


@STEADY
@given(networks(most_inputs=2, most_hidden=4), st.lists(st.integers(-3, 3), min_size=2, max_size=2))
def test_the_formula_of_10_and_the_linear_part_agree_with_the_network(network, numbers):
    x = [Fraction(number, 2) for number in numbers[: network.inputs]]
    theta = network.configuration(x).layers
    assert exact.values_along(network, theta, x)[-1] == network(x)
    zero = exact.values_along(network, theta, [Fraction(0)] * network.inputs)[-1]
    linear = exact.apply(exact.linear_part(network, theta), x)
    assert [a + b for a, b in zip(linear, zero, strict=True)] == list(network(x))
    assert exact.in_half_open_cell(network, theta, x)
    assert exact.in_closed_cell(network, theta, x)


# the best-known refutations by hand, from the findings' data alone ------------------------------------


def data(place):
    finding = finding_of(claim_of(place).id)
    return finding.networks[0], [point for _, point in finding.points]


def test_the_counterexamples_refute_by_plain_evaluation():
    network, (x,) = data("C10")
    assert str(network.configuration(x)) == "00|1"
    network, (x,) = data("C8")
    assert (network.preactivations(x), network.layers[0].weight) == (((0,), (1,)), ((0,),))
    network, (x, z) = data("C25")
    assert (network(x)[0] - network(z)[0], network([x[0] - z[0]])) == (1, (0,))
    network, (x,) = data("C21")
    assert (network(x), network((5,)), network((-5,))) == ((0,), (5,), (-5,))
    network, _ = data("C17")
    assert (network((2,)), network((1,))) == ((2, 2), (1, 1))
    network, (one, two) = data("after-theorem-6-optimality")
    assert (network(one), network(two)) == ((16, 0), (8, 0))


def test_c27_decides_both_steps_on_the_drawn_matrices():
    found = claim_of("C27").check(factor=lambda _rows, _columns: Fraction(1)).evidence
    assert any(line.startswith("B = [[") for line in found)


def test_c17_fails_for_rows_of_w_1_too():
    finding = claim_of("C17").check(network=module_of("C17").ROWS, x=(2, 2), z=(1, 1))
    assert finding.verdict is CONDITIONAL


WITHOUT_NETWORK = {"C2", "C24", "section-1-density", "section-2-tight-frame"}  # sign, loss, jump, frame
WITH_LOSS = {"C21", "C22", "C23", "C26"}
FALSE_AS_TRANSCRIBED = [claim for claim in CLAIMS if claim.recorded in {REFUTED, CONDITIONAL}]


@pytest.mark.parametrize("claim", FALSE_AS_TRANSCRIBED, ids=lambda claim: claim.id)
def test_a_refutation_carries_its_counterexample_in_full(claim):
    """A network, the cells, a point in the closure of each, and the loss where there is one."""
    finding, place = finding_of(claim.id), claim.id.partition("/")[2]
    if place in WITHOUT_NETWORK:
        assert finding.points or finding.evidence
        return
    assert finding.networks
    assert finding.points
    assert finding.cells
    assert (finding.loss is not None and "beta = " in finding.loss) == (place in WITH_LOSS)
    for cell in finding.cells:
        theta = tuple(tuple(map(int, bits)) for bits in cell.split("|"))
        assert any(lies_in(network, theta, x) for network in finding.networks for _, x in finding.points), (
            cell
        )


def lies_in(network, theta, x):
    fits = (len(x), *map(len, theta)) == (network.inputs, *network.hidden_widths)
    return fits and exact.in_closed_cell(network, theta, x)
