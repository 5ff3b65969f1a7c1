/*
 * A point inside each cell, with a short denominator: that of `CanonicalPolyhedron.point`, number for number.
 *
 * The centre is the mean of the vertices plus the sum of the rays, each divided by the power of two that takes its
 * largest entry below 2, all rounded down to multiples of 2^-PRECISION. It is rounded to fewer and fewer bits; the
 * first of these points that every facet confirms is taken. Facets are zero in the pivots of the cell's equations,
 * so that the other coordinates decide.
 */
#ifndef EXACTRELU_REGION_POINTS_H
#define EXACTRELU_REGION_POINTS_H

#include "region_faces.h"

enum { PRECISION = 160, LEVELS = 8, WIDE = 4 };

static const int64_t LEVEL[LEVELS] = {0, 2, 4, 8, 16, 32, 64, 128};

/* floor(x 2^PRECISION / t) for t > 0 */
static void put_quotient(block *b, const word *x, const word *t)
{
    word shifted[SUM], quotient[SUM];
    number found;
    if (!shifted_up(x, PRECISION, shifted) || limbs_of(shifted) > MOST - 1)
        fail(b, TOO_LONG);
    int64_t size = limbs_of(shifted), divisor = limbs_of(t), left = divide(quotient, shifted + 1, size, t + 1, divisor);
    int64_t own = size < divisor ? 0 : trimmed(quotient, size - divisor + 1);
    memcpy(found + 1, quotient, (size_t)own * sizeof *found);
    if (is_negative(x) && left) { /* rounded towards zero so far */
        found[1 + own] = 0;
        int64_t i = 1;
        if (!own)
            found[1] = 0;
        while (!++found[i])
            i++;
        own = trimmed(found + 1, own + 1);
    }
    set_header(found, own, is_negative(x));
    put_number(b, &b->scaled, found);
}

/* floor(x 2^shift) */
static void put_shifted(block *b, const word *x, int64_t shift)
{
    number found;
    if (shift >= 0) {
        if (!shifted_up(x, shift, found))
            fail(b, TOO_LONG);
    } else {
        sum whole;
        clear(&whole);
        add_number(&whole, x, 0);
        shift_sum_down(&whole, -shift);
        settle(b, &whole, found);
    }
    put_number(b, &b->scaled, found);
}

/* A generator's coordinates in multiples of 2^-PRECISION, those of rays shortened. */
static const word *scaled_generator(block *b, int64_t place)
{
    int64_t n = b->in.inputs, longest = 0;
    if (!b->scaled_at[place]) {
        b->scaled_at[place] = 1 + b->scaled.used;
        const word *x = generator(b, place), *t = after(x, n), *y = x;
        for (int64_t j = 0; j < n; j++, y = next(y))
            longest = bits_of(y) > longest ? bits_of(y) : longest;
        for (int64_t j = 0; j < n; j++, x = next(x))
            if (t[0])
                put_quotient(b, x, t);
            else
                put_shifted(b, x, PRECISION - (longest - 1));
    }
    return b->scaled.at + b->scaled_at[place] - 1;
}

/* Divides a sum by a small positive number and rounds down. */
static void divide_sum(block *b, sum *s, int64_t by)
{
    word quotient[SUM], left[SUM];
    number whole;
    const word divisor[] = {(word)by};
    settle(b, s, whole);
    int64_t size = limbs_of(whole);
    memcpy(left, whole + 1, (size_t)size * sizeof *left);
    int64_t rest = divide(quotient, left, size, divisor, 1);
    memcpy(whole + 1, quotient, (size_t)size * sizeof *whole);
    set_header(whole, trimmed(whole + 1, size), is_negative(whole));
    int down = rest && is_below_zero(s);
    clear(s);
    add_number(s, whole, 0);
    if (down)
        add_number(s, ONE, 1);
}

/*
 * The same as WIDE limbs of two's complement for each coordinate, as far as they are so short that all members of
 * a cell can be added up in as many; else NULL.
 */
static const word *wide_generator(block *b, int64_t place)
{
    int64_t n = b->in.inputs;
    word *to = b->wide + place * n * WIDE;
    if (!b->is_wide[place]) {
        const word *x = scaled_generator(b, place);
        b->is_wide[place] = 1;
        for (int64_t j = 0; j < n; j++, x = next(x), to += WIDE) {
            int64_t size = limbs_of(x);
            if (size > WIDE || bits_of(x) > 64 * WIDE - 32)
                b->is_wide[place] = 2;
            word flip = is_negative(x) ? ~(word)0 : 0, carry = flip & 1;
            for (int64_t i = 0; i < WIDE; i++) {
                to[i] = ((i < size ? x[1 + i] : 0) ^ flip) + carry;
                carry = carry && !to[i];
            }
        }
    }
    return b->is_wide[place] == 1 ? b->wide + place * n * WIDE : NULL;
}

