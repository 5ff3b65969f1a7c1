"""The figures of Berner, Elbraechter & Grohs: each is drawn, and the networks are those of the claims."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from exactrelu import regions

ROOT = Path(__file__).resolve().parents[1]
SPEC = importlib.util.spec_from_file_location("draw_degenerate", ROOT / "examples" / "draw_degenerate.py")
MODULE = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(MODULE)
FIGURES = MODULE.figures()


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_each_figure_stands_in_the_folder_of_images(name):
    assert (ROOT / "docs" / "images" / f"{name}.svg").read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize(
    ("name", "cells"),
    [("berner_figure1", 4), ("berner_figure3_left", 2), ("berner_figure4", 6), ("berner_figure5_left", 7)],
)
def test_the_figures_show_the_cells_of_their_examples(name, cells):
    network, _ = FIGURES[name]
    assert sum(1 for _ in regions(network, None, "full")) == cells


def test_opposite_neurons_realize_zero_and_figure_7_is_a_convex_loss():
    star, _ = FIGURES["berner_figure4"]
    loss, _ = FIGURES["berner_figure7"]
    for x in ((-1, 2), (3, 1), (0, 0)):
        assert star(x) == (0,)
        assert loss(x) == (abs(x[0] - 1) + abs(x[1] + 1),)
