"""Properties of networks: what they say, and whether they hold."""