/* Adds the generators of a list of a cell to sums that are zero; returns 0, and adds none, if one is not short. */
static int add_wide(block *b, const lists *l, int64_t cell, sum *to)
{
    int64_t n = b->in.inputs;
    for (int64_t i = l->start[cell]; i < l->start[cell + 1]; i++)
        if (!wide_generator(b, l->item[i]))
            return 0;
    if (l->start[cell + 1] - l->start[cell] >= (int64_t)1 << 30)
        return 0;
    for (int64_t j = 0; j < n; j++) {
        to[j].size = WIDE;
        memset(to[j].limb, 0, WIDE * sizeof(word));
    }
    for (int64_t i = l->start[cell]; i < l->start[cell + 1]; i++) {
        const word *x = b->wide + l->item[i] * n * WIDE;
        for (int64_t j = 0; j < n; j++, x += WIDE) {
            word carry = 0;
            for (int k = 0; k < WIDE; k++) {
                twice total = (twice)to[j].limb[k] + x[k] + carry;
                to[j].limb[k] = (word)total;
                carry = (word)(total >> 64);
            }
        }
    }
    return 1;
}

/* The sums of the scaled coordinates of a cell's vertices, or rays. */
static void add_generators(block *b, const lists *l, int64_t cell, sum *to)
{
    int64_t n = b->in.inputs;
    for (int64_t j = 0; j < n; j++)
        clear(to + j);
    if (add_wide(b, l, cell, to))
        return;
    for (int64_t i = l->start[cell]; i < l->start[cell + 1]; i++) {
        const word *x = scaled_generator(b, l->item[i]);
        for (int64_t j = 0; j < n; j++, x = next(x))
            add_number(to + j, x, 0);
    }
}

static void find_centre(block *b, int64_t cell, sum *centre)
{
    int64_t n = b->in.inputs, rays = b->rays.start[cell + 1] - b->rays.start[cell];
    add_generators(b, &b->vertices, cell, centre);
    for (int64_t j = 0; j < n; j++)
        divide_sum(b, centre + j, b->vertices.start[cell + 1] - b->vertices.start[cell]);
    if (!rays)
        return;
    add_generators(b, &b->rays, cell, b->ray_sums);
    for (int64_t j = 0; j < n; j++) {
        number x;
        settle(b, b->ray_sums + j, x);
        add_number(centre + j, x, 0);
    }
}

/* Whether a facet's row is positive at x / power, whose numerators `all` is, if it is not NULL, in short. */
static int is_positive(const block *b, int64_t facet, const word *x, const word *power, const int64_t *all)
{
    int64_t n = b->in.inputs, bits;
    if (all && b->is_short[facet] && read_short(power, &bits)) {
        const int64_t *row = b->short_row + facet * (n + 1);
        __int128 value = (__int128)row[n] * bits;
        for (int64_t j = 0; j < n; j++)
            value += (__int128)row[j] * all[j];
        return value > 0;
    }
    const word *row = distinct_row(b, facet);
    sum value;
    clear(&value);
    for (int64_t j = 0; j < n; j++, row = next(row), x += MOST + 1)
        add_product(&value, row, x, 0);
    add_product(&value, row, power, 0);
    return is_above_zero(&value);
}

static int is_inside(const block *b, int64_t cell, const word *x, const word *power)
{
    int are_short = b->in.inputs < 64;
    for (int64_t j = 0; j < b->in.inputs && are_short; j++)
        are_short = read_short(x + j * (MOST + 1), b->short_point + j);
    for (int64_t i = b->facets.start[cell]; i < b->facets.start[cell + 1]; i++)
        if (!is_positive(b, b->facets.item[i], x, power, are_short ? b->short_point : NULL))
            return 0;
    return 1;
}

/*
 * Finds the numerators of a cell's point, MOST + 1 words for each, over a power of two; returns its exponent, or -1
 * if no rounding is inside. The coordinates in pivots of equations are left to who writes them.
 */
static int64_t find_point(block *b, int64_t cell, word *x, word *power)
{
    int64_t n = b->in.inputs;
    sum *centre = b->sums;
    find_centre(b, cell, centre);
    for (int level = 0; level < LEVELS; level++) {
        int64_t shift = PRECISION - LEVEL[level];
        number half;
        shifted_up(ONE, shift - 1, half);
        shifted_up(ONE, LEVEL[level], power);
        for (int64_t j = 0; j < n; j++) {
            sum own;
            own.size = centre[j].size;
            memcpy(own.limb, centre[j].limb, (size_t)own.size * sizeof(word));
            add_number(&own, half, 0);
            shift_sum_down(&own, shift);
            settle(b, &own, x + j * (MOST + 1));
        }
        if (is_inside(b, cell, x, power))
            return LEVEL[level];
    }
    return -1;
}

#endif
