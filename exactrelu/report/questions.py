"""The questions of a report, one function each: from a subject to a section."""

from __future__ import annotations

from exactrelu.analysis.lipschitz import lipschitz_constant
from exactrelu.analysis.lipschitz_bounds import TheoremSix, compare_global_bounds
from exactrelu.analysis.ranges import output_range
from exactrelu.counting_bounds.known_bounds import network_bounds
from exactrelu.deep.compression import compress
from exactrelu.documents.report import Cell, Quantity, Row, Section, rows_of
from exactrelu.enumeration import Problem, count
from exactrelu.identifiability.symmetry_report import symmetries
from exactrelu.networks.reading import Reading
from exactrelu.networks.reduced_networks import composed
from exactrelu.polyhedra.matrix_norms import Norm
from exactrelu.report.evidence import evidence_for
from exactrelu.report.subject import Subject
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.stability.degeneracy import DegeneracyReport, degeneracy_report
from exactrelu.verification.decision import PropertyDecision
from exactrelu.verification.verify import verify

_FEW = 20
_THEOREM_6 = {
    "stated": "Theorem 6 (i) as stated",
    "true_norms": "Theorem 6 (i), true norms",
    "spectral": "Theorem 6 (ii)",
}


def identity(subject: Subject) -> Section:
    """Return what the network is."""
    network = subject.network
    parameters = sum(layer.inputs * layer.outputs + layer.outputs for layer in network.layers)
    units = "ReLU" if network.is_relu else "with two slopes"
    facts: list[tuple[str, Cell]] = [
        ("name", subject.name or network.name or "(none)"),
        ("widths", "-".join(map(str, network.widths))),
        ("hidden units", f"{sum(network.hidden_widths):,}, {units}; {sum(network.bent_widths):,} with a bit"),
        ("weights and biases", f"{parameters:,}"),
        ("hash", network.digest),
        ("domain", str(subject.domain)),
        ("dimension of the domain", str(subject.domain.affine_dimension)),
    ]
    return Section("The network", ("", ""), rows_of(facts))


def ranges(subject: Subject) -> Section:
    """Return the exact range of each output."""
    found = output_range(subject.network, subject.domain, search=subject.search())
    if found is None:
        return Section("Ranges", notes=("The domain is empty.",))
    evidence = evidence_for(found, "ranges", subject.search())
    rows = []
    for j, one in enumerate(found):
        for name, end in (("min", one.minimum), ("max", one.maximum)):
            attained = "attained at" if end.attained else "approached towards"
            cells = (f"y{j} {name}", Quantity.of(end.value), attained, Quantity.point(end.point))
            rows.append(Row(cells, evidence))
    return Section("Ranges", ("output", "value", "", "point"), tuple(rows))


def lipschitz_constants(subject: Subject) -> Section:
    """Return the exact Lipschitz constants, beside the bounds of Theorem 6."""
    rows = []
    for norm in Norm:
        constant = lipschitz_constant(subject.network, subject.domain, norm, search=subject.search())
        power = constant.power if norm is Norm.TWO else None
        cells: tuple[Cell, ...] = (f"norm {norm}", Quantity.root(constant.value, power))
        cells += (str(constant.configuration or "(one cell)"),)
        rows.append(Row(cells, evidence_for(constant, f"lipschitz-{norm}", subject.search())))
        if norm is Norm.TWO and composed(subject.network).is_relu:
            bounds = compare_global_bounds(constant, TheoremSix(subject.network))
            rows += [
                Row(
                    (
                        _THEOREM_6[name],
                        Quantity.root(one.bound_squared.sqrt(), one.bound_squared),
                        _said(one.holds),
                    )
                )
                for name, one in bounds.items()
            ]
    return Section("Lipschitz constants", ("", "value", "cell"), tuple(rows))


def _said(holds: bool) -> str:
    return "holds" if holds else "fails: its hypothesis is not met"


