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

__version__ = "0.2.0"

if TYPE_CHECKING:
    from exactrelu.analysis.decision_regions import DecisionRegions, argmax_regions
    from exactrelu.analysis.distances import Distance, DistanceNorm, distance
    from exactrelu.analysis.equality import are_equal, decide_equality
    from exactrelu.analysis.equality_decision import EqualityDecision
    from exactrelu.analysis.gradients import (
        Kink,
        clarke_jacobian,
        directional_derivative,
        gradient_chain,
        output_jacobians,
        slopes_at,
    )
    from exactrelu.analysis.lipschitz import lipschitz_constant, local_lipschitz_constants
    from exactrelu.analysis.lipschitz_bounds import (
        Normalization,
        TheoremSix,
        compare_global_bounds,
        compare_local_bounds,
    )
    from exactrelu.analysis.pieces import tiling
    from exactrelu.analysis.ranges import output_range
    from exactrelu.analysis.refinement import refinement_tree
    from exactrelu.atoms.decomposition import AtomicDecomposition, atomic_decomposition
    from exactrelu.audit import audit_claims
    from exactrelu.certificates.certify import certify
    from exactrelu.certificates.check import CheckedCertificate, check
    from exactrelu.construction.build import build
    from exactrelu.construction.max_min import MaxMinForm, max_min_form
    from exactrelu.construction.network_pieces import function_of_network
    from exactrelu.construction.piecewise import PiecewiseAffine, function_from_pieces
    from exactrelu.construction.realization import decide_realization
    from exactrelu.construction.standard_examples import standard_example
    from exactrelu.construction.triangulations import function_from_breakpoints, function_from_triangulation
    from exactrelu.construction.tropical import tropical_pair
    from exactrelu.counting_bounds.known_bounds import CountBound, architecture_bounds, network_bounds
    from exactrelu.deep.compression import Compression, compress
    from exactrelu.documents.network import write_network
    from exactrelu.drawing import draw_coefficients, draw_tiling
    from exactrelu.enumeration import Problem, count, enumerate_leaves, regions
    from exactrelu.enumeration.effort import Search
    from exactrelu.enumeration.region_at import region_at
    from exactrelu.errors import ExactReluError
    from exactrelu.families.bifurcations import Bifurcations, ParameterInterval, bifurcations
    from exactrelu.families.family_report import FamilyReport, family_report
    from exactrelu.families.network_family import DomainFamily, NetworkFamily
    from exactrelu.formats import load_network
    from exactrelu.formats.arrays import network_from_arrays
    from exactrelu.formats.family_file import load_family
    from exactrelu.formats.function_file import load_function
    from exactrelu.formats.region_table_file import read_regions
    from exactrelu.formats.shallow_file import load_parametrization
    from exactrelu.formats.sklearn_models import network_from_sklearn
    from exactrelu.formats.torch_modules import network_from_torch
    from exactrelu.formats.training_data_file import load_data
    from exactrelu.identifiability.functional_dimension import functional_dimension
    from exactrelu.identifiability.isomorphism import (
        IsomorphismDecision,
        canonical_representative,
        decide_isomorphism,
    )
    from exactrelu.identifiability.recovery import Recovery, recover
    from exactrelu.identifiability.symmetry_report import symmetries
    from exactrelu.losses.loss_report import LossReport, training_loss
    from exactrelu.losses.shallow_minima import ShallowMinima, shallow_minima
    from exactrelu.losses.training_data import TrainingData
    from exactrelu.networks.activation import Activation
    from exactrelu.networks.affine_map import AffineMap
    from exactrelu.networks.configuration import Configuration
    from exactrelu.networks.network import Network
    from exactrelu.networks.reading import Reading
    from exactrelu.networks.reduced_networks import reduced
    from exactrelu.networks.region import Region, region_of
    from exactrelu.numbers.algebraic import AlgebraicNumber
    from exactrelu.numbers.rationals import rational, rational_from_float
    from exactrelu.polyhedra.domain import Domain
    from exactrelu.polyhedra.matrix_norms import (
        Norm,
        is_spectral_norm_at_most,
        operator_norm,
        spectral_norm_squared,
    )
    from exactrelu.shallow.canonical_forms import CanonicalForm, canonical_form, realize_same_function
    from exactrelu.shallow.fewest_neurons import minimal_width
    from exactrelu.shallow.fibres import fibre_of, locate_in_fibre
    from exactrelu.shallow.parametrization import Neuron, Parametrization
    from exactrelu.shallow.radicals import RadicalSum, radical
    from exactrelu.shallow.step_list import reparametrize
    from exactrelu.stability.degeneracy import degeneracy_report
    from exactrelu.stability.gradient_difference import gradient_distance
    from exactrelu.stability.inverse_stability import inverse_stability
    from exactrelu.stability.lemma_a7 import lemma_a7_constant
    from exactrelu.stability.norms import parameter_distance, sup_distance
    from exactrelu.stability.restricted_space import restricted_space_violations
    from exactrelu.stability.stability_constants import realization_radius
    from exactrelu.stability.theorem_3_1 import theorem_31
    from exactrelu.stability.theorem_3_3 import theorem_33
    from exactrelu.symbolic import SymbolicNetwork, prove_theorem_5
    from exactrelu.verification.decision import PropertyDecision
    from exactrelu.verification.property import Property
    from exactrelu.verification.verdict import Verdict
    from exactrelu.verification.verify import verify

