"""Exact Lipschitz constants: against every sign pattern by brute force, difference quotients, the bounds."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from exactrelu.analysis.lipschitz import LipschitzConstant, lipschitz_constant, local_lipschitz_constants
from exactrelu.analysis.lipschitz_bounds import (
    Normalization,
    TheoremSix,
    compare_global_bounds,
    compare_local_bounds,
)
from exactrelu.enumeration import Search
from exactrelu.errors import BudgetExhaustedError, ConfigurationError
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.region import region_of
from exactrelu.numbers.algebraic import AlgebraicNumber
from exactrelu.polyhedra.domain import Domain
from exactrelu.polyhedra.matrix_norms import Norm, spectral_norm_squared
from tests.support.brute_force import (
    bits_of,
    configurations,
    domain_constraints,
    nnc_polyhedron,
    rows_on_cell,
)
from tests.support.brute_norms import (
    characteristic_polynomial,
    extreme_vectors,
    has_no_root_above,
    image,
    is_largest_root,
    norm_by_vertices,
    null_space,
)
from tests.support.command_line import ABSOLUTE, domain_document, network_document
from tests.support.seeded_cases import seeded_cases


def net(*layers) -> Network:
    return Network.from_rationals([layer if isinstance(layer, tuple) else (layer, None) for layer in layers])


def basis_of_directions(domain: Domain) -> list[list[Fraction]]:
    """Return a basis of lin D by PPL's not necessarily closed polyhedra; [] for an empty domain."""
    polyhedron = nnc_polyhedron(domain.dimension, domain_constraints(domain))
    if polyhedron.is_empty():
        return []
    equations = [c.coefficients() for c in polyhedron.minimized_constraints() if c.is_equality()]
    rows = [[Fraction(int(a)) for a in e] + [Fraction(0)] * (domain.dimension - len(e)) for e in equations]
    return null_space(rows, domain.dimension)


def linear_parts(network: Network, domain: Domain) -> dict[str, list[tuple[Fraction, ...]]]:
    """Return W of each `full` cell, by deciding every sign pattern."""
    cells = [name for name, _ in configurations(network, domain, "full")]
    return {name: [w for w, _ in rows_on_cell(network, bits_of(name))[-1]] for name in cells}


def is_confirmed(constant: LipschitzConstant, network: Network, domain: Domain) -> bool:
    """Whether the constant is that of its cell, and no cell has a larger one, by brute force."""
    parts, basis = linear_parts(network, domain), basis_of_directions(domain)
    if constant.configuration is None:
        return not parts and constant.power == 0
    if str(constant.configuration) not in parts:
        return False
    own = parts[str(constant.configuration)]
    if constant.norm is not Norm.TWO:
        norms = [norm_by_vertices(part, basis, str(constant.norm)) for part in parts.values()]
        return max(norms) == constant.power == norm_by_vertices(own, basis, str(constant.norm))
    low, high = constant.power.enclosure(400)
    distinct = {tuple(part): part for part in parts.values()}.values()
    return is_largest_root(
        constant.power.polynomial, low, high, characteristic_polynomial(own, basis)
    ) and all(has_no_root_above(characteristic_polynomial(part, basis), high) for part in distinct)


@pytest.mark.parametrize(("network", "domain"), seeded_cases(70, most_neurons=5, units=25))
def test_constants_agree_with_brute_force(network, domain):
    for norm in Norm:
        assert is_confirmed(lipschitz_constant(network, domain, norm), network, domain)


def test_the_confirmation_refuses_other_values_and_cells():
    network, domain = net([[1, 1], [0, 1]], [[1, 0], [0, 1]]), Domain.whole_space(2)
    for norm in Norm:
        right = lipschitz_constant(network, domain, norm)
        assert is_confirmed(right, network, domain)
        wrong = [right.power * Fraction(10**30 + k, 10**30) for k in (-1, 1)]
        wrong += [AlgebraicNumber((1, -3, 1), 0), AlgebraicNumber.from_rational(0)]
        for power in wrong:
            assert not is_confirmed(
                LipschitzConstant(norm, power, right.configuration, right.point, None), network, domain
            )
        for cell in (Configuration(((0, 1),)), None):
            assert not is_confirmed(
                LipschitzConstant(norm, right.power, cell, right.point, None), network, domain
            )


