/* Division and greatest common divisors of long integers, by themselves. */
#include "kernels.h"

#if defined(__SIZEOF_INT128__) && defined(__GNUC__)

#include "limbs.h"

/* a / d for numbers of at most MOST limbs that are not negative, d > 0; 0 if one is longer. */
EXACTRELU_API int64_t exactrelu_limbs_divide(const word *a, const word *d, word *quotient, word *rest)
{
    word left[SUM];
    int64_t na = limbs_of(a), nd = limbs_of(d);
    if (na > MOST || nd > MOST)
        return 0;
    memcpy(left, a + 1, (size_t)na * sizeof *left);
    int64_t size = divide(quotient + 1, left, na, d + 1, nd);
    set_header(quotient, na < nd ? 0 : trimmed(quotient + 1, na - nd + 1), 0);
    memcpy(rest + 1, left, (size_t)size * sizeof *left);
    set_header(rest, size, 0);
    return 1;
}

/* The greatest common divisor of numbers like these, not both zero. */
EXACTRELU_API int64_t exactrelu_limbs_common_divisor(const word *a, const word *b, word *divisor)
{
    word one[SUM], two[SUM];
    int64_t na = limbs_of(a), nb = limbs_of(b);
    if (na > MOST || nb > MOST)
        return 0;
    memcpy(one, a + 1, (size_t)na * sizeof *one);
    memcpy(two, b + 1, (size_t)nb * sizeof *two);
    int64_t size = common_divisor(one, na, two, nb);
    memcpy(divisor + 1, one, (size_t)size * sizeof *one);
    set_header(divisor, size, 0);
    return 1;
}

#else

EXACTRELU_API int64_t exactrelu_limbs_divide(const void *a, const void *d, void *quotient, void *rest)
{
    (void)a, (void)d, (void)quotient, (void)rest;
    return 0;
}

EXACTRELU_API int64_t exactrelu_limbs_common_divisor(const void *a, const void *b, void *divisor)
{
    (void)a, (void)b, (void)divisor;
    return 0;
}

#endif