_HOMES = {
    "Activation": "networks.activation",
    "AffineMap": "networks.affine_map",
    "AlgebraicNumber": "numbers.algebraic",
    "AtomicDecomposition": "atoms.decomposition",
    "Bifurcations": "families.bifurcations",
    "CanonicalForm": "shallow.canonical_forms",
    "CheckedCertificate": "certificates.check",
    "Compression": "deep.compression",
    "Configuration": "networks.configuration",
    "CountBound": "counting_bounds.known_bounds",
    "DecisionRegions": "analysis.decision_regions",
    "Distance": "analysis.distances",
    "DistanceNorm": "analysis.distances",
    "Domain": "polyhedra.domain",
    "DomainFamily": "families.network_family",
    "EqualityDecision": "analysis.equality_decision",
    "ExactReluError": "errors",
    "FamilyReport": "families.family_report",
    "IsomorphismDecision": "identifiability.isomorphism",
    "Kink": "analysis.gradients",
    "LossReport": "losses.loss_report",
    "MaxMinForm": "construction.max_min",
    "Network": "networks.network",
    "NetworkFamily": "families.network_family",
    "Neuron": "shallow.parametrization",
    "Norm": "polyhedra.matrix_norms",
    "Normalization": "analysis.lipschitz_bounds",
    "ParameterInterval": "families.bifurcations",
    "Parametrization": "shallow.parametrization",
    "PiecewiseAffine": "construction.piecewise",
    "Problem": "enumeration",
    "Property": "verification.property",
    "PropertyDecision": "verification.decision",
    "RadicalSum": "shallow.radicals",
    "Reading": "networks.reading",
    "Recovery": "identifiability.recovery",
    "Region": "networks.region",
    "Search": "enumeration.effort",
    "ShallowMinima": "losses.shallow_minima",
    "SymbolicNetwork": "symbolic",
    "TheoremSix": "analysis.lipschitz_bounds",
    "TrainingData": "losses.training_data",
    "Verdict": "verification.verdict",
    "architecture_bounds": "door",
    "are_equal": "door",
    "argmax_regions": "door",
    "atomic_decomposition": "door",
    "audit_claims": "door",
    "bifurcations": "door",
    "build": "door",
    "canonical_form": "door",
    "canonical_representative": "door",
    "certify": "door",
    "check": "door",
    "clarke_jacobian": "door",
    "compare_global_bounds": "door",
    "compare_local_bounds": "door",
    "compress": "door",
    "count": "door",
    "decide_equality": "door",
    "decide_isomorphism": "door",
    "decide_realization": "door",
    "degeneracy_report": "door",
    "directional_derivative": "door",
    "distance": "door",
    "draw_coefficients": "door",
    "draw_tiling": "door",
    "enumerate_leaves": "door",
    "family_report": "door",
    "fibre_of": "door",
    "function_from_breakpoints": "door",
    "function_from_pieces": "door",
    "function_from_triangulation": "door",
    "function_of_network": "door",
    "functional_dimension": "door",
    "gradient_chain": "door",
    "gradient_distance": "door",
    "inverse_stability": "door",
    "is_spectral_norm_at_most": "door",
    "lemma_a7_constant": "door",
    "lipschitz_constant": "door",
    "load_data": "door",
    "load_family": "door",
    "load_function": "door",
    "load_network": "door",
    "load_parametrization": "door",
    "local_lipschitz_constants": "door",
    "locate_in_fibre": "door",
    "max_min_form": "door",
    "minimal_width": "door",
    "network_bounds": "door",
    "network_from_arrays": "door",
    "network_from_sklearn": "door",
    "network_from_torch": "door",
    "operator_norm": "door",
    "output_jacobians": "door",
    "output_range": "door",
    "parameter_distance": "door",
    "prove_theorem_5": "door",
    "radical": "door",
    "rational": "door",
    "rational_from_float": "door",
    "read_regions": "door",
    "realization_radius": "door",
    "realize_same_function": "door",
    "recover": "door",
    "reduced": "door",
    "refinement_tree": "door",
    "region_at": "door",
    "region_of": "door",
    "regions": "door",
    "reparametrize": "door",
    "restricted_space_violations": "door",
    "shallow_minima": "door",
    "slopes_at": "door",
    "spectral_norm_squared": "door",
    "standard_example": "door",
    "sup_distance": "door",
    "symmetries": "door",
    "theorem_31": "door",
    "theorem_33": "door",
    "tiling": "door",
    "training_loss": "door",
    "tropical_pair": "door",
    "verify": "door",
    "write_network": "door",
}

