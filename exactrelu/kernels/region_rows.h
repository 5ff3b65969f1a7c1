/*
 * The rows of neurons on sorted cells, composed when they are asked for.
 *
 * The rows of layer k depend on the bits of the layers before alone, so cells with one such prefix, a *run*, share
 * them. A row is an integer vector over the denominator of its layer, of which nobody asks but for the outputs.
 */
#ifndef EXACTRELU_REGION_ROWS_H
#define EXACTRELU_REGION_ROWS_H

#include "region_block.h"

enum { MANY = 1 << 16 }; /* rows of outputs, of which more are not kept */

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

/* Where every weight of the layers behind the first one stands. */
static void index_weights(block *b)
{
    const region_input *in = &b->in;
    b->entry_at = room_for(b, in->layers + 1, sizeof *b->entry_at);
    b->changes = room_for(b, in->layers + 1, sizeof *b->changes);
    for (int64_t k = 1; k <= in->layers; k++) {
        int64_t size = in->widths[k - 1] + 1, *entry = room_for(b, in->widths[k] * size, sizeof *entry);
        b->entry_at[k] = entry;
        for (int64_t i = 0; i < in->widths[k]; i++) {
            const word *w = in->weights.numbers + in->weights.at[b->first_neuron[k] + i];
            for (int64_t j = 0; j < size; j++, w = next(w))
                *entry++ = w - in->weights.numbers;
        }
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
        if (k < in->layers || runs * in->widths[k] <= MANY)
            b->row_at[k] = room_for(b, runs * in->widths[k], sizeof(int64_t)); /* and 1, so that 0 is unknown */
        if (k < in->layers) {
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

/* The row of a run, if it is known. */
static const word *known_row(const block *b, int64_t layer, int64_t run, int64_t i)
{
    int64_t at = b->row_at[layer] ? b->row_at[layer][run * b->in.widths[layer] + i] : 0;
    return at ? b->rows.at + at - 1 : NULL;
}

/*
 * Which neurons of the layer before make the rows of a run what they are: those that pass something on, or, where
 * fewer differ from the run before with the same parent, these alone.
 */
static const change *change_of(block *b, int64_t layer, int64_t run)
{
    const region_input *in = &b->in;
    change *found = b->changes + layer;
    if (found->run == run + 1)
        return found;
    int64_t begin = b->first_neuron[layer - 1], end = b->first_neuron[layer], differing = 0, active = 0;
    int64_t cell = b->first_cell[layer][run], last = run ? b->first_cell[layer][run - 1] : -1;
    const uint8_t *bits = in->bit + cell * in->bits, *old = NULL;
    if (run && b->run[layer - 1][last] == b->run[layer - 1][cell])
        old = in->bit + last * in->bits;
    for (int64_t j = begin; j < end; j++) {
        int64_t column = in->columns[j];
        active += slope(b, j, bits)[0] != 0;
        differing += old && column >= 0 && old[column] != bits[column];
    }
    if (!found->neuron)
        found->neuron = room_for(b, end - begin, sizeof *found->neuron);
    if (!found->others)
        found->others = room_for(b, end - begin, sizeof *found->others);
    found->old = old && 2 * differing < active ? old : NULL;
    found->count = found->active = 0;
    for (int64_t j = begin; j < end; j++) {
        int64_t column = in->columns[j];
        if (slope(b, j, bits)[0])
            found->others[found->active++] = j - begin;
        if (found->old && column >= 0 && old[column] != bits[column])
            found->neuron[found->count++] = j - begin;
    }
    found->run = run + 1;
    return found;
}

/* Adds w s x to the sums, or subtracts it. */
static void add_row(block *b, const word *w, const word *s, const word *x, int minus)
{
    number product;
    const word *factor = w;
    if (!is_one(s)) {
        sum both;
        clear(&both);
        add_product(&both, w, s, 0);
        settle(b, &both, product);
        factor = product;
    }
    for (int64_t e = 0; e <= b->in.inputs; e++, x = next(x))
        add_product(b->sums + e, factor, x, minus);
}

/*
 * Composes a row of a layer behind the first one in `sums`, from the row of the run before if few neurons differ
 * and that is known.
 */
static void compose(block *b, int64_t layer, int64_t run, int64_t i)
{
    const region_input *in = &b->in;
    int64_t before = b->first_neuron[layer - 1], cell = b->first_cell[layer][run], parent = b->run[layer - 1][cell];
    const uint8_t *bits = in->bit + cell * in->bits;
    const int64_t *entry = b->entry_at[layer] + i * (in->widths[layer - 1] + 1);
    const change *c = change_of(b, layer, run);
    int is_new = !c->old || !known_row(b, layer, run - 1, i);
    const int64_t *neuron = is_new ? c->others : c->neuron;
    int64_t count = is_new ? c->active : c->count;
    for (int64_t k = 0; k < count; k++)
        if (in->weights.numbers[entry[neuron[k]]])
            row_of(b, layer - 1, parent, neuron[k]);
    const word *known = is_new ? NULL : known_row(b, layer, run - 1, i);
    for (int64_t e = 0; e <= in->inputs; e++) {
        clear(b->sums + e);
        if (known) {
            add_number(b->sums + e, known, 0);
            known = next(known);
        }
    }
    for (int64_t k = 0; k < count; k++) {
        int64_t j = neuron[k];
        const word *w = in->weights.numbers + entry[j], *s = slope(b, before + j, bits);
        if (!w[0])
            continue;
        const word *x = row_of(b, layer - 1, parent, j), *gone = is_new ? NULL : slope(b, before + j, c->old);
        if (gone && gone[0])
            add_row(b, w, gone, x, 1);
        if (s[0])
            add_row(b, w, s, x, 0);
    }
    if (is_new)
        add_product(b->sums + in->inputs, in->weights.numbers + entry[in->widths[layer - 1]],
                    in->scales.numbers + in->scales.at[layer], 0);
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

static const word *distinct_row(const block *b, int64_t number) { return vector_of(&b->facet_rows, number); }

/* Puts the primitive multiple of a row into `facet_rows`, or of its negative; returns its number. */
static int64_t number_of_row(block *b, const word *row, int negate)
{
    for (int64_t j = 0; j <= b->in.inputs; j++) {
        clear(b->sums + j);
        add_number(b->sums + j, row, 0);
        row = next(row);
    }
    return interned(b, &b->facet_rows, put_vector(b, &b->facet_rows.words, b->sums, b->in.inputs + 1, 1, negate));
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
    int64_t count = b->facet_rows.count, *order = room_for(b, 2 * count, sizeof *order);
    b->row_rank = room_for(b, count, sizeof *b->row_rank);
    for (int64_t k = 0; k < count; k++)
        order[k] = k;
    merge_sort(b, order, order + count, count, compared_rows);
    for (int64_t k = 0; k < count; k++)
        b->row_rank[order[k]] = k;
}

enum { SHORT = 60 }; /* bits of entries whose products are summed up in 128 */

/* Reads a number of at most so many bits; returns 0 if it has more. */
static int read_short(const word *x, int64_t *to)
{
    if (limbs_of(x) > 1 || (x[0] && x[1] >> SHORT))
        return 0;
    *to = x[0] ? (is_negative(x) ? -(int64_t)x[1] : (int64_t)x[1]) : 0;
    return 1;
}

static void copy_short_rows(block *b)
{
    int64_t size = b->in.inputs + 1;
    b->is_short = room_for(b, b->facet_rows.count, 1);
    b->short_row = room_for(b, b->facet_rows.count * size, sizeof *b->short_row);
    for (int64_t k = 0; k < b->facet_rows.count; k++) {
        const word *x = distinct_row(b, k);
        b->is_short[k] = 1;
        for (int64_t j = 0; j < size; j++, x = next(x))
            b->is_short[k] &= (uint8_t)read_short(x, b->short_row + k * size + j);
    }
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
