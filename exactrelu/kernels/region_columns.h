/* Regions as columns of texts: the numbers of each cell one after the other, and where each of them ends. */
#ifndef EXACTRELU_REGION_COLUMNS_H
#define EXACTRELU_REGION_COLUMNS_H

#include "region_texts.h"

enum { EQUATIONS, FACETS, STRICT, VERTICES, RAYS, POINT, WEIGHT, BIAS };

static void end_entry(block *b, column *to)
{
    to->end = grown(b, to->end, &to->room, to->count + 1, sizeof *to->end);
    to->end[to->count++] = to->bytes.used;
}

static void put_entries(block *b, column *to, const word *x, int64_t count, const word *denominator)
{
    for (int64_t j = 0; j < count; j++, x = next(x)) {
        put_ratio(b, &to->bytes, x, denominator);
        end_entry(b, to);
    }
}

/* The entries of all generators, or rows, written once. */
static void write_generator_entries(block *b)
{
    int64_t n = b->in.inputs;
    for (int64_t k = b->generator_entries.count / n; k < b->in.places; k++) {
        const word *x = generator(b, k), *t = after(x, n);
        put_entries(b, &b->generator_entries, x, n, t[0] ? t : ONE);
    }
}

static void write_row_entries(block *b)
{
    int64_t size = b->in.inputs + 1;
    for (int64_t k = b->row_entries.count / size; k < b->facet_rows.count; k++)
        put_entries(b, &b->row_entries, distinct_row(b, k), size, ONE);
}

/* Copies the vectors of a cell's list, of so many entries each. */
static void copy_vectors(block *b, column *to, const lists *l, int64_t cell, const column *from, int64_t size)
{
    for (int64_t i = l->start[cell]; i < l->start[cell + 1]; i++) {
        const int64_t *end = from->end + l->item[i] * size;
        int64_t begin = l->item[i] ? end[-1] : 0, shift = to->bytes.used - begin;
        put_bytes(b, &to->bytes, from->bytes.at + begin, end[size - 1] - begin);
        to->end = grown(b, to->end, &to->room, to->count + size, sizeof *to->end);
        for (int64_t j = 0; j < size; j++)
            to->end[to->count++] = end[j] + shift;
    }
}

/* Puts what a column says of a cell; returns how many vectors, or -1 for a point that is not known. */
static int64_t put_cell(block *b, column *to, int64_t cell, int64_t kind)
{
    const region_input *in = &b->in;
    int64_t n = in->inputs, outputs = in->widths[in->layers], count = 0;
    const lists *kinds[] = {NULL, &b->facets, &b->strict, &b->vertices, &b->rays};
    switch (kind) {
    case EQUATIONS:
        for (; count < equations_of(b, cell); count++)
            put_entries(b, to, equation(b, cell, count), n + 1, ONE);
        return count;
    case FACETS:
    case STRICT:
        copy_vectors(b, to, kinds[kind], cell, &b->row_entries, n + 1);
        return kinds[kind]->start[cell + 1] - kinds[kind]->start[cell];
    case VERTICES:
    case RAYS:
        copy_vectors(b, to, kinds[kind], cell, &b->generator_entries, n);
        return kinds[kind]->start[cell + 1] - kinds[kind]->start[cell];
    case POINT:
        if (!find_coordinates(b, cell))
            return -1;
        for (int64_t j = 0; j < n; j++) {
            put_coordinate(b, &to->bytes, cell, j);
            end_entry(b, to);
        }
        return 1;
    default:
        for (int64_t i = 0; i < outputs; i++) {
            const word *row = output_row(b, cell, i), *scale = in->scales.numbers + in->scales.at[in->layers + 1];
            if (kind == WEIGHT)
                put_entries(b, to, row, n, scale);
            else
                put_entries(b, to, after(row, n), 1, scale);
        }
        return outputs;
    }
}

#endif
