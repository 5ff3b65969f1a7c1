"""Losses with many kinks end in time, and tables of data lose no row."""

from __future__ import annotations

import random

import pytest

from exactrelu import write_network
from exactrelu.enumeration.effort import Search
from exactrelu.errors import BudgetExhaustedError, FormatError
from exactrelu.formats.training_data_file import load_data
from exactrelu.losses.cones import Cone
from exactrelu.losses.loss_report import training_loss
from exactrelu.losses.piecewise_gradient import piecewise_gradient
from exactrelu.losses.sample_pass import SamplePass
from exactrelu.losses.shallow_minima import shallow_minima
from exactrelu.losses.training_data import Loss, TrainingData
from exactrelu.networks.network import Network

ALL_ZERO = Network.from_rationals([([[0, 0]], [0]), ([[1]], [0])])


def _scattered(size):
    rng = random.Random(1)  # noqa: S311
    xs = [[rng.randint(-50, 50), rng.randint(-50, 50)] for _ in range(size)]
    return TrainingData.of(xs, [rng.randint(-50, 50) for _ in range(size)])


@pytest.mark.parametrize("loss", list(Loss))
def test_the_time_limit_ends_a_search_through_many_pieces(loss):
    with pytest.raises(BudgetExhaustedError, match="time limit"):
        training_loss(ALL_ZERO, _scattered(150), loss, search=Search(time_limit=0.2))


@pytest.mark.parametrize("loss", list(Loss))
def test_pieces_look_at_the_clock(loss):
    through = SamplePass(ALL_ZERO, _scattered(3))
    with pytest.raises(BudgetExhaustedError, match="time limit"):
        piecewise_gradient(through, loss, Search(time_limit=1e-9))


def test_minima_look_at_the_clock():
    with pytest.raises(BudgetExhaustedError, match="time limit"):
        shallow_minima(_scattered(5), 1, search=Search(time_limit=1e-9))


@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_an_all_zero_neuron_has_a_piece_for_each_dichotomy(size):
    """Cover's count of the regions of planes in general position through 0 of R^3: n^2 - n + 2."""
    data = TrainingData.of([[n, n * n] for n in range(size)], range(size))
    (block,) = piecewise_gradient(SamplePass(ALL_ZERO, data), Loss.SQUARED).blocks
    assert len(block.pieces) == size * size - size + 2
    assert block.is_exact


def test_a_direction_is_kept_where_it_serves_and_replaced_where_not():
    known = {0: 1, 1: 1}
    assert Cone(((1, 0), (0, 1))).direction_from(known) is known
    found = Cone(((1, 0), (0, -1))).direction_from(known)
    assert found[0] > 0 > found[1]
    assert Cone(((1, 0), (-1, 0))).direction_from(known) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nan,nan\n1,2\n", "line 1, column 1: expected a number, got 'nan'"),
        ("-Inf,inf\n1,2\n", "line 1, column 1: expected a number, got '-Inf'"),
        ("1;2\n3;4\n", "line 1: expected 2 columns .*, got 1"),
        ("1e999999999,1e999999999\n1,2\n", "line 1, column 1: expected a number, got '1e999999999'"),
        ("1/0,2/0\n1,2\n", "line 1, column 1: expected a number, got '1/0'"),
    ],
)
def test_a_first_row_of_broken_numbers_is_not_taken_for_names(tmp_path, text, message):
    (tmp_path / "d.csv").write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=message):
        load_data(tmp_path / "d.csv", 1, 1)


@pytest.mark.parametrize("names", ["x,y", "income,nanos", "Info,e1", "\ufeffx1,y1", "-,+"])
def test_a_row_of_names_is_left_out(tmp_path, names):
    (tmp_path / "d.csv").write_bytes((names + "\r\n1,2\r\n").encode())
    assert load_data(tmp_path / "d.csv", 1, 1) == TrainingData.of([1], [2])


def test_a_stability_that_says_nothing_is_said_and_a_wrong_one_refused(tmp_path, exactrelu):
    (tmp_path / "d.csv").write_text("1,2,3\n", encoding="utf-8")
    write_network(ALL_ZERO, tmp_path / "n.json")
    files = str(tmp_path / "n.json"), str(tmp_path / "d.csv")
    answer = exactrelu("loss", *files, "--stability", "1,1/2")
    assert answer.status == 0
    assert "says nothing: there is no radius among the parameters" in " ".join(answer.out.split())
    for wrong in ("-1,1/2", "0,1", "1,0"):
        answer = exactrelu("loss", *files, f"--stability={wrong}")
        assert answer.status == 2
        assert f"--stability: expected positive numbers, got '{wrong}'" in answer.err
