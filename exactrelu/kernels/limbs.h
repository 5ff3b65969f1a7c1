/*
 * Integers of some limbs of 64 bits.
 *
 * A number is a word that says how many limbs it has, negative if it is negative, and then the limbs, the least
 * one first and the last one not zero. A vector is so many numbers one after the other. What is summed up is a
 * two's complement instead. Magnitudes are limbs alone, and their number.
 */
#ifndef EXACTRELU_LIMBS_H
#define EXACTRELU_LIMBS_H

#include "kernels.h"

#include <string.h>

typedef uint64_t word;
typedef unsigned __int128 twice;

enum { MOST = 48, SUM = 2 * MOST + 8 }; /* limbs of a number, and of a sum of products */

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

/* magnitudes ------------------------------------------------------------------------------------------- */

static int64_t trimmed(const word *a, int64_t size)
{
    while (size && !a[size - 1])
        size--;
    return size;
}

static int compared(const word *a, int64_t na, const word *b, int64_t nb)
{
    if (na != nb)
        return na < nb ? -1 : 1;
    for (int64_t i = na - 1; i >= 0; i--)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

/* a / d in q, of na - nd + 1 words or none, the rest in a, which needs a word more; returns the size of the rest. */
static int64_t divide(word *q, word *a, int64_t na, const word *d, int64_t nd)
{
    if (na < nd)
        return na;
    if (nd == 1) {
        word rest = 0;
        for (int64_t i = na - 1; i >= 0; i--) {
            twice part = (twice)rest << 64 | a[i];
            q[i] = rest ? (word)(part / d[0]) : a[i] / d[0];
            rest = (word)(part - (twice)q[i] * d[0]);
            a[i] = 0;
        }
        a[0] = rest;
        return rest != 0;
    }
    word v[SUM];
    int shift = __builtin_clzll(d[nd - 1]), back = 63 - shift;
    for (int64_t i = nd - 1; i >= 0; i--)
        v[i] = d[i] << shift | (i ? d[i - 1] >> 1 >> back : 0);
    a[na] = a[na - 1] >> 1 >> back;
    for (int64_t i = na - 1; i >= 0; i--)
        a[i] = a[i] << shift | (i ? a[i - 1] >> 1 >> back : 0);
    for (int64_t j = na - nd; j >= 0; j--) {
        twice top = (twice)a[j + nd] << 64 | a[j + nd - 1], rest;
        word guess = a[j + nd] >= v[nd - 1] ? ~(word)0 : (word)(top / v[nd - 1]), borrow = 0, carry = 0;
        rest = top - (twice)guess * v[nd - 1];
        while (!(rest >> 64) && (twice)guess * v[nd - 2] > (rest << 64 | a[j + nd - 2])) {
            guess--;
            rest += v[nd - 1];
        }
        for (int64_t i = 0; i < nd; i++) {
            twice product = (twice)guess * v[i] + carry;
            word low = (word)product, old = a[i + j];
            carry = (word)(product >> 64);
            a[i + j] = old - low - borrow;
            borrow = old < low || (old == low && borrow);
        }
        word old = a[j + nd];
        a[j + nd] = old - carry - borrow;
        if (old < carry || (old == carry && borrow)) {
            twice total = 0;
            guess--;
            for (int64_t i = 0; i < nd; i++) {
                total += (twice)a[i + j] + v[i];
                a[i + j] = (word)total;
                total >>= 64;
            }
            a[j + nd] += (word)total;
        }
        q[j] = guess;
    }
    for (int64_t i = 0; i < nd; i++)
        a[i] = a[i] >> shift | (a[i + 1] << 1 << back);
    return trimmed(a, nd);
}

static word short_divisor(word a, word b)
{
    if (!a || !b)
        return a | b;
    int common = __builtin_ctzll(a | b);
    a >>= __builtin_ctzll(a);
    b >>= __builtin_ctzll(b);
    while (a != b) { /* both odd; no branch depends on which one is larger */
        word less = a < b ? a : b, gap = a < b ? b - a : a - b;
        b = gap >> __builtin_ctzll(gap);
        a = less;
    }
    return a << common;
}

/* The 60 bits of b that stand where the leading ones of a do; a has at least two limbs. */
static int64_t leading(const word *b, int64_t nb, int64_t na, int shift)
{
    word high = nb >= na ? b[na - 1] : 0, low = nb >= na - 1 ? b[na - 2] : 0;
    return (int64_t)((high << shift | low >> 1 >> (63 - shift)) >> 4);
}

/* |A a - B b| for coefficients for which it is not negative, in `to`. */
static int64_t combined_magnitudes(word *to, int64_t p, const word *a, int64_t q, const word *b, int64_t size)
{
    __int128 carry = 0;
    for (int64_t i = 0; i < size; i++) {
        carry += (__int128)((twice)(word)p * a[i] & ~(word)0) - (__int128)((twice)(word)q * b[i] & ~(word)0);
        to[i] = (word)carry;
        carry >>= 64;
        carry += (__int128)((twice)(word)p * a[i] >> 64) - (__int128)((twice)(word)q * b[i] >> 64);
    }
    return trimmed(to, size);
}

/*
 * The greatest common divisor, in a; both are overwritten, and have room for a word more each.
 *
 * Lehmer's steps: quotients are read off the leading bits as long as these prove them (as in Knuth, The Art of
 * Computer Programming 2, section 4.5.2, algorithm L, with Collins' condition).
 */
static int64_t common_divisor(word *a, int64_t na, word *b, int64_t nb)
{
    word one[SUM], two[SUM], *x = a, *y = b;
    if (compared(x, na, y, nb) < 0) {
        word *other = x;
        int64_t size = na;
        x = y, y = other, na = nb, nb = size;
    }
    while (nb > 1) {
        int shift = __builtin_clzll(x[na - 1]), steps = 0;
        int64_t p = leading(x, na, na, shift), r = leading(y, nb, na, shift), A = 1, B = 0, C = 0, D = 1;
        while (r != C) {
            int64_t quotient = (p + (A - 1)) / (r - C), s = B + quotient * D, t = p - quotient * r;
            if (s > t)
                break;
            p = r, r = t;
            t = A + quotient * C;
            A = D, B = C, C = s, D = t;
            steps++;
        }
        if (!steps) {
            int64_t rest = divide(one, x, na, y, nb);
            word *other = x;
            x = y, y = other, na = nb, nb = rest;
            continue;
        }
        for (int64_t i = nb; i < na; i++)
            y[i] = 0;
        int odd = steps & 1;
        int64_t n1 = odd ? combined_magnitudes(one, A, y, B, x, na) : combined_magnitudes(one, A, x, B, y, na);
        int64_t n2 = odd ? combined_magnitudes(two, D, x, C, y, na) : combined_magnitudes(two, D, y, C, x, na);
        memcpy(x, one, (size_t)n1 * sizeof *x);
        memcpy(y, two, (size_t)n2 * sizeof *y);
        na = n1, nb = n2;
    }
    if (nb) {
        divide(one, x, na, y, 1);
        x[0] = short_divisor(x[0], y[0]);
        na = 1;
    }
    if (x != a)
        memcpy(a, x, (size_t)na * sizeof *a);
    return na;
}

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
