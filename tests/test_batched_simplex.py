"""Batches of small linear programs: limits of coordinates are worth what rows are; multipliers tell why."""

from __future__ import annotations

import numpy as np
import pytest

from exactrelu.numbers.batched_simplex import climb


def drawn_programs(seed, count, rows, n):
    """Tableaus with a random point inside, and limits; in two programs of three one is infinite."""
    draw = np.random.default_rng(seed)
    tableau = draw.uniform(-1, 1, (count, rows + 1, n + 1))
    tableau[:, :-1, 0] = draw.uniform(0, 1, (count, rows)) * (draw.random((count, rows)) < 0.9)
    limits = np.stack([-draw.uniform(0, 1, (count, n)), draw.uniform(0, 1, (count, n))], axis=1)
    limits[::3, 0, 0], limits[1::3, 1, 0] = -np.inf, np.inf
    return tableau, limits


def with_rows(tableau, limits):
    """The same programs, with rows for the limits before the others: lower ones, then upper ones."""
    count, _, n = limits.shape
    sides = np.zeros((count, 2 * n, n + 1))
    sides[:, :n, 1:], sides[:, n:, 1:] = np.eye(n), -np.eye(n)
    sides[:, :n, 0], sides[:, n:, 0] = -limits[:, 0], limits[:, 1]
    sides[:, :, 0] = np.minimum(sides[:, :, 0], 1e12)
    return np.concatenate([sides, tableau], axis=1)


@pytest.mark.parametrize(("rows", "n"), [(0, 1), (0, 4), (1, 1), (3, 2), (6, 3), (12, 5), (4, 9)])
def test_limits_are_worth_what_rows_are(rows, n):
    tableau, limits = drawn_programs(rows + n, 60, rows, n)
    enough = np.full(len(tableau), np.inf)
    by_limits = climb(tableau.copy(), enough, limits)
    by_rows = climb(with_rows(tableau, limits), enough)
    bounded = by_rows.ended & (by_rows.values < 1e6)
    assert bounded.sum() > 20
    assert by_limits.ended.all()
    assert np.allclose(by_limits.values[bounded], by_rows.values[bounded], atol=1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_the_multipliers_of_rows_and_sides_write_the_function_as_its_maximum_less_what_is_not_negative(seed):
    tableau, limits = drawn_programs(seed, 80, 7, 4)
    limits = np.clip(limits, -1, 1)
    found = climb(tableau.copy(), np.full(80, np.inf), limits)
    everything = with_rows(tableau, limits)
    assert (np.maximum(found.steps - limits[:, 1], limits[:, 0] - found.steps) < 1e-9).all()
    for program in range(80):
        f, total = everything[program, -1].copy(), np.zeros(5)
        for row, multiplier in zip(found.rows[program], found.multipliers[program], strict=True):
            if row != -1:
                assert multiplier > -1e-9
                total += multiplier * everything[program, -2 - row if row < 0 else 8 + row]
        f += total
        assert np.allclose(f, [found.values[program], 0, 0, 0, 0], atol=1e-7)


def test_a_search_stops_where_enough_is_reached_and_on_rays():
    one = np.array([[[0.0, 1.0, 0.0]]])  # f = x
    limits = np.array([[[-1.0, -1.0], [np.inf, 1.0]]])
    assert climb(one.copy(), np.array([5.0]), limits).values > 5
    assert climb(one.copy(), np.array([np.inf]), limits).ended.all()
    limits[0, 1, 0] = 3.0
    found = climb(one.copy(), np.array([np.inf]), limits)
    assert found.values == [3]
    assert found.steps.tolist() == [[3, 0]]
    assert found.rows.tolist() == [[-4, -1]]
