/*
 * Cells of the plane: a generator is where two lines meet, a cross product of their rows
 * (exactrelu/enumeration/generator_engine/plane_source.py).
 */
#ifndef EXACTRELU_REGION_CORNERS_H
#define EXACTRELU_REGION_CORNERS_H

#include "region_rows.h"

static int64_t layer_of_line(int64_t name) { return name >> 32; }

static int64_t neuron_of_line(int64_t name) { return name & 0xFFFFFFFF; }

/* A number that lines with equal rows have in common; `base` is where those of each layer begin. */
static word line_number(const block *b, const int64_t *base, int64_t name, int64_t cell)
{
    if (name < 0)
        return (word)(-1 - name);
    int64_t layer = layer_of_line(name);
    return (word)(base[layer] + b->run[layer][cell] * b->in.widths[layer] + neuron_of_line(name));
}

/* Puts the row of a line in coordinates of the plane into `passing`; returns where it begins. */
static int64_t put_line(block *b, int64_t name, int64_t cell)
{
    const region_input *in = &b->in;
    if (name < 0) {
        const word *x = in->edges.numbers + in->edges.at[-1 - name];
        int64_t begin = b->passing.used;
        for (int j = 0; j < 3; j++, x = next(x))
            put_number(b, &b->passing, x);
        return begin;
    }
    int64_t layer = layer_of_line(name);
    const word *row = row_of(b, layer, b->run[layer][cell], neuron_of_line(name));
    for (int k = 0; k < 3; k++)
        dot(row, in->basis.numbers + in->basis.at[k], in->inputs + 1, b->sums + k);
    return put_vector(b, &b->passing, b->sums, 3, 0, 0);
}

/* Puts the generator where two lines meet into `corners`; returns its number. */
static int64_t corner_of(block *b, int64_t one, int64_t two, int64_t cell)
{
    const region_input *in = &b->in;
    b->passing.used = 0;
    int64_t first = put_line(b, one, cell), second = put_line(b, two, cell);
    const word *u[3] = {b->passing.at + first}, *v[3] = {b->passing.at + second};
    for (int j = 1; j < 3; j++) {
        u[j] = next(u[j - 1]);
        v[j] = next(v[j - 1]);
    }
    for (int j = 0; j < 3; j++) {
        clear(b->sums + j);
        add_product(b->sums + j, u[(j + 1) % 3], v[(j + 2) % 3], 0);
        add_product(b->sums + j, u[(j + 2) % 3], v[(j + 1) % 3], 1);
    }
    int64_t at = put_vector(b, &b->passing, b->sums, 3, 1, 0);
    const word *z = b->passing.at + at;
    sum side;
    dot(in->positive.numbers + in->positive.at[in->piece[cell]], z, 3, &side);
    for (int64_t j = 0; j <= in->inputs; j++)
        clear(b->sums + j);
    for (int k = 0; k < 3; k++, z = next(z)) {
        const word *base = in->basis.numbers + in->basis.at[k];
        for (int64_t j = 0; j <= in->inputs; j++, base = next(base))
            add_product(b->sums + j, z, base, 0);
    }
    return interned(b, &b->corners, put_vector(b, &b->corners.words, b->sums, in->inputs + 1, 1, is_below_zero(&side)));
}

/* The number of the generator of a corner; pairs of lines are met once. */
static int64_t corner_at(block *b, const int64_t *base, int64_t member, int64_t cell)
{
    const int64_t *name = b->in.lines + 2 * member;
    word one = line_number(b, base, name[0], cell), two = line_number(b, base, name[1], cell);
    word *pair = arena_room(b, &b->pairs.words, 2);
    pair[0] = one < two ? one : two;
    pair[1] = one < two ? two : one;
    b->pairs.words.used += 2;
    int64_t known = b->pairs.count, number = interned(b, &b->pairs, b->pairs.words.used - 2);
    if (number == known) {
        b->corner_of_pair = grown(b, b->corner_of_pair, &b->pair_room, number + 1, sizeof *b->corner_of_pair);
        b->corner_of_pair[number] = corner_of(b, name[0], name[1], cell);
    }
    return b->corner_of_pair[number];
}

/* Which rows are tight at the generators: those that the cells name, and at edges those of the domain. */
static void find_masks(block *b, const int64_t *place, const uint8_t *at_edge)
{
    region_input *in = &b->in;
    int64_t bits = 1 + in->domain_rows + in->bits;
    in->words = (bits + 63) / 64;
    uint64_t *masks = room_for(b, in->places * in->words, sizeof *masks);
    const int32_t *pair = in->zeros;
    for (int64_t c = 0; c < in->cells; c++)
        for (int32_t k = 0; k < in->zero_count[c]; k++, pair += 2) {
            int64_t bit = 1 + in->domain_rows + in->columns[pair[1]];
            masks[place[in->start[c] + pair[0]] * in->words + (bit >> 6)] |= (uint64_t)1 << (bit & 63);
        }
    for (int64_t k = 0; k < in->places; k++) {
        const word *x = vector_of(&b->corners, k);
        if (at_edge[k] && !after(x, in->inputs)[0])
            masks[k * in->words] |= 1;
        for (int64_t r = 0; r < in->domain_rows && at_edge[k]; r++) {
            sum value;
            dot(in->domain.numbers + in->domain.at[r], x, in->inputs + 1, &value);
            if (!trimmed(value.limb, value.size))
                masks[k * in->words + ((r + 1) >> 6)] |= (uint64_t)1 << ((r + 1) & 63);
        }
    }
    in->masks = masks;
}

static void find_corners(block *b)
{
    region_input *in = &b->in;
    int64_t corners = in->start[in->cells], *place = room_for(b, corners, sizeof *place);
    int64_t *base = room_for(b, in->layers + 1, sizeof *base);
    base[0] = in->edge_count;
    for (int64_t k = 0; k < in->layers; k++)
        base[k + 1] = base[k] + (b->run[k][in->cells - 1] + 1) * in->widths[k];
    uint8_t *at_edge = room_for(b, corners, 1);
    for (int64_t c = 0; c < in->cells; c++)
        for (int64_t m = in->start[c]; m < in->start[c + 1]; m++) {
            place[m] = corner_at(b, base, m, c);
            at_edge[place[m]] |= in->lines[2 * m] < 0 || in->lines[2 * m + 1] < 0;
        }
    in->place = place;
    in->places = b->corners.count;
    find_masks(b, place, at_edge);
}

#endif
