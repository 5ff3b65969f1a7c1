"""NumPy arrays and torch modules become networks by the exact value of every entry."""

from __future__ import annotations

from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from flint import fmpq

from exactrelu.errors import (
    ExactReluError,
    InexactNumberError,
    NetworkError,
    NumberSyntaxError,
    UnsupportedOperatorError,
)
from exactrelu.formats.arrays import network_from_arrays
from exactrelu.formats.torch_modules import network_from_torch
from exactrelu.networks.network import Network

FLOATS = [np.float16, np.float32, np.float64, np.longdouble, ml_dtypes.bfloat16]


@pytest.mark.parametrize("dtype", FLOATS)
def test_floats_of_any_precision_have_their_exact_value(dtype):
    value = dtype(1) / dtype(3)
    smallest = ml_dtypes.finfo(dtype).smallest_subnormal if dtype is not np.longdouble else dtype(2) ** -16445
    net = network_from_arrays([(np.array([[value, smallest]], dtype=dtype), np.array([-2], dtype=dtype))])
    wide = np.longdouble(value)
    assert net.layers[0].weight == (
        (Fraction(*wide.as_integer_ratio()), Fraction(*np.longdouble(smallest).as_integer_ratio())),
    )
    assert net.layers[0].bias == (-2,)


def test_the_last_bit_of_a_long_double_counts():
    one = np.longdouble(1)
    above = np.nextafter(one, 2 * one)
    weight = network_from_arrays([(np.array([[above]]), None)]).layers[0].weight[0][0]
    assert weight == 1 + Fraction(*np.finfo(np.longdouble).eps.as_integer_ratio())


def test_integers_and_objects_are_taken_as_they_are():
    weight = np.array([[2**63 + 1, 5]], dtype=np.uint64)
    objects = np.array([["1/3"], [fmpq(1, 7)], [Fraction(2, 5)], [10**30]], dtype=object)
    net = network_from_arrays([(weight, np.array([-1], dtype=np.int8)), (objects, None)])
    assert net == Network.from_rationals(
        [([[2**63 + 1, 5]], [-1]), ([["1/3"], ["1/7"], ["2/5"], [10**30]], None)]
    )


def test_the_layout_in_memory_does_not_matter():
    weight = np.arange(6.0).reshape(2, 3)
    views = (np.asfortranarray(weight), weight[::-1][::-1], weight.astype(">f8"))
    assert all(network_from_arrays([(view, None)]) == network_from_arrays([(weight, None)]) for view in views)


def test_a_changed_last_bit_is_another_network():
    weight = np.array([[0.1]])
    assert network_from_arrays([(weight, None)]) != network_from_arrays([(np.nextafter(weight, 1), None)])


ONE = np.ones((1, 1))


@pytest.mark.parametrize(
    ("layers", "error", "message"),
    [
        ([], NetworkError, "layers: expected at least one, got none"),
        ([ONE], NetworkError, r"layers\[0\]: expected a pair \(weight, bias\), got ndarray"),
        ([([[1.0]], None)], NetworkError, r"layers\[0\].weight: expected a NumPy array, got list"),
        (
            [(np.ones(2), None)],
            NetworkError,
            r"weight: expected shape \(rows, columns\), neither zero, got \(2,\)",
        ),
        ([(np.ones((0, 2)), None)], NetworkError, r"neither zero, got \(0, 2\)"),
        (
            [(ONE, np.ones(2))],
            NetworkError,
            r"bias: expected shape \(1,\) for a weight of shape \(1, 1\), got \(2,\)",
        ),
        (
            [(np.ones((3, 2)), None), (np.ones((4, 5)), None)],
            NetworkError,
            r"layers\[1\].weight: expected shape \(rows, 3\) after a layer of shape \(3, 2\), got \(4, 5\)",
        ),
        ([(np.ma.masked_array(ONE), None)], NetworkError, "expected an array without a mask"),
        ([(np.array([[1, np.nan]]), None)], NumberSyntaxError, r"layers\[0\].weight\[0, 1\]: .* got nan"),
        ([(ONE, np.array([-np.inf]))], NumberSyntaxError, r"layers\[0\].bias\[0\]: .* got -inf"),
        ([(ONE > 0, None)], InexactNumberError, "expected floats, integers or exact rationals, got bool"),
        ([(ONE * 1j, None)], InexactNumberError, "got complex128"),
        ([(np.array([["1"]]), None)], InexactNumberError, "got <U1"),
        (
            [(np.array([[0.5]], dtype=object), None)],
            InexactNumberError,
            r"weight\[0, 0\]: .*rational_from_float",
        ),
        (
            [(np.array([["x"]], dtype=object), None)],
            NumberSyntaxError,
            r"weight\[0, 0\]: expected a rational",
        ),
    ],
)
def test_arrays_that_are_no_layers_are_refused_with_the_place(layers, error, message):
    with pytest.raises(error, match=message):
        network_from_arrays(layers)


# torch, without torch -------------------------------------------------------------------------------


class Tensor:
    """What network_from_torch uses of a torch tensor."""

    def __init__(self, values, dtype="float32"):
        self._values = np.asarray(values, dtype=getattr(ml_dtypes, dtype, None) or dtype)
        self.dtype, self.shape = f"torch.{dtype}", self._values.shape

    def detach(self):
        return self

    cpu = detach

    def double(self):
        return Tensor(self._values.astype(np.float64), "float64")

    def numpy(self):
        if self.dtype == "torch.bfloat16":
            raise TypeError("numpy has no bfloat16")
        return self._values


