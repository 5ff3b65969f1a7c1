"""`certify`: the certificate of an answer, or of the answer to a question, whichever kind it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Any

from exactrelu.analysis.asked import Asked
from exactrelu.analysis.distances import Distance, DistanceNorm
from exactrelu.analysis.equality_decision import EqualityDecision
from exactrelu.analysis.lipschitz import LipschitzConstant
from exactrelu.analysis.pieces import Tiling
from exactrelu.analysis.ranges import OutputRanges, output_range
from exactrelu.atoms.decomposition import AtomicDecomposition
from exactrelu.certificates.compression import certify_compression
from exactrelu.certificates.configurations import certify_blocks, certify_configurations
from exactrelu.certificates.decomposition import certify_decomposition
from exactrelu.certificates.differences import certify_difference, certify_near
from exactrelu.certificates.document import certificate_file
from exactrelu.certificates.equality import certify_equal_forms, certify_equality, certify_inequality
from exactrelu.certificates.joint import JointNetwork
from exactrelu.certificates.lipschitz import certify_lipschitz_constant
from exactrelu.certificates.properties import certify_property
from exactrelu.certificates.ranges import certify_ranges
from exactrelu.certificates.shallow import (
    certify_canonical_form,
    certify_reparametrization,
    certify_theorem_31,
)
from exactrelu.certificates.tree_writing import write_empty
from exactrelu.deep.compression import Compression
from exactrelu.enumeration import Problem, Search, enumerate_leaves, started
from exactrelu.enumeration.one_process import blocks_within
from exactrelu.errors import ArgumentError, BudgetExhaustedError
from exactrelu.networks.network import Network
from exactrelu.networks.reading import Reading
from exactrelu.networks.region import Region
from exactrelu.polyhedra.domain import Domain
from exactrelu.shallow.canonical_forms import CanonicalForm, canonical_form
from exactrelu.shallow.step_results import StepResult
from exactrelu.stability.inverse_stability import StabilityReport
from exactrelu.verification.decision import PropertyDecision
from exactrelu.verification.verdict import Verdict
from exactrelu.verification.verify import verify

Path = str | os.PathLike[str]

_KINDS = (
    "a Problem, the list of all regions, a Tiling, a Domain (that is empty), the answer of output_range, "
    "lipschitz_constant, decide_equality, distance (sup), canonical_form, reparametrize, compress, "
    "atomic_decomposition, inverse_stability or verify"
)

_FEW_NEURONS = 16  # of both networks, whose joint cells a certificate lists


def certify(answer: Any, path: str | os.PathLike[str], *, search: Search | None = None) -> None:
    """Write the certificate of an answer to a file, which `exactrelu.check` verifies.

    Parameters
    ----------
    answer
        A question: a `Problem` (its configurations and their number), a `Domain` (that it is empty). Or an
        answer: all regions of `regions` in a list, and what `tiling`, `output_range`, `lipschitz_constant`,
        `decide_equality`, `distance` (norm ``sup``), `canonical_form`, `reparametrize`, `compress`,
        `atomic_decomposition`, `inverse_stability` and `verify` (a property that holds) return.
    path
        The file; packed by gzip if its name ends in ``.gz``. It is complete or not there at all.
    search
        As in `exactrelu.regions`, for the cells that the proof looks at once more.

    Raises
    ------
    ArgumentError
        If there is no certificate of such an answer; the message says of which ones there are.
    BudgetExhaustedError
        If a limit of the search is reached; nothing is written then.

    Examples
    --------
    >>> import tempfile
    >>> import exactrelu
    >>> net = exactrelu.Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     exactrelu.certify(exactrelu.output_range(net, [(-1, 3)]), f"{folder}/range.jsonl")
    ...     print(exactrelu.check(f"{folder}/range.jsonl"))
    valid: the outputs range from 0 to 3
    """
    search, target = started(search), os.fspath(path)
    if isinstance(answer, Sequence) and not isinstance(answer, OutputRanges | str):
        _certify_list(answer, target, search)
        return
    for kind, write in _WRITERS.items():
        if isinstance(answer, kind):
            write(answer, target, search)
            return
    raise ArgumentError(f"certify: expected {_KINDS}, got {type(answer).__name__}")


def _certify_list(answer: Sequence[Any], path: str, search: Search) -> None:
    """Certify the steps of a reparametrization, or all regions of a network."""
    if answer and all(isinstance(one, StepResult) for one in answer):
        certify_reparametrization(path, answer)
        return
    if not answer or not all(isinstance(one, Region) for one in answer):
        raise ArgumentError(f"certify: expected {_KINDS}, got a {type(answer).__name__} of something else")
    first: Region = answer[0]
    problem = Problem(first.network, first.domain, first.reading)
    leaves = list(enumerate_leaves(problem, search=search))
    questions = {(one.network, one.domain, one.reading) for one in answer}
    if len(questions) > 1 or sorted(one.configuration for one in answer) != [
        leaf.configuration for leaf in leaves
    ]:
        raise ArgumentError(
            f"certify: expected all {len(leaves)} regions of one network on one domain, got {len(answer)}"
        )
    certify_configurations(path, problem.network, problem, leaves)


def _problem(problem: Problem, path: str, search: Search) -> None:
    certify_blocks(path, problem.network, problem, blocks_within(search, problem))


def _tiling(tiling: Tiling, path: str, search: Search) -> None:
    _problem(Problem(tiling.network, tiling.domain, Reading.FULL), path, search)


def _compression(answer: Compression, path: str, search: Search) -> None:
    if answer.domain.is_empty:
        _emptiness(answer.domain, path, search)
    else:
        certify_compression(path, answer, search)


def _emptiness(domain: Domain, path: str, _: Search) -> None:
    if not domain.is_empty:
        raise ArgumentError(f"certify: expected an empty domain or {_KINDS}, got a Domain with points")
    zero = Network.from_rationals([([[0] * domain.dimension], None)])
    with certificate_file(path) as writer:
        write_empty(writer, domain, JointNetwork.of(zero), {"kind": "empty"}, str(Reading.HALF_OPEN))


def _ranges(ranges: OutputRanges, path: str, search: Search) -> None:
    certify_ranges(path, ranges.asked.networks, ranges.asked.domain, ranges, search=search)


def _lipschitz(constant: LipschitzConstant, path: str, search: Search) -> None:
    asked = _asked(constant.asked, "lipschitz_constant")
    certify_lipschitz_constant(path, asked.networks[0], asked.domain, constant, search=search)


def _equality(decision: EqualityDecision, path: str, search: Search) -> None:
    """Certify by the cheapest proof there is: a point, one canonical form, else the joint cells."""
    asked = _asked(decision.asked, "decide_equality")
    one, two = asked.networks
    if decision.verdict is Verdict.UNKNOWN:
        raise ArgumentError(f"certify: expected a decision, got the verdict unknown ({decision.reason})")
    if decision.point is not None:
        certify_inequality(path, one, two, asked.domain, decision.point)
    elif not decision.within and _have_one_form(one, two):
        certify_equal_forms(path, one, two)
    else:
        try:
            _nearly_equal(asked, decision.within, path, search)
        except BudgetExhaustedError as error:
            raise BudgetExhaustedError(
                f"{error} before the certificate was written; without one the verdict is {decision.verdict}"
            ) from None


def _nearly_equal(asked: Asked, within: Fraction, path: str, search: Search) -> None:
    """Certify by the compressed difference where joint cells are many and there are steps that say it."""
    one, two = asked.networks
    if within and not asked.domain.is_empty:
        with suppress(ArgumentError):
            certify_near(path, asked.networks, asked.domain, within)
            return
    if sum(one.hidden_widths) + sum(two.hidden_widths) > _FEW_NEURONS and not asked.domain.is_empty:
        try:
            certify_difference(path, (one, two), asked.domain, within, search=search)
        except (ArgumentError, BudgetExhaustedError):
            search.check_time()
        else:
            return
    if not within:
        certify_equality(path, one, two, asked.domain, search=search)
        return
    ranges = output_range(one - two, asked.domain, search=search)
    certify_ranges(path, asked.networks, asked.domain, ranges, search=search)


def _have_one_form(one: Network, two: Network) -> bool:
    """Return whether both are shallow ReLU networks and agree on the whole space: no cells are needed."""
    if any(network.depth != 2 or not network.is_relu for network in (one, two)):
        return False
    return canonical_form(one) == canonical_form(two)


def _distance(found: Distance, path: str, search: Search) -> None:
    """Write the proof of the ranges of the difference; the distance is the largest of their ends.

    A ray of the proof has to stay in one cell of both networks, so the difference is not reduced here.
    """
    if found.norm is not DistanceNorm.SUP:
        raise ArgumentError(f"certify: expected a distance in the norm sup, got the norm {found.norm}")
    asked = _asked(found.asked, "distance")
    ranges = output_range(asked.networks[0] - asked.networks[1], asked.domain, search=search)
    certify_ranges(path, asked.networks, asked.domain, ranges, search=search)


def _form(form: CanonicalForm, path: str, _: Search) -> None:
    if form.realized_by is None:
        raise ArgumentError("certify: expected a canonical form on all of R^d, as canonical_form returns it")
    certify_canonical_form(path, form.realized_by, form)


def _step(result: StepResult, path: str, _: Search) -> None:
    certify_reparametrization(path, [result])


def _stability(report: StabilityReport, path: str, _: Search) -> None:
    if report.theorem_31 is None:
        raise ArgumentError(f"certify: expected a pair for Theorem 3.1; {report.why_not_31}")
    certify_theorem_31(path, report.gamma, report.theta, report.theorem_31, report.gradients)


def _property(decision: PropertyDecision, path: str, search: Search) -> None:
    """Certify that a property holds; the search is done once more if it did not keep its cuts."""
    if decision.verdict is Verdict.HOLDS and not decision.trees and decision.property.groups:
        decision = verify(decision.network, decision.property, search=search, trees=True)
    certify_property(path, decision, search)


def _atoms(decomposition: AtomicDecomposition, path: str, _: Search) -> None:
    certify_decomposition(path, decomposition)


def _asked(asked: Asked | None, function: str) -> Asked:
    if asked is None:
        raise ArgumentError(f"certify: expected an answer that {function} returned, got one made by hand")
    return asked


_WRITERS: dict[type, Callable[[Any, str, Search], None]] = {
    Problem: _problem,
    Tiling: _tiling,
    Domain: _emptiness,
    OutputRanges: _ranges,
    LipschitzConstant: _lipschitz,
    EqualityDecision: _equality,
    Distance: _distance,
    CanonicalForm: _form,
    StepResult: _step,
    Compression: _compression,
    PropertyDecision: _property,
    StabilityReport: _stability,
    AtomicDecomposition: _atoms,
}