@pytest.mark.parametrize(("network", "domain"), seeded_cases(40, most_neurons=5, units=20))
def test_local_constants_give_the_global_one_and_its_first_cell(network, domain):
    for norm in Norm:
        cells = list(local_lipschitz_constants(network, domain, norm))
        best = lipschitz_constant(network, domain, norm)
        if not cells:
            assert best.configuration is None
            continue
        largest = max(cell.power for cell in cells)
        first = next(cell for cell in cells if cell.power == largest)
        assert (best.power, best.configuration, best.point) == (first.power, first.configuration, first.point)
        assert region_of(network, best.configuration, domain).contains(best.point)


@pytest.mark.parametrize(("network", "domain"), seeded_cases(40, most_neurons=6, units=20))
def test_difference_quotients_stay_below_and_reach_the_constant_on_its_cell(network, domain):
    cells = list(local_lipschitz_constants(network, domain, "1"))
    basis = basis_of_directions(domain)
    for norm in ("1", "inf"):
        best = lipschitz_constant(network, domain, norm)
        points = [cell.point for cell in cells][:12]
        for x in points:
            for y in points:
                assert distance(network(x), network(y), norm) <= best.power * distance(x, y, norm)
        if not basis:
            continue
        v = max(
            extreme_vectors(basis, network.inputs, norm),
            key=lambda v: distance(image(best.linear_part.rows(), v), [0] * network.outputs, norm),
        )
        other = best.point
        step = Fraction(1)
        cell = region_of(network, best.configuration, domain)
        while other == best.point or not cell.contains(other):
            step /= 2
            other = tuple(p + step * e for p, e in zip(best.point, v, strict=True))
        reached = distance(network(other), network(best.point), norm)
        assert reached == best.power * distance(other, best.point, norm)


def distance(one, other, norm: str) -> Fraction:
    differences = [abs(a - b) for a, b in zip(one, other, strict=True)]
    return sum(differences, Fraction(0)) if norm == "1" else max(differences)


# the domain table -----------------------------------------------------------------------------------

KINK = net([[1, 0], [0, 1]], [[1, -1]])


def test_only_directions_of_the_domain_count():
    diagonal = Domain.from_inequalities(2, [([1, -1], 0, "=")])
    anti = Domain.from_inequalities(2, [([1, 1], 0, "=")])
    for norm in Norm:
        assert lipschitz_constant(KINK, diagonal, norm).power == 0
    # On {x = -y} it is x: |x| / |(x, -x)| is 1/2, 1/sqrt(2), 1.
    assert [lipschitz_constant(KINK, anti, n).power for n in Norm] == [Fraction(1, 2), Fraction(1, 2), 1]
    assert [lipschitz_constant(KINK, None, n).power for n in Norm] == [1, 2, 2]


def test_a_point_and_an_empty_domain_have_constant_zero():
    for norm in Norm:
        point = lipschitz_constant(KINK, Domain.box([(1, 1), (2, 2)]), norm)
        assert (point.power, str(point.configuration), point.point) == (0, "11", (1, 2))
        empty = lipschitz_constant(
            KINK, Domain.from_inequalities(2, [([1, 0], 0, "<"), ([1, 0], 0, ">")]), norm
        )
        assert (empty.power, empty.configuration, empty.point) == (0, None, None)


def test_open_domains_and_cells_out_of_reach():
    left = Domain.from_inequalities(1, [([1], 0, "<")])
    bent = net([[1], [-1]], [[5, 1]])
    assert [lipschitz_constant(bent, d, "2").value for d in (left, None)] == [1, 5]
    # The steep cell meets {x <= 0} in a point only: it is not full.
    assert lipschitz_constant(bent, Domain.from_inequalities(1, [([1], 0, "<=")])).value == 1


def test_networks_without_hidden_layers_and_with_dead_neurons():
    assert [lipschitz_constant(net([[3, 4]]), None, n).value for n in Norm] == [4, 5, 7]
    dead = lipschitz_constant(net([[0], [0]], [[1, 1]]))
    assert (dead.power, str(dead.configuration)) == (0, "00")


