/*
 * Exact pre-activations at vertices, in machine integers as long as they fit.
 *
 * What `Pedigree` and `ExactLayers` in exactrelu/enumeration/generator_engine compute with integers of any length.
 * Every operation is checked: a vertex whose numbers do not fit is reported, and nothing is said of it.
 */
#include "kernels.h"

#include <stdlib.h>

enum { FITS, NO_MEMORY, MORE_ROOM };
enum { UNKNOWN = -1, TOO_LONG = -2 };
enum { BITS = 63 }; /* of what is kept */

typedef struct {
    const int64_t *weights;       /* numerators of all layers, row by row, the bias last */
    const int64_t *widths;        /* the number of inputs, then of the neurons of each layer */
    const int64_t *denominators;  /* of each layer */
    const int64_t *slopes;        /* below and above zero, of each neuron of each layer */
    const int64_t *slope_scales;  /* their denominator in each layer */
    const int64_t *births;        /* rows of positive parents, negative parents, layers, neurons, `capacity` each */
    int32_t *place;               /* of each node in `coordinates`, UNKNOWN or TOO_LONG */
    int64_t *coordinates;         /* X and t of exact nodes */
    int32_t *owner;               /* the nodes that these belong to */
    int64_t capacity, layers, widest, known, room;
} exact;

#if defined(__SIZEOF_INT128__) && defined(__GNUC__)

typedef __int128 wide;

typedef struct {
    int64_t *x, *result;
    wide *long_ones;
    int64_t *stack;
    int64_t stack_room;
} workspace;

static unsigned __int128 size_of_wide(wide x)
{
    return x < 0 ? 0 - (unsigned __int128)x : (unsigned __int128)x;
}

