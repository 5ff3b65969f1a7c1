"""Theorem 5 of Heinecke & Hwang as polynomial identities, so for all weights at once.

The weights of a `SymbolicNetwork` are polynomials in indeterminates, with rational coefficients; sympy
matrices go in, sympy expressions and LaTeX come out, python-flint's multivariate polynomials compute.
`prove_theorem_5` proves (11) and (12) for one support pattern, or for all patterns at once: then the
bits theta are indeterminates with theta^2 = theta.
"""

from __future__ import annotations

from exactrelu.symbolic.decomposition import SymbolicAtom, SymbolicDecomposition, symbolic_decomposition
from exactrelu.symbolic.network import SymbolicNetwork
from exactrelu.symbolic.proof import (
    Identity,
    IdentityReport,
    Mismatch,
    check_identities,
    prove_theorem_5,
)

__all__ = [
    "Identity",
    "IdentityReport",
    "Mismatch",
    "SymbolicAtom",
    "SymbolicDecomposition",
    "SymbolicNetwork",
    "check_identities",
    "prove_theorem_5",
    "symbolic_decomposition",
]
