"""The claims of Berner, Elbraechter & Grohs: each verdict is the recorded one, and each check can fail.

Every test here but the first few gives a check another object, with something broken, and sees that it does
not reach its recorded verdict.
"""

from __future__ import annotations

import inspect
import sys
from fractions import Fraction
from types import SimpleNamespace

import pytest

from exactrelu import Parametrization, parameter_distance
from exactrelu.claims import ClaimVerdict, find_claim, fingerprint, load_claims
from tests.support.found_claims import finding_of
from tests.support.statement_mutations import statement_mutants

F = Fraction
CLAIMS = [claim for claim in load_claims() if claim.id.startswith("berner/")]
EXAMPLES = ["2.1", "2.2", "2.3", "2.4", "2.5", "A.1", "A.4"]


def claim_of(place):
    return find_claim(CLAIMS, f"berner/{place}")


def module_of(place):
    return sys.modules[claim_of(place).check.__module__]


def sibling(name):
    """Return a shared module of the claims, under the name by which the claims know it."""
    return sys.modules[module_of("B1").__name__.rpartition(".")[0].rpartition(".")[0] + "." + name]


number = sys.modules[module_of("B11").__name__].number
fibre_bounds, functions_of_k, verdicts = map(sibling, ("fibre_bounds", "functions_of_k", "verdicts"))


def shallow(rows, coefficients, biases=None):
    return Parametrization.from_rationals(rows, [[c] for c in coefficients], biases)


def found(place, **arguments):
    return claim_of(place).check(**arguments)


def evidence_of(place, **arguments):
    """Return what a check that must refuse says."""
    finding = found(place, **arguments)
    assert finding.verdict is ClaimVerdict.REFUTED
    return "\n".join(finding.evidence)


STAR = shallow([[1, 0], [0, 1], [-1, -1]], [1, 1, 1])
TWO = shallow([[1, 1], [2, 1]], [1, 2])


# all of them --------------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_every_verdict_is_the_recorded_one(claim):
    finding = finding_of(claim.id)
    assert claim.is_as_recorded(finding)
    assert finding.evidence


def test_the_claims_are_in_the_order_of_the_paper_then_the_errata():
    places = [claim.id.partition("/")[2] for claim in CLAIMS]
    assert places[:5] == ["definition-1.1", "proposition-1.2", "theorem-1.3", "corollary-1.4", "2.1"]
    assert places[5:12] == ["2.2", "2.3", "2.4", "2.5", "theorem-3.1", "definition-3.2", "theorem-3.3"]
    assert places[12:16] == ["A.1", "theorem-A.2", "lemma-A.3", "A.4"]
    assert places[19:30] == [f"B{n}" for n in range(1, 12)]
    assert places[30:] == [
        "equation-21",
        "equation-4",
        "one-dimension",
        "outlook-discarded-information",
        "outlook-other-activations",
        "outlook-weaker-norms",
        "reference-34-proposition-5.1",
        "reference-34-theorem-5.2",
        "sharp-constant",
    ]


def test_formulas_are_called_our_reconstruction():
    exempt = {
        "B1",
        "B6",
        "B7",
        "B8",
        "B10",
        "sharp-constant",
        "one-dimension",
    }  # words of the paper, or our own
    for claim in CLAIMS:
        place = claim.id.partition("/")[2]
        if place not in exempt and not place.startswith(("outlook", "reference")):
            assert "Our reconstruction" in claim.reading, claim.id
        assert "paper states" not in claim.reading


@pytest.mark.parametrize("place", EXAMPLES)
def test_the_examples_show_numbers_for_k_1_2_and_10(place):
    text = "\n".join(found(place).evidence)
    for k in (1, 2, 10):
        assert f"k = {k}: " in text


@pytest.mark.parametrize("place", EXAMPLES)
def test_an_example_without_any_k_is_refused(place):
    assert "no k was given" in evidence_of(place, ks=())


WITH_CASES = [
    (claim, name)
    for claim in CLAIMS
    for name in inspect.signature(claim.check).parameters
    if name in {"pairs", "cases", "networks", "members"} and claim.recorded is not ClaimVerdict.PROVED
]


