"""A report says what the functions say, exactly, with certificates that check, on a page of its own."""

from __future__ import annotations

import base64
import gzip
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from html import unescape
from pathlib import Path

import pytest

import exactrelu
from exactrelu import Domain, Network
from exactrelu.documents.report import Evidence, Quantity, Row, Section
from exactrelu.errors import DomainError
from exactrelu.report.network_report import network_report
from exactrelu.report.page import page
from exactrelu.report.slices import slice_of
from exactrelu.verification.property import Property

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
ABSOLUTE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], ["-1/3"])])
FOLDS = Network.from_rationals([([[1, 0], [-1, 0], [0, 1]], [0, 0, "-1/2"]), ([[1, 1, -2], [0, 1, 1]], None)])
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def random_network(widths, seed):
    draw = random.Random(seed)  # noqa: S311 - no secret
    sizes = list(zip(widths[1:], widths, strict=False))
    rows = [
        [[draw.randint(-9, 9) for _ in range(inputs)] for _ in range(outputs)] for outputs, inputs in sizes
    ]
    return Network.from_rationals([(matrix, [draw.randint(-9, 9) for _ in matrix]) for matrix in rows])


def section(report, title):
    (found,) = [one for one in report.sections if one.title == title]
    assert found.unanswered is None
    return found


def text_of(report, folder):
    report.write(folder / "report.html")
    return (folder / "report.html").read_text(encoding="utf-8")


def own_part(text):
    """Return the page without the code of plotly."""
    return re.sub(r"<script>.*?</script>", "", text, count=1, flags=re.DOTALL)


@pytest.fixture(scope="module")
def folds():
    box = Domain.box([(-1, 1), (-1, 1)])
    bounds = [(text, Property.from_bounds(2, 2, box, [text])) for text in ("y0 <= 3", "y0 <= 1/2")]
    return network_report(FOLDS, box, properties=bounds)


def test_numbers_are_those_of_the_functions(folds):
    box = Domain.box([(-1, 1), (-1, 1)])
    ends = [end.value for one in exactrelu.output_range(FOLDS, box) for end in (one.minimum, one.maximum)]
    assert [row.cells[1] for row in section(folds, "Ranges").rows] == [Quantity.of(value) for value in ends]
    counts = {row.cells[0]: row.cells[1].exact for row in section(folds, "Cells").rows[:3]}
    assert counts == {
        reading: str(exactrelu.count(FOLDS, box, reading)) for reading in ("half-open", "closed", "full")
    }
    assert len(set(counts.values())) == 3  # the network is degenerate
    norms = {row.cells[0]: row.cells[1] for row in section(folds, "Lipschitz constants").rows}
    for norm in ("1", "2", "inf"):
        constant = exactrelu.lipschitz_constant(FOLDS, box, norm)
        expected = f"the square root of {constant.power}" if norm == "2" else str(constant.value)
        assert norms[f"norm {norm}"].exact in (expected, str(constant.value))


def test_verdicts_and_unsafe_points(folds):
    safe, unsafe = section(folds, "Properties").rows
    assert (safe.cells[1], unsafe.cells[1]) == ("holds", "refuted")
    assert isinstance(safe.evidence, Evidence)
    point = re.findall(r"-?\d+(?:/\d+)?", unsafe.cells[2].exact)
    assert FOLDS(tuple(point))[0] > exactrelu.rational("1/2")


def test_every_certificate_of_the_page_checks_and_a_changed_one_does_not(folds, tmp_path):
    text = own_part(text_of(folds, tmp_path))
    found = re.findall(
        r'download="([^"]+)" href="data:application/gzip;base64,([^"]+)" title="([^"]+)"', text
    )
    names = [name for name, _, _ in found]
    assert len(names) == len(set(names)) >= 9
    for name, content, says in found:
        path = tmp_path / name
        path.write_bytes(base64.b64decode(content))
        checked = exactrelu.check(path)
        assert checked
        assert str(checked) == unescape(says)
    lines = gzip.decompress((tmp_path / "ranges.jsonl.gz").read_bytes()).replace(b'"reached"', b'"thin"', 1)
    (tmp_path / "changed.jsonl").write_bytes(lines)
    assert not exactrelu.check(tmp_path / "changed.jsonl")