class Linear:
    def __init__(self, weight, bias=None, dtype="float32"):
        self.weight = Tensor(weight, dtype)
        self.bias = None if bias is None else Tensor(bias, dtype)


class ReLU:
    pass


class Identity:
    pass


class GELU:
    pass


class Flatten:
    def __init__(self, start_dim=1, end_dim=-1):
        self.start_dim, self.end_dim = start_dim, end_dim


class Dropout:
    def __init__(self, training):
        self.training = training


class Sequential(list):
    def named_children(self):
        raise AssertionError("it leaves out a module that stands in several places")


def test_a_sequential_is_read_layer_by_layer():
    module = Sequential(
        [Flatten(), Linear([[1, -0.5]], [0.25]), ReLU(), Dropout(training=False), Linear([[3]])]
    )
    assert network_from_torch(module) == Network.from_rationals([([[1, "-1/2"]], ["1/4"]), ([[3]], None)])


def test_one_relu_that_stands_in_several_places_is_used_in_each():
    relu = ReLU()
    module = Sequential([Linear([[1]]), relu, Sequential([Linear([[-1]]), relu]), Linear([[1]])])
    assert network_from_torch(module).widths == (1, 1, 1, 1)


def test_linear_layers_without_a_relu_between_them_are_composed():
    module = Sequential([Linear([[1], [2]], [3, 4]), Identity(), Linear([[5, 6]], [7])])
    assert network_from_torch(module) == Network.from_rationals([([[17]], [46])])


def test_relus_at_the_ends_and_in_a_row_get_identity_layers():
    module = Sequential([ReLU(), ReLU(), Linear([[2]]), ReLU()])
    assert network_from_torch(module) == Network.from_rationals([([[k]], None) for k in (1, 1, 2, 1)])


def test_a_linear_alone_is_a_network():
    assert network_from_torch(Linear([[0.5]])) == Network.from_rationals([([["1/2"]], None)])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_tensors_of_every_float_type_have_their_exact_value(dtype):
    value = Tensor([0.1], dtype).double().numpy()[0]
    weight = network_from_torch(Sequential([Linear([[0.1]], dtype=dtype)])).layers[0].weight
    assert weight == ((Fraction(float(value)),),)
    assert weight != ((Fraction(1, 10),),)


def hooked(module):
    module._forward_hooks = {0: print}
    return module


@pytest.mark.parametrize(
    ("module", "error", "message"),
    [
        (
            Sequential([Linear([[1]]), Sequential([GELU()])]),
            UnsupportedOperatorError,
            "GELU at position 1.0$",
        ),
        (GELU(), UnsupportedOperatorError, "torch module: not supported: GELU at the top"),
        (
            Sequential([Dropout(training=True)]),
            UnsupportedOperatorError,
            r"Dropout at position 0 .*\.eval\(\)",
        ),
        (Sequential([Flatten(2)]), UnsupportedOperatorError, r"Flatten at position 0 \(start_dim"),
        (Sequential([hooked(Linear([[1]]))]), UnsupportedOperatorError, "it has forward hooks"),
        (Sequential([ReLU()]), NetworkError, "expected at least one Linear, got none"),
        (Sequential([]), NetworkError, "expected at least one Linear, got none"),
        (
            Sequential([Linear([[1], [2]]), ReLU(), Linear([[1, 2, 3]])]),
            NetworkError,
            r"2.weight: expected shape \(rows, 2\) after 2 values, got \(1, 3\)",
        ),
        (Sequential([Linear([[1]], [1, 2])]), NetworkError, "0.bias: expected shape"),
        (Sequential([Linear([1])]), NetworkError, "expected two axes, got shape"),
        (Sequential([Linear([[np.nan]])]), NumberSyntaxError, r"0.weight\[0, 0\]: expected a finite number"),
        (Sequential([Linear([[1]], dtype="int8")]), InexactNumberError, "0.weight: .* got torch.int8"),
    ],
)
def test_modules_that_are_no_chain_of_layers_are_refused_with_the_place(module, error, message):
    with pytest.raises(error, match=message) as caught:
        network_from_torch(module)
    assert isinstance(caught.value, ExactReluError)


def test_a_torch_module_computes_the_network_within_the_error_bound():
    torch = pytest.importorskip("torch")
    from tests.support.float_error_bound import Bounded, FloatModel, assert_within_bound, fractions

    torch.manual_seed(0)
    relu = torch.nn.ReLU()
    module = torch.nn.Sequential(
        torch.nn.Linear(3, 5), relu, torch.nn.Linear(5, 4), relu, torch.nn.Linear(4, 2)
    )
    network = network_from_torch(module)
    assert network.widths == (3, 5, 4, 2)
    point = torch.randn(1, 3)
    arithmetic, current = FloatModel("float32"), Bounded.exact(point.numpy())
    for k, layer in enumerate(part for part in module if part is not relu):
        weight = Bounded.exact(layer.weight.detach().numpy().T)
        current = arithmetic.matmul(arithmetic.relu(current) if k else current, weight)
        current = arithmetic.add(current, Bounded.exact(layer.bias.detach().numpy()))
    assert list(network(fractions(point.numpy()).ravel())) == list(current.value.ravel())
    assert_within_bound(module(point).detach().numpy(), current)