@pytest.mark.parametrize(("claim", "name"), WITH_CASES, ids=lambda value: getattr(value, "id", value))
def test_nothing_tried_is_not_the_recorded_verdict(claim, name):
    finding = claim.check(**{name: ()})
    assert not claim.is_as_recorded(finding)
    assert not any("held for" in line or "held on" in line for line in finding.evidence)


# the shared machinery -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "h", "line", "ray"),
    [
        ((3, 0), (0, 1), 3, 3),
        ((1, 0), (1, -1), F(1, 2), F(1, 2)),
        ((1, 0), (-1, 1), F(1, 2), 1),
        ((2, 4), (1, 2), 0, 0),
        ((2, 4), (-1, -2), 0, 4),
        ((1, 2, 3), (0, 0, 0), 3, 3),
        ((1, 1), (1, 3), F(1, 2), F(1, 2)),
    ],
)
def test_distances_to_lines_and_rays(a, h, line, ray):
    a, h = (tuple(map(F, v)) for v in (a, h))
    assert fibre_bounds.distance_to_line(a, h) == line
    assert fibre_bounds.distance_to_ray(a, h) == ray
    grid = [F(n, 12) for n in range(-120, 121)]  # no multiple of a grid is nearer
    gaps = {t: max(abs(p - t * q) for p, q in zip(a, h, strict=True)) for t in grid}
    assert min(gaps.values()) >= line
    assert min(gap for t, gap in gaps.items() if t >= 0) >= ray


def test_the_ray_bound_is_below_every_member_of_a_fibre():
    gamma, theta = shallow([[1, 2], [3, -1], [0, 1]], [1, -1, 2]), STAR
    bound = fibre_bounds.ray_bound(gamma, theta)
    from itertools import permutations, product

    for flipped in (theta, shallow([[-1, 0], [0, -1], [1, 1]], [1, 1, 1])):
        for order in permutations(flipped.neurons):
            for factors in product((F(1, 2), F(1), F(3)), repeat=3):
                neurons = tuple(n.rescaled(f) for n, f in zip(order, factors, strict=True))
                phi = Parametrization(2, 1, neurons, (F(0),))
                assert parameter_distance(phi, gamma) >= bound > 0


def test_signs_for_all_k_need_coefficients_of_one_sign():
    k = functions_of_k.variable()
    assert functions_of_k.is_never_negative(k**2 - 1 / k)
    assert not functions_of_k.is_never_negative(k - 2)
    assert not functions_of_k.is_never_negative(1 / (k - 3))
    assert functions_of_k.is_always_positive(1 / k)
    assert not functions_of_k.is_always_positive(k - 1)
    with pytest.raises(ArithmeticError, match="no sign"):
        functions_of_k.size(k - 3)


def test_a_wrong_seminorm_is_refused_for_all_k():
    k = functions_of_k.variable()
    form = functions_of_k.form_of(([(0, 1)], (1 / k,)))
    assert functions_of_k.seminorm_failures(form, 1 / k) == []
    assert "at most" in functions_of_k.seminorm_failures(form, 1 / k**2)[0]
    assert functions_of_k.seminorm_failures(form, 2 / k) == [f"all k: no entry of the gradient is {2 / k}"]


def test_cases_that_fail_are_named():
    finding = verdicts.by_cases([1, 2, 3], lambda n: f"{n} is even" if n % 2 == 0 else None)
    assert (finding.verdict, finding.evidence) == (ClaimVerdict.REFUTED, ("2 is even",))
    assert verdicts.by_cases([], lambda _: None).verdict is ClaimVerdict.UNTRIED


# the examples -------------------------------------------------------------------------------------


def test_2_1_refuses_a_smaller_bound_and_another_family():
    assert "is not shown" in evidence_of("2.1", bound=lambda k: 1 / k**2)
    steeper = lambda k: ([(k, 0), (k, -1 / k**2)], (2 * k, -2 * k))  # noqa: E731
    assert "no entry of the gradient" in evidence_of("2.1", g_of=steeper, ks=(3,))
    failures = module_of("2.1").failures_for(steeper, lambda k: 1 / k, 3)
    assert failures == ["k = 3: ||g_k||_inf = 2/3", "k = 3: |g_k|_W = 18, not k^2"]
    uneven = lambda k: ([(k, 0), (k, -1 / k**2)], (k, -k / 2))  # noqa: E731
    assert any("not c and -c" in text for text in module_of("2.1").all_k_failures(uneven, lambda k: 1 / k))
    assert "k^2" in evidence_of("2.1", g_of=lambda k: ([(1, 0), (1, -1 / k)], (1, -1)))


