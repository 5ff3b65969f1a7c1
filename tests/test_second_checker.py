"""Two checkers, written apart from one document, accept and refuse the same files."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from exactrelu import (
    Configuration,
    Domain,
    Network,
    Problem,
    atomic_decomposition,
    enumerate_leaves,
    lipschitz_constant,
    output_range,
)
from exactrelu.certificates import (
    certify_configurations,
    certify_decomposition,
    certify_equality,
    certify_inequality,
    certify_lipschitz_constant,
    certify_ranges,
)
from exactrelu.certificates.shallow import (
    certify_canonical_form,
    certify_reparametrization,
    certify_theorem_31,
)
from exactrelu.shallow.canonical_forms import canonical_form
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.shallow.step_list import reparametrize
from exactrelu.stability.inverse_stability import inverse_stability
from tests import test_checker_attacks as attacks
from tests.support.certificate_lines import (
    ABSOLUTE,
    OPEN_BOX,
    end,
    entries_of,
    header,
    refusal,
    samples,
    text_of,
    write,
)
from tests.support.drawn_networks import Chooser, draw_domain, draw_network, with_drawn_units
from tests.support.drawn_parametrizations import draw_parametrization
from tests.support.second_checker import refuses

READINGS = ("half-open", "closed", "full")


def certificates(seed: int, path: Path, *, units: bool) -> Iterator[str]:
    """Write the certificates of a drawn network and domain to one path, one after the other.

    With ``units`` neurons have slopes of all kinds.
    """
    c = Chooser.seeded("second checker", seed)
    network = draw_network(c, most_hidden=5)
    if units:
        network = with_drawn_units(c, network)
    domain = draw_domain(c, network.inputs)
    for reading in READINGS:
        for depth in {network.depth - 1, c.integer(0, network.depth - 1)}:
            problem = Problem.of(network, domain, reading, depth)
            certify_configurations(path, network, problem, enumerate_leaves(problem))
            yield f"configurations {reading} {depth}"
    certify_ranges(path, [network], domain, output_range(network, domain))
    yield "range"
    for norm in ("1", "2", "inf"):
        certify_lipschitz_constant(path, network, domain, lipschitz_constant(network, domain, norm))
        yield f"lipschitz {norm}"
    deeper = network.deepened(network.depth + 1)
    certify_equality(path, network, deeper, domain)
    yield "equal"
    certify_ranges(path, [deeper, network], domain, output_range(deeper - network, domain))
    yield "range of a difference"
    layers = [([list(row) for row in layer.weight], list(layer.bias)) for layer in network.layers]
    layers[-1][1][0] += 1
    certify_inequality(
        path,
        network,
        Network.from_rationals(layers, activations=network.activations),
        Domain.whole_space(network.inputs),
        [0] * network.inputs,
    )
    yield "unequal"
    if network.depth > 1 and network.is_relu:
        bits = tuple(tuple(c.integer(0, 1) for _ in range(width)) for width in network.hidden_widths)
        certify_decomposition(path, atomic_decomposition(network, Configuration(bits)))
        yield "decomposition"


def shallow_certificates(seed: int, path: Path) -> Iterator[str]:
    """Write the certificates of drawn parametrizations to one path, one after the other."""
    c = Chooser.seeded("second checker, shallow", seed)
    shallow = draw_parametrization(c)
    certify_canonical_form(path, shallow, canonical_form(shallow))
    yield "canonical"
    certify_reparametrization(path, reparametrize(shallow, "drop,merge,balance,cancel,pad:9,embed"))
    yield "reparametrization"
    gamma = draw_parametrization(c, most_inputs=2, biased=False, kind="integer")
    gamma = Parametrization.of_network(gamma.network())
    theta = Parametrization.from_rationals(
        [neuron.weight for neuron in gamma.neurons],
        [[2 * entry for entry in neuron.coefficient] for neuron in gamma.neurons],
    )
    report = inverse_stability(gamma, theta)
    if report.theorem_31 is not None and report.theorem_31.phi is not None:
        certify_theorem_31(path, report.gamma, report.theta, report.theorem_31, report.gradients)
        yield "theorem-3.1"


@pytest.mark.parametrize("seed", range(40))
def test_both_accept_what_is_written(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "c.jsonl"
    for kind in certificates(seed, path, units=False):
        assert refusal(path) == refuses(path) == "", kind
    for kind in shallow_certificates(seed, path):
        assert refusal(path) == refuses(path) == "", kind


@pytest.mark.parametrize("seed", range(40))
def test_both_accept_what_is_written_of_networks_of_all_units(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "c.jsonl"
    for kind in certificates(seed, path, units=True):
        assert refusal(path) == refuses(path) == "", kind


@pytest.mark.parametrize("name", attacks.NAMES)
def test_both_refuse_the_same_corrupted_files(tmp_path: Path, name: str) -> None:
    entries = samples(tmp_path)[name]
    rng = random.Random(name)  # noqa: S311 - no secrets
    for n, entry in enumerate(entries):
        changes = [other for other in attacks.changed(entry) if isinstance(other, dict)]
        for other in rng.sample(changes, min(len(changes), 15)):
            path = write(tmp_path / "c.jsonl", [*entries[:n], other, *entries[n + 1 :]])
            assert bool(refusal(path)) == bool(refuses(path)), other


@pytest.mark.parametrize("name", attacks.VALID_BY_HAND)
def test_the_second_checker_accepts_what_no_writer_writes(tmp_path: Path, name: str) -> None:
    assert refuses(write(tmp_path / "c.jsonl", attacks.VALID_BY_HAND[name])) == ""


@pytest.mark.parametrize("name", attacks.HOLES)
def test_the_second_checker_has_none_of_the_holes_either(tmp_path: Path, name: str) -> None:
    assert refuses(write(tmp_path / "c.jsonl", attacks.HOLES[name][0]))


def test_both_refuse_lines_that_were_dropped_repeated_or_cut(tmp_path: Path) -> None:
    for reading in READINGS:
        problem = Problem.of(ABSOLUTE, OPEN_BOX, reading)
        path = tmp_path / "c.jsonl"
        certify_configurations(path, ABSOLUTE, problem, enumerate_leaves(problem))
        text = path.read_text(encoding="utf-8")
        entries = entries_of(text)
        forged = [text_of([*entries[:n], *entries[n + 1 :]]) for n in range(1, len(entries))]
        forged += [text_of([*entries[:n], entries[n - 1], *entries[n:]]) for n in range(1, len(entries))]
        forged += [text[:n] for n in range(1, len(text), 40)] + [text + "\n", text + text]
        for one in forged:
            path.write_text(one, encoding="utf-8")
            assert refusal(path)
            assert refuses(path)


def test_a_file_is_one_gzip_member(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl.gz"
    problem = Problem.of(ABSOLUTE)
    certify_configurations(path, ABSOLUTE, problem, enumerate_leaves(problem))
    packed = path.read_bytes()
    assert refusal(path) == refuses(path) == ""
    empty = gzip.compress(b"")
    for forged in (packed + packed, packed + empty, empty + packed, packed + b"\0" * 8, packed[:-1]):
        path.write_bytes(forged)
        assert refusal(path)
        assert refuses(path)


def test_both_accept_an_empty_domain_proved_in_pieces(tmp_path: Path) -> None:
    nowhere = attacks.NOWHERE
    for reading in ("half-open", "closed"):
        entries = [
            header(attacks.FULL, [attacks.ONE_NEURON], nowhere, reading),
            {"split": [1, 0]},
            attacks.REFUTED,
            attacks.REFUTED,
            end(5, impossible=2),
        ]
        path = write(tmp_path / "c.jsonl", entries)
        assert refusal(path) == refuses(path) == ""
    write(path, [header(attacks.FULL, [attacks.ONE_NEURON], nowhere, "full"), *entries[1:]])
    assert refusal(path)
    assert refuses(path)
