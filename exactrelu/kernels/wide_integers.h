/*
 * Integers of a fixed number of limbs: 64 bits each, the lowest first, in two's complement.
 *
 * Sums and products are those modulo 2^(64 limbs); so they are the true ones wherever these are known to fit,
 * whatever was too long on the way. A quotient that is known to be an integer is a product, too: with the inverse
 * of the divisor's odd part modulo that power of two. Functions take the number of limbs as a constant where they are
 * called often, so that compilers unroll them.
 */
#ifndef EXACTRELU_WIDE_INTEGERS_H
#define EXACTRELU_WIDE_INTEGERS_H

#include <math.h>
#include <string.h>

#include "kernels.h"

#if defined(__SIZEOF_INT128__) && defined(__GNUC__)
#include "magnitudes.h"

#define HAS_WIDE_INTEGERS 1
#define INLINED static inline __attribute__((always_inline))

typedef twice pair;
typedef word limb;

enum { MOST_LIMBS = 32 };

INLINED int is_negative(int limbs, const limb *a) { return (int)(a[limbs - 1] >> 63); }

INLINED int is_zero(int limbs, const limb *a) {
    limb all = 0;
    for (int i = 0; i < limbs; i++) all |= a[i];
    return !all;
}

INLINED void negate(int limbs, limb *a) {
    limb carry = 1;
    for (int i = 0; i < limbs; i++) {
        a[i] = ~a[i] + carry;
        carry = carry && !a[i];
    }
}

/* Copy an integer that fits in both lengths. */
INLINED void set_wide(int to, limb *r, int from, const limb *a) {
    const limb sign = is_negative(from, a) ? ~(limb)0 : 0;
    for (int i = 0; i < to; i++) r[i] = i < from ? a[i] : sign;
}

/* r += a b */
INLINED void add_product(int limbs, limb *r, const limb *a, const limb *b) {
    for (int i = 0; i < limbs; i++) {
        limb carry = 0;
        for (int j = 0; j < limbs - i; j++) {
            const pair t = (pair)a[i] * b[j] + r[i + j] + carry;
            r[i + j] = (limb)t;
            carry = (limb)(t >> 64);
        }
    }
}

/* r += a w for a signed w of one limb */
INLINED void add_small_product(int limbs, limb *r, const limb *a, int64_t w) {
    limb carry = 0, borrow = 0;
    for (int i = 0; i < limbs; i++) {
        const pair t = (pair)a[i] * (limb)w + r[i] + carry;
        r[i] = (limb)t;
        carry = (limb)(t >> 64);
    }
    for (int i = 1; w < 0 && i < limbs; i++) { /* w as a limb is 2^64 too large */
        const limb before = r[i], less = a[i - 1] + borrow;
        borrow = (borrow && !less) || before < less;
        r[i] = before - less;
    }
}

/* The power of two in an integer that is not zero. */
INLINED int trailing_zeros(int limbs, const limb *a) {
    int i = 0;
    while (i < limbs - 1 && !a[i]) i++;
    return 64 * i + __builtin_ctzll(a[i]);
}

/* Divide by a power of two, downwards; `sign` is the limb beyond the last. */
INLINED void shift_down(int limbs, limb *a, int bits, limb sign) {
    const int whole = bits / 64, part = bits % 64;
    for (int i = 0; i < limbs; i++) {
        const limb low = i + whole < limbs ? a[i + whole] : sign, high = i + whole + 1 < limbs ? a[i + whole + 1] : sign;
        a[i] = part ? low >> part | high << (64 - part) : low;
    }
}

INLINED void shift_right(int limbs, limb *a, int bits) { shift_down(limbs, a, bits, is_negative(limbs, a) ? ~(limb)0 : 0); }

/* What divides by a number: its power of two, and the inverse of its odd part. */
typedef struct {
    int shift;
    int is_power; /* the odd part is 1 */
    limb inverse[MOST_LIMBS];
} Divisor;

