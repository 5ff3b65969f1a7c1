"""A stability report for people: what they need to check it by hand."""

from __future__ import annotations

import argparse
import sys

from exactrelu.cli.outputs import print_facts, print_rows
from exactrelu.numbers.text import number_text, rounded_text, vector_text
from exactrelu.shallow.directions import Pair
from exactrelu.shallow.parametrization import Neuron, Parametrization
from exactrelu.shallow.radicals import RadicalSum
from exactrelu.stability.inverse_stability import StabilityReport
from exactrelu.stability.norms import Real, neuron_distance
from exactrelu.stability.theorem_3_1 import Theorem31
from exactrelu.stability.theorem_3_3 import Theorem33


def print_report(arguments: argparse.Namespace, report: StabilityReport) -> None:
    """Print delta with its cell, Theorem 3.1 with Phi, Theorem 3.3 with the permutation."""
    print_facts(
        [
            ("gamma", _named(arguments.gamma, report.gamma, report.padding[0])),
            ("theta", _named(arguments.theta, report.theta, report.padding[1])),
            ("|Theta - Gamma|", real_text(report.distance)),
        ]
    )
    _print_delta(report)
    sys.stdout.write("\nTheorem 3.1 (our reconstruction)\n")
    if report.theorem_31 is None:
        print_facts([("applies", f"no: {report.why_not_31}")])
    else:
        _print_theorem_31(report.theorem_31, report)
    sys.stdout.write("\nTheorem 3.3 (our reconstruction)\n")
    _print_theorem_33(report.theorem_33, report)


def real_text(value: Real) -> str:
    """Return a rational, or a sum of radicals with a decimal."""
    if isinstance(value, RadicalSum):
        return f"{value} = {value.decimal(6)}..."
    return number_text(value)


def _named(path: str, shallow: Parametrization, appended: int) -> str:
    text = f"{path} ({shallow.inputs}-{shallow.width}-{shallow.outputs})"
    return f"{text}, zero neurons appended: {appended}" if appended else text


def _print_delta(report: StabilityReport) -> None:
    found = report.gradients
    theta, gamma = (rows[found.output][found.input] for rows in found.gradients)
    entry = f"output {found.output}, input {found.input}"
    sys.stdout.write(
        "\ndelta = |R(Theta) - R(Gamma)|_W1inf, the largest entry of the difference of gradients\n"
    )
    print_facts(
        [
            ("delta", f"{number_text(found.value)} ({rounded_text(found.value)})"),
            ("attained at", f"{vector_text(found.point)}, {entry}"),
            ("gradients", f"Theta {number_text(theta)}, Gamma {number_text(gamma)}"),
            ("active", f"Theta {found.configurations[0]}, Gamma {found.configurations[1]}"),
            ("hyperplanes", f"{found.hyperplanes} where the kinks differ"),
        ]
    )


def _print_theorem_31(found: Theorem31, report: StabilityReport) -> None:
    c, some = found.conditions, found.some_theta
    c1 = "no neuron is that small" if c.c1.neuron is None else f"because of neuron {c.c1.neuron}"
    print_facts(
        [
            ("C.1", f"{_yes(c.c1.holds)}, least beta {number_text(c.c1.least_beta)}: {c1}"),
            ("C.2", _pair_text(c.c2, "Gamma", "Gamma", "one direction")),
            ("C.3a, Gamma", _pair_text(c.c3a_gamma, "Gamma", "Gamma", "opposite directions")),
            ("C.3a, Theta", _pair_text(c.c3a_theta, "Theta", "Theta", "opposite directions")),
            ("C.3b", _pair_text(c.c3b, "Gamma", "Theta", "opposite directions")),
            ("C.3, some Theta", f"{some.verdict}{f': {some.reason}' if some.reason else ''}"),
        ]
    )
    if found.phi is None or found.distance is None:
        print_facts([("applies", "no")])
        return
    if not c.c3:
        sys.stdout.write(
            "C.3 fails with Theta as it is given; Phi comes from another Theta with R(Theta) = g\n"
        )
    sys.stdout.writelines(f"  {step.account}\n" for step in found.steps)
    relation = "<=" if found.holds else ">"
    bound = f"{number_text(found.beta)} + 2 sqrt({number_text(found.delta)})"
    print_facts([("|Phi - Gamma|", f"{number_text(found.distance)} {relation} {bound}: {_yes(found.holds)}")])
    _print_neurons("Phi, with R(Phi) = R(Theta)", found.phi, report.gamma)


def _print_theorem_33(found: Theorem33, report: StabilityReport) -> None:
    if found.distance is None or found.assignment is None or found.phi is None:
        names = zip(("Gamma", "Theta"), found.violations, strict=True)
        reasons = [f"{name}, {violation}" for name, several in names for violation in several]
        print_facts([("applies", "no: " + "; ".join(reasons))])
        return
    delta = number_text(found.delta)
    print_facts(
        [
            ("applies", "yes: Gamma and Theta lie in the restricted space (Definition 3.2)"),
            ("distance", f"{real_text(found.distance)} to the nearest permutation Phi of Theta"),
            ("4 sqrt(delta)", f"distance^2 <= 16 * {delta}: {_yes(found.holds_4)}"),
            ("2 sqrt(2 delta)", f"distance^2 <= 8 * {delta}: {_yes(found.holds_2sqrt2)}"),
        ]
    )
    if found.assignment.rows:
        rows, columns = found.assignment.rows, found.assignment.columns
        sys.stdout.write(
            f"no permutation is nearer: {len(rows)} neurons of Gamma ({_listed(rows)}) have only "
            f"{len(columns)} of Theta ({_listed(columns)}) that are nearer than that\n"
        )
    pairs = zip(found.assignment.permutation, report.gamma.neurons, found.phi.neurons, strict=True)
    rows_ = [(str(i), str(j), real_text(neuron_distance(one, two))) for i, (j, one, two) in enumerate(pairs)]
    print_rows(("Gamma's neuron", "Theta's neuron", "largest difference"), rows_)


def _print_neurons(title: str, phi: Parametrization, gamma: Parametrization) -> None:
    sys.stdout.write(f"{title}:\n")
    pairs = zip(phi.neurons, gamma.neurons, strict=True)
    rows = [(str(i), *_row(one), *_row(two)) for i, (one, two) in enumerate(pairs)]
    print_rows(("neuron", "a of Phi", "c of Phi", "a of Gamma", "c of Gamma"), rows)


def _row(neuron: Neuron) -> tuple[str, str]:
    return vector_text(neuron.weight), vector_text(neuron.coefficient)


def _yes(holds: bool | None) -> str:
    return "holds" if holds else "fails"


def _pair_text(pair: Pair | None, one: str, two: str, what: str) -> str:
    if pair is None:
        return "holds"
    return f"fails: neuron {pair[0]} of {one} and neuron {pair[1]} of {two} have {what}"


def _listed(indices: tuple[int, ...]) -> str:
    return ", ".join(map(str, indices[:12])) + (", ..." if len(indices) > 12 else "") if indices else "none"
