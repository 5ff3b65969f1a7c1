"""Networks with one hidden layer: parametrizations, canonical forms, degeneracies (Berner et al.)."""