/* x = 1 / odd modulo 2^(64 limbs), by Newton's x (2 - odd x): each step doubles the bits that are right. */
INLINED void invert_odd(int limbs, const limb *odd, limb *x) {
    limb first = 3 * odd[0] ^ 2; /* 5 bits */
    for (int i = 0; i < 4; i++) first *= 2 - odd[0] * first;
    memset(x, 0, (size_t)limbs * sizeof(limb));
    x[0] = first;
    for (int right = 1; right < limbs; right *= 2) {
        limb rest[MOST_LIMBS] = {0}, next[MOST_LIMBS] = {0};
        add_product(limbs, rest, odd, x);
        negate(limbs, rest);
        limb carry = 2;
        for (int i = 0; i < limbs && carry; i++) {
            rest[i] += carry;
            carry = rest[i] < carry;
        }
        add_product(limbs, next, x, rest);
        memcpy(x, next, (size_t)limbs * sizeof(limb));
    }
}

/* Prepare to divide by d, which is not zero. */
INLINED void prepare(int limbs, Divisor *by, const limb *d) {
    limb odd[MOST_LIMBS];
    memcpy(odd, d, (size_t)limbs * sizeof(limb));
    by->shift = trailing_zeros(limbs, d);
    shift_right(limbs, odd, by->shift);
    by->is_power = odd[0] == 1;
    for (int i = 1; i < limbs; i++) by->is_power = by->is_power && !odd[i];
    if (!by->is_power) invert_odd(limbs, odd, by->inverse);
}

/* a / d, which is an integer below 2^(64 limbs - shift - 1) in size; a need be right only modulo 2^(64 limbs). */
INLINED void divide_exactly(int limbs, limb *a, const Divisor *by) {
    shift_right(limbs, a, by->shift);
    if (!by->is_power) {
        limb quotient[MOST_LIMBS] = {0};
        add_product(limbs, quotient, a, by->inverse);
        memcpy(a, quotient, (size_t)limbs * sizeof(limb));
    }
    if (!by->shift) return;
    const int known = 64 * limbs - by->shift, last = (known - 1) / 64, unknown = 64 * (last + 1) - known;
    a[last] = (limb)((int64_t)(a[last] << unknown) >> unknown);
    for (int i = last + 1; i < limbs; i++) a[i] = is_negative(last + 1, a) ? ~(limb)0 : 0;
}

/* A magnitude becomes its greatest common divisor with an integer of any sign; zero divides nothing. */
static void take_divisor(int limbs, limb *a, const limb *b) {
    limb one[MOST_LIMBS + 1], two[MOST_LIMBS + 1];
    memcpy(one, a, (size_t)limbs * sizeof(limb));
    memcpy(two, b, (size_t)limbs * sizeof(limb));
    if (is_negative(limbs, two)) negate(limbs, two);
    const int64_t size = common_divisor(one, trimmed(one, limbs), two, trimmed(two, limbs));
    memset(a, 0, (size_t)limbs * sizeof(limb));
    memcpy(a, one, (size_t)size * sizeof(limb));
}

/* The number of limbs of a magnitude, at least one. */
static int length_of(int limbs, const limb *a) {
    while (limbs > 1 && !a[limbs - 1]) limbs--;
    return limbs;
}

/*
 * A double f and an exponent e: the integer is f 2^e (1 + x), |x| <= 1.01 2^-53. The two highest limbs are rounded
 * once, and what is cut off below is less than 2^-64 of them.
 */
static double rounded(int limbs, const limb *a, int *exponent) {
    limb size[MOST_LIMBS];
    const int negative = is_negative(limbs, a);
    memcpy(size, a, (size_t)limbs * sizeof(limb));
    if (negative) negate(limbs, size);
    const int length = length_of(limbs, size);
    const double high = length > 1 ? (double)((pair)size[length - 1] << 64 | size[length - 2]) : (double)size[0];
    *exponent = length > 1 ? 64 * (length - 2) : 0;
    return negative ? -high : high;
}

/* Write a magnitude in decimal digits, at most `DIGITS_OF_WORD` for each limb; return the end. */
static char *put_wide(char *out, int limbs, const limb *a) {
    char room[DIGITS_OF_WORD * MOST_LIMBS], *end = room + sizeof room, *at = decimal_of(a, trimmed(a, limbs), end);
    memcpy(out, at, (size_t)(end - at));
    return out + (end - at);
}

static char *put_small(char *out, limb a) { return put_wide(out, 1, &a); }

#endif
#endif
