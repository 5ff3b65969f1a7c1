"""Networks of any depth as parametrizations: what changes the weights and not the function."""
