"""Networks whose weights are rational functions of one parameter, for all values of it at once.

Where nothing changes, the cells of a network move with the parameter and stay the same configurations. The
sweep finds all values at which that ends, and what there is between them.
"""
