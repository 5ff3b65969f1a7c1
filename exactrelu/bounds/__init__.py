"""Linear bounds of networks on boxes: rigorous in doubles, exact in integers (docs/linear-bounds.md)."""