__all__ = [
    "Activation",
    "AffineMap",
    "AlgebraicNumber",
    "AtomicDecomposition",
    "Bifurcations",
    "CanonicalForm",
    "CheckedCertificate",
    "Compression",
    "Configuration",
    "CountBound",
    "DecisionRegions",
    "Distance",
    "DistanceNorm",
    "Domain",
    "DomainFamily",
    "EqualityDecision",
    "ExactReluError",
    "FamilyReport",
    "IsomorphismDecision",
    "Kink",
    "LossReport",
    "MaxMinForm",
    "Network",
    "NetworkFamily",
    "Neuron",
    "Norm",
    "Normalization",
    "ParameterInterval",
    "Parametrization",
    "PiecewiseAffine",
    "Problem",
    "Property",
    "PropertyDecision",
    "RadicalSum",
    "Reading",
    "Recovery",
    "Region",
    "Search",
    "ShallowMinima",
    "SymbolicNetwork",
    "TheoremSix",
    "TrainingData",
    "Verdict",
    "architecture_bounds",
    "are_equal",
    "argmax_regions",
    "atomic_decomposition",
    "audit_claims",
    "bifurcations",
    "build",
    "canonical_form",
    "canonical_representative",
    "certify",
    "check",
    "clarke_jacobian",
    "compare_global_bounds",
    "compare_local_bounds",
    "compress",
    "count",
    "decide_equality",
    "decide_isomorphism",
    "decide_realization",
    "degeneracy_report",
    "directional_derivative",
    "distance",
    "draw_coefficients",
    "draw_tiling",
    "enumerate_leaves",
    "family_report",
    "fibre_of",
    "function_from_breakpoints",
    "function_from_pieces",
    "function_from_triangulation",
    "function_of_network",
    "functional_dimension",
    "gradient_chain",
    "gradient_distance",
    "inverse_stability",
    "is_spectral_norm_at_most",
    "lemma_a7_constant",
    "lipschitz_constant",
    "load_data",
    "load_family",
    "load_function",
    "load_network",
    "load_parametrization",
    "local_lipschitz_constants",
    "locate_in_fibre",
    "max_min_form",
    "minimal_width",
    "network_bounds",
    "network_from_arrays",
    "network_from_sklearn",
    "network_from_torch",
    "operator_norm",
    "output_jacobians",
    "output_range",
    "parameter_distance",
    "prove_theorem_5",
    "radical",
    "rational",
    "rational_from_float",
    "read_regions",
    "realization_radius",
    "realize_same_function",
    "recover",
    "reduced",
    "refinement_tree",
    "region_at",
    "region_of",
    "regions",
    "reparametrize",
    "restricted_space_violations",
    "shallow_minima",
    "slopes_at",
    "spectral_norm_squared",
    "standard_example",
    "sup_distance",
    "symmetries",
    "theorem_31",
    "theorem_33",
    "tiling",
    "training_loss",
    "tropical_pair",
    "verify",
    "write_network",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'exactrelu' has no attribute {name!r}")
    return getattr(import_module(f"exactrelu.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