def test_2_2_refuses_what_is_balanced_and_what_lies_on_the_line_of_g():
    text = evidence_of("2.2", gamma_of=lambda _: ([(0, 1)], (0,)), ks=(3,))
    assert "lower bound" in text
    assert "over the fibre" in text
    assert "|g - R(Gamma)|" in evidence_of("2.2", g_of=lambda k: ([(0, 1)], (2 / k,)), ks=(3,))
    assert "less than 2" in evidence_of("2.2", radius=2, ks=(3,))


def test_2_3_refuses_independent_directions():
    text = evidence_of("2.3", gamma_of=lambda _: ([(1, 0), (0, 1)], (2, 0)), ks=(5,))
    assert "over the fibre" in text
    assert "not ('C.2',)" in text
    assert "less than 2" in evidence_of("2.3", bound=2, ks=(5,))


@pytest.mark.parametrize(
    ("rows", "v"),
    [
        (((1, 0), (0, 1), (-1, -1)), (2, 2)),  # v parallel to a_3
        (((1, 0), (0, 1), (-1, 0)), (1, -1)),  # the sum is not 0
        (((1, 0), (0, 1), (-1, -1)), (1, -2)),  # v of norm 2: the distance is 2/k
    ],
)
def test_2_4_refuses_what_is_no_such_family(rows, v):
    evidence_of("2.4", rows=rows, v=v, ks=(4,))


def test_2_5_refuses_a_sum_that_vanishes_and_what_is_unbalanced():
    def vanishing(k):
        return [(2 * k, k, 0), (-2 * k, k, 0), (0, -2 * k, 0)], (2 * k,) * 3

    assert "bound over the fibre is not shown" in evidence_of(
        "2.5", variant=vanishing, delta=lambda k: 0 * k, ks=(4,)
    )
    unbalanced = lambda k: ([(2 * k, k, 1), (-2 * k, k, 1), (0, -2 * k, 1)], (k, k, k))  # noqa: E731
    assert "not balanced" in evidence_of("2.5", variant=unbalanced, ks=(4,))
    assert "|g - R(Gamma)|" in evidence_of("2.5", delta=lambda k: 2 / k, ks=(4,))


def test_a_4_refuses_balanced_neurons_and_a_larger_bound():
    assert "the conditions that fail" in evidence_of(
        "A.4", gamma_of=lambda k: ([(1 / k, 0)], (1 / k**2,)), bound=lambda k: 1 / k, ks=(5,)
    )
    assert "less than" in evidence_of("A.4", bound=lambda k: 2 * k, ks=(5,))


def test_a_1_refuses_larger_changes_and_a_direction_that_gains_nothing():
    assert "is active" in evidence_of("A.1", share=F(3, 5))
    assert "k = 1: L(g_k) = 1" in evidence_of("A.1", direction=(-1, 1))  # from k = 2 on it has less loss
    assert "is not shown" in evidence_of("A.1", direction=(1, 0), ks=(2,))


# definitions, lemmas, theorems --------------------------------------------------------------------


def test_definition_1_1_refuses_a_smaller_constant_and_a_wrong_identity():
    module = module_of("definition-1.1")
    for square, words in ((F(3, 2), "|g - R(Gamma)| = 2"), (F(5, 2), "the largest quotient")):
        assert found("definition-1.1", constant_squared=square).verdict is ClaimVerdict.REFUTED
        tried = module.trial(module.IDENTITIES, square)
        assert tried.verdict is ClaimVerdict.REFUTED
        assert any(words in line for line in tried.evidence)
    wrong = {text: lambda a, b: (a, b) for text in module_of("definition-1.1").IDENTITIES}
    assert "2b(a - b)" in evidence_of("definition-1.1", identities=wrong)
    assert "a case is missing" in evidence_of("definition-1.1", identities={})


