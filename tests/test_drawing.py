"""Pictures of tilings: exact polygons, solid and dashed edges, and files that are whole or not there."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import pytest

from exactrelu.drawing import LineKind, PlaneTiling, Window, draw_tiling, require_drawable
from exactrelu.drawing.labels import _box, placed_labels
from exactrelu.drawing.marks import fill
from exactrelu.drawing.polygon import (
    area,
    convex_order,
    cross,
    edges,
    line_of,
    line_through,
    union_of_segments,
)
from exactrelu.drawing.ticks import axis
from exactrelu.enumeration import regions
from exactrelu.errors import DomainError, ExactReluError, FormatError, InexactNumberError
from exactrelu.networks.configuration import Configuration
from exactrelu.networks.network import Network
from exactrelu.networks.preactivations import affine_maps
from exactrelu.networks.reading import Reading
from exactrelu.polyhedra.domain import Domain
from exactrelu.writing.atomic_file import NamedFile

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ("figure1", "figure2_left", "figure2_right")


def network(*layers):
    return Network.from_rationals(layers)


def example(name: str) -> Network:
    document = json.loads((ROOT / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    assert (document["format"], document["version"]) == ("exactrelu-network", 1)
    layers = [(layer["weight"], layer.get("bias")) for layer in document["layers"]]
    return Network.from_rationals(layers, name=document["name"])


def random_network(seed: int, *widths: int) -> Network:
    r = random.Random(seed)  # noqa: S311 - reproducible examples

    def entries(count):
        return [Fraction(r.randint(-8, 8), 4) for _ in range(count)]

    return network(*(([entries(n) for _ in range(m)], entries(m)) for n, m in pairwise(widths)))


def points(*pairs):
    return tuple((Fraction(x), Fraction(y)) for x, y in pairs)


def tile_of(tiling: PlaneTiling, text: str):
    return next(tile for tile in tiling.tiles if str(tile.configuration) == text)


KINK = network(([[1, 0]], None), ([[1]], [-1]), ([[1]], None))  # x_1 = 0, and x_1 = 1 in layer 2
CROSS = network(([[1, 0], [-1, 0], [0, 1], [0, -1]], None), ([[1, 1, 1, 1]], None))


# exact polygons -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_full_cells_fill_the_window_and_their_areas_add_up_exactly(seed):
    net = random_network(seed, 2, 5, 4, 1)
    for window in (None, Window.of([("-7/3", "5/2"), (-1, "1/7")])):
        tiling = PlaneTiling.of(regions(net, reading="full"), window)
        assert sum(area(tile.vertices) for tile in tiling.tiles) == tiling.window.area


@pytest.mark.parametrize("seed", range(12))
def test_polygons_are_strictly_convex_counterclockwise_and_agree_with_the_network(seed):
    net = random_network(seed, 2, 4, 3, 2)
    for tile in PlaneTiling.of(regions(net, reading="full")).tiles:
        assert tile.vertices[0] == min(tile.vertices)
        for (p, q), (_, r) in zip(
            edges(tile.vertices), edges(tile.vertices[1:] + tile.vertices[:1]), strict=True
        ):
            assert cross(p, q, r) > 0
        centre = tuple(sum(column) / len(tile.vertices) for column in zip(*tile.vertices, strict=True))
        assert net.configuration(centre) == tile.configuration


def test_a_bounded_cell_is_drawn_with_its_own_vertices():
    triangle = network(([[1, 0], [0, 1], [-1, -1]], [0, 0, 1]), ([[1, 1, 1]], None))
    tiling = PlaneTiling.of(regions(triangle))
    assert tile_of(tiling, "111").vertices == points((0, 0), (1, 0), (0, 1))
    assert tiling.window == Window.of([("-1/2", "3/2"), ("-1/2", "3/2")])
    assert tile_of(tiling, "110").vertices == points((0, 1), (1, 0), ("3/2", 0), ("3/2", "3/2"), (0, "3/2"))


def test_vertices_of_any_order_are_brought_in_convex_order():
    square = points((0, 0), (1, 0), (1, 1), (0, 1))
    for seed in range(20):
        shuffled = [*square, *points(("1/2", "1/2"), ("1/2", 0))]
        random.Random(seed).shuffle(shuffled)  # noqa: S311 - reproducible orders
        assert convex_order(shuffled) == square
    assert convex_order(points((1, 1), (0, 0), ("1/2", "1/2"))) == points((0, 0), (1, 1))
    assert convex_order(points((2, 3), (2, 3))) == points((2, 3))


def test_equal_lines_have_equal_rows_and_segments_of_a_line_merge():
    (p, q, r, s) = points((0, 0), (1, 2), (2, 4), (3, 6))
    assert line_through(p, q) == line_through(s, r) == line_of((-4, 2, 0)) == (2, -1, 0)
    assert line_through(p, p) is None
    assert union_of_segments([(r, q), (p, q)]) == [(p, r)]
    assert union_of_segments([(p, q), (s, r)]) == [(p, q), (r, s)]
    assert union_of_segments([(p, s), (q, r)]) == [(p, s)]


# solid and dashed ---------------------------------------------------------------------------------


def test_first_layer_lines_are_solid_and_deeper_ones_dashed_each_drawn_once():
    tiling = PlaneTiling.of(regions(KINK), Window.of([(-1, 2), (0, 1)]))
    assert [str(tile.configuration) for tile in tiling.tiles] == ["0|0", "1|0", "1|1"]
    assert tiling.lines == {
        LineKind.FIRST: [points((0, 0), (0, 1))],
        LineKind.DEEPER: [points((1, 0), (1, 1))],
    }


def test_a_line_of_a_deeper_layer_ends_where_its_cell_ends():
    # The second layer is relu(x_1) - relu(x_2) - 1: its zero line bends at x_2 = 0, and needs x_1 > 0.
    net = network(([[1, 0], [0, 1]], None), ([[1, -1]], [-1]), ([[1]], None))
    tiling = PlaneTiling.of(regions(net), Window.of([(-2, 2), (-2, 2)]))
    assert sorted(tiling.lines[LineKind.DEEPER]) == [points((1, -2), (1, 0)), points((1, 0), (2, 1))]
    assert sorted(tiling.lines[LineKind.FIRST]) == [points((-2, 0), (2, 0)), points((0, -2), (0, 2))]


def test_the_boundary_of_the_domain_is_grey_unless_a_neuron_vanishes_on_it():
    tiling = PlaneTiling.of(regions(KINK, Domain.box([(0, 1), (0, 1)])))
    assert tiling.lines[LineKind.FIRST] == [points((0, 0), (0, 1))]
    assert tiling.lines[LineKind.DEEPER] == [points((1, 0), (1, 1))]
    assert sorted(tiling.lines[LineKind.DOMAIN]) == [points((0, 0), (1, 0)), points((0, 1), (1, 1))]


def test_the_window_itself_is_no_edge_and_a_network_without_hidden_layer_has_none():
    tiling = PlaneTiling.of(regions(network(([[1, 1]], None))), Window.of([(0, 3), (0, 1)]))
    assert tiling.lines == {}
    assert [tile.vertices for tile in tiling.tiles] == [points((0, 0), (3, 0), (3, 1), (0, 1))]
    assert [tile.configuration for tile in tiling.tiles] == [Configuration(())]


@pytest.mark.parametrize("seed", range(8))
def test_every_edge_of_every_polygon_is_covered_by_lines_of_one_kind_or_by_the_window(seed):
    tiling = PlaneTiling.of(regions(random_network(seed, 2, 4, 4, 1), Domain.box([(-3, 3), (-2, 2)])))
    drawn = {kind: [(line_through(*s), s) for s in lines] for kind, lines in tiling.lines.items()}
    for tile in tiling.tiles:
        for p, q in edges(tile.vertices) if tile.dimension == 2 else ():
            kinds = [
                kind
                for kind, lines in drawn.items()
                for line, (start, end) in lines
                if line == line_through(p, q) and start <= min(p, q) and max(p, q) <= end
            ]
            assert len(kinds) == 1


def test_cells_share_a_colour_exactly_when_they_share_the_affine_map():
    for net in (KINK, example("figure1"), random_network(3, 2, 4, 2, 1)):
        found = {r.configuration: r.affine_map for r in regions(net)}
        tiles = PlaneTiling.of(regions(net)).tiles
        for one in tiles:
            for two in tiles:
                same = found[one.configuration] == found[two.configuration]
                assert (one.map_index == two.map_index) == same


def test_on_a_domain_of_dimension_one_maps_are_compared_on_its_affine_hull():
    # relu(x_1) - relu(x_2) and its mirror image both vanish on the diagonal.
    diagonal = Domain.from_inequalities(2, [([1, -1], 0, "=")])
    tiles = PlaneTiling.of(regions(network(([[1, 0], [0, 1]], None), ([[1, -1]], None)), diagonal)).tiles
    assert [(str(t.configuration), t.map_index) for t in tiles] == [("00", 0), ("11", 0)]


def test_the_first_fills_differ_and_are_light():
    fills = [fill(index) for index in range(16)]
    assert len(set(fills)) == 16
    assert all(0.2126 * r + 0.7152 * g + 0.0722 * b > 0.6 for r, g, b in fills)


# degenerate cases ---------------------------------------------------------------------------------


def test_no_regions_give_an_empty_window_with_a_note(tmp_path):
    tiling = draw_tiling([], tmp_path / "empty.svg")
    assert (tiling.tiles, tiling.count) == ((), 0)
    assert tiling.window == Window.of([(-1, 1), (-1, 1)])
    assert "no regions" in (tmp_path / "empty.svg").read_text(encoding="utf-8")


def test_an_empty_domain_is_drawn_like_no_regions(tmp_path):
    nowhere = Domain.from_inequalities(2, [([1, 0], 0, ">"), ([1, 0], 0, "<")])
    assert draw_tiling(regions(KINK, nowhere), tmp_path / "empty.svg").tiles == ()


def test_one_cell_may_be_the_whole_plane(tmp_path):
    tiling = draw_tiling(regions(network(([[0, 0]], [1]), ([[1]], None))), tmp_path / "plane.svg")
    assert tiling.window == Window.of([(-1, 1), (-1, 1)])
    assert [area(tile.vertices) for tile in tiling.tiles] == [4]
    assert tiling.lines == {}


def test_strips_with_lines_are_clipped_to_a_window_round_them(tmp_path):
    strips = network(([[0, 1], [0, 1]], [0, -3]), ([[1, 1]], None))
    tiling = draw_tiling(regions(strips), tmp_path / "strips.svg")
    assert tiling.window == Window.of([(-3, 3), ("-3/2", "9/2")])
    assert [area(tile.vertices) for tile in tiling.tiles] == [9, 18, 9]


def test_half_open_cells_of_lower_dimension_are_segments_and_points(tmp_path):
    tiling = draw_tiling(regions(CROSS), tmp_path / "cross.svg")
    assert sorted(tile.dimension for tile in tiling.tiles) == [0, 1, 1, 1, 1, 2, 2, 2, 2]
    assert tile_of(tiling, "0000").vertices == points((0, 0))
    assert tile_of(tiling, "1000").vertices == points((0, 0), (1, 0))
    assert sorted(tiling.lines[LineKind.FIRST]) == [points((-1, 0), (1, 0)), points((0, -1), (0, 1))]
    assert tiling.ends == {}
    text = (tmp_path / "cross.svg").read_text(encoding="utf-8")
    assert all(f"cell of dimension {dimension}" in text for dimension in (0, 1))
    assert all(str(tile.configuration) in text for tile in tiling.tiles)


def test_a_segment_as_domain_is_drawn_with_the_kinds_of_its_ends(tmp_path):
    segment = Domain.from_inequalities(2, [([1, -1], 0, "="), ([1, 0], 1, ">="), ([1, 0], -2, "<=")])
    tiling = draw_tiling(regions(KINK, segment), tmp_path / "segment.svg")
    assert [(str(t.configuration), t.vertices) for t in tiling.tiles] == [
        ("0|0", points((-1, -1), (0, 0))),
        ("1|0", points((0, 0), (1, 1))),
        ("1|1", points((1, 1), (2, 2))),
    ]
    assert tiling.ends == {
        LineKind.FIRST: list(points((0, 0))),
        LineKind.DEEPER: list(points((1, 1))),
        LineKind.DOMAIN: list(points((-1, -1), (2, 2))),
    }
    assert tiling.lines == {}
    assert "zero of a deeper neuron" in (tmp_path / "segment.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("bounds", [[(1, 1), (2, 2)], [(0, 1), (2, 2)], [(5, 5), (-1, 1)]])
def test_boxes_of_lower_dimension_have_a_window_with_area(bounds, tmp_path):
    tiling = draw_tiling(regions(KINK, Domain.box(bounds)), tmp_path / "thin.svg")
    assert tiling.window.area > 0
    assert len(tiling.tiles) == tiling.count
    assert all(tile.dimension < 2 for tile in tiling.tiles)


def test_a_line_as_domain_is_clipped(tmp_path):
    line = Domain.from_inequalities(2, [([1, 1], -1, "=")])
    tiling = draw_tiling(regions(KINK, line), tmp_path / "line.svg")
    ends = sorted(vertex for tile in tiling.tiles for vertex in tile.vertices)
    assert ends == sorted(points(("-1/2", "3/2"), (0, 1), (0, 1), (1, 0), (1, 0), ("3/2", "-1/2")))


def test_cells_outside_the_window_and_cells_that_only_touch_it_are_counted_but_not_drawn(tmp_path):
    tiling = draw_tiling(regions(KINK), tmp_path / "part.svg", window=[(1, 2), (0, 1)])
    assert [str(tile.configuration) for tile in tiling.tiles] == ["1|1"]
    assert tiling.count == 3
    assert "3 half-open regions, 1 in the window" in (tmp_path / "part.svg").read_text(encoding="utf-8")


def test_a_window_that_meets_no_region_says_so(tmp_path):
    box = Domain.box([(0, 1), (0, 1)])
    draw_tiling(regions(KINK, box), tmp_path / "off.svg", window=[(5, 6), (5, 6)])
    assert "no region meets this window" in (tmp_path / "off.svg").read_text(encoding="utf-8")


HUGE = 2**300


@pytest.mark.parametrize(
    "net",
    [
        network(([[1, 1], [1, -1]], [HUGE, 0]), ([[1, 1]], [-HUGE // 2]), ([[1]], None)),
        network(([[1, 1], [1, -1]], [Fraction(1, HUGE), 0]), ([[1, 1]], None)),
        network(([[1, 0], [1, 0], [0, 1]], [-HUGE, -HUGE - 1, -HUGE]), ([[1, 1, 1]], None)),
        network(([[1, 0], [1, 0], [0, 1]], [HUGE, Fraction(1, HUGE), 1]), ([[1, 1, 1]], None)),
        network(([[1, HUGE], [HUGE, 1]], [1, Fraction(1, HUGE)]), ([[HUGE, 1]], None)),
        network(([[1, 0], [0, 1]], [HUGE**8, Fraction(1, HUGE**8)]), ([[1, 1]], None)),
    ],
)
def test_huge_and_tiny_coordinates_are_drawn(net, tmp_path):
    tiling = draw_tiling(regions(net, reading="full"), tmp_path / "huge.svg")
    assert sum(area(tile.vertices) for tile in tiling.tiles) == tiling.window.area
    text = (tmp_path / "huge.svg").read_text(encoding="utf-8")
    assert "nan" not in text
    assert "inf" not in text


def test_a_thin_box_is_stretched_not_lost(tmp_path):
    thin = Domain.box([(0, HUGE), (-1, 1)])
    tiling = draw_tiling(regions(network(([[0, 1]], None), ([[1]], None)), thin), tmp_path / "thin.svg")
    assert tiling.window.height == 4


def test_closed_cells_that_are_the_same_set_share_a_label(tmp_path):
    net = network(([[1, 0], [0, 0]], None), ([[1, 1]], None))
    tiling = draw_tiling(regions(net, reading="closed"), tmp_path / "closed.svg")
    assert [label.text for label in placed_labels(tiling, (360, 360))] == ["00\n01", "10\n11"]


def test_many_vertices_with_a_few_far_out_are_shown_without_those():
    # The lines x_1 = 0, ..., 11 and x_2 = 0, ..., 29 meet in 360 points, x_2 = 10^6 adds 12.
    offsets = [*(-i for i in range(12)), *(-i for i in range(30)), -(10**6)]
    net = network(([[1, 0]] * 12 + [[0, 1]] * 31, offsets), ([[1] * 43], None))
    tiling = PlaneTiling.of(regions(net, reading="full"))
    assert tiling.window == Window.of([("-45/2", "67/2"), (-13, 43)])
    assert len(tiling.tiles) == 13 * 31


# labels and ticks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
def test_labels_do_not_overlap_and_stand_in_the_polygon_of_their_configuration(seed):
    net = random_network(seed, 2, 4, 2, 1)
    tiling = PlaneTiling.of(regions(net))
    paper = (360.0, 360.0)
    labels = placed_labels(tiling, paper)
    boxes = [_box(label) for label in labels]
    assert not any(a.meets(b) for i, a in enumerate(boxes) for b in boxes[:i])
    window = tiling.window
    for label in labels:
        if label.anchor is None and not label.boxed:
            x, y = (Fraction(p) / 360 for p in label.position)
            point = (window.x[0] + x * window.width, window.y[0] + y * window.height)
            assert str(net.configuration(point)) == label.text


def test_labels_are_written_when_cells_are_few_and_can_be_asked_for(tmp_path):
    path = tmp_path / "labels.svg"

    def shown(**options):
        draw_tiling(regions(KINK), path, **options)
        return "1|1" in path.read_text(encoding="utf-8")

    assert shown()
    assert not shown(labels=False)
    draw_tiling(regions(random_network(1, 2, 6, 4, 1)), path)
    assert "<!-- 000000|" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (Fraction(-1, 2), Fraction(3, 2), ["−0.5", "0", "0.5", "1", "1.5"]),
        (Fraction(1, 3), Fraction(2, 3), ["0.4", "0.5", "0.6"]),
        (Fraction(0), Fraction(10_000), ["0", "2000", "4000", "6000", "8000", "10000"]),
        (Fraction(0), Fraction(1, 1000), ["0", "0.0002", "0.0004", "0.0006", "0.0008", "0.001"]),
        (Fraction(-HUGE), Fraction(HUGE), ["−2", "−1", "0", "1", "2"]),
    ],
)
def test_ticks_are_round_numbers_at_exact_positions(low, high, texts):
    ticks = axis("x", low, high)
    assert ticks.texts == texts
    assert all(0 <= position <= 1 for position in ticks.positions)


def test_far_from_the_origin_ticks_are_relative():
    far = axis("x", Fraction(HUGE), Fraction(HUGE + 2))
    assert far.texts == ["0", "0.5", "1", "1.5", "2"]
    assert far.name == r"x − c,  c ≈ $2.037\cdot 10^{90}$"
    farther = axis("x", Fraction(HUGE**2), Fraction(HUGE**2 + HUGE))
    assert farther.name.startswith("(x − c,  c ≈ ")
    assert farther.name.endswith("/ $10^{90}$")


# files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".svg", ".png", ".SVG"])
def test_equal_input_gives_equal_bytes(suffix, tmp_path):
    contents = []
    for name in ("one", "two"):
        draw_tiling(regions(example("figure2_left")), tmp_path / (name + suffix))
        contents.append((tmp_path / (name + suffix)).read_bytes())
    assert contents[0] == contents[1]
    assert contents[0].startswith(b"\x89PNG" if suffix == ".png" else b"<?xml")
    assert b"dc:date" not in contents[0]


def test_the_users_matplotlib_settings_do_not_reach_the_file(tmp_path):
    draw_tiling(regions(KINK), tmp_path / "one.svg")
    with mpl.rc_context({"font.size": 30, "svg.fonttype": "none", "axes.facecolor": "red"}):
        draw_tiling(regions(KINK), tmp_path / "two.svg")
        assert mpl.rcParams["font.size"] == 30
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_drawing_does_not_load_pyplot(tmp_path):
    code = (
        "import sys; from exactrelu.drawing import draw_tiling; assert 'matplotlib' not in sys.modules;"
        f"draw_tiling([], {str(tmp_path / 'a.svg')!r}); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


@pytest.mark.parametrize(
    "title", ["", "a $\\frac{ formula", "two\nlines \x00 & <tags> --", "ネット", "x" * 500]
)
def test_any_title_gives_well_formed_svg(title, tmp_path):
    draw_tiling(regions(KINK), tmp_path / "title.svg", title=title)
    ET.parse(tmp_path / "title.svg")  # noqa: S314 - our own file


def test_the_heading_has_title_count_and_reading(tmp_path):
    for reading in Reading:
        path = tmp_path / "heading.svg"
        draw_tiling(regions(KINK, reading=reading), path, title="Kink")
        assert f"Kink: 3 {reading} regions" in path.read_text(encoding="utf-8")
    draw_tiling(regions(network(([[1, 0]], None))), tmp_path / "heading.svg")
    assert "Network 2-1: 1 half-open region " in (tmp_path / "heading.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["picture.pdf", "picture", "svg", ".svg"])
def test_another_suffix_is_refused_before_any_region_is_computed(name, tmp_path):
    def untouched():
        raise AssertionError
        yield

    with pytest.raises(FormatError, match=r"suffix: expected \.svg or \.png, got"):
        draw_tiling(untouched(), tmp_path / name)


def test_networks_with_other_than_two_inputs_are_refused_at_their_first_region(tmp_path):
    for inputs in (1, 3, 4):
        net = network(([[1] * inputs], None), ([[1]], None))
        with pytest.raises(DomainError, match=f"^drawing needs 2 inputs, got {inputs}$"):
            draw_tiling(regions(net), tmp_path / "no.svg")
        with pytest.raises(DomainError, match=f"^drawing needs 2 inputs, got {inputs}$"):
            require_drawable(net, tmp_path / "no.svg")
    assert list(tmp_path.iterdir()) == []


def test_regions_of_different_questions_are_not_mixed(tmp_path):
    mixed = [*regions(KINK), *regions(KINK, reading="full")]
    with pytest.raises(DomainError, match="one reading"):
        draw_tiling(mixed, tmp_path / "mixed.svg")


def test_a_folder_that_is_missing_or_in_the_way_is_a_clear_error(tmp_path):
    (tmp_path / "folder.svg").mkdir()
    (tmp_path / "file").write_text("")
    for path in ("missing/a.svg", "folder.svg", "file/a.svg"):
        with pytest.raises(FormatError, match=re.escape(path)):
            draw_tiling(regions(KINK), tmp_path / path)
        with pytest.raises(FormatError):
            require_drawable(KINK, tmp_path / path)
    assert {path.name for path in tmp_path.iterdir()} == {"folder.svg", "file"}


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "kept.svg"
    path.write_text("old")

    def failing(_, content):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(NamedFile, "write", failing)
    with pytest.raises(FormatError, match="Permission denied"):
        draw_tiling(regions(KINK), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_written_when_the_enumeration_fails(tmp_path):
    def failing():
        yield from regions(KINK)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draw_tiling(failing(), tmp_path / "never.svg")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("window", [[(0, 1)], [(0, 1), (1, 1)], [(1, 0), (0, 1)], [(0, 1, 2), (0, 1)]])
def test_a_window_without_interior_or_of_another_shape_is_refused(window, tmp_path):
    with pytest.raises(DomainError, match=r"^window"):
        draw_tiling(regions(KINK), tmp_path / "no.svg", window=window)


def test_a_window_of_floats_is_refused(tmp_path):
    with pytest.raises(InexactNumberError):
        draw_tiling(regions(KINK), tmp_path / "no.svg", window=[(0.5, 1), (0, 1)])
    assert issubclass(InexactNumberError, ExactReluError)


# the paper's Figures 1 and 2 (Heinecke & Hwang) -----------------------------------------------------


@pytest.mark.parametrize("name", FIGURES)
def test_the_first_layer_divides_the_plane_into_four_unbounded_polygons(name):
    first = [(str(r.configuration), r.geometry.bounded) for r in regions(example(name), depth=1)]
    assert first == [("00", False), ("01", False), ("10", False), ("11", False)]


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("reading", ["half-open", "full"])
def test_the_polygon_of_the_zero_configuration_is_not_partitioned(name, reading):
    found = [str(r.configuration) for r in regions(example(name), reading=reading)]
    assert sum(text.startswith("00|") for text in found) == 1


@pytest.mark.parametrize("reading", ["half-open", "full"])
def test_figure_1_has_the_seven_configurations_of_example_2(reading):
    found = [str(r.configuration) for r in regions(example("figure1"), reading=reading)]
    assert found == ["00|0", "01|0", "01|1", "10|0", "10|1", "11|0", "11|1"]


@pytest.mark.parametrize(("name", "neuron"), [("figure1", 0), ("figure2_left", 0), ("figure2_left", 1)])
def test_dashed_lines_with_one_active_neuron_are_parallel_to_its_solid_line_and_shifted(name, neuron):
    net = example(name)
    bits = tuple(int(i == neuron) for i in range(2))
    (a, b), offset = net.layers[0].weight[neuron], net.layers[0].bias[neuron]
    dashed = 0
    for region in regions(net):
        if region.configuration.layers[0] != bits:
            continue
        second = affine_maps(net, region.configuration)[1]
        for (c, d), shift in zip(second.weight, second.bias, strict=True):
            assert a * d == b * c  # orthogonal to the same direction
            assert (c, d) != (0, 0)
            row = line_of([int(entry * 720) for entry in (c, d, shift)])
            on_facet = row in {line_of(facet) for facet in region.geometry.facets}
            dashed += on_facet
            assert not on_facet or (a * shift, b * shift) != (c * offset, d * offset)
    assert dashed == 2  # one line, seen from its two sides


def test_figure_2_left_has_a_different_affine_map_on_each_polygon():
    found = list(regions(example("figure2_left")))
    assert len(found) == 8
    assert len({region.affine_map for region in found}) == 8
    refined = {str(region.configuration)[:2] for region in found if str(region.configuration)[:2] != "00"}
    assert all(sum(str(r.configuration).startswith(bits) for r in found) >= 2 for bits in refined)


def test_figure_2_right_has_cones_only_one_of_which_is_partitioned_by_the_second_layer():
    net = example("figure2_right")
    assert all(entry == 0 for layer in net.layers for entry in layer.bias)
    found = list(regions(net))
    origin = (Fraction(0), Fraction(0))
    assert all(r.geometry.vertices == [origin] and not r.geometry.lines for r in found)
    first = [str(r.configuration)[:2] for r in found]
    assert {bits: first.count(bits) for bits in first} == {"00": 1, "01": 1, "10": 1, "11": 3}
    assert all(entry == 0 for r in found for entry in r.affine_map.bias)
    assert len({r.affine_map for r in found}) == 6


@pytest.mark.parametrize(("name", "solid", "dashed"), [("figure1", 2, 3), ("figure2_left", 2, 4)])
def test_the_figures_have_full_solid_lines_and_broken_dashed_ones(name, solid, dashed):
    lines = PlaneTiling.of(regions(example(name))).lines
    assert (len(lines[LineKind.FIRST]), len(lines[LineKind.DEEPER])) == (solid, dashed)


@pytest.mark.parametrize("name", FIGURES)
def test_the_pictures_of_the_figures_are_there_and_show_all_labels(name):
    text = (ROOT / "docs" / "images" / f"{name}.svg").read_text(encoding="utf-8")
    for region in regions(example(name)):
        assert f"<!-- {region.configuration} -->" in text
