"""The benchmark of verification: its lists of instances, published verdicts, records. Nothing is timed."""

from __future__ import annotations

import gzip

import pytest

from benchmarks.verification.__main__ import comparison_line, line_of, record_of, summary
from benchmarks.verification.instances import Instance, expected_verdicts, instances_of, stem, unpacked
from benchmarks.verification.runs import with_marabou
from exactrelu.errors import FormatError

RESULT = {"verdict": "holds", "seconds": 0.5, "megabytes": 80, "boxes": 7, "confirmed": True}


def listed(tmp_path):
    (tmp_path / "net.onnx.gz").write_bytes(gzip.compress(b"network"))
    (tmp_path / "p.vnnlib").write_text("property", encoding="utf-8")
    (tmp_path / "instances.csv").write_text(
        "./net.onnx,p.vnnlib,30\n\nnet.onnx, p.vnnlib ,1.5\n", encoding="utf-8"
    )
    return instances_of(tmp_path)


def test_a_listed_file_may_lie_there_packed(tmp_path):
    one, two = listed(tmp_path)
    assert (one.name, one.seconds, two.seconds) == ("net p", 30.0, 1.5)
    assert one.network.name == "net.onnx.gz"
    folder = tmp_path / "unpacked"
    folder.mkdir()
    assert unpacked(one.network, folder).read_bytes() == b"network"
    assert unpacked(one.specification, folder) == one.specification


def test_a_missing_file_is_named(tmp_path):
    (tmp_path / "instances.csv").write_text("net.onnx,p.vnnlib,30\n", encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"net\.onnx"):
        instances_of(tmp_path)


def test_published_verdicts_are_found_by_network_and_property(tmp_path):
    path = tmp_path / "results.csv"
    lines = [
        "acasxu,./benchmarks/acasxu/onnx/a_1.onnx,./vnnlib/prop_1.vnnlib,.007,holds,7.37",
        "acasxu,onnx/a_1.onnx.gz,vnnlib/prop_2.vnnlib.gz,0,SAT,1",
        "acasxu,onnx/a_1.onnx,vnnlib/prop_3.vnnlib,0,timeout,116",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert expected_verdicts(path) == {"a_1 prop_1": "holds", "a_1 prop_2": "refuted"}
    assert stem("a/b.1.onnx.gz") == "b.1"


def test_a_verdict_that_differs_or_is_not_confirmed_is_wrong(tmp_path):
    instance = listed(tmp_path)[0]
    records = [
        record_of(instance, RESULT, "holds"),
        record_of(instance, RESULT, "refuted"),
        record_of(instance, RESULT | {"confirmed": False}, None),
        record_of(instance, {"failure": "> 30 s"}, "holds"),
    ]
    assert [record["wrong"] for record in records] == [False, True, True, False]
    assert "WRONG: expected refuted" in line_of(records[1])
    assert line_of(records[3]).endswith("> 30 s")
    text = summary(records)
    assert text.startswith("3 of 4 decided")
    assert text.endswith("2 compared with published verdicts: 2 differ")


def test_both_tools_stand_in_one_line_with_their_ratio(tmp_path):
    instance = listed(tmp_path)[0]
    own = record_of(instance, RESULT, None)
    assert "ratio 4" in comparison_line(own, record_of(instance, RESULT | {"seconds": 2.0}, None))
    assert "ratio > 240" in comparison_line(own, record_of(instance, {"failure": "> 120 s"}, None))
    assert "ratio" not in comparison_line(own, record_of(instance, {"failure": "failed: x"}, None))


def test_marabou_is_asked_only_what_is_one_conjunction(tmp_path):
    head = "(declare-const X_0 Real)(declare-const Y_0 Real)"
    path = tmp_path / "p.vnnlib"
    instance = Instance(tmp_path / "net.onnx", path, 1.0)
    path.write_text(head + "(assert (or (>= Y_0 1) (<= Y_0 0)))", encoding="utf-8")
    with pytest.raises(ValueError, match="not one box with one conjunction"):
        with_marabou(instance, 1.0, tmp_path)
    path.write_text(head, encoding="utf-8")
    with pytest.raises(FormatError, match="an assertion"):
        with_marabou(instance, 1.0, tmp_path)
