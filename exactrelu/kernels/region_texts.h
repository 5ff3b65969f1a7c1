/* Regions as JSON text, to the byte that of exactrelu/documents/region_texts.py. */
#ifndef EXACTRELU_REGION_TEXTS_H
#define EXACTRELU_REGION_TEXTS_H

#include "region_points.h"

static inline char *text_room(block *b, text *t, int64_t size)
{
    t->at = grown(b, t->at, &t->room, t->used + size, 1);
    return t->at + t->used;
}

static inline void put_bytes(block *b, text *t, const char *from, int64_t size)
{
    memcpy(text_room(b, t, size), from, (size_t)size);
    t->used += size;
}

#define PUT(b, t, literal) put_bytes(b, t, literal, (int64_t)sizeof(literal) - 1)

static void put_magnitude(block *b, text *t, const word *a, int64_t size)
{
    char room[DIGITS_OF_WORD * MOST], *end = room + sizeof room, *at = decimal_of(a, size, end);
    put_bytes(b, t, at, end - at);
}

static void put_integer(block *b, text *t, const word *x)
{
    if (is_negative(x))
        PUT(b, t, "-");
    put_magnitude(b, t, x + 1, limbs_of(x));
}

/* p / q in lowest terms, for q > 0. */
static void put_ratio(block *b, text *t, const word *p, const word *q)
{
    number top, bottom;
    if (is_one(q) || !p[0]) {
        put_integer(b, t, p);
        return;
    }
    if (is_power(q)) {
        int64_t zeros = zeros_of(p), bits = zeros_of(q), common = zeros < bits ? zeros : bits;
        shifted_down(p, common, top);
        shifted_down(q, common, bottom);
    } else {
        int64_t np = limbs_of(p), nq = limbs_of(q), size;
        word divisor[SUM], other[SUM];
        memcpy(divisor, p + 1, (size_t)np * sizeof *divisor);
        memcpy(other, q + 1, (size_t)nq * sizeof *other);
        if (np == 1 && nq == 1) {
            divisor[0] = short_divisor(p[1], q[1]);
            size = 1;
        } else {
            size = common_divisor(divisor, np, other, nq);
        }
        const word *from[] = {p, q};
        word *to[] = {top, bottom};
        for (int i = 0; i < 2; i++) {
            int64_t own = limbs_of(from[i]);
            memcpy(other, from[i] + 1, (size_t)own * sizeof *other);
            if (size > 1 || divisor[0] != 1) {
                divide(to[i] + 1, other, own, divisor, size);
                own = trimmed(to[i] + 1, own - size + 1);
            } else {
                memcpy(to[i] + 1, other, (size_t)own * sizeof *other);
            }
            set_header(to[i], own, is_negative(from[i]));
        }
    }
    put_integer(b, t, top);
    if (!is_one(bottom)) {
        PUT(b, t, "/");
        put_integer(b, t, bottom);
    }
}

static void put_vector_text(block *b, text *t, const word *x, int64_t count, const word *denominator)
{
    PUT(b, t, "[\"");
    for (int64_t j = 0; j < count; j++, x = next(x)) {
        if (j)
            PUT(b, t, "\", \"");
        put_ratio(b, t, x, denominator);
    }
    PUT(b, t, "\"]");
}

static void put_functional(block *b, text *t, const word *row)
{
    PUT(b, t, "{\"normal\": ");
    put_vector_text(b, t, row, b->in.inputs, ONE);
    PUT(b, t, ", \"offset\": \"");
    put_integer(b, t, after(row, b->in.inputs));
    PUT(b, t, "\"");
}

/* pieces: where each begins, and one more ---------------------------------------------------------------- */

static void write_generators(block *b)
{
    int64_t n = b->in.inputs;
    if (b->generator_piece)
        return;
    int64_t *piece = room_for(b, b->in.places + 1, sizeof *piece);
    for (int64_t k = 0; k < b->in.places; k++) {
        const word *x = generator(b, k), *t = after(x, n);
        put_vector_text(b, &b->pieces_of_generators, x, n, t[0] ? t : ONE);
        piece[k + 1] = b->pieces_of_generators.used;
    }
    b->generator_piece = piece;
}

