/* What the library says of itself before any kernel is called. */
#include "kernels.h"

#ifndef EXACTRELU_DIGEST
#error "compile with python -m exactrelu.kernels.build"
#endif

EXACTRELU_API const char *exactrelu_digest(void) { return EXACTRELU_DIGEST; }

EXACTRELU_API int32_t exactrelu_interface(void) { return EXACTRELU_INTERFACE; }

/* Whether a product is rounded before a sum is formed, denormal numbers are kept, and NaN differs from itself. */
EXACTRELU_API int32_t exactrelu_arithmetic_is_plain(void) {
    volatile double one = 1.0, tiny = 0x1p-30, least = 0x1p-1022, zero = 0.0;
    double a = one + tiny, b = one - tiny, c = one, d = least * 0.25, nan = zero / zero;
    return a * b - c == 0.0 && d > 0.0 && d * 4.0 == least && nan != nan;
}
