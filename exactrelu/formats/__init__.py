"""Networks and domains from files, and results to files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from exactrelu.errors import FormatError
from exactrelu.formats.batchnorm import BatchNorm

if TYPE_CHECKING:  # a network needs python-flint, which takes 0.1 s to import
    from exactrelu.networks.network import Network

TENSOR_FILES = {
    ".pt": ("torch_file", "read_torch"),
    ".pth": ("torch_file", "read_torch"),
    ".safetensors": ("safetensors_file", "read_safetensors"),
    ".npz": ("numpy_file", "read_npz"),
    ".mat": ("matlab_file", "read_matlab"),
    ".keras": ("keras_file", "read_keras"),
    ".h5": ("keras_file", "read_keras"),
    ".hdf5": ("keras_file", "read_keras"),
}
NnetNumbers = Literal["exact", "float32", "float64"]
NnetNormalization = Literal["stored", "folded"]


def load_network(
    path: str | Path,
    *,
    nnet_as: NnetNumbers = "exact",
    nnet_normalization: NnetNormalization = "stored",
    batchnorm: BatchNorm = "exact",
    outputs: Sequence[str] | None = None,
) -> Network:
    """Return the network in a file, read exactly.

    Parameters
    ----------
    path
        A native ``.json``, an ``.onnx`` (or ``.onnx.gz``) or an ``.nnet`` file, or one of tensors (``.pt``,
        ``.pth``, ``.safetensors``, ``.npz``, ``.mat``, ``.keras``, ``.h5``), which are layers, with ReLU in
        between where the file does not say what is; the suffix decides.
    nnet_as, nnet_normalization
        How the decimals and the normalisation of an ``.nnet`` file are read
        (see `exactrelu.formats.nnet.read_nnet`).
    batchnorm, outputs
        What BatchNormalization is in an ONNX file, and which of its outputs are read, all if left out
        (see `exactrelu.formats.onnx.model.read_onnx`).

    Raises
    ------
    FormatError, UnsupportedOperatorError, NetworkError
        If the file does not hold a network that can be read exactly.
    OSError
        If the file cannot be read.

    Warns
    -----
    ReadingWarning
        If the file leaves something open, or misstates it, that does not keep it from being read.
    """
    suffix = "".join(Path(path).suffixes[-2:]).lower()
    suffix = suffix if suffix == ".onnx.gz" else Path(path).suffix.lower()
    if suffix in (".onnx", ".onnx.gz"):
        from exactrelu.formats.onnx.model import read_onnx

        return read_onnx(path, outputs=outputs, batchnorm=batchnorm)
    if outputs is not None:
        raise FormatError(str(path), "", "an ONNX file, whose outputs have names", suffix or "no suffix")
    if suffix == ".json":
        from exactrelu.formats.native import read_network

        return read_network(path)
    if suffix == ".nnet":
        from exactrelu.formats.nnet import read_nnet

        return read_nnet(path, numbers=nnet_as, normalization=nnet_normalization)
    if suffix in TENSOR_FILES:
        module, name = TENSOR_FILES[suffix]
        read: Callable[[str | Path], Network] = getattr(import_module(f"exactrelu.formats.{module}"), name)
        return read(path)
    expected = f"a name ending in .json, .onnx or .nnet (or {', '.join(TENSOR_FILES)})"
    raise FormatError(str(path), "", expected, repr(suffix or "no suffix"))
