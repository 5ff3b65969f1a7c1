"""How many cells a network may have, must have or is expected to have: the literature's bounds."""