def counts(subject: Subject) -> Section:
    """Return the number of cells in each reading, beside what the literature knows."""
    rows = []
    found = {}
    for reading in (Reading.HALF_OPEN, Reading.CLOSED, Reading.FULL):
        search = subject.search()
        found[reading] = count(subject.network, subject.domain, reading, search=search)
        problem = Problem.of(subject.network, subject.domain, reading)
        evidence = evidence_for(problem, f"cells-{reading}", subject.search())
        rows.append(Row((str(reading), Quantity.of(found[reading]), "exact"), evidence))
    for bound in network_bounds(subject.network, subject.domain):
        value = "no number" if bound.value is None else Quantity.of(bound.value)
        rows.append(Row((f"{bound.kind} bound", value, f"{bound.source}: {bound.statement}")))
    agree = len(set(found.values())) == 1
    note = (
        "The readings agree." if agree else "The readings differ: the network is degenerate on this domain."
    )
    return Section("Cells", ("reading", "number", ""), tuple(rows), (note,))


def degeneracies(subject: Subject) -> Section:
    """Return what is degenerate in the parameters, and the smaller network that is the same function."""
    rows: list[Row] = []
    if subject.network.depth == 2 and subject.network.is_relu:
        report = degeneracy_report(Parametrization.of_network(subject.network))
        rows += rows_of(_degenerate(report))
    smaller = compress(subject.network, subject.domain, search=subject.search(), effort=subject.seconds / 2)
    widths = "-".join(map(str, smaller.after.widths))
    same = smaller.after.widths == smaller.before.widths
    said = "nothing was found to leave out" if same else f"{widths} is the same function on the domain"
    rows.append(Row(("smaller network", said), evidence_for(smaller, "compression", subject.search())))
    rows += [Row(("step", f"{step.name}: {'; '.join(step.account[:3])}")) for step in smaller.steps[:_FEW]]
    return Section("Degeneracies", ("", ""), tuple(rows))


def _degenerate(report: DegeneracyReport) -> list[tuple[str, Cell]]:
    """Return what is degenerate in a network with one hidden layer."""
    facts: list[tuple[str, Cell]] = [
        ("zero neurons", ", ".join(map(str, report.zero[:_FEW])) or "none"),
        ("constant neurons", ", ".join(map(str, report.constant[:_FEW])) or "none"),
        ("parallel neurons", "; ".join(map(str, report.parallel[:_FEW])) or "none"),
        ("opposite neurons", "; ".join(map(str, report.opposite[:_FEW])) or "none"),
    ]
    return facts + [
        (one.theorem, "applies" if one.applies else "; ".join(one.failures)) for one in report.theorems
    ]


def symmetry(subject: Subject) -> Section:
    """Return what the function says of its parameters."""
    report = symmetries(subject.network, subject.domain, search=subject.search())
    dimension = report.dimension
    less = f"{dimension.parameters} parameters - {dimension.rescalings} rescalings"
    facts: list[tuple[str, Cell]] = [
        ("functional dimension", Quantity.of(dimension.value)),
        ("at most", f"{dimension.most} = {less}"),
        *[("hidden symmetry", str(one)) for one in report.hidden[:_FEW]],
    ]
    if not report.hidden:
        facts.append(("hidden symmetries", "none found"))
    unseen = [bend for bend in report.bends if not bend.seen]
    facts.append(("bends that no output shows", f"{len(unseen)} of {len(report.bends)}"))
    return Section("Symmetries", ("", ""), rows_of(facts))


def properties(subject: Subject) -> Section:
    """Return the verdict on each property."""
    rows: list[Row] = []
    for name, prop in subject.properties:
        decision = verify(subject.network, prop, search=subject.search(), trees=True)
        evidence = None
        if decision.verdict == "holds":
            evidence = evidence_for(decision, f"property-{len(rows) + 1}", subject.search())
        rows.append(Row((name, str(decision.verdict), _witness(decision)), evidence))
    return Section("Properties", ("property", "verdict", "unsafe input"), tuple(rows))


def _witness(decision: PropertyDecision) -> Cell:
    if decision.point is None:
        return decision.reason or ""
    return Quantity.point(decision.point)