static void write_rows(block *b)
{
    if (b->row_piece)
        return;
    int64_t *piece = room_for(b, b->facet_rows.count + 1, sizeof *piece);
    for (int64_t k = 0; k < b->facet_rows.count; k++) {
        put_functional(b, &b->pieces_of_rows, distinct_row(b, k));
        piece[k + 1] = b->pieces_of_rows.used;
    }
    b->row_piece = piece;
}

/* Pieces of a list, each with the same end, separated by commas. */
static void put_pieces(block *b, text *t, const lists *l, int64_t cell, const text *pieces, const int64_t *piece,
                       const char *end, int64_t end_size)
{
    const int64_t *item = l->item + l->start[cell], *last = l->item + l->start[cell + 1];
    int64_t total = 0;
    for (const int64_t *k = item; k < last; k++)
        total += piece[*k + 1] - piece[*k] + end_size + 2;
    char *at = text_room(b, t, total);
    for (; item < last; item++) {
        int64_t size = piece[*item + 1] - piece[*item];
        memcpy(at, pieces->at + piece[*item], (size_t)size);
        at += size;
        memcpy(at, end, (size_t)end_size);
        at += end_size;
        if (item + 1 < last) {
            *at++ = ',';
            *at++ = ' ';
        }
    }
    t->used = at - t->at;
}

/* a cell ------------------------------------------------------------------------------------------------ */

static void put_head(block *b, text *t, int64_t cell)
{
    const region_input *in = &b->in;
    PUT(b, t, "{\"configuration\": \"");
    char *at = text_room(b, t, in->bits + in->layers);
    for (int64_t k = 0; k < in->layers; k++) {
        if (k)
            *at++ = '|';
        for (int64_t i = b->first_neuron[k]; i < b->first_neuron[k + 1]; i++)
            if (in->columns[i] >= 0)
                *at++ = (char)('0' + in->bit[cell * in->bits + in->columns[i]]);
    }
    t->used = at - t->at;
    PUT(b, t, "\", \"dimension\": ");
    const word dimension[] = {(word)(in->inputs - equations_of(b, cell))};
    put_magnitude(b, t, dimension, 1);
    PUT(b, t, ", ");
}

static void put_system(block *b, text *t, int64_t cell)
{
    PUT(b, t, "\"inequalities\": [");
    for (int64_t k = 0; k < equations_of(b, cell); k++) {
        if (k)
            PUT(b, t, ", ");
        put_functional(b, t, equation(b, cell, k));
        PUT(b, t, ", \"relation\": \"=\"}");
    }
    if (equations_of(b, cell) && b->facets.start[cell] < b->facets.start[cell + 1])
        PUT(b, t, ", ");
    static const char facet[] = ", \"relation\": \">=\"}";
    put_pieces(b, t, &b->facets, cell, &b->pieces_of_rows, b->row_piece, facet, sizeof facet - 1);
    PUT(b, t, "], \"strict\": [");
    put_pieces(b, t, &b->strict, cell, &b->pieces_of_rows, b->row_piece, "}", 1);
    PUT(b, t, "], ");
}

static void put_generators(block *b, text *t, int64_t cell, const char *lines, int64_t lines_size)
{
    PUT(b, t, "\"vertices\": [");
    put_pieces(b, t, &b->vertices, cell, &b->pieces_of_generators, b->generator_piece, "", 0);
    PUT(b, t, "], \"rays\": [");
    put_pieces(b, t, &b->rays, cell, &b->pieces_of_generators, b->generator_piece, "", 0);
    PUT(b, t, "], \"lines\": ");
    put_bytes(b, t, lines, lines_size);
    PUT(b, t, ", ");
}

