"""Networks and domains from files, and results to files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from exactrelu.errors import FormatError

if TYPE_CHECKING:  # a network needs python-flint, which takes 0.1 s to import
    from exactrelu.networks.network import Network

NnetNumbers = Literal["exact", "float32", "float64"]
NnetNormalization = Literal["stored", "folded"]


def load_network(
    path: str | Path,
    *,
    nnet_as: NnetNumbers = "exact",
    nnet_normalization: NnetNormalization = "stored",
) -> Network:
    """Return the network in a file, read exactly.

    Parameters
    ----------
    path
        A native ``.json``, an ``.onnx`` or an ``.nnet`` file; the suffix decides.
    nnet_as, nnet_normalization
        How the decimals and the normalisation of an ``.nnet`` file are read
        (see `exactrelu.formats.nnet.read_nnet`).

    Raises
    ------
    FormatError, UnsupportedOperatorError, NetworkError
        If the file does not hold a network that can be read exactly.
    OSError
        If the file cannot be read.
    """
    suffix = Path(path).suffix.lower()
    if suffix == ".json":
        from exactrelu.formats.native import read_network

        return read_network(path)
    if suffix == ".onnx":
        from exactrelu.formats.onnx_model import read_onnx

        return read_onnx(path)
    if suffix == ".nnet":
        from exactrelu.formats.nnet import read_nnet

        return read_nnet(path, numbers=nnet_as, normalization=nnet_normalization)
    raise FormatError(str(path), "", "a name ending in .json, .onnx or .nnet", repr(suffix or "no suffix"))
