/* Signs of values that are known up to bounds. */
#include "kernels.h"

#define TILE 64 /* rows whose values stay in the cache while the columns are walked */

/*
 * values and bounds have rows of `stride` doubles. For row r, start <= r < end, and column j, first <= j < width,
 * signs[j * capacity + r] becomes 1 if value > bound, -1 if value < -bound, else 0: NaN and infinite bounds decide
 * nothing. Where bent[j] is 0 the sign is 1. open[r - start] says whether a sign of the row is 0.
 * Returns how many signs are 0.
 */
EXACTRELU_API int64_t exactrelu_signs(const double *values, const double *bounds, int64_t stride,
                                      const uint8_t *bent, int8_t *signs, int64_t capacity, int64_t start,
                                      int64_t end, int64_t first, int64_t width, uint8_t *open) {
    int64_t undecided = 0;
    for (int64_t low = start; low < end; low += TILE) {
        const int64_t high = low + TILE < end ? low + TILE : end;
        for (int64_t r = low; r < high; r++) open[r - start] = 0;
        for (int64_t j = first; j < width; j++) {
            const int8_t linear = !bent[j];
            for (int64_t r = low; r < high; r++) {
                const double y = values[r * stride + j], e = bounds[r * stride + j];
                const int8_t sign = (int8_t)(linear ? 1 : (y > e) - (y < -e));
                signs[j * capacity + r] = sign;
                open[r - start] |= !sign;
                undecided += !sign;
            }
        }
    }
    return undecided;
}
