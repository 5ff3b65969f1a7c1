/*
 * Integers of some limbs of 64 bits.
 *
 * A number is a word that says how many limbs it has, negative if it is negative, and then the limbs, the least
 * one first and the last one not zero. A vector is so many numbers one after the other. What is summed up is a
 * two's complement instead. Magnitudes are limbs alone, and their number (magnitudes.h).
 */
#ifndef EXACTRELU_LIMBS_H
#define EXACTRELU_LIMBS_H

#include "magnitudes.h"

typedef word number[MOST + 1];

typedef struct {
    int64_t size;
    word limb[SUM];
} sum;

static inline int64_t limbs_of(const word *x)
{
    int64_t size = (int64_t)x[0];
    return size < 0 ? -size : size;
}

static inline int is_negative(const word *x) { return (int64_t)x[0] < 0; }

static inline const word *next(const word *x) { return x + 1 + limbs_of(x); }

static const word *after(const word *x, int64_t count)
{
    while (count--)
        x = next(x);
    return x;
}

static inline void set_header(word *x, int64_t size, int negative) { x[0] = (word)(negative ? -size : size); }

static inline int is_one(const word *x) { return x[0] == 1 && x[1] == 1; }

/* numbers ---------------------------------------------------------------------------------------------- */

static int compared_numbers(const word *x, const word *y)
{
    int64_t nx = (int64_t)x[0], ny = (int64_t)y[0];
    if (nx != ny)
        return nx < ny ? -1 : 1;
    return nx < 0 ? compared(y + 1, -ny, x + 1, -nx) : compared(x + 1, nx, y + 1, ny);
}

static int64_t bits_of(const word *x)
{
    int64_t size = limbs_of(x);
    return size ? 64 * size - __builtin_clzll(x[size]) : 0;
}

/* Whether |x| is a power of two. */
static int is_power(const word *x)
{
    int64_t size = limbs_of(x);
    for (int64_t i = 1; i < size; i++)
        if (x[i])
            return 0;
    return size && !(x[size] & (x[size] - 1));
}

static int64_t zeros_of(const word *x)
{
    int64_t i = 1;
    while (!x[i])
        i++;
    return 64 * (i - 1) + __builtin_ctzll(x[i]);
}

/* x / 2^bits, rounded towards zero. */
static void shifted_down(const word *x, int64_t bits, word *to)
{
    int64_t size = limbs_of(x), skip = bits >> 6, left = size - skip;
    int shift = (int)(bits & 63);
    for (int64_t i = 1; i <= left; i++) {
        word high = i < left ? x[i + skip + 1] : 0;
        to[i] = x[i + skip] >> shift | (high << 1 << (63 - shift));
    }
    set_header(to, left > 0 ? trimmed(to + 1, left) : 0, is_negative(x));
}

/* x 2^bits; 0 if it is too long. */
static int shifted_up(const word *x, int64_t bits, word *to)
{
    int64_t size = limbs_of(x), skip = bits >> 6;
    int shift = (int)(bits & 63);
    if (size + skip + 1 > MOST)
        return 0;
    if (!size) {
        to[0] = 0;
        return 1;
    }
    for (int64_t i = 1; i <= skip; i++)
        to[i] = 0;
    for (int64_t i = size + 1; i >= 1; i--)
        to[i + skip] = (i <= size ? x[i] << shift : 0) | (i > 1 ? x[i - 1] >> 1 >> (63 - shift) : 0);
    set_header(to, trimmed(to + 1, size + skip + 1), is_negative(x));
    return 1;
}

/* A double off by less than 2^-50 of itself, if it is finite. */
static double nearly(const word *x)
{
    int64_t size = limbs_of(x);
    double found = 0;
    for (int64_t i = size; i > 0 && i > size - 3; i--)
        found = found * 0x1p64 + (double)x[i];
    for (int64_t i = size - 3; i > 0; i--)
        found *= 0x1p64;
    return is_negative(x) ? -found : found;
}

/* sums ------------------------------------------------------------------------------------------------- */

static inline void clear(sum *s) { s->size = 0; }

