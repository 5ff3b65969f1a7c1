/*
 * New vertices: values, bounds on their errors, signs and masks of the zeros of a neuron on edges.
 *
 * Operation for operation what `VertexTable` in exactrelu/enumeration/generator_engine/vertex_table.py computes,
 * with every double rounded to nearest and no product fused with a sum, so that both write the same bits. The
 * bounds are derived in docs/float-filter.md; the numbers (1) to (3) refer to it.
 */

#include "kernels.h"

#include <math.h>

typedef struct {
    double *values;        /* `columns` for each vertex, the last one t */
    double *bounds;        /* on the errors of the values */
    int8_t *signs;         /* of each column but the last, `room` for each */
    uint64_t *sides;       /* of each vertex `width` words of positive columns, then of negative ones */
    const uint8_t *linear; /* which columns are of neurons without a bit: 1 stands for their signs */
    int64_t columns, room, width;
} table;

static const double U = 0x1p-53, FLOOR = 1e-300, ROUND_UP = 1 + 1e-12;

/* The larger one; not a number, if one of them is none. */
static inline double larger(double a, double b)
{
    return (a > b || a != a) ? a : b;
}

/* Signs of columns from `first` on, of neurons with a bit; returns whether some are open. */
static int decide_row(const table *t, int64_t row, int64_t first)
{
    const double *value = t->values + row * t->columns, *bound = t->bounds + row * t->columns;
    uint64_t *side = t->sides + row * 2 * t->width;
    int open = 0;
    for (int64_t j = first; j < t->columns - 1; j++) {
        int above = value[j] > bound[j] || t->linear[j], below = value[j] < -bound[j] && !t->linear[j];
        t->signs[j * t->room + row] = (int8_t)(above - below);
        side[j >> 6] |= (uint64_t)above << (j & 63);
        side[t->width + (j >> 6)] |= (uint64_t)below << (j & 63);
        open |= !(above | below);
    }
    return open;
}

/* Signs of the rows from `start` to `end`; writes down the rows where some are open, and returns how many. */
EXACTRELU_API int64_t exactrelu_decide(const table *t, int64_t start, int64_t end, int32_t *open)
{
    int64_t found = 0;
    for (int64_t row = start; row < end; row++) {
        for (int64_t w = 0; w < 2 * t->width; w++)
            t->sides[row * 2 * t->width + w] = 0;
        open[found] = (int32_t)row;
        found += decide_row(t, row, 0);
    }
    return found;
}

/* The sides of rows whose signs were written by others. */
EXACTRELU_API void exactrelu_pack_sides(const table *t, const int64_t *rows, int64_t size)
{
    for (int64_t k = 0; k < size; k++) {
        uint64_t *side = t->sides + rows[k] * 2 * t->width;
        for (int64_t w = 0; w < 2 * t->width; w++)
            side[w] = 0;
        for (int64_t j = 0; j < t->columns - 1; j++) {
            int8_t sign = t->signs[j * t->room + rows[k]];
            side[j >> 6] |= (uint64_t)(sign > 0) << (j & 63);
            side[t->width + (j >> 6)] |= (uint64_t)(sign < 0) << (j & 63);
        }
    }
}

#if defined(__GNUC__)
#define FETCH(address) __builtin_prefetch(address)
#else
#define FETCH(address) ((void)(address))
#endif

enum { AHEAD = 2, LINE = 8 }; /* rows that are fetched before they are needed, and doubles that come together */

static inline void fetch_row(const table *t, int64_t row, int64_t first)
{
    for (int64_t j = first; j < t->columns; j += LINE) {
        FETCH(t->values + row * t->columns + j);
        FETCH(t->bounds + row * t->columns + j);
    }
}

