"""From functions to networks and back: continuous piecewise affine functions, exactly."""