def test_ties_between_irrational_norms_go_to_the_first_cell():
    # |x + y| and y: both cells have the golden ratio as their norm, from different matrices.
    network = net([[1, 1], [-1, -1], [0, 1], [0, -1]], [[1, 1, 0, 0], [0, 0, 1, -1]])
    cells = list(local_lipschitz_constants(network))
    assert len(cells) == 4
    assert len({cell.linear_part for cell in cells}) == 2
    assert {cell.power for cell in cells} == {AlgebraicNumber.largest_root([1, -3, 1])}
    assert str(lipschitz_constant(network).configuration) == "0101"
    tilted = net([[1, 1], [-1, -1], [0, 1], [0, -1]], [["1", f"{10**60 + 1}/{10**60}", 0, 0], [0, 0, 1, -1]])
    best = lipschitz_constant(tilted)
    assert str(best.configuration) == "0101"
    assert AlgebraicNumber.largest_root([1, -3, 1]) < best.power < AlgebraicNumber.from_rational("2.7")
    other = net([[1, 1], [-1, -1], [0, 1], [0, -1]], [[f"{10**60 + 1}/{10**60}", "1", 0, 0], [0, 0, 1, -1]])
    assert str(lipschitz_constant(other).configuration) == "1001"


def test_budgets_end_the_search_without_an_answer():
    for search in (Search(max_regions=2), Search(time_limit=1e-9)):
        with pytest.raises(BudgetExhaustedError):
            lipschitz_constant(KINK, search=search)


# Theorem 6 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("network", "domain"), seeded_cases(60, most_neurons=5))
def test_the_bounds_that_need_no_hypothesis_hold_and_the_others_where_it_is_met(network, domain):
    for normalization in Normalization:
        theorem = TheoremSix(network, normalization)
        for cell in compare_local_bounds(network, domain, normalization):
            assert cell.spectral.holds
            assert network.depth == 1 or cell.true_norms.holds
            if theorem.applies and normalization is not Normalization.MAXIMUM:
                assert cell.stated.holds
                assert cell.stated.bound_squared <= theorem.global_bound_squared
    bounds = compare_global_bounds(
        lipschitz_constant(network, domain), TheoremSix(network, Normalization.NONE)
    )
    assert all(one.holds for one in bounds.values())
    assert set(bounds) == ({"spectral"} if network.depth == 1 else {"stated", "true_norms", "spectral"})


def test_attained_bounds_are_decided_as_equal_and_smaller_ones_as_violated():
    # 2-2-2-2-1 with unit rows: all neurons active, all weights 1/2, C N = 1, bound (C N)^2 N = 2.
    ones = [["1/2", "1/2"], ["1/2", "1/2"]]
    network = net([[1, 0], [1, 0]], ones, ones, [[1, 1]])
    theorem = TheoremSix(network)
    assert theorem.applies
    constant = lipschitz_constant(network)
    bounds = compare_global_bounds(constant, theorem)
    assert (constant.value, theorem.global_bound_squared) == (2, 4)
    assert bounds["stated"].is_attained
    assert bounds["stated"].ratio() == "1.000000"
    assert [c.stated.is_attained for c in compare_local_bounds(network)] == [True, True]
    less = Configuration(((1, 1), (1, 0), (1, 1)))
    assert constant.power > theorem.local_bound_squared(less)


def test_sigma_to_the_power_of_l_is_attained_by_equal_irrational_numbers():
    shear = [[1, 1], [0, 1]]
    rotated = net(shear, [[0, 1], [1, 0]])  # singular values: golden ratio, then 1
    bounds = compare_global_bounds(lipschitz_constant(rotated), TheoremSix(rotated))
    golden = AlgebraicNumber.largest_root([-1, -1, 1])
    assert TheoremSix(rotated).sigma_squared == golden**2
    assert bounds["spectral"].bound_squared == golden**4
    assert bounds["spectral"].ratio(20) == golden.decimal(20)
    transposed = net(shear, [[1, 0], [1, 1]])  # A^T A: norm golden^2 = sigma^2, attained
    bounds = compare_global_bounds(lipschitz_constant(transposed), TheoremSix(transposed))
    assert bounds["spectral"].is_attained
    assert bounds["spectral"].holds
    nearly = net(shear, [[1, 0], [1, Fraction(10**50 - 1, 10**50)]])
    bounds = compare_global_bounds(lipschitz_constant(nearly), TheoremSix(nearly))
    assert bounds["spectral"].holds
    assert not bounds["spectral"].is_attained


