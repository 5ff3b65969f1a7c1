"""Theorem 5 of Heinecke & Hwang: path sums, and the affine map of a cell as a sum of atoms."""