static inline int is_below_zero(const sum *s) { return s->size && s->limb[s->size - 1] >> 63; }

static int is_above_zero(const sum *s) { return !is_below_zero(s) && trimmed(s->limb, s->size); }

static inline void extend(sum *s, int64_t size)
{
    word fill = is_below_zero(s) ? ~(word)0 : 0;
    while (s->size < size)
        s->limb[s->size++] = fill;
}

/* Adds x y, or subtracts it, to a sum of at most three limbs, without a branch that depends on the sign. */
static inline void add_short_product(sum *s, word x, word y, int minus)
{
    word flip = minus ? ~(word)0 : 0;
    twice product = (twice)x * y;
    extend(s, 3);
    twice total = (twice)s->limb[0] + ((word)product ^ flip) + (flip & 1);
    s->limb[0] = (word)total;
    total = (twice)s->limb[1] + ((word)(product >> 64) ^ flip) + (word)(total >> 64);
    s->limb[1] = (word)total;
    s->limb[2] += flip + (word)(total >> 64);
}

/* Adds x y, or subtracts it. A limb more than its own leaves room for 2^62 of them. */
static void add_product(sum *s, const word *x, const word *y, int minus)
{
    int64_t nx = limbs_of(x), ny = limbs_of(y);
    if (!nx || !ny)
        return;
    if (is_negative(x) != is_negative(y))
        minus = !minus;
    if (nx == 1 && ny == 1 && s->size <= 3) {
        add_short_product(s, x[1], y[1], minus);
        return;
    }
    extend(s, nx + ny + 1);
    for (int64_t i = 0; i < nx; i++) {
        word carry = 0, *at = s->limb + i;
        int64_t j = 0, left = s->size - i;
        for (; j < ny; j++) {
            twice product = (twice)x[1 + i] * y[1 + j] + carry;
            word low = (word)product, old = at[j];
            at[j] = minus ? old - low : old + low;
            carry = (word)(product >> 64) + (minus ? old < low : at[j] < low);
        }
        for (; carry && j < left; j++) {
            word old = at[j];
            at[j] = minus ? old - carry : old + carry;
            carry = minus ? old < carry : at[j] < carry;
        }
    }
}

static const word ONE[] = {1, 1};

/* Adds x, or subtracts it. Room for 2^62 of them is that of `add_product`. */
static void add_number(sum *s, const word *x, int minus)
{
    int64_t size = limbs_of(x);
    if (!size)
        return;
    word flip = is_negative(x) != minus ? ~(word)0 : 0, carry = flip & 1;
    extend(s, size + 1);
    for (int64_t i = 0; i < s->size; i++) {
        twice total = (twice)s->limb[i] + ((i < size ? x[1 + i] : 0) ^ flip) + carry;
        s->limb[i] = (word)total;
        carry = (word)(total >> 64);
    }
}

/* Divides by 2^bits and rounds down. */
static void shift_sum_down(sum *s, int64_t bits)
{
    int64_t skip = bits >> 6, left = s->size - skip;
    int shift = (int)(bits & 63);
    word fill = is_below_zero(s) ? ~(word)0 : 0;
    for (int64_t i = 0; i < s->size; i++) {
        word low = i < left ? s->limb[i + skip] : fill, high = i + 1 < left ? s->limb[i + skip + 1] : fill;
        s->limb[i] = low >> shift | (high << 1 << (63 - shift));
    }
}

/* The sum as a number; 0 if it is too long. */
static int settled(const sum *s, word *to)
{
    int negative = is_below_zero(s);
    int64_t size = s->size;
    word flip = negative ? ~(word)0 : 0, carry = (word)negative, top = flip;
    while (size && s->limb[size - 1] == top)
        size--;
    if (negative && size < s->size)
        size++; /* -2^(64 k) has k + 1 limbs */
    if (size > MOST)
        return 0;
    for (int64_t i = 0; i < size; i++) {
        to[1 + i] = (s->limb[i] ^ flip) + carry;
        carry = carry && !to[1 + i];
    }
    set_header(to, trimmed(to + 1, size), negative);
    return 1;
}

#endif