@pytest.mark.parametrize("radius", [lambda r, s, a: (r / s) ** a, lambda r, s, a: r * s ** (1 / a)])
def test_a_wrong_radius_is_refused(radius):
    assert "not r" in evidence_of("proposition-1.2", radius_of=radius)
    assert "is not r" in evidence_of("theorem-1.3", radius_of=radius)


@pytest.mark.parametrize(
    "etas",
    [
        lambda rho, eps, c, w: (rho, eps * rho / (2 * c * w)),
        lambda rho, eps, c, w: (rho / 2, eps * rho / (c * w)),
    ],
)
def test_theorem_1_3_refuses_a_larger_eta(etas):
    assert "eta" in evidence_of("theorem-1.3", etas_of=etas)


def test_theorem_a_2_refuses_another_share_and_another_slack():
    assert "not r'/2" in evidence_of("theorem-A.2", share_of=lambda r, w: r / w)
    assert "the chain gives" in evidence_of("theorem-A.2", slack_of=lambda r, w, c, e: c / r * w * e)


def test_corollary_1_4_refuses_other_constants():
    module = module_of("corollary-1.4")
    assert found("corollary-1.4", constants=(8, 16)).verdict is ClaimVerdict.REFUTED
    assert "the radii are" in module.trial(module.NETWORKS, (8, 16)).evidence[0]
    assert found("corollary-1.4", more=0).verdict is ClaimVerdict.UNTRIED


def test_the_third_claim_of_corollary_1_4_is_proved_as_it_stands_alone():
    module = module_of("corollary-1.4")
    theorem, statement = module.claim_3(), module.claim_3_statement()
    assert verdicts.gives(theorem, statement)
    for mutant in statement_mutants(statement):
        assert not verdicts.gives(theorem, mutant.statement), mutant.what
    assert found("corollary-1.4", third=module.claim_2_statement()).verdict is ClaimVerdict.UNTRIED


def test_lemma_a_3_refuses_a_wrong_list_of_flips():
    assert "the flips are" in evidence_of("lemma-A.3", cases=(STAR,), flips=lambda _: ((),))
    one = shallow([[1, 0], [0, 1]], [1, 1])
    assert "the flips are" in evidence_of("lemma-A.3", cases=(one,), flips=lambda _: ((), (0, 1)))


def test_lemma_a_5_refuses_a_sum_that_is_not_zero_and_a_wrong_positive_part():
    assert "the hypothesis fails" in evidence_of("lemma-A.5", cases=((STAR, (0, 1)),))
    assert "t_+ - (-t)_+" in evidence_of("lemma-A.5", positive_part=lambda t, _sign: t)


def test_lemma_a_6_refuses_a_network_left_as_it_is_and_wrong_biases():
    construction = module_of("lemma-A.6").construction

    def doubled(gamma):
        star = construction(gamma)
        neurons = tuple(n.rescaled(F(2)) for n in star.neurons)
        return Parametrization(star.inputs, star.outputs, neurons, star.output_bias)

    def exchanged(gamma):
        star = construction(gamma)
        neurons = tuple(
            type(n)((*n.weight[:-2], n.weight[-1], n.weight[-2]), n.coefficient) for n in star.neurons
        )
        return Parametrization(star.inputs, star.outputs, neurons, star.output_bias)

    assert "inputs" in evidence_of("lemma-A.6", embedding=lambda gamma: gamma)
    assert "outside" in evidence_of("lemma-A.6", embedding=doubled)
    assert "another function" in evidence_of("lemma-A.6", embedding=exchanged)


@pytest.mark.parametrize("share", [F(99, 100), F(101, 100), F(0)])
def test_lemma_a_7_refuses_another_constant(share):
    assert "C' =" in evidence_of("lemma-A.7", cases=(((1, 1), (1, 2)),), share=share)


def test_theorem_3_1_refuses_a_smaller_factor():
    module = module_of("theorem-3.1")
    assert found("theorem-3.1", factor=F(1, 10)).verdict is ClaimVerdict.REFUTED
    assert found("theorem-3.1", factor=F(19, 10)).verdict is not ClaimVerdict.PROVED
    assert "but ||Phi - Gamma||" in module.trial(module.PAIRS, F(1, 10)).evidence[0]


def test_theorem_3_1_is_not_tried_where_no_hypothesis_holds():
    opposite = shallow([[1, 0], [-1, 0]], [1, 1])
    assert found("theorem-3.1", pairs=[(opposite, TWO)]).verdict is ClaimVerdict.UNTRIED


