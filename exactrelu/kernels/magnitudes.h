/*
 * Magnitudes: limbs of 64 bits, the least one first, and how many there are; the last one is not zero.
 */
#ifndef EXACTRELU_MAGNITUDES_H
#define EXACTRELU_MAGNITUDES_H

#include "kernels.h"

#include <string.h>

typedef uint64_t word;
typedef unsigned __int128 twice;

enum { MOST = 48, SUM = 2 * MOST + 8 }; /* limbs of a number, and of a sum of products */

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

/* decimal digits --------------------------------------------------------------------------------------- */

enum { DIGITS_OF_WORD = 24, PLACES = 19 }; /* room for those of a limb, and how many are written at once */

static const char DIGITS[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                             "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                             "8081828384858687888990919293949596979899";

/* Writes a number before `end`, with at least so many digits; returns where it begins. */
static char *digits_of(word x, char *end, int least)
{
    char *at = end;
    while (x >= 100) {
        const char *pair = DIGITS + 2 * (x % 100);
        x /= 100;
        *--at = pair[1];
        *--at = pair[0];
    }
    do {
        *--at = (char)('0' + x % 10);
        x /= 10;
    } while (x);
    while (end - at < least)
        *--at = '0';
    return at;
}

/* Writes a magnitude before `end`; returns where it begins. */
static char *decimal_of(const word *a, int64_t size, char *end)
{
    char *at = end;
    word left[SUM], quotient[SUM];
    const word part[] = {10000000000000000000u};
    if (size < 2)
        return digits_of(size ? a[0] : 0, end, 1);
    memcpy(left, a, (size_t)size * sizeof *left);
    while (size > 1 || (size && left[0] >= part[0])) {
        word rest = divide(quotient, left, size, part, 1) ? left[0] : 0;
        at = digits_of(rest, at, PLACES);
        size = trimmed(quotient, size);
        memcpy(left, quotient, (size_t)size * sizeof *left);
    }
    return size ? digits_of(left[0], at, 1) : at;
}

#endif
