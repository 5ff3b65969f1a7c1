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
#define HAS_WIDE_INTEGERS 1
#define INLINED static inline __attribute__((always_inline))

typedef unsigned __int128 pair;
typedef uint64_t limb;

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
INLINED void divide(int limbs, limb *a, const Divisor *by) {
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

static limb small_divisor(limb a, limb b) {
    if (!a || !b) return a | b;
    const int shift = __builtin_ctzll(a | b);
    a >>= __builtin_ctzll(a);
    while (b) {
        b >>= __builtin_ctzll(b);
        const limb less = a < b ? a : b;
        b = a < b ? b - a : a - b;
        a = less;
    }
    return a << shift;
}

static limb remainder_of(int limbs, const limb *a, limb d) {
    limb rest = 0;
    for (int i = limbs - 1; i >= 0; i--) rest = (limb)(((pair)rest << 64 | a[i]) % d);
    return rest;
}

static int compare(int limbs, const limb *a, const limb *b) {
    for (int i = limbs - 1; i >= 0; i--)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
}

static void shift_left(int limbs, limb *a, int bits) {
    const int whole = bits / 64, part = bits % 64;
    for (int i = limbs - 1; i >= 0; i--) {
        const limb high = i >= whole ? a[i - whole] : 0, low = i > whole ? a[i - whole - 1] : 0;
        a[i] = part ? high << part | low >> (64 - part) : high;
    }
}

/* As `small_divisor`, for odd a and b not zero. */
static pair pair_divisor(pair a, pair b) {
    while ((a | b) >> 64) {
        b >>= (limb)b ? __builtin_ctzll((limb)b) : 64 + __builtin_ctzll((limb)(b >> 64));
        if (a == b) return a;
        const pair less = a < b ? a : b;
        b = a < b ? b - a : a - b;
        a = less;
    }
    return small_divisor((limb)a, (limb)b);
}

/* Odd a, and b not zero, both without sign: their greatest common divisor in a; b is used up. */
static void odd_divisor(int limbs, limb *a, limb *b) {
    for (;;) {
        while (limbs > 1 && !(a[limbs - 1] | b[limbs - 1])) limbs--;
        shift_down(limbs, b, trailing_zeros(limbs, b), 0);
        if (limbs <= 2) {
            const pair found = limbs == 1 ? small_divisor(a[0], b[0]) : pair_divisor((pair)a[1] << 64 | a[0], (pair)b[1] << 64 | b[0]);
            a[0] = (limb)found;
            if (limbs == 2) a[1] = (limb)(found >> 64);
            return;
        }
        const int order = compare(limbs, a, b);
        if (order == 0) return;
        limb borrow = 0;
        limb *more = order < 0 ? b : a;
        const limb *less = order < 0 ? a : b;
        limb rest[MOST_LIMBS];
        for (int i = 0; i < limbs; i++) {
            const pair t = (pair)more[i] - less[i] - borrow;
            rest[i] = (limb)t;
            borrow = (limb)(t >> 64) & 1;
        }
        if (order > 0) memcpy(a, b, (size_t)limbs * sizeof(limb));
        memcpy(b, rest, (size_t)limbs * sizeof(limb));
    }
}

/* Positive a below 2^(64 limbs - 1) becomes its greatest common divisor with b, of any sign. */
static void common_divisor(int limbs, limb *a, const limb *b) {
    limb other[MOST_LIMBS];
    memcpy(other, b, (size_t)limbs * sizeof(limb));
    if (is_negative(limbs, other)) negate(limbs, other);
    if (is_zero(limbs, other)) return;
    if (is_zero(limbs, a)) {
        memcpy(a, other, (size_t)limbs * sizeof(limb));
        return;
    }
    if (limbs > 1 && is_zero(limbs - 1, a + 1)) {
        a[0] = small_divisor(a[0], remainder_of(limbs, other, a[0]));
        return;
    }
    const int one = trailing_zeros(limbs, a), two = trailing_zeros(limbs, other);
    shift_right(limbs, a, one);
    odd_divisor(limbs, a, other);
    shift_left(limbs, a, one < two ? one : two);
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

enum { DIGITS_OF_LIMB = 20, DIGITS_AT_ONCE = 19 };
#define TEN_TO_19 10000000000000000000u

static char *put_small(char *out, limb a) {
    char digits[DIGITS_OF_LIMB];
    int count = 0;
    do digits[count++] = (char)('0' + a % 10);
    while (a /= 10);
    while (count) *out++ = digits[--count];
    return out;
}

/* Write a magnitude in decimal digits, at most 20 for each limb; return the end. */
static char *put_wide(char *out, int limbs, const limb *a) {
    limb rest[MOST_LIMBS], part[2 * MOST_LIMBS];
    int count = 0, length = length_of(limbs, a);
    if (length == 1) return put_small(out, a[0]);
    memcpy(rest, a, (size_t)length * sizeof(limb));
    while (length > 1 || rest[0]) {
        limb remainder = 0;
        for (int i = length - 1; i >= 0; i--) {
            const pair t = (pair)remainder << 64 | rest[i];
            rest[i] = (limb)(t / TEN_TO_19);
            remainder = (limb)(t % TEN_TO_19);
        }
        length = length_of(length, rest);
        part[count++] = remainder;
    }
    out = put_small(out, part[--count]);
    while (count) {
        limb digits = part[--count];
        for (int i = DIGITS_AT_ONCE - 1; i >= 0; i--, digits /= 10) out[i] = (char)('0' + digits % 10);
        out += DIGITS_AT_ONCE;
    }
    return out;
}

#endif
#endif