def test_definition_3_2_refuses_a_clause_that_is_left_out_and_a_flip():
    outside = shallow([[1, 2]], [1])
    assert "membership is" in evidence_of("definition-3.2", decide=lambda _: True)
    assert "membership is" in evidence_of("definition-3.2", members=(outside,), outside=())
    assert "membership is" in evidence_of("definition-3.2", outside=(TWO,))


def test_theorem_3_3_refuses_a_smaller_constant_and_pairs_outside_the_space():
    instance = module_of("sharp-constant").instance()
    less = F(8) - F(1, 2**60)
    assert found("theorem-3.3", pairs=[instance], constant_squared=F(8)).verdict is ClaimVerdict.PROVED
    for square in (less, F(4), F(0)):
        assert found("theorem-3.3", constant_squared=square).verdict is not ClaimVerdict.PROVED
    assert "every Phi is 2 away" in module_of("theorem-3.3").trial([instance], less).evidence[0]
    assert found("theorem-3.3", pairs=[(STAR, STAR)]).verdict is ClaimVerdict.UNTRIED


def test_the_sharp_instance_is_sharp_only_with_its_numbers():
    instance = module_of("sharp-constant").instance
    assert "not 8" in evidence_of("sharp-constant", pair=instance(h=F(1, 4)), shapes=[(2, 4, 1)])
    assert "not 9" in evidence_of("sharp-constant", square=F(9))
    assert "outside" in evidence_of("sharp-constant", pair=instance(gap=F(0)))
    assert "no shape" in evidence_of("sharp-constant", shapes=())


def test_equation_21_refuses_another_norm():
    assert "(21) gives" in evidence_of("equation-21", value_of=lambda *_: F(1))


# the errata: another object, another verdict ------------------------------------------------------


def test_b1_needs_a_loss_for_which_minima_correspond():
    finding = found("B1", samples=module_of("B1").SAMPLES_OF_A_1)
    assert finding.verdict is ClaimVerdict.CHECKED
    assert found("B1", gamma=shallow([[0, 0]], [0])).verdict is ClaimVerdict.UNTRIED  # stable there


def test_b2_has_no_counterexample_among_realizations():
    assert found("B2", f=(0, 1)).verdict is ClaimVerdict.CHECKED
    assert found("B2", pieces=()).verdict is ClaimVerdict.UNTRIED


def test_b2_corrected_is_proved_for_its_own_statement_alone():
    module = module_of("B2")
    theorem = module.corrected()
    assert verdicts.gives(theorem, module.REPAIRED)
    for mutant in statement_mutants(module.REPAIRED):
        assert not verdicts.gives(theorem, mutant.statement), mutant.what
    assert found("B2", repaired=module.STATEMENT).corrected is ClaimVerdict.UNTRIED
    assert found("B2", statement=module.REPAIRED).verdict is ClaimVerdict.UNTRIED


def test_b3_needs_a_gamma_outside_the_restricted_space_but_in_omega():
    assert found("B3", gamma=shallow([[0, 1]], [0])).verdict is ClaimVerdict.CHECKED
    assert found("B3", gamma=shallow([[9, 0]], [1])).verdict is ClaimVerdict.UNTRIED
    assert found("B3", pairs=[(STAR, STAR)]).verdict is ClaimVerdict.UNTRIED


def test_b4_needs_the_unit_circle_and_different_directions():
    assert (
        found("B4", radius=F(4)).verdict is ClaimVerdict.CHECKED
        or found("B4", radius=F(4)).verdict is ClaimVerdict.UNTRIED
    )
    same = ((F(1), F(0)), (F(1), F(0)))
    assert found("B4", directions=same).verdict is ClaimVerdict.CHECKED
    assert found("B4", directions=()).verdict is ClaimVerdict.CHECKED


def test_b5_needs_labels_that_no_two_neurons_have():
    realizable = ((0, 1), (0, 0), (0, 0))
    assert found("B5", labels=realizable, epsilons=(F(1, 2),)).verdict is ClaimVerdict.CHECKED
    assert found("B5", certificate=(0, 1, -1)).verdict is ClaimVerdict.CHECKED
    assert found("B5", certificate=(0, 0, 0)).verdict is ClaimVerdict.CHECKED


