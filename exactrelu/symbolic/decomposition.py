"""The right sides of (11) and (12) with symbolic weights, spelled out path by path."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from exactrelu.errors import NetworkError
from exactrelu.networks.configuration import Configuration
from exactrelu.symbolic.matrices import Vector, dot
from exactrelu.symbolic.network import SymbolicNetwork
from exactrelu.symbolic.ring import Polynomial

MAX_PATHS = 1_000_000
"""Most active paths from the first to the last hidden layer that are spelled out."""


@dataclass(frozen=True, repr=False)
class SymbolicAtom:
    """The summand ``coefficient`` * (``column`` (x) ``row``) of (11), in polynomials.

    ``last_hidden`` = i and ``first_hidden`` = j are neurons, counted from 0. For one configuration
    column and row are w_{L,:i} and w_{1,j:}. For all configurations at once they are the i-th column of
    W_L diag(theta_{L-1}) and the j-th row of diag(theta_1) W_1, and the coefficient has the bits of all
    neurons of its paths as factors.
    """

    last_hidden: int
    first_hidden: int
    coefficient: Polynomial
    column: Vector
    row: Vector


@dataclass(frozen=True, repr=False)
class SymbolicDecomposition:
    """What Theorem 5 and (12) state about a symbolic network; `check_identities` proves or refutes it.

    Parameters
    ----------
    network
        The network.
    configuration
        The support pattern; None: all patterns at once, theta as indeterminates with theta^2 = theta.
    atoms
        The summands of (11).
    alphas
        The pairs of a neuron i of the last hidden layer and alpha_{L,i}, a linear form in the inputs.
    bias
        The bias b of (12), N_L polynomials.
    """

    network: SymbolicNetwork
    configuration: Configuration | None
    atoms: tuple[SymbolicAtom, ...]
    alphas: tuple[tuple[int, Polynomial], ...]
    bias: Vector

    def coefficient(self, last_hidden: int, first_hidden: int) -> Any:
        """Return c[last_hidden, first_hidden] as a sympy expression; 0 where there is no atom."""
        for atom in self.atoms:
            if (atom.last_hidden, atom.first_hidden) == (last_hidden, first_hidden):
                return self.network.ring.to_sympy(atom.coefficient)
        return self.network.ring.to_sympy(self.network.ring.zero)

    def alpha(self, last_hidden: int) -> Any:
        """Return alpha_{L,last_hidden} as a sympy expression in weights and inputs; 0 if inactive."""
        form = dict(self.alphas).get(last_hidden, self.network.ring.zero)
        return self.network.ring.to_sympy(form)

    def bias_vector(self) -> Any:
        """Return the bias b of (12) as a sympy Matrix with one column."""
        import sympy

        return sympy.Matrix([self.network.ring.to_sympy(entry) for entry in self.bias])

    def linear_part(self) -> Any:
        """Return the sum of the atoms as an N_L x N_0 sympy Matrix of expanded expressions."""
        import sympy

        ring = self.network.ring
        sums = ((ring.reduced(entry) for entry in row) for row in atom_sum(self))
        return sympy.Matrix([[ring.to_sympy(entry) for entry in row] for row in sums])

    def latex(self) -> str:
        """Return the right side of (11) in LaTeX: coefficients times columns times rows."""
        import sympy

        ring = self.network.ring
        parts = []
        for atom in self.atoms:
            coefficient = sympy.latex(ring.to_sympy(atom.coefficient))
            column = sympy.latex(sympy.Matrix([ring.to_sympy(entry) for entry in atom.column]))
            row = sympy.latex(sympy.Matrix([[ring.to_sympy(entry) for entry in atom.row]]))
            parts.append(rf"\left({coefficient}\right) {column} \otimes {row}")
        return " + ".join(parts) or "0"

    def __repr__(self) -> str:
        pattern = "all configurations" if self.configuration is None else str(self.configuration)
        return f"<SymbolicDecomposition of {self.network!r}, {pattern}: {len(self.atoms)} atoms>"


def symbolic_decomposition(
    network: SymbolicNetwork, configuration: Configuration | None = None
) -> SymbolicDecomposition:
    """Write down the right sides of (11) and (12), every coefficient as the sum of its single paths.

    Parameters
    ----------
    network
        A network with L >= 2.
    configuration
        A support pattern; None for all patterns at once.

    Returns
    -------
    SymbolicDecomposition
        A statement, not yet a proof: see `prove_theorem_5`. For L = 2 the atoms are those with i = j;
        without active neurons in the first or last hidden layer there are none.

    Raises
    ------
    ConfigurationError
        If the configuration does not have a bit for each hidden neuron.
    NetworkError
        If more than `MAX_PATHS` paths lead from the first to the last hidden layer.

    Examples
    --------
    >>> net = SymbolicNetwork.generic((1, 1, 2, 1, 1), biases=False)
    >>> statement = symbolic_decomposition(net, Configuration.parse("1|11|1", (1, 2, 1)))
    >>> statement.coefficient(0, 0)
    w2_0_0*w3_0_0 + w2_1_0*w3_0_1
    >>> symbolic_decomposition(net).coefficient(0, 0)
    theta1_0*theta2_0*theta3_0*w2_0_0*w3_0_0 + theta1_0*theta2_1*theta3_0*w2_1_0*w3_0_1

    References
    ----------
    Heinecke & Hwang, Theorem 5 and (12).
    """
    masks = network.masks(configuration)
    number = math.prod(sum(map(bool, mask)) for mask in masks)
    if number > MAX_PATHS:
        raise NetworkError(f"paths: expected at most {MAX_PATHS} through the hidden layers, got {number}")
    sums = [_path_sums(network, masks, j) for j in range(1, network.depth)]
    atoms = tuple(_atoms(network, masks, sums[0], symbolic=configuration is None))
    return SymbolicDecomposition(
        network, configuration, atoms, _alphas(network, sums[0]), _bias(network, sums)
    )


_Sums = dict[tuple[int, int], Polynomial]


def _path_sums(network: SymbolicNetwork, masks: tuple[Vector, ...], start: int) -> _Sums:
    """Return the sums of the paths from layer ``start`` to the last hidden one, by (last, first) neuron.

    The product of a path has its weights and the bits of all its neurons, both ends included.
    """
    sums: _Sums = {}
    last = len(masks)
    wanted = [i for i, bit in enumerate(masks[last - 1]) if bit]
    for first, bit in enumerate(masks[start - 1]):
        if not bit:
            continue
        if start < last:
            sums |= {(i, first): network.ring.zero for i in wanted}
        for end, product in _walks(network, masks, start, first, bit):
            sums[end, first] = sums.get((end, first), network.ring.zero) + product
    return sums


def _walks(
    network: SymbolicNetwork, masks: tuple[Vector, ...], layer: int, neuron: int, product: Polynomial
) -> Iterator[tuple[int, Polynomial]]:
    """Yield the end and the product of every path that goes on from a neuron, depth first."""
    if layer == len(masks):
        yield neuron, product
        return
    weight = network.weights[layer]
    for following, bit in enumerate(masks[layer]):
        if bit:
            step = weight[following][neuron] * bit
            yield from _walks(network, masks, layer + 1, following, product * step)


def _atoms(
    network: SymbolicNetwork, masks: tuple[Vector, ...], coefficients: _Sums, *, symbolic: bool
) -> Iterator[SymbolicAtom]:
    columns = list(zip(*network.weights[-1], strict=True))
    rows = network.weights[0]
    for (i, j), coefficient in sorted(coefficients.items(), key=lambda item: item[0]):
        column, row = columns[i], rows[j]
        if symbolic:
            column = tuple(masks[-1][i] * entry for entry in column)
            row = tuple(masks[0][j] * entry for entry in row)
        yield SymbolicAtom(i, j, coefficient, column, row)


def _alphas(network: SymbolicNetwork, coefficients: _Sums) -> tuple[tuple[int, Polynomial], ...]:
    """Return alpha_{L,i}(x), the sum over i_1 of c[i, i_1] w_{1,i_1:} x."""
    ring = network.ring
    point = [ring.generator(x) for x in network.inputs]
    forms = [dot(row, point, ring.zero) for row in network.weights[0]]
    alphas: dict[int, Polynomial] = {}
    for (i, j), coefficient in sorted(coefficients.items(), key=lambda item: item[0]):
        alphas[i] = alphas.get(i, ring.zero) + coefficient * forms[j]
    return tuple(alphas.items())


def _bias(network: SymbolicNetwork, sums: list[_Sums]) -> Vector:
    """Return b: every path from an active neuron (j, i) to the output carries b_{j,i}; and b_L."""
    total = list(network.biases[-1])
    for j, paths in enumerate(sums, start=1):
        for (end, start), coefficient in paths.items():
            carried = coefficient * network.biases[j - 1][start]
            if carried:
                total = [b + row[end] * carried for b, row in zip(total, network.weights[-1], strict=True)]
    return tuple(total)


def atom_sum(decomposition: SymbolicDecomposition) -> list[list[Polynomial]]:
    """Return the sum of the atoms of a statement, entry by entry, N_L x N_0, not reduced."""
    network = decomposition.network
    sums = [[network.ring.zero] * network.widths[0] for _ in range(network.widths[-1])]
    for atom in decomposition.atoms:
        for total, a in zip(sums, atom.column, strict=True):
            scaled = atom.coefficient * a
            for s, b in enumerate(atom.row):
                total[s] = total[s] + scaled * b
    return sums
