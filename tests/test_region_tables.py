"""Regions in Arrow and Parquet files: written whole or not at all, and read back exactly."""

from __future__ import annotations

import itertools
import json
import sys
from fractions import Fraction

import pytest

import exactrelu
from exactrelu import Search
from exactrelu.documents import region_columns
from exactrelu.documents.network import domain_document, write_network
from exactrelu.documents.region import GeometryDetail, problem_header
from exactrelu.documents.region_columns import region_table
from exactrelu.enumeration import Problem, started
from exactrelu.enumeration.one_process import blocks_within
from exactrelu.errors import EngineUnavailableError, FormatError
from exactrelu.formats.region_schema import METADATA
from exactrelu.kernels import library
from exactrelu.networks.network import Network
from exactrelu.polyhedra.domain import Domain
from tests.support.command_line import ABSOLUTE, network_document
from tests.support.engine_agreement import READINGS, drawn

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

needs_library = pytest.mark.skipif(library.compiled() is None, reason=f"kernels: {library.described()}")

SUFFIXES = ("arrow", "parquet")
EXACT = (
    "configuration",
    "dimension",
    "bounded",
    "inequalities",
    "strict",
    "vertices",
    "rays",
    "lines",
    "point",
)


def written(path, problem, engine="generators", detail=GeometryDetail.FULL, *, whole=False):
    header = problem_header("exactrelu-regions", problem.network, problem) | {"engine": engine}
    found = []
    with region_table(str(path), header, problem.network, detail) as sink:
        for block in blocks_within(started(Search(engine)), problem):
            found += [leaf.region() for leaf in block]
            if whole:
                sink.take_block(block)
            else:
                for leaf in block:
                    sink.take(leaf)
    return found


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("engine", ["generators", "ppl"])
def test_what_is_read_is_what_was_written(suffix, engine, tmp_path):
    path, seen = tmp_path / f"regions.{suffix}", 0
    for case in range(10):
        network, domain = drawn("tables", case, units=case % 2 == 1)
        for where, reading in itertools.product((domain, None), READINGS):
            whole = case % 3 == 0
            expected = written(path, Problem.of(network, where, reading), engine, whole=whole)
            stored = exactrelu.read_regions(path)
            assert (stored.network, stored.reading, stored.engine) == (network.digest, reading, engine)
            assert domain_document(stored.domain) == (None if where is None else domain_document(where))
            assert len(stored) == len(expected)
            for found, region in zip(stored, expected, strict=True):
                assert {name: getattr(found, name) for name in EXACT} == {
                    name: getattr(region, name) for name in EXACT
                }
                assert found.affine_map == region.affine_map
                seen += 1
    assert seen > 100


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_batches_are_small_and_row_groups_are_not(suffix, tmp_path, monkeypatch):
    monkeypatch.setattr(region_columns, "_TOGETHER", 3)
    monkeypatch.setattr(region_columns, "_TEXT", 1 << 10)
    monkeypatch.setattr(region_columns, "_ROW_GROUP", 5)
    rows = [[i, i * i % 7 - 3] for i in range(1, 8)]
    network = Network.from_rationals([(rows, list(range(7))), ([[1] * 7], None)])
    path = tmp_path / f"regions.{suffix}"
    expected = written(path, Problem.of(network))
    assert [str(region.configuration) for region in exactrelu.read_regions(path)] == [
        str(region.configuration) for region in expected
    ]
    if suffix == "parquet":
        groups = pq.ParquetFile(path).metadata
        assert 1 < groups.num_row_groups <= len(expected) / 5 + 1


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("detail", list(GeometryDetail))
def test_details_are_columns_that_are_there_or_not(suffix, detail, exactrelu, tmp_path):
    net = exactrelu.file("net.json", ABSOLUTE)
    path = str(tmp_path / f"out.{suffix}")
    assert exactrelu("regions", net, "--arrow", path, "--geometry", detail).status == 0
    document = exactrelu("regions", net, "--geometry", detail, "--json", "-").json
    stored = sys.modules["exactrelu"].read_regions(path)
    assert [str(one.configuration) for one in stored] == [one["configuration"] for one in document["regions"]]
    assert [one.dimension for one in stored] == [one["dimension"] for one in document["regions"]]
    first = next(iter(stored))
    for name, key in (
        ("vertices", "vertices"),
        ("point", "point"),
        ("affine_map", "weight"),
        ("bounded",) * 2,
    ):
        if key in document["regions"][0]:
            getattr(first, name)
        else:
            with pytest.raises(FormatError, match=f"expected regions with it, got --geometry {detail}"):
                getattr(first, name)