/* Where the coordinate of a pivot is what its equation says: - (a . x + c) / a_pivot. */
static void put_pivot(block *b, text *t, const word *equation, int64_t pivot)
{
    int64_t n = b->in.inputs;
    const word *x = b->scratch;
    sum value, scale;
    number top, bottom;
    clear(&value);
    clear(&scale);
    add_product(&scale, after(equation, pivot), b->power, 0);
    for (int64_t j = 0; j < n; j++, equation = next(equation), x += MOST + 1)
        if (j != pivot)
            add_product(&value, equation, x, 1);
    add_product(&value, equation, b->power, 1);
    settle(b, &value, top);
    settle(b, &scale, bottom);
    put_ratio(b, t, top, bottom);
}

/* Finds the point of a cell, for `put_coordinate`; returns whether it knows it. */
static int find_coordinates(block *b, int64_t cell)
{
    if (find_point(b, cell, b->scratch, b->power) < 0)
        return 0;
    for (int64_t j = 0; j < b->in.inputs; j++)
        b->is_pivot[j] = 0;
    for (int64_t k = 0; k < equations_of(b, cell); k++) /* other pivots are zero in an equation */
        b->is_pivot[pivot_of(equation(b, cell, k))] = 1 + k;
    return 1;
}

static void put_coordinate(block *b, text *t, int64_t cell, int64_t j)
{
    if (b->is_pivot[j])
        put_pivot(b, t, equation(b, cell, b->is_pivot[j] - 1), j);
    else
        put_ratio(b, t, b->scratch + j * (MOST + 1), b->power);
}

/* Returns whether it knows the point. */
static int put_point(block *b, text *t, int64_t cell)
{
    if (!find_coordinates(b, cell))
        return 0;
    PUT(b, t, "\"point\": [\"");
    for (int64_t j = 0; j < b->in.inputs; j++) {
        if (j)
            PUT(b, t, "\", \"");
        put_coordinate(b, t, cell, j);
    }
    PUT(b, t, "\"], ");
    return 1;
}

/* A row of the network's map on a cell, over the denominator of the outputs; it moves when another one is asked for. */
static const word *output_row(block *b, int64_t cell, int64_t i)
{
    const region_input *in = &b->in;
    int64_t layer = in->layers, run = b->run[layer][cell];
    if (!layer)
        return in->weights.numbers + in->weights.at[i];
    if (b->row_at[layer])
        return row_of(b, layer, run, i);
    compose(b, layer, run, i);
    b->passing.used = 0;
    put_vector(b, &b->passing, b->sums, in->inputs + 1, 0, 0);
    return b->passing.at;
}

static void put_map(block *b, text *t, int64_t cell)
{
    const region_input *in = &b->in;
    int64_t n = in->inputs, outputs = in->widths[in->layers];
    const word *scale = in->scales.numbers + in->scales.at[in->layers + 1];
    text *biases = &b->biases;
    biases->used = 0;
    PUT(b, t, "\"weight\": [");
    for (int64_t i = 0; i < outputs; i++) {
        const word *row = output_row(b, cell, i);
        if (i) {
            PUT(b, t, ", ");
            PUT(b, biases, "\", \"");
        }
        put_vector_text(b, t, row, n, scale);
        put_ratio(b, biases, after(row, n), scale);
    }
    PUT(b, t, "], \"bias\": [\"");
    put_bytes(b, t, biases->at, biases->used);
    PUT(b, t, "\"]}");
}

/* Appends the text of a cell; returns 0, and appends nothing, if it does not know the point inside. */
static int put_region(block *b, text *t, int64_t cell, int full, const char *lines, int64_t lines_size)
{
    int64_t begin = t->used, has_rays = b->rays.start[cell] < b->rays.start[cell + 1];
    put_head(b, t, cell);
    if (full && (has_rays || lines_size > 2))
        PUT(b, t, "\"bounded\": false, ");
    else if (full)
        PUT(b, t, "\"bounded\": true, ");
    put_system(b, t, cell);
    if (full)
        put_generators(b, t, cell, lines, lines_size);
    if (!put_point(b, t, cell)) {
        t->used = begin;
        return 0;
    }
    put_map(b, t, cell);
    return 1;
}

#endif