def test_maximum_normalised_networks_refute_the_first_part():
    # 1-1-1-1-2, all weights 1: constant sqrt(2), bound 1.
    network = net([[1]], [[1]], [[1]], [[1], [1]])
    theorem = TheoremSix(network, Normalization.MAXIMUM)
    bounds = compare_global_bounds(lipschitz_constant(network), theorem)
    assert theorem.applies
    assert (bounds["stated"].holds, bounds["true_norms"].is_attained) == (False, True)
    for other, applies in (
        (Normalization.EUCLIDEAN, False),
        (Normalization.SUM, False),
        (Normalization.NONE, True),
    ):
        assert TheoremSix(network, other).applies is applies
    rows = net([[1, 1]], [[1]], [[1]], [[1]])  # the same for rows of W_1
    assert TheoremSix(rows, "max").applies
    assert not compare_global_bounds(lipschitz_constant(rows), TheoremSix(rows, "max"))["stated"].holds


def test_quantities_of_theorem_6_by_hand():
    network = net(
        [["3/5", "4/5"], [1, 0], [0, 1]], [[1, -2, 0], [0, 1, 1]], [[3, 1], [0, 1]], [["3/5", 0], ["4/5", -1]]
    )
    theorem = TheoremSix(network)
    assert (theorem.largest_weight, theorem.largest_width, theorem.applies) == (3, 3, True)
    assert theorem.global_bound_squared == ((3 * 3) ** 2 * 3) ** 2
    theta = Configuration(((1, 0, 1), (1, 1), (0, 1)))
    assert theorem.local_bound_squared(theta) == (3**2 * 2 * 2 * 1) ** 2
    with pytest.raises(ConfigurationError, match="hidden widths"):
        theorem.local_bound_squared(Configuration(((1,),)))
    single = TheoremSix(net([[2]]))
    assert (single.applies, single.global_bound_squared, single.spectral_bound_squared) == (False, None, 4)
    sigma = max(spectral_norm_squared(layer.weight) for layer in network.layers)
    assert theorem.sigma_squared == sigma


def test_ratios_are_rounded_roots():
    constant = lipschitz_constant(net([[1, 1], [0, 1]]))
    golden = (1 + math.sqrt(5)) / 2
    theorem = TheoremSix(net([[7]], [[1]]), Normalization.NONE)
    ratio = compare_global_bounds(constant, theorem)["stated"].ratio(6)
    assert float(ratio) == pytest.approx(7 / golden, abs=1e-6)
    zero = lipschitz_constant(net([[0]]))
    assert compare_global_bounds(zero, theorem)["stated"].ratio() is None


# the command ----------------------------------------------------------------------------------------


def test_the_command_writes_the_keys_of_the_format(exactrelu):
    shear = exactrelu.file(
        "net.json", network_document(([["1", "1"], ["0", "1"]], None), ([["1", "0"], ["0", "1"]], None))
    )
    document = exactrelu("lipschitz", shear, "--json", "-").json
    assert (document["format"], document["version"], document["norm"]) == ("exactrelu-lipschitz", 1, "2")
    assert document["square"] == {"polynomial": [1, -3, 1], "interval": ["2", "3"]}
    assert (document["configuration"], document["domain"]) == ("11", None)
    point = tuple(map(Fraction, document["point"]))
    assert str(net([[1, 1], [0, 1]], [[1, 0], [0, 1]]).configuration(point)) == "11"
    bounds = document["theorem_6"]
    assert (bounds["applies"], bounds["spectral"]["holds"], bounds["spectral"]["attained"]) == (
        False,
        True,
        False,
    )
    for norm in ("1", "inf"):
        document = exactrelu("lipschitz", shear, "--norm", norm, "--json", "-").json
        assert (document["constant"], document["theorem_6"], "square" in document) == ("2", None, False)