def test_b6_needs_a_zero_weight_vector():
    assert found("B6", gamma=TWO).verdict is ClaimVerdict.CHECKED
    assert found("B6", gamma=shallow([[1, 2], [0, 0]], [2, 1])).verdict is ClaimVerdict.UNTRIED


def test_b6_corrected_is_proved_for_both_readings_of_the_last_clause():
    module = module_of("B6")
    loose, strict = module.embeddings_statement().args
    for embeddings in (loose, strict, module.both(strict, loose), module.FALSE):
        assert found("B6", embeddings=embeddings).corrected is ClaimVerdict.UNTRIED
    assert found("B6", networks=()).corrected is ClaimVerdict.UNTRIED


def test_b7_needs_a_change_of_less_than_r_and_its_correction_is_sharp():
    assert found("B7", near=shallow([["1/2", "1/2"]], ["1/2"])).verdict is ClaimVerdict.CHECKED
    assert found("B7", near=shallow([[-1, 1]], [1])).verdict is ClaimVerdict.UNTRIED
    assert found("B7", share=F(1, 2) + F(1, 2**70)).corrected is ClaimVerdict.REFUTED


def test_b8_needs_different_functions_at_distance_zero():
    assert found("B8", theta=shallow([[1]], [1])).verdict is ClaimVerdict.CHECKED
    assert found("B8", theta=shallow([[0]], [1])).verdict is ClaimVerdict.CHECKED


def test_b9_needs_a_segment_shorter_than_half_the_radius():
    assert found("B9", end=F(1, 2)).verdict is ClaimVerdict.CHECKED
    assert found("B9", end=F(1, 2) - F(1, 2**70)).verdict is ClaimVerdict.REFUTED
    assert found("B9", end=F(0) + F(1), radius=F(-1)).verdict is ClaimVerdict.UNTRIED


def test_b10_needs_a_sum_that_vanishes():
    assert found("B10", theta=shallow([[1, 0], [0, 1], [-1, -2]], [1, 1, 1])).verdict is ClaimVerdict.CHECKED
    assert found("B10", theta=shallow([[1, 0], [2, 0]], [1, 1])).verdict is ClaimVerdict.UNTRIED
    assert found("B10", cases=(STAR,)).verdict is ClaimVerdict.REFUTED


@pytest.mark.parametrize("number", range(5))
def test_b11_refuses_a_wrong_or_missing_case(number):
    identities = module_of("B11").IDENTITIES
    key = list(identities)[number]
    wrong = {**identities, key: lambda x, y, p, q: (x, y + p * q)}
    missing = {text: sides for text, sides in identities.items() if text != key}
    for given in (wrong, missing):
        assert found("B11", identities=given).verdict is ClaimVerdict.CHECKED


def test_b11_refuses_a_constant_below_2_sqrt_2():
    assert found("B11", square=F(8) - F(1, 2**60)).verdict is ClaimVerdict.CHECKED
    assert found("B11", square=F(16)).verdict is ClaimVerdict.CHECKED  # nothing below 4 is shown then


OTHER_DATA = {
    "equation-4": [{"last": 1}],
    "one-dimension": [{"more": 0}, {"more": 2}],
    "reference-34-proposition-5.1": [{"power": 1}, {"power": 3}],
    "reference-34-theorem-5.2": [{"width": 1}],
    "outlook-discarded-information": [{"sign": 1}],
    "2.1": [{"factor": F(1, 2)}],
    "2.2": [{"factor": 2}, {"distance": 2}, {"distance": F(1, 2)}],
    "2.3": [{"factor": 2}, {"distance": F(1, 2)}],
    "2.4": [{"distance": 2}],
    "2.5": [{"distance": 2}, {"factor": 2}],
    "A.1": [{"share": F(1)}, {"share": F(1, 3)}],
    "A.4": [{"factor": 2}, {"distance": 2}],
    "B1": [{"samples": (((1, 0), 1),)}, {"samples": ()}],
    "B11": [{"constant": number(2)}],
    "B5": [{"epsilons": (F(1),)}],
    "corollary-1.4": [{"constants": (4, 8)}, {"more": 0}],
}