def test_the_page_loads_nothing_from_elsewhere_and_shows_exact_numbers(folds, tmp_path):
    text = own_part(text_of(folds, tmp_path))
    assert not re.findall(r'(?:src|href)="(?!#|data:)', text)
    assert "@media print" in text
    for row in section(folds, "Ranges").rows:
        assert f'title="{row.cells[1].exact}"' in text


@pytest.mark.parametrize("power", [300, -1200, 4000])
@pytest.mark.parametrize("inputs", [1, 2])
def test_numbers_that_no_float_holds_are_drawn_in_units_of_their_own(power, inputs, tmp_path):
    """The graph has its knots at multiples of 2^power, and values as large."""
    unit = Fraction(2) ** power
    weights = [[1] * inputs, [-1] + [1] * (inputs - 1)]
    network = Network.from_rationals([(weights, [0, unit]), ([[unit, 1], [1, 2]], None)])
    for domain in (Domain.whole_space(inputs), Domain.box([(-2 * unit, 2 * unit)] * inputs)):
        report = network_report(network, domain, seconds=60)
        for figure in section(report, "Pictures").figures:
            numbers = [v for one in figure.data for axis in "xy" for v in one[axis] if v is not None]
            assert all(math.isfinite(v) and abs(v) < 1e101 for v in numbers)
            if domain.constraints:
                assert any(abs(v) >= 1 for v in numbers)
                assert ("in units of 10^" in figure.layout["xaxis"]["title"]["text"]) == (power != 300)
        text_of(report, tmp_path)


def test_a_box_wider_than_all_doubles_has_its_answers():
    report = network_report(ABSOLUTE, Domain.box([(-(10**400), 10**308)]), seconds=60)
    assert [one.title for one in report.sections if one.unanswered] == []
    assert section(report, "Ranges").rows[1].cells[1] == Quantity.of(10**400 - Fraction(1, 3))


def test_what_takes_too_long_is_left_without_an_answer():
    wide = random_network((6, 40, 40, 2), seed=5)
    report = network_report(wide, Domain.box([(-1, 1)] * 6), seconds=0.02)
    unanswered = {one.title: one.unanswered for one in report.sections if one.unanswered}
    assert "Cells" in unanswered
    assert "unknown within 0.02 seconds" in unanswered["Cells"]


