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

from exactrelu import Network
from exactrelu.claims import Verdict, find_claim, load_claims
from tests.drawn_networks import STEADY, networks

CLAIMS = load_claims()
CHECKED, CONDITIONAL, PROVED, REFUTED = Verdict.CHECKED, Verdict.CONDITIONAL, Verdict.PROVED, Verdict.REFUTED


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


def bias_without_b1(indeterminates):
    whole = module_of("C16").bias(indeterminates)
    return [value - indeterminates.biases[1][0] * indeterminates.bits[1][0] for value in whole]


def without_atom(indeterminates, last, first):
    return 0 if (last, first) == (0, 0) else module_of("C15").path_sum(indeterminates, last, first)


def without_paths(indeterminates, last, first):
    """The path sums of L = 4 and more with only the first neuron of layer 2."""
    whole = module_of("C15").path_sum(indeterminates, last, first)
    return whole if indeterminates.depth < 4 else whole - indeterminates.bits[2][1] * whole


def shifted_map(network, theta, x):
    return tuple(one_more(exact.values_along(network, theta, x)[-1]))


def swapped_bits(network, theta, x):
    return exact.values_along(network, tuple(bits[::-1] for bits in theta), x)[-1]


def flipped_cell(network, theta, x):
    flipped = (tuple(1 - bit for bit in theta[0]), *theta[1:])
    return exact.in_closed_cell(network, flipped, x)


def shifted_values(network, theta, x):
    return [one_more(values) for values in exact.values_along(network, theta, x)]


def changed_chain(network, theta, k):
    return [one_more(row) for row in module_of("C22").chain(network, theta, k)]


def unmasked_chain(network, theta, k):
    return module_of("C22").chain(network, tuple((1,) * len(bits) for bits in theta), k)


def changed(place, expected, **arguments):
    return pytest.param(place, arguments, expected, id=f"{place}: {', '.join(arguments)}")


BIASED = tried.tried_networks("biased", ((2, 2, 1, 1),), count=20)
C1, C9, C11 = module_of("C1"), module_of("C9"), module_of("C11")
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
    changed("C15", REFUTED, coefficient=lambda n, i, j: module_of("C15").path_sum(n, j, i)),
    changed("C15", REFUTED, coefficient=without_atom),
    changed("C15", REFUTED, coefficient=without_paths),
    changed("C15", REFUTED, coefficient=lambda n, i, j: 2 * module_of("C15").path_sum(n, i, j)),
    changed("C16", REFUTED, alpha_of=lambda n: module_of("C16").alphas(n)[::-1]),
    changed("C16", REFUTED, bias_of=bias_without_b1),
    changed("C16", REFUTED, bias_of=lambda n: n.biases[n.depth]),
    changed(
        "C17",
        CHECKED,
        network=net(([[1]], None), ([[1]], None), ([[1]], None), ([["3/5"], ["4/5"]], None)),
    ),
    changed("C17", REFUTED, bound_of=lambda n, theta: module_of("C17").bound(n, theta) / 2),
    changed("C17", REFUTED, networks=[net(([[1]], None), ([[1]], None), ([[1]], None), ([[1], [1]], None))]),
    changed("C18", REFUTED, bound_of=lambda n: module_of("C18").bound(n) * Fraction(99, 100)),
    changed("C19", REFUTED, lower_power=1),
    changed("C20", REFUTED, slack=lambda a1, a2, x1, x2: (a1 * x2 + a2 * x1) ** 2),
    changed("C20", REFUTED, slack=lambda *_: 0),
    changed("C21", CHECKED, x=(1,)),
    changed("C21", CHECKED, x=(-1,)),
    changed("C22", CHECKED, network=line(1, "1/2", "1/2", "1/2")),
    changed("C22", CHECKED, k=2, network=line(1, 1, 1, 1)),
    changed("C23", CHECKED, x=(-2,)),
    changed("C24", CHECKED, loss=(0, 0, Fraction(1, 2))),
    changed("C24", REFUTED, smooth_loss=(0, 0, Fraction(1))),
    changed("C25", CHECKED, network=line(1, 1)),
    changed("C26", CHECKED, network=line("1/2", "1/2", "1/2", "1/2")),
    changed("C27", REFUTED, factor=lambda m, n: Fraction(m * n - 1)),
    changed("C27", REFUTED, factor=max),
    changed("C28", REFUTED, bound_of=lambda c, n, depth: (c * n) ** (depth - 2) * n + 1),
    changed("C28", REFUTED, bound_of=lambda c, n, depth: c ** (depth - 2) * n),
    changed(
        "after-9-sign-cases",
        REFUTED,
        statements=STATEMENTS | {"y = 0": lambda y, _d, dy, _r: (y == 0) == (dy == 0)},
    ),
    changed("after-theorem-6-optimality", CHECKED, network=net(*([([[1, 0], [0, 1]], None)] * 4))),
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
    changed("proposition-3-ii-refinement", REFUTED, in_cell=flipped_cell),
    changed("section-2-tight-frame", CHECKED, frame=((1,),)),
    changed("section-2-tight-frame", REFUTED, parseval=((1, 1), (0, 1))),
    changed("section-3-1-not-all-vectors", REFUTED, network=net(([[1, 0], [0, 1]], None), ([[1, 1]], None))),
    changed("section-3-2-more-atoms", CHECKED, wide=net(([[1], [1]], None), ([[1, 1]], None))),
    changed("theorem-5-i", CHECKED, network=line(1, 1)),
    changed("theorem-5-i", REFUTED, networks=[net(([[0]], [1]), ([[1]], None))]),  # without the hypothesis
    changed("theorem-5-ii", REFUTED, coefficient=lambda w2, i2, i1: w2[i1 % 2][i2]),
    changed("theorem-5-ii", REFUTED, coefficient=lambda w2, i2, i1: w2[i2][i1] + 1),
    changed(
        "theorem-5-iii-paths",
        REFUTED,
        number=lambda theta: module_of("theorem-5-iii-paths").number_of_paths(theta[1:]),
    ),
    changed("theorem-6-proof", REFUTED, power=3),
]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_the_check_reaches_the_recorded_verdict_with_evidence(claim):
    finding = claim.check()
    assert finding.verdict is claim.recorded
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
        assert claim_of(place).check(networks=[network]).verdict is CHECKED

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
    assert claim_of("C14").check(networks=[without_hidden_biases(network)]).verdict is CHECKED


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("C17", CONDITIONAL),
        ("C18", CHECKED),
        ("C19", CHECKED),
        ("theorem-6-proof", CHECKED),
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
        assert not any("false too" in text for text in finding.evidence)

    holds()


SHAPED = {
    "C11": CONDITIONAL,
    "example-1": CHECKED,
    "example-2-cones": CHECKED,
    "figure-1-two-parts": CHECKED,
    "figure-2-right": CONDITIONAL,
    "theorem-5-i": CONDITIONAL,
    "theorem-5-iii-paths": CHECKED,
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
    finding = claim_of(place).check()
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


@pytest.mark.parametrize("claim", [c for c in CLAIMS if c.recorded is REFUTED], ids=lambda claim: claim.id)
def test_a_refutation_carries_its_counterexample(claim):
    finding = claim.check()
    assert finding.networks or finding.points
