"""Configurations: text, order, supports, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exactrelu.errors import ConfigurationError, ExactReluError
from exactrelu.networks.configuration import Configuration
from tests.support import brute_force
from tests.support.drawn_networks import STEADY

layers = st.lists(st.lists(st.integers(0, 1), min_size=1, max_size=4).map(tuple), max_size=4).map(tuple)


@STEADY
@given(layers)
def test_text_and_bits_round_trip(bits):
    theta, widths = Configuration(bits), [len(layer) for layer in bits]
    assert str(theta) == brute_force.text(bits)
    assert Configuration.parse(str(theta), widths) == theta
    assert Configuration.from_bits(str(theta).replace("|", ""), widths) == theta
    assert hash(Configuration.parse(str(theta), widths)) == hash(theta)
    assert list(theta.bits()) == [
        (k + 1, i, bit) for k, layer in enumerate(bits) for i, bit in enumerate(layer)
    ]


def test_a_network_without_hidden_layers_has_the_empty_text():
    assert str(Configuration(())) == ""
    assert Configuration.parse("", ()) == Configuration(())
    assert Configuration.from_bits("", ()) == Configuration(())
    assert repr(Configuration(((0, 1), (1,)))) == "Configuration.parse('01|1')"


def test_configurations_of_one_network_are_ordered_as_their_texts():
    thetas = [Configuration(bits) for bits in brute_force.all_bits((2, 1, 2))]
    assert thetas == sorted(thetas)
    assert [str(t) for t in thetas] == sorted(str(t) for t in thetas)


def test_supports_prefixes_and_differing_neurons():
    theta = Configuration.parse("0110|1|01", (4, 1, 2))
    other = Configuration.parse("0011|1|00", (4, 1, 2))
    assert [theta.support(k) for k in (1, 2, 3)] == [(1, 2), (0,), (1,)]
    assert [str(theta.prefix(k)) for k in range(4)] == ["", "0110", "0110|1", "0110|1|01"]
    assert theta.differing(other) == other.differing(theta) == {(1, 1), (1, 3), (3, 1)}
    assert theta.differing(theta) == frozenset()


@pytest.mark.parametrize(
    "text",
    ["", "01", "01|", "|01", "011", "01|11", "0|11", "01|1|", "01|1|0", "01|2", "01|\u0661", "01 1", "01|1 ",
     " 01|1", "01|1\n", "-1|1", "01/1", "01||1", "b|b"],
)  # fmt: skip
def test_text_of_another_form_is_refused_with_what_was_expected(text):
    with pytest.raises(ConfigurationError, match=r"expected bits of the form 'bb\|b'"):
        Configuration.parse(text, (2, 1))


def test_text_of_an_affine_network_is_refused_unless_it_is_empty():
    for text in ("0", "|", " "):
        with pytest.raises(ConfigurationError):
            Configuration.parse(text, ())


@pytest.mark.parametrize("bits", [((2,),), ((0, -1),), ((None,),), (("0",),), ((0,), (0.5,))])
def test_what_is_no_bit_is_refused(bits):
    with pytest.raises(ConfigurationError, match="expected bits 0 and 1"):
        Configuration(bits)
    with pytest.raises(ValueError, match="bits"):
        Configuration(bits)
    assert issubclass(ConfigurationError, ExactReluError)


@pytest.mark.parametrize("bits", [((True, False),), ((1.0, 0),)])
def test_bits_are_normalised_or_refused_so_that_equal_configurations_have_equal_texts(bits):
    try:
        theta = Configuration(bits)
    except ConfigurationError:
        return
    assert str(theta) == "10"


@pytest.mark.parametrize("bits", ["0", "011"])
def test_bits_that_do_not_fit_the_widths_are_refused(bits):
    with pytest.raises(ConfigurationError):
        Configuration.from_bits(bits, (2,))
