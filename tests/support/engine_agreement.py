"""Whether a fast engine says what the reference engine says, leaf for leaf."""

from __future__ import annotations

from exactrelu import Search
from exactrelu.enumeration import Problem, count, enumerate_leaves
from exactrelu.networks.reading import Reading
from tests.support.drawn_networks import Chooser, draw_domain, draw_network, with_drawn_units

READINGS = list(Reading)


def shown(leaf):
    """What leaves of all engines have in common."""
    return str(leaf.configuration), leaf.bits, leaf.dimension


def agrees_with_ppl(engine, network, domain=None, readings=READINGS):
    """Return whether both engines yield the same leaves, and the engine's counts are their numbers."""
    for reading in readings:
        problem = Problem.of(network, domain, reading)
        expected = [shown(leaf) for leaf in enumerate_leaves(problem, search=Search("ppl"))]
        found = [shown(leaf) for leaf in enumerate_leaves(problem, search=Search(engine))]
        if found != expected or count(network, domain, reading, search=Search(engine)) != len(expected):
            return False
    return True


def drawn(*seed, most_inputs=3, most_hidden=6, units=False):
    """Return a drawn network, of other units than ReLU if wished, and a drawn domain of its inputs."""
    c = Chooser.seeded(*seed)
    network = draw_network(c, most_inputs=most_inputs, most_hidden=most_hidden)
    if units:
        network = with_drawn_units(c, network)
    return network, draw_domain(c, network.inputs)