def test_networks_without_hidden_layers_and_with_nine_bits_are_no_special_case(tmp_path):
    path = tmp_path / "one.arrow"
    affine = Network.from_rationals([([[2, "1/3"]], [1])])
    written(path, Problem.of(affine))
    (only,) = exactrelu.read_regions(path)
    assert (str(only.configuration), only.affine_map) == ("", affine.layers[0])
    nine = Network.from_rationals([([[i] for i in range(1, 10)], list(range(9))), ([[1] * 9], None)])
    written(path, Problem.of(nine))
    assert {len(str(one.configuration)) for one in exactrelu.read_regions(path)} == {9}
    assert str([*exactrelu.read_regions(path)][-1].configuration) == "1" * 9


def test_depth_and_bounds_and_an_empty_domain_are_in_the_metadata(exactrelu, tmp_path):
    net = exactrelu.file("net.json", network_document(([[1], [-1]], None), ([[1, 1]], [-1]), ([[1]], None)))
    path = str(tmp_path / "out.arrow")
    assert exactrelu("regions", net, "--depth", "1", "--bounds", "--arrow", path).status == 0
    stored = sys.modules["exactrelu"].read_regions(path)
    assert (stored.widths, stored.count) == ((2,), 3)
    assert exactrelu("regions", net, "--box", "1:0", "--arrow", path).status == 0
    assert [*sys.modules["exactrelu"].read_regions(path)] == []


def test_an_unfinished_file_is_not_there(exactrelu, tmp_path):
    net = exactrelu.file("net.json", ABSOLUTE)
    path = tmp_path / "out.parquet"
    outcome = exactrelu("regions", net, "--max-regions", "2", "--arrow", str(path))
    assert outcome.status == 3
    assert not [one for one in tmp_path.iterdir() if one.suffix in (".parquet", ".part")]


def test_bad_calls_are_one_line(exactrelu, tmp_path, monkeypatch):
    net = exactrelu.file("net.json", ABSOLUTE)
    path = str(tmp_path / "out.arrow")
    refused = [
        (
            ("--arrow", str(tmp_path / "out.csv")),
            "--arrow",
            "ends in .arrow, .feather, .ipc, .parquet",
            "out.csv",
        ),
        (("--arrow", path, "--count"), "--count and --arrow", "one of them", "both"),
        (("--arrow", path, "--json", "-", "--jobs", "2"), "--jobs", "alone", "another output"),
        (("--arrow", str(tmp_path / "no" / "out.arrow")), "out.arrow", "", "No such file"),
    ]
    for words, *parts in refused:
        assert exactrelu("regions", net, *words).is_refusal(*parts), words
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert exactrelu("regions", net, "--arrow", path).is_refusal(
        "out.arrow", "the library pyarrow", "none (pip install exactrelu[arrow])"
    )
    with pytest.raises(EngineUnavailableError, match="pyarrow"):
        sys.modules["exactrelu"].read_regions(net)


# what is no such file -----------------------------------------------------------------------------------


@pytest.fixture(params=SUFFIXES)
def stored(request, tmp_path):
    """A file of regions, and what writes a table in its place."""
    path = tmp_path / f"regions.{request.param}"
    written(path, Problem.of(Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])))
    return path


def table_of(path):
    if path.suffix == ".parquet":
        return pq.read_table(path)
    with pa.ipc.open_file(path) as file:
        return file.read_all()


def replace(path, table):
    if path.suffix == ".parquet":
        pq.write_table(table, path)
        return
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)


