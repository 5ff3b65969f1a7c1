"""ONNX graphs as networks: exact affine tensors, and units between them."""
