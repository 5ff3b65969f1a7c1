/*
 * The rows of neurons on sorted cells, composed when they are asked for.
 *
 * The rows of layer k depend on the bits of the layers before alone, so cells with one such prefix, a *run*, share
 * them. A row is an integer vector over the denominator of its layer, of which nobody asks but for the outputs.
 */
#ifndef EXACTRELU_REGION_ROWS_H
#define EXACTRELU_REGION_ROWS_H

#include "region_block.h"

static void number_neurons(block *b)
{
    const region_input *in = &b->in;
    b->first_neuron = room_for(b, in->layers + 2, sizeof(int64_t));
    for (int64_t k = 0; k <= in->layers; k++)
        b->first_neuron[k + 1] = b->first_neuron[k] + in->widths[k];
    int64_t hidden = b->first_neuron[in->layers];
    b->layer_of = room_for(b, hidden, sizeof(int64_t));
    b->neuron_of = room_for(b, in->bits, sizeof(int64_t));
    for (int64_t k = 0; k < in->layers; k++)
        for (int64_t i = b->first_neuron[k]; i < b->first_neuron[k + 1]; i++) {
            b->layer_of[i] = k;
            if (in->columns[i] >= 0)
                b->neuron_of[in->columns[i]] = i;
        }
}

/* The runs of every layer: one ends where a bit of a layer before changes. */
static void find_runs(block *b)
{
    const region_input *in = &b->in;
    b->run = room_for(b, in->layers + 1, sizeof *b->run);
    b->first_cell = room_for(b, in->layers + 1, sizeof *b->first_cell);
    b->row_at = room_for(b, in->layers + 1, sizeof *b->row_at);
    b->row_number = room_for(b, in->layers + 1, sizeof *b->row_number);
    for (int64_t k = 0, before = 0; k <= in->layers; k++) {
        if (k)
            for (int64_t i = b->first_neuron[k - 1]; i < b->first_neuron[k]; i++)
                before += in->columns[i] >= 0;
        int64_t *run = room_for(b, in->cells, sizeof *run), *first = room_for(b, in->cells, sizeof *first), runs = 0;
        for (int64_t c = 0; c < in->cells; c++) {
            const uint8_t *own = in->bit + c * in->bits;
            if (!c || (before && memcmp(own, own - in->bits, (size_t)before)))
                first[runs++] = c;
            run[c] = runs - 1;
        }
        b->run[k] = run;
        b->first_cell[k] = first;
        if (k < in->layers) {
            b->row_at[k] = room_for(b, runs * in->widths[k], sizeof(int64_t)); /* and 1, so that 0 is unknown */
            b->row_number[k] = room_for(b, 2 * runs * in->widths[k], sizeof(int32_t));
        }
    }
}

static const word *slope(const block *b, int64_t neuron, const uint8_t *bits)
{
    int64_t column = b->in.columns[neuron];
    return b->in.slopes.numbers + b->in.slopes.at[2 * neuron + (column >= 0 && bits[column])];
}

static const word *row_of(block *b, int64_t layer, int64_t run, int64_t i);

/* Composes a row of a layer behind the first one in `sums`. */
static void compose(block *b, int64_t layer, int64_t run, int64_t i)
{
    const region_input *in = &b->in;
    int64_t n = in->inputs, before = b->first_neuron[layer - 1], width = in->widths[layer - 1];
    int64_t cell = b->first_cell[layer][run], parent = b->run[layer - 1][cell];
    const uint8_t *bits = in->bit + cell * in->bits;
    const word *weights = in->weights.numbers + in->weights.at[b->first_neuron[layer] + i], *w = weights;
    for (int64_t j = 0; j < width; j++, w = next(w))
        if (w[0] && slope(b, before + j, bits)[0])
            row_of(b, layer - 1, parent, j);
    for (int64_t e = 0; e <= n; e++)
        clear(b->sums + e);
    w = weights;
    for (int64_t j = 0; j < width; j++, w = next(w)) {
        const word *s = slope(b, before + j, bits), *factor = w;
        if (!w[0] || !s[0])
            continue;
        number product;
        if (!is_one(s)) {
            sum both;
            clear(&both);
            add_product(&both, w, s, 0);
            settle(b, &both, product);
            factor = product;
        }
        const word *x = row_of(b, layer - 1, parent, j);
        for (int64_t e = 0; e <= n; e++, x = next(x))
            add_product(b->sums + e, factor, x, 0);
    }
    add_product(b->sums + n, w, in->scales.numbers + in->scales.at[layer], 0);
}

/* A row of a run; it moves when another one is composed. */
static const word *row_of(block *b, int64_t layer, int64_t run, int64_t i)
{
    if (!layer)
        return b->in.weights.numbers + b->in.weights.at[i];
    int64_t *at = b->row_at[layer] + run * b->in.widths[layer] + i;
    if (!*at) {
        compose(b, layer, run, i);
        *at = 1 + put_vector(b, &b->rows, b->sums, b->in.inputs + 1, 0, 0);
    }
    return b->rows.at + *at - 1;
}

/* distinct rows, by number ----------------------------------------------------------------------------- */

static const word *distinct_row(const block *b, int64_t number) { return b->distinct.at + b->distinct_at[number]; }

