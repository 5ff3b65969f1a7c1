"""Exact answers about ReLU networks, over the rationals.

>>> import exactrelu
>>> net = exactrelu.Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])  # |x|
>>> [(str(region.configuration), region.dimension) for region in exactrelu.regions(net)]
[('00', 0), ('01', 1), ('10', 1)]

The names below are imported from their modules when they are first used, so that ``import exactrelu`` is
quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from exactrelu.affine_map import AffineMap
    from exactrelu.algebraic import AlgebraicNumber
    from exactrelu.atoms import AtomicDecomposition, atomic_decomposition
    from exactrelu.configuration import Configuration
    from exactrelu.decision_regions import DecisionRegions, argmax_regions
    from exactrelu.distances import Distance, DistanceNorm, distance
    from exactrelu.domain import Domain
    from exactrelu.drawing import draw_coefficients, draw_tiling
    from exactrelu.enumeration import Budget, Problem, count, enumerate_leaves, regions
    from exactrelu.equality import EqualityDecision, are_equal, decide_equality
    from exactrelu.errors import ExactReluError
    from exactrelu.formats import load_network
    from exactrelu.formats.arrays import network_from_arrays, network_from_torch
    from exactrelu.formats.shallow_file import load_parametrization
    from exactrelu.gradients import (
        Kink,
        clarke_jacobian,
        directional_derivative,
        gradient_chain,
        output_jacobians,
        slopes_at,
    )
    from exactrelu.lipschitz import lipschitz_constant, local_lipschitz_constants
    from exactrelu.lipschitz_bounds import (
        Normalization,
        TheoremSix,
        compare_global_bounds,
        compare_local_bounds,
    )
    from exactrelu.matrix_norms import Norm, is_spectral_norm_at_most, operator_norm, spectral_norm_squared
    from exactrelu.network import Network
    from exactrelu.pieces import tiling
    from exactrelu.ranges import output_range
    from exactrelu.rationals import rational, rational_from_float
    from exactrelu.reading import Reading
    from exactrelu.reduced_networks import reduced
    from exactrelu.refinement import refinement_tree
    from exactrelu.region import Region, region_of
    from exactrelu.shallow.canonical_forms import CanonicalForm, canonical_form, realize_same_function
    from exactrelu.shallow.degeneracy import degeneracy_report
    from exactrelu.shallow.fewest_neurons import minimal_width
    from exactrelu.shallow.fibres import fibre_of, locate_in_fibre
    from exactrelu.shallow.gradient_difference import gradient_distance
    from exactrelu.shallow.lemma_a7 import lemma_a7_constant
    from exactrelu.shallow.norms import parameter_distance, sup_distance
    from exactrelu.shallow.parametrization import Neuron, Parametrization
    from exactrelu.shallow.radicals import RadicalSum, radical
    from exactrelu.shallow.restricted_space import restricted_space_violations
    from exactrelu.shallow.stability import inverse_stability
    from exactrelu.shallow.stability_constants import realization_radius
    from exactrelu.shallow.step_list import reparametrize
    from exactrelu.shallow.theorem_3_1 import theorem_31
    from exactrelu.shallow.theorem_3_3 import theorem_33
    from exactrelu.symbolic import SymbolicNetwork, prove_theorem_5
    from exactrelu.verdict import Verdict

_HOMES = {
    "AffineMap": "affine_map",
    "AlgebraicNumber": "algebraic",
    "AtomicDecomposition": "atoms",
    "Budget": "enumeration",
    "CanonicalForm": "shallow.canonical_forms",
    "Configuration": "configuration",
    "DecisionRegions": "decision_regions",
    "Distance": "distances",
    "DistanceNorm": "distances",
    "Domain": "domain",
    "EqualityDecision": "equality",
    "ExactReluError": "errors",
    "Kink": "gradients",
    "Network": "network",
    "Neuron": "shallow.parametrization",
    "Norm": "matrix_norms",
    "Normalization": "lipschitz_bounds",
    "Parametrization": "shallow.parametrization",
    "Problem": "enumeration",
    "RadicalSum": "shallow.radicals",
    "Reading": "reading",
    "Region": "region",
    "SymbolicNetwork": "symbolic",
    "TheoremSix": "lipschitz_bounds",
    "Verdict": "verdict",
    "are_equal": "equality",
    "argmax_regions": "decision_regions",
    "atomic_decomposition": "atoms",
    "canonical_form": "shallow.canonical_forms",
    "clarke_jacobian": "gradients",
    "compare_global_bounds": "lipschitz_bounds",
    "compare_local_bounds": "lipschitz_bounds",
    "count": "enumeration",
    "decide_equality": "equality",
    "degeneracy_report": "shallow.degeneracy",
    "directional_derivative": "gradients",
    "distance": "distances",
    "draw_coefficients": "drawing",
    "draw_tiling": "drawing",
    "enumerate_leaves": "enumeration",
    "fibre_of": "shallow.fibres",
    "gradient_chain": "gradients",
    "gradient_distance": "shallow.gradient_difference",
    "inverse_stability": "shallow.stability",
    "is_spectral_norm_at_most": "matrix_norms",
    "lemma_a7_constant": "shallow.lemma_a7",
    "lipschitz_constant": "lipschitz",
    "load_network": "formats",
    "load_parametrization": "formats.shallow_file",
    "local_lipschitz_constants": "lipschitz",
    "locate_in_fibre": "shallow.fibres",
    "minimal_width": "shallow.fewest_neurons",
    "network_from_arrays": "formats.arrays",
    "network_from_torch": "formats.arrays",
    "operator_norm": "matrix_norms",
    "output_jacobians": "gradients",
    "output_range": "ranges",
    "parameter_distance": "shallow.norms",
    "prove_theorem_5": "symbolic",
    "radical": "shallow.radicals",
    "rational": "rationals",
    "rational_from_float": "rationals",
    "realization_radius": "shallow.stability_constants",
    "realize_same_function": "shallow.canonical_forms",
    "reduced": "reduced_networks",
    "refinement_tree": "refinement",
    "region_of": "region",
    "regions": "enumeration",
    "reparametrize": "shallow.step_list",
    "restricted_space_violations": "shallow.restricted_space",
    "slopes_at": "gradients",
    "spectral_norm_squared": "matrix_norms",
    "sup_distance": "shallow.norms",
    "theorem_31": "shallow.theorem_3_1",
    "theorem_33": "shallow.theorem_3_3",
    "tiling": "pieces",
}

__all__ = [
    "AffineMap",
    "AlgebraicNumber",
    "AtomicDecomposition",
    "Budget",
    "CanonicalForm",
    "Configuration",
    "DecisionRegions",
    "Distance",
    "DistanceNorm",
    "Domain",
    "EqualityDecision",
    "ExactReluError",
    "Kink",
    "Network",
    "Neuron",
    "Norm",
    "Normalization",
    "Parametrization",
    "Problem",
    "RadicalSum",
    "Reading",
    "Region",
    "SymbolicNetwork",
    "TheoremSix",
    "Verdict",
    "are_equal",
    "argmax_regions",
    "atomic_decomposition",
    "canonical_form",
    "clarke_jacobian",
    "compare_global_bounds",
    "compare_local_bounds",
    "count",
    "decide_equality",
    "degeneracy_report",
    "directional_derivative",
    "distance",
    "draw_coefficients",
    "draw_tiling",
    "enumerate_leaves",
    "fibre_of",
    "gradient_chain",
    "gradient_distance",
    "inverse_stability",
    "is_spectral_norm_at_most",
    "lemma_a7_constant",
    "lipschitz_constant",
    "load_network",
    "load_parametrization",
    "local_lipschitz_constants",
    "locate_in_fibre",
    "minimal_width",
    "network_from_arrays",
    "network_from_torch",
    "operator_norm",
    "output_jacobians",
    "output_range",
    "parameter_distance",
    "prove_theorem_5",
    "radical",
    "rational",
    "rational_from_float",
    "realization_radius",
    "realize_same_function",
    "reduced",
    "refinement_tree",
    "region_of",
    "regions",
    "reparametrize",
    "restricted_space_violations",
    "slopes_at",
    "spectral_norm_squared",
    "sup_distance",
    "theorem_31",
    "theorem_33",
    "tiling",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'exactrelu' has no attribute {name!r}")
    return getattr(import_module(f"exactrelu.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