def test_a_damaged_file_is_refused(stored):
    whole = stored.read_bytes()
    for size in (0, 3, len(whole) // 2, len(whole) - 1):
        stored.write_bytes(whole[:size])
        with pytest.raises(FormatError, match=r"regions\.\w+: expected an Arrow or Parquet file"):
            exactrelu.read_regions(stored)
    with pytest.raises(OSError, match="there is no"):
        exactrelu.read_regions(stored.with_name("other.arrow"))


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("format", "exactrelu-network", "format"),
        ("version", 2, "version"),
        ("cells", "ajar", "cells: expected one of half-open, closed, full"),
        ("geometry", "all", "geometry: expected one of none, constraints, full"),
        ("bits", [3.5], r"bits\[0\]: expected a natural number"),
        ("inputs", -1, "inputs: expected a natural number"),
        ("domain", {"format": "no"}, "domain"),
        ("network", 7, "network: expected a string"),
        ("more", 1, "only the keys"),
        ("geometry", "none", "columns: expected those of --geometry none, got others"),
        ("bits", [9], "columns"),
    ],
)
def test_metadata_that_says_something_else_is_refused(stored, key, value, words):
    table = table_of(stored)
    document = json.loads(table.schema.metadata[METADATA]) | {key: value}
    replace(stored, table.replace_schema_metadata({METADATA: json.dumps(document).encode()}))
    with pytest.raises(FormatError, match=words):
        exactrelu.read_regions(stored)


def test_tables_of_others_are_refused(stored):
    replace(stored, pa.table({"x": [1, 2]}))
    with pytest.raises(
        FormatError, match="metadata: expected regions that exactrelu wrote, got none of them"
    ):
        exactrelu.read_regions(stored)


@pytest.mark.parametrize("text", ["x", "1/0", None, "1/2"])
def test_numbers_that_are_none_are_refused_where_they_stand(stored, text):
    table = table_of(stored)
    place = table.schema.names.index("facets")
    wrong = pa.array([[[text]] for _ in range(table.num_rows)], type=table.schema.field(place).type)
    metadata = table.schema.metadata
    table = table.set_column(place, table.schema.field(place), wrong).replace_schema_metadata(metadata)
    replace(stored, table)
    region = next(iter(exactrelu.read_regions(stored)))
    with pytest.raises(FormatError, match=r"row 0: expected exact numbers|facets: expected integers"):
        _ = region.inequalities


def test_the_command_reads_a_network_and_writes_what_python_reads(tmp_path, exactrelu):
    network, _ = drawn("command", 2)
    write_network(network, tmp_path / "net.json")
    path = str(tmp_path / "net.feather")
    assert exactrelu("regions", str(tmp_path / "net.json"), "--cells", "full", "--arrow", path).status == 0
    stored = sys.modules["exactrelu"].read_regions(path)
    assert stored.count == sys.modules["exactrelu"].count(network, reading="full")
    assert sum(batch.num_rows for batch in stored.batches()) == stored.count


# columns -------------------------------------------------------------------------------------------------


@needs_library
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_columns_that_the_kernel_writes_are_those_of_python(suffix, tmp_path, monkeypatch):
    served = 0
    for case, detail in itertools.product(range(5), (GeometryDetail.FULL, GeometryDetail.CONSTRAINTS)):
        network, domain = drawn("kernel tables", case, most_hidden=7, units=case % 2 == 1)
        for where, reading in itertools.product((domain, None), READINGS):
            tables = []
            for switch in ("1", "0"):
                monkeypatch.setenv(library.SWITCH, switch)
                path = tmp_path / f"{switch}.{suffix}"
                written(path, Problem.of(network, where, reading), detail=detail, whole=case < 3)
                batches = exactrelu.read_regions(path).batches()
                tables.append([row for batch in batches for row in batch.to_pylist()])
            assert tables[0] == tables[1]
            served += len(tables[0])
    assert served > 20


@needs_library
def test_a_point_that_no_rounding_gives_is_written_by_python(tmp_path):
    thin = Domain.from_inequalities(1, [([1], 0, ">="), ([-1], Fraction(1, 2**200), ">=")])
    network = Network.from_rationals([([[1]], [1]), ([[1]], None)])
    written(tmp_path / "thin.arrow", Problem.of(network, thin, "full"), whole=True)
    (only,) = exactrelu.read_regions(tmp_path / "thin.arrow")
    assert only.point == (Fraction(1, 2**201),)
