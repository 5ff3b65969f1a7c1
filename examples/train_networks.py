"""Train the example networks with scikit-learn and write them as ONNX files next to this script.

Run ``python examples/train_networks.py`` with the extra ``train`` installed. Using the files needs no
scikit-learn. Outputs are logits, before any softmax or sigmoid: positive means class 1 where there is one
output, the largest wins otherwise. All weights are float32.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_breast_cancer, load_iris, make_moons
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

FOLDER = Path(__file__).resolve().parent
FLOAT = TensorProto.FLOAT


@dataclass(frozen=True)
class Task:
    """A data set with the hidden widths of its network and the words that describe both."""

    name: str
    data: Any
    target: Any
    hidden: tuple[int, ...]
    doc: str
    scaled: bool = False


def moons() -> Task:
    """Return two moons in the plane."""
    data, target = make_moons(600, noise=0.15, random_state=0)
    doc = "Two moons: x, y -> logit of moon 1 (scikit-learn make_moons, noise 0.15)."
    return Task("moons", data, target, (16, 16), doc)


def iris() -> Task:
    """Return Fisher's iris flowers, measured in centimetres."""
    bunch = load_iris()
    doc = (
        "Iris: sepal length, sepal width, petal length, petal width in cm -> logits of setosa, versicolor, "
        "virginica."
    )
    return Task("iris", bunch.data, bunch.target, (10, 10), doc)


def cancer8() -> Task:
    """Return the breast cancer data with the means of its first eight features."""
    bunch = load_breast_cancer()
    doc = (
        "Breast cancer (Wisconsin, diagnostic), the first eight features: "
        + ", ".join(bunch.feature_names[:8])
        + " -> logits of malignant, benign."
    )
    return Task("cancer8", bunch.data[:, :8], bunch.target, (8,), doc, scaled=True)


def short_scaling(data: Any) -> tuple[Any, Any]:
    """Return a centre and a scale for each feature, as powers of two and multiples of them.

    Scales that are powers of two keep the exact weights short; any positive numbers would do as well.
    """
    scale = 2.0 ** np.round(np.log2(data.std(axis=0)))
    centre = np.round(data.mean(axis=0) / scale * 4) / 4 * scale
    return centre.astype(np.float32), scale.astype(np.float32)


def trained(data: Any, target: Any, hidden: tuple[int, ...]) -> MLPClassifier:
    """Return a classifier, the same at every run."""
    classifier = MLPClassifier(hidden, alpha=1e-3, max_iter=3000, learning_rate_init=5e-3, random_state=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return classifier.fit(data, target)


def layers_of(classifier: MLPClassifier, outputs: int) -> list[tuple[Any, Any]]:
    """Return pairs (weight of shape inputs x outputs, bias) in float32.

    scikit-learn gives two classes one logit; for two outputs the logit of the other class is zero.
    """
    layers = list(zip(classifier.coefs_, classifier.intercepts_, strict=True))
    weight, bias = layers[-1]
    if weight.shape[1] < outputs:
        layers[-1] = np.hstack([0 * weight, weight]), np.concatenate([0 * bias, bias])
    return [(weight.astype(np.float32), bias.astype(np.float32)) for weight, bias in layers]


def onnx_model(task: Task, layers: list[tuple[Any, Any]], scaling: tuple[Any, Any] | None) -> onnx.ModelProto:
    """Return the graph: Sub and Div for the scaling if there is one, then Gemm and Relu."""
    nodes, initializers, current = [], [], "input"
    if scaling is not None:
        for operator, name, values in zip(("Sub", "Div"), ("centre", "scale"), scaling, strict=True):
            initializers.append(numpy_helper.from_array(values, name))
            nodes.append(helper.make_node(operator, [current, name], [f"{name}d"], name=f"{name}_input"))
            current = f"{name}d"
    for k, (weight, bias) in enumerate(layers, start=1):
        initializers.append(numpy_helper.from_array(weight, f"weight{k}"))
        initializers.append(numpy_helper.from_array(bias, f"bias{k}"))
        result = "logits" if k == len(layers) else f"y{k}"
        nodes.append(
            helper.make_node("Gemm", [current, f"weight{k}", f"bias{k}"], [result], name=f"layer{k}")
        )
        if k < len(layers):
            nodes.append(helper.make_node("Relu", [result], [f"h{k}"], name=f"relu{k}"))
        current = f"h{k}"
    inputs = helper.make_tensor_value_info("input", FLOAT, ["batch", layers[0][0].shape[0]])
    outputs = helper.make_tensor_value_info("logits", FLOAT, ["batch", layers[-1][0].shape[1]])
    graph = helper.make_graph(nodes, task.name, [inputs], [outputs], initializers)
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, doc_string=task.doc)
    onnx.checker.check_model(model, full_check=True)
    return model


def accuracy(model: onnx.ModelProto, data: Any, target: Any) -> float:
    """Return how often the written graph is right on raw data."""
    from onnx.reference import ReferenceEvaluator

    logits = ReferenceEvaluator(model).run(None, {"input": data.astype(np.float32)})[0]
    predicted = logits[:, 0] > 0 if logits.shape[1] == 1 else logits.argmax(axis=1)
    return float((predicted == target).mean())


def write(task: Task, outputs: int) -> None:
    """Train on three quarters of the data, write the file, and print the accuracies."""
    parts = train_test_split(task.data, task.target, test_size=0.25, random_state=0, stratify=task.target)
    data, test_data, target, test_target = parts
    scaling = short_scaling(data) if task.scaled else None
    scaled = data if scaling is None else (data - scaling[0]) / scaling[1]
    layers = layers_of(trained(scaled, target, task.hidden), outputs)
    model = onnx_model(task, layers, scaling)
    path = FOLDER / f"{task.name}.onnx"
    onnx.save(model, path)
    widths = "-".join(str(n) for n in (layers[0][0].shape[0], *task.hidden, outputs))
    right = f"{accuracy(model, data, target):.3f} train, {accuracy(model, test_data, test_target):.3f} test"
    print(f"{path.name}: {widths}, accuracy {right}")


def main() -> None:
    """Write all three files."""
    write(moons(), 1)
    write(iris(), 3)
    write(cancer8(), 2)


if __name__ == "__main__":
    main()