static unsigned __int128 common_divisor(unsigned __int128 a, unsigned __int128 b)
{
    while (b) {
        if (!(a >> 64) && !(b >> 64)) {
            uint64_t x = (uint64_t)a, y = (uint64_t)b;
            while (y) {
                uint64_t rest = x % y;
                x = y;
                y = rest;
            }
            return x;
        }
        unsigned __int128 rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/*
 * Divides the vector by the common divisor of its entries, if `always` or if they are long; says if it fits.
 * `*factor` is multiplied by the divisor.
 */
static int reduced(const wide *from, int64_t size, int64_t *to, int always, wide *factor)
{
    unsigned __int128 all = 0, divisor = 0;
    for (int64_t j = 0; j < size; j++)
        all |= size_of_wide(from[j]);
    if (always || all >> BITS)
        for (int64_t j = 0; j < size && divisor != 1; j++)
            divisor = common_divisor(divisor, size_of_wide(from[j]));
    if (divisor > 1 && (divisor >> 126 || __builtin_mul_overflow(*factor, (wide)divisor, factor)))
        return 0;
    for (int64_t j = 0; j < size; j++) {
        wide x = divisor > 1 ? from[j] / (wide)divisor : from[j];
        if (size_of_wide(x) >> BITS)
            return 0;
        to[j] = (int64_t)x;
    }
    return 1;
}

static int dot(const int64_t *row, const int64_t *x, int64_t size, wide *result)
{
    wide sum = 0;
    for (int64_t j = 0; j < size; j++)
        if (__builtin_add_overflow(sum, (wide)row[j] * x[j], &sum))
            return 0;
    *result = sum;
    return 1;
}

/*
 * The pre-activations of a layer at a point, t last, divided by `*factor`, in `result`; if `only` is not negative,
 * that of one neuron alone, in `*alone`. `x` holds the point and is overwritten.
 */
static int values_at(const exact *e, const workspace *w, int64_t layer, int64_t only, int64_t *result, wide *alone,
                     wide *factor)
{
    const int64_t *row = e->weights, *slope = e->slopes;
    *factor = 1;
    for (int64_t k = 0; k <= layer; k++) {
        int64_t n = e->widths[k], m = e->widths[k + 1], last = k == layer;
        int64_t first = last && only >= 0 ? only : 0, end = last && only >= 0 ? only + 1 : m;
        wide scale = (wide)w->x[n] * e->denominators[k];
        for (int64_t i = first; i < end; i++) {
            wide y;
            if (!dot(row + i * (n + 1), w->x, n + 1, &y))
                return 0;
            if (!last && __builtin_mul_overflow(y, (wide)slope[2 * i + (y > 0)], &y))
                return 0;
            w->long_ones[i - first] = y;
        }
        if (last && only >= 0) {
            *alone = w->long_ones[0];
            return 1;
        }
        if (!last && __builtin_mul_overflow(scale, (wide)e->slope_scales[k], &scale))
            return 0;
        w->long_ones[end - first] = scale;
        if (!reduced(w->long_ones, end - first + 1, last ? result : w->x, 0, factor))
            return 0;
        row += m * (n + 1);
        slope += 2 * m;
    }
    return 1;
}

static int values_at_node(const exact *e, const workspace *w, int64_t node, int64_t layer, int64_t only,
                          int64_t *result, wide *alone, wide *factor)
{
    const int64_t *from = e->coordinates + e->place[node] * (e->widths[0] + 1);
    for (int64_t j = 0; j <= e->widths[0]; j++)
        w->x[j] = from[j];
    return values_at(e, w, layer, only, result, alone, factor);
}

/* The zero b p + a q of a neuron on the edge from p to q, where it is a > 0 at p and -b < 0 at q. */
static int cut_out(const exact *e, const workspace *w, int64_t node)
{
    int64_t layer = e->births[2 * e->capacity + node], neuron = e->births[3 * e->capacity + node];
    int64_t one = e->births[node], two = e->births[e->capacity + node], size = e->widths[0] + 1;
    const int64_t *p = e->coordinates + e->place[one] * size, *q = e->coordinates + e->place[two] * size;
    wide a, b, scale_a, scale_b, ignored = 1;
    if (!values_at_node(e, w, one, layer, neuron, NULL, &a, &scale_a) || __builtin_mul_overflow(a, scale_a, &a) ||
        !values_at_node(e, w, two, layer, neuron, NULL, &b, &scale_b) || __builtin_sub_overflow((wide)0, b, &b) || __builtin_mul_overflow(b, scale_b, &b) ||
        a <= 0 || b <= 0)
        return 0;
    wide divisor = (wide)common_divisor((unsigned __int128)a, (unsigned __int128)b);
    a /= divisor;
    b /= divisor;
    for (int64_t j = 0; j < size; j++) {
        wide from_p, from_q;
        if (__builtin_mul_overflow(b, (wide)p[j], &from_p) || __builtin_mul_overflow(a, (wide)q[j], &from_q) ||
            __builtin_add_overflow(from_p, from_q, w->long_ones + j))
            return 0;
    }
    return reduced(w->long_ones, size, e->coordinates + e->known * size, 1, &ignored);
}

/* Makes a node exact, its ancestors first: parents have smaller numbers, and are put on the stack above it. */
static int make_exact(exact *e, workspace *w, int64_t node)
{
    int64_t depth = 0;
    w->stack[depth++] = node;
    while (depth) {
        int64_t top = w->stack[depth - 1];
        if (e->place[top] != UNKNOWN) {
            depth--;
            continue;
        }
        int64_t one = e->births[top], two = e->births[e->capacity + top];
        int32_t p = e->place[one], q = e->place[two];
        if (p == TOO_LONG || q == TOO_LONG) {
            e->place[top] = TOO_LONG;
        } else if (p == UNKNOWN || q == UNKNOWN) {
            if (depth + 2 > w->stack_room) {
                int64_t *more = realloc(w->stack, (size_t)(2 * w->stack_room) * sizeof *more);
                if (!more)
                    return NO_MEMORY;
                w->stack = more;
                w->stack_room *= 2;
            }
            if (p == UNKNOWN)
                w->stack[depth++] = one;
            if (q == UNKNOWN)
                w->stack[depth++] = two;
        } else if (e->known >= e->room) {
            return MORE_ROOM;
        } else if (cut_out(e, w, top)) {
            e->owner[e->known] = (int32_t)top;
            e->place[top] = (int32_t)e->known++;
        } else {
            e->place[top] = TOO_LONG;
        }
    }
    return FITS;
}

/*
 * For each node a positive multiple of the exact values of a layer, t last, side by side in `values`; `fits` says
 * of which nodes. Where `layer` is negative, the nodes are made exact, and there are no values. MORE_ROOM asks for more coordinates, and for a call with the same again.
 */
EXACTRELU_API int64_t exactrelu_exact_values(exact *e, const int64_t *nodes, int64_t size, int64_t layer,
                                             int64_t *values, uint8_t *fits)
{
    size_t n = (size_t)e->widest + 2;
    workspace w = {malloc(n * 8), malloc(n * 8), malloc(n * sizeof(wide)), malloc(64 * 8), 64};
    int64_t status = w.x && w.result && w.long_ones && w.stack ? FITS : NO_MEMORY, width = layer < 0 ? 0 : e->widths[layer + 1] + 1;
    for (int64_t k = 0; k < size && status == FITS; k++) {
        wide factor;
        status = make_exact(e, &w, nodes[k]);
        if (status == FITS)
            fits[k] = e->place[nodes[k]] >= 0 &&
                      (layer < 0 || values_at_node(e, &w, nodes[k], layer, -1, values + k * width, NULL, &factor));
    }
    free(w.x);
    free(w.result);
    free(w.long_ones);
    free(w.stack);
    return status;
}

#else

/* A compiler without integers of 128 bits: nothing fits. */
EXACTRELU_API int64_t exactrelu_exact_values(exact *e, const int64_t *nodes, int64_t size, int64_t layer,
                                             int64_t *values, uint8_t *fits)
{
    (void)e;
    (void)nodes;
    (void)layer;
    (void)values;
    for (int64_t k = 0; k < size; k++)
        fits[k] = 0;
    return FITS;
}

#endif