STEPS = """
import os, sys, tempfile, time
from exactrelu import Domain, Network
from exactrelu.cli import supervisor
from exactrelu.cli.long_steps import within_time
from exactrelu.documents.report import Section
from exactrelu.report.subject import Subject, answered

def patient(subject):
    for _ in range(8):
        subject.search()
        time.sleep(0.2)
    return Section("patient", notes=("x" * 300_000,))

def stuck(subject):
    with tempfile.TemporaryDirectory() as folder:
        print(folder, flush=True)
        time.sleep(100)

def broken(subject):
    raise ZeroDivisionError("here")

def killed(subject):
    os._exit(0)

def work():
    subject = Subject(Network.from_rationals([([[1]], None)]), Domain.whole_space(1), seconds=0.1)
    for question in (patient, stuck, broken, killed):
        section = within_time(answered)(question.__name__, question, subject)
        print(section.title, section.unanswered, sum(map(len, section.notes)), flush=True)
    return 0

sys.exit(supervisor.supervise(work))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no process is forked here")
def test_a_step_without_an_end_is_stopped_and_the_other_questions_have_their_answers():
    done = subprocess.run([sys.executable, "-c", STEPS], capture_output=True, text=True, check=True)
    patient, folder, *others = done.stdout.splitlines()
    assert patient == "patient None 300000"  # longer in sum than the patience with one step
    assert not Path(folder).exists()
    assert others == [
        "stuck unknown within 0.1 seconds (a step took longer) 0",
        "broken unknown: an error of exactrelu's own, ZeroDivisionError: here 0",
        "killed unknown: the search ended (no memory left?) 0",
    ]


@pytest.mark.parametrize(
    "domain",
    [
        Domain.box([(1, 0)]),
        Domain.box([("1/2", "1/2")]),
        Domain.whole_space(1),
        Domain.from_inequalities(1, [((1,), 0, ">")]),
    ],
    ids=["empty", "a point", "the line", "an open ray"],
)
def test_degenerate_domains(domain, tmp_path):
    report = network_report(ABSOLUTE, domain)
    assert [one.title for one in report.sections if one.unanswered] == []
    assert "</html>" in text_of(report, tmp_path)


def test_texts_cannot_break_out_of_the_page(tmp_path):
    hostile = "</title><script>alert(1)</script>"
    net = Network(ABSOLUTE.layers, name=hostile)
    text = own_part(text_of(network_report(net, Domain.box([(-1, 1)])), tmp_path))
    assert hostile not in text
    found = Section("a < b", ("",), (Row((Quantity('1"', '"><img src=x>'),)),), ("<b>",))
    assert not re.search(r"<(img|b)\b", "".join(page("t", "s", [found], "")))


def test_a_slice_is_the_network_on_that_plane():
    net = random_network((4, 5, 5, 2), seed=3)
    centre = ("1/3", "-1/2", 2, 0)
    part = slice_of(net, Domain.box([(-3, 3)] * 4), (3, 1), tuple(map(exactrelu.rational, centre)))
    for s, t in ((0, 0), ("1/7", -2), (3, "5/2")):
        assert part.network((s, t)) == net(("1/3", t, 2, s))
        assert part.domain.contains((s, t)) == (-3 <= exactrelu.rational(t) <= 3)
    with pytest.raises(DomainError, match="expected different inputs from 0 to 3, got 1,1"):
        slice_of(net, Domain.whole_space(4), (1, 1))
    with pytest.raises(DomainError, match="got 0,4"):
        slice_of(net, Domain.whole_space(4), (0, 4))


def test_the_command_writes_the_page_and_its_json(exactrelu, tmp_path):
    target = tmp_path / "iris.html"
    words = ("--box", "0:8", "--slice", "2,3", "--effort", "5", "-o", str(target), "--json", "-")
    done = exactrelu("report", str(EXAMPLES / "iris.onnx"), *words)
    assert done.status == 0
    by_title = {one["title"]: one for one in done.json["sections"]}
    assert by_title["Ranges"]["rows"][0]["certificate"]["says"].startswith("valid")
    assert "iris.onnx" in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "fragment"),
    [
        ((), "expected -o FILE.html, got none"),
        (("-o", "page.pdf"), "got page.pdf"),
        (("-o", "p.html", "--slice", "0"), "--slice: expected two inputs"),
        (("-o", "p.html", "--slice", "0,-1"), "--slice: expected two inputs"),
        (("-o", "p.html", "--slice", "0,2"), "slice: expected different inputs from 0 to 1, got 0,2"),
        (("-o", "p.html", "--slice", "1,1"), "got 1,1"),
        (("-o", "p.html", "--at", "1"), "--at: expected 2 coordinates"),
        (("-o", "p.html", "--property", "missing.vnnlib"), "missing.vnnlib"),
        (("-o", "p.html", "--bound", "y7 <= 1"), "expected an output from 0 to 0, got 7"),
        (("-o", "missing/p.html", "--effort", "0.1"), "missing"),
    ],
)
def test_bad_usage_is_one_line(exactrelu, words, fragment, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert exactrelu("report", str(EXAMPLES / "moons.onnx"), *words).is_refusal(fragment)
    assert list(tmp_path.glob("*.html")) == []


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_a_browser_draws_it_at_two_widths(folds, tmp_path):
    folds.write(tmp_path / "report.html")
    for width in (1280, 480):
        image = tmp_path / f"{width}.png"
        dom = browsed(tmp_path / "report.html", width, f"--screenshot={image}", "--dump-dom")
        assert dom.count("main-svg") >= 2  # plotly has drawn both figures
        assert image.stat().st_size > 20_000
    shown = json.loads(
        re.search(r'newPlot\("f1-0", (\[.*?\]), \{', (tmp_path / "report.html").read_text())[1]
    )
    assert any("hoverinfo" in trace for trace in shown)


def browsed(path, width, *options):
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000"]
    size = f"--window-size={width},2000"
    done = subprocess.run(
        [*command, size, *options, path.as_uri()], capture_output=True, text=True, check=True
    )
    return done.stdout
