"""Certificates: answers that a second, tiny program can check (see ``docs/certificates.md``).

Each ``certify_*`` function writes one claim with its proof to a file; `exactrelu.checker` reads it. The
data walks one way: an engine's leaves (`tree_writing`), the case tree (`case_tree`) whose excluded branches
are questions, the multipliers that answer them (`multipliers`), the lines (`document`).
"""

from exactrelu.certificates.configurations import certify_configurations
from exactrelu.certificates.decomposition import certify_decomposition
from exactrelu.certificates.equality import certify_equal_forms, certify_equality, certify_inequality
from exactrelu.certificates.lipschitz import certify_lipschitz_constant
from exactrelu.certificates.ranges import certify_ranges

__all__ = [
    "certify_configurations",
    "certify_decomposition",
    "certify_equal_forms",
    "certify_equality",
    "certify_inequality",
    "certify_lipschitz_constant",
    "certify_ranges",
]
