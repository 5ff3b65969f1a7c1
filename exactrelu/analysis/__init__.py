"""What is computed from cells: pieces, ranges, Lipschitz constants, gradients, equality, distances."""
