"""Networks from scikit-learn's multilayer perceptrons, without importing scikit-learn."""

from __future__ import annotations

from typing import Any

from exactrelu.errors import NetworkError, UnsupportedOperatorError
from exactrelu.formats.arrays import network_from_arrays
from exactrelu.formats.layer_builder import LayerBuilder
from exactrelu.formats.limits import shown
from exactrelu.networks.network import Network

_FITTED = ("coefs_", "intercepts_", "activation")


def is_perceptron(model: Any) -> bool:
    """Return whether an object has what a fitted ``MLPRegressor`` or ``MLPClassifier`` has."""
    return all(hasattr(model, name) for name in _FITTED)


def network_from_sklearn(model: Any, *, source: str | None = "scikit-learn") -> Network:
    """Return the exact real-valued function of a fitted ``MLPRegressor`` or ``MLPClassifier``.

    Parameters
    ----------
    model
        The model, or anything with its ``coefs_`` (matrices of shape (inputs, outputs)), ``intercepts_`` and
        ``activation``, ``relu`` or ``identity``. Of a classifier it is the function before the last, logistic
        or softmax, step: its outputs are the scores of the classes, of which the largest wins (two classes
        have one score, whose sign decides).
    source
        Free text that travels with the network.

    Raises
    ------
    NetworkError, NumberSyntaxError, InexactNumberError
        If the model is not fitted, or as in `exactrelu.network_from_arrays`.
    UnsupportedOperatorError
        For another activation, also of the outputs (the exponential of a Poisson loss).

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import numpy as np
    >>> weights, biases = [np.array([[1.0, -1.0]]), np.array([[1.0], [1.0]])], [np.zeros(2), np.array([0.5])]
    >>> model = SimpleNamespace(coefs_=weights, intercepts_=biases, activation="relu")
    >>> network_from_sklearn(model)((-3,))
    (Fraction(7, 2),)
    """
    missing = [name for name in _FITTED if not hasattr(model, name)]
    if missing:
        raise NetworkError(f"model: expected a fitted MLP, got {type(model).__name__} without {missing[0]}")
    weights, biases, activation = model.coefs_, model.intercepts_, model.activation
    if activation not in ("relu", "identity"):
        kind = f"activation {shown(str(activation))}"
        raise UnsupportedOperatorError(type(model).__name__, kind, "the hidden layers")
    last = getattr(model, "out_activation_", "identity")
    if last not in ("identity", "logistic", "softmax"):
        raise UnsupportedOperatorError(type(model).__name__, f"activation {shown(str(last))}", "the outputs")
    network = network_from_arrays(
        [(weight.T, bias) for weight, bias in zip(weights, biases, strict=True)], source=source
    )
    if activation == "relu":
        return network
    builder = LayerBuilder(network.inputs)
    for layer in network.layers:
        builder.affine(layer)
    return builder.network(source)