def test_the_command_prints_exact_values_and_decimals(exactrelu):
    shear = exactrelu.file(
        "net.json", network_document(([["1", "1"], ["0", "1"]], None), ([["1", "0"], ["0", "1"]], None))
    )
    out = exactrelu("lipschitz", shear, "--digits", "20").out
    assert "~1.61803398874989484820" in out
    assert "the root of t^2 - 3 t + 1 in [2, 3]" in out
    assert "hypothesis not met" in out
    third = exactrelu.file("third.json", network_document(([["1/3"]], None)))
    assert "1/3 = ~0.3333\n" in exactrelu("lipschitz", third, "--norm", "1", "--digits", "4").out


def test_the_command_on_empty_thin_and_bad_domains(exactrelu):
    absolute = exactrelu.file("abs.json", ABSOLUTE)
    empty = exactrelu.file("empty.json", domain_document((["1"], "0", "<"), (["1"], "0", ">")))
    document = exactrelu("lipschitz", absolute, "--domain", empty, "--norm", "inf", "--json", "-").json
    assert (document["constant"], document["configuration"], document["point"]) == ("0", None, None)
    assert "emptiness" in document
    assert "domain is empty" in exactrelu("lipschitz", absolute, "--domain", empty).out
    document = exactrelu("lipschitz", absolute, "--box", "2:2", "--json", "-").json
    assert document["square"] == {"polynomial": [0, 1], "interval": ["0", "0"]}
    assert exactrelu("lipschitz", absolute, "--norm", "3").is_refusal("--norm")
    document = exactrelu("lipschitz", absolute, "--box", "1:0", "--norm", "inf", "--json", "-").json
    assert (document["constant"], document["point"]) == ("0", None)
    outcome = exactrelu("lipschitz", absolute, "--max-regions", "1", "--json", "-")
    assert (outcome.status, outcome.out) == (3, "")


def test_the_command_writes_integers_of_any_length(exactrelu):
    big = "1e2000"
    document = network_document(([[big, "1"], ["0", "1"]], None))
    run = exactrelu("lipschitz", exactrelu.file("big.json", document), "--json", "-")
    assert run.status == 0
    assert f'"polynomial": [1{"0" * 4000}, -1{"0" * 3999}2, 1]' in run.out
    assert "~" in exactrelu("lipschitz", exactrelu.file("big.json", document)).out


def test_the_command_shows_each_cell_beside_its_bounds(exactrelu):
    file = exactrelu.file("abs.json", ABSOLUTE)
    answer = exactrelu("lipschitz", file, "--local", "--json", "-").json
    assert answer["cells"] == "full"
    assert [cell["configuration"] for cell in answer["local"]] == ["01", "10"]
    for cell in answer["local"]:
        assert cell["square"]["polynomial"] == [-1, 1]
        assert cell["theorem_6"]["stated"]["attained"] is True
    plain = exactrelu("lipschitz", file, "--norm", "inf", "--local", "--json", "-").json
    assert [(cell["constant"], "theorem_6" in cell) for cell in plain["local"]] == [("1", False)] * 2


def test_the_normalisation_of_theorem_6_is_an_option(exactrelu):
    # 1-1-1-1-2 with all weights 1: the columns of W_L have largest entry 1, but Euclidean norm sqrt(2).
    layers = [([[1]], None)] * 3 + [([[1], [1]], None)]
    file = exactrelu.file("net.json", network_document(*layers))
    answers = {
        name: exactrelu("lipschitz", file, "--normalization", name, "--json", "-").json["theorem_6"]
        for name in ("euclidean", "sum", "max", "none")
    }
    assert {name: answer["applies"] for name, answer in answers.items()} == {
        "euclidean": False,
        "sum": False,
        "max": True,
        "none": True,
    }
    assert answers["max"]["stated"]["holds"] is False
    assert answers["none"]["true_norms"]["holds"] is True