static void cut_row(const table *t, int64_t row, int64_t above, int64_t below, int64_t column, int64_t first)
{
    int64_t n = t->columns;
    const double *p = t->values + above * n, *q = t->values + below * n;
    const double *p_error = t->bounds + above * n, *q_error = t->bounds + below * n;
    double *value = t->values + row * n, *bound = t->bounds + row * n;
    double a = fabs(p[column]), b = fabs(q[column]), total = a + b, alpha = a / total;
    double error = larger(p_error[column], q_error[column]);
    double room = total * (1 - 8 * U) - 2 * error;
    double drift = (room > 0 && isfinite(total) ? error / room : INFINITY) + 6 * U;
    for (int64_t j = first; j < n; j++) {
        double difference = q[j] - p[j];
        double e = larger(p_error[j], q_error[j]);
        e = e + fabs(difference) * drift;
        double y = difference * alpha + p[j];
        e = e + (fabs(y) * (2 * U) + FLOOR);
        value[j] = y;
        bound[j] = e * ROUND_UP; /* (2) */
    }
    value[column] = bound[column] = 0.0;
}

/* Row `start` + k becomes the zero of a column's neuron on the edge from above[k] to below[k].
 *
 * Of columns before `first` nobody needs values. Neurons of columns before `column` are done: no edge is
 * crossed by their zeros. Writes down the rows where signs are open, and returns how many.
 */
EXACTRELU_API int64_t exactrelu_cut_edges(const table *t, const int32_t *above, const int32_t *below,
                                          int64_t size, int64_t start, int64_t column, int64_t first,
                                          int32_t *open)
{
    int64_t found = 0, word = column >> 6;
    uint64_t before = ((uint64_t)1 << (column & 63)) - 1;
    for (int64_t k = 0; k < size; k++) {
        int64_t row = start + k, p = above[k], q = below[k];
        if (k + AHEAD < size) {
            fetch_row(t, above[k + AHEAD], first);
            fetch_row(t, below[k + AHEAD], first);
        }
        cut_row(t, row, p, q, column, first);
        uint64_t *side = t->sides + row * 2 * t->width;
        for (int64_t w = 0; w < 2 * t->width; w++) {
            int64_t at = w < t->width ? w : w - t->width;
            uint64_t both = t->sides[p * 2 * t->width + w] | t->sides[q * 2 * t->width + w];
            side[w] = at < word ? both : at == word ? both & before : 0;
        }
        for (int64_t j = 0; j < column; j++) {
            const uint64_t *bits = side + (j >> 6);
            int positive = (bits[0] >> (j & 63)) & 1, negative = (bits[t->width] >> (j & 63)) & 1;
            t->signs[j * t->room + row] = (int8_t)(positive - negative);
        }
        t->signs[column * t->room + row] = 0;
        open[found] = (int32_t)row;
        found += decide_row(t, row, column + 1);
    }
    return found;
}

/* The rows that are tight at new vertices: those at both ends of their edges, and the neuron's. */
EXACTRELU_API void exactrelu_join_masks(uint64_t *mask, int32_t *tight, int64_t words, const int32_t *above,
                                        const int32_t *below, int64_t size, int64_t start, int64_t bit)
{
    for (int64_t k = 0; k < size; k++) {
        int32_t count = 1;
        for (int64_t w = 0; w < words; w++) {
            uint64_t common = mask[above[k] * words + w] & mask[below[k] * words + w];
            for (uint64_t left = common; left; left &= left - 1)
                count++;
            mask[(start + k) * words + w] = common | (w == bit >> 6 ? (uint64_t)1 << (bit & 63) : 0);
        }
        tight[start + k] = count;
    }
}

/* Marks a row as tight at all vertices where a neuron is zero; its bit is in no mask yet. */
EXACTRELU_API void exactrelu_mark_zeros(uint64_t *mask, int32_t *tight, int64_t words, const int8_t *sign,
                                        int64_t size, int64_t bit)
{
    for (int64_t v = 0; v < size; v++)
        if (!sign[v]) {
            mask[v * words + (bit >> 6)] |= (uint64_t)1 << (bit & 63);
            tight[v]++;
        }
}