@pytest.mark.parametrize(
    ("place", "data"), [(place, data) for place, every in OTHER_DATA.items() for data in every]
)
def test_a_constant_a_sign_or_a_size_more_or_less_is_not_shown(place, data):
    assert not claim_of(place).is_as_recorded(found(place, **data))


@pytest.mark.parametrize("place", ["B11", "definition-1.1"])
def test_sides_that_are_equal_but_not_those_of_the_name_are_refused(place):
    """With (x, x) for every pair of sides the identities hold, and say nothing."""
    identities = module_of(place).IDENTITIES
    trivial = dict.fromkeys(identities, lambda x, *_others: (x, x))
    first = {**identities, next(iter(identities)): lambda x, *_others: (x, x)}
    for given in (trivial, first):
        finding = found(place, identities=given)
        assert finding.verdict is not claim_of(place).recorded
    assert found(place).verdict is claim_of(place).recorded


def test_b1_is_denied_for_every_loss_too_and_no_changed_statement_is():
    page = sibling("stability_proofs.every_loss")
    theorem = page.every_loss_refutation()
    assert verdicts.gives(theorem, page.every_loss_statement(), refutes=True)
    for mutant in statement_mutants(page.every_loss_statement()):
        assert not verdicts.gives(theorem, mutant.statement, refutes=True), mutant.what
    assert found("B1", charitable=page.is_near(number(1))).verdict is ClaimVerdict.UNTRIED


def test_definition_1_1_is_stated_with_its_quantifiers():
    page = module_of("definition-1.1")
    theorem, statement = page.proof(), page.statement(F(2))
    assert "there are p in R, q in R" in finding_of("berner/definition-1.1").statements[0].text
    for mutant in statement_mutants(statement):
        assert not verdicts.gives(theorem, mutant.statement), mutant.what


@pytest.mark.parametrize(("place", "name"), [("2.1", "whole_example_2_1"), ("A.1", "whole_example_a_1")])
def test_the_values_of_an_example_are_proved_exactly(place, name):
    page = sibling("stability_proofs.exact_values")
    theorem, statement = getattr(page, name)(), getattr(page, f"{name}_statement")()
    for mutant in statement_mutants(statement.args[1]):
        changed = sibling("statements.expressions").both(
            statement.args[0], mutant.statement, *statement.args[2:]
        )
        assert not verdicts.gives(theorem, changed), mutant.what


def test_statements_show_the_values_of_their_tables():
    text = finding_of("berner/2.5").statements[0].text
    assert "{(0, 0): 1, (0, 1): 1, (1, 0): -1, (1, 1): 1}(i, j)" in text
    assert "{(2, 2): 1/2}(i, j)" in text
    assert "values)" not in text


@pytest.mark.parametrize(
    ("place", "data"),
    [("2.2", {"radius": F(1, 2)}), ("2.3", {"bound": F(1, 2)}), ("A.4", {"bound": lambda _: 1})],
)
def test_a_weaker_bound_of_a_second_road_is_not_what_is_on_record(place, data):
    assert fingerprint(found(place, **data)) != claim_of(place).shown


def test_the_step_from_rotations_to_besov_norms_is_said_to_be_words():
    finding = finding_of("berner/B4")
    assert finding.verdict is ClaimVerdict.ARGUED
    assert any("Besov" in words for words in finding.words)


def test_the_lost_number_of_example_a_1_is_no_refutation():
    finding = finding_of("berner/B7")
    assert (finding.verdict, finding.hypothesis) == (ClaimVerdict.CONDITIONAL, "the lost number is 1/2 r")


@pytest.mark.parametrize(
    ("place", "name", "wrong"),
    [
        ("lemma-A.6", "canonical_form", lambda _: "one form for all"),
        ("lemma-A.6", "restricted_space_violations", lambda _: ()),
        ("definition-3.2", "fibre_of", lambda _: SimpleNamespace(flips=((),))),
        ("B8", "gradient_distance", lambda *_: SimpleNamespace(value=F(0))),
    ],
)
def test_a_formula_of_the_package_that_is_swapped_for_a_wrong_one_is_noticed(monkeypatch, place, name, wrong):
    monkeypatch.setattr(module_of(place), name, wrong)
    assert fingerprint(found(place)) != claim_of(place).shown
