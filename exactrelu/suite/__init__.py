"""A regression suite for other tools: networks and questions on which floats go wrong, with exact answers."""