static uint64_t hashed(const word *row, int64_t size)
{
    uint64_t found = (uint64_t)size;
    for (int64_t i = 0; i < size; i++)
        found = (found ^ row[i]) * 0x9E3779B97F4A7C15u ^ found >> 29;
    return found ^ found >> 32;
}

static void refill_table(block *b)
{
    int64_t size = b->table_size ? 4 * b->table_size : 1 << 10;
    int32_t *table = calloc((size_t)size, sizeof *table);
    if (!table)
        fail(b, NO_MEMORY);
    free(b->table);
    b->table = table;
    b->table_size = size;
    for (int64_t k = 0; k < b->distinct_count; k++) {
        uint64_t slot = hashed(distinct_row(b, k), b->distinct_at[k + 1] - b->distinct_at[k]);
        while (table[slot &= (uint64_t)size - 1])
            slot++;
        table[slot] = (int32_t)(k + 1);
    }
}

/* The number of the row that was put last into `distinct`, which is taken back if it is known. */
static int64_t interned(block *b, int64_t begin)
{
    int64_t size = b->distinct.used - begin;
    const word *row = b->distinct.at + begin;
    if (2 * b->distinct_count >= b->table_size)
        refill_table(b);
    uint64_t slot = hashed(row, size);
    for (int32_t known; (known = b->table[slot &= (uint64_t)b->table_size - 1]); slot++)
        if (b->distinct_at[known] - b->distinct_at[known - 1] == size &&
            !memcmp(distinct_row(b, known - 1), row, (size_t)size * sizeof *row)) {
            b->distinct.used = begin;
            return known - 1;
        }
    b->distinct_at = grown(b, b->distinct_at, &b->distinct_room, b->distinct_count + 2, sizeof *b->distinct_at);
    b->distinct_at[b->distinct_count] = begin;
    b->distinct_at[b->distinct_count + 1] = b->distinct.used;
    b->table[slot] = (int32_t)++b->distinct_count;
    return b->distinct_count - 1;
}

/* Puts the primitive multiple of a row into `distinct`, or of its negative; returns its number. */
static int64_t number_of_row(block *b, const word *row, int negate)
{
    for (int64_t j = 0; j <= b->in.inputs; j++) {
        clear(b->sums + j);
        add_number(b->sums + j, row, 0);
        row = next(row);
    }
    return interned(b, put_vector(b, &b->distinct, b->sums, b->in.inputs + 1, 1, negate));
}

/* The number of the row of a bit of the masks (from 1), which is not negative on the cell. */
static int64_t row_number(block *b, int64_t cell, int64_t bit)
{
    const region_input *in = &b->in;
    int32_t *known;
    if (bit <= in->domain_rows) {
        known = b->domain_number + bit;
        if (!*known)
            *known = (int32_t)(1 + number_of_row(b, in->domain.numbers + in->domain.at[bit - 1], 0));
        return *known - 1;
    }
    int64_t column = bit - 1 - in->domain_rows, neuron = b->neuron_of[column], layer = b->layer_of[neuron];
    int64_t i = neuron - b->first_neuron[layer], run = b->run[layer][cell], side = in->bit[cell * in->bits + column];
    known = b->row_number[layer] + 2 * (run * in->widths[layer] + i) + side;
    if (!*known)
        *known = (int32_t)(1 + number_of_row(b, row_of(b, layer, run, i), !side));
    return *known - 1;
}

static int compared_vectors(const word *x, const word *y, int64_t count)
{
    int found = 0;
    for (int64_t j = 0; j < count && !found; j++) {
        found = compared_numbers(x, y);
        x = next(x);
        y = next(y);
    }
    return found;
}

static int compared_rows(const block *b, int64_t one, int64_t two)
{
    return compared_vectors(distinct_row(b, one), distinct_row(b, two), b->in.inputs + 1);
}

/* The place of each distinct row among all in lexicographic order. */
static void rank_rows(block *b)
{
    int64_t count = b->distinct_count, *order = room_for(b, 2 * count, sizeof *order);
    b->row_rank = room_for(b, count, sizeof *b->row_rank);
    for (int64_t k = 0; k < count; k++)
        order[k] = k;
    merge_sort(b, order, order + count, count, compared_rows);
    for (int64_t k = 0; k < count; k++)
        b->row_rank[order[k]] = k;
}

/* Sorts each list of numbers of rows by their ranks, and takes out what stands there twice. */
static void sort_rows(const block *b, lists *l)
{
    int64_t used = 0, end = 0;
    for (int64_t c = 0; c < b->in.cells; c++) {
        int64_t begin = end, *item = l->item + begin;
        end = l->start[c + 1];
        for (int64_t i = 1; i < end - begin; i++) {
            int64_t own = item[i], rank = b->row_rank[own], j = i;
            for (; j && b->row_rank[item[j - 1]] > rank; j--)
                item[j] = item[j - 1];
            item[j] = own;
        }
        int64_t first = used;
        for (int64_t i = 0; i < end - begin; i++)
            if (used == first || l->item[used - 1] != item[i])
                l->item[used++] = item[i];
        l->start[c + 1] = used;
    }
    l->used = used;
}

#endif
