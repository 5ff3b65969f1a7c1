"""The public door: the functions of `exactrelu`, with arguments as people have them.

Behind it every function takes exact values of one type and trusts them. `exactrelu.door.arguments` reads
what stands in the place of each parameter, by its annotation: a path or arrays for a network, pairs for a
domain, ``2`` for a norm, an engine's name for a search. Each function is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

HOMES = {
    "architecture_bounds": "exactrelu.counting_bounds.known_bounds",
    "are_equal": "exactrelu.analysis.equality",
    "argmax_regions": "exactrelu.analysis.decision_regions",
    "atomic_decomposition": "exactrelu.atoms.decomposition",
    "audit_claims": "exactrelu.audit",
    "bifurcations": "exactrelu.families.bifurcations",
    "build": "exactrelu.construction.build",
    "canonical_form": "exactrelu.shallow.canonical_forms",
    "canonical_representative": "exactrelu.identifiability.isomorphism",
    "certify": "exactrelu.certificates.certify",
    "check": "exactrelu.certificates.check",
    "clarke_jacobian": "exactrelu.analysis.gradients",
    "compare_global_bounds": "exactrelu.analysis.lipschitz_bounds",
    "compare_local_bounds": "exactrelu.analysis.lipschitz_bounds",
    "compress": "exactrelu.deep.compression",
    "count": "exactrelu.enumeration",
    "decide_equality": "exactrelu.analysis.equality",
    "decide_isomorphism": "exactrelu.identifiability.isomorphism",
    "decide_realization": "exactrelu.construction.realization",
    "degeneracy_report": "exactrelu.stability.degeneracy",
    "directional_derivative": "exactrelu.analysis.gradients",
    "distance": "exactrelu.analysis.distances",
    "draw_coefficients": "exactrelu.drawing",
    "draw_tiling": "exactrelu.drawing",
    "enumerate_leaves": "exactrelu.enumeration",
    "family_report": "exactrelu.families.family_report",
    "fibre_of": "exactrelu.shallow.fibres",
    "function_from_breakpoints": "exactrelu.construction.triangulations",
    "function_from_pieces": "exactrelu.construction.piecewise",
    "function_from_triangulation": "exactrelu.construction.triangulations",
    "function_of_network": "exactrelu.construction.network_pieces",
    "functional_dimension": "exactrelu.identifiability.functional_dimension",
    "gradient_chain": "exactrelu.analysis.gradients",
    "gradient_distance": "exactrelu.stability.gradient_difference",
    "inverse_stability": "exactrelu.stability.inverse_stability",
    "is_spectral_norm_at_most": "exactrelu.polyhedra.matrix_norms",
    "lemma_a7_constant": "exactrelu.stability.lemma_a7",
    "lipschitz_constant": "exactrelu.analysis.lipschitz",
    "load_data": "exactrelu.formats.training_data_file",
    "load_family": "exactrelu.formats.family_file",
    "load_function": "exactrelu.formats.function_file",
    "load_network": "exactrelu.formats",
    "load_parametrization": "exactrelu.formats.shallow_file",
    "local_lipschitz_constants": "exactrelu.analysis.lipschitz",
    "locate_in_fibre": "exactrelu.shallow.fibres",
    "max_min_form": "exactrelu.construction.max_min",
    "minimal_width": "exactrelu.shallow.fewest_neurons",
    "network_bounds": "exactrelu.counting_bounds.known_bounds",
    "network_from_arrays": "exactrelu.formats.arrays",
    "network_from_sklearn": "exactrelu.formats.sklearn_models",
    "network_from_torch": "exactrelu.formats.torch_modules",
    "operator_norm": "exactrelu.polyhedra.matrix_norms",
    "output_jacobians": "exactrelu.analysis.gradients",
    "output_range": "exactrelu.analysis.ranges",
    "parameter_distance": "exactrelu.stability.norms",
    "prove_theorem_5": "exactrelu.symbolic",
    "radical": "exactrelu.shallow.radicals",
    "rational": "exactrelu.numbers.rationals",
    "rational_from_float": "exactrelu.numbers.rationals",
    "read_regions": "exactrelu.formats.region_table_file",
    "realization_radius": "exactrelu.stability.stability_constants",
    "realize_same_function": "exactrelu.shallow.canonical_forms",
    "recover": "exactrelu.identifiability.recovery",
    "reduced": "exactrelu.networks.reduced_networks",
    "refinement_tree": "exactrelu.analysis.refinement",
    "region_at": "exactrelu.enumeration.region_at",
    "region_of": "exactrelu.networks.region",
    "regions": "exactrelu.enumeration",
    "reparametrize": "exactrelu.shallow.step_list",
    "restricted_space_violations": "exactrelu.stability.restricted_space",
    "shallow_minima": "exactrelu.losses.shallow_minima",
    "slopes_at": "exactrelu.analysis.gradients",
    "spectral_norm_squared": "exactrelu.polyhedra.matrix_norms",
    "standard_example": "exactrelu.construction.standard_examples",
    "sup_distance": "exactrelu.stability.norms",
    "symmetries": "exactrelu.identifiability.symmetry_report",
    "theorem_31": "exactrelu.stability.theorem_3_1",
    "theorem_33": "exactrelu.stability.theorem_3_3",
    "tiling": "exactrelu.analysis.pieces",
    "training_loss": "exactrelu.losses.loss_report",
    "tropical_pair": "exactrelu.construction.tropical",
    "verify": "exactrelu.verification.verify",
    "write_network": "exactrelu.documents.network",
}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'exactrelu.door' has no attribute {name!r}")
    from exactrelu.door.arguments import opened

    function = opened(getattr(import_module(HOMES[name]), name))
    globals()[name] = function  # one object for all who ask
    return function
